"""A world of people with experts, and the drafts of the product."""

from __future__ import annotations

from typing import Any

import pytest

from imagebank.accounts.models import User
from imagebank.sheets import services, steps
from imagebank.sheets.loading import load_drafts
from imagebank.sheets.models import SheetVersion
from imagebank.vocabulary.models import Indication, IndicationView
from tests.api.conftest import world
from tests.factories import World, acting, make_person

__all__ = ["world"]
SLUG = "pleural-effusion-suspected"
"""The indication of the cases that tests make."""
DRAFT: dict[str, Any] = {
    "title": {"en": "Fluid in the chest"},
    "question": {"en": "Is there fluid?", "da": "Er der væske?"},
    "when_to_scan": [{"text": {"en": "Dull to percussion", "da": "Dæmpet bankelyd"}}, {"text": {"en": "Breathless"}}],
    "when_not_to_scan": [{"text": {"en": "Tension pneumothorax: decompress first"}}],
    "findings": [
        {"finding": "pleural-effusion-simple", "text": {"en": "Dark above the diaphragm"}},
        {"finding": "lung-consolidation", "text": {"en": "Tissue pattern"}},
    ],
    "pitfalls": [{"finding": None, "text": {"en": "The spleen"}}],
    "changes_management": [{"text": {"en": "Drain it"}}],
    "sources": ["Volpicelli 2012"],
}


@pytest.fixture
def drafts(world: World) -> int:
    return load_drafts()


@pytest.fixture
def experts(world: World) -> list[User]:
    return [world.reviewer, make_person("second", role="reviewer"), make_person("third", role="curator")]


def written_sheet(world: World, slug: str = SLUG, **changes: Any) -> SheetVersion:
    """A draft of the curator's."""
    offered = IndicationView.objects.filter(indication=slug).order_by("position").values_list("view_id", flat=True)
    data = DRAFT | {"views": list(offered[:2])} | changes
    return services.begin(actor=acting(world.curator), indication=indication(slug), data=data)


def published(world: World, experts: list[User], slug: str = SLUG, **changes: Any) -> SheetVersion:
    """Written by the curator, agreed on by two experts, published."""
    return agreed(world, experts, written_sheet(world, slug, **changes))


def agreed(world: World, experts: list[User], row: SheetVersion) -> SheetVersion:
    curator = acting(world.curator)
    row = steps.ask(actor=curator, version=row)
    for expert in experts[:2]:
        steps.vote(actor=acting(expert), version=row, verdict="agree")
    return steps.publish(actor=curator, version=row)


def indication(slug: str) -> Indication:
    return Indication.objects.get(pk=slug)
