"""Versions of `news-stories` that no alias names any more: they keep what they held, but no removed words.

Nobody writes to a version once another has taken its place, so a takedown reaches it only from here. What it
holds of the articles becomes a marker. It is looked for by article, since a story may have another id now.
Never by bulk: that would make a version again which is being dropped at this moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import schemas
from pipeline.adapters.elastic_clients import Client, ask
from pipeline.core.model import Story
from pipeline.errors import IndexUnavailable

KEPT = ("story_id", "version", "changed_at", "event_at")
"""What a marker still says."""
IDS_AT_ONCE = 10_000

_STRIP = """
    ctx._source.keySet().retainAll(params.kept);
    ctx._source.status = 'removed';
    ctx._source.change = 'edited'
"""


def removed_articles(stories: Iterable[Story]) -> list[str]:
    """Ids of articles that an operator has removed, as far as these stories say."""
    found: dict[str, None] = {}
    for story in stories:
        whole = story.status == "removed"
        found |= {member.article_id: None for member in story.members if whole or "removed" in member.edits}
        found |= dict.fromkeys(story.more_member_ids if whole else ())
    return list(found)


def erase(client: Client, articles: list[str]) -> None:
    """Take every word of stories with these articles out of all versions not in use. Costs a request when
    there are none. Raises IndexUnavailable, also when a document could not be stripped."""
    if not articles or not (versions := retired(client)):
        return
    for start in range(0, len(articles), IDS_AT_ONCE):
        _erase(client, versions, articles[start : start + IDS_AT_ONCE])


def retired(client: Client) -> list[str]:
    """Versions without an alias."""
    pattern = schemas.indices()["news-stories"].pattern
    found = ask("old versions cannot be looked up", lambda: client.indices.get_alias(index=pattern))
    return sorted(name for name, index in found.body.items() if not index["aliases"])


def _erase(client: Client, versions: list[str], articles: list[str]) -> None:
    held = [{"terms": {field: articles}} for field in ("members.article_id", "more_member_ids")]
    query: dict[str, Any] = {
        "bool": {"should": held, "minimum_should_match": 1, "must_not": [{"term": {"status": "removed"}}]}
    }
    answer = ask(
        "removed words cannot be taken out of old versions",
        lambda: client.update_by_query(
            index=versions,
            ignore_unavailable=True,
            conflicts="proceed",
            query=query,
            script={"source": _STRIP, "params": {"kept": list(KEPT)}},
        ),
    )
    if answer.body["failures"] or answer.body["version_conflicts"]:
        raise IndexUnavailable("an old version still holds removed words", versions=versions)
