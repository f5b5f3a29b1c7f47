"""A newsroom as one thing: its hosts, catalogue, request log, truth and switches."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from newsroom import control, site
from newsroom.answer import Answer, Played, text
from newsroom.desk import Desk
from newsroom.edition import first_edition, stray_entries
from newsroom.live import LiveWire
from newsroom.material import outlets, stories, strays
from newsroom.model import Article, Outlet
from newsroom.requests import Request, RequestLog
from newsroom.sources import source
from newsroom.truth import Truth, truth

LOOPBACK = "127.0.0.1"


class Host(Protocol):
    """One name that this server answers to."""

    def respond(self, method: str, path: str, headers: Mapping[str, str]) -> Answer | Played:
        """The answer to one request, before validators are compared."""


class Annex(Protocol):
    """Hosts beside the outlets: the hostile cases, the farm."""

    @property
    def hosts(self) -> Mapping[str, Host]: ...

    @property
    def sources(self) -> list[dict[str, Any]]: ...


class Room:
    """A newsroom. `host` and `port` say where it listens once it is served; all times are UTC."""

    def __init__(self, desk: Desk, log: RequestLog, annexes: tuple[Annex, ...] = ()) -> None:
        self.desk = desk
        self.host = LOOPBACK
        self.port = 0
        self._log = log
        self._wire = LiveWire(desk)
        self._annexes = annexes
        self._hosts: dict[str, Host] = {o.host: _OutletHost(desk, o) for o in desk.outlets.values()}
        for annex in annexes:
            self._hosts.update(annex.hosts)

    @property
    def log(self) -> list[Request]:
        """Requests so far, in order of arrival."""
        return self._log.requests

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Outlets and annexes as rows of a source catalogue."""
        own = [source(outlet) for outlet in self.desk.outlets.values()]
        return own + [row for annex in self._annexes for row in annex.sources]

    @property
    def truth(self) -> Truth:
        """What is true of the outlets now; see `newsroom.truth`."""
        return truth(self.desk)

    def publish(self, article_id: str | None = None) -> Article:
        """Bring out a held article, or without an id the next invented one; raises UnknownArticle."""
        if article_id is None:
            return self.desk.add(self._wire.next_article(datetime.now(UTC)))
        return self.desk.publish(article_id)

    def correct(self, article_id: str) -> Article:
        """Bring out the waiting correction of an article; raises UnknownArticle when none waits."""
        return self.desk.correct(article_id)

    def correct_all(self) -> list[Article]:
        """Bring out every waiting correction."""
        return [self.desk.correct(a.id) for a in self.desk.articles() if a.correction is not None]

    def retract(self, article_id: str) -> Article:
        """Take an article away for good: 410; raises UnknownArticle."""
        return self.desk.retract(article_id)

    def answer(
        self,
        host: str,
        path: str,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Played:
        """What this host answers, before validators are compared. `path` includes the query."""
        if host in self._hosts:
            return self._hosts[host].respond(method, path, headers or {})
        if host in control.HOSTS:
            return control.respond(self, method, path, body)
        return text(f"No outlet is called {host}", 421)

    def begin(self, host: str, method: str, path: str, headers: dict[str, str]) -> Request:
        """Note that a request came in."""
        return self._log.begin(host, method, path, headers)

    def end(self, request: Request) -> None:
        """Note that it was answered, or that its connection broke."""
        self._log.end(request)

    def close(self) -> None:
        """Close the access log; the server must have stopped."""
        self._log.close()


def open_room(
    now: datetime | None = None,
    access_log: Path | None = None,
    *,
    demo: bool = True,
    annexes: tuple[Annex, ...] = (),
) -> Room:
    """A newsroom with its first edition out, times relative to `now`, not served yet; see `serve`."""
    moment = (now or datetime.now(UTC)).astimezone(UTC).replace(second=0, microsecond=0)
    shown = outlets() if demo else {}
    published, held = first_edition(stories() if demo else (), shown, moment)
    entries = stray_entries(strays() if demo else (), moment)
    desk = Desk(shown, published, held, entries, lambda: datetime.now(UTC))
    return Room(desk, RequestLog(access_log), annexes)


class _OutletHost:
    """An outlet's own host."""

    def __init__(self, desk: Desk, outlet: Outlet) -> None:
        self._desk = desk
        self._outlet = outlet

    def respond(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002 - Host
        return site.respond(self._desk, self._outlet, path)
