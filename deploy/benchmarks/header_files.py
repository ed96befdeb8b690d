"""Made-up headers of ultrasound clips for `header_figures`: patients with several examinations on devices in use.

Each patient's studies refer to one another's clips; names stand in the character set of the patient's country.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

MULTIFRAME = "1.2.840.10008.5.1.4.1.1.3.1"
ROWS, COLUMNS, FRAMES = 48, 64, 3
DEVICES = [
    line.split("\t")
    for line in Path(__file__).with_name("devices.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
CHARACTER_SETS: dict[str, tuple[list[str] | str, str]] = {
    "latin-1": ("ISO_IR 100", "Éåöñßüé"),
    "latin-2": ("ISO_IR 101", "łżšřőđć"),
    "cyrillic": ("ISO_IR 144", "жюлбдфщ"),
    "greek": ("ISO_IR 126", "αβγδεθλ"),
    "arabic": ("ISO_IR 127", "ابتثجحخ"),
    "hebrew": ("ISO_IR 138", "אבגדהוז"),
    "thai": ("ISO_IR 166", "กขคงจฉช"),
    "turkish": ("ISO_IR 148", "ğışöçüİ"),
    "utf-8": ("ISO_IR 192", "żř山田й"),
    "gb18030": ("GB18030", "王小东李明"),
    "gbk": ("GBK", "张伟芳娜秀"),
    "korean": (["", "ISO 2022 IR 149"], "김희중이박"),
    "kanji": (["", "ISO 2022 IR 87"], "山田太郎花子"),
    "chinese": (["", "ISO 2022 IR 58"], "张三李四王"),
}
PRESETS = ["ABDOMEN", "Cardiac", "Lung", "FAST", "OB_GYN", "Vascular", "MSK", "Renal"]
REGIONS = ["ABDOMEN", "HEART", "CHEST", "NECK", "PELVIS", "LEG", ""]


@dataclass(slots=True)
class Made:
    """One header. `planted`: what may not stay; `kept`: keyword -> value that must."""

    dataset: Dataset
    planted: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    patient: int = 0
    day: str = ""


class Maker:
    """Draws the headers of a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  test data, not secrets
        self.now: Made = Made(Dataset())

    def word(self, letters: str = "") -> str:
        """Like a name; noted as planted."""
        made = "Q" + "".join(self.random.choices(string.ascii_lowercase, k=7))
        if letters:
            made = "".join(self.random.choices(letters, k=4))
        self.now.planted.append(made)
        return made

    def digits(self, count: int = 9) -> str:
        made = "".join(self.random.choices("123456789", k=count))
        self.now.planted.append(made)
        return made

    def uid(self) -> str:
        return f"1.2.826.0.1.3680043.10.{self.digits(15)}"


def headers(seed: int, patients: int = 4) -> Iterator[Made]:
    """All clips of a seed: each patient has three examinations of two clips."""
    maker = Maker(seed)
    for patient in range(patients):
        name = maker.random.choice(sorted(CHARACTER_SETS))
        earlier: list[tuple[str, str, str]] = []
        number = f"{maker.digits(8)}"
        for study in range(3):
            ids = maker.uid(), maker.uid()
            day = f"{2008 + study * 3}{maker.random.randint(1, 12):02}{maker.random.randint(1, 28):02}"
            device = maker.random.choice(DEVICES)
            for instance in range(1, 3):
                maker.now = Made(Dataset(), patient=patient, day=day)
                maker.now.planted += [number, *ids]
                yield _one(maker, name, number, device, (*ids, day), instance, earlier)


def _one(
    maker: Maker,
    character_set: str,
    number: str,
    device: list[str],
    study: tuple[str, str, str],
    instance: int,
    earlier: list[tuple[str, str, str]],
) -> Made:
    ds = maker.now.dataset
    ds.SpecificCharacterSet, letters = CHARACTER_SETS[character_set]
    ds.PatientID, (ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.StudyDate) = number, study
    ds.SOPClassUID, ds.SOPInstanceUID = MULTIFRAME, maker.uid()
    ds.SeriesDate = ds.ContentDate = ds.StudyDate
    maker.now.planted.append(ds.StudyDate)
    _technical(maker, ds, device, instance)
    maker.now.kept = [element.keyword for element in ds if element.keyword not in _IDENTITY]
    _person(maker, ds, letters)
    _references(maker, ds, earlier)
    earlier.append((ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID))
    _picture(ds)
    return maker.now


_IDENTITY = {
    "SpecificCharacterSet", "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "StudyDate", "SeriesDate",
    "ContentDate", "SOPClassUID", "SOPInstanceUID", "FrameIncrementPointer",
}  # fmt: skip


def _technical(maker: Maker, ds: Dataset, device: list[str], instance: int) -> None:
    random = maker.random
    ds.Manufacturer, ds.ManufacturerModelName, ds.SoftwareVersions, ds.TransducerData, ds.TransducerType = device
    ds.Modality, ds.PatientSex, ds.BodyPartExamined = "US", random.choice("FMO"), random.choice(REGIONS)
    ds.SeriesNumber, ds.InstanceNumber = random.randint(1, 40), instance
    ds.ImageType = ["ORIGINAL", "PRIMARY", random.choice(["ABDOMINAL", "TTE", "SMALL PARTS", "VASCULAR"])]
    ds.ImageLaterality = random.choice("LRUB")
    ds.NumberOfFrames, ds.FrameIncrementPointer = FRAMES, 0x00181063
    ds.FrameTime = f"{random.uniform(8, 120):.4f}"
    ds.CineRate = ds.RecommendedDisplayFrameRate = random.randint(8, 90)
    ds.MechanicalIndex, ds.SoftTissueThermalIndex = f"{random.uniform(0.1, 1.9):.2f}", f"{random.uniform(0, 3):.1f}"
    ds.BoneThermalIndex, ds.CranialThermalIndex = "0.4", "0.9"
    ds.DepthOfScanField, ds.FocusDepth = random.randint(30, 300), random.uniform(10, 200)
    ds.ProcessingFunction, ds.HeartRate = random.choice(PRESETS), random.randint(35, 190)
    ds.PixelSpacing = [f"{random.uniform(0.05, 0.9):.5f}"] * 2
    ds.LossyImageCompression, ds.LossyImageCompressionRatio = "01", f"{random.uniform(4, 30):.2f}"
    ds.LossyImageCompressionMethod, ds.UltrasoundColorDataPresent = "ISO_10918_1", random.randint(0, 1)
    ds.AnatomicRegionSequence = Sequence([_liver()])
    ds.NumberOfStages, ds.StageNumber, ds.StageName, ds.ViewName = 1, 1, "rest", "A4C"
    ds.NumberOfViewsInStage, ds.ViewNumber, ds.PreferredPlaybackSequencing = 1, 1, 0
    ds.StartTrim, ds.StopTrim, ds.EffectiveDuration, ds.OutputPower = 1, FRAMES, "2.5", "80 %"
    ds.SequenceOfUltrasoundRegions = Sequence([_region(random) for _ in range(random.randint(1, 3))])


def _liver() -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-62000", "SRT", "Liver"
    return item


def _region(random: Random) -> Dataset:
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = random.randint(1, 3), random.randint(1, 4), 2
    item.RegionLocationMinX0, item.RegionLocationMinY0 = random.randint(0, 9), random.randint(0, 9)
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = COLUMNS - 1, ROWS - 1
    item.ReferencePixelX0, item.ReferencePixelY0 = random.randint(-20, 60), random.randint(-20, 60)
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = random.choice([3, 4, 7])
    item.PhysicalDeltaX, item.PhysicalDeltaY = random.uniform(0.005, 0.1), random.uniform(-0.1, 0.1)
    item.ReferencePixelPhysicalValueX, item.ReferencePixelPhysicalValueY = 0.0, random.uniform(-5, 5)
    item.TransducerFrequency, item.PulseRepetitionFrequency = random.randint(1500, 15000), random.randint(500, 9000)
    return item


def _person(maker: Maker, ds: Dataset, letters: str) -> None:
    """A name in every group, and the identifiers around it."""
    foreign = f"{maker.word(letters)}^{maker.word(letters)}"
    ds.PatientName = f"{maker.word()}^{maker.word()}={foreign}" if len(letters) < 7 else foreign
    ds.ReferringPhysicianName, ds.OperatorsName = f"{maker.word(letters)}^{maker.word()}", maker.word()
    ds.InstitutionName, ds.StationName = f"{maker.word()} {maker.word(letters)}", f"{ds.ManufacturerModelName}-7"[:16]
    ds.AccessionNumber, ds.StudyID, ds.DeviceSerialNumber = maker.digits(), maker.digits(), maker.digits()
    ds.PatientBirthDate, ds.StudyTime = f"19{maker.random.randint(20, 99)}0713", f"{maker.random.randint(11, 23)}3721"
    ds.SeriesTime = ds.ContentTime = ds.AcquisitionTime = ds.StudyTime
    ds.AcquisitionDate, ds.AcquisitionDateTime = ds.StudyDate, f"{ds.StudyDate}{ds.StudyTime}.250"
    ds.PatientAge, ds.PatientSize, ds.PatientWeight, ds.PatientOrientation = "058Y", "1.71", "70.5", ["L", "F"]
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = maker.uid(), ""
    ds.SynchronizationFrameOfReferenceUID, ds.SynchronizationTrigger = maker.uid(), "NO TRIGGER"
    ds.AcquisitionTimeSynchronized = "N"
    ds.PerformedProcedureStepID, ds.PerformedProcedureStepStartDate = maker.digits(), ds.StudyDate
    ds.StudyDescription, ds.PatientComments = f"liver of {maker.word()}", f"call {maker.digits()}"
    ds.TransducerOrientation = maker.word()
    ds.AcquisitionNumber, ds.ImagesInAcquisition = maker.digits(9), maker.digits(8)
    ds.add_new(0x00091001, "LO", maker.word())


def _references(maker: Maker, ds: Dataset, earlier: list[tuple[str, str, str]]) -> None:
    """To a clip of the same study and to one of an earlier study."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = MULTIFRAME, ds.SOPInstanceUID
    ds.SourceImageSequence = Sequence([item])
    if earlier:
        study, series, clip = maker.random.choice(earlier)
        maker.now.planted += [study, series, clip]
        other, inner, outer = Dataset(), Dataset(), Dataset()
        other.ReferencedSOPClassUID, other.ReferencedSOPInstanceUID = MULTIFRAME, clip
        inner.SeriesInstanceUID, inner.ReferencedInstanceSequence = series, Sequence([other])
        outer.StudyInstanceUID, outer.ReferencedSeriesSequence = study, Sequence([inner])
        ds.StudiesContainingOtherReferencedInstancesSequence = Sequence([outer])
        ds.ReferencedImageSequence = Sequence([other])


def _picture(ds: Dataset) -> None:
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = ROWS, COLUMNS, 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation, ds.PixelData = 7, 0, bytes(ROWS * COLUMNS * FRAMES)
    ds["PixelData"].VR = "OB"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
