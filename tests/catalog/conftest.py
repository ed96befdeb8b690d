"""Made-up published cases, written once for all tests of a module; such tests only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from imagebank.catalog.models import PublicCase
from tests.bank import made_bank


@pytest.fixture(scope="module")
def bank(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[PublicCase]]:
    yield from made_bank(django_db_blocker, 400)


@pytest.fixture
def scratch(bank: list[PublicCase]) -> Iterator[list[PublicCase]]:
    """The bank for a test that writes: what it wrote is taken back."""
    with transaction.atomic():
        yield bank
        transaction.set_rollback(True)
