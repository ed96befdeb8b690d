"""One file of a standard screen, full of identifiers: the ground for a cleaner that is broken on purpose."""

from __future__ import annotations

import struct

from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import UID

from tests.anonymize import make, screens
from tests.anonymize.leaks.headers import FRAMES, even, identified
from tests.anonymize.leaks.ink import burn, text_stamp
from tests.anonymize.leaks.words import Plant, Planter

ROWS, COLUMNS = 480, 640


def plant(seed: int, syntax: str = make.EXPLICIT) -> Plant:
    """A fan under a banner, in a transfer syntax."""
    planter = Planter(seed, syntax)
    dataset = identified(planter)
    pictures = screens.clip(screens.fan(ROWS, COLUMNS), FRAMES, seed)
    text = f"{planter.word('burned').upper()} {planter.digits('burned')}"
    planter.plant.burned.append(burn(pictures, "banner", text_stamp(text, 14), (12, 4), (230, 230, 230), range(FRAMES)))
    make.picture(dataset, pictures, syntax)
    planter.plant.data = finished(planter, dataset)
    return planter.plant


def finished(planter: Planter, dataset: Dataset) -> bytes:
    """The file, with what stands around a data set: preamble, file meta, segments of JPEG, trailing bytes."""
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax == make.JPEG:
        _into_segments(planter, dataset)
    meta = dataset.file_meta
    meta.SourceApplicationEntityTitle, meta.PrivateInformationCreatorUID = planter.word("envelope"), UID(planter.uid())
    meta.PrivateInformation = even(planter.word("envelope").encode())
    data = make.write(dataset)
    preamble = planter.word("envelope").encode().ljust(128, b"\0")
    if syntax == make.DEFLATED:
        return preamble + data[128:]
    return preamble + data[128:] + _padding(syntax, even(planter.word("trailing").encode()))


def _into_segments(planter: Planter, dataset: Dataset) -> None:
    """A comment and an application segment in every frame."""
    said = [(0xFE, planter.word("segment").encode()), (0xE1, planter.word("segment").encode("utf-16-le"))]
    segments = b"".join(bytes([0xFF, kind]) + struct.pack(">H", len(value) + 2) + value for kind, value in said)
    count = int(dataset.get("NumberOfFrames", 1))
    coded = [frame[:2] + segments + frame[2:] for frame in generate_frames(dataset.PixelData, number_of_frames=count)]
    dataset.PixelData = encapsulate([even(frame) for frame in coded])
    dataset["PixelData"].VR = "OB"


def _padding(syntax: str, value: bytes) -> bytes:
    """Data Set Trailing Padding in the byte order of the file."""
    order = ">" if syntax == make.BIG_ENDIAN else "<"
    if syntax == make.IMPLICIT:
        return struct.pack("<HHI", 0xFFFC, 0xFFFC, len(value)) + value
    return struct.pack(f"{order}HH2sHI", 0xFFFC, 0xFFFC, b"OB", 0, len(value)) + value
