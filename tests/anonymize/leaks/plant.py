"""A seeded generator of ultrasound files full of identifiers: 15 categories in the file, more burned into the picture.

Every planted value is made up and unlike any word, so that a search for it has no false alarms.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from random import Random

import numpy as np
from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.sequence import Sequence
from pydicom.uid import UID

from tests.anonymize import make, screens

CATEGORIES = (
    "person", "other_person", "id", "date", "time", "institution", "device", "contact", "free_text", "uid", "private",
    "envelope", "segment", "overlay", "trailing",
)  # fmt: skip
SYNTAXES = make.SYNTAXES
ROWS, COLUMNS, FRAMES = 480, 640, 5
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_TEXT_VRS = ("LO", "SH", "LT", "ST", "UT", "UC", "PN", "UR")
_CHARACTER_SETS = (
    ("ISO_IR 100", "éüñøß"),
    ("ISO_IR 144", "жюлбд"),
    ("ISO_IR 192", "żőř山田"),
    ("GB18030", "王小东李"),
)
LAYOUTS: dict[str, tuple[tuple[int, int], int, slice]] = {
    "banner": ((12, 4), 230, slice(None)),
    "dark banner": ((12, 4), 28, slice(None)),
    "bottom": ((20, 462), 200, slice(None)),
    "left side": ((4, 200), 180, slice(None)),
    "last frame": ((12, 4), 230, slice(-1, None)),
    "one frame in the middle": ((12, 4), 120, slice(2, 3)),
}
"""Where a text is burned in: left and top, grey, frames."""


@dataclass(slots=True)
class Plant:
    """One file. `values`: category -> identifiers that may not be found in what is made of it."""

    seed: int
    syntax: str
    data: bytes = b""
    values: dict[str, list[str]] = field(default_factory=dict)
    burned: list[tuple[slice, slice, slice]] = field(default_factory=list)
    """Frames, rows, columns of each burned-in text."""

    def all(self) -> list[str]:
        return [value for values in self.values.values() for value in values]


class Planter:
    """Makes identifiers and notes them."""

    def __init__(self, seed: int, syntax: str) -> None:
        self.random = Random(f"{seed} {syntax}")
        self.plant = Plant(seed, syntax)
        self.characters = self.random.choice(_CHARACTER_SETS)

    def note(self, category: str, value: str) -> str:
        self.plant.values.setdefault(category, []).append(value)
        return value

    def word(self, category: str, foreign: bool = False) -> str:
        """Like a name: `Zuvolim`, sometimes with letters of the file's character set."""
        letters = [self.random.choice(_CONSONANTS if n % 2 == 0 else _VOWELS) for n in range(self.random.randint(7, 9))]
        if foreign:
            letters[-2:] = self.random.sample(self.characters[1], 2)
        return self.note(category, "".join(letters).capitalize())

    def person(self, category: str) -> str:
        return "^".join(
            self.word(category, foreign=self.random.random() < 0.5) for _ in range(self.random.randint(1, 3))
        )

    def digits(self, category: str, count: int = 0) -> str:
        return self.note(category, "".join(self.random.choices("123456789", k=count or self.random.randint(7, 10))))

    def identifier(self, category: str) -> str:
        """A hospital number in one of the usual forms."""
        number = self.digits(category)
        return self.random.choice([number, f"MRN{number}", f"{number}/{self.random.randint(1, 99)}"])

    def date(self) -> str:
        random = self.random
        return self.note("date", f"{random.randint(1921, 2019)}{random.randint(1, 12):02}{random.randint(13, 28)}")

    def time(self) -> str:
        random = self.random
        return self.note("time", f"{random.randint(11, 23)}{random.randint(11, 59)}{random.randint(11, 59)}")

    def uid(self) -> str:
        return self.note("uid", "1.2.826.0.1.3680043.10." + "".join(self.random.choices("123456789", k=16)))


def plant(seed: int, syntax: str = make.EXPLICIT, *, layout: str = "banner", text: str = "") -> Plant:
    """One file of a seed and transfer syntax, with a text burned in by `layout`."""
    planter = Planter(seed, syntax)
    dataset = _header(planter)
    pictures = screens.clip(screens.fan(ROWS, COLUMNS), FRAMES, seed)
    _burn(planter, pictures, layout, text or f"{planter.word('burned').upper()} {planter.digits('burned')}")
    make.picture(dataset, pictures, syntax)
    if syntax == make.JPEG:
        _into_segments(planter, dataset)
    planter.plant.data = _file(planter, dataset, syntax)
    return planter.plant


def _header(planter: Planter) -> Dataset:
    dataset = Dataset()
    _technical(dataset)
    dataset.SpecificCharacterSet = planter.characters[0]
    _people(dataset, planter)
    _numbers(dataset, planter)
    _times(dataset, planter)
    _places(dataset, planter)
    _texts(dataset, planter)
    _hidden(dataset, planter)
    return dataset


def _technical(dataset: Dataset) -> None:
    dataset.SOPClassUID, dataset.Modality = make.US_MULTI, "US"
    dataset.Manufacturer, dataset.ManufacturerModelName = "GE Healthcare", "Vivid E95"
    dataset.SoftwareVersions, dataset.TransducerType, dataset.PatientSex = "204.50.2", "CURVED LINEAR", "F"
    dataset.SeriesNumber, dataset.InstanceNumber, dataset.MechanicalIndex = "3", "7", "1.1"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL"]
    dataset.NumberOfFrames, dataset.FrameTime, dataset.FrameIncrementPointer = str(FRAMES), "33.333", 0x00181063
    dataset.SequenceOfUltrasoundRegions = Sequence([make.region()])
    dataset.BurnedInAnnotation, dataset.PatientIdentityRemoved = "NO", "YES"


def _people(dataset: Dataset, planter: Planter) -> None:
    dataset.PatientName, dataset.PatientBirthName = planter.person("person"), planter.person("person")
    dataset.OtherPatientNames = [planter.person("person"), planter.person("person")]
    for keyword in ("ReferringPhysicianName", "OperatorsName", "PerformingPhysicianName", "RequestingPhysician"):
        setattr(dataset, keyword, planter.person("other_person"))
    item = Dataset()
    item.PersonName, item.InstitutionName = planter.person("other_person"), planter.word("institution")
    dataset.ReferringPhysicianIdentificationSequence = Sequence([item])


def _numbers(dataset: Dataset, planter: Planter) -> None:
    for keyword in (
        "PatientID",
        "AccessionNumber",
        "StudyID",
        "IssuerOfPatientID",
        "AdmissionID",
        "MedicalRecordLocator",
    ):
        setattr(dataset, keyword, planter.identifier("id")[:16])
    for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        setattr(dataset, keyword, planter.uid())
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = make.US, planter.uid()
    dataset.ReferencedImageSequence = Sequence([item])
    dataset.DeviceSerialNumber, dataset.GantryID = planter.digits("device"), planter.word("device")
    dataset.StationName, dataset.TransducerData = planter.word("device"), ["C1-5-D", planter.word("device"), ""]


def _times(dataset: Dataset, planter: Planter) -> None:
    for keyword in ("PatientBirthDate", "StudyDate", "SeriesDate", "ContentDate", "LastMenstrualDate"):
        setattr(dataset, keyword, planter.date())
    for keyword in ("StudyTime", "SeriesTime", "ContentTime", "PatientBirthTime"):
        setattr(dataset, keyword, planter.time())
    dataset.AcquisitionDateTime = f"{planter.date()}{planter.time()}.250000"


def _places(dataset: Dataset, planter: Planter) -> None:
    for keyword in ("InstitutionName", "InstitutionalDepartmentName", "CurrentPatientLocation"):
        setattr(dataset, keyword, planter.word("institution", foreign=True))
    dataset.InstitutionAddress = f"{planter.word('institution')} 12"
    dataset.PatientAddress, dataset.PatientTelephoneNumbers = planter.word("contact"), planter.digits("contact")
    dataset.RegionOfResidence, dataset.PatientTelecomInformation = planter.word("contact"), planter.word("contact")


def _texts(dataset: Dataset, planter: Planter) -> None:
    """Descriptions, kept attributes filled with what does not belong there, and public attributes drawn by lot."""
    dataset.StudyDescription = f"liver of {planter.word('free_text')}"
    dataset.SeriesDescription, dataset.ProtocolName = planter.word("free_text"), planter.word("free_text")
    dataset.ImageComments, dataset.PatientComments = (f"seen {planter.word('free_text')}" for _ in range(2))
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL", planter.word("free_text").upper()]
    dataset.StageName, dataset.ViewName = planter.word("free_text"), planter.word("free_text")
    dataset.AcquisitionNumber, dataset.HeartRate = planter.digits("id", 9), planter.digits("id", 9)
    for tag in planter.random.sample(sorted(_drawn()), 40):
        if tag not in dataset:
            dataset.add(DataElement(tag, DicomDictionary[tag][0], planter.word("free_text")))


def _drawn() -> list[int]:
    """Public text attributes of a data set, whatever they mean."""
    return [
        tag for tag, (vr, _, _, retired, _) in DicomDictionary.items()
        if vr in _TEXT_VRS and not retired and 0x0008 <= tag >> 16 <= 0x4010 and keyword_for_tag(tag)
    ]  # fmt: skip


def _hidden(dataset: Dataset, planter: Planter) -> None:
    dataset.add(DataElement(0x00190010, "LO", "ACME 1.1"))
    dataset.add(DataElement(0x00191001, "LO", planter.word("private")))
    dataset.add(DataElement(0x00191002, "UN", planter.word("private").encode("utf-16-le")))
    dataset.add(DataElement(0x60000022, "LO", planter.word("overlay")))
    dataset.add(DataElement(0x60003000, "OB", _even(planter.word("overlay").encode())))
    text, graphics = Dataset(), Dataset()
    text.UnformattedTextValue = planter.word("overlay")
    graphics.TextObjectSequence = Sequence([text])
    dataset.GraphicAnnotationSequence = Sequence([graphics])
    icon = Dataset()
    icon.Rows = icon.Columns = 8
    icon.PixelData = _even(planter.word("overlay").encode()) * 8
    icon["PixelData"].VR = "OB"
    dataset.IconImageSequence = Sequence([icon])


def _burn(planter: Planter, pictures: list[np.ndarray], layout: str, text: str) -> None:
    at, grey, shown = LAYOUTS[layout]
    for picture in pictures[shown]:
        rows, columns = screens.write(picture, text, at, 14, grey)
    planter.plant.burned.append((shown, rows, columns))


def _into_segments(planter: Planter, dataset: Dataset) -> None:
    """A comment and an application segment in every frame."""
    said = [(0xFE, planter.word("segment").encode()), (0xE1, planter.word("segment").encode("utf-16-le"))]
    segments = b"".join(bytes([0xFF, kind]) + struct.pack(">H", len(value) + 2) + value for kind, value in said)
    coded = [frame[:2] + segments + frame[2:] for frame in generate_frames(dataset.PixelData, number_of_frames=FRAMES)]
    dataset.PixelData = encapsulate([_even(frame) for frame in coded])
    dataset["PixelData"].VR = "OB"


def _file(planter: Planter, dataset: Dataset, syntax: str) -> bytes:
    meta = dataset.file_meta
    meta.SourceApplicationEntityTitle, meta.PrivateInformationCreatorUID = planter.word("envelope"), UID(planter.uid())
    meta.PrivateInformation = _even(planter.word("envelope").encode())
    data = make.write(dataset)
    preamble = planter.word("envelope").encode().ljust(128, b"\0")
    if syntax == make.DEFLATED:
        return preamble + data[128:]
    return preamble + data[128:] + _padding(syntax, _even(planter.word("trailing").encode()))


def _padding(syntax: str, value: bytes) -> bytes:
    """Data Set Trailing Padding in the byte order of the file."""
    order = ">" if syntax == make.BIG_ENDIAN else "<"
    if syntax == make.IMPLICIT:
        return struct.pack("<HHI", 0xFFFC, 0xFFFC, len(value)) + value
    return struct.pack(f"{order}HH2sHI", 0xFFFC, 0xFFFC, b"OB", 0, len(value)) + value


def _even(value: bytes) -> bytes:
    return value + b"\0" * (len(value) % 2)
