"""What the home page says is waiting: of each role its own."""

from __future__ import annotations

from html import unescape

from django.test import Client

from imagebank.accounts import roles
from imagebank.accounts.tasks import hourly, minutely
from imagebank.core.actor import ANONYMOUS
from imagebank.review.services import review
from imagebank.web.waiting import waiting
from tests.factories import World, acting, session


def told(world: World, name: str) -> list[str]:
    return [sentence for sentence, _address in waiting(acting(getattr(world, name)))]


def test_each_role_is_told_what_waits_for_it(world: World) -> None:
    world.submitted(world.stored())
    world.accepted(world.stored())
    review(actor=acting(world.reviewer), case=world.submitted(world.stored()), verdict="changes", comment="Marker.")
    roles.ask(actor=acting(world.trainee), account=world.trainee, role="contributor", institution="south")
    assert told(world, "reviewer") == ["1 case to read"]
    assert told(world, "curator") == ["1 case to read", "1 case to publish"]
    assert told(world, "contributor") == ["A change is asked for in 1 case"]
    assert told(world, "stranger") == told(world, "admin") == ["1 person asks for a role"]
    assert told(world, "trainee") == told(world, "steward") == []
    assert waiting(ANONYMOUS) == []
    assert "1 case to publish" in unescape(session(world.curator).get("/").content.decode())
    assert "Waiting for you" not in Client().get("/").content.decode()


def test_the_sweepers_run_with_nothing_to_do(world: World) -> None:
    minutely()
    hourly()
