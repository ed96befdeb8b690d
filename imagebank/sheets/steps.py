"""The steps of a version, from draft through consensus to published and on; the state table decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from imagebank.accounts.models import User
from imagebank.accounts.permissions import check
from imagebank.catalog.models import Tombstone
from imagebank.catalog.text import clean_text
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Invalid
from imagebank.core.states import transition

from .document import lacking
from .models import VERDICTS, SheetVersion, Vote
from .states import SHEET

FEWEST: Final = 2
"""Named experts who agreed and wrote no word of it; migration 0002 holds both numbers too."""
LEAST: Final = 75
"""Per cent of the experts who must agree."""
TOO_FEW: Final = _("At least %(n)s named experts who wrote none of it must agree; %(have)s did.")
DISSENT: Final = _("At least %(n)s %% of the experts must agree; it is %(have)s %%.")
EMPTY: Final = _("This is still empty.")


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the experts of the round said."""

    votes: tuple[Vote, ...]

    @property
    def agreed(self) -> int:
        return sum(vote.verdict == "agree" for vote in self.votes)

    @property
    def percent(self) -> int | None:
        """Of those who voted, rounded down; None before the first."""
        return 100 * self.agreed // len(self.votes) if self.votes else None


def consensus(version: SheetVersion) -> Consensus:
    """Of the last round; none of a draft that goes through its first, or through changes."""
    return Consensus(tuple(vote for vote in version.votes.all() if vote.round == version.round))


def ask(*, actor: Actor, version: SheetVersion) -> SheetVersion:
    """Put a draft before the experts: its words stand still, earlier votes count no more."""
    check(actor, "sheet.edit", version, see="sheet.see")
    SHEET.next(version.state, "ask")
    if missing := lacking(version.document):
        raise Invalid("incomplete", errors=dict.fromkeys(missing, gettext(EMPTY)))
    return transition(version, "ask", actor=actor, table=SHEET, changes={"round": version.round + 1})


@transaction.atomic
def vote(*, actor: Actor, version: SheetVersion, verdict: str, comment: str = "") -> Vote:
    """An expert agrees, or disagrees with a reason, under the own name; until it is published it may be changed."""
    check(actor, "sheet.judge", version, see="sheet.see")
    row = SheetVersion.objects.select_for_update().get(pk=version.pk)
    if row.state != "consensus":
        raise Conflict("wrong_state", f"This practice sheet is {row.state}: it cannot be judged now.")
    said = {"verdict": verdict, "comment": clean_text("comment", comment), "name": _name(actor)}
    if verdict not in VERDICTS:
        raise Invalid(errors={"verdict": gettext("Agree or disagree.")})
    if verdict == "disagree" and not said["comment"]:
        raise Invalid(errors={"comment": gettext("Say what you disagree with.")})
    found, _made = Vote.objects.update_or_create(
        version=row, round=row.round, expert_id=actor.known_id, defaults={**said, "voted_on": timezone.now().date()}
    )
    record(actor, verdict, row)
    return found


def give_back(*, actor: Actor, version: SheetVersion) -> SheetVersion:
    """To be changed: it is a draft again."""
    check(actor, "sheet.edit", version, see="sheet.see")
    return transition(version, "return", actor=actor, table=SHEET)


def drop(*, actor: Actor, version: SheetVersion) -> SheetVersion:
    """Throw a draft away; what was published before stays."""
    check(actor, "sheet.edit", version, see="sheet.see")
    return transition(version, "drop", actor=actor, table=SHEET)


@transaction.atomic
def publish(*, actor: Actor, version: SheetVersion) -> SheetVersion:
    """What the experts agreed on becomes what readers see; the one before is superseded and stays at its address."""
    check(actor, "sheet.publish", version, see="sheet.see")
    version = SheetVersion.objects.select_for_update().get(pk=version.pk)  # no vote comes between
    SHEET.next(version.state, "publish")
    if lacks := agreement_lacks(version):
        raise Invalid("incomplete", errors={"consensus": lacks})
    before = SheetVersion.objects.filter(indication=version.indication_id, state="published").first()
    if before:
        transition(before, "supersede", actor=actor, table=SHEET)
    return transition(version, "publish", actor=actor, table=SHEET, changes={"published_on": timezone.now().date()})


@transaction.atomic
def withdraw(*, actor: Actor, version: SheetVersion) -> SheetVersion:
    """Words that should never have been public: they go for good, the address says that they were withdrawn."""
    check(actor, "sheet.publish", version, see="sheet.see")
    row = transition(version, "withdraw", actor=actor, table=SHEET, changes={"document": {}})
    Tombstone.objects.get_or_create(
        object_id=row.pk, defaults={"object_type": "sheetversion", "reason": "wrong_content"}
    )
    for held in (row.edits, row.comments, row.proposals):
        held.all().delete()
    return row


STEPS: Final[dict[str, Callable[..., SheetVersion]]] = {
    "ask": ask,
    "return": give_back,
    "publish": publish,
    "drop": drop,
    "withdraw": withdraw,
}
"""Name in an address -> what it does."""


def agreement_lacks(version: SheetVersion) -> str:
    """What it lacks to be published, in a sentence; empty when nothing. Who wrote some of it is not counted."""
    authors = set(version.edits.values_list("author_id", flat=True))
    said = consensus(version)
    others = sum(one.verdict == "agree" and one.expert_id not in authors for one in said.votes)
    if others < FEWEST:
        return gettext(TOO_FEW) % {"n": FEWEST, "have": others}
    if (said.percent or 0) < LEAST:
        return gettext(DISSENT) % {"n": LEAST, "have": said.percent}
    return ""


def _name(actor: Actor) -> str:
    name = User.objects.values_list("name", flat=True).get(pk=actor.known_id).strip()
    if not name:
        raise Invalid(errors={"name": gettext("Put your name into your account first: experts are named.")})
    return name
