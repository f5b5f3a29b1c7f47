"""Ground truth: what a good pipeline makes of the newsroom, for tests and for the demo's own check."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from newsroom.desk import Desk
from newsroom.model import Article
from newsroom.pages import render
from newsroom.strays import REASONS


@dataclass(frozen=True, slots=True)
class TrueArticle:
    """One article as its newest revision has it.

    `url` is the address as announced, `canonical_url` the same without tracking parameters. `paragraphs` is
    the true text in order, sub-headings included. Articles with one `group` are copies of one story.
    `furniture` are the lines on the page that must never be in an indexed text. `revisions` counts the texts
    published so far.
    """

    id: str
    url: str
    canonical_url: str
    source_id: str
    language: str
    title: str
    authors: tuple[str, ...]
    agency: str | None
    published_at: datetime
    modified_at: datetime | None
    paragraphs: tuple[str, ...]
    group: str
    treatment: str
    furniture: tuple[str, ...]
    revisions: int
    retracted: bool
    brief: bool

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Truth:
    """Articles by announced address; announced entries that must be discarded, with the reason; groups."""

    articles: Mapping[str, TrueArticle]
    discards: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def article(self, article_id: str) -> TrueArticle:
        """By the newsroom's own id, `outlet/slug`; raises KeyError."""
        return {article.id: article for article in self.articles.values()}[article_id]

    def copies(self) -> dict[str, tuple[str, ...]]:
        """Only the groups that several outlets carry."""
        return {group: urls for group, urls in self.groups.items() if len(urls) > 1}

    def as_json(self) -> dict[str, Any]:
        """The same for callers in another process; times are RFC 3339 strings."""
        rows = [
            {
                key: value.isoformat() if isinstance(value, datetime) else value
                for key, value in asdict(row).items()
            }
            for row in self.articles.values()
        ]
        return {"articles": rows, "discards": dict(self.discards), "groups": dict(self.groups)}


def truth(desk: Desk) -> Truth:
    """The truth as the desk stands now. Retracted articles stay in it, marked."""
    found = {row.url: row for row in (_article(desk, article) for article in desk.articles())}
    groups: dict[str, list[str]] = {}
    for row in found.values():
        groups.setdefault(row.group, []).append(row.url)
    discards = {stray.url(desk.outlets[stray.outlet_id]): REASONS[stray.kind] for stray in desk.strays}
    return Truth(found, discards, {group: tuple(urls) for group, urls in groups.items()})


def _article(desk: Desk, article: Article) -> TrueArticle:
    outlet = desk.outlets[article.outlet_id]
    current = article.current
    return TrueArticle(
        id=article.id,
        url=outlet.listed_url(article.path),
        canonical_url=outlet.home + article.path,
        source_id=outlet.id,
        language=article.language,
        title=current.title,
        authors=article.authors,
        agency=article.agency,
        published_at=article.published_at,
        modified_at=current.modified_at,
        paragraphs=tuple(block.text for block in current.blocks),
        group=article.story_id,
        treatment=article.treatment,
        furniture=render(desk, article).furniture,
        revisions=len(article.revisions),
        retracted=article.retracted,
        brief=article.brief,
    )
