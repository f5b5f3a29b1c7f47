"""Redirects, followed by hand: every hop is checked like a first request, at its own host's gate."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.core import urls
from pipeline.core.http import Failure, Request, Response, failure_of, redirect_of
from pipeline.stages.fetch_hosts import Hosts

MOST_REDIRECTS = 5
FOREIGN_PATIENCE = 15.0
"""Seconds to wait for a turn at a host that a redirect leads to; its own articles come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Where a request ended: `url` answered, `redirects` are the URLs before it, in order.

    `moved_to` is the last URL if every redirect was permanent (301 or 308).
    """

    answer: Response | Failure
    url: str
    redirects: tuple[str, ...] = ()
    moved_to: str | None = None


async def follow(hosts: Hosts, request: Request, *, pace: float, patience: float) -> Followed:
    """Ask, and go where redirects lead, at most `MOST_REDIRECTS` times."""
    url = request.url
    before: list[str] = []
    permanent = True
    while True:
        hop = replace(request, url=url) if urls.same_site(url, request.url) else _elsewhere(request, url)
        answer = await hosts.ask(hop, pace=pace, patience=patience)
        target = redirect_of(answer) if isinstance(answer, Response) else None
        if target is None:
            break
        permanent = permanent and isinstance(answer, Response) and answer.status in (301, 308)
        before.append(url)
        following = _next(target, url, before)
        if isinstance(following, Failure):
            return Followed(answer=following, url=url, redirects=tuple(before[:-1]))
        url, patience = following, min(patience, FOREIGN_PATIENCE)
    if isinstance(answer, Response) and (failure := failure_of(answer)):
        answer = failure
    moved_to = url if before and permanent and not isinstance(answer, Failure) else None
    return Followed(answer=answer, url=url, redirects=tuple(before), moved_to=moved_to)


def _elsewhere(request: Request, url: str) -> Request:
    """At another site our validators mean nothing, and the source's port was not meant."""
    return Request(url=url, limits=request.limits, accept=request.accept)


def _next(target: str, url: str, before: list[str]) -> str | Failure:
    if not target:
        return Failure(reason="redirect-without-target", detail=url)
    if len(before) > MOST_REDIRECTS:
        return Failure(reason="too-many-redirects", detail=before[0])
    try:
        following = urls.normal(urls.absolute(target, url))
    except urls.InvalidUrl:
        return Failure(reason="invalid-url", detail=target[:200])
    if refusal := urls.refusal(following):
        return Failure(reason=refusal, detail=following[:200])
    if following in before:
        return Failure(reason="redirect-loop", detail=following)
    return following
