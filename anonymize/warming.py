"""What a job needs is made before the first fork: models, tables, readers. A made-up picture goes all the way."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import io
import os
from typing import Final

import cv2
import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage

from anonymize.pixels import preview
from anonymize.pixels import text as first_detector
from anonymize.verify import text as second_detector

SIDE: Final = 64


def models() -> None:
    """Load the models of both detectors; no library may start threads in the template."""
    cv2.setNumThreads(1)
    blank = np.zeros((SIDE, SIDE, 3), np.uint8)
    preview.webp(blank)
    first_detector.detect(blank)
    second_detector.find(blank, (0.3, 0.5), SIDE)


def trim() -> None:
    """Give back what the models needed: each fork copies the tables of all pages, and each job counts them."""
    gc.collect()
    with contextlib.suppress(AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)


def clip() -> int:
    """A descriptor of a small ultrasound picture, made up, with an element for each kind of rule."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = UltrasoundImageStorage, "2.25.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "2.25.2", "2.25.3"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.StudyDate = "A^B", "1", "19700101", "20200101"
    ds.Modality, ds.Manufacturer, ds.ManufacturerModelName, ds.TransducerData = "US", "GE", "Vivid E95", "C1-5-D"
    ds.StudyDescription, ds.PatientAge, ds.SoftwareVersions = "ABDOMEN", "050Y", "1.0"
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.Rows = ds.Columns = SIDE
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    ds.PixelData = np.indices((SIDE, SIDE)).sum(axis=0).astype(np.uint8).tobytes()
    ds["PixelData"].VR = "OB"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    out = io.BytesIO()
    dcmwrite(out, ds, enforce_file_format=True)
    fd = os.memfd_create("warm")
    os.pwrite(fd, out.getvalue(), 0)
    return fd
