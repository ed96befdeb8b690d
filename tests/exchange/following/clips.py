"""Clean objects for the small node: a still of the phantom, cleaned once, numbered anew for each clip."""

from __future__ import annotations

import io
import os
import uuid
from dataclasses import replace
from functools import cache

from pydicom import Dataset, dcmread

from anonymize.keying import SecretKeyer
from imagebank.intake.sandboxing import sandbox
from tests.factories import specimens, written


@cache
def clean_object() -> bytes:
    """A small still, as the pipeline cleans it."""
    loop = next(clip for clip in specimens() if clip.encoding == "rgb")
    source, target = os.memfd_create("dirty"), os.memfd_create("clean")
    os.write(source, written(replace(loop, frames=1)))
    request = {"policy": {"synthetic": True}, "study": "2.25.1"}
    keyer = SecretKeyer(b"k" * 32)
    outcome = sandbox().run("clean", source=source, outputs={"clean": target}, request=request, keyer=keyer)
    assert outcome.verdict == "clean", outcome.code
    with os.fdopen(target, "rb") as handle:
        handle.seek(0)
        data = handle.read()
    os.close(source)
    return _small(data)


def _small(data: bytes) -> bytes:
    """A part of the picture: a twentieth of the work for everybody who looks at it."""
    dataset = dcmread(io.BytesIO(data))
    pixels = dataset.pixel_array[160:320:2, 200:360:2]
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.PixelData = pixels.tobytes()
    del dataset.SequenceOfUltrasoundRegions
    return _written(dataset)


def numbered(data: bytes | None = None) -> bytes:
    """The same picture as another object."""
    dataset = dcmread(io.BytesIO(data or clean_object()))
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"):
        setattr(dataset, keyword, f"2.25.{uuid.uuid4().int}")
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return _written(dataset)


def _written(dataset: Dataset) -> bytes:
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()
