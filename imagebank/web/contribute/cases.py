"""One's own cases: where they stand, undoing a submission, throwing a draft away, withdrawing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import allowed
from imagebank.catalog import services
from imagebank.catalog.models import Case
from imagebank.catalog.projection import clip_document
from imagebank.catalog.search.present import clip_json, in_language
from imagebank.catalog.selectors import refuse_withdrawn
from imagebank.catalog.states import EDITABLE
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Missing
from imagebank.review import withdrawal
from imagebank.review.selectors import last_word

from ..errors import page
from .words import CASE, State, in_words

ENDED: Final = ("dropped", "withdrawn")
NEWEST: Final = 100
ACTS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "recall": ("case.edit", services.recall),
    "drop": ("case.edit", services.drop),
    "revise": ("case.revise", services.revise),
    "withdraw": ("case.edit", withdrawal.withdraw),
}
"""Act -> the permission that lets the case be found, and the service."""
REASONED: Final = ("revise", "withdraw")


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case in its author's list."""

    id: uuid.UUID
    name: str
    indication: str
    state: str
    words: State
    clip: dict[str, Any] | None
    clips: int
    comment: str
    synthetic: bool
    published: bool
    """Readers see this or a former revision, or saw it until it was hidden."""
    mine: bool
    """Not only shared with the person."""

    @property
    def editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def can_withdraw(self) -> bool:
        """From handing in on; a draft that was never published is thrown away instead. By others than co-authors."""
        return self.mine and (self.published or self.state not in ("draft", *ENDED))


def own_cases(actor: Actor, lang: str) -> list[OwnCase]:
    """Cases that the actor may change, the latest change of state first; ended ones are left out."""
    rows = allowed(actor, "case.edit", Case.objects.exclude(state__in=ENDED)).select_related("indication")
    rows = rows.prefetch_related("clips__renditions").order_by("-state_since")[:NEWEST]
    mine = allowed(actor, "case.drop", Case.objects.filter(pk__in=[row.pk for row in rows]))
    held = set(mine.values_list("pk", flat=True))
    return [_own(row, lang, mine=row.pk in held) for row in rows]


def case_row(actor: Actor, case_id: uuid.UUID, permission: str = "case.edit") -> Case:
    """A case to work on; Gone when it was withdrawn, Missing when it is not there or hidden."""
    refuse_withdrawn(case_id)
    rows = Case.objects.select_related("institution", "rights", "indication")
    row = allowed(actor, permission, rows).filter(pk=case_id).first()
    if row is None:
        raise Missing()
    return row


@require_POST
@page
def step(request: HttpRequest, case_id: uuid.UUID, act: str) -> HttpResponse:
    """Recall, drop, revise or withdraw; then back to where the person was."""
    if act not in ACTS:
        raise Missing()
    permission, service = ACTS[act]
    row = case_row(actor_of(request), case_id, permission)
    said = {"reason": request.POST.get("reason", "")} if act in REASONED else {}
    try:
        service(actor=actor_of(request), case=row, **said)
    except BankError as error:
        for sentence in in_words(error):
            messages.error(request, sentence)
    else:
        messages.success(request, _told(act))
    if act == "revise" and not _may_edit(actor_of(request), case_id):
        return redirect("web:case", case_id)
    return redirect("web:tag", case_id) if act in ("recall", "revise") else redirect("web:contribute")


def _may_edit(actor: Actor, case_id: uuid.UUID) -> bool:
    return allowed(actor, "case.edit", Case.objects.filter(pk=case_id)).exists()


def _told(act: str) -> str:
    return {
        "recall": _("It is a draft again."),
        "revise": _("The next revision is a draft now. Readers see the last published one until it is out."),
        "drop": _("The draft is thrown away; its clips can be used again."),
        "withdraw": _("The case is withdrawn: it is hidden now, and its clips are destroyed."),
    }[act]


def _own(row: Case, lang: str, *, mine: bool) -> OwnCase:
    clips = sorted(row.clips.all(), key=lambda clip: clip.position)
    word = last_word(row) if row.state in ("changes_requested", "refused") else None
    label = row.indication.label(lang)
    return OwnCase(
        id=row.pk,
        name=in_language(row.title, lang) or label,
        indication=label,
        state=row.state,
        words=CASE[row.state],
        clip=clip_json(clip_document(clips[0]), lang) if clips else None,
        clips=len(clips),
        comment=word.comment if word else "",
        synthetic=row.synthetic,
        published=row.live_revision is not None,
        mine=mine,
    )
