"""A loaded vocabulary."""

from __future__ import annotations

import pytest

from imagebank.vocabulary import selectors
from imagebank.vocabulary.services import Loaded, load
from imagebank.vocabulary.tables import Tables, read_tables


@pytest.fixture(scope="session")
def tables() -> Tables:
    """The packaged tables."""
    return read_tables()


@pytest.fixture
def loaded(db: None) -> Loaded:
    """The packaged tables in the test's database; nothing remembered from another test."""
    selectors.forget()
    return load()
