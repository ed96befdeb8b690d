"""Clean header and masked pixels become one object (PS3.10): zero preamble, own file meta, no trailing bytes."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, Final

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.uid import JPEG2000, UID, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, JPEGLSNearLossless

from anonymize.header import US_IMAGE, US_MULTIFRAME, Header
from anonymize.pixels import PixelResult
from anonymize.policy import Policy

IMPLEMENTATION_UID: Final = UID("2.25.13582093163170101083067109957987135967")
IMPLEMENTATION_VERSION: Final = "IMAGEBANK_1"
_USUAL_FRAME_TIME: Final = "33.333"
_METHODS: Final = {
    "basic": ("113100", "Basic Application Confidentiality Profile"),
    "pixels": ("113101", "Clean Pixel Data Option"),
    "descriptors": ("113105", "Clean Descriptors Option"),
    "dates": ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    "patient": ("113108", "Retain Patient Characteristics Option"),
    "device": ("113109", "Retain Device Identity Option"),
}
"""PS3.16 context group 7050."""
_LOSSY_METHODS: Final[dict[str, str]] = {
    JPEGBaseline8Bit: "ISO_10918_1",
    JPEG2000: "ISO_15444_1",
    JPEG2000Lossless: "ISO_15444_1",
    JPEGLSNearLossless: "ISO_14495_1",
    JPEGLSLossless: "ISO_14495_1",
}
_USUAL_METHOD: Final = "ISO_10918_1"


def compose(header: Header, pixels: PixelResult, policy: Policy) -> Dataset:
    """The finished object with `file_meta`. Facts that are only known now are added to the header's."""
    dataset = header.dataset
    for keyword, value in pixels.elements.items():
        setattr(dataset, keyword, value)
    _frames(dataset, header)
    _lossy_history(dataset, header, pixels)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    _flags(dataset, policy)
    _pixel_data(dataset, pixels)
    dataset.file_meta = _file_meta(dataset, pixels.transfer_syntax)
    header.facts.update(_facts(dataset))
    return dataset


def write(dataset: Dataset, file: BinaryIO) -> None:
    """Write an object of `compose`, or one read back, to an empty file."""
    dataset.preamble = bytes(128)
    dcmwrite(file, dataset, enforce_file_format=True)
    file.flush()


def _frames(dataset: Dataset, header: Header) -> None:
    """Class by number of frames, and a time between frames that is said to be assumed when the source gave none."""
    count = int(dataset.get("NumberOfFrames", 1) or 1)
    dataset.SOPClassUID = US_MULTIFRAME if count > 1 else US_IMAGE
    if count == 1:
        for keyword in ("NumberOfFrames", "FrameIncrementPointer", "FrameTime", "FrameTimeVector"):
            dataset.pop(keyword, None)
        return
    dataset.NumberOfFrames = str(count)
    steps = dataset["FrameTimeVector"].VM if "FrameTimeVector" in dataset else count
    if steps != count:
        del dataset.FrameTimeVector
    if "FrameTime" not in dataset and "FrameTimeVector" not in dataset:
        rate = dataset.get("CineRate") or dataset.get("RecommendedDisplayFrameRate")
        header.facts["frame_time_assumed"] = not rate
        dataset.FrameTime = f"{1000 / int(rate):.6g}" if rate else _USUAL_FRAME_TIME
    pointer = dataset.get("FrameIncrementPointer")
    if pointer is None or pointer not in dataset:
        dataset.FrameIncrementPointer = 0x00181063 if "FrameTime" in dataset else 0x00181065


def _lossy_history(dataset: Dataset, header: Header, pixels: PixelResult) -> None:
    """Ratio and method belong to LossyImageCompression = 01 (C.7.6.1.1.5); many devices leave them out.

    Of a picture that came decompressed they are unknown: JPEG at a ratio of 1 is written, and said to be assumed.
    """
    if dataset.get("LossyImageCompression") != "01":
        return
    method = _LOSSY_METHODS.get(pixels.transfer_syntax)
    if "LossyImageCompressionMethod" not in dataset:
        header.facts["lossy_history_assumed"] = method is None
        dataset.LossyImageCompressionMethod = method or _USUAL_METHOD
    if "LossyImageCompressionRatio" not in dataset:
        dataset.LossyImageCompressionRatio = _ratio(dataset, pixels.pixel_data) if method else "1"


def _ratio(dataset: Dataset, coded: object) -> str:
    """Native bytes to coded ones."""
    size = int(dataset.Rows) * int(dataset.Columns) * int(dataset.SamplesPerPixel)
    frames = int(dataset.get("NumberOfFrames", 1))
    return f"{size * frames / max(1, sum(map(len, coded))):.3g}" if isinstance(coded, list) else "1"


def _flags(dataset: Dataset, policy: Policy) -> None:
    """What the object says of its own cleaning (PS3.15 E.1.1, PS3.3 C.12.1.1, C.7.6.1)."""
    done = ["basic", "pixels", "descriptors"]
    done += ["dates"] if policy.dates == "shift" else []
    done += ["patient"] if dataset.get("PatientSex") else []
    done += ["device"] if dataset.get("Manufacturer") or "ManufacturerModelName" in dataset else []
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = _method(policy)
    dataset.DeidentificationMethodCodeSequence = [_concept(*_METHODS[name]) for name in done]
    dataset.LongitudinalTemporalInformationModified = "MODIFIED" if policy.dates == "shift" else "REMOVED"
    dataset.BurnedInAnnotation = "NO"
    if policy.visible_features:
        dataset.RecognizableVisualFeatures = policy.visible_features


def _method(policy: Policy) -> list[str]:
    said = [
        "New header by allow-list",
        "Device identity partial",
        "Patient characteristics partial",
        "Clean pixel data outside the picture masked",
    ]
    return [*said, "Synthetic picture"] if policy.synthetic else said


def _concept(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def _pixel_data(dataset: Dataset, pixels: PixelResult) -> None:
    data = pixels.pixel_data
    wide = not isinstance(data, list) and int(dataset.BitsAllocated) > 8
    if isinstance(data, list):
        data = io.BytesIO(encapsulate(data))
    element = DataElement(0x7FE00010, "OW" if wide else "OB", data)
    element.is_undefined_length = pixels.encapsulated
    dataset.add(element)


def _file_meta(dataset: Dataset, syntax: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    return meta


def _facts(dataset: Dataset) -> dict[str, Any]:
    probes = dataset.get("TransducerData")
    probe = [probes] if isinstance(probes, str) else list(probes or ())
    time = dataset.get("FrameTime")
    rate = dataset.get("CineRate") or dataset.get("RecommendedDisplayFrameRate")
    fps = 1000 / float(time) if time else float(rate or 0)
    return {
        "rows": int(dataset.Rows),
        "columns": int(dataset.Columns),
        "frames": int(dataset.get("NumberOfFrames", 1)),
        "fps": round(fps, 3) or None,
        "maker": str(dataset.get("Manufacturer", "")),
        "model": str(dataset.get("ManufacturerModelName", "")),
        "probe": next((str(one) for one in probe if one), ""),
        "transfer_syntax": str(dataset.file_meta.TransferSyntaxUID),
        "sop_class": str(dataset.SOPClassUID),
    }
