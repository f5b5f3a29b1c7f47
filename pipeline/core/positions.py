"""Positions: offsets of the log made comparable across its lives, and versions made from them."""

from __future__ import annotations

from dataclasses import dataclass

EPOCH = 2**40
"""Offsets stay below this, so an epoch's positions are all above those of the epoch before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a writer of the log goes by: its epoch, and the furniture list in force as position + 1 of its
    edit, 0 for none. It travels beside the committed offset, so that both move in one transaction.
    """

    epoch: int = 0
    furniture: int = 0

    def written(self) -> str:
        """One number: the list's, or before there is one, that which precedes every list of the epoch."""
        number = max(self.furniture, self.epoch * EPOCH)
        return str(number) if number else ""

    @classmethod
    def read(cls, metadata: str) -> Standing:
        """Inverse of `written`."""
        number = int(metadata or 0)
        return cls(epoch_of(number), number if offset(number) else 0)


def position(offset: int, epoch: int) -> int:
    """The position of the record at `offset` while the log is in `epoch`."""
    return epoch * EPOCH + offset


def offset(position: int) -> int:
    """The offset a position stands for."""
    return position % EPOCH


def epoch_of(position: int) -> int:
    """The epoch a position, or a version made from one, belongs to."""
    return position // EPOCH


def version(position: int) -> int:
    """The version a story gets from the record at `position`."""
    return position + 1
