"""A world of people, and cases to collect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from imagebank.catalog.models import Case, PublicCase
from imagebank.collections import services, steps
from imagebank.collections.models import Collection
from tests.api.conftest import world
from tests.bank import made_bank
from tests.catalog.conftest import scratch
from tests.factories import World, acting

__all__ = ["scratch", "world"]
TITLE = {"en": "Effusions", "de": "Ergüsse"}
DESCRIPTION = {"en": "From trace to massive."}


@pytest.fixture(scope="module")
def bank(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[PublicCase]]:
    yield from made_bank(django_db_blocker, 300)


def data_for(*cases: Case, **changes: Any) -> dict[str, Any]:
    """What makes a collection of these cases."""
    items = [{"case": case.pk} for case in cases]
    return {"title": TITLE, "description": DESCRIPTION, "items": items, **changes}


def published_collection(world: World, *cases: Case, **changes: Any) -> Collection:
    """Made and published by the curator."""
    curator = acting(world.curator)
    return steps.publish(actor=curator, collection=services.create(actor=curator, data=data_for(*cases, **changes)))
