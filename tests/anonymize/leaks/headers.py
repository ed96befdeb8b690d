"""A header as a device writes it, identifiers of all categories in every place that has room for one."""

from __future__ import annotations

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.anonymize import make
from tests.anonymize.leaks.words import Planter

FRAMES = 5
_TEXT_VRS = ("LO", "SH", "LT", "ST", "UT", "UC", "PN", "UR")


def identified(planter: Planter) -> Dataset:
    """What stands in the header of every planted file."""
    dataset = Dataset()
    technical(dataset)
    dataset.SpecificCharacterSet = (
        planter.characters[0].split("\\") if "\\" in planter.characters[0] else planter.characters[0]
    )
    _people(dataset, planter)
    _numbers(dataset, planter)
    _times(dataset, planter)
    _places(dataset, planter)
    _texts(dataset, planter)
    _hidden(dataset, planter)
    return dataset


def technical(dataset: Dataset) -> None:
    """What should be kept."""
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
    dataset.add(DataElement(0x60003000, "OB", even(planter.word("overlay").encode())))
    text, graphics = Dataset(), Dataset()
    text.UnformattedTextValue = planter.word("overlay")
    graphics.TextObjectSequence = Sequence([text])
    dataset.GraphicAnnotationSequence = Sequence([graphics])
    icon = Dataset()
    icon.Rows = icon.Columns = 8
    icon.PixelData = even(planter.word("overlay").encode()) * 8
    icon["PixelData"].VR = "OB"
    dataset.IconImageSequence = Sequence([icon])


def even(value: bytes) -> bytes:
    """Padded with a zero byte."""
    return value + b"\0" * (len(value) % 2)
