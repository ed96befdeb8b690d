"""What came out of a planted tree: leaks, legible texts, technical attributes, references, gaps between dates."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from tests.anonymize.leaks import search
from tests.anonymize.leaks.tree import Given, technical


@dataclass(slots=True)
class Judged:
    """One tree. Each failure is told with file, coding and layout."""

    files: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    held: list[str] = field(default_factory=list)
    ordinary: int = 0
    ordinary_held: int = 0
    leaks: list[str] = field(default_factory=list)
    burned: int = 0
    legible: list[str] = field(default_factory=list)
    technical: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    references: int = 0
    references_broken: list[str] = field(default_factory=list)
    gaps: int = 0
    gaps_broken: list[str] = field(default_factory=list)

    def add(self, other: Judged) -> None:
        """The sum of several trees."""
        for name in ("files", "ordinary", "ordinary_held", "burned", "technical", "references", "gaps"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("codes", "lost"):
            getattr(self, name).update(getattr(other, name))
        for name in ("held", "leaks", "legible", "references_broken", "gaps_broken"):
            getattr(self, name).extend(getattr(other, name))

    def told(self) -> str:
        """One paragraph."""
        kept = 100 * (1 - self.lost.total() / max(1, self.technical))
        return (
            f"{self.files} files ({', '.join(f'{code} {n}' for code, n in self.codes.most_common())}); "
            f"ordinary held {self.ordinary_held} of {self.ordinary}; leaks {len(self.leaks)}; "
            f"legible {len(self.legible)} of {self.burned}; technical kept {kept:.2f} % of {self.technical}; "
            f"references broken {len(self.references_broken)} of {self.references}; "
            f"date gaps broken {len(self.gaps_broken)} of {self.gaps}"
        )

    def wrong(self) -> list[str]:
        """Each single thing that may not be."""
        return [
            *self.leaks,
            *self.legible,
            *self.references_broken,
            *self.gaps_broken,
            *(one for one in self.held if one.startswith("failed")),
        ]

    @property
    def flawless(self) -> bool:
        """No identifier, no text, no fault of ours; references and gaps whole."""
        return not self.wrong()


def judge(given: list[Given], lines: list[dict[str, Any]], outputs: dict[int, bytes], told: str) -> Judged:
    """`lines`: of the report, in the order of the files handed in; `outputs`: by index in that order;
    `told`: names of outputs, report and all that was printed, in one text."""
    found = Judged(files=len(given))
    pairs: list[tuple[Given, Dataset]] = []
    for number, (one, line) in enumerate(zip(given, lines, strict=True)):
        _verdict(found, one, line)
        found.leaks += [f"{_name(one)}: told {value}" for value in search.said(told, one.values)]
        if number in outputs:
            clean = pydicom.dcmread(io.BytesIO(outputs[number]))
            pairs.append((one, clean))
            _one(found, one, outputs[number], clean)
    _references(found, pairs)
    _gaps(found, pairs)
    return found


def _name(one: Given) -> str:
    return f"{one.path} ({one.coding}; {one.scene}; regions {one.regions}; {', '.join(one.layouts)})"


def _verdict(found: Judged, one: Given, line: dict[str, Any]) -> None:
    found.codes[line["code"]] += 1
    found.ordinary += one.ordinary
    if line["verdict"] != "clean":
        found.ordinary_held += one.ordinary
        why = line.get("verifier", {}).get("problems") or line.get("detail")
        found.held.append(f"{line['code']} {why}{' ORDINARY' if one.ordinary else ''}: {_name(one)}")


def _one(found: Judged, one: Given, data: bytes, clean: Dataset) -> None:
    """A clean file by itself."""
    values = _without_shifted(one, clean)
    found.leaks += [f"{_name(one)}: {value} in {_where(clean, value)}" for value in search.leaked(data, values)]
    frames = search.greys(data)
    found.burned += len(one.inks)
    found.legible += [
        f"{_name(one)}: {ink.name} at {ink.left},{ink.top}: {ink.visible(frames):.2f}"
        for ink in one.inks
        if ink.legible(frames)
    ]
    if one.header is not None:
        wanted, kept = technical(one.header, one.poisoned), technical(clean, [])
        found.technical += len(wanted)
        found.lost.update(f"{key} {value}" for key, value in wanted.items() if kept.get(key) != value)


def _without_shifted(one: Given, clean: Dataset) -> list[str]:
    """A shifted date may meet another planted one by chance: that of the same attribute alone is a leak then."""
    shifted = {
        str(element.value) for element in clean.iterall()
        if element.VR == "DA" and one.header is not None and str(one.header.get(element.keyword)) != str(element.value)
    }  # fmt: skip
    return [value for value in one.values if value not in shifted]


def _where(clean: Dataset, value: str) -> str:
    names = [
        element.keyword or str(element.tag)
        for element in clean.iterall()
        if value.casefold() in str(element.value).casefold()
    ]
    return ", ".join(names) or "bytes"


def _references(found: Judged, pairs: list[tuple[Given, Dataset]]) -> None:
    """A study's new UID is one for its files and of no other; a reference leads to the new UID of what it named."""
    studies: dict[str, set[str]] = {}
    new = {str(one.header.SOPInstanceUID): str(clean.SOPInstanceUID) for one, clean in pairs if one.header is not None}
    for one, clean in pairs:
        if one.header is None:
            continue
        studies.setdefault(str(one.header.StudyInstanceUID), set()).add(str(clean.StudyInstanceUID))
        if "ReferencedImageSequence" in one.poisoned:
            continue
        wanted = [str(item.ReferencedSOPInstanceUID) for item in one.header.get("ReferencedImageSequence") or ()]
        kept = [str(item.ReferencedSOPInstanceUID) for item in clean.get("ReferencedImageSequence") or ()]
        found.references += len(wanted)
        if len(kept) != len(wanted) or any(new.get(old, to) != to for old, to in zip(wanted, kept, strict=False)):
            found.references_broken.append(_name(one))
    found.references += len(studies)
    found.references_broken += [f"study {old}" for old, made in studies.items() if len(made) != 1]
    if len({uid for made in studies.values() for uid in made}) != len(studies):
        found.references_broken.append("two studies became one")


def _gaps(found: Judged, pairs: list[tuple[Given, Dataset]]) -> None:
    """Days between the studies of a patient."""
    shifts: dict[int, set[int]] = {}
    for one, clean in pairs:
        if one.header is None:
            continue
        found.gaps += 1
        old, new = str(one.header.StudyDate), str(clean.get("StudyDate", ""))
        if len(new) != 8 or old == new:
            found.gaps_broken.append(f"{_name(one)}: StudyDate {new or 'empty'}")
            continue
        shifts.setdefault(one.patient, set()).add((_day(new) - _day(old)).days)
    found.gaps_broken += [f"patient {who}: shifts {sorted(days)}" for who, days in shifts.items() if len(days) > 1]


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
