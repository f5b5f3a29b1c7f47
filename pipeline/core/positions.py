"""Positions: offsets of the log made comparable across its lives, and versions made from them."""

from __future__ import annotations

EPOCH = 2**40
"""Offsets stay below this, so an epoch's positions are all above those of the epoch before."""


def position(offset: int, epoch: int) -> int:
    """The position of the record at `offset` while the log is in `epoch`."""
    return epoch * EPOCH + offset


def offset(position: int) -> int:
    """The offset a position stands for."""
    return position % EPOCH


def version(position: int) -> int:
    """The version a story gets from the record at `position`."""
    return position + 1
