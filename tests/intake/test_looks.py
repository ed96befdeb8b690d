"""A clip without a look gets one from its clean object, and its public case with it."""

from __future__ import annotations

import pytest

from imagebank.catalog.models import Clip, Look, PublicCase
from imagebank.catalog.projection import keep_look
from imagebank.intake.looks import fill_looks
from imagebank.review.withdrawal import withdraw

from .conftest import World
from .test_pipeline import accepted, published


@pytest.fixture
def clip(world: World, dicom: bytes) -> Clip:
    return accepted(world, dicom)


def test_a_look_that_is_missing_is_made_again(world: World, clip: Clip) -> None:
    case = published(world, clip)
    made = Look.objects.get(clip=clip).vector
    shown = PublicCase.objects.get(case=case).true_look
    assert any(made)
    assert shown
    Look.objects.all().delete()
    PublicCase.objects.update(true_look=0)
    assert fill_looks() == 1
    assert Look.objects.get(clip=clip).vector == made
    assert PublicCase.objects.get(case=case).true_look == shown
    assert fill_looks() == 0


def test_one_whose_object_is_broken_gets_none_and_stops_nothing(world: World, clip: Clip) -> None:
    Look.objects.all().delete()
    clip.renditions.filter(role="dicom").update(sha256="0" * 64)
    assert fill_looks() == 0


def test_a_clip_that_was_withdrawn_meanwhile_gets_none(world: World, clip: Clip) -> None:
    case = published(world, clip)
    withdraw(actor=world.contributor, case=case)
    keep_look(clip, [1] * 128)
    assert not Look.objects.exists()
