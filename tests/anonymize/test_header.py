"""The new header: what stays, what is keyed, and that nothing planted survives."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread, dcmwrite
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence

from anonymize.dates import parse_day
from anonymize.errors import Refused
from anonymize.facts import age_band
from anonymize.header import Header, build, check_class
from anonymize.keying import SecretKeyer
from anonymize.parsing import Source, quiet, read_dataset
from anonymize.policy import Limits, Mask, Policy, Rectangle
from anonymize.profile import ALLOWED
from tests.anonymize import make
from tests.anonymize.names import NAMES

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
    assert (found.Manufacturer, found.ManufacturerModelName) == ("GE Healthcare", "Vivid E95")
    assert list(found.TransducerData) == ["C1-5-D", "", ""]
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


@pytest.mark.parametrize(
    ("changes", "side"),
    [
        ({"BodyPartExamined": ""}, ""),
        ({"BodyPartExamined": "HEART"}, None),
        ({"BodyPartExamined": "KIDNEY", "Laterality": "L"}, "L"),
        ({"BodyPartExamined": "KIDNEY", "Laterality": "X"}, ""),
        ({"BodyPartExamined": "KIDNEY", "ImageLaterality": "R"}, None),
    ],
)
def test_an_empty_side_stands_only_where_it_may_be_unknown(changes: Mapping[str, str], side: str | None) -> None:
    assert of(changes).dataset.get("Laterality") == side


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


ENCODINGS = (
    *("utf-8", "utf-16-le", "latin-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7"),
    *("iso8859-8", "iso8859-9", "iso8859-15", "tis-620", "shift_jis", "iso2022_jp_2", "euc_kr", "gb18030"),
)


def spellings(name: str) -> set[bytes]:
    """Each part of a name in each encoding that can write it."""
    found = set()
    for part in re.split(r"[\^=]", name):
        for encoding in ENCODINGS:
            try:
                found.add(part.encode(encoding))
            except UnicodeEncodeError:
                continue
    return {one for one in found if len(one) > 2}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_character_set_go_and_descriptions_come_out_as_utf_8(name: str) -> None:
    character_set, person = NAMES[name]
    ds = make.identified(make.Planted(1), count=1)
    ds.SpecificCharacterSet, ds.StudyDescription = character_set, "US liver"
    ds.PatientName, ds.OtherPatientNames, ds.OperatorsName = person, [person, "Doe^Jo"], person
    ds.InstitutionName, ds.StageName, ds.ManufacturerModelName = person, person.split("=")[0][:16], person
    ds.SequenceOfUltrasoundRegions[0].PhysiciansOfRecord = person
    made = make.write(make.picture(ds, make.frames(1, banner=False)))
    with quiet():
        planted = [one for one in spellings(person) if one in made]
    assert planted, "the file must hold the name before"
    out = written(header(made))
    assert [one for one in spellings(person) if one in out] == []
    read = dcmread(io.BytesIO(out), force=True)
    assert (read.SpecificCharacterSet, read.StudyDescription, read.PatientName) == ("ISO_IR 192", "US liver", "")


def written(found: Header) -> bytes:
    """The header as bytes, in the clean object's character set."""
    out = io.BytesIO()
    found.dataset.SpecificCharacterSet = "ISO_IR 192"
    dcmwrite(out, found.dataset, implicit_vr=False, little_endian=True)
    return out.getvalue()


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        (None, "latin-1"), (None, "utf-8"), ("ISO_IR 192", "latin-1"), ("ISO_IR 192", "utf-8"),
        ("ISO_IR 100", "utf-8"), ("ISO_IR 144", "utf-8"), ("GB18030", "utf-8"), ("NONSENSE 7", "latin-1"),
        ("ISO_IR 203", "iso8859-15"),
    ],
)  # fmt: skip
def test_a_wrong_or_missing_character_set_loses_no_known_words(declared: str | None, encoding: str) -> None:
    def text(value: str) -> bytes:
        raw = value.encode(encoding)
        return raw + b" " * (len(raw) % 2)

    charset = [make.element(8, 5, b"CS", text(declared))] if declared else []
    elements = make.minimal()
    elements[2:2] = [make.element(8, 0x1030, b"LO", text("échographie plèvre"))]
    elements[3:3] = [make.element(0x10, 0x10, b"PN", text("Müßig^Zoë"))]
    out = written(header(make.raw(*charset, *elements)))
    assert dcmread(io.BytesIO(out), force=True).StudyDescription == "échographie plèvre"
    assert [one for one in spellings("Müßig^Zoë") if one in out] == []


def test_an_item_without_what_it_must_have_is_dropped_as_a_whole() -> None:
    good, bad, reference = make.region(), make.region(), Dataset()
    bad.PhysicalDeltaX = 48213377.0
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = "1.2.3", "1.2.3.4"
    found = of({"SequenceOfUltrasoundRegions": Sequence([good, bad]), "ReferencedImageSequence": Sequence([reference])})
    assert len(found.dataset.SequenceOfUltrasoundRegions) == 1
    assert "ReferencedImageSequence" not in found.dataset


def test_references_between_studies_lead_to_the_same_new_uids() -> None:
    clip, series, study = Dataset(), Dataset(), Dataset()
    clip.ReferencedSOPClassUID, clip.ReferencedSOPInstanceUID = make.US_MULTI, "1.2.3.4"
    series.SeriesInstanceUID, series.ReferencedInstanceSequence = "1.2.3.5", Sequence([clip])
    study.StudyInstanceUID, study.ReferencedSeriesSequence = "1.2.3.6", Sequence([series])
    found = of({"StudiesContainingOtherReferencedInstancesSequence": Sequence([study])}).dataset
    other = found.StudiesContainingOtherReferencedInstancesSequence[0]
    inner = other.ReferencedSeriesSequence[0]
    leaf = inner.ReferencedInstanceSequence[0]
    uids = [other.StudyInstanceUID, inner.SeriesInstanceUID, leaf.ReferencedSOPInstanceUID]
    assert uids == KEYER.key("uid", ["1.2.3.6", "1.2.3.5", "1.2.3.4"])


def test_without_a_number_name_and_birth_date_tell_the_patient_whose_dates_shift() -> None:
    shift, nobody = Policy(dates="shift"), {"PatientID": "", "PatientName": "Doe^Jo", "PatientBirthDate": "19610302"}
    first = of({**nobody, "StudyInstanceUID": "1.2.1", "StudyDate": "20190417"}, shift).dataset
    later = of({**nobody, "StudyInstanceUID": "1.2.2", "StudyDate": "20190501"}, shift).dataset
    assert (parse_day(later.StudyDate) - parse_day(first.StudyDate)).days == 14  # type: ignore[operator]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("RequestingService", "call 482133"), ("StudyTime", "482133"), ("PerformedLocation", "482133")],
)
def test_what_repeats_any_other_number_of_the_file_is_no_measure(keyword: str, value: str) -> None:
    assert "FrameTime" not in of({keyword: value, "FrameTime": "48.2133"}).dataset
    assert of({keyword: "1", "FrameTime": "48.2133"}).dataset.FrameTime == 48.2133


CANARY = "QZXWVKJT"
TAGS = st.sampled_from([tag for tag, entry in DicomDictionary.items() if entry[0] in ("LO", "SH", "CS", "PN", "UT")])
LEAF = st.builds(lambda tag: [(tag, f"{CANARY} liver")], TAGS)
NESTED = st.recursive(
    LEAF,
    lambda inner: st.builds(lambda tag, items: [(tag, items)],
        st.sampled_from([0x00186011, 0x00081140, 0x00082218, 0x00400275, 0x00091010]), st.lists(inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip


def nested(level: list[tuple[int, Any]]) -> Dataset:
    ds = Dataset()
    for tag, value in level:
        if isinstance(value, list):
            ds.add(DataElement(tag, "SQ", Sequence([nested(one) for one in value])))
        else:
            ds.add(DataElement(tag, DicomDictionary[tag][0], value))
    return ds


@settings(max_examples=60, deadline=None)
@given(planted=NESTED)
def test_nothing_unknown_survives_at_any_depth(planted: list[tuple[int, Any]]) -> None:
    with quiet():
        source = nested(planted)
        source.file_meta = FileMetaDataset()
        source.SOPClassUID = make.US_MULTI
        found = build(Source(source), KEYER, Policy(), "d" * 64)
    assert CANARY not in dump(found)


@settings(max_examples=80, deadline=None)
@given(tag=st.sampled_from(sorted(ALLOWED)), number=st.integers(10_000_000, 2_000_000_000))
def test_no_long_number_survives_in_any_attribute(tag: int, number: int) -> None:
    entry, ds, number = ALLOWED[tag], Dataset(), number | 1  # eight digits that tell
    ds.file_meta = FileMetaDataset()
    values = {"DS": f"{number}", "IS": f"{number}", "FD": number / 1e6, "FL": number / 1e6, "UL": number, "SL": number}
    ds.SOPClassUID = make.US_MULTI
    if entry.vr not in ("SQ", "US", "SS", "AT"):  # too short for such a number
        with quiet():
            ds.add(DataElement(tag, entry.vr, values.get(entry.vr, str(number))))
    ds.FrameTime = f"{number / 1e6:.6f}"
    found = build(Source(ds), KEYER, Policy(), "d" * 64)
    digits = [re.sub(r"\D", "", str(one.value)) for one in found.dataset if one.VR not in ("UI", "SQ")]
    assert not [one for one in digits if str(number) in one and str(number).strip("0") in one]


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
