"""Tags that are written here (PS3.6), as eight hex digits, and the media types of coded frames (PS3.18 8.7.3.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

AVAILABLE_TRANSFER_SYNTAX: Final = "00083002"
PIXEL_DATA: Final = "7FE00010"
PHOTOMETRIC: Final = "00280004"
RETRIEVE_URL: Final = "00081190"
REFERENCED_CLASS, REFERENCED_INSTANCE = "00081150", "00081155"
REFERENCED: Final = "00081199"
FAILED: Final = "00081198"
FAILURE_REASON: Final = "00081197"

EXPLICIT_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2.1"
NATIVE: Final = "application/octet-stream"
JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
CODED: Final = {
    JPEG_BASELINE: "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
    "1.2.840.10008.1.2.4.100": "video/mpeg",
    "1.2.840.10008.1.2.4.101": "video/mpeg",
    **{f"1.2.840.10008.1.2.4.{number}": "video/mp4" for number in range(102, 109)},
}
"""Transfer syntax -> media type of one frame, or of a film as a whole."""
LOSSLESS: Final = (
    EXPLICIT_LITTLE_ENDIAN,
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.90",
)
"""What a still or a cine can be given as without loss (`anonymize.converting`), the usual one first."""


def others(syntaxes: Iterable[str]) -> list[str]:
    """In which transfer syntaxes objects stored in these can be given beside; a film in none."""
    stored = set(syntaxes)
    if any(CODED.get(syntax, "").startswith("video/") for syntax in stored):
        return []
    return [syntax for syntax in LOSSLESS if stored != {syntax}]
