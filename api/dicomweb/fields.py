"""`includefield` (PS3.18 8.3.4.3): keywords, tags or `all`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from anonymize.dictionary import tag_of

from .model import Dataset
from .uids import BadRequest

MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Fields:
    """What beside the usual attributes is to be told."""

    all: bool = False
    tags: frozenset[str] = frozenset()

    @classmethod
    def of(cls, given: Iterable[str]) -> Fields:
        """Lists and repetitions alike; BadRequest for what the dictionary does not know."""
        names = [name.strip() for part in given for name in part.split(",")]
        if len(names) > MOST:
            raise BadRequest(errors={"includefield": f"At most {MOST} fields."})
        tags = {name: tag_of(name.split(".")[0]) for name in names if name != "all"}
        if unknown := sorted(name for name, tag in tags.items() if tag is None):
            raise BadRequest(errors={"includefield": f"The dictionary has no {', '.join(unknown)[:200]}."})
        return cls("all" in names, frozenset(tag for tag in tags.values() if tag))

    @property
    def wanted(self) -> bool:
        return self.all or bool(self.tags)

    def of_dataset(self, elements: Dataset) -> Dataset:
        """The part of a header that is asked for."""
        return dict(elements) if self.all else {tag: elements[tag] for tag in self.tags if tag in elements}


def common(headers: list[Dataset]) -> Dataset:
    """What all headers of a study or series say alike."""
    first, *others = headers
    return {tag: said for tag, said in first.items() if all(other.get(tag) == said for other in others)}
