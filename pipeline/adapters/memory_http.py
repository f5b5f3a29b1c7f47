"""A web in memory: pages by URL, and a record of who asked what and when. The stage tests' `Fetcher`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.core import urls
from pipeline.core.http import Failure, Request, Response

Answer = Response | Failure
Script = Answer | Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a server's log would show it."""

    url: str
    at: datetime
    etag: str | None
    last_modified: str | None


@dataclass(slots=True)
class MemoryClock:
    """A clock that moves only when somebody sleeps, and then at once."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Pass the time, and let everybody else have a turn."""
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass(slots=True)
class MemoryFetcher:
    """Answers from `pages`; a list is answered one by one, its last for ever. What is missing is a 404.

    `taking` is how long every answer takes. `most_at_once` is the largest number of requests that were ever
    under way at one host.
    """

    clock: MemoryClock
    pages: dict[str, Script | list[Script]] = field(default_factory=dict)
    taking: float = 0.0
    log: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    closed: bool = False
    _under_way: Counter[str] = field(default_factory=Counter)

    def page(
        self,
        url: str,
        body: str | bytes = b"",
        *,
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        **headers: str,
    ) -> None:
        """Put a page up; header names use `_` for `-`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[url] = Response(
            url=url,
            status=status,
            headers={"content-type": content_type, **given},
            body=body.encode() if isinstance(body, str) else body,
        )

    async def get(self, request: Request) -> Answer:
        host = urls.host(request.url)
        self._under_way[host] += 1
        self.most_at_once = max(self.most_at_once, self._under_way[host])
        self.log.append(Asked(request.url, self.clock.now(), request.etag, request.last_modified))
        try:
            await self.clock.sleep(self.taking)
            return self._answer(request)
        finally:
            self._under_way[host] -= 1

    async def close(self) -> None:
        self.closed = True

    def asked(self, part: str = "") -> list[str]:
        """The URLs asked for that contain `part`, robots.txt left out, in order."""
        return [each.url for each in self.log if part in each.url and not each.url.endswith("/robots.txt")]

    def _answer(self, request: Request) -> Answer:
        script = self.pages.get(request.url)
        if isinstance(script, list):
            script = script.pop(0) if len(script) > 1 else script[0]
        if callable(script):
            return script(request)
        if script is None:
            return Response(url=request.url, status=404)
        if isinstance(script, Response) and _holds(script, request):
            return Response(url=request.url, status=304, headers=script.headers)
        return script


def _holds(page: Response, request: Request) -> bool:
    """Whether the asker's validators still fit, as an honest server compares them."""
    if page.status != 200:
        return False
    if request.etag is not None:
        return request.etag == page.headers.get("etag")
    return request.last_modified is not None and request.last_modified == page.headers.get("last-modified")
