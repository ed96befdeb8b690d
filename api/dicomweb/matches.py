"""What a search tells of each match: the required attributes (PS3.18 tables 10.6.3-3 to -5) and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from anonymize.dictionary import tag_of, vr_of
from imagebank.catalog.models import Clip, Header
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import Actor
from imagebank.vocabulary.selectors import labels

from .fields import Fields, common
from .model import Dataset, element
from .paging import Entry
from .selection import address

EMPTY: Final = (
    "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "PatientName", "PatientID",
    "PatientBirthDate", "PatientSex", "StudyID",
)  # fmt: skip
"""Of every study, and without a value in every clean object."""
NAMES: Final = {
    name: (tag_of(name) or "", vr_of(tag_of(name) or ""))
    for name in (
        "SpecificCharacterSet", "InstanceAvailability", "ModalitiesInStudy", "RetrieveURL", "StudyInstanceUID",
        "StudyDescription", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances", "Modality",
        "SeriesInstanceUID", "SeriesNumber", "NumberOfSeriesRelatedInstances", "Manufacturer", "SOPClassUID",
        "SOPInstanceUID", "InstanceNumber", "Rows", "Columns", "BitsAllocated", "NumberOfFrames",
        "AvailableTransferSyntaxUID", *EMPTY,
    )
}  # fmt: skip
Headers = Mapping[object, Header]


def told(level: str, found: Mapping[Entry, Sequence[Clip]], fields: Fields, actor: Actor) -> list[Dataset]:
    """One data set an entry, in order; a fixed number of queries."""
    every = [clip for clips in found.values() for clip in clips]
    headers = _headers(every, level, fields)
    subjects = _indications(every, actor)
    return [{**_extra(clips, headers, fields), **_entry(level, clips, headers, subjects)} for clips in found.values()]


def _headers(every: Sequence[Clip], level: str, fields: Fields) -> Headers:
    """Without the data set where nothing of it is asked for; a study tells nothing of single objects."""
    if level == "studies" and not fields.wanted:
        return {}
    rows = Header.objects.filter(clip__in=every).defer("pixels")
    light = rows.defer("elements", "pixels") if not fields.wanted and level != "instances" else rows
    return {row.pk: row for row in light}


def _indications(every: Sequence[Clip], actor: Actor) -> dict[object, str]:
    """Case -> the label of its indication, as the public is told; nothing of cases that are not public."""
    cases = {clip.case_id for clip in every if clip.state == "public"}
    rows = visible_to(actor).filter(case__in=cases).values_list("case_id", "document__indication")
    names = labels("indication", "en")
    return {case: names.get(slug, slug) for case, slug in rows}


def _extra(clips: Sequence[Clip], headers: Headers, fields: Fields) -> Dataset:
    """What was asked for, as far as all instances of the entry agree."""
    known = [headers[clip.pk].elements for clip in clips if clip.pk in headers] if fields.wanted else []
    return fields.of_dataset(common(known)) if len(known) == len(clips) else {}


def _entry(level: str, clips: Sequence[Clip], headers: Headers, subjects: Mapping[object, str]) -> Dataset:
    first = clips[0]
    said: dict[str, Sequence[object]] = {
        "SpecificCharacterSet": ["ISO_IR 192"],
        "InstanceAvailability": ["ONLINE"],
        "StudyInstanceUID": [first.study_uid],
    }
    if level == "studies":
        said |= _study(clips, subjects)
    elif level == "series":
        said |= _series(clips, headers)
    else:
        said |= _instance(first, headers)
    return {NAMES[name][0]: element(NAMES[name][1], *values) for name, values in said.items()}


def _study(clips: Sequence[Clip], subjects: Mapping[object, str]) -> dict[str, Sequence[object]]:
    shown = sorted({subjects[clip.case_id] for clip in clips if clip.case_id in subjects})
    return {
        **{name: [] for name in EMPTY},
        "ModalitiesInStudy": ["US"],
        "StudyDescription": [", ".join(shown)[:64]],
        "NumberOfStudyRelatedSeries": [len({clip.series_uid for clip in clips})],
        "NumberOfStudyRelatedInstances": [len(clips)],
        "RetrieveURL": [address(clips[0].study_uid)],
    }


def _series(clips: Sequence[Clip], headers: Headers) -> dict[str, Sequence[object]]:
    first = clips[0]
    header = headers.get(first.pk)
    return {
        "Modality": ["US"],
        "SeriesInstanceUID": [first.series_uid],
        "SeriesNumber": [header.series_number if header else None],
        "NumberOfSeriesRelatedInstances": [len(clips)],
        "Manufacturer": [first.maker],
        "RetrieveURL": [address(first.study_uid, first.series_uid)],
    }


def _instance(clip: Clip, headers: Headers) -> dict[str, Sequence[object]]:
    header = headers.get(clip.pk)
    bits = header.elements.get(NAMES["BitsAllocated"][0], {}).get("Value", []) if header else []
    return {
        "Modality": ["US"],
        "SeriesInstanceUID": [clip.series_uid],
        "SOPClassUID": [clip.sop_class_uid],
        "SOPInstanceUID": [clip.sop_instance_uid],
        "InstanceNumber": [header.instance_number if header else None],
        "Rows": [clip.height],
        "Columns": [clip.width],
        "BitsAllocated": bits,
        "NumberOfFrames": [clip.frames],
        "AvailableTransferSyntaxUID": [header.transfer_syntax if header else None],
        "RetrieveURL": [address(clip.study_uid, clip.series_uid, clip.sop_instance_uid)],
    }
