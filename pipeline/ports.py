"""What the stages need from the world, in our own words; at most five methods each.

The adapters implement these over Kafka, Elasticsearch and HTTP, and `adapters/memory.py` over plain
memory. One contract suite per port runs against both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from pipeline.core.copies.lookup import CandidateQuery as CandidateQuery
from pipeline.core.costs import HostCost
from pipeline.core.generations import Generation
from pipeline.core.http import Failure, Request, Response
from pipeline.core.model import CleanArticle, RawArticle, Revision, Story
from pipeline.core.records import Message, Placed, Record
from pipeline.core.reindex import Comparison, Filling
from pipeline.core.snapshots import Snapshot
from pipeline.errors import Discard, InvalidRecord

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a consumer is in one partition it owns.

    `position` is the next offset to read (past transaction markers), `end` the last stable offset as of
    the call, `committed` None when the group never committed, `metadata` the string beside the commit.
    """

    position: int
    end: int
    committed: int | None
    metadata: str


class Publisher(Protocol):
    """Sends messages outside any transaction."""

    def publish(self, messages: Sequence[Message]) -> list[Placed]:
        """Send all and wait until every one is acknowledged, in the order given.

        Raises InvalidRecord for a message the broker refuses for its own sake, after which this publisher
        goes on working; BrokerUnavailable when acknowledgement did not come in time.
        """

    def close(self) -> None: ...


class Consumer(Protocol):
    """A member of one consumer group on one topic, reading committed records only."""

    def poll(self, limit: int, timeout: float) -> list[Record]:
        """At most `limit` records in order per partition, waiting up to `timeout` seconds for the first."""

    def progress(self) -> dict[int, Progress] | None:
        """Per owned partition how far we are; empty for a standby, None while joining is not complete."""

    def commit(self) -> None:
        """Commit the position of every owned partition. Raises Fenced when ownership was lost."""

    def rewind(self) -> None:
        """Go back to the committed offset (or the beginning) in every owned partition."""

    def close(self) -> None: ...


class Transactions(Protocol):
    """The one transactional writer beside a consumer: offsets and messages commit together."""

    def initialise(self) -> None:
        """Fence every earlier writer with our transactional id and abort what it left open."""

    def begin(self, positions: Mapping[int, int], metadata: str) -> None:
        """Begin, and put the next offset to read per partition, with `metadata`, into the transaction.

        Raises Fenced when a newer writer exists.
        """

    def publish(self, messages: Sequence[Message]) -> None:
        """Send inside the transaction; errors show here or at commit."""

    def commit(self) -> None:
        """Make offsets and messages visible at once. Raises Fenced."""

    def abort(self) -> None:
        """Take everything back; the consumer must be rewound by the caller."""


class TopicReader(Protocol):
    """Reads a topic without a group: for restore, trace, replay and status."""

    def ends(self, topic: str) -> dict[int, tuple[int, int]]:
        """Per partition the first retained offset and the last stable offset."""

    def read(self, topic: str, starts: Mapping[int, int], ends: Mapping[int, int]) -> Iterator[Record]:
        """Committed records of each partition from `starts` up to, not including, `ends`."""

    def committed(self, group: str, topic: str) -> dict[int, tuple[int, str]]:
        """Per partition the group's committed offset and its metadata; absent when never committed."""


class Fetcher(Protocol):
    """Asks web servers: one request, one hop, within the request's limits."""

    async def get(self, request: Request) -> Response | Failure:
        """The answer, a redirect included, or why there is none. Never connects to an address not public."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A filter every store understands, over dotted field paths; all parts must hold.

    `terms`: the field equals one of the values. `ranges`: (from, to), inclusive and exclusive, either None.
    `present`/`absent`: the field has a value or has none.
    """

    terms: Mapping[str, Collection[Any]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    present: Collection[str] = ()
    absent: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[T]):
    """A document and the tag of the state it was read in, for compare-and-set."""

    id: str
    value: T
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Generic[T]):
    """A document to store: over the state `tag` names, as a new one (`tag=""`), or in any case (None)."""

    id: str
    value: T
    tag: str | None = None


class Documents(Protocol[T]):
    """A store of documents by id with compare-and-set: the ledger, sources, hosts and runs."""

    def get(self, ids: Collection[str]) -> dict[str, Stored[T]]:
        """Those that exist, as last written (real time)."""

    def put(self, writes: Sequence[Write[T]]) -> list[str]:
        """Store all; return the ids refused because another write came between.

        Raises InvalidRecord (fact `id`) for a document the mapping rejects, IndexUnavailable otherwise.
        """

    def find(
        self, where: Where, *, order: str | None = None, limit: int | None = None
    ) -> Iterator[Stored[T]]:
        """Matching documents as of the last refresh, by `order` (`-field` descending); pages as needed."""

    def counts(self, field: str, where: Where) -> dict[str, int]:
        """How many matching documents per value of `field`, as of the last refresh."""

    def refresh(self) -> None:
        """Make everything written so far findable."""


class Revisions(Protocol):
    """`news-revisions`: every text of every article, written once, found by shared terms."""

    def add(self, revisions: Sequence[Revision]) -> None:
        """Store those not there yet; the first write of a key wins. Raises InvalidRecord (fact `id`)."""

    def of(self, names: Collection[str]) -> list[Revision]:
        """Every text of the articles named, and texts named by their key, as of the last refresh, by key."""

    def candidates(self, queries: Sequence[CandidateQuery]) -> list[list[str]]:
        """Per query the keys of all revisions it matches as of the last refresh, ascending.

        Among them may be some that it does not match, or that are no more: `CandidateQuery.matches` tells.
        """

    def replace(self, revisions: Sequence[Revision]) -> None:
        """Overwrite: only for a removal, which takes text away, and its taking back."""

    def refresh(self) -> None: ...


class Stories(Protocol):
    """`news-stories`: one document per story; the higher version wins."""

    def get(self, ids: Collection[str]) -> dict[str, Story]:
        """Those that exist, whatever their status, in real time."""

    def put(self, stories: Sequence[Story]) -> set[str]:
        """Store each unless one of its version or above is there; return the ids that were not stored.

        Raises InvalidRecord (fact `id`) for a document the mapping rejects.
        """

    def above(self, version: int) -> Iterator[Story]:
        """Every story with a version above `version`, in real time as far as a refresh before can make it."""

    def counts(self) -> dict[str, int]:
        """How many stories per status, as of the last refresh."""

    def refresh(self) -> None: ...


class Archive(Protocol[T_co]):
    """A store seen whole, for maintenance and rebuilds: what is old in it, and taking that out."""

    def find(self, where: Where, *, order: str) -> Iterator[T_co]:
        """Matching documents as of the last refresh, by the field `order`; pages as needed."""

    def counts(self, field: str, where: Where) -> dict[str, int]:
        """How many matching documents per value of `field`, as of the last refresh."""

    def delete(self, where: Where) -> int:
        """Take out every document that matches as of the last refresh; return how many."""

    def refresh(self) -> None: ...


class Generations(Protocol):
    """The next generation of stories, texts and accounts, which a rebuild fills unseen by readers."""

    def present(self) -> Generation | None:
        """The rebuild in progress, in real time."""

    def begin(self, generation: Generation) -> None:
        """Make its stores, empty; what an earlier attempt left is dropped first."""

    def save(self, generation: Generation) -> None:
        """Keep how far it is."""

    def swap(self) -> None:
        """Let readers and the writer use its stories and texts, and delete those before, at one stroke.

        Once done, doing it again changes nothing.
        """

    def drop(self) -> None:
        """Forget it, and delete of its stores what is not in use; the record of it goes last."""


class Snapshots(Protocol):
    """Copies of all our indices outside them, in a repository of the server's."""

    def held(self) -> list[Snapshot]:
        """Ours, oldest first. Raises ConfigError when the server has no place for them."""

    def take(self, name: str) -> Snapshot:
        """Take one of everything written so far and wait for it, within limits: it may still be `running`."""

    def delete(self, name: str) -> None:
        """Delete it; one that is not there is no error. What other snapshots hold stays theirs."""


class NextIndex(Protocol):
    """The next version of the readers' index, filled unseen beside the one that is served."""

    def begin(self) -> Filling:
        """Make it, or take up the one being filled. From now on whoever puts stories puts them here too.

        Raises ConfigError when none is served, or when another is served than when it was begun.
        """

    def put(self, stories: Sequence[Story], below: int | None = None) -> None:
        """Store each unless a higher version is there; then keep that everything `below` this offset of the
        stories topic is stored. Raises InvalidRecord for one the mapping rejects."""

    def compare(self, checked: Collection[str]) -> Comparison:
        """Make everything findable and compare with the index that is served, every story by its version and
        the `checked` ones by their contents."""

    def swap(self) -> None:
        """Let readers and writers use it instead, at one stroke; the one before stays, unused.

        Raises ConfigError when another process has done so.
        """

    def late(self) -> list[Story]:
        """After the swap: what was on its way to the one before, and is in it alone."""


Extraction = CleanArticle | Discard | InvalidRecord
"""How the extraction of one page ended: an article, or the error that would have been raised."""


class Extractor(Protocol):
    """Makes clean articles out of raw ones, each page within limits of time and memory."""

    def extract_all(self, raws: Sequence[RawArticle]) -> list[Extraction]:
        """One result a page, in order; a page that hangs or explodes is an InvalidRecord, and it alone."""

    def slowest(self) -> tuple[HostCost, ...]:
        """The hosts whose pages have cost the most CPU time each, the most first; a few."""

    def close(self) -> None: ...
