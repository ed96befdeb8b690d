"""A finished object as the cleaner should write it, built by hand: what the second look must let pass."""

from __future__ import annotations

import io
import struct
import uuid
from random import Random

import numpy as np
from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

MULTIFRAME = UID("1.2.840.10008.5.1.4.1.1.3.1")


def keyed_uid(random: Random) -> UID:
    """2.25 and the number of a random UUID."""
    return UID(f"2.25.{uuid.UUID(int=random.getrandbits(128), version=4).int}")


def code(value: str, meaning: str) -> Dataset:
    """One item of the method code sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def region() -> Dataset:
    """One ultrasound region with its type 1 attributes."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 2
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 20, 20
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 99, 79
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX = item.PhysicalDeltaY = 0.025
    return item


def finished(seed: int = 1) -> Dataset:
    """An uncompressed grey clip of 3 frames, 96 x 120, picture in rows 20-79 and columns 20-99."""
    random = Random(seed)
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL"]
    ds.SOPClassUID, ds.SOPInstanceUID = MULTIFRAME, keyed_uid(random)
    ds.StudyDate = ds.StudyTime = ds.AccessionNumber = ds.ReferringPhysicianName = ds.StudyID = ""
    ds.Modality, ds.Manufacturer, ds.ManufacturerModelName = "US", "Philips Medical Systems", "EPIQ 5G"
    ds.PatientName = ds.PatientBirthDate = ""
    ds.PatientID, ds.PatientSex = random.randbytes(16).hex(), "F"
    ds.PatientIdentityRemoved, ds.BurnedInAnnotation = "YES", "NO"
    ds.DeidentificationMethodCodeSequence = Sequence(
        [code("113100", "Basic Application Confidentiality Profile"), code("113101", "Clean Pixel Data Option")]
    )
    ds.StudyInstanceUID, ds.SeriesInstanceUID = keyed_uid(random), keyed_uid(random)
    ds.SeriesNumber, ds.InstanceNumber, ds.NumberOfFrames = 1, 7, 3
    ds.FrameIncrementPointer, ds.FrameTime = 0x00181063, "33.333"
    ds.SequenceOfUltrasoundRegions = Sequence([region()])
    ds.SoftwareVersions, ds.TransducerData = "EPIQ 5G_1.5.6.850", ["C5-1", "UNUSED", "UNUSED"]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 96, 120, 8, 8, 7, 0
    ds.LossyImageCompression = "00"
    ds.PixelData = frames(seed).tobytes()
    ds.file_meta = meta(ds, ExplicitVRLittleEndian)
    return ds


def frames(seed: int = 1) -> np.ndarray:
    """uint8 (3, 96, 120): speckle in the picture, black outside."""
    speckle = np.random.default_rng(seed).integers(20, 200, (3, 96, 120), dtype=np.uint8)
    speckle[:, :20] = speckle[:, 80:] = speckle[:, :, :20] = speckle[:, :, 100:] = 0
    return speckle


def meta(ds: Dataset, transfer_syntax: UID) -> FileMetaDataset:
    """A minimal file meta group."""
    found = FileMetaDataset()
    found.FileMetaInformationVersion = b"\0\1"
    found.MediaStorageSOPClassUID, found.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    found.TransferSyntaxUID = transfer_syntax
    found.ImplementationClassUID = UID(f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, 'a cleaner').int}")
    found.ImplementationVersionName = "IMAGEBANK_1"
    return found


def encapsulated(ds: Dataset, coded: list[bytes], transfer_syntax: UID) -> Dataset:
    """The same object with coded frames."""
    ds.PixelData = encapsulate(coded)
    ds["PixelData"].VR = "OB"
    ds.file_meta.TransferSyntaxUID = transfer_syntax
    return ds


def written(ds: Dataset) -> bytes:
    """The file as bytes."""
    buffer = io.BytesIO()
    ds.preamble = b"\0" * 128
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def raw_element(tag: int, vr: bytes, value: bytes) -> bytes:
    """One explicit little endian element with a short length field."""
    value += b" " * (len(value) % 2)
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value
