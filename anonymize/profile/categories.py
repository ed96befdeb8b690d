"""Category of what was removed, for the report: told from the tag alone, so that no value has to be decoded."""

from __future__ import annotations

from typing import Final

from pydicom.datadict import keyword_for_tag
from pydicom.tag import BaseTag

_BY_WORD: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "institution",
        ("Institution", "Department", "Service", "Hospital", "Address", "Telephone", "Location", "Country"),
    ),
    ("device", ("Station", "Serial", "Device", "Equipment", "Gantry", "Calibration", "AETitle", "Network", "Software")),
    ("text", ("Description", "Comment", "History", "Text", "Protocol", "Reason", "Label", "Allergies", "Diagnos")),
    ("date", ("Date", "Time", "Timezone")),
    ("name", ("Name", "Physician", "Operator")),
    ("id", ("ID", "Accession", "Number", "Issuer", "Identif")),
    ("patient", ("Patient", "Ethnic", "Pregnan", "Smoking", "Military", "Religious", "Occupation", "Insurance")),
)
_BY_VR: Final = {
    "PN": "name", "DA": "date", "TM": "date", "DT": "date", "UI": "uid", "UT": "text", "LT": "text", "ST": "text",
    "UC": "text", "UR": "text", "AS": "patient", "AE": "device",
}  # fmt: skip
_PIXEL_MODULE: Final = frozenset(
    (*range(0x00280002, 0x00280009), 0x00280010, 0x00280011, *range(0x00280100, 0x00280108),
     *range(0x00281101, 0x00281105), *range(0x00281199, 0x00281204), *range(0x00281221, 0x00281224),
     0x7FE00001, 0x7FE00002, 0x7FE00010)
)  # fmt: skip
_REWRITTEN: Final = frozenset(
    (0x00080005, 0x00080016, 0x00120062, 0x00120063, 0x00120064, 0x00280301, 0x00280302, 0x00280303)
)


def rewritten(tag: int) -> bool:
    """True for what every clean object gets anew: image pixel module, character set, SOP class, flags."""
    return tag in _PIXEL_MODULE or tag in _REWRITTEN


def category(tag: BaseTag, vr: str) -> str:
    """name, id, date, uid, institution, device, patient, text, private, overlay, icon or other."""
    if tag.is_private:
        return "private"
    if tag.group & 0xFF00 in (0x5000, 0x6000):
        return "overlay"
    if tag == 0x00880200:
        return "icon"
    if vr in _BY_VR:
        return _BY_VR[vr]
    keyword = keyword_for_tag(tag)
    for name, parts in _BY_WORD:
        if any(part in keyword for part in parts):
            return name
    return "other" if keyword else "unknown"
