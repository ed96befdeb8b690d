"""Made-up published cases for the pages, and one case that went through the real pipeline."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from deploy.benchmarks.made_cases import make_cases
from imagebank.catalog.models import Case, PublicCase
from imagebank.vocabulary import selectors
from tests.api.conftest import world
from tests.catalog.conftest import scratch
from tests.factories import World, specimens, written

__all__ = ["bank", "scratch", "world"]


@pytest.fixture(scope="module")
def bank(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[PublicCase]]:
    """Sixty cases without pictures; tests only read them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_cases(60)
        transaction.set_rollback(True)
    selectors.forget()


@pytest.fixture
def published(world: World) -> Case:
    """A case with a clip that plays."""
    return world.published(world.clip(written(specimens()[0])))
