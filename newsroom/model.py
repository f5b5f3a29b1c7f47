"""The newsroom's own values: outlets, and the articles they publish."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["feed", "sitemap", "listing"]
Format = Literal["rss", "atom", "json", "news-sitemap", "listing"]
Structured = Literal["right", "broken", "absent"]
Treatment = Literal["full", "cut", "retitled", "local", "single"]
StrayKind = Literal["missing", "pdf", "short", "oversize", "disallowed"]


@dataclass(frozen=True, slots=True)
class Charset:
    """How an outlet encodes its pages, and what it claims: the two need not agree."""

    encoding: str = "utf-8"
    header: str | None = "utf-8"
    meta: str | None = "utf-8"
    bom: bool = False

    def encode(self, text: str) -> bytes:
        mark = b"\xef\xbb\xbf" if self.bom else b""
        return mark + text.encode(self.encoding, "xmlcharrefreplace")

    def content_type(self, media_type: str) -> str:
        return f"{media_type}; charset={self.header}" if self.header else media_type


@dataclass(frozen=True, slots=True)
class Outlet:
    """One invented publisher: a host, one way of announcing its articles, one page template."""

    id: str
    name: str
    host: str
    kind: Kind
    format: Format
    source_path: str
    language: str
    country: str
    template: str
    article_path: str
    charset: Charset = Charset()
    structured: Structured = "right"
    teasers: tuple[str, ...] = ("none",)
    tracking: str = ""
    gzip: bool = False
    robots: bool = True
    crawl_delay: float | None = None
    disallow: tuple[str, ...] = ()
    listing_css: str | None = None

    @property
    def home(self) -> str:
        return f"http://{self.host}"

    @property
    def source_url(self) -> str:
        return self.home + self.source_path

    def listed_url(self, path: str) -> str:
        """The address of a path as the outlet announces it, tracking parameters included."""
        if not self.tracking:
            return self.home + path
        return f"{self.home}{path}{'&' if '?' in path else '?'}{self.tracking}"

    @property
    def rtl(self) -> bool:
        return self.language in {"ar", "fa"}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a sub-heading of the article's own text."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """One text of an article. `modified_at` is None for the first one."""

    title: str
    blocks: tuple[Block, ...]
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What one outlet published at one address, with every revision so far, oldest first."""

    id: str
    outlet_id: str
    story_id: str
    path: str
    category: str
    language: str
    authors: tuple[str, ...]
    agency: str | None
    treatment: Treatment
    teaser: str
    published_at: datetime
    revisions: tuple[Revision, ...]
    correction: Revision | None = None
    retracted: bool = False
    brief: bool = False

    @property
    def current(self) -> Revision:
        return self.revisions[-1]

    @property
    def updated_at(self) -> datetime:
        return self.current.modified_at or self.published_at


@dataclass(frozen=True, slots=True)
class Stray:
    """An announced entry that is no good article: a pipeline must end it as a discard with a reason."""

    outlet_id: str
    kind: StrayKind
    title: str
    path: str
    published_at: datetime

    def url(self, outlet: Outlet) -> str:
        """As its outlet announces it."""
        return outlet.listed_url(self.path)
