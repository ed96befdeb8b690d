"""The cleaner is broken in one way for each category of identifiers; the second look catches every one of them."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from anonymize import cleaning, pixels, writing
from anonymize.keying import Kind, SecretKeyer
from anonymize.parsing import quiet
from anonymize.policy import Limits
from anonymize.report import Report
from anonymize.sandbox.jobs import Context
from tests.anonymize import make
from tests.anonymize.leaks.plant import plant
from tests.anonymize.leaks.words import CATEGORIES, Plant

SEED = 4
compose, process, write = writing.compose, pixels.process, writing.write


class Forgetful(SecretKeyer):
    """Keys everything but the UIDs."""

    def key(self, kind: Kind, values: Sequence[str]) -> list[str]:
        return list(values) if kind == "uid" else super().key(kind, values)


def clean(made: Plant, *, forgetful: bool = False) -> Report:
    """The cleaner in this process, so that it can be broken from here."""
    source, target = os.memfd_create("source"), os.memfd_create("target")
    try:
        os.write(source, made.data)
        keyer = (Forgetful if forgetful else SecretKeyer)(b"k" * 32)
        with quiet():
            return cleaning.clean(Context(source, {}, keyer, Limits(), {"clean": target}))
    finally:
        os.close(source)
        os.close(target)


@pytest.fixture(scope="module")
def masked() -> list[pixels.PixelResult]:
    return []


@pytest.fixture
def masked_once(monkeypatch: pytest.MonkeyPatch, masked: list[pixels.PixelResult]) -> None:
    """The picture of the uncompressed file is the same for all mutants of its header: it is looked for once."""

    def remembered(*arguments: Any) -> pixels.PixelResult:
        if not masked:
            masked.append(process(*arguments))
        return masked[0]

    monkeypatch.setattr(pixels, "process", remembered)


def caught(report: Report) -> set[str]:
    """Codes of the second look; empty when it saw nothing."""
    return set(report.verifier["problems"]) if report.code == "held.verifier" else set()


@pytest.fixture(scope="module")
def made() -> dict[str, Plant]:
    return {syntax: plant(SEED, syntax) for syntax in (make.EXPLICIT, make.JPEG)}


def test_the_unbroken_cleaner_passes(made: dict[str, Plant]):
    assert {clean(one).verdict for one in made.values()} == {"clean"}


Leave = Callable[[Dataset, Plant], Any]


def first(category: str, made: Plant) -> str:
    return made.values[category][0]


def icon(dataset: Dataset, made: Plant) -> None:
    item = Dataset()
    item.Rows = item.Columns = 8
    dataset.IconImageSequence = Items([item])


def in_a_region(dataset: Dataset, made: Plant) -> None:
    dataset.SequenceOfUltrasoundRegions[0].PatientTelephoneNumbers = first("contact", made)


LEFT: dict[str, list[Leave]] = {
    "person": [
        lambda ds, made: setattr(ds, "PatientName", first("person", made)),
        lambda ds, made: setattr(ds, "ProtocolName", first("person", made)),
    ],
    "other_person": [lambda ds, made: setattr(ds, "OperatorsName", first("other_person", made))],
    "id": [
        lambda ds, made: setattr(ds, "PatientID", first("id", made)),
        lambda ds, made: setattr(ds, "AccessionNumber", first("id", made)),
        lambda ds, made: setattr(ds, "InstanceNumber", first("id", made)),
        lambda ds, made: setattr(ds, "FrameTime", f"33.{first('id', made)}"),
        lambda ds, made: setattr(ds.SequenceOfUltrasoundRegions[0], "PhysicalDeltaX", float(f"0.{first('id', made)}")),
    ],
    "date": [
        lambda ds, made: setattr(ds, "StudyDate", first("date", made)),
        lambda ds, made: setattr(ds, "PatientBirthDate", first("date", made)),
    ],
    "time": [lambda ds, made: setattr(ds, "StudyTime", first("time", made))],
    "institution": [
        lambda ds, made: setattr(ds, "InstitutionName", first("institution", made)),
        lambda ds, made: setattr(ds, "ManufacturerModelName", f"Vivid {first('institution', made)}"),
    ],
    "device": [
        lambda ds, made: setattr(ds, "DeviceSerialNumber", first("device", made)),
        lambda ds, made: setattr(ds, "TransducerData", ["C1-5-D", made.values["device"][-1], ""]),
        lambda ds, made: setattr(ds, "SoftwareVersions", first("device", made)),
    ],
    "contact": [in_a_region],
    "free_text": [
        lambda ds, made: setattr(ds, "StudyDescription", f"liver of {first('free_text', made)}"),
        lambda ds, made: setattr(ds, "ImageType", ["ORIGINAL", "PRIMARY", "ABDOMINAL", first("free_text", made)]),
    ],
    "private": [lambda ds, made: ds.add(DataElement(0x00191001, "LO", first("private", made)))],
    "overlay": [
        lambda ds, made: ds.add(DataElement(0x60000022, "LO", first("overlay", made))),
        icon,
    ],
}
"""What the broken cleaner leaves in the finished object; uid, envelope, segment and trailing are broken elsewhere."""


@pytest.mark.parametrize(
    ("category", "leave"),
    [
        pytest.param(category, leave, id=f"{category}-{n}")
        for category in LEFT
        for n, leave in enumerate(LEFT[category])
    ],
)
@pytest.mark.usefixtures("masked_once")
def test_an_element_left(monkeypatch: pytest.MonkeyPatch, made: dict[str, Plant], category: str, leave: Leave):
    one = made[make.EXPLICIT]

    def broken(*arguments: Any) -> Dataset:
        dataset = compose(*arguments)
        leave(dataset, one)
        return dataset

    monkeypatch.setattr(writing, "compose", broken)
    assert caught(clean(one))


@pytest.mark.usefixtures("masked_once")
def test_uids_left(made: dict[str, Plant]):
    assert {"uid.form"} <= caught(clean(made[make.EXPLICIT], forgetful=True))


@pytest.mark.usefixtures("masked_once")
def test_preamble_left(monkeypatch: pytest.MonkeyPatch, made: dict[str, Plant]):
    one = made[make.EXPLICIT]
    broken = rewritten(lambda data: one.data[:128] + data[128:])
    monkeypatch.setattr(writing, "write", broken)
    assert {"file.preamble", "identity.bytes"} <= caught(clean(one))


@pytest.mark.usefixtures("masked_once")
def test_file_meta_left(monkeypatch: pytest.MonkeyPatch, made: dict[str, Plant]):
    one = made[make.EXPLICIT]

    def broken(*arguments: Any) -> Dataset:
        dataset = compose(*arguments)
        dataset.file_meta.SourceApplicationEntityTitle = first("envelope", one)
        return dataset

    monkeypatch.setattr(writing, "compose", broken)
    assert {"file.meta", "identity.bytes"} <= caught(clean(one))


@pytest.mark.usefixtures("masked_once")
def test_trailing_padding_left(monkeypatch: pytest.MonkeyPatch, made: dict[str, Plant]):
    one = made[make.EXPLICIT]
    text = first("trailing", one).encode()
    text += b"\0" * (len(text) % 2)
    padding = struct.pack("<HH2sHI", 0xFFFC, 0xFFFC, b"OB", 0, len(text)) + text
    monkeypatch.setattr(writing, "write", rewritten(lambda data: data + padding))
    assert {"element.unknown", "identity.bytes"} <= caught(clean(one))


def rewritten(change: Callable[[bytes], bytes]) -> Callable[[Dataset, BinaryIO], None]:
    """A writer that changes the file's bytes afterwards."""

    def broken(dataset: Dataset, file: BinaryIO) -> None:
        write(dataset, file)
        file.seek(0)
        data = change(file.read())
        file.seek(0)
        file.write(data)
        file.flush()

    return broken


@pytest.mark.parametrize("kind", [0xFE, 0xE1])
def test_jpeg_segments_left(monkeypatch: pytest.MonkeyPatch, made: dict[str, Plant], kind: int):
    one = made[make.JPEG]
    text = first("segment", one).encode()
    segment = bytes([0xFF, kind]) + struct.pack(">H", len(text) + 2) + text

    def broken(*arguments: Any) -> pixels.PixelResult:
        result = process(*arguments)
        assert isinstance(result.pixel_data, list)
        result.pixel_data = [frame[:2] + segment + frame[2:] for frame in result.pixel_data]
        return result

    monkeypatch.setattr(pixels, "process", broken)
    assert caught(clean(one)) & {"stream.segment", "identity.stream"}


@pytest.mark.parametrize("syntax", [make.EXPLICIT, make.JPEG])
def test_the_banner_left(monkeypatch: pytest.MonkeyPatch, made: dict[str, Plant], syntax: str):
    """The mask was found and reported, but never drawn."""
    one = made[syntax]

    def broken(dataset: Dataset, *rest: Any) -> pixels.PixelResult:
        result = process(dataset, *rest)
        bare = make.frames(5, banner=True, rows=480, columns=640)
        if syntax == make.JPEG:
            result.pixel_data = [make.CODERS[make.JPEG](frame) for frame in bare]
        else:
            result.pixel_data = io.BytesIO(b"".join(frame.tobytes() for frame in bare))
        return result

    monkeypatch.setattr(pixels, "process", broken)
    assert {"pixels.outside", "text.outside"} <= caught(clean(one))


@pytest.mark.usefixtures("masked_once")
@pytest.mark.parametrize("keyword", ["PatientIdentityRemoved", "BurnedInAnnotation"])
def test_flags_not_written(monkeypatch: pytest.MonkeyPatch, made: dict[str, Plant], keyword: str):
    def broken(*arguments: Any) -> Dataset:
        dataset = compose(*arguments)
        del dataset[keyword]
        return dataset

    monkeypatch.setattr(writing, "compose", broken)
    assert caught(clean(made[make.EXPLICIT])) & {"flag.identity_removed", "flag.burned_in"}


def test_every_category_has_a_mutant():
    assert {*LEFT, "uid", "envelope", "segment", "trailing"} == set(CATEGORIES)
