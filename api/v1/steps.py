"""The editorial steps of a case: one address each; the state table decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from imagebank.catalog import services
from imagebank.catalog.models import Case
from imagebank.review import services as review
from imagebank.review import withdrawal

from .cases import CaseView
from .schemas import Shape
from .schemas.cases import ReviewInput, StepShown, SuspendInput, WithdrawInput


class Step(CaseView):
    """Base: carries out `act` with what the body says in `shape`."""

    act: ClassVar[Callable[..., Any]]
    shape: ClassVar[type[Shape] | None] = None

    def post(self, request: Request, pk: uuid.UUID) -> Response:
        self.require_account()
        row = self.case(pk)
        said = self.shape.of(request.data) if self.shape else {}
        return self.once(lambda: self._carry_out(row, said))

    def _carry_out(self, row: Case, said: dict[str, Any]) -> Response:
        self.act(actor=self.actor, case=row, **said)
        row.refresh_from_db()
        return Response({"id": row.pk, "state": row.state, "revision": row.revision})


def step(name: str, what: str, shape: type[Shape] | None = None) -> Any:
    """The description of a step."""
    described = extend_schema(operation_id=f"cases_{name}", description=what, request=shape, responses=StepShown)
    return extend_schema_view(post=described)


@step("submit", "Hand a draft to review; 422 names what is missing.")
class Submit(Step):
    act = staticmethod(services.submit)


@step("recall", "Undo a submission that nobody has taken up yet.")
class Recall(Step):
    act = staticmethod(services.recall)


@step("drop", "Throw a draft away; its clips can be used again.")
class Drop(Step):
    act = staticmethod(services.drop)


@step("claim", "Take a submitted case to read it (reviewers, in a session).")
class Claim(Step):
    act = staticmethod(review.claim)


@step("release", "Give a claimed case back unread.")
class Release(Step):
    act = staticmethod(review.release)


@step("review", "A verdict of another expert (in a session). Nobody reviews own material.", ReviewInput)
class Review(Step):
    act = staticmethod(review.review)
    shape = ReviewInput


@step("publish", "Schedule an accepted case; it goes public after the institution's delay (curators, in a session).")
class Publish(Step):
    act = staticmethod(review.publish)


@step("suspend", "Hide a published case at once; reversible (in a session).", SuspendInput)
class Suspend(Step):
    act = staticmethod(review.suspend)
    shape = SuspendInput


@step("restore", "Show a suspended case again (curators, in a session).")
class Restore(Step):
    act = staticmethod(review.restore)


@step("withdraw", "Hidden at once and for good; the bytes go, a tombstone stays.", WithdrawInput)
class Withdraw(Step):
    act = staticmethod(withdrawal.withdraw)
    shape = WithdrawInput
