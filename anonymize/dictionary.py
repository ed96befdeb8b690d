"""The DICOM data dictionary (PS3.6) for rooms that may not parse: tags as eight hex digits, upper case."""

from __future__ import annotations

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword


def tag_of(name: str) -> str | None:
    """The tag of a keyword, or of eight hex digits; None for what is neither."""
    if len(name) == 8 and all(letter in "0123456789abcdefABCDEF" for letter in name):
        return name.upper()
    tag = tag_for_keyword(name) if name else None
    return None if tag is None else f"{tag:08X}"


def keyword_of(tag: str) -> str:
    """The keyword of a tag; empty when the dictionary has none."""
    return keyword_for_tag(int(tag, 16))


def vr_of(tag: str) -> str:
    """The value representation of a tag, the first where it has several; UN when the dictionary has none."""
    try:
        return dictionary_VR(int(tag, 16)).split(" ")[0]
    except KeyError:
        return "UN"
