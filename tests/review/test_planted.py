"""Planted cases: made by the real cleaner, faulty on purpose, told right after the verdict, never published."""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from pydicom import dcmread

from anonymize.phantom.demo import demo_clips, patients
from anonymize.phantom.planted import burnt_in
from imagebank.catalog.models import Case
from imagebank.core.models import AuditEvent
from imagebank.review import figures, planting, selectors
from imagebank.review.models import Planted
from tests.factories import World, acting, session, specimens, written

CHECKED = {"check-text": "yes", "check-person": "yes", "check-content": "yes"}


def test_a_name_is_burnt_into_every_frame_and_nothing_else_changes() -> None:
    before = written(next(spec for spec in specimens() if spec.encoding == "rgb"))
    after = burnt_in(before, next(iter(patients().values())), seed=3)
    was, now = (dcmread(io.BytesIO(data)).pixel_array for data in (before, after))
    changed = (was != now).any(axis=-1)
    assert changed.any(axis=(1, 2)).all()
    assert changed.mean() < 0.02
    assert np.array_equal(now[~changed], was[~changed])


@pytest.mark.long
def test_in_the_queue_it_is_a_case_like_any_other_and_its_reader_is_told(world: World) -> None:
    planted = planting.plant("name")
    case, client = planted.case, session(world.reviewer)
    assert case.state == "submitted"
    assert [row.pk for row in selectors.queue(acting(world.reviewer))] == [case.pk]
    client.post(f"/review/{case.pk}/claim/")
    page = client.get(f"/review/{case.pk}/").content.decode()
    clip = case.clips.get()
    assert f"/api/v1/clips/{clip.pk}/playback.mp4" in page
    assert client.head(f"/api/v1/clips/{clip.pk}/playback.mp4").status_code == 200
    assert "planted" not in page.lower()
    assert "node.invalid" not in page
    told = client.post(f"/review/{case.pk}/", {"act": "accept", **CHECKED}, follow=True).content.decode()
    assert "a made-up name stood in its picture" in told
    assert "So far you noticed 0 of 1." in told
    case.refresh_from_db()
    assert case.state == "refused"
    assert "0 of 1" in client.get("/review/figures/").content.decode()


def test_a_wrong_finding_is_noticed_by_asking_for_a_change(world: World) -> None:
    case, client = world.submitted(world.stored()), session(world.reviewer)
    Planted.objects.create(case=case, fault="tag", next_after=1)
    client.post(f"/review/{case.pk}/claim/")
    said = {"act": "changes", "comment": "There is no such thing."}
    told = client.post(f"/review/{case.pk}/", said, follow=True).content.decode()
    assert "with a wrong finding: you noticed it" in told
    assert figures.own(acting(world.reviewer)).caught == 1
    for public in ({"state": "accepted"}, {"live_revision": 1}):
        with pytest.raises(IntegrityError, match="never accepted or published"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**public)


@pytest.mark.long
def test_a_wrong_finding_is_the_contrary_of_what_the_phantom_shows(world: World) -> None:
    case = planting.plant("tag").case
    said = {found.term_id: found.presence for found in case.findings.all()}
    truths = [dict(spec.findings) for spec in demo_clips() if spec.title == case.title]
    wrong = [{term for term in said if said[term] != truth.get(term)} for truth in truths]
    assert 1 in map(len, wrong)


def test_one_comes_after_so_many_cases(world: World, settings) -> None:
    assert not planting.due()
    settings.REVIEW_PLANTED_SHARE = 0.5
    world.submitted(world.stored())
    assert not planting.due()
    case = world.submitted(world.stored())
    assert planting.due()
    Planted.objects.create(case=case, fault="tag", next_after=1)
    assert not planting.due()
    world.submitted(world.stored())
    assert planting.due()
    assert AuditEvent.objects.filter(event="submit").count() == 3
