"""Starting, judging and stopping the processes of one instance, and keeping its record true.

Nothing restarts by itself: a dead server is named by `status`, and the next `up` starts it again.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from infra.local import health, process, python, record
from infra.local.account import Account
from infra.local.disk import naming_full_disk
from infra.local.errors import Interrupted, ServerFailed
from infra.local.layout import Layout
from infra.local.process import Identity, Process
from infra.local.progress import Progress
from infra.local.record import Entry, Record

State = Literal["running", "starting", "stopped", "dead", "unhealthy"]
_LAST_LINES = 8
_TIME_TO_RECOVER = 45.0  # seconds before an unhealthy server is restarted
_LONGEST_TAIL = 16_384  # bytes of a log that are looked at for its last lines


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """What one process is up to; `detail` names the log and its last lines when something is wrong."""

    state: State
    address: str | None = None
    pid: int | None = None
    detail: str = ""

    def as_dict(self) -> dict[str, str | int | None]:
        """For `copydesk status --json`."""
        return asdict(self)


class Supervisor:
    """The processes of the instance in `layout`. `start` may be called from several threads at once."""

    def __init__(self, layout: Layout, cancelled: threading.Event) -> None:
        """`cancelled`, once set, makes every waiting `start` give up; what was started stays recorded."""
        self._layout = layout
        self._path = layout.state / "instance.json"
        self._mutex = threading.Lock()
        self._cancelled = cancelled

    @property
    def record(self) -> Record:
        """What is recorded now; without entries if the machine was restarted since."""
        found = record.load(self._path)
        return found if found.from_this_boot else Record(ports=found.ports, environment=found.environment)

    def remember(self, *, ports: dict[str, int], environment: dict[str, str]) -> None:
        """Keep the ports that the servers are given, and the extra environment of Airflow's components."""
        self._change(lambda current: replace(current, ports=ports, environment=environment))

    def start(self, wanted: Process, progress: Progress) -> None:
        """Run `wanted` unless it runs well already, and return when it is healthy; raises `ServerFailed`.

        One that runs with another command line or environment, or stays unwell, is restarted.
        """
        entry = self.record.entries.get(wanted.name)
        if entry and not (entry.fingerprint == wanted.fingerprint and self._recovers(entry)):
            self.stop([wanted.name], progress)
            entry = None
        if entry is None:
            if self._cancelled.is_set():
                raise Interrupted(f"{wanted.name} was not started.", "Run the same command again.")
            progress.step(wanted.name, "starting")
            entry = self._launch(wanted)
        self._await_health(entry, progress)

    def stop(self, names: Iterable[str], progress: Progress, patience: float = math.inf) -> None:
        """End these processes with all their children, together; unknown names are ignored.

        After its own time to stop, or `patience` seconds if less, each is ended the hard way.
        """
        entries = [entry for name in names if (entry := self.record.entries.get(name))]
        threads = [
            threading.Thread(target=self._stop_one, args=(entry, progress, patience)) for entry in entries
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def members(self) -> list[Identity]:
        """Every process that is alive and ours."""
        entries = self.record.entries.values()
        return [member for entry in entries for member in process.family(entry.leader, entry.members)]

    def status(self, name: str) -> ServiceStatus:
        """How `name` is now; asks it, so it may take up to the probe's few seconds."""
        entry = self.record.entries.get(name)
        if entry is None:
            return ServiceStatus("stopped")
        if not entry.leader.alive:
            return ServiceStatus("dead", entry.address, None, f"is gone. {self._log_of(entry)}")
        answer = health.check(entry.probe)
        if answer.ok:
            return ServiceStatus("running", entry.address, entry.leader.pid, answer.detail)
        if not entry.ready and time.time() < entry.started_at + entry.start_timeout:
            return ServiceStatus("starting", entry.address, entry.leader.pid, answer.detail)
        detail = f"{answer.detail}. {self._log_of(entry)}"
        return ServiceStatus("unhealthy", entry.address, entry.leader.pid, detail)

    def _recovers(self, entry: Entry) -> bool:
        """Alive, and well within a while: another server may just be on its way up."""
        deadline = time.monotonic() + _TIME_TO_RECOVER
        while (state := self.status(entry.name).state) == "unhealthy" and time.monotonic() < deadline:
            if self._cancelled.wait(0.5):
                return True
        return state in ("running", "starting")

    def _launch(self, wanted: Process) -> Entry:
        log = self._layout.fresh_log(wanted.name)
        runs_as = self._account_of(wanted)
        with naming_full_disk(self._layout.state, f"starting {wanted.name}"):
            popen = process.launch(wanted, runs_as, log)
            leader = process.identify(popen.pid) or Identity(popen.pid, "exited at once")
            entry = Entry(
                name=wanted.name,
                leader=leader,
                members=(leader,),
                probe=wanted.probe,
                address=wanted.address,
                log=log,
                started_at=time.time(),
                start_timeout=wanted.start_timeout,
                stop_signal=wanted.stop_signal,
                stop_timeout=wanted.stop_timeout,
                tasks_after=wanted.tasks_after,
                fingerprint=wanted.fingerprint,
            )
            self._change(lambda current: current.with_entry(entry))
        return entry

    def _account_of(self, wanted: Process) -> Account:
        if wanted.account == "server":
            return self._layout.owner
        return python.runs_as(self._layout.owner, python.files_named_in(wanted.environment))

    def _await_health(self, entry: Entry, progress: Progress) -> None:
        while not (answer := health.check(entry.probe)).ok:
            if not entry.leader.alive:
                raise self._failed(entry, "exited while starting")
            if time.time() > entry.started_at + entry.start_timeout:
                self._stop_one(entry, progress, entry.stop_timeout)
                raise self._failed(
                    entry, f"was not healthy after {entry.start_timeout:.0f} s ({answer.detail})"
                )
            if self._cancelled.wait(0.2):
                raise Interrupted(
                    f"{entry.name} was still starting when the command ended; it goes on without it.",
                    "`copydesk status` shows how it is, `copydesk down` stops it.",
                )
        if not entry.leader.alive:  # then somebody else answered
            raise self._failed(entry, "exited while another program answered on its port")
        members = tuple(process.family(entry.leader, entry.members))
        self._change(lambda current: current.with_entry(replace(entry, ready=True, members=members)))
        progress.step(entry.name, "running")

    def _stop_one(self, entry: Entry, progress: Progress, patience: float) -> None:
        progress.step(entry.name, "stopping")

        def waiting_for(tasks: int) -> None:
            if tasks:
                progress.step(entry.name, f"stopping, {tasks} running task{'s' * (tasks > 1)} to finish")

        gently = process.stop(
            entry.leader,
            entry.members,
            first=entry.stop_signal,
            patience=min(entry.stop_timeout, patience),
            tasks_after=entry.tasks_after,
            waiting_for=waiting_for,
        )
        self._change(lambda current: current.without(entry.name))
        progress.step(entry.name, "stopped" if gently else "stopped (had to be killed)")

    def _failed(self, entry: Entry, what: str) -> ServerFailed:
        return ServerFailed(
            f"{entry.name} {what}. {self._log_of(entry)}",
            "Read the whole log for the cause; `copydesk doctor` checks memory, disk, ports and Java. "
            "Then run the same command again.",
        )

    def _log_of(self, entry: Entry) -> str:
        lines = last_lines(entry.log)
        return f"Log: {entry.log}" + "".join(f"\n    {line}" for line in lines)

    def _change(self, change: Callable[[Record], Record]) -> None:
        with self._mutex, naming_full_disk(self._layout.state, "writing down what runs"):
            record.save(self._path, change(self.record))


def last_lines(log: Path) -> list[str]:
    """The end of a log, without empty lines; empty if there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LONGEST_TAIL))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if line.strip()][-_LAST_LINES:]
