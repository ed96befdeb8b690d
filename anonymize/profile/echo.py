"""An identifier can hide in an attribute that may stay: a name as a model, a number as a frame time.

Whatever repeats a part of this very file's names or numbers is dropped, even when it passes its rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from anonymize.profile.allowlist import ALLOWED, Entry
from anonymize.profile.tables import tokens

_DIGITS: Final = re.compile(r"\d+")
_NOT_DIGITS: Final = re.compile(r"\D+")
_NAMES: Final = frozenset(("PN",))
_NUMBERS: Final = frozenset(
    (0x00080050, 0x00100020, 0x00101000, 0x00101001, 0x00200010, 0x00380010, 0x00181000, 0x00401001, 0x00102154)
)
"""AccessionNumber, PatientID, OtherPatientIDs, OtherPatientNames, StudyID, AdmissionID, DeviceSerialNumber, ..."""
_TEXTS: Final = frozenset(("AE", "CS", "LO", "LT", "SH", "ST", "UC", "UR", "UT", "DA", "DT", "TM"))
_SHORTEST_NAME: Final = 3
_SHORTEST_NUMBER: Final = 5
_LONG_NUMBER: Final = 6
"""Shortest run of digits of any other text that may not stay: telephone, serial number, date, time of day."""
_MOST_NUMBERS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Echo:
    """Name parts and digit runs of the source's identifying values."""

    names: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, dataset: Dataset) -> Echo:
        """Collect from a source data set, nested items included. Values that cannot be decoded are passed over."""
        names: set[str] = set()
        numbers: set[str] = set()
        for text, shortest in _identifying(dataset, ALLOWED):
            if len(numbers) < _MOST_NUMBERS:
                runs = {*_DIGITS.findall(text), *([] if shortest == _LONG_NUMBER else [_NOT_DIGITS.sub("", text)])}
                numbers |= {run for run in runs if len(run) >= shortest and len(set(run)) > 1}
            if shortest == _SHORTEST_NUMBER:
                names |= {token for token in tokens(text) if not token.isdigit() and len(token) >= _SHORTEST_NAME}
        return cls(frozenset(names), frozenset(numbers))

    def heard(self, value: Any) -> bool:
        """True when the value, or one of several, repeats one of them."""
        many: Iterable[Any] = value if isinstance(value, list) else [value]
        return any(self._one(str(one)) for one in many)

    def _one(self, text: str) -> bool:
        digits = _NOT_DIGITS.sub("", text)
        if len(digits) >= _SHORTEST_NUMBER and any(number in digits for number in self.numbers):
            return True
        return not self.names.isdisjoint(tokens(text))


def _identifying(dataset: Dataset, allowed: Mapping[int, Entry]) -> Iterator[tuple[str, int]]:
    """Texts that name or number somebody, each with the length from which on its digits tell."""
    for tag in list(dataset.keys()):
        entry = allowed.get(tag)
        if entry is not None and entry.kind not in ("date", "empty", "sequence"):
            continue  # stays undecoded: its rule judges it
        try:
            element = dataset[tag]
            if element.VR == "SQ":
                for item in element.value:
                    yield from _identifying(item, entry.children if entry else {})
            elif element.VR in _NAMES or tag in _NUMBERS:
                yield from ((text, _SHORTEST_NUMBER) for text in _strings(element))
            elif element.VR in _TEXTS and not tag.is_private:
                yield from ((text, _LONG_NUMBER) for text in _strings(element))
        except Exception:  # noqa: S112  a value that cannot be decoded cannot be compared
            continue


def _strings(element: DataElement) -> list[str]:
    many = element.value if element.VM > 1 else [element.value]
    return [str(one) for one in many if one]
