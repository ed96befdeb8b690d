"""The history of a node, by chance and repeatable: cases are put, revised, restricted, withdrawn."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.exchange.following.clips import numbered
from tests.exchange.following.origin import SmallOrigin, document


@dataclass
class Writer:
    """What should be at a mirror in the end stands in `live`, `restricted`, `withdrawn`."""

    node: SmallOrigin
    chance: random.Random
    objects: dict[str, tuple[str, bytes, int]] = field(default_factory=dict)
    """Case -> its clip, the clip's object, the revision."""
    live: set[str] = field(default_factory=set)
    restricted: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)

    def put(self, **changes: Any) -> str:
        case, clip = str(uuid.uuid4()), str(uuid.uuid4())
        self.objects[case] = clip, numbered(), 1
        self.node.put(document(case, clip, institution=None, **changes), {clip: self.objects[case][1]})
        self.live.add(case)
        return case

    def act(self) -> None:
        """One change of something that is there, or a new case."""
        there = sorted(self.live | self.restricted)
        if not there or self.chance.random() < 0.4:
            self.put()
            return
        case = self.chance.choice(there)
        getattr(self, self.chance.choice(("revise", "revise", "repaint", "restrict", "withdraw")))(case)

    def revise(self, case: str) -> None:
        clip, data, revision = self.objects[case]
        self.objects[case] = clip, data, revision + 1
        told = document(case, clip, institution=None, revision=revision + 1, title={"en": f"Take {revision + 1:02d}"})
        self.node.revise(told, {clip: data})
        self._is(case, self.live)

    def repaint(self, case: str) -> None:
        """The clip was masked further: another object of the same clip."""
        clip, old, revision = self.objects[case]
        self.objects[case] = clip, numbered(), revision
        self.node.blobs.pop(_digest(old), None)
        self.revise(case)

    def restrict(self, case: str) -> None:
        self.node.restrict(case)
        self._is(case, self.restricted)

    def withdraw(self, case: str) -> None:
        self.node.withdraw(case)
        self.node.blobs.pop(_digest(self.objects[case][1]), None)
        self._is(case, self.withdrawn)

    def _is(self, case: str, now: set[str]) -> None:
        for held in (self.live, self.restricted, self.withdrawn):
            held.discard(case)
        now.add(case)


def _digest(data: bytes) -> str:
    from imagebank.exchange.wire import sha256

    return sha256(data)
