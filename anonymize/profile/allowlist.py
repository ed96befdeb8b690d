"""The allow-list of `data/attributes.tsv`, read once: tag -> what may be kept of it, nested as sequences nest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, cast

from pydicom.datadict import dictionary_VR, tag_for_keyword

from anonymize.profile.rules import Rule, rule
from anonymize.profile.tables import lines

Action = Literal["K", "C", "U", "Z", "S"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One attribute that may stay."""

    keyword: str
    tag: int
    vr: str
    action: Action
    spec: str
    rule: Rule
    reason: str
    children: dict[int, Entry] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The first word of the rule."""
        return self.spec.partition(" ")[0]

    @property
    def needed(self) -> frozenset[int]:
        """Of a sequence: what each item must have to stay (type 1 in the standard)."""
        return frozenset(_tag(keyword) for keyword in self.spec.split()[1:]) if self.kind == "sequence" else frozenset()


def load() -> dict[int, Entry]:
    """Top-level entries by tag. A fault in the table is ours and raises."""
    top: dict[int, Entry] = {}
    for path, action, spec, reason in lines("attributes.tsv"):
        *parents, keyword = path.split("/")
        place = top
        for parent in parents:
            place = place[_tag(parent)].children
        tag = _tag(keyword)
        if tag in place:
            raise ValueError(f"{path} stands twice in attributes.tsv")
        place[tag] = Entry(keyword, tag, dictionary_VR(tag), cast(Action, action), spec, rule(spec), reason)
    return top


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise ValueError(f"{keyword} is not a keyword of PS3.6")
    return tag


ALLOWED: Final = load()
