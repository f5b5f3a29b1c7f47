"""The only way to a web server: one request at a time per host, paced, under the host's lease, by its robots.

    ask ──► lease (compare-and-set in news-hosts) ──► robots.txt of the origin ──► allowed?
        ──► wait for pace and holds ──► lease still outlasts the request? ──► request ──► state

The lease makes us the only worker at a host, a lock the only request. State lives in memory while the lease
is ours and is written with every renewal and at the release.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.core import hosts, urls
from pipeline.core.hosts import HostState, RobotsCopy
from pipeline.core.http import ROBOTS, UNANSWERED, Failure, Request, Response, redirect_of
from pipeline.ports import Write
from pipeline.stages.fetch_ports import FetchPorts, Options
from pipeline.stages.fetch_together import Together

ROBOTS_REDIRECTS = 5
"""RFC 9309 §2.3.1.2 asks to follow at least so many."""

NOT_ASKED = ("held", "host-busy", "budget")
"""Failures by which nothing was sent."""

MARGIN = 5.0
"""Seconds a lease must last beyond a request's deadline: clocks of machines differ."""


@dataclass(slots=True)
class _Gate:
    """One host as this worker holds it; `state` is null while we have no lease.

    `read` is the robots.txt per origin that the last request went by.
    """

    host: str
    asked: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    robots_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    read: dict[str, RobotsCopy] = field(default_factory=dict)
    state: HostState | None = None
    since: datetime | None = None
    tag: str = ""


class Hosts:
    """All hosts this run works at."""

    def __init__(self, ports: FetchPorts, options: Options) -> None:
        self._ports, self._options = ports, options
        self._documents = Together(ports, ports.hosts)
        self._gates: dict[str, _Gate] = {}
        self._requests = asyncio.Semaphore(options.concurrency)

    async def ask(self, request: Request, *, pace: float, patience: float) -> Response | Failure:
        """The answer of one hop, or why it was not asked.

        Waits at most `patience` seconds for its turn, else fails as `held` or, where only the pace is in
        the way, as `budget`; as `host-busy` when another worker has the host.
        """
        gate = self._gate(request.url, pace)
        async with gate.lock:
            if not await self._hold(gate, MARGIN):
                return Failure(reason="host-busy", detail=gate.host)
        copy = await self._robots(gate, request, patience)
        if isinstance(copy, Failure):
            return copy
        gate.read[copy.origin] = copy
        if refusal := hosts.robots_refusal(copy, request.url, self._options.agent):
            return _refused(refusal, copy)
        return await self._request(gate, request, patience)

    def opt_outs(self, url: str) -> tuple[str, ...]:
        """The collectors of texts that robots.txt turned away from `url`, which we asked for."""
        gate = self._gates.get(urls.host(url))
        copy = gate.read.get(urls.origin(url)) if gate else None
        return hosts.opt_outs(copy, url) if copy else ()

    async def open(self, host: str) -> bool:
        """Take the lease of a host, or say that another worker has it."""
        gate = self._gates.setdefault(host, _Gate(host, 0.0))
        async with gate.lock:
            return await self._hold(gate, MARGIN)

    def held_since(self, host: str) -> datetime | None:
        """When we took the lease that we have; None without one."""
        gate = self._gates.get(host)
        return gate.since if gate and gate.state else None

    async def close(self, host: str) -> None:
        """Save what we know of a host and give up its lease."""
        gate = self._gates.get(host)
        if gate is None:
            return
        async with gate.lock:
            state, gate.state = gate.state, None
            if state is not None:
                await self._documents.put(Write(id=gate.host, value=hosts.released(state), tag=gate.tag))

    async def close_all(self) -> None:
        """Give up every lease still held, those taken for redirects included."""
        await asyncio.gather(*(self.close(host) for host in self._gates))

    def _gate(self, url: str, pace: float) -> _Gate:
        """The gate of a URL's host; the slowest pace that any of its sources asks for is kept."""
        host = urls.host(url)
        gate = self._gates.setdefault(host, _Gate(host, pace))
        gate.asked = max(gate.asked, pace)
        return gate

    async def _request(self, gate: _Gate, request: Request, patience: float) -> Response | Failure:
        async with gate.lock:
            # The host may have been given up since it was held: whoever had it then says how long to wait.
            if not await self._hold(gate, MARGIN):
                return Failure(reason="host-busy", detail=gate.host)
            pace = self._pace(gate, request.url)
            if late := await self._turn(gate, pace, patience):
                return late
            async with self._requests:
                # Looked at last of all: while we waited for our turn the lease may have run out.
                if not await self._hold(gate, request.limits.seconds + MARGIN) or gate.state is None:
                    return Failure(reason="host-busy", detail=gate.host)
                try:
                    answer = await self._ports.fetcher.get(request)
                finally:
                    # Also when it is cut off: the host has been asked.
                    now = self._ports.clock()
                    gate.state = hosts.requested(gate.state, now, pace)
            await self._answered(gate, hosts.answered(gate.state, answer, now))
            return answer

    async def _turn(self, gate: _Gate, pace: float, patience: float) -> Failure | None:
        """Wait for pace and holds, or say why that would take more than `patience` seconds."""
        # Asked again after each sleep, since timers do not count the clock that workers share.
        while gate.state is not None and (wait := hosts.waiting(gate.state, self._ports.clock(), pace)):
            if wait > patience:
                held = hosts.is_held(gate.state, self._ports.clock())
                return Failure(
                    reason="held" if held else "budget", detail=gate.host, retry_after=str(int(wait) + 1)
                )
            await self._ports.sleep(wait)
        return None

    async def _answered(self, gate: _Gate, after: HostState) -> None:
        """Remember what an answer means; a hold at once, since it must outlive us."""
        held = gate.state is not None and after.held_until != gate.state.held_until
        gate.state = after if not held or await self._saved(gate, after) else None

    def _pace(self, gate: _Gate, url: str) -> float:
        copy = hosts.robots_copy(gate.state, urls.origin(url)) if gate.state else None
        return hosts.pace(gate.asked, hosts.crawl_delay(copy, self._options.agent) if copy else None)

    async def _hold(self, gate: _Gate, seconds: float) -> bool:
        """Make sure that the lease is ours for so long; false when somebody else has it or took it over."""
        now = self._ports.clock()
        if gate.state is not None and hosts.outlasts(gate.state, now, seconds):
            return True
        if gate.state is None:
            stored = await self._documents.get(gate.host)
            gate.tag = stored.tag if stored else ""
            held = stored.value if stored else None
        else:
            held = gate.state
        taken = hosts.leased(held, gate.host, self._options.owner, now, seconds)
        is_new = gate.state is None
        gate.state = taken if taken is not None and await self._saved(gate, taken) else None
        if is_new and gate.state is not None:
            gate.since = self._ports.clock()
        return gate.state is not None

    async def _saved(self, gate: _Gate, state: HostState) -> bool:
        """Write the state over the one we read; false when another worker was faster."""
        if not await self._documents.put(Write(id=gate.host, value=state, tag=gate.tag)):
            return False
        stored = await self._documents.get(gate.host)
        gate.tag = stored.tag if stored else ""
        return stored is not None and stored.value.lease_owner == self._options.owner

    async def _robots(self, gate: _Gate, request: Request, patience: float) -> RobotsCopy | Failure:
        """The origin's robots.txt, asked for if what we have is too old.

        Not under the gate's lock: a redirect may lead through another host's gate, and two workers waiting
        for each other's would wait for ever.
        """
        origin = urls.origin(request.url)
        async with gate.robots_lock:
            copy = hosts.robots_copy(gate.state, origin) if gate.state else None
            if copy is not None and hosts.is_fresh(copy, self._ports.clock()):
                return copy
            answer = await self._robots_answer(gate, request, f"{origin}/robots.txt", patience)
            if isinstance(answer, Failure) and answer.reason in NOT_ASKED:
                return answer
            if gate.state is None:
                return Failure(reason="host-busy", detail=gate.host)
            gate.state = hosts.with_robots(gate.state, origin, answer, self._ports.clock())
            copy = hosts.robots_copy(gate.state, origin)
            return copy if copy is not None else Failure(reason="robots-unreachable")

    async def _robots_answer(
        self, gate: _Gate, request: Request, url: str, patience: float
    ) -> Response | Failure:
        for hops in range(ROBOTS_REDIRECTS + 1):
            hop = Request(url=url, limits=ROBOTS, accept="text/plain, */*;q=0.5", ports=request.ports)
            answer = await self._request(self._gate(url, gate.asked), hop, patience)
            target = redirect_of(answer) if isinstance(answer, Response) else None
            if target is None:
                return _elsewhere(answer) if hops else answer
            try:
                url = urls.normal(urls.absolute(target, url))
            except urls.InvalidUrl:
                return Failure(reason="robots-unreachable", detail=f"leads to {target[:200]!r}")
            if refusal := urls.refusal(url):
                return Failure(reason="robots-unreachable", detail=f"leads to a URL refused as {refusal}")
        # Too many redirects: as if there were no file (RFC 9309 §2.3.1.2 and §2.3.1.3).
        return Failure(reason="client-error", status=404)


def _elsewhere(answer: Response | Failure) -> Response | Failure:
    """What became of robots.txt where a redirect led: a fault of that place is none of the host's own."""
    if isinstance(answer, Failure) and answer.reason not in NOT_ASKED:
        return Failure(reason="robots-unreachable", detail=f"leads to {answer.reason}: {answer.detail}"[:300])
    return answer


def _refused(refusal: str, copy: RobotsCopy) -> Failure:
    """A host that cannot be asked anything fails for that reason, which says more than "robots"."""
    why = copy.reason or ""
    if refusal == "robots-unreachable" and copy.status is None and why in UNANSWERED:
        return Failure(reason=why, detail="asking for robots.txt")
    return Failure(reason=refusal, detail=why)
