"""Database fixtures of the tests that commit for real."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from imagebank.catalog.models import PublicCase

KEPT = ("vocabulary_", "django_", "core_cache")
"""Tables that stay between tests."""


@pytest.fixture(scope="session")
def vocabulary(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The vocabulary, loaded once for all tests that commit."""
    from imagebank.vocabulary.services import load

    with django_db_blocker.unblock():
        load()


@pytest.fixture
def bank_db(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Commits are real; afterwards every table but the vocabulary is emptied, which is much faster than loading it."""
    with django_db_blocker.unblock():
        yield
        empty_tables()


@pytest.fixture
def reading(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The vocabulary alone, for tests that change nothing: nothing needs to be emptied afterwards."""
    from django.core.cache import cache

    with django_db_blocker.unblock():
        cache.clear()
        yield


def empty_tables() -> None:
    from django.db import connection

    tables = [name for name in connection.introspection.table_names() if not name.startswith(KEPT)]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(connection.ops.quote_name(name) for name in tables)} CASCADE")


def made_bank(blocker: DjangoDbBlocker, count: int) -> Iterator[list[PublicCase]]:
    """So many made-up published cases of the open audience for all tests of a module, which only read them."""
    from deploy.benchmarks.made_cases import make_cases
    from imagebank.vocabulary import selectors

    with blocker.unblock(), transaction.atomic():
        yield make_cases(count)
        transaction.set_rollback(True)
    selectors.forget()
