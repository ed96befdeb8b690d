"""kill -9 of the worker in the middle of an ingest, on both brokers: nothing lost, nothing twice."""

from __future__ import annotations

import time

import pytest

from anonymize.phantom.demo import DemoClip, demo_clips
from imagebank.catalog.models import Clip
from imagebank.core import stores
from imagebank.embedded.processes import Child
from imagebank.intake import sweepers
from imagebank.intake.models import Original
from tests.intake.conftest import World, written
from tests.serving import kill

SETTLED = ("awaiting_confirmation", "held", "refused", "failed")


def settled() -> int:
    return Original.objects.filter(state__in=SETTLED).count()


def wait_until_settled(count: int, seconds: float, *, repair: bool = True) -> None:
    """The beat's part is done here: the sweeper runs every few seconds."""
    deadline = time.monotonic() + seconds
    while settled() < count and time.monotonic() < deadline:
        if repair:
            sweepers.repair()
        time.sleep(1)
    assert settled() >= count, list(Original.objects.values_list("position", "state", "code"))


def ingest_under_fire(world: World, worker: Child, specs: list[DemoClip], kills: int, seconds: float) -> None:
    rows = world.give(*(written(spec) for spec in specs))
    step = max(1, len(specs) // (kills + 1))
    for number in range(kills):
        wait_until_settled(step * (number + 1), seconds, repair=False)
        kill(worker)
        worker.start()
    wait_until_settled(len(specs), seconds)
    assert {row.pk for row in rows} == set(Original.objects.values_list("pk", flat=True))
    ended = list(Original.objects.values_list("position", "state", "code"))
    clean = sum(state == "awaiting_confirmation" for _, state, _ in ended)
    assert {state for _, state, _ in ended} <= {"awaiting_confirmation", "held"}, ended
    assert clean >= 0.9 * len(specs), ended
    assert Clip.objects.count() == clean
    assert len(set(Clip.objects.values_list("sop_instance_uid", flat=True))) == clean
    folders = {path.name for path in stores.candidate.root.glob("*/*")}
    assert {str(pk) for pk in Clip.objects.values_list("pk", flat=True)} <= folders


def dicoms(count: int) -> list[DemoClip]:
    return [clip for clip in demo_clips() if clip.encoding != "mp4"][:count]


@pytest.mark.long
@pytest.mark.timeout(900)
def test_forty_clips_and_three_kills(world: World, worker: Child) -> None:
    ingest_under_fire(world, worker, dicoms(40), kills=3, seconds=600)
