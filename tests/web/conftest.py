"""Made-up published cases for the pages, and one case that went through the real pipeline."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from imagebank.catalog.models import Case, PublicCase
from tests.api.conftest import world
from tests.bank import made_bank
from tests.catalog.conftest import scratch
from tests.factories import World, specimens, written

__all__ = ["bank", "scratch", "world"]


@pytest.fixture(scope="module")
def bank(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[PublicCase]]:
    yield from made_bank(django_db_blocker, 60)


@pytest.fixture
def published(world: World) -> Case:
    """A case with a clip that plays."""
    return world.published(world.clip(written(specimens()[0])))
