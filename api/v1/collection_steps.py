"""The editorial steps of a collection: one address each; the state table decides."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from imagebank.collections import steps
from imagebank.collections.models import Collection

from .collections import CollectionView
from .schemas.collections import CollectionStep


class Step(CollectionView):
    """Base: carries out the service of this name."""

    name: ClassVar[str]

    def post(self, request: Request, slug: str) -> Response:
        row = self.worked_on(slug)
        return self.once(lambda: self._carry_out(row))

    def _carry_out(self, row: Collection) -> Response:
        row = steps.STEPS[self.name](actor=self.actor, collection=row)
        told = {"slug": row.slug, "state": row.state, "version": row.revision, "live": row.live_revision}
        return Response(told)


def step(name: str, what: str) -> Any:
    """The description of a step."""
    described = extend_schema(
        operation_id=f"collections_{name}", description=what, request=None, responses=CollectionStep
    )
    return extend_schema_view(post=described)


@step("propose", "Ask the curators to publish the version in work; 422 names what is missing.")
class Propose(Step):
    name = "propose"


@step("recall", "Take a proposal back to work on it.")
class Recall(Step):
    name = "recall"


@step("return", "Give a proposal back for changes (curators, in a session); say which in the discussion.")
class GiveBack(Step):
    name = "return"


@step("publish", "Freeze the version in work under its number and show it (curators, in a session).")
class Publish(Step):
    name = "publish"


@step("revise", "Begin the next version as a copy of the last; readers go on seeing that one.")
class Revise(Step):
    name = "revise"


@step("drop", "Throw the version in work away; what was published before stays.")
class Drop(Step):
    name = "drop"


@step("retire", "Take it off the list; its versions are still read at their addresses (curators, in a session).")
class Retire(Step):
    name = "retire"


@step("restore", "Put a retired one on the list again (curators, in a session).")
class Restore(Step):
    name = "restore"


@step("withdraw", "Gone for good with all its versions and words (curators, in a session).")
class Withdraw(Step):
    name = "withdraw"


STEPS: Final = (Propose, Recall, GiveBack, Publish, Revise, Drop, Retire, Restore, Withdraw)
"""All of them, for the addresses."""
