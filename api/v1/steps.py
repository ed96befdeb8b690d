"""The editorial steps of a case."""

from __future__ import annotations

from typing import Any, Final

from api.stepping import Step, StepView
from imagebank.catalog import services
from imagebank.catalog.models import Case
from imagebank.review import services as review
from imagebank.review.withdrawal import withdraw

from .cases import CaseView
from .schemas.cases import ReviewInput, ReviseInput, StepShown, SuspendInput, WithdrawInput


class CaseStepView(StepView, CaseView):
    """Base of the addresses."""

    called = "case"
    answers = StepShown

    def found(self, **place: Any) -> Case:
        return self.case(place["pk"])

    def told(self, row: Case) -> dict[str, Any]:
        return {"id": row.pk, "state": row.state, "revision": row.revision}


STEPS: Final = (
    Step("submit", "Hand a draft to review; 422 names what is missing.", services.submit),
    Step("recall", "Undo a submission that nobody has taken up yet.", services.recall),
    Step("drop", "Throw a draft away; its clips can be used again.", services.drop),
    Step(
        "revise",
        "Begin the next revision of a published case as a draft (its author, stewards; curators in a session). Readers"
        " see the last published one until another person has read the next and a curator has published it.",
        services.revise,
        ReviseInput,
    ),
    Step("claim", "Take a submitted case to read it (reviewers, in a session).", review.claim),
    Step("release", "Give a claimed case back unread.", review.release),
    Step(
        "review",
        "A verdict of another expert (in a session). Nobody reviews own material.",
        review.review,
        ReviewInput,
    ),
    Step(
        "publish",
        "Schedule an accepted case; it goes public after the institution's delay (curators, in a session).",
        review.publish,
    ),
    Step(
        "suspend",
        "Hide a published case at once; reversible (in a session).",
        review.suspend,
        SuspendInput,
    ),
    Step("restore", "Show a suspended case again (curators, in a session).", review.restore),
    Step("withdraw", "Hidden at once and for good; the bytes go, a tombstone stays.", withdraw, WithdrawInput),
)
