"""Transfer syntaxes that are asked for: given without loss, made once, and right for tools of others."""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import shutil
import subprocess
import uuid
from pathlib import Path

import numpy as np
import pydicom
import pytest
from django.conf import settings
from django.core.cache import cache

from anonymize.converting import TARGETS
from api.dicomweb.tags import CODED, LOSSLESS, NATIVE, others
from imagebank.catalog.models import Header
from imagebank.core import made
from imagebank.intake import headers, sweepers, tasks

from .conftest import SHORT, Shelf
from .reading import body, parts, status
from .test_retrieve import get, stored

LITTLE, JPEG, JPEG_LOSSLESS, RLE = LOSSLESS[0], "1.2.840.10008.1.2.4.50", LOSSLESS[2], LOSSLESS[1]
RELATED = "multipart/related; type="
TOOLS = ("dcmdump", "dciodvfy")


def kept(shelf: Shelf) -> list[Path]:
    return sorted(path for clip in shelf.clips for path in made.folder(clip.pk).glob("*"))


def pixels(data: bytes) -> np.ndarray:
    return pydicom.dcmread(io.BytesIO(data)).pixel_array


def test_what_is_offered_is_what_the_sandbox_makes() -> None:
    assert {str(target) for target in TARGETS} == set(LOSSLESS)
    assert others(["1.2.840.10008.1.2.4.102", LITTLE]) == [], "a film"
    assert others([LITTLE]) == list(LOSSLESS[1:])


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("syntax", [LITTLE, RLE])
def test_an_object_in_another_syntax_has_the_same_samples(shelf: Shelf, number: int, syntax: str) -> None:
    answer = get(shelf, shelf.instance(number), f"application/dicom; transfer-syntax={syntax}")
    data = body(answer)
    told = pydicom.dcmread(io.BytesIO(data))
    assert (answer.status_code, told.file_meta.TransferSyntaxUID) == (200, syntax)
    assert int(answer.get("Content-Length", len(data))) == len(data)
    assert np.abs(pixels(data).astype(int) - pixels(stored(shelf, number))).max() <= 2, "two decoders of JPEG"
    assert told.SOPInstanceUID == shelf.clips[number].sop_instance_uid
    again = get(shelf, shelf.instance(number), f"application/dicom; transfer-syntax={syntax}")
    assert (again["ETag"], body(again)) == (answer["ETag"], data)


def test_who_names_no_syntax_gets_the_usual_one(shelf: Shelf) -> None:
    told = parts(get(shelf, shelf.study, RELATED + '"application/dicom"'))
    assert [kind for kind, _ in told] == [f"application/dicom; transfer-syntax={LITTLE}"] * 2
    assert {str(pydicom.dcmread(io.BytesIO(data)).file_meta.TransferSyntaxUID) for _, data in told} == {LITTLE}
    alone = get(shelf, shelf.instance(1), "application/dicom")
    assert alone["Content-Type"] == f"application/dicom; transfer-syntax={LITTLE}"
    assert alone["Vary"].split(", ").count("Accept") == 1
    film = Header.objects.get(clip=shelf.clips[1])
    Header.objects.filter(pk=film.pk).update(transfer_syntax="1.2.840.10008.1.2.4.102")
    assert body(get(shelf, shelf.instance(1), "application/dicom")) == stored(shelf, 1), "of a film there is no other"
    film.save()


def test_several_syntaxes_are_given_as_stored_to_who_takes_any(shelf: Shelf) -> None:
    told = parts(get(shelf, shelf.study, RELATED + '"application/dicom"; transfer-syntax=*'))
    assert {kind for kind, _ in told} == {f"application/dicom; transfer-syntax={each}" for each in (LITTLE, JPEG)}
    only = get(shelf, shelf.study, RELATED + f'"application/dicom"; transfer-syntax={JPEG}')
    assert status(only) == 406, "the other one would lose something"


def test_frames_in_another_syntax(shelf: Shelf) -> None:
    samples = pixels(stored(shelf, 1))
    ((kind, native),) = parts(get(shelf, f"{shelf.instance(1)}/frames/2", RELATED + f'"{NATIVE}"'))
    assert kind == f"{NATIVE}; transfer-syntax={LITTLE}"
    assert np.abs(np.frombuffer(native, np.uint8).reshape(samples.shape[1:]).astype(int) - samples[1]).max() <= 2
    lossless = parts(get(shelf, f"{shelf.instance(0)}/frames/1,{SHORT}", RELATED + '"image/jpeg"'))
    assert [kind for kind, _ in lossless] == [f"image/jpeg; transfer-syntax={JPEG_LOSSLESS}"] * 2
    for syntax in LOSSLESS[1:]:
        answer = get(shelf, f"{shelf.instance(0)}/frames/1", CODED[syntax])
        assert answer["Content-Type"] == f"{CODED[syntax]}; transfer-syntax={syntax}"
    assert len(parts(get(shelf, f"{shelf.instance(0)}/bulkdata", RELATED + '"image/dicom-rle"'))) == SHORT
    whole = body(get(shelf, f"{shelf.instance(1)}/bulkdata", NATIVE))
    assert len(whole) == samples.size


def test_what_was_made_is_kept_and_goes_with_the_clip(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    for clip in shelf.clips:
        made.purge(clip.pk)
    address = f"{shelf.instance(0)}/frames/1/rendered?viewport=100,100"
    first = body(get(shelf, address, "image/png"))
    (only,) = kept(shelf)
    nothing = dataclasses.replace(settings.LIMITS, made_per_minute_token=0)
    monkeypatch.setattr(settings, "LIMITS", nothing)
    assert body(get(shelf, address, "image/png")) == first, "which needs nothing made"
    for other in (address.replace("frames/1", "frames/2"), f"{shelf.instance(0)}/rendered?quality=7"):
        refused = get(shelf, other, "image/jpeg")
        assert (refused.status_code, refused["Retry-After"] > "0") == (429, True)
    assert status(get(shelf, shelf.instance(1), f"application/dicom; transfer-syntax={RLE}")) == 429
    assert status(get(shelf, shelf.instance(1), f"application/dicom; transfer-syntax={JPEG}")) == 200
    assert status(shelf.reader.head(f"{shelf.instance(0)}/rendered?quality=7")) == 200
    assert kept(shelf) == [only]
    sweepers.remove_orphans()
    assert kept(shelf) == [only]
    stray = uuid.uuid4()
    made.folder(stray).parent.mkdir(exist_ok=True)
    made.folder(shelf.clips[0].pk).rename(made.folder(stray))  # as if of a clip that was withdrawn meanwhile
    sweepers.remove_orphans()
    assert not made.folder(stray).exists()


def test_a_header_that_is_missing_is_read_by_a_task(shelf: Shelf) -> None:
    """Of clips that came before headers were kept: nothing is parsed while the reader waits."""
    clip, cause = shelf.clips[0], f"headers/{shelf.clips[0].pk}"
    before = Header.objects.get(clip=clip)
    for repair in (lambda: tasks.describe_clip(str(clip.pk)), headers.fill_headers):
        cache.delete(cause)
        Header.objects.filter(clip=clip).update(sha256="0" * 64)
        late = get(shelf, f"{shelf.instance(0)}/metadata")
        assert (late.status_code, json.loads(late.content)["code"]) == (503, "unavailable")
        assert cache.get(cause), "the task was asked for"
        repair()
        assert status(get(shelf, f"{shelf.instance(0)}/metadata")) == 200
        after = Header.objects.get(clip=clip)
        assert (after.sha256, after.elements, after.pixels) == (before.sha256, before.elements, before.pixels)
    assert headers.fill_headers() == 0


@pytest.mark.parametrize("tool", TOOLS)
def test_tools_of_others_find_no_fault(shelf: Shelf, tmp_path: Path, tool: str) -> None:
    """dcmdump is DCMTK's, dciodvfy dicom3tools': each object as stored and in every other transfer syntax."""
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed (Debian: dcmtk, dicom3tools)")
    for number, syntax in itertools.product((0, 1), ("*", *LOSSLESS)):
        path = tmp_path / f"{number}.{syntax.replace('*', 'stored')}.dcm"
        path.write_bytes(body(get(shelf, shelf.instance(number), f"application/dicom; transfer-syntax={syntax}")))
        told = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
        faults = [line for line in (told.stdout + told.stderr).splitlines() if line.startswith(("Error", "E:", "F:"))]
        assert (told.returncode, faults) == (0, []), path.name
