"""What a clean object says of itself, and where its frames lie: of native samples, codestreams and a film."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pydicom
import pytest

from anonymize.describing import describe
from anonymize.parsing import read_dataset
from anonymize.phantom.demo import demo_clips
from anonymize.phantom.write import write_clip
from anonymize.policy import Limits

FRAMES = 3


@pytest.mark.parametrize("encoding", ["rgb", "mono", "jpeg", "rle"])
def test_frames_lie_where_it_says(tmp_path: Path, encoding: str) -> None:
    """The job reads clean objects; the phantom's own files are laid out alike."""
    path = tmp_path / "clip.dcm"
    spec = next(clip for clip in demo_clips() if clip.encoding == encoding)
    write_clip(dataclasses.replace(spec, frames=FRAMES), path)
    with path.open("rb") as file:
        told = describe(read_dataset(file.fileno(), Limits()))
    dataset, data = pydicom.dcmread(path), path.read_bytes()
    found = [data[start : start + length] for start, length in told["pixels"]["frames"]]
    if told["pixels"]["coded"]:
        assert found == list(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=FRAMES))
    else:
        assert len(found) == FRAMES and b"".join(found) == dataset.PixelData[: sum(map(len, found))]
    assert told["transfer_syntax"] == dataset.file_meta.TransferSyntaxUID
    del dataset.PixelData
    assert told["elements"] == dataset.to_json_dict()


def test_a_film_is_one_run_of_bytes() -> None:
    stream = b"\0\0\0\x18ftypisom" + bytes(100)
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.MPEG4HP41
    dataset.SOPClassUID, dataset.NumberOfFrames = "1.2.840.10008.5.1.4.1.1.3.1", "30"
    dataset.PixelData = pydicom.encaps.encapsulate([stream])
    dataset["PixelData"].is_undefined_length = True
    with os.fdopen(os.memfd_create("film"), "w+b") as file:
        dataset.save_as(file, enforce_file_format=False)
        file.flush()
        ((start, length),) = describe(read_dataset(file.fileno(), Limits()))["pixels"]["frames"]
        file.seek(start)
        assert file.read(length)[: len(stream)] == stream
