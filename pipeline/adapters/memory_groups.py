"""Who owns which partition: consumer groups of the in-memory broker."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock


@dataclass(slots=True)
class Group:
    """Who owns which partition of one topic. Members are compared by identity, in order of joining.

    A live member gives partitions up only when it polls; a dead one keeps its own until it is expelled.
    """

    partitions: int
    members: list[object] = field(default_factory=list)
    owners: dict[int, object] = field(default_factory=dict)
    dead: list[object] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock, repr=False)
    """Members may live in threads of their own."""

    def settle(self, member: object) -> set[int] | None:
        """What `member` owns after joining or rejoining; None while a dead member holds up the group."""
        with self.lock:
            if member not in self.members:
                self.members.append(member)
            if self.dead:
                return None
            for partition in sorted(self.owned(member))[self._quota(member) :]:
                del self.owners[partition]
            for partition in range(self.partitions):
                if partition not in self.owners and len(self.owned(member)) < self._quota(member):
                    self.owners[partition] = member
            return self.owned(member)

    def owned(self, member: object) -> set[int]:
        with self.lock:
            return {partition for partition, owner in self.owners.items() if owner is member}

    def expel(self, member: object) -> None:
        """Take a member out: it left, or its session timed out."""
        with self.lock:
            self.members = [other for other in self.members if other is not member]
            self.dead = [other for other in self.dead if other is not member]
            for partition in self.owned(member):
                del self.owners[partition]

    def _quota(self, member: object) -> int:
        share, rest = divmod(self.partitions, len(self.members))
        return share + (self.members.index(member) < rest)
