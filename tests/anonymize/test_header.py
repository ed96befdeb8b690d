"""The new header: what stays, what is keyed, and that nothing planted survives."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.sequence import Sequence

from anonymize.errors import Refused
from anonymize.facts import age_band
from anonymize.header import Header, build, check_class, parse_day
from anonymize.keying import SecretKeyer
from anonymize.parsing import quiet, read_dataset
from anonymize.policy import Limits, Mask, Policy, Rectangle
from tests.anonymize import make

KEYER = SecretKeyer(b"k" * 32)


def header(data: bytes, policy: Policy | None = None) -> Header:
    """Parse a file and build its header, in this process."""
    fd = os.memfd_create("source")
    try:
        os.write(fd, data)
        with quiet():
            return build(read_dataset(fd, Limits()), KEYER, policy or Policy(), "d" * 64)
    finally:
        os.close(fd)


def of(changes: Mapping[str, Any], policy: Policy | None = None, count: int = 3) -> Header:
    """The header of a clip with changed attributes."""
    ds = make.identified(make.Planted(1), count=count)
    with quiet():
        for keyword, value in changes.items():
            setattr(ds, keyword, value)
        make.picture(ds, make.frames(1, banner=False) * count)
        return header(make.write(ds), policy)


def dump(found: Header) -> str:
    """Everything that the header gives away, as text."""
    return found.dataset.to_json() + repr((found.facts, found.removed, found.keys))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("syntax", [make.IMPLICIT, make.EXPLICIT, make.BIG_ENDIAN, make.DEFLATED])
def test_nothing_planted_survives(syntax: str, seed: int) -> None:
    planted = make.Planted(seed)
    text = dump(header(make.file(syntax, planted=planted)))
    assert len(planted.all()) > 40
    assert [value for value in planted.all() if value in text] == []
    for hidden in ("19610302", "20190417", "142833", "058Y", "71.25"):
        assert hidden not in text


def test_what_a_reader_needs_stays() -> None:
    found = header(make.file()).dataset
    assert (found.Manufacturer, found.ManufacturerModelName, found.TransducerData) == (
        "GE Healthcare",
        "Vivid E95",
        "C1-5-D",
    )
    assert (found.StudyDescription, found.SoftwareVersions) == ("US ABDOMEN", "204.50.2")
    assert list(found.ImageType) == ["ORIGINAL", "PRIMARY", "ABDOMINAL"]
    assert (found.FrameTime, found.MechanicalIndex, found.HeartRate, found.PatientSex) == (33.333, 1.1, 72, "F")
    assert (found.SeriesNumber, found.InstanceNumber) == (3, 7)
    (region,) = found.SequenceOfUltrasoundRegions
    assert (region.PhysicalDeltaX, region.RegionLocationMaxX1, region.RegionFlags) == (0.0412, make.COLUMNS - 10, 3)
    assert "InstitutionName" not in region
    assert "SeriesDescription" not in found


def test_what_the_standard_wants_is_there_even_when_empty() -> None:
    found = header(make.file()).dataset
    for keyword in (
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "StudyDate",
        "StudyTime",
        "AccessionNumber",
        "StudyID",
    ):
        assert keyword in found
        assert not found[keyword].value


def test_removed_is_counted_by_category() -> None:
    removed = header(make.file()).removed
    assert {name for name, count in removed.items() if count} >= {
        *("name", "id", "date", "uid", "institution", "device", "text", "private", "unknown", "overlay", "icon"),
        *("preamble", "meta", "trailing", "patient"),
    }
    assert (removed["private"], removed["icon"], removed["overlay"]) == (3, 1, 3)


def test_uids_are_keyed_alike_wherever_they_stand() -> None:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = make.US_MULTI, "1.2.3.4"
    found = of(
        {"SOPInstanceUID": "1.2.3.4", "ReferencedImageSequence": Sequence([item]), "FrameOfReferenceUID": "1.2.3.9"}
    )
    new = KEYER.key("uid", ["1.2.3.4", "1.2.3.9"])
    assert found.dataset.SOPInstanceUID == found.keys["sop_instance_uid"] == new[0]
    assert found.dataset.ReferencedImageSequence[0].ReferencedSOPInstanceUID == new[0]
    assert found.dataset.ReferencedImageSequence[0].ReferencedSOPClassUID == make.US_MULTI
    assert found.dataset.FrameOfReferenceUID == new[1]


def test_a_file_without_uids_gets_its_own() -> None:
    found = header(make.raw(*make.minimal(SOPInstanceUID=b"")))
    uids = [found.dataset.StudyInstanceUID, found.dataset.SeriesInstanceUID, found.dataset.SOPInstanceUID]
    assert len(set(uids)) == 3
    assert all(re.fullmatch(r"2\.25\.\d{30,39}", uid) for uid in uids)


def test_dates_are_dropped_or_shifted_by_one_offset_per_patient() -> None:
    assert not of({}).dataset.StudyDate
    assert "AcquisitionDateTime" not in of({}).dataset
    shift = Policy(dates="shift")
    first, later = of({"StudyDate": "20190417"}, shift).dataset, of({"StudyDate": "20190501"}, shift).dataset
    gap = parse_day(later.StudyDate) - parse_day(first.StudyDate)  # type: ignore[operator]
    assert gap.days == 14
    assert first.StudyDate != "20190417"
    assert first.AcquisitionDateTime == first.StudyDate  # without the time of day
    other = of({"StudyDate": "20190417", "PatientID": "someone-else"}, shift).dataset
    assert other.StudyDate != first.StudyDate
    assert of({"StudyDate": "not a day"}, shift).dataset.StudyDate == ""


def test_the_patient_is_keyed_with_the_issuer_and_shown_only_when_asked() -> None:
    one, same, other = (
        of({"PatientID": "77"}),
        of({"PatientID": "77 "}),
        of({"PatientID": "77", "IssuerOfPatientID": "X"}),
    )
    assert one.keys["patient"] == same.keys["patient"] != other.keys["patient"]
    assert one.dataset.PatientID == ""
    assert of({"PatientID": "77"}, Policy(patient="keyed")).dataset.PatientID == one.keys["patient"][:16]
    assert of({"PatientID": ""}).keys["patient"] == ""


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("ManufacturerModelName", "Iris"),
        ("StudyDescription", "liver scan"),
        ("FrameTime", "41.2345"),
        ("SeriesNumber", "4123"),
        ("SoftwareVersions", "41.234.5"),
    ],
)
def test_what_repeats_an_identifier_of_the_file_is_dropped(keyword: str, value: str) -> None:
    innocent = of({keyword: value, "PatientName": "Doe^Jane", "PatientID": "998877"}).dataset
    assert str(innocent[keyword].value) == value
    guilty = of(
        {keyword: value, "PatientName": "Iris^Liver", "PatientID": "412345" if "." in value else "4123"}
    ).dataset
    if keyword != "SeriesNumber":  # four digits are too few to tell
        assert not guilty.get(keyword)


def test_codes_are_written_from_our_own_table() -> None:
    known, foreign = Dataset(), Dataset()
    known.CodeValue, known.CodingSchemeDesignator, known.CodeMeaning = "T-D4000", "SNM3", "belly of Mr Doe"
    foreign.CodeValue, foreign.CodingSchemeDesignator, foreign.CodeMeaning = "DOE", "99LOCAL", "Abdomen"
    found = of({"AnatomicRegionSequence": Sequence([known, foreign])}).dataset.AnatomicRegionSequence
    assert [(one.CodeValue, one.CodingSchemeDesignator, one.CodeMeaning) for one in found] == [
        ("T-D4000", "SRT", "Abdomen")
    ]


def test_classes_that_are_taken() -> None:
    ds = make.identified(make.Planted(1))
    assert check_class(ds, Policy()) is None
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.6"
    assert check_class(ds, Policy()) is None
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7.4"
    assert check_class(ds, Policy()) == "held.secondary_capture"
    assert check_class(ds, Policy(mask=Mask((Rectangle(0, 0, 9, 9),)))) is None
    ds.Modality, ds.Manufacturer = "OT", "Scanner of Dr. Doe"
    with pytest.raises(Refused, match=r"refused\.sop_class"):
        check_class(ds, Policy())


def test_values_that_cannot_be_decoded_are_dropped() -> None:
    us = make.element(0x0018, 0x1088, b"IS", b"7\xff\xfe2")
    found = header(make.raw(us, *make.minimal()))
    assert "HeartRate" not in found.dataset
    assert found.removed["other"] >= 1


@pytest.mark.parametrize(
    ("age", "birth", "study", "band"),
    [
        ("003W", "", "", "neonate"),
        ("011M", "", "", "infant"),
        ("011Y", "", "", "child"),
        ("017Y", "", "", "adolescent"),
        ("039Y", "", "", "adult-18-39"),
        ("058Y", "", "", "adult-40-64"),
        ("095Y", "", "", "adult-80-plus"),
        ("", "19610302", "20190417", "adult-40-64"),
        ("", "20190302", "20180417", "age-unknown"),
        ("", "", "", "age-unknown"),
        ("999Y", "", "", "age-unknown"),
        ("old", "1961", "2019", "age-unknown"),
    ],
)
def test_ages_are_told_in_bands(age: str, birth: str, study: str, band: str) -> None:
    assert age_band(age, birth, study) == band


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="\\"), min_size=6, max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    text=TEXT,
    keyword=st.sampled_from(["Manufacturer", "ManufacturerModelName", "StudyDescription", "SoftwareVersions"]),
)
def test_free_text_stays_only_when_it_is_known(text: str, keyword: str) -> None:
    found = of({keyword: f"QZXWVKJT {text}", "SpecificCharacterSet": "ISO_IR 192"})
    assert "QZXWVKJT" not in dump(found)


def test_a_policy_travels_as_json() -> None:
    policy = Policy(dates="shift", mask=Mask((Rectangle(1, 2, 3, 4),), (Rectangle(0, 0, 1, 1),)), synthetic=True)
    assert Policy.from_json(policy.as_json()) == policy
    with pytest.raises(TypeError):
        Policy.from_json({"unknown": 1})
