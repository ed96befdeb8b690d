"""A slice of `deploy.benchmarks.openapi`: no answer of 5xx, none but as the OpenAPI document describes it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from imagebank.core.models import Node
from imagebank.intake import sweepers
from tests.factories import World, bearer, make_token, make_world, session
from tests.matrix.world import Matrix, matrix  # noqa: F401 - a fixture

from .openapi import Found, operations, try_operation

SHARE = 5
"""Every so manieth operation is asked in the usual run."""


@pytest.fixture
def few(bank_db: None) -> Matrix:
    """Three callers, a published case and a draft."""
    cache.clear()
    Node.current()
    sweepers.renew_keys()
    world: World = make_world()
    callers = {
        "anonymous": Client(),
        "contributor": session(world.contributor),
        "service": bearer(make_token(world.service, "read", "deposit", "withdraw")),
    }
    published, draft = world.published(world.stored()), world.draft(world.stored())
    ids = {"published": str(published.pk), "draft": str(draft.pk), "clip-free": str(world.stored().pk)}
    return Matrix(callers, {**ids, "clip-published": str(published.clips.get().pk), "deposit": ids["draft"]})


def test_a_share_of_the_operations(few: Matrix) -> None:
    found = Found()
    for operation in operations()[::SHARE]:
        try_operation(operation, few, found, examples=2, number=1)
    assert found.asked.total() > 20 and not found.faults, found.faults


@pytest.mark.long
def test_every_operation(matrix: Matrix) -> None:  # noqa: F811
    found = Found()
    for operation in operations():
        try_operation(operation, matrix, found, examples=10, number=2)
    assert len(found.asked) == len(operations()) and not found.faults, found.faults
