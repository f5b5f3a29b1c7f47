"""Starting, judging, healing and stopping, with small real processes."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local import account, ports, process, record, supervisor
from infra.local.errors import Interrupted, ServerFailed
from infra.local.layout import Layout
from infra.local.process import Process
from infra.local.progress import Silent
from infra.local.supervisor import Supervisor, last_lines

LISTEN = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(60)"
WEDGED = """
import signal, socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
signal.signal(signal.SIGUSR1, lambda *_: server.close())
while True:
    time.sleep(0.05)
"""
BROKEN = "import sys; print('reading configuration'); print('no such setting: x'); sys.exit(3)"
SLOW = "import time; time.sleep(60)"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "state", account.caller())
    made.create()
    return made


@pytest.fixture
def servers(layout: Layout) -> Iterator[Supervisor]:
    made = Supervisor(layout, threading.Event())
    yield made
    made.stop(list(made.record.entries), Silent())


@pytest.fixture
def port() -> int:
    return ports.pick().kafka


def listener(port: int, code: str = LISTEN, **changes: object) -> Process:
    wanted = Process(
        name="thing",
        argv=(sys.executable, "-c", code, str(port)),
        probe=f"tcp://127.0.0.1:{port}",
        address=f"127.0.0.1:{port}",
        start_timeout=60,
        stop_timeout=30,
    )
    return replace(wanted, **changes)  # type: ignore[arg-type]


def test_start_returns_when_the_server_answers(servers: Supervisor, port: int) -> None:
    servers.start(listener(port), Silent())
    status = servers.status("thing")
    assert (status.state, status.address) == ("running", f"127.0.0.1:{port}")
    assert status.pid is not None
    socket.create_connection(("127.0.0.1", port)).close()


def test_start_again_changes_nothing(servers: Supervisor, port: int) -> None:
    servers.start(listener(port), Silent())
    before = servers.status("thing").pid
    servers.start(listener(port), Silent())
    assert servers.status("thing").pid == before


def test_changed_environment_restarts(servers: Supervisor, port: int) -> None:
    servers.start(listener(port), Silent())
    before = servers.status("thing").pid
    servers.start(listener(port, environment={"COPYDESK_X": "1"}), Silent())
    assert servers.status("thing").state == "running"
    assert servers.status("thing").pid != before


def test_another_command_sees_and_stops_what_was_started(
    servers: Supervisor, layout: Layout, port: int
) -> None:
    servers.start(listener(port), Silent())
    other = Supervisor(layout, threading.Event())
    assert other.status("thing").state == "running"
    other.stop(["thing"], Silent())
    assert servers.status("thing").state == "stopped"
    assert ports.is_free(port)


def test_process_that_will_not_end_gets_no_more_time_than_the_caller_has(
    servers: Supervisor, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_AFTER_LEADER", 1.0)
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LISTEN
    servers.start(listener(port, deaf, stop_timeout=100_000), Silent())
    servers.stop(["thing"], Silent(), patience=0.1)
    assert ports.is_free(port)


def test_unknown_process_is_stopped(servers: Supervisor) -> None:
    assert servers.status("nobody") == supervisor.ServiceStatus("stopped")
    servers.stop(["nobody"], Silent())


def test_dead_server_is_named_with_its_last_words(servers: Supervisor, layout: Layout, port: int) -> None:
    servers.start(listener(port, "print('about to crash', flush=True)\n" + LISTEN), Silent())
    pid = servers.status("thing").pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    status = servers.status("thing")
    while status.state != "dead":
        status = servers.status("thing")
    assert status.pid is None
    assert str(layout.log("thing")) in status.detail
    assert "about to crash" in status.detail

    servers.start(listener(port), Silent())
    assert servers.status("thing").state == "running"


def test_server_that_exits_while_starting_is_an_error_with_its_log(servers: Supervisor, port: int) -> None:
    with pytest.raises(ServerFailed, match="thing exited while starting") as caught:
        servers.start(listener(port, BROKEN), Silent())
    assert "no such setting: x" in caught.value.problem
    assert "copydesk doctor" in caught.value.way_out


def test_server_that_never_answers_is_stopped_and_reported(servers: Supervisor, port: int) -> None:
    with pytest.raises(ServerFailed, match="was not healthy after 1 s"):
        servers.start(listener(port, SLOW, start_timeout=0.6), Silent())
    assert servers.status("thing").state == "stopped"


def test_wedged_server_is_unhealthy_and_restarted_by_the_next_start(
    servers: Supervisor, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_TIME_TO_RECOVER", 0.2)
    servers.start(listener(port, WEDGED), Silent())
    pid = servers.status("thing").pid
    assert pid is not None
    os.kill(pid, signal.SIGUSR1)
    while servers.status("thing").state != "unhealthy":
        time.sleep(0.02)
    assert "does not answer" in servers.status("thing").detail

    servers.start(listener(port, WEDGED), Silent())
    assert servers.status("thing").state == "running"
    assert servers.status("thing").pid != pid


def test_server_on_its_way_up_is_starting_and_an_interrupt_leaves_it_so(layout: Layout, port: int) -> None:
    cancelled = threading.Event()
    servers = Supervisor(layout, cancelled)
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(servers.start, listener(port, SLOW), Silent())
        while servers.status("thing").state == "stopped":
            time.sleep(0.02)
        assert servers.status("thing").state == "starting"
        cancelled.set()
        with pytest.raises(Interrupted, match="still starting"):
            starting.result()
    assert servers.status("thing").state == "starting"
    servers.stop(["thing"], Silent())
    assert servers.status("thing").state == "stopped"


def test_nothing_starts_after_an_interrupt(layout: Layout, port: int) -> None:
    cancelled = threading.Event()
    cancelled.set()
    servers = Supervisor(layout, cancelled)
    with pytest.raises(Interrupted, match="was not started"):
        servers.start(listener(port), Silent())
    assert servers.status("thing").state == "stopped"


def test_after_a_reboot_everything_is_stopped_not_dead(
    servers: Supervisor, layout: Layout, port: int
) -> None:
    servers.remember(ports={"kafka": port}, environment={"COPYDESK_X": "1"})
    servers.start(listener(port), Silent())
    path = layout.state / "instance.json"
    now = record.load(path)
    record.save(path, replace(now, boot="before the reboot"))
    assert servers.status("thing").state == "stopped"
    assert servers.record.entries == {}
    assert servers.record.environment == {"COPYDESK_X": "1"}
    record.save(path, now)


def test_log_of_the_run_before_is_kept(servers: Supervisor, layout: Layout, port: int) -> None:
    servers.start(listener(port, "print('first', flush=True)\n" + LISTEN), Silent())
    servers.stop(["thing"], Silent())
    servers.start(listener(port, "print('second', flush=True)\n" + LISTEN), Silent())
    assert "second" in layout.log("thing").read_text()
    assert (layout.state / "logs" / "thing.previous.log").read_text().strip() == "first"


def test_last_lines_skip_blanks_and_survive_any_bytes(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"\xff\xfe" * 9000 + b"\n\n" + b"".join(b"line %d\n\n" % number for number in range(30)))
    assert last_lines(log) == [f"line {number}" for number in range(22, 30)]
    assert last_lines(tmp_path / "none") == []
