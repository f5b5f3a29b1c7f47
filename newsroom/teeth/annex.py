"""The hostile cases as hosts of a newsroom, each of which can be told to behave."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from newsroom.answer import Answer, Played, text
from newsroom.hostile import CASES, Case
from newsroom.room import Host
from newsroom.teeth import articles, feeds, robots
from newsroom.teeth.visit import Page, Visit

BEHAVED: Mapping[str, Page] = {
    "/robots.txt": robots.open_to_all,
    "/feed.xml": feeds.healthy,
    "/sitemap.xml": lambda _: text("Not found", 404),
}


class Hostile:
    """All cases, or only those named: `serve(annexes=(Hostile(),))`. Raises KeyError for an unknown name."""

    def __init__(self, names: Collection[str] | None = None) -> None:
        known = {case.name: case for case in CASES}
        self.cases = CASES if names is None else tuple(known[name] for name in names)
        self._hosts = {case.name: _CaseHost(case) for case in self.cases}

    @property
    def hosts(self) -> Mapping[str, Host]:
        """Every case's host by its name."""
        return {case.host: self._hosts[case.name] for case in self.cases}

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Every case as a row of a source catalogue; the source's id is `hostile-` and the case's name."""
        return [
            {
                "id": f"hostile-{case.name}",
                "name": f"Hostile: {case.name}",
                "kind": case.kind,
                "url": case.source_url,
                "language": "en",
                "country": "GB",
                "pace_seconds": 0.0,
            }
            for case in self.cases
        ]

    def switch(self, name: str, *, on: bool) -> None:
        """Let a case's host bite or behave: a source that goes bad and comes back. Raises KeyError."""
        self._hosts[name].biting = on


class _CaseHost:
    """A well-behaved host except for the pages of its case, while it bites."""

    def __init__(self, case: Case) -> None:
        self.biting = True
        self._case = case
        self._visits: Counter[str] = Counter()

    def respond(self, method: str, path: str, headers: Mapping[str, str]) -> Answer | Played:  # noqa: ARG002 - Host
        """The case's own page for the path, else a well-behaved one; every other path is a good article."""
        self._visits[path] += 1
        visit = Visit(self._case.host, path, headers, self._visits[path])
        pages = {**BEHAVED, **(self._case.pages if self.biting else {})}
        return pages.get(path.partition("?")[0], articles.good)(visit)
