"""The copy test: whether one of two articles is a copy of the other, and if not, how they are related.

    gates (language, week) ─ closed ────────────────────────────────► nothing
    shorter text below 20 net shingles ─ same set? ─────────────────► copy | nothing
    containment of the shorter text
      ≥ .30  an update by the same outlet ──────────────────────────► copy
             neither covers the longer nor stands in its opening
                 ≥ .60, from its beginning to its end ──────────────► copy
                 else ──────────────────────────────────────────────► contains
             foreign text on both sides ────────────────────────────► contains
             stands in its opening only, < .40, words not aligned ──► update_of | derived
             else ──────────────────────────────────────────────────► copy
      ≥ .08  half of the words aligned, not foreign on both sides ──► copy
      ≥ .15  ───────────────────────────────────────────────────────► update_of | derived
      else ─────────────────────────────────────────────────────────► nothing

A pure function of two prepared documents that gives the same in either order. The numbers are those of
`copies.v1`; docs/decisions/020-copies.md says how they were found and how far they may move.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from pipeline.core.copies.document import Prepared
from pipeline.core.copies.measures import LIMITS, Limits, alignment, anchor, foreign, in_opening
from pipeline.core.copies.shingles import member
from pipeline.core.copies.sketch import same_language, same_window
from pipeline.core.copies.titles import is_update, is_update_or_correction
from pipeline.core.copies.tokens import Hashes
from pipeline.core.copies.verdict import Evidence, Kind, Rule, Verdict

SHORT: Final = 20
"""Net shingles of three words below which only its equal is a copy: a dozen shared words may be chance."""


def relate(one: Prepared, other: Prepared, limits: Limits = LIMITS) -> Verdict:
    """Decide a pair. Both must be prepared with the same furniture list, else ValueError: with two lists the
    outcome would depend on which article came first. `limits` is for benchmarks."""
    if one.furniture != other.furniture:
        raise ValueError("a pair must be prepared with one furniture list")
    pair = _Pair.of(one, other)
    return pair.verdict(*_decide(pair, limits))


_Decision = tuple[Kind | None, Rule, Evidence]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two texts in the order the rules speak of, whatever the order they came in."""

    shorter: Prepared
    longer: Prepared
    earlier: Prepared
    later: Prepared
    shared: Hashes

    @classmethod
    def of(cls, one: Prepared, other: Prepared) -> _Pair:
        shorter, longer = sorted((one, other), key=lambda text: (text.n_net, text.document.article_id))
        earlier, later = sorted(
            (one, other), key=lambda text: (text.document.event_at, text.document.article_id)
        )
        return cls(shorter, longer, earlier, later, shorter.unique[member(shorter.unique, longer.unique)])

    @property
    def same_source(self) -> bool:
        return self.shorter.document.source_id == self.longer.document.source_id

    def verdict(self, kind: Kind | None, rule: Rule, evidence: Evidence) -> Verdict:
        renews = self.same_source or is_update_or_correction(self.later.document.title)
        return Verdict(
            kind=kind,
            rule=rule,
            shorter=self.shorter.document.article_id,
            longer=self.longer.document.article_id,
            earlier=self.earlier.document.article_id,
            later=self.later.document.article_id,
            update=kind == "update_of" or (kind is not None and renews),
            evidence=evidence,
        )


def _decide(pair: _Pair, limits: Limits) -> _Decision:
    shorter, longer = pair.shorter, pair.longer
    closed = _closed_gate(shorter, longer)
    if closed is not None:
        return None, closed, Evidence(shorter_net=shorter.n_net, longer_net=longer.n_net)
    shared = len(pair.shared)
    found = Evidence(shared, shorter.n_net, longer.n_net, shared / shorter.n_net, shared / longer.n_net)
    if shorter.n_net < SHORT * shorter.width // 3:
        equal = shared == longer.n_net
        return ("copy", "short-equal", found) if equal else (None, "short-unequal", found)
    if found.containment >= limits.contained:
        return _decide_contained(pair, found, limits)
    if found.containment >= limits.related:
        return _decide_partly_shared(pair, found, limits)
    return None, "little-shared", found


def _closed_gate(shorter: Prepared, longer: Prepared) -> Rule | None:
    if shorter.document.article_id == longer.document.article_id:
        return "same-article"
    if not same_language(shorter, longer):
        return "other-language"
    if not same_window(shorter, longer):
        return "other-week"
    return None if shorter.n_net else "nothing-left"


def _decide_contained(pair: _Pair, found: Evidence, limits: Limits) -> _Decision:
    lead = anchor(pair.shorter, pair.longer, pair.shared, limits)
    before, after = foreign(pair.longer, pair.shared, limits)
    found = replace(found, anchor=lead, before=before, after=after)
    if pair.same_source and is_update(pair.longer.document.title):
        return "copy", "update", found
    if found.cover < limits.cover and lead < limits.anchor:
        if found.containment >= limits.abridged and max(before, after) < limits.foreign:
            return "copy", "abridged", found
        return "contains", "not-in-lead", found
    if min(before, after) >= limits.foreign:
        return "contains", "foreign-both-sides", found
    if found.cover >= limits.cover:
        return "copy", "cover", found
    if found.containment < limits.lead_alone:
        found = replace(found, alignment=alignment(pair.shorter, pair.longer, limits))
        if found.alignment is not None and found.alignment < limits.aligned:
            return _decide_derived(pair, found, limits)
    return "copy", "lead", found


def _decide_partly_shared(pair: _Pair, found: Evidence, limits: Limits) -> _Decision:
    aligned = alignment(pair.shorter, pair.longer, limits)
    before, after = foreign(pair.longer, pair.shared, limits)
    found = replace(found, alignment=aligned, before=before, after=after)
    if aligned is not None and aligned >= limits.aligned and min(before, after) < limits.foreign:
        return "copy", "aligned", found
    if found.containment < limits.derived:
        return None, "little-shared", found
    return _decide_derived(pair, found, limits)


def _decide_derived(pair: _Pair, found: Evidence, limits: Limits) -> _Decision:
    if in_opening(pair.earlier, pair.shared, limits) and not in_opening(pair.later, pair.shared, limits):
        return "update_of", "new-lead", found
    return "derived", "partly-shared", found
