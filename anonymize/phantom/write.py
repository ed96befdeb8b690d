"""A clip of the demonstration as the file that its device would have written, made-up patient and all."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from anonymize.phantom.clip import Loop, loop
from anonymize.phantom.coding import CODERS
from anonymize.phantom.demo import DemoClip

_IMPLEMENTATION = UID("2.25.317120446918334217765131043907203456121")


def write_clip(clip: DemoClip, path: Path) -> None:
    """Write DICOM, or MP4 where the clip says so."""
    if clip.encoding == "mp4":
        _write_film(clip, loop(clip), path)
    else:
        dataset(clip).save_as(path, enforce_file_format=True)


def dataset(clip: DemoClip) -> Dataset:
    """Ultrasound (Multi-frame) Image Storage with a full header (PS3.3 A.6, A.7)."""
    drawn = loop(clip)
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID = UltrasoundImageStorage if clip.frames == 1 else UltrasoundMultiFrameImageStorage
    ds.SOPInstanceUID = clip.uid("instance")
    _patient(ds, clip)
    _study(ds, clip)
    _equipment(ds, clip)
    _picture(ds, clip, drawn)
    syntax = CODERS[clip.encoding](ds, drawn)
    ds.file_meta = _meta(ds, syntax)
    return ds


def _patient(ds: Dataset, clip: DemoClip) -> None:
    ds.PatientName = clip.patient.name
    ds.PatientID = clip.patient.number
    ds.IssuerOfPatientID = clip.hospital.banner
    ds.PatientBirthDate = clip.patient.born.strftime("%Y%m%d")
    ds.PatientSex = clip.patient.sex[0].upper()
    ds.PatientAge = f"{clip.age:03d}Y"


def _study(ds: Dataset, clip: DemoClip) -> None:
    day, clock = clip.studied.strftime("%Y%m%d"), clip.studied_at.strftime("%H%M%S")
    ds.StudyInstanceUID = clip.uid("study")
    ds.SeriesInstanceUID = clip.uid("series")
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = ds.AcquisitionDate = day
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = ds.AcquisitionTime = clock
    ds.AcquisitionDateTime = day + clock
    ds.AccessionNumber = clip.accession
    ds.StudyID = clip.accession[-4:]
    ds.ReferringPhysicianName = clip.referrer
    ds.OperatorsName = ds.PerformingPhysicianName = clip.patient.operator
    ds.StudyDescription = f"POCUS {clip.patient.name.split('^')[0]}"
    ds.SeriesNumber = 1
    ds.InstanceNumber = clip.seed % 100


def _equipment(ds: Dataset, clip: DemoClip) -> None:
    device = clip.device
    ds.Modality = "US"
    ds.Manufacturer = device.maker
    ds.ManufacturerModelName = device.model
    ds.SoftwareVersions = device.software
    ds.DeviceSerialNumber = clip.serial_number
    ds.StationName = device.station
    ds.InstitutionName = clip.hospital.name
    ds.InstitutionAddress = f"1 Invented Road, {clip.hospital.city}"
    ds.InstitutionalDepartmentName = clip.setting.upper()
    block = ds.private_block(0x0019, device.maker.upper(), create=True)
    block.add_new(0x01, "LO", clip.patient.name)
    block.add_new(0x02, "DA", ds.StudyDate)


def _picture(ds: Dataset, clip: DemoClip, drawn: Loop) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "", "0001"]
    ds.BurnedInAnnotation = "YES"
    ds.Rows, ds.Columns = clip.device.rows, clip.device.columns
    ds.TransducerData = [clip.device.probes[drawn.scene.probe], clip.serial_number]
    ds.TransducerType = {"convex": "CURVED LINEAR", "phased": "SECTOR_PHASED", "linear": "LINEAR"}[drawn.scene.probe]
    ds.MechanicalIndex = "1.1"
    ds.SoftTissueThermalIndex = "0.3"
    ds.DepthOfScanField = int(drawn.scene.depth)
    ds.PatientOrientation = ""
    if clip.frames > 1:
        _cine(ds, clip, drawn)
    if clip.device.regions:
        ds.SequenceOfUltrasoundRegions = [_region(drawn)]


def _cine(ds: Dataset, clip: DemoClip, drawn: Loop) -> None:
    """PS3.3 C.7.6.5 and C.7.6.6."""
    ds.NumberOfFrames = clip.frames
    ds.FrameTime = f"{drawn.frame_time_ms:.2f}"
    ds.FrameIncrementPointer = 0x00181063
    ds.CineRate = ds.RecommendedDisplayFrameRate = round(1000 / drawn.frame_time_ms)
    ds.StartTrim, ds.StopTrim = 1, clip.frames
    ds.EffectiveDuration = f"{drawn.frame_time_ms * clip.frames / 1000:.3f}"
    if drawn.scene.probe == "phased":
        ds.HeartRate = round(60_000 / drawn.scene.loop_ms)


def _region(drawn: Loop) -> Dataset:
    """One calibrated tissue region, centimetres (C.8.5.5)."""
    region, converter = Dataset(), drawn.converter
    left, top, right, bottom = converter.box
    region.RegionSpatialFormat = region.RegionDataType = 1
    region.RegionFlags = 3
    region.RegionLocationMinX0, region.RegionLocationMinY0 = left, top
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = right - 1, bottom - 1
    region.ReferencePixelX0, region.ReferencePixelY0 = (right - left) // 2, 0
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = converter.mm_per_pixel / 10
    region.ReferencePixelPhysicalValueX = region.ReferencePixelPhysicalValueY = 0.0
    return region


def _meta(ds: Dataset, syntax: UID) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = _IMPLEMENTATION
    meta.ImplementationVersionName = "PHANTOM"
    meta.SourceApplicationEntityTitle = ds.StationName[:16]
    return meta


def _write_film(clip: DemoClip, drawn: Loop, path: Path) -> None:
    """H.264 as a handheld's export, with the patient in the container's title."""
    rate = Fraction(round(1000 / drawn.frame_time_ms))
    with av.open(str(path), "w", format="mp4") as film:
        film.metadata["title"] = clip.patient.name
        film.metadata["creation_time"] = f"{clip.studied.isoformat()}T{clip.studied_at.isoformat()}Z"
        stream = film.add_stream("libx264", rate=rate, options={"crf": "16", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = clip.device.columns, clip.device.rows, "yuv420p"
        stream.thread_count = 1
        for frame in drawn:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        film.mux(stream.encode())
