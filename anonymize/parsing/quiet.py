"""Strangers' headers break every rule of their value representations: pydicom must neither warn nor raise for that."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom import config


@contextmanager
def quiet() -> Iterator[None]:
    """Read values without pydicom's validation and warnings. Not safe across threads: for job children and tests."""
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield
