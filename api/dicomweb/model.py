"""DICOM data sets as JSON (PS3.18 annex F) and as the Native DICOM Model in XML (PS3.19 A.1): plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson

from anonymize.dictionary import keyword_of

Dataset = dict[str, dict[str, Any]]
"""Tag as eight hex digits -> {"vr", "Value"?}, as on the wire."""
JSON: Final = "application/dicom+json"
XML: Final = "application/dicom+xml"
PARTS: Final = ("Alphabetic", "Ideographic", "Phonetic")
"""Of a name; a clean object has none, so that it is not split further (family, given ...)."""


def element(vr: str, *values: Any) -> dict[str, Any]:
    """One attribute; without a value when all are empty."""
    there = [value for value in values if value not in ("", None)]
    return {"vr": vr, "Value": there} if there else {"vr": vr}


def as_json(said: Dataset | Sequence[Dataset]) -> bytes:
    """One data set, or an array of them."""
    return orjson.dumps(said)


def as_xml(dataset: Dataset) -> bytes:
    """One data set."""
    root = Element("NativeDicomModel", {"xml:space": "preserve"})
    _fill(root, dataset)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8")


def _fill(parent: Element, dataset: Mapping[str, dict[str, Any]]) -> None:
    for tag in sorted(dataset):
        _attribute(parent, tag, dataset[tag])


def _attribute(parent: Element, tag: str, said: Mapping[str, Any]) -> None:
    keyword = keyword_of(tag)
    node = SubElement(
        parent, "DicomAttribute", {"tag": tag, "vr": said["vr"]} | ({"keyword": keyword} if keyword else {})
    )
    if "BulkDataURI" in said:
        SubElement(node, "BulkData", {"uri": said["BulkDataURI"]})
    if "InlineBinary" in said:
        SubElement(node, "InlineBinary").text = said["InlineBinary"]
    for number, value in enumerate(said.get("Value", []), 1):
        _value(node, said["vr"], str(number), value)


def _value(node: Element, vr: str, number: str, value: Any) -> None:
    if vr == "SQ":
        _fill(SubElement(node, "Item", {"number": number}), value)
    elif vr == "PN":
        name = SubElement(node, "PersonName", {"number": number})
        for part in PARTS:
            if part in value:
                SubElement(SubElement(name, part), "FamilyName").text = value[part]
    elif value is not None:
        SubElement(node, "Value", {"number": number}).text = str(value)
