"""An identifier can hide in an attribute that may stay: a name as a model, a number as a frame time.

Whatever repeats a part of this very file's names or numbers is dropped, even when it passes its rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydicom.dataset import Dataset

from anonymize.profile.tables import tokens

_NAMES: Final = frozenset(("PN",))
_NUMBERS: Final = frozenset(
    (0x00080050, 0x00100020, 0x00101000, 0x00101001, 0x00200010, 0x00380010, 0x00181000, 0x00401001, 0x00102154)
)
"""AccessionNumber, PatientID, OtherPatientIDs, OtherPatientNames, StudyID, AdmissionID, DeviceSerialNumber, ..."""
_SHORTEST_NAME: Final = 3
_SHORTEST_NUMBER: Final = 5


@dataclass(frozen=True, slots=True)
class Echo:
    """Name parts and digit runs of the source's identifying values."""

    names: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, dataset: Dataset) -> Echo:
        """Collect from a source data set, nested items included. Values that cannot be decoded are passed over."""
        texts = list(_identifying(dataset))
        names = {token for text in texts for token in tokens(text) if not token.isdigit()}
        runs = {re.sub(r"\D", "", text) for text in texts} | {run for text in texts for run in re.findall(r"\d+", text)}
        return cls(
            frozenset(name for name in names if len(name) >= _SHORTEST_NAME),
            frozenset(run for run in runs if len(run) >= _SHORTEST_NUMBER),
        )

    def heard(self, value: Any) -> bool:
        """True when the value, or one of several, repeats one of them."""
        many: Iterable[Any] = value if isinstance(value, list) else [value]
        return any(self._one(str(one)) for one in many)

    def _one(self, text: str) -> bool:
        digits = re.sub(r"\D", "", text)
        if len(digits) >= _SHORTEST_NUMBER and any(number in digits for number in self.numbers):
            return True
        return not self.names.isdisjoint(tokens(text))


def _identifying(dataset: Dataset) -> Iterator[str]:
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
            if element.VR == "SQ":
                for item in element.value:
                    yield from _identifying(item)
            elif element.VR in _NAMES or tag in _NUMBERS:
                many = element.value if element.VM > 1 else [element.value]
                yield from (str(one) for one in many if one)
        except Exception:  # noqa: S112  a value that cannot be decoded cannot be compared
            continue
