"""The web server: every outlet on one loopback port, told apart by the Host header; and its life in a thread.

request ──► log ──► control host? ──► outlet's host? ──► answer ──► validators ──► written, log closed
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from newsroom import control, site
from newsroom.answer import Answer, conditional, text
from newsroom.desk import Desk
from newsroom.edition import first_edition, stray_entries
from newsroom.material import outlets, stories
from newsroom.material import strays as stray_rows
from newsroom.model import Article
from newsroom.requests import Request, RequestLog
from newsroom.sources import source
from newsroom.truth import Truth, truth

LOOPBACK = "127.0.0.1"


class Room:
    """A running newsroom: its address, its catalogue, its request log, its truth, and its switches."""

    def __init__(self, desk: Desk, log: RequestLog) -> None:
        self.desk = desk
        self.host = LOOPBACK
        self.port = 0
        self._log = log
        self._by_host = {outlet.host: outlet for outlet in desk.outlets.values()}

    @property
    def log(self) -> list[Request]:
        """Requests so far, in order of arrival."""
        return self._log.requests

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The outlets as rows of a source catalogue."""
        return [source(outlet) for outlet in self.desk.outlets.values()]

    @property
    def truth(self) -> Truth:
        """What is true now; see `newsroom.truth`."""
        return truth(self.desk)

    def publish(self, article_id: str) -> Article:
        """Bring out a held article."""
        return self.desk.publish(article_id)

    def correct(self, article_id: str) -> Article:
        """Bring out the waiting correction of an article."""
        return self.desk.correct(article_id)

    def retract(self, article_id: str) -> Article:
        """Take an article away for good: 410."""
        return self.desk.retract(article_id)

    def close(self) -> None:
        """Close the access log; the server must have stopped."""
        self._log.close()

    def answer(self, host: str, method: str, path: str, body: bytes) -> Answer:
        """What this host answers, before validators are compared."""
        if host in self._by_host:
            return site.respond(self.desk, self._by_host[host], path)
        if host in control.HOSTS:
            return self._own_host(method, path, body)
        return text(f"No outlet is called {host}", 421)

    def _own_host(self, method: str, path: str, body: bytes) -> Answer:
        if not path.startswith(control.BROWSE):
            return control.respond(self.desk, method, path, body)
        host, _, rest = path.removeprefix(control.BROWSE).partition("/")
        if host not in self._by_host:
            return text("Not found", 404)
        return control.browsable(site.respond(self.desk, self._by_host[host], f"/{rest}"), self.desk)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request from the socket to the log."""
        host = (request.host or "").rpartition(":")[0] or request.host
        entry = self._log.begin(host, request.method, request.raw_path, dict(request.headers))
        try:
            answer = conditional(
                self.answer(host, request.method, request.raw_path, await request.read()), request.headers
            )
            return await _write(request, answer, entry)
        except ConnectionError:
            entry.broken = True
            raise
        finally:
            self._log.end(entry)


async def _write(request: web.Request, answer: Answer, entry: Request) -> web.StreamResponse:
    entry.status = answer.status
    response = web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))
    response.headers["Content-Type"] = answer.content_type
    if answer.compress and answer.status == 200:
        response.enable_compression()
    await response.prepare(request)
    await response.write_eof()
    return response


def open_room(now: datetime | None = None, access_log: Path | None = None) -> Room:
    """A newsroom with its first edition out, times relative to `now`, not serving yet."""
    moment = (now or datetime.now(UTC)).astimezone(UTC).replace(second=0, microsecond=0)
    published, held = first_edition(stories(), outlets(), moment)
    desk = Desk(outlets(), published, held, stray_entries(stray_rows(), moment), lambda: datetime.now(UTC))
    return Room(desk, RequestLog(access_log))


async def listen(room: Room, port: int) -> web.AppRunner:
    """Serve the room on a loopback port (0: any free one); the caller cleans the runner up."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", room.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    room.port = runner.addresses[0][1]
    return runner


@contextmanager
def serve(*, port: int = 0, now: datetime | None = None, access_log: Path | None = None) -> Iterator[Room]:
    """Run a newsroom in a thread of its own while the block runs; raises OSError when the port is taken."""
    room = open_room(now, access_log)
    ready: threading.Event = threading.Event()
    stop = asyncio.Event()
    failures: list[OSError] = []
    loop = asyncio.new_event_loop()

    async def live() -> None:
        try:
            runner = await listen(room, port)
        except OSError as error:
            failures.append(error)
            return
        finally:
            ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()), name="newsroom", daemon=True)
    thread.start()
    ready.wait()
    if failures:
        thread.join()
        raise failures[0]
    try:
        yield room
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
        room.close()
