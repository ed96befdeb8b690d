"""The keys of an institution that has ended, destroyed at its order: no others take their place."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from imagebank.core import keys
from imagebank.core.models import AuditEvent
from imagebank.intake.models import Original
from tests.intake.conftest import World

USER = "contributor@north.example"


def order(world: World) -> None:
    call_command("destroy_keys", world.institution.slug, "--user", USER, "--yes")


def test_keys_are_destroyed_once_all_has_ended(world: World) -> None:
    before = keys.derive(world.institution.pk, "uid")
    with pytest.raises(CommandError, match="not ended"):
        order(world)
    waiting = world.give(b"something that waits")[0]
    world.institution.state = "ended"
    world.institution.save()
    Original.objects.filter(pk=waiting.pk).update(sealed=True, state="held", code="held.no_picture")
    with pytest.raises(CommandError, match="quarantine"):
        order(world)
    assert keys.derive(world.institution.pk, "uid") == before
    Original.objects.all().update(sealed=False, state="discarded")
    with pytest.raises(CommandError, match="--yes"):
        call_command("destroy_keys", world.institution.slug, "--user", USER)
    order(world)
    with pytest.raises(RuntimeError):
        keys.derive(world.institution.pk, "uid")
    order(world)
    assert AuditEvent.objects.filter(event="destroy_keys", object_id=world.institution.pk).count() == 2
