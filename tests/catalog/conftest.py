"""Made-up published cases, written once for all tests of a module; such tests only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from deploy.benchmarks.made_cases import make_cases
from imagebank.catalog.models import PublicCase
from imagebank.vocabulary import selectors


@pytest.fixture(scope="module")
def bank(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[PublicCase]]:
    """Rows of the open audience."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_cases(400)
        transaction.set_rollback(True)
    selectors.forget()


@pytest.fixture
def scratch(bank: list[PublicCase]) -> Iterator[list[PublicCase]]:
    """The bank for a test that writes: what it wrote is taken back."""
    with transaction.atomic():
        yield bank
        transaction.set_rollback(True)
