"""Made-up published cases for the pages, and one case that went through the real pipeline."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from pytest_django import DjangoDbBlocker

from deploy.benchmarks.made_cases import make_cases
from imagebank.catalog.models import Case, PublicCase
from imagebank.core.models import Node
from imagebank.intake import sweepers
from imagebank.vocabulary import selectors
from tests.factories import World, make_world, specimens, written


@pytest.fixture(scope="module")
def bank(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[PublicCase]]:
    """Sixty cases without pictures; tests only read them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_cases(60)
        transaction.set_rollback(True)
    selectors.forget()


@pytest.fixture
def scratch(bank: list[PublicCase]) -> Iterator[list[PublicCase]]:
    """The cases for a test that writes: what it wrote is taken back."""
    with transaction.atomic():
        yield bank
        transaction.set_rollback(True)


@pytest.fixture
def world(bank_db: None) -> World:
    cache.clear()
    Node.current()
    sweepers.renew_keys()
    return make_world()


@pytest.fixture
def published(world: World) -> Case:
    """A case with a clip that plays."""
    return world.published(world.clip(written(specimens()[0])))
