"""The editorial steps of a collection."""

from __future__ import annotations

from typing import Any, Final

from api.stepping import Step, StepView
from imagebank.collections.models import Collection
from imagebank.collections.steps import STEPS as SERVICES

from .collections import CollectionView
from .schemas.collections import CollectionStep


class CollectionStepView(StepView, CollectionView):
    """Base of the addresses."""

    called = "collection"
    answers = CollectionStep

    def found(self, **place: Any) -> Collection:
        return self.worked_on(place["slug"])

    def told(self, row: Collection) -> dict[str, Any]:
        return {"slug": row.slug, "state": row.state, "version": row.revision, "live": row.live_revision}


WHAT: Final = {
    "propose": "Ask the curators to publish the version in work; 422 names what is missing.",
    "recall": "Take a proposal back to work on it.",
    "return": "Give a proposal back for changes (curators, in a session); say which in the discussion.",
    "publish": "Freeze the version in work under its number and show it (curators, in a session).",
    "revise": "Begin the next version as a copy of the last; readers go on seeing that one.",
    "drop": "Throw the version in work away; what was published before stays.",
    "retire": "Take it off the list; its versions are still read at their addresses (curators, in a session).",
    "restore": "Put a retired one on the list again (curators, in a session).",
    "withdraw": "Gone for good with all its versions and words (curators, in a session).",
}
STEPS: Final = tuple(Step(name, WHAT[name], act) for name, act in SERVICES.items())
