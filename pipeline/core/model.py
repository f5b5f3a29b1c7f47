"""The values that travel between stages: one frozen dataclass per message and per stored document.

Field names are those of the JSON messages (`schemas/messages/`) and of the index mappings; `codec` maps
between the two. Every datetime is aware and in UTC. Absent is `None`, never an empty string.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Reason = str
"""Why something was discarded, deferred or dead-lettered: a kebab-case word of a closed list."""

EditKind = Literal["gone", "back", "removed", "restored", "park", "furniture"]
StoryStatus = Literal["active", "merged", "gone", "removed"]
Change = Literal["created", "joined", "bridged", "revised", "merged", "edited", "carried"]
RelationKind = Literal["contains", "derived", "update_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item announced by a feed, sitemap or listing page; times are null where the source gave none."""

    url: str
    title: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    guid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What every later stage may know of a source: the fields of `sources.yaml` that readers filter by."""

    name: str
    country: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpFacts:
    """The response behind a page, as received. `headers` keeps only those a later stage reads.

    `opt_outs` are the collectors of texts that the host's robots.txt turned away from the page.
    """

    final_url: str
    status: int
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    redirects: tuple[str, ...] = ()
    opt_outs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """One page as received (`news.article.raw.v1`). It holds everything the clean stage needs."""

    article_id: str
    source_id: str
    url: str
    canonical_url: str
    run_id: str
    fetched_at: datetime
    first_fetched_at: datetime
    source: SourceFacts
    http: HttpFacts
    body: bytes
    entry: Entry | None = None
    headlines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPointer:
    """Where a record lies: enough to read it again while it is retained."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """How a revision differs from the one published before it under the same extraction version.

    `since` names that one. `text` is the share of the text, 0 to 1, by words of both, in sentences that only
    one of the two has. When the publisher changed it is the article's `modified_at`.
    """

    since: str
    title: bool
    text: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanArticle:
    """The extracted text and metadata of one fetch (`news.article.clean.v1`).

    `text` is paragraphs joined by a blank line and never empty. `event_at` is the earlier of publication
    and first fetch. `provenance` says per metadata field where it came from. `changed` is set when another
    text of this article was published before.
    """

    article_id: str
    source_id: str
    url: str
    canonical_url: str
    revision: str
    extraction_version: str
    fetched_at: datetime
    first_fetched_at: datetime
    event_at: datetime
    source: SourceFacts
    title: str
    text: str
    language: str
    word_count: int
    language_declared: str | None = None
    language_confidence: float | None = None
    subtitle: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: Literal["second", "minute", "day"] | None = None
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    site_name: str | None = None
    declared_url: str | None = None
    access: Literal["free", "metered", "paywalled", "unknown"] = "unknown"
    agency: str | None = None
    opt_outs: tuple[str, ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)
    raw: RecordPointer | None = None
    changed: Changed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A decision that is not an article (`news.edit.v1`): one article each, or the furniture list.

    `fetched_at` names the fetch a `park` is about. `with_copies` extends a `removed` to copies, present and
    to come. `furniture` carries the encoded stop list itself, so that a replay needs nothing else.
    """

    kind: EditKind
    at: datetime
    by: str
    article_id: str | None = None
    reason: str | None = None
    with_copies: bool = False
    fetched_at: datetime | None = None
    furniture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article of a story as readers and the lead order need it.

    `joined` is the story's version that brought the member in. `edits` are those in force; `back` and
    `restored` stay in force until the article's next record, and while any is there the member is not
    shown. `revisions` are the texts known, in the order they came, and `corrections` counts how often the
    text shown was replaced under one extraction version.
    """

    article_id: str
    revision: str
    fetched_at: datetime
    event_at: datetime
    url: str
    source_id: str
    title: str | None
    word_count: int
    extraction_version: str
    joined: int
    agency: str | None = None
    country: str | None = None
    revisions: tuple[str, ...] = ()
    corrections: int = 0
    edits: tuple[EditKind, ...] = ()

    @property
    def showable(self) -> bool:
        """Whether this article may be shown to readers."""
        return not self.edits


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Article `article_id` contains, derives from or updates `other_id` without being its copy."""

    kind: RelationKind
    article_id: str
    other_id: str
    containment: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reader sees of a story: text and metadata of its lead article."""

    url: str
    source_id: str
    source_name: str
    source_country: str | None
    title: str
    text: str
    language: str
    word_count: int
    first_fetched_at: datetime
    subtitle: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    access: str = "unknown"
    agency: str | None = None
    opt_outs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The whole current state of a story (`news.story.v1`), shown by its lead article.

    `members` are in lead order, at most `MEMBERS_IN_FULL`; the rest are `more_member_ids`. `version` is the
    position of the record that changed it last, plus one. `content` is null unless the story is active.
    `copies_removed` are the versions at which a removal with all copies came into force and was lifted, in
    turn: with it and `Member.joined` a writer that finds a story in a later state knows what it was before.
    """

    story_id: str
    version: int
    status: StoryStatus
    change: Change
    changed_at: datetime
    event_at: datetime
    members: tuple[Member, ...] = ()
    more_member_ids: tuple[str, ...] = ()
    copies_removed: tuple[int, ...] = ()
    lead: str | None = None
    merged_into: str | None = None
    content: Content | None = None
    relations: tuple[Relation, ...] = ()

    def hides_copies(self, version: int) -> bool:
        """Whether, as of `version`, every member present and to come is removed."""
        return sum(turn <= version for turn in self.copies_removed) % 2 == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One text of one article, written once: what the copy test needs to meet later articles.

    `text` is null and `tokens` (base64 of the token hashes) set once an operator removed the article.
    `position` is that of the record that brought it first; `furniture` that of the list its terms used.
    """

    article_id: str
    revision: str
    position: int
    source_id: str
    title: str | None
    language: str
    event_at: datetime
    kept_until: datetime
    terms: tuple[str, ...]
    net_shingles: int
    furniture: int
    article: CleanArticle | None
    tokens: str | None = None

    @property
    def key(self) -> str:
        """The document id: `article_id#revision`."""
        return f"{self.article_id}#{self.revision}"
