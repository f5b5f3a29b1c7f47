"""Learns the furniture list from articles that were seen.

    sample ──► per shingle: which documents, when ──┬─ spread rule ──┐
           │                                        └─ block rule ───┴─► everywhere
           └─► per source: windows of eight words, when ─ source rule ─► that source only

A shingle is furniture if many documents share it that cannot all be copies of one another: they are dated
too far apart (spread), or most of each of them is its own (block), or one source prints it for weeks
(source). Frequency alone would also stop the text of a story that forty outlets carry in a day.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.core.copies.furniture import MAX_ENCODED, Furniture
from pipeline.core.copies.postings import Counts, Postings, shared_by
from pipeline.core.copies.sample import Sampled, Seen, sample
from pipeline.core.copies.shingles import ascending_once, member
from pipeline.core.copies.tokens import Hashes


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers of the rules; days of event time.

    A shingle must stand in more than `documents` documents, or more than one in `one_in` of a large sample;
    where what stands around it is looked at, in a small sample `few` or one in `few_in` are enough.
    A window is `window` times as many shingles as a shingle has tokens: eight words.
    """

    documents: int = 20
    one_in: int = 500
    few: int = 8
    few_in: int = 100
    periods: int = 3
    period_days: float = 4.0
    spread_days: float = 7.0
    strays: float = 0.05
    own_share: float = 0.30
    quorum: float = 0.66
    brief_days: float = 12.0
    brief_own_share: float = 0.10
    brief_quorum: float = 0.85
    window: int = 2


THRESHOLDS: Final = Thresholds()


def enough_for_a_first_list(documents: int, days: float) -> bool:
    """Whether so much was seen that a first list is worth its one rebuild.

    A list learnt too early knows half of the furniture, and what the other half joins until the next list
    stays joined: F1 .97 when learnt from 160 articles, .983 from 240, above .999 from 1,100 on. A newsroom
    that never sees so many in two weeks gets one then.
    """
    return documents >= _FIRST_LIST_DOCUMENTS or (days >= _FIRST_LIST_DAYS and documents > 0)


def learn(seen: Iterable[Seen], thresholds: Thresholds = THRESHOLDS) -> Furniture:
    """The furniture of what was seen, as a list that fits one edit; the same for any order of documents."""
    documents = sample(seen)
    everywhere = _everywhere(documents, thresholds)
    return _within_cap(everywhere, _by_source(documents, ascending_once(everywhere), thresholds))


def _everywhere(documents: Sequence[Sampled], thresholds: Thresholds) -> Hashes:
    """What the spread rule and the block rule stop, most frequent first."""
    if not documents:
        return np.empty(0, dtype=np.uint64)
    shingles = [ascending_once(document.shingles) for document in documents]
    enough = max(thresholds.documents, len(documents) // thresholds.one_in)
    few = min(enough, max(thresholds.few, len(documents) // thresholds.few_in))
    frequent = shared_by(shingles, few)
    stopped = _spread(frequent, documents, thresholds) & (frequent.counts > enough)
    stopped |= _block(frequent, shingles, few, thresholds.own_share, thresholds.quorum)
    if few < enough or _is_brief(documents, thresholds):
        # Too little was seen for the spread rule. Then the templates of robots can only be told from a wire
        # story by all of them being edited.
        stopped |= _block(frequent, shingles, few, thresholds.brief_own_share, thresholds.brief_quorum)
    order = np.argsort(-frequent.counts[stopped], kind="stable")
    return frequent.values[stopped][order]


def _spread(frequent: Postings, documents: Sequence[Sampled], thresholds: Thresholds) -> NDArray[np.bool_]:
    """In enough periods, and dated further apart than copies may be, a few strays at either end left out.

    The second condition is for a wire story whose copies trickle in over a week or are dated wrongly.
    """
    days = np.array([document.day for document in documents])
    strays = (frequent.counts * thresholds.strays).astype(np.int64)
    first = days[frequent.documents[frequent.starts + strays]]
    last = days[frequent.documents[frequent.starts + frequent.counts - 1 - strays]]
    periods = frequent.distinct(_periods(documents, thresholds))
    spread: NDArray[np.bool_] = (periods >= thresholds.periods) & (last - first > thresholds.spread_days)
    return spread


def _block(
    frequent: Postings, shingles: Sequence[Hashes], enough: int, own_share: float, quorum: float
) -> NDArray[np.bool_]:
    """In enough documents that are otherwise dissimilar, whatever their dates.

    A document has a say if at least `own_share` of it is its own, and the shingle is stopped if most
    (`quorum`) of its documents have one: of a wire story, however many outlets carry it, most do not. What a
    document is about is told by its smallest own shingle, so that the copies of one text count once.
    """
    about = np.full(len(shingles), -1, dtype=np.int64)
    subjects: dict[int, int] = {}
    for number, found in enumerate(shingles):
        own = found[~member(found, frequent.values)]
        if len(own) and len(own) >= own_share * len(found):
            about[number] = subjects.setdefault(int(own[0]), number)
    voters = np.bincount(frequent.owners()[about[frequent.documents] >= 0], minlength=len(frequent.values))
    stopped: NDArray[np.bool_] = (voters >= quorum * frequent.counts) & (frequent.distinct(about) > enough)
    return stopped


def _is_brief(documents: Sequence[Sampled], thresholds: Thresholds) -> bool:
    """Whether all was seen within so few days that nothing can be known to last, a few wrong dates aside."""
    strays = len(documents) // 100
    return documents[-1 - strays].day - documents[strays].day < thresholds.brief_days


def _by_source(documents: Sequence[Sampled], everywhere: Hashes, thresholds: Thresholds) -> dict[str, Hashes]:
    """Per source, what it prints for weeks and the list for everyone lacks; largest sources first."""
    sources: dict[str, list[Sampled]] = defaultdict(list)
    for document in documents:
        sources[document.source_id].append(document)
    learnt = {
        source: _printed_for_weeks(own, everywhere, thresholds)
        for source, own in sorted(sources.items(), key=lambda item: (-len(item[1]), item[0]))
        if len(own) >= thresholds.periods
    }
    return {source: stops for source, stops in learnt.items() if len(stops)}


def _printed_for_weeks(own: Sequence[Sampled], everywhere: Hashes, thresholds: Thresholds) -> Hashes:
    """The shingles inside windows of eight words that one source printed in enough periods.

    Three words in a row would also catch ordinary phrases of a house style, eight hardly do.
    """
    sizes = [thresholds.window * document.width for document in own]
    windows = [_windows(document.shingles, size) for document, size in zip(own, sizes, strict=True)]
    repeated = shared_by([ascending_once(found) for found in windows], thresholds.periods - 1)
    weeks = repeated.values[repeated.distinct(_periods(own, thresholds)) >= thresholds.periods]
    inside: list[Hashes] = []
    for document, found, size in zip(own, windows, sizes, strict=True):
        for start in np.flatnonzero(member(found, weeks)).tolist():
            inside.append(document.shingles[start : start + size])
    if not inside:
        return weeks
    stops = ascending_once(np.concatenate(inside))
    return stops[~member(stops, everywhere)]


def _windows(shingles: Hashes, size: int) -> Hashes:
    """One hash per window of `size` shingles: of three that cover it from its first word to its last."""
    count = max(0, len(shingles) - size + 1)
    parts = [shingles[offset : offset + count] for offset in (0, size // 2, size - 1)]
    hashes: Hashes = parts[0] * _WEIGHTS[0] + parts[1] * _WEIGHTS[1] + parts[2] * _WEIGHTS[2]
    return hashes


def _periods(documents: Sequence[Sampled], thresholds: Thresholds) -> Counts:
    """The number of each document's period, from 0."""
    days = np.array([document.day for document in documents])
    _, numbers = np.unique(np.floor(days / thresholds.period_days), return_inverse=True)
    return numbers.astype(np.int64)


def _within_cap(everywhere: Hashes, by_source: dict[str, Hashes]) -> Furniture:
    """As much as one edit carries: first what most documents share, then source by source."""
    left = MAX_ENCODED - _FRAME
    common = everywhere[: left // _CHARACTERS_PER_HASH]
    left -= len(common) * _CHARACTERS_PER_HASH
    chosen: dict[str, Hashes] = {}
    for source, stops in by_source.items():
        needed = len(stops) * _CHARACTERS_PER_HASH + len(json.dumps(source, ensure_ascii=False)) + _FRAME
        if needed <= left:
            chosen[source] = stops
            left -= needed
    return Furniture(0, ascending_once(common), chosen)


_FIRST_LIST_DOCUMENTS: Final = 1_200
_FIRST_LIST_DAYS: Final = 14.0

_WEIGHTS: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)

_CHARACTERS_PER_HASH: Final = 11
_FRAME: Final = 64
"""Characters around a packed array, generously."""
