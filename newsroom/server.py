"""The web server: every host of a newsroom on one loopback port, told apart by the Host header.

request ──► log ──► host ──► answer ──► validators compared ──► written, log closed
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web

from newsroom.answer import Answer, Played, conditional
from newsroom.live import correct_later, keep_publishing
from newsroom.requests import Request
from newsroom.room import LOOPBACK, Annex, Room, open_room


@dataclass(frozen=True, slots=True)
class Pace:
    """What happens by itself: seconds between live articles, seconds until the corrections; None is never."""

    live_every: float | None = None
    correct_after: float | None = None


@asynccontextmanager
async def listening(room: Room, port: int, pace: Pace | None = None) -> AsyncIterator[None]:
    """Serve the room on a loopback port (0: any free one); raises OSError when the port is taken."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", _Handler(room).handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
    await runner.setup()
    tasks: list[asyncio.Task[None]] = []
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        room.port = runner.addresses[0][1]
        tasks = _ticking(room, pace or Pace())
        yield
    finally:
        for task in tasks:
            task.cancel()
        await runner.cleanup()


@contextmanager
def serve(
    *,
    port: int = 0,
    now: datetime | None = None,
    live: float | None = None,
    correct_after: float | None = None,
    access_log: Path | None = None,
    demo: bool = True,
    annexes: tuple[Annex, ...] = (),
) -> Iterator[Room]:
    """Run a newsroom in a thread of its own while the block runs.

    `now` is the time the first edition is relative to (default: the real time); `live` the seconds between
    invented articles and `correct_after` those until the waiting corrections come out (None: never);
    `demo=False` leaves the outlets out, for rooms that only have annexes. Raises OSError when the port is
    taken.
    """
    room = open_room(now, access_log, demo=demo, annexes=annexes)
    background = _Background(room, port, Pace(live, correct_after))
    try:
        background.start()
        yield room
    finally:
        background.stop()
        room.close()


class _Background:
    """A server in a thread and event loop of its own."""

    def __init__(self, room: Room, port: int, pace: Pace) -> None:
        self._room = room
        self._port = port
        self._pace = pace
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="newsroom", daemon=True
        )
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None

    def start(self) -> None:
        """Return when the port is listening; raises OSError when it is taken."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Return when the port is free again."""
        if self._failure is None and self._loop and self._stopped:
            self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with listening(self._room, self._port, self._pace):
                self._ready.set()
                await self._stopped.wait()
        except OSError as error:
            self._failure = error
        finally:
            self._ready.set()


class _Handler:
    """One request from the socket to the log."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def handle(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        entry = self._room.begin(host, request.method, request.raw_path, dict(request.headers))
        try:
            body = await request.read()
            answer = self._room.answer(host, request.raw_path, request.method, body, request.headers)
            if isinstance(answer, Played):
                entry.status = answer.status
                return await answer.play(request)
            return await _write(request, conditional(answer, request.headers), entry)
        except ConnectionError:
            entry.broken = True
            return web.Response()  # nobody is there to read it, and aiohttp does not mind
        except asyncio.CancelledError:
            entry.broken = True
            raise
        finally:
            self._room.end(entry)


async def _write(request: web.Request, answer: Answer, entry: Request) -> web.StreamResponse:
    entry.status = answer.status
    response = web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))
    response.headers["Content-Type"] = answer.content_type
    if answer.compress and answer.status == 200:
        response.enable_compression()
    await response.prepare(request)
    entry.finish()
    await response.write_eof()
    return response


def _ticking(room: Room, pace: Pace) -> list[asyncio.Task[None]]:
    tasks = []
    if pace.live_every is not None:
        tasks.append(asyncio.create_task(keep_publishing(room.publish, pace.live_every)))
    if pace.correct_after is not None:
        tasks.append(asyncio.create_task(correct_later(room.correct_all, pace.correct_after)))
    return tasks
