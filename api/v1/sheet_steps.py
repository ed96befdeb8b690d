"""The steps of a practice sheet, what experts say of it, and what becomes of proposals."""

from __future__ import annotations

import uuid
from typing import Any, Final

from api.stepping import Step, StepView
from imagebank.sheets import describing, selectors, services
from imagebank.sheets.models import Proposal, SheetVersion
from imagebank.sheets.steps import STEPS as SERVICES
from imagebank.sheets.steps import vote

from .schemas.sheets import SheetStep, VoteInput


class SheetStepView(StepView):
    """Of the version in work."""

    called = "version"
    answers = SheetStep

    def found(self, **place: Any) -> SheetVersion:
        return selectors.in_work(place["indication"], self.actor)

    def told(self, row: Any) -> dict[str, Any]:
        return {
            "indication": row.indication_id,
            "version": row.number,
            "state": row.state,
            "consensus": describing.agreement(row),
        }


class SheetVersionStepView(SheetStepView):
    """Of a version by its number."""

    def found(self, **place: Any) -> SheetVersion:
        return selectors.version(place["indication"], place["number"], self.actor)


class SheetProposalView(SheetStepView):
    """Of a proposal; tells where its version stands."""

    called = "proposal"

    def found(self, **place: Any) -> Proposal:  # type: ignore[override]
        return selectors.proposal(self.actor, uuid.UUID(str(place["pk"])))

    def told(self, row: Any) -> dict[str, Any]:
        return super().told(row.version)


STEPS: Final = (
    Step("ask", "Put the draft before the experts: its words stand still (curators, in a session).", SERVICES["ask"]),
    Step("return", "Take it back to draft; experts are asked anew afterwards (curators).", SERVICES["return"]),
    Step(
        "publish",
        "Show it to readers (curators). 422 until two named experts who wrote none of it, and 75 % of all, agree.",
        SERVICES["publish"],
    ),
    Step("drop", "Throw the draft away; what was published before stays (curators).", SERVICES["drop"]),
    Step("vote", "Agree or disagree under your name (reviewers and curators, in a session).", vote, VoteInput),
)
OF_A_VERSION: Final = (
    Step("withdraw", "Words that should never have been public go for good (curators).", SERVICES["withdraw"]),
)
OF_A_PROPOSAL: Final = (
    Step("accept", "Take the change over, under the name of who proposed it (curators).", services.accept),
    Step("decline", "Say no to it (curators).", services.decline),
    Step("recall", "Take one's own proposal back.", services.recall),
)
