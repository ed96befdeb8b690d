"""A folder as an outsider would hand it in: patients, studies and files of every coding, their names full of names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.anonymize import make
from tests.anonymize.leaks import coding, headers, layouts, scenes
from tests.anonymize.leaks.ink import Ink
from tests.anonymize.leaks.kept import poison
from tests.anonymize.leaks.plant import finished
from tests.anonymize.leaks.words import Planter

DEVICES: Final = (
    ("GE Healthcare", "Vivid E95", "204.50.2", "C1-5-D"), ("GE Vingmed Ultrasound", "Vivid S70", "202.41.0", "M5Sc-D"),
    ("GE Healthcare", "LOGIQ E10", "R2.1.5", "C1-6-D"), ("GE Healthcare", "Venue", "R3", "C1-5-RS"),
    ("Philips Medical Systems", "EPIQ 7C", "1.8.4", "C5-1"), ("Philips Medical Systems", "CX50", "3.1.2", "S5-1"),
    ("Philips Medical Systems", "iU22", "4.0.1", "L12-5"), ("Philips Medical Systems", "Affiniti 70G", "2.0", "C9-2"),
    ("Philips Healthcare", "Lumify", "3.0", "C5-2"), ("SIEMENS", "ACUSON S2000", "VB21A", "6C1"),
    ("SAMSUNG MEDISON CO., LTD.", "HS70A", "1.01", "CA1-7A"), ("Mindray", "TE7", "03.01.00", "SC5-1s"),
    ("TOSHIBA_MEC_US", "Aplio 500", "6.0", "PVT-375BT"), ("Esaote", "MyLabX8", "10.2", "AC2541"),
    ("SonoSite, Inc.", "M-Turbo", "51.80.110", "C60x"), ("FUJIFILM SonoSite, Inc.", "X-Porte", "4.0", "L38x"),
    ("Butterfly Network, Inc.", "Butterfly iQ", "1.20.0", ""), ("Clarius Mobile Health Corp.", "C3 HD3", "10.1.0", ""),
    ("Hitachi", "ARIETTA 850", "4.0", "C252"), ("Terason", "uSmart 3200T", "5.9", "5C2"),
)  # fmt: skip
"""Maker, model, software, probe."""
TECHNICAL: Final = (
    "Rows", "Columns", "NumberOfFrames", "FrameTime", "CineRate", "RecommendedDisplayFrameRate", "Manufacturer",
    "ManufacturerModelName", "SoftwareVersions", "TransducerType", "MechanicalIndex", "BoneThermalIndex",
    "SoftTissueThermalIndex", "DepthOfScanField", "HeartRate", "BodyPartExamined", "Laterality", "PatientSex",
    "SeriesNumber", "InstanceNumber", "ImageType", "Modality",
)  # fmt: skip
REGIONS: Final = ("right", "right", "absent", "wrong", "whole", "banner")
_GAPS: Final = (1, 7, 45, 400)
_SITES: Final = (("ABDOMEN", ""), ("HEART", ""), ("CHEST", ""), ("KIDNEY", "L"), ("KIDNEY", "R"), ("THYROID", ""))


@dataclass(slots=True)
class Study:
    """Of one patient."""

    uid: str
    day: date


@dataclass(slots=True)
class Patient:
    """Made-up person."""

    name: str
    number: str
    born: str
    issuer: str
    values: list[str]
    studies: list[Study]
    instances: list[str] = field(default_factory=list)
    """SOP instance UIDs of the files so far."""


@dataclass(slots=True)
class Given:
    """One file handed in, and what is known of it."""

    path: str
    coding: str
    layouts: list[str]
    regions: str
    scene: str
    ordinary: bool
    """Nothing that a person would have to look at: no text or code on the picture, calibration right or absent."""
    values: list[str]
    inks: list[Ink]
    patient: int
    header: Dataset | None = None
    """None outside DICOM."""
    poisoned: list[str] = field(default_factory=list)


def plant_tree(folder: Path, seed: int, count: int, most_rows: int = 2000) -> list[Given]:
    """Write `count` files of a seed below `folder`, none with more than `most_rows` rows."""
    random = Random(f"tree {seed}")
    people = [_patient(random, seed, n) for n in range(max(2, count // 7))]
    codings = [*coding.IN_DICOM, *coding.OUTSIDE]
    random.shuffle(codings)
    named = [*layouts.LAYOUTS]
    random.shuffle(named)
    found = []
    for n in range(count):
        own = Random(f"{seed} {n}")
        name = codings[n % len(codings)]
        screen = scenes.scene(own, still=name in coding.SINGLE or own.random() < 0.12, most_rows=most_rows)
        found.append(_file(folder, own, Planter(seed * 1000 + n, name), screen, named[n % len(named)], people))
    return found


def _patient(random: Random, seed: int, number: int) -> Patient:
    planter = Planter(seed, f"patient {number}")
    planter.characters = ("", "aeiou")  # the same name in files of every character set
    name, digits, born, issuer = (
        planter.person("person"),
        planter.digits("id"),
        planter.date(),
        planter.word("institution"),
    )
    day = date(random.randint(2003, 2018), random.randint(1, 12), random.randint(13, 28))
    days = [day, day + timedelta(random.choice(_GAPS))]
    studies = [Study(planter.uid(), one) for one in days]
    for one in days:
        planter.note("date", f"{one:%Y%m%d}")
    return Patient(name, digits, born, issuer, planter.plant.all(), studies)


def _file(
    folder: Path, random: Random, planter: Planter, screen: scenes.Scene, layout: str, people: list[Patient]
) -> Given:
    name = planter.plant.syntax
    whose = random.randrange(len(people))
    patient = people[whose]
    burned = _burned(screen, random, planter, layout)
    regions = random.choice(REGIONS)
    given = Given(
        "", name, [ink.name for ink in burned], regions,
        screen.told(),
        layout not in layouts.INSIDE and regions in ("right", "absent"), [], burned, whose,
    )  # fmt: skip
    if name in coding.OUTSIDE:
        data, suffix = coding.OUTSIDE[name](planter, screen.frames), Path(name).suffix
    else:
        data, suffix = _dicom(given, planter, random, screen, patient), random.choice((".dcm", "", ".DCM", ".ima"))
    given.path = _name(planter, random, patient, suffix)
    target = folder / given.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    given.values = [*patient.values, *planter.plant.all()]
    return given


def _burned(screen: scenes.Scene, random: Random, planter: Planter, layout: str) -> list[Ink]:
    """The one layout, and as a rule a patient's banner besides."""
    text = f"{planter.word('burned').upper()} {planter.digits('burned', 8)}"
    inks = layouts.LAYOUTS[layout](screen, random, text)
    if layout not in ("banner", "three frames", "one frame") and screen.banner != "none" and random.random() < 0.8:
        inks += layouts.banner(screen, random, f"{planter.word('burned').upper()} {planter.digits('burned', 8)}")
    return inks


def _dicom(given: Given, planter: Planter, random: Random, screen: scenes.Scene, patient: Patient) -> bytes:
    dataset = headers.identified(planter)
    _whose(dataset, random, patient)
    _device(dataset, random, screen)
    _calibrate(dataset, given.regions, screen, random)
    if random.random() < 0.5:
        given.poisoned = poison(dataset, planter, 8)
    coding.IN_DICOM[given.coding](dataset, screen.frames)
    patient.instances.append(str(dataset.SOPInstanceUID))
    given.header = dataset
    data = _wrongly_declared(finished(planter, dataset), random)
    dataset.PixelData = b""
    return data


def _wrongly_declared(data: bytes, random: Random) -> bytes:
    """UTF-8 that says it is Latin-1, or nothing at all."""
    if random.random() < 0.5:
        return data
    return data.replace(b"ISO_IR 192", random.choice((b"ISO_IR 100", b" " * 10)), 1)


def _whose(dataset: Dataset, random: Random, patient: Patient) -> None:
    """The patient and one of the studies; a reference to an earlier file of the same patient."""
    study = random.choice(patient.studies)
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = patient.name, patient.number, patient.born
    dataset.IssuerOfPatientID, dataset.StudyInstanceUID = patient.issuer, study.uid
    dataset.StudyDate = dataset.SeriesDate = f"{study.day:%Y%m%d}"
    if patient.instances:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = make.US_MULTI, random.choice(patient.instances)
        dataset.ReferencedImageSequence = Sequence([item])


def _device(dataset: Dataset, random: Random, screen: scenes.Scene) -> None:
    """What a common machine says of itself and of the picture."""
    maker, model, software, probe = random.choice(DEVICES)
    dataset.Manufacturer, dataset.ManufacturerModelName, dataset.SoftwareVersions = maker, model, software
    dataset.TransducerData = [probe or "UNUSED", "", ""]
    dataset.TransducerType = "LINEAR" if "linear" in screen.kind else "CURVED LINEAR"
    dataset.MechanicalIndex, dataset.BoneThermalIndex = (
        f"{random.uniform(0.1, 1.8):.1f}",
        f"{random.uniform(0.1, 3):.1f}",
    )
    dataset.SoftTissueThermalIndex, dataset.DepthOfScanField = f"{random.uniform(0.1, 3):.1f}", random.randint(40, 240)
    dataset.HeartRate, dataset.AcquisitionNumber = random.randint(48, 140), random.randint(1, 40)
    dataset.SeriesNumber, dataset.InstanceNumber = random.randint(1, 20), random.randint(1, 90)
    dataset.BodyPartExamined, side = random.choice(_SITES)
    dataset.Laterality = side
    dataset.PatientSex = random.choice("MFO")
    _timing(dataset, random, len(screen.frames))


def _timing(dataset: Dataset, random: Random, count: int) -> None:
    if count == 1:
        dataset.SOPClassUID = make.US
        for keyword in ("NumberOfFrames", "FrameTime", "FrameIncrementPointer"):
            delattr(dataset, keyword)
        return
    rate = random.choice((15, 20, 25, 30, 48, 60))
    dataset.NumberOfFrames, dataset.FrameTime = count, f"{1000 / rate:.3f}"
    dataset.CineRate = dataset.RecommendedDisplayFrameRate = rate


def _calibrate(dataset: Dataset, how: str, screen: scenes.Scene, random: Random) -> None:
    """Regions: right, absent, somewhere else, the whole screen, or from the top of the banner."""
    if how == "absent":
        del dataset.SequenceOfUltrasoundRegions
        return
    items = []
    for (left, top, right, bottom), form, kind in screen.boxes:
        if how == "wrong":
            left, top = random.randrange(screen.columns // 2), random.randrange(screen.rows // 2)
            right, bottom = left + screen.columns // 4, top + screen.rows // 4
        elif how == "whole":
            left, top, right, bottom = 0, 0, screen.columns, screen.rows
        elif how == "banner":
            top = 0
        item = make.region()
        item.RegionSpatialFormat, item.RegionDataType = form, kind
        item.RegionLocationMinX0, item.RegionLocationMinY0 = left, top
        item.RegionLocationMaxX1, item.RegionLocationMaxY1 = right - 1, bottom - 1
        item.PhysicalDeltaX = item.PhysicalDeltaY = round(random.uniform(0.01, 0.09), 4)
        items.append(item)
    dataset.SequenceOfUltrasoundRegions = Sequence(items)


def _name(planter: Planter, random: Random, patient: Patient, suffix: str) -> str:
    """Folders and file named after the patient, the number, the date or a doctor."""
    parts = (
        patient.name.replace("^", " "),
        random.choice((patient.number, patient.born, f"Dr {planter.word('other_person')}")),
        f"{planter.word('person')}_{planter.digits('id')}{suffix}",
    )
    return "/".join(parts)


def technical(header: Dataset, keywords: list[str]) -> dict[str, Any]:
    """What a header says, of those attributes that were not poisoned; regions by their spacing."""
    found = {keyword: header.get(keyword) for keyword in TECHNICAL if keyword not in keywords and header.get(keyword)}
    if "ImageType" in found:
        found["ImageType"] = list(found["ImageType"])[:3]  # the fourth is free
    if regions := header.get("SequenceOfUltrasoundRegions"):
        found["regions"] = [round(float(item.get("PhysicalDeltaX", 0)), 4) for item in regions]
    return {keyword: _plain(value) for keyword, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple) or type(value).__name__ == "MultiValue":
        return [_plain(one) for one in value]
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)
