"""How much prose lies in every element of a page."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from lxml.etree import _Element

from pipeline.core.clean.blocks import Block

Weighed = dict[Block, float]


class Chains:
    """For every element all that contain it up to the root, itself first; looked up many times a page."""

    def __init__(self, root: _Element) -> None:
        self._known: dict[_Element, tuple[_Element, ...]] = {root: (root,)}

    def of(self, element: _Element | None) -> tuple[_Element, ...]:
        """The element's chain; empty for None."""
        if element is None:
            return ()
        below: list[_Element] = []
        while element is not None and element not in self._known:
            below.append(element)
            element = element.getparent()
        chain = self._known[element] if element is not None else ()
        for inner in reversed(below):
            chain = (inner, *chain)
            self._known[inner] = chain
        return chain

    def touches(self, element: _Element, marked: AbstractSet[_Element]) -> bool:
        """Whether the element or one that contains it is among the marked."""
        return bool(marked) and not marked.isdisjoint(self.of(element))


class Weights:
    """The weight of every element that has any; `leaves` are those whose own blocks have some."""

    def __init__(self, chains: Chains, weighed: Weighed) -> None:
        self.chains = chains
        self.leaves: dict[_Element, float] = {}
        for block, w in weighed.items():
            if w > 0:
                self.leaves[block.element] = self.leaves.get(block.element, 0.0) + w
        self._of: dict[_Element, float] = {}
        for leaf, w in self.leaves.items():
            for element in chains.of(leaf):
                self._of[element] = self._of.get(element, 0.0) + w
        self.total = sum(self.leaves.values())

    def of(self, element: _Element) -> float:
        """The weight of all blocks in the element."""
        return self._of.get(element, 0.0)


def weighed(blocks: list[Block]) -> Weighed:
    """The weight of every block; text that begins as an earlier block does is a second copy and has none."""
    seen: set[str] = set()
    weights: Weighed = {}
    for block in blocks:
        beginning = block.text[:_BEGINNING]
        weights[block] = 0.0 if beginning in seen else block.weight
        if len(beginning) == _BEGINNING:
            seen.add(beginning)
    return weights


_BEGINNING = 60
