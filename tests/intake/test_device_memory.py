"""A mask that a person drew and approved is remembered for the device, inside the institution."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from pydicom.uid import UID

from anonymize.policy import Rectangle
from imagebank.intake import memory, pipeline, services
from imagebank.intake.acceptance import confirm
from imagebank.intake.models import DeviceMask, Original
from tests.api.conftest import world
from tests.factories import World, acting, specimens, written

__all__ = ["world"]
KEEP = [[90, 60, 560, 450]]
SOURCE = written(specimens()[0])


def doubtful(seed: int) -> bytes:
    """A film of the same device each time, of a shape that the program does not vouch for."""
    dataset = pydicom.dcmread(io.BytesIO(SOURCE))
    frames, rows, columns = int(dataset.NumberOfFrames), dataset.Rows, dataset.Columns
    arms = np.zeros((rows, columns), bool)
    arms[80:440, 280:360] = arms[220:300, 100:550] = arms[80:140, 100:300] = True
    pixels = np.zeros((frames, rows, columns, 3), np.uint8)
    pixels[:, arms] = np.random.default_rng(seed).integers(30, 220, (frames, int(arms.sum()), 1))
    dataset.PixelData = pixels.tobytes()
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(f"2.25.{seed}")
    file = io.BytesIO()
    dataset.save_as(file)
    return file.getvalue()


def given(world: World, data: bytes) -> Original:
    row = world.original(data)
    pipeline.process(row.pk)
    row.refresh_from_db()
    return row


@pytest.fixture
def approved(world: World) -> Original:
    """A file that was held, masked by a person and confirmed."""
    person = acting(world.contributor)
    row = given(world, doubtful(1))
    assert row.code == "held.uncertain_picture"
    services.mask(actor=person, original=row, keep=KEEP, blank=[])
    pipeline.process(row.pk)
    row.refresh_from_db()
    return confirm(actor=person, original=row)


def test_it_is_remembered_by_device_and_institution(world: World, approved: Original) -> None:
    facts = (approved.report or {})["facts"]
    (mask,) = memory.recalled(world.north.pk)
    assert (mask.maker, mask.model) == (facts["maker"], facts["model"])
    assert (mask.rows, mask.columns, mask.approvals) == (facts["rows"], facts["columns"], 1)
    assert mask.mask.keep == (Rectangle(*KEEP[0]),)
    assert memory.recalled(world.south.pk) == ()


def test_the_next_file_of_the_device_is_cleaned_by_it_until_asked_afresh(world: World, approved: Original) -> None:
    person = acting(world.contributor)
    row = given(world, doubtful(2))
    (drawn,) = (row.report or {})["masks"]
    assert (row.state, drawn["source"], drawn["keep"]) == ("awaiting_confirmation", "remembered", KEEP)
    services.retry(actor=person, original=row, afresh=True)
    pipeline.process(row.pk)
    row.refresh_from_db()
    assert row.code == "held.uncertain_picture"
    other = given(world, doubtful(3))
    confirm(actor=person, original=other)
    assert DeviceMask.objects.get().approvals == 2
