"""The second look at header and file: each way in which identity can stay has a code; a finished object has none."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable
from random import Random

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian

from anonymize.policy import Limits
from anonymize.verify import PROBLEMS, Identifiers, Problem, verify
from tests.anonymize.leaks.finished import finished, keyed_uid, raw_element, region, written
from tests.anonymize.names import NAMES


def codes(data: bytes, identifiers: Identifiers | None = None) -> set[str]:
    return {problem.code for problem in verify(io.BytesIO(data), identifiers=identifiers, pixels=False)}


def source(**elements: object) -> Identifiers:
    """Identifiers of a source that holds only these elements."""
    dataset = Dataset()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    return Identifiers.from_dataset(dataset)


def test_a_finished_object_passes():
    assert verify(io.BytesIO(written(finished())), pixels=False) == []


def test_a_finished_object_in_implicit_vr_passes():
    ds = finished()
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    assert verify(io.BytesIO(written(ds)), pixels=False) == []


def test_a_problem_without_a_sentence_cannot_be_made():
    with pytest.raises(KeyError):
        Problem("no.such", "file")
    assert all(sentence.endswith(".") for sentence in PROBLEMS.values())


BYTES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "preamble": (lambda data: b"MZ" + data[2:], "file.preamble"),
    "padding at the end": (lambda data: data + raw_element(0xFFFCFFFC, b"LO", b"ROSSI"), "element.unknown"),
    "two bytes at the end": (lambda data: data + b"RO", "file.trailing"),
    "cut": (lambda data: data[:-2], "file.broken"),
    "no mark": (lambda data: data[:128] + b"MCID" + data[132:], "file.broken"),
    "private information in the meta group": (
        lambda data: with_meta(data, raw_element(0x00020016, b"AE", b"WARD7")),
        "file.meta",
    ),
    "element twice": (
        lambda data: data.replace(b"\x10\x00\x40\x00CS\x02\x00F ", b"\x10\x00\x40\x00CS\x02\x00F " * 2),
        "file.order",
    ),
    "reserved bytes": (lambda data: data.replace(b"\xe0\x7f\x10\x00OB\0\0", b"\xe0\x7f\x10\x00OBRO"), "file.broken"),
}


def with_meta(data: bytes, element: bytes) -> bytes:
    length = struct.unpack("<I", data[140:144])[0]
    end = 144 + length
    return data[:140] + struct.pack("<I", length + len(element)) + data[144:end] + element + data[end:]


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_a_reader_would_skip(name: str):
    change, code = BYTES[name]
    data = written(finished())
    changed = change(data)
    assert changed != data
    assert code in codes(changed)


ELEMENTS: dict[str, tuple[Callable[[Dataset], object], str]] = {
    "private": (lambda ds: ds.add(DataElement(0x00091010, "LO", "x")), "element.private"),
    "curve": (lambda ds: ds.add(DataElement(0x50003000, "OW", b"ab")), "element.group"),
    "overlay": (lambda ds: ds.add(DataElement(0x60003000, "OW", b"ab")), "element.group"),
    "institution": (lambda ds: setattr(ds, "InstitutionName", "x"), "element.unknown"),
    "free text": (lambda ds: setattr(ds, "StudyDescription", "Rossi"), "element.value"),
    "icon": (lambda ds: setattr(ds, "IconImageSequence", Sequence([Dataset()])), "element.unknown"),
    "graphics": (lambda ds: setattr(ds, "GraphicAnnotationSequence", Sequence([Dataset()])), "element.unknown"),
    "unknown public": (lambda ds: ds.add(DataElement(0x00080999, "LO", "x")), "element.unknown"),
    "in an item": (lambda ds: setattr(ds.SequenceOfUltrasoundRegions[0], "PatientName", "x"), "element.unknown"),
    "item in an item": (
        lambda ds: setattr(ds.SequenceOfUltrasoundRegions[0], "SequenceOfUltrasoundRegions", Sequence([region()])),
        "element.unknown",
    ),
    "hospital in the model": (lambda ds: setattr(ds, "ManufacturerModelName", "EPIQ St Mary"), "element.value"),
    "hospital as the maker": (lambda ds: setattr(ds, "Manufacturer", "Health Medical Network"), "element.value"),
    "name as a probe": (lambda ds: setattr(ds, "TransducerData", "ROSSI"), "element.value"),
    "name in the image type": (lambda ds: setattr(ds, "ImageType", ["ORIGINAL", "PRIMARY", "ROSSI"]), "element.value"),
    "digits in the frame time": (lambda ds: setattr(ds, "FrameTime", "33.4821337712"), "element.value"),
    "number far off": (lambda ds: setattr(ds, "InstanceNumber", "48213377"), "element.value"),
    "patient's name": (lambda ds: setattr(ds, "PatientName", "Rossi^Anna"), "element.value"),
    "birth date": (lambda ds: setattr(ds, "PatientBirthDate", "19500102"), "element.value"),
    "exact age": (lambda ds: setattr(ds, "PatientAge", "067Y"), "element.value"),
    "age over 90": (lambda ds: setattr(ds, "PatientAge", "095Y"), "element.value"),
    "foreign UID": (lambda ds: setattr(ds, "SeriesInstanceUID", "1.2.276.0.99.1.4"), "uid.form"),
    "patient id as a UID": (lambda ds: setattr(ds, "SeriesInstanceUID", "2.25.48213377"), "uid.form"),
    "identity not said to be removed": (
        lambda ds: setattr(ds, "PatientIdentityRemoved", "NO"),
        "flag.identity_removed",
    ),
    "flag absent": (lambda ds: delattr(ds, "PatientIdentityRemoved"), "flag.identity_removed"),
    "method absent": (lambda ds: delattr(ds, "DeidentificationMethodCodeSequence"), "flag.identity_removed"),
    "burned in": (lambda ds: setattr(ds, "BurnedInAnnotation", "YES"), "flag.burned_in"),
    "burned in absent": (lambda ds: delattr(ds, "BurnedInAnnotation"), "flag.burned_in"),
    "another class": (lambda ds: setattr(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.7"), "iod.class"),
    "type 2 missing": (lambda ds: delattr(ds, "PatientBirthDate"), "iod.missing"),
    "type 1 empty": (lambda ds: setattr(ds, "Modality", ""), "iod.empty"),
    "frame time missing": (lambda ds: delattr(ds, "FrameTime"), "iod.missing"),
    "region without units": (
        lambda ds: delattr(ds.SequenceOfUltrasoundRegions[0], "PhysicalUnitsXDirection"),
        "iod.missing",
    ),
    "fewer frames than bytes": (lambda ds: setattr(ds, "NumberOfFrames", 2), "iod.conflict"),
    "high bit": (lambda ds: setattr(ds, "HighBit", 6), "iod.conflict"),
    "meaning of another code": (
        lambda ds: setattr(ds.DeidentificationMethodCodeSequence[0], "CodeMeaning", "Clean Graphics Option"),
        "iod.conflict",
    ),
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_elements_and_flags(name: str):
    change, code = ELEMENTS[name]
    ds = finished()
    change(ds)
    assert code in codes(written(ds))


def test_text_in_another_character_set_is_refused():
    data = written(finished()).replace(b"EPIQ 5G\x20", b"EPIQ \xe9G\x20")
    assert "element.characters" in codes(data)


def test_deep_nesting_meets_the_limit():
    item = region()
    for _ in range(40):
        outer = Dataset()
        outer.SequenceOfUltrasoundRegions = Sequence([item])
        item = outer
    ds = finished()
    ds.SequenceOfUltrasoundRegions = Sequence([item])
    assert "file.limit" in codes(written(ds))


def anatomy(meaning: str) -> Dataset:
    ds, item = finished(), Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-62000", "SRT", meaning
    ds.AnatomicRegionSequence = Sequence([item])
    return ds


def test_a_coded_concept_has_the_standards_meaning():
    assert codes(written(anatomy("Liver"))) == set()
    assert codes(written(anatomy("Liver of Anna Rossi"))) == {"element.value"}


def test_a_description_of_known_words_may_not_name_the_patient():
    ds = finished()
    ds.StudyDescription = "Long axis"
    assert codes(written(ds), source(PatientName="Rossi^Anna")) == set()
    assert codes(written(ds), source(PatientName="Long^Anna")) == {"identity.element"}


KEPT: dict[str, tuple[dict[str, object], Callable[[Dataset], object], str]] = {
    "name in the software version": (
        {"PatientName": "Rossi^Anna"},
        lambda ds: setattr(ds, "SoftwareVersions", "1.2.rossi"),
        "element.value",
    ),
    "short name as a probe": (
        {"OperatorsName": "Lee5"},
        lambda ds: setattr(ds, "TransducerData", "LEE5"),
        "identity.element",
    ),
    "station as a model": (
        {"StationName": "USR204"},
        lambda ds: setattr(ds, "ManufacturerModelName", "USR204"),
        "identity.element",
    ),
    "id in a physical delta": (
        {"PatientID": "482133"},
        lambda ds: setattr(ds.SequenceOfUltrasoundRegions[0], "PhysicalDeltaX", 0.00482133),
        "identity.number",
    ),
    "id in an instance number": (
        {"PatientID": "MRN-482133"},
        lambda ds: setattr(ds, "InstanceNumber", 482133),
        "identity.number",
    ),
    "birth date as study date": (
        {"PatientBirthDate": "19500102"},
        lambda ds: setattr(ds, "StudyDate", "19500102"),
        "identity.element",
    ),
    "study time": ({"StudyTime": "101502.25"}, lambda ds: setattr(ds, "StudyTime", "101502"), "identity.element"),
    "hex id": (
        {"PatientID": "deadbeefcafe"},
        lambda ds: setattr(ds, "PatientID", "00deadbeefcafe00"),
        "identity.element",
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_identity_in_kept_attributes(name: str):
    identity, change, code = KEPT[name]
    ds = finished()
    change(ds)
    assert code in codes(written(ds), source(**identity))


def test_a_uid_of_the_source():
    ds = finished()
    ds.FrameOfReferenceUID = keyed_uid(Random(5))
    assert "uid.source" in codes(written(ds), source(StudyInstanceUID=ds.FrameOfReferenceUID))


ENCODINGS = ["utf-8", "latin-1", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", ["Müller", "MÜLLER", "19500102", "02.01.1950", "48-21-33"])
def test_raw_bytes_in_every_encoding(encoding: str, text: str):
    identity = source(PatientName="Müller^Anna", PatientBirthDate="19500102", PatientID="48-21-33")
    value = text.encode(encoding)
    data = written(finished()) + raw_element(0xFFFCFFFC, b"LO", value)
    assert "identity.bytes" in codes(data, identity)
    assert "identity.bytes" not in codes(data, source(PatientName="Schmidt^Jo"))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_left_in_any_character_set_is_found(name: str):
    """As the bytes of the source, and decoded and written anew."""
    character_set, person = NAMES[name]
    original = finished(2)
    original.SpecificCharacterSet, original.PatientName = character_set, person
    data = written(original)
    (raw,) = re.findall(rb"\x10\x00\x10\x00PN..(.*?) ?\x10\x00\x20\x00", data, re.DOTALL)
    identity = Identifiers.from_file(io.BytesIO(data), Limits())
    part = max(re.split(r"[\^=]", person), key=lambda one: len(one.encode()))
    for left in (raw, part.encode()):
        candidate = written(finished()) + raw_element(0xFFFCFFFC, b"LO", left)
        assert "identity.bytes" in codes(candidate, identity), left
    assert codes(written(finished()), identity) == set()


def test_person_names_in_every_component_group():
    dataset = Dataset()
    dataset.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    dataset.PatientName = "Yamada^Tarou=山田^太郎=やまだ^たろう"
    names = Identifiers.from_dataset(dataset).names()
    assert {"yamada", "tarou", "山田", "太郎", "やまだ", "たろう"} <= names


def test_names_in_sequences_private_elements_preamble_and_padding():
    dataset, item = Dataset(), Dataset()
    item.ReferringPhysicianName = "Okafor^Ada"
    dataset.ReferencedStudySequence = Sequence([item])
    dataset.add(DataElement(0x00090010, "LO", "MAKER"))
    dataset.add(DataElement(0x00091001, "UN", b"\x01\x02Ferreira\x00"))
    found = Identifiers.from_dataset(
        dataset, preamble=b"Lindqvist".ljust(128, b"\0"), trailing="Papadaki".encode("utf-16-le")
    )
    assert {"okafor", "ada", "ferreira", "lindqvist", "papadaki"} <= found.names()


def test_technical_values_are_not_identity():
    found = source(
        Manufacturer="Philips Medical Systems", ManufacturerModelName="EPIQ 5G", TransducerData=["C5-1", "", ""]
    )
    assert not found.names()


def test_a_technical_attribute_with_something_else_in_it_is_identity():
    assert "48213377" in source(SoftwareVersions="48213377").names()
    assert "santa maria" in source(ManufacturerModelName="Santa Maria").names()


def test_of_a_model_with_a_place_behind_it_only_the_place_is_identity():
    found = source(ManufacturerModelName="Vivid E95 Wiesental", StationName="VIVID-E95-WARD7")
    assert {"wiesental"} <= found.names()
    ds = finished()
    ds.ManufacturerModelName = "Vivid E95"
    assert codes(written(ds), found) == set()
    ds.ManufacturerModelName = "Vivid WARD7"
    assert codes(written(ds), found) == {"identity.element"}


def test_a_station_that_repeats_its_model_says_nothing():
    ds = finished()
    ds.ManufacturerModelName = "Vivid E95"
    told = {"StationName": "VIVID-E95", "ManufacturerModelName": "Vivid E95"}
    assert codes(written(ds), source(**told)) == set()
    assert codes(written(ds), source(**told | {"PatientID": "E95"})) == {"identity.element"}


def test_a_short_number_within_a_shifted_day_is_chance():
    ds = finished()
    ds.StudyDate = "20101004"
    assert codes(written(ds), source(AccessionNumber="1004", StudyDate="20150302")) == set()
    assert codes(written(ds), source(ContentDate="20041010")) == set()  # as 10-10-04
    assert codes(written(ds), source(AccessionNumber="1004", ContentDate="20101004")) == {"identity.element"}


def test_identifiers_do_not_show_their_values():
    assert "rossi" not in repr(source(PatientName="Rossi^Anna")).lower()


def test_problems_do_not_show_values():
    ds = finished()
    ds.PatientName = "Rossi^Anna"
    found = verify(io.BytesIO(written(ds)), identifiers=source(PatientName="Rossi^Anna"), pixels=False)
    assert found
    assert "rossi" not in repr(found).lower()


def test_the_source_is_read_when_it_is_given():
    original, clean = finished(2), finished()
    original.PatientName = "Usr204^Anna"
    clean.ManufacturerModelName = "USR204"
    found = verify(io.BytesIO(written(clean)), io.BytesIO(written(original)), limits=Limits(), pixels=False)
    assert "identity.element" in {problem.code for problem in found}
