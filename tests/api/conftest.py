"""A world of people, and a file of the phantom."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from anonymize.phantom.demo import DemoClip
from imagebank.core.models import Node
from imagebank.intake import sweepers
from tests.factories import World, make_world, specimens, written


@pytest.fixture
def world(bank_db: None) -> World:
    cache.clear()
    Node.current()
    sweepers.renew_keys()
    return make_world()


@pytest.fixture(scope="session")
def spec() -> DemoClip:
    return specimens()[0]


@pytest.fixture(scope="session")
def dicom(spec: DemoClip) -> bytes:
    return written(spec)
