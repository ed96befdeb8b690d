"""Made-up ultrasound files for the tests: every transfer syntax, identifiers planted wherever a file can hide one."""

from __future__ import annotations

import io
import random
import string
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import imagecodecs
import numpy as np
import simplejpeg
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID

from tests.anonymize import screens

US, US_MULTI = "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.3.1"
IMPLICIT, EXPLICIT, DEFLATED = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"
BIG_ENDIAN, RLE, JPEG = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50"
JPEG_LOSSLESS, JPEG_LS, JPEG_2000 = (f"1.2.840.10008.1.2.4.{number}" for number in (70, 80, 90))
ROWS, COLUMNS = 240, 320


def _coder(encode: Callable[..., bytes | bytearray], **options: Any) -> Callable[[np.ndarray], bytes]:
    return lambda frame: bytes(encode(np.ascontiguousarray(frame), **options))


CODERS: dict[str, Callable[[np.ndarray], bytes]] = {
    JPEG: _coder(simplejpeg.encode_jpeg, quality=90, colorspace="RGB", colorsubsampling="422"),
    JPEG_LOSSLESS: _coder(imagecodecs.jpeg_encode, lossless=True, predictor=1, colorspace="RGB", outcolorspace="RGB"),
    JPEG_LS: _coder(imagecodecs.jpegls_encode),
    JPEG_2000: _coder(imagecodecs.jpeg2k_encode, level=0, reversible=True, codecformat="j2k", mct=True),
}
SYNTAXES = (IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN, RLE, *CODERS)


@dataclass(slots=True)
class Planted:
    """Identifiers of one made-up patient. `values`: category -> what was planted, each of them unique to the seed."""

    seed: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def new(self, category: str, form: str = "word") -> str:
        """A fresh identifier of a category: `word` (eight letters), `digits` (nine) or `uid`."""
        rng = random.Random(f"{self.seed} {category} {len(self.values.get(category, ()))}")
        made = {
            "word": lambda: "Q" + "".join(rng.choices(string.ascii_uppercase, k=7)),
            "digits": lambda: "".join(rng.choices("123456789", k=9)),
            "uid": lambda: "1.2.826.0.1.3680043.10." + "".join(rng.choices("123456789", k=16)),
        }[form]()
        self.values.setdefault(category, []).append(made)
        return made

    def all(self) -> list[str]:
        """Everything that was planted."""
        return [value for values in self.values.values() for value in values]


def frames(
    count: int = 3, *, banner: bool = True, seed: int = 1, rows: int = ROWS, columns: int = COLUMNS
) -> list[np.ndarray]:
    """RGB frames: a fan of moving speckle on black, with a patient's banner on top."""
    made = screens.clip(screens.fan(rows, columns), count, seed)
    for frame in made if banner else ():
        screens.write(frame, screens.BANNER, (4, 1), 11)
    return made


def identified(planted: Planted, *, count: int = 3) -> Dataset:
    """A header as a device writes it, full of identifiers, without pixels; what may stay is there too."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID = US_MULTI if count > 1 else US
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = (planted.new("uid", "uid") for _ in range(3))
    ds.PatientName = f"{planted.new('name')}^{planted.new('name')}^{planted.new('name')}"
    ds.PatientID, ds.AccessionNumber, ds.StudyID = planted.new("id", "digits"), planted.new("id"), planted.new("id")
    ds.OtherPatientIDs, ds.IssuerOfPatientID = planted.new("id", "digits"), planted.new("id")
    ds.PatientBirthDate, ds.StudyDate, ds.SeriesDate = "19610302", "20190417", "20190417"
    ds.StudyTime, ds.ContentTime, ds.AcquisitionDateTime = "142833.117", "142901", "20190417142833.117000"
    ds.PatientSex, ds.PatientAge, ds.PatientWeight = "F", "058Y", "71.25"
    ds.ReferringPhysicianName = f"{planted.new('name')}^{planted.new('name')}"
    ds.OperatorsName, ds.PerformingPhysicianName = planted.new("name"), planted.new("name")
    ds.InstitutionName, ds.InstitutionAddress = planted.new("institution"), f"12 {planted.new('institution')} street"
    ds.InstitutionalDepartmentName, ds.StationName = planted.new("institution"), planted.new("device")
    ds.DeviceSerialNumber = planted.new("device", "digits")
    ds.PatientAddress, ds.PatientTelephoneNumbers = planted.new("contact"), planted.new("contact", "digits")
    ds.PatientComments, ds.ImageComments = f"seen by {planted.new('text')}", f"call {planted.new('text')}"
    ds.StudyDescription, ds.SeriesDescription = "US ABDOMEN", f"liver of {planted.new('text')}"
    ds.Manufacturer, ds.ManufacturerModelName = "GE Healthcare", "Vivid E95"
    ds.SoftwareVersions, ds.TransducerData = "204.50.2", ["C1-5-D", planted.new("device"), ""]
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "US", "3", "7"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL", planted.new("text")]
    ds.MechanicalIndex, ds.TransducerType, ds.HeartRate = "1.1", "CURVED LINEAR", "72"
    ds.BurnedInAnnotation = "NO"
    if count > 1:
        ds.NumberOfFrames, ds.FrameTime, ds.FrameIncrementPointer = str(count), "33.333", 0x00181063
    ds.SequenceOfUltrasoundRegions = Items([region(planted)])
    ds.RequestAttributesSequence = Items([_request(planted)])
    _hide(ds, planted)
    return ds


def region(planted: Planted | None = None) -> Dataset:
    """Calibration of the fan."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 3
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 10, 20
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = COLUMNS - 10, ROWS - 1
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX = item.PhysicalDeltaY = 0.0412
    if planted:
        item.add_new(0x00080080, "LO", planted.new("institution"))
    return item


def _request(planted: Planted) -> Dataset:
    inner = Dataset()
    inner.CodeValue, inner.CodingSchemeDesignator, inner.CodeMeaning = (
        planted.new("text"),
        "99LOCAL",
        planted.new("text"),
    )
    item = Dataset()
    item.RequestedProcedureID, item.RequestedProcedureDescription = planted.new("id"), planted.new("text")
    item.RequestedProcedureCodeSequence = Items([inner])
    return item


def _hide(ds: Dataset, planted: Planted) -> None:
    """Places that other tools forget."""
    ds.add_new(0x00190010, "LO", "ACME 1.1")
    ds.add_new(0x00191001, "LO", planted.new("private"))
    ds.add_new(0x00191002, "UN", planted.new("private").encode())
    ds.add_new(0x0040A160, "UT", f"report about {planted.new('text')}")
    ds.add_new(0x00081190, "UR", f"https://example.org/{planted.new('text')}")
    ds.add_new(0x00020102 + 0x00080000, "UN", planted.new("unknown").encode())  # a public tag that nobody defined
    ds.add_new(0x60000010, "US", 8)
    ds.add_new(0x60000022, "LO", planted.new("overlay"))
    ds.add_new(0x60003000, "OW", planted.new("overlay").encode())
    icon = Dataset()
    icon.Rows = icon.Columns = 8
    icon.SamplesPerPixel, icon.PhotometricInterpretation = 1, "MONOCHROME2"
    icon.BitsAllocated = icon.BitsStored = 8
    icon.HighBit, icon.PixelRepresentation = 7, 0
    icon.PixelData = planted.new("icon").encode() * 8
    icon["PixelData"].VR = "OB"
    ds.IconImageSequence = Items([icon])


def picture(ds: Dataset, made: Sequence[np.ndarray], syntax: str = EXPLICIT, tail: bytes = b"") -> Dataset:
    """Put RGB frames into a header, coded by a transfer syntax; `tail` goes behind the coded bytes of each frame."""
    ds.Rows, ds.Columns = made[0].shape[:2]
    ds.SamplesPerPixel, ds.PlanarConfiguration, ds.PixelRepresentation = 3, 0, 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    ds.PhotometricInterpretation = {JPEG: "YBR_FULL_422", JPEG_2000: "YBR_RCT"}.get(syntax, "RGB")
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    if syntax in CODERS:
        coded = [CODERS[syntax](frame) + tail for frame in made]
        ds.PixelData = encapsulate([one + b"\0" * (len(one) % 2) for one in coded])
        ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    else:
        raw = b"".join(frame.tobytes() for frame in made)
        ds.PixelData = raw + b"\0" * (len(raw) % 2)
        ds["PixelData"].VR = "OB" if syntax == EXPLICIT else "OW"
    if syntax == RLE:
        ds.file_meta.TransferSyntaxUID = UID(EXPLICIT)
        ds.compress(syntax, generate_instance_uid=False)
    if syntax == JPEG:
        ds.LossyImageCompression = "01"
    return ds


def write(ds: Dataset, planted: Planted | None = None, *, trailing: bool = False) -> bytes:
    """The data set as a file (PS3.10); with `planted` the preamble, the file meta and what follows hold identifiers."""
    syntax = ds.file_meta.TransferSyntaxUID
    meta = ds.file_meta
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = UID(ds.SOPClassUID), UID(ds.SOPInstanceUID)
    if planted:
        meta.SourceApplicationEntityTitle = planted.new("meta")
        meta.PrivateInformationCreatorUID = UID(planted.new("uid", "uid"))
        meta.PrivateInformation = planted.new("meta").encode()
        ds.preamble = planted.new("preamble").encode().ljust(128, b"\0")
    out = io.BytesIO()
    implicit, little = syntax == IMPLICIT, syntax != BIG_ENDIAN
    dcmwrite(out, ds, enforce_file_format=True, implicit_vr=implicit, little_endian=little)
    if planted and trailing:
        text = planted.new("trailing").encode()
        order = "<" if little else ">"
        head = struct.pack(
            f"{order}HHI" if implicit else f"{order}HH2sHI", 0xFFFC, 0xFFFC, *(() if implicit else (b"OB", 0)), 8
        )
        out.write(head + text)
    return out.getvalue()


def file(syntax: str = EXPLICIT, *, seed: int = 1, count: int = 3, planted: Planted | None = None) -> bytes:
    """A whole clip, identifiers planted (in `planted` when given) in every place."""
    planted = planted or Planted(seed)
    ds = identified(planted, count=count)
    picture(ds, frames(count, seed=seed), syntax)
    return write(ds, planted, trailing=syntax != DEFLATED)


def raw(*elements: bytes, syntax: str = EXPLICIT) -> bytes:
    """A file of hand-made elements (`element`, `sequence`), for what no library writes."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    meta = element(0x0002, 0x0010, b"UI", uid)
    body = b"".join(elements)
    if syntax == DEFLATED:
        machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        body = machine.compress(body) + machine.flush()
    return bytes(128) + b"DICM" + meta + body


def element(group: int, number: int, vr: bytes, value: bytes, *, length: int | None = None) -> bytes:
    """One explicit little endian element; `length` may lie."""
    size = len(value) if length is None else length
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        return struct.pack("<HH2sHI", group, number, vr, 0, size) + value
    return struct.pack("<HH2sH", group, number, vr, size) + value


def minimal(**changes: Any) -> list[bytes]:
    """Elements of the smallest ultrasound still (16x16, one frame); `changes` replace values by keyword."""
    us = struct.Struct("<H").pack
    values = {
        "SOPClassUID": element(8, 0x16, b"UI", US.encode() + b"\0"),
        "SOPInstanceUID": element(8, 0x18, b"UI", b"1.2.3.4\0"),
        "SamplesPerPixel": element(0x28, 2, b"US", us(1)),
        "PhotometricInterpretation": element(0x28, 4, b"CS", b"MONOCHROME2 "),
        "NumberOfFrames": element(0x28, 8, b"IS", b"1 "),
        "Rows": element(0x28, 0x10, b"US", us(16)),
        "Columns": element(0x28, 0x11, b"US", us(16)),
        "BitsAllocated": element(0x28, 0x100, b"US", us(8)),
        "BitsStored": element(0x28, 0x101, b"US", us(8)),
        "HighBit": element(0x28, 0x102, b"US", us(7)),
        "PixelRepresentation": element(0x28, 0x103, b"US", us(0)),
        "PixelData": element(0x7FE0, 0x10, b"OB", bytes(256)),
    }
    return [value for value in (values | changes).values() if value]
