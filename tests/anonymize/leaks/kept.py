"""Identifiers in attributes that a cleaner may keep: text in a model name, digits in a number, nested too."""

from __future__ import annotations

import re
from typing import Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from anonymize.profile.allowlist import ALLOWED, Entry
from tests.anonymize import make
from tests.anonymize.leaks.words import Planter

_NEEDED: Final = frozenset(
    re.findall(
        r"\w+",
        """SpecificCharacterSet SOPClassUID SOPInstanceUID Modality NumberOfFrames FrameIncrementPointer Rows Columns
    SamplesPerPixel PhotometricInterpretation PlanarConfiguration BitsAllocated BitsStored HighBit PixelRepresentation
    LossyImageCompression BurnedInAnnotation SequenceOfUltrasoundRegions ReferencedImageSequence""",
    )
)
"""Without these a file is none, or the plants of others are lost."""
_TEXT: Final = ("CS", "SH", "LO", "ST", "LT", "UT", "UC", "AE")
_WHOLE: Final = ("IS", "UL", "SL")


def poison(dataset: Dataset, planter: Planter, count: int) -> list[str]:
    """Fill `count` attributes of the allow-list with identifiers; returns their keywords."""
    open_to = [entry for entry in ALLOWED.values() if entry.keyword not in _NEEDED and _fits(entry)]
    chosen = planter.random.sample(open_to, min(count, len(open_to)))
    for entry in chosen:
        dataset[entry.tag] = _element(entry, planter)
    region = ALLOWED[0x00186011]
    inner = [
        child for child in region.children.values() if _fits(child) and not child.keyword.startswith("RegionLocation")
    ]
    for item in dataset.get("SequenceOfUltrasoundRegions") or ():
        if planter.random.random() < 0.3:
            child = planter.random.choice(inner)
            item[child.tag] = _element(child, planter)
        item.add(DataElement(0x00080080, "LO", planter.word("institution")))
    return [entry.keyword for entry in chosen]


def _fits(entry: Entry) -> bool:
    return entry.vr in (*_TEXT, *_WHOLE, "DS", "FD", "SQ") and entry.action in ("K", "C")


def _element(entry: Entry, planter: Planter) -> DataElement:
    return DataElement(entry.tag, entry.vr, _value(entry, planter))


def _value(entry: Entry, planter: Planter) -> object:
    if entry.vr in _TEXT:
        word = planter.word("free_text")
        return word.upper() if entry.vr == "CS" else f"{_known(entry)}{word}"[:64]
    if entry.vr in _WHOLE:
        digits = planter.note("id", "1" + "".join(planter.random.choices("123456789", k=8)))
        return digits if entry.vr == "IS" else int(digits)
    if entry.vr in ("DS", "FD"):
        number = f"{planter.random.randint(1, 9)}.{planter.digits('id', 8)}"
        return number if entry.vr == "DS" else float(number)
    item = Dataset()
    for child in planter.random.sample(sorted(entry.children), min(4, len(entry.children))):
        if _fits(entry.children[child]):
            item[child] = _element(entry.children[child], planter)
    item.add(DataElement(0x00102154, "SH", planter.digits("contact")))
    item.add(DataElement(0x00091001, "UN", planter.word("private").encode()))
    if "ReferencedSOPInstanceUID" in item or 0x00081155 in entry.children:
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = make.US, planter.uid()
    return Sequence([item])


def _known(entry: Entry) -> str:
    """What a list of names would let pass stands before the identifier."""
    return {"ManufacturerModelName": "Vivid E95 ", "Manufacturer": "GE Healthcare ", "SeriesDescription": "liver "}.get(
        entry.keyword, ""
    )
