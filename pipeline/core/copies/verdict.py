"""What the copy test says about a pair: the outcome, the rule that decided and what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["copy", "contains", "derived", "update_of"]
Rule = Literal[
    "same-article",
    "other-language",
    "other-week",
    "nothing-left",
    "short-equal",
    "short-unequal",
    "little-shared",
    "update",
    "cover",
    "lead",
    "abridged",
    "foreign-both-sides",
    "not-in-lead",
    "aligned",
    "new-lead",
    "partly-shared",
]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured on the pair; None where the deciding rule did not need it.

    `containment`: share of the shorter text's net shingles that are shared; `cover`: of the longer's.
    `anchor`: share of the longer text's opening that is shared. `alignment`: share of the shorter text's
    words that stand in the longer's opening in the same order. `before`, `after`: share of the longer text
    that stands foreign on either side of what is shared.
    """

    shared: int = 0
    shorter_net: int = 0
    longer_net: int = 0
    containment: float = 0.0
    cover: float = 0.0
    anchor: float | None = None
    alignment: float | None = None
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A relation to be recorded: article `subject` contains, derives from or updates `object`."""

    kind: Literal["contains", "derived", "update_of"]
    subject: str
    object: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for a pair of articles; the same whichever was named first.

    Only `copy` merges. `update` says that the later article renews the earlier one, which holds beside
    `copy`, `contains` and `derived` and stands alone as `update_of`. Articles are named by id: `shorter` and
    `longer` by net shingles, `earlier` and `later` by event time, ties by id.
    """

    kind: Kind | None
    rule: Rule
    shorter: str
    longer: str
    earlier: str
    later: str
    update: bool
    evidence: Evidence

    @property
    def is_copy(self) -> bool:
        """Whether the pair is an edge of the copy graph."""
        return self.kind == "copy"

    @property
    def links(self) -> tuple[Link, ...]:
        """The relations to record for the pair; none of them merges anything."""
        found: list[Link] = []
        if self.kind == "contains":
            found.append(Link("contains", self.longer, self.shorter))
        if self.kind == "derived":
            found.append(Link("derived", self.later, self.earlier))
        if self.update:
            found.append(Link("update_of", self.later, self.earlier))
        return tuple(found)

    @property
    def why(self) -> str:
        """One sentence for people."""
        return _REASONS[self.rule].format(e=self.evidence)


_SHARED = "{e.containment:.0%} of the shorter text's phrases stand in the longer one"

_REASONS: Final[dict[Rule, str]] = {
    "same-article": "both texts belong to one article",
    "other-language": "the texts are in different languages",
    "other-week": "the articles are dated more than seven days apart",
    "nothing-left": "one of the texts is empty once furniture is left out",
    "short-equal": "two short texts of {e.shorter_net} phrases, equal once furniture is left out",
    "short-unequal": "the shorter text has {e.shorter_net} phrases once furniture is left out, too few to be"
    " a copy of anything but its equal",
    "little-shared": "only {e.containment:.0%} of the shorter text's phrases stand in the longer one",
    "update": _SHARED + ", and its title makes it the same outlet's update",
    "cover": _SHARED + " and are {e.cover:.0%} of it",
    "lead": _SHARED + " and take up {e.anchor:.0%} of its opening",
    "abridged": _SHARED + ", from its beginning to its end: it was shortened",
    "foreign-both-sides": _SHARED + ", but with {e.before:.0%} of it before them and {e.after:.0%} after"
    " them: it quotes the shorter one",
    "not-in-lead": _SHARED + ", but are only {e.cover:.0%} of it and {e.anchor:.0%} of its opening: it quotes"
    " the shorter one",
    "aligned": _SHARED + ", and {e.alignment:.0%} of its words stand in the opening in the same order",
    "new-lead": _SHARED + ": the opening of the earlier article, below a new one",
    "partly-shared": _SHARED,
}
