"""After a withdrawal: nothing typed is left, a patient's no lasts, and rights that have ended end the case."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from imagebank.catalog.models import Case, Rights
from imagebank.core.errors import Invalid
from imagebank.intake import pipeline
from imagebank.review import withdrawal
from imagebank.review.services import publish, review
from tests.api.conftest import world
from tests.factories import World, acting, specimens, written

__all__ = ["world"]


def test_what_was_typed_goes_too(world: World) -> None:
    case = world.published(world.stored())
    withdrawal.withdraw(actor=acting(world.contributor), case=case, reason="privacy")
    row = Case.objects.get()
    assert (row.title, row.vignette, row.management_note, row.credit) == ({}, {}, {}, "")


@pytest.mark.parametrize(("reason", "code"), [("patient_request", "refused.patient_declined"), ("other", "clean")])
def test_a_patients_no_lasts(world: World, reason: str, code: str) -> None:
    first = specimens()[0]
    case = world.published(world.clip(written(first)))
    withdrawal.withdraw(actor=acting(world.contributor), case=case, reason=reason)
    again = world.original(written(replace(first, id="another-film", seed=977)))
    pipeline.process(again.pk)
    again.refresh_from_db()
    assert again.code == code


def test_rights_that_have_ended_end_the_case(world: World) -> None:
    kept, ending = world.published(world.stored()), world.published(world.stored())
    assert withdrawal.withdraw_expired() == 0
    Rights.objects.filter(pk=ending.clips.get().rights_id).update(expires_on=yesterday())
    assert withdrawal.withdraw_expired() == 1
    assert {row.pk: row.state for row in Case.objects.all()} == {kept.pk: "published", ending.pk: "withdrawn"}


@pytest.mark.parametrize(
    "rights", [{"regions": ["JP"]}, {"uses": ["research"]}, {"expires_on": "2020-01-01"}], ids=lambda r: next(iter(r))
)
def test_what_may_not_be_shown_here_cannot_be_handed_in(world: World, rights: dict[str, object]) -> None:
    clip = world.stored(rights=rights)
    with pytest.raises(Invalid) as refusal:
        world.submitted(clip)
    assert list(refusal.value.errors) == ["rights_in_force"]


def test_rights_are_looked_at_again_at_publication(world: World) -> None:
    case = world.submitted(world.stored())
    review(actor=acting(world.reviewer), case=case, verdict="accept")
    Rights.objects.update(expires_on=yesterday())
    case.refresh_from_db()
    with pytest.raises(Invalid):
        publish(actor=acting(world.curator), case=case)


def yesterday() -> dt.date:
    return timezone.now().date() - dt.timedelta(days=1)
