"""QIDO-RS matching (PS3.18 8.3.4, PS3.4 C.2.2.2): keys of a query become a condition over clips.

A clean object has no name, number, date or time of the patient or the study, so keys on those match as PS3.4 says of
empty values: only a universal key (empty, or `*`) finds anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from anonymize.dictionary import tag_of

from .uids import BadRequest, checked_uid

Condition = Callable[[str], Q]
"""The value of a key -> which clips it finds; ValueError when the value is not of the key's kind."""
NOTHING: Final = Q(pk__in=[])
DAY, TIME = r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", r"([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?"
UIDS_MOST: Final = 1_000


def universal(value: str) -> bool:
    """Whether a key finds everything (PS3.4 C.2.2.2.3-4)."""
    return not value.strip("*")


def uid(column: str) -> Condition:
    """A UID or a list of them, separated by commas or backslashes."""

    def condition(value: str) -> Q:
        wanted = [checked_uid(column, one.strip()) for one in re.split(r"[,\\]", value)]
        if len(wanted) > UIDS_MOST:
            raise ValueError
        return Q(**{f"{column}__in": wanted})

    return condition


def text(column: str) -> Condition:
    """Wildcards `*` and `?`; several values separated by backslashes."""

    def condition(value: str) -> Q:
        found = Q()
        for one in value.split("\\"):
            found |= Q(**{f"{column}__iregex": f"^{_pattern(one)}$"})
        return found

    return condition


def number(column: str) -> Condition:
    """A whole number."""
    return lambda value: Q(**{column: _integer(value)})


def constant(said: str) -> Condition:
    """Every clip says the same."""

    def condition(value: str) -> Q:
        patterns = (_pattern(one) for one in value.split("\\"))
        return Q() if any(re.fullmatch(one, said, re.IGNORECASE) for one in patterns) else NOTHING

    return condition


def never(grammar: str = ".*") -> Condition:
    """No clip has a value; one value or a range `a-b` of this grammar."""

    def condition(value: str) -> Q:
        if not re.fullmatch(f"({grammar})?-({grammar})?|{grammar}", value, re.DOTALL) or value == "-":
            raise ValueError
        return NOTHING

    return condition


STUDY: Final[dict[str, Condition]] = {
    "StudyDate": never(DAY), "StudyTime": never(TIME), "AccessionNumber": never(), "ModalitiesInStudy": constant("US"),
    "ReferringPhysicianName": never(), "PatientName": never(), "PatientID": never(), "PatientBirthDate": never(DAY),
    "PatientSex": never(), "StudyInstanceUID": uid("study_uid"), "StudyID": never(),
}  # fmt: skip
SERIES: Final[dict[str, Condition]] = {
    "Modality": constant("US"), "SeriesInstanceUID": uid("series_uid"), "SeriesNumber": number("header__series_number"),
    "PerformedProcedureStepStartDate": never(DAY), "PerformedProcedureStepStartTime": never(TIME),
    "RequestAttributesSequence": never(), "Manufacturer": text("maker"), "ManufacturerModelName": text("model"),
}  # fmt: skip
STEP: Final = {"00400275.00400009": never(), "00400275.00401001": never()}
"""ScheduledProcedureStepID and RequestedProcedureID inside of RequestAttributesSequence."""
INSTANCE: Final[dict[str, Condition]] = {
    "SOPClassUID": uid("sop_class_uid"), "SOPInstanceUID": uid("sop_instance_uid"),
    "InstanceNumber": number("header__instance_number"), "NumberOfFrames": number("frames"), "Rows": number("height"),
    "Columns": number("width"),
}  # fmt: skip


def _by_tag(named: Mapping[str, Condition]) -> dict[str, Condition]:
    return {tag_of(name) or name: condition for name, condition in named.items()}


KEYS: Final = {
    "studies": _by_tag(STUDY),
    "series": _by_tag(STUDY) | _by_tag(SERIES) | STEP,
    "instances": _by_tag(STUDY) | _by_tag(SERIES) | STEP | _by_tag(INSTANCE),
}
"""Level -> key by tag -> condition. A search below studies takes the keys of the levels above (PS3.18 10.6.1.2)."""
OTHERS: Final = {"includefield", "fuzzymatching", "limit", "offset", "accept", "emptyvaluematching"}


@dataclass(slots=True)
class Matching:
    """The condition of a query, and keys of the dictionary that are no matching keys here."""

    condition: Q = field(default_factory=Q)
    ignored: list[str] = field(default_factory=list)


def matching(level: str, query: Mapping[str, list[str]]) -> Matching:
    """Read the keys; BadRequest for one that the dictionary does not know, is given twice, or has a bad value."""
    found = Matching()
    for name, values in query.items():
        if name in OTHERS:
            continue
        path = _path(name)
        if len(values) > 1:
            raise BadRequest(errors={name: "A key stands once; a list of UIDs goes by commas."})
        if path not in KEYS[level]:
            found.ignored.append(name)
        elif not universal(values[0]):
            found.condition &= _condition(name, KEYS[level][path], values[0])
    return found


def _path(name: str) -> str:
    tags = [tag_of(part) for part in name.split(".")]
    if not all(tags):
        raise BadRequest(errors={name: "The DICOM dictionary has no such attribute."})
    return ".".join(filter(None, tags))


def _condition(name: str, read: Condition, value: str) -> Q:
    try:
        return read(value)
    except ValueError:
        raise BadRequest(errors={name: "This is no value of this attribute."}) from None


def _pattern(value: str) -> str:
    """A regular expression of a value with wildcards; runs of `*` count as one, so that it cannot blow up."""
    if len(value) > 64 or value.count("*") > 8:
        raise ValueError
    parts = re.split(r"(\*+|\?)", value)
    return "".join(".*" if part.startswith("*") else "." if part == "?" else re.escape(part) for part in parts)


def _integer(value: str) -> int:
    if not (value.lstrip("-").isascii() and value.lstrip("-").isdigit() and len(value) < 10):
        raise ValueError
    return int(value)
