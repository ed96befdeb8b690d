"""People and cases made through the services, once for a module; what a test writes is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from imagebank.catalog.search import index
from imagebank.core.models import Node
from imagebank.intake import sweepers
from imagebank.vocabulary import selectors
from tests.factories import World, make_world


@pytest.fixture(scope="module")
def people(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One of everybody; all is undone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        cache.clear()
        Node.current()
        sweepers.renew_keys()
        yield make_world()
        transaction.set_rollback(True)
    selectors.forget()
    index.forget()


@pytest.fixture
def world(people: World) -> Iterator[World]:
    """For a test that writes."""
    with transaction.atomic():
        yield people
        transaction.set_rollback(True)
    index.forget()


def at_once() -> None:
    """Rules that are checked at the end of a transaction are checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
