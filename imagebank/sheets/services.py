"""Beginning, changing, proposing and discussing sheets; the steps to publication stand in steps.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from imagebank.accounts.permissions import check, require_signed_in
from imagebank.catalog.gaps import gaps
from imagebank.catalog.models import Clip
from imagebank.catalog.names import repeats_name
from imagebank.catalog.text import clean_text, said_words
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Denied, Invalid
from imagebank.core.revisions import keep
from imagebank.core.states import transition
from imagebank.vocabulary.models import Indication

from .document import cases_of, cleaned, texts_of
from .models import Comment, Edit, Proposal, SheetVersion
from .states import IN_WORK, PROPOSAL

SAY_WHY: Final = _("Say why.")
NAMED: Final = _(
    "This may identify a patient: it holds a name that stood in a file of a case shown here. Please rephrase."
)
NOT_SEEN: Final = _("A case is not published, or not for you.")
MOVED_ON: Final = _("The text has changed since this was proposed. Take over by hand what still fits.")
BUSY: Final = _("A version is in work already.")


@transaction.atomic
def begin(*, actor: Actor, indication: Indication, data: Mapping[str, Any] | None = None) -> SheetVersion:
    """The next version, a copy of the last one that was published, with `data` over it; curators."""
    require_signed_in(actor)
    if not (actor.is_person and "curator" in actor.roles):
        raise Denied()
    versions = SheetVersion.objects.filter(indication=indication)
    last = versions.order_by("-number").first()
    base = versions.filter(state="published").first()
    held = (base.document if base else {}) | cleaned(indication.pk, data or {})
    document = held or {"title": {"en": indication.label_en}, "question": {"en": indication.clinical_question_en}}
    try:
        with transaction.atomic():
            row = SheetVersion.objects.create(
                indication=indication, number=last.number + 1 if last else 1, document=document
            )
    except IntegrityError:
        raise Conflict("wrong_state", BUSY) from None
    _refuse_names(document)
    keep(Edit.objects.filter(version=row), actor, document, version=row)
    record(actor, "create", row, action="C")
    return row


@transaction.atomic
def change(*, actor: Actor, version: SheetVersion, data: Mapping[str, Any], reason: str = "") -> SheetVersion:
    """Change the fields that `data` holds; curators, while it is a draft."""
    check(actor, "sheet.edit", version, see="sheet.see")
    row = _draft(version)
    _write(actor, row, _with(actor, row, data), actor, clean_text("reason", reason))
    return row


@transaction.atomic
def propose(*, actor: Actor, version: SheetVersion, data: Mapping[str, Any], reason: str) -> Proposal:
    """Ask for a change of a draft, with a reason; whoever has an account."""
    check(actor, "sheet.discuss", version, see="sheet.see")
    row = _draft(version)
    why = clean_text("reason", reason)
    if not why:
        raise Invalid(errors={"reason": gettext(SAY_WHY)})
    after = _with(actor, row, data)
    if after == row.document:
        raise Invalid(errors={"reason": gettext("Nothing was changed.")})
    proposal = Proposal.objects.create(
        version=row, author_id=actor.known_id, reason=why, before=row.document, after=after
    )
    record(actor, "propose", proposal, action="C")
    return proposal


@transaction.atomic
def accept(*, actor: Actor, proposal: Proposal) -> SheetVersion:
    """Take a proposal over; it stands in the history under the name of who proposed it."""
    check(actor, "sheet.edit", proposal.version, see="sheet.see")
    row = _draft(proposal.version)
    proposal = transition(proposal, "accept", actor=actor, table=PROPOSAL)
    changed = {name for name in proposal.after if proposal.after[name] != proposal.before.get(name)}
    if any(row.document.get(name) != proposal.before.get(name) for name in changed):
        raise Conflict("conflict", MOVED_ON)
    document = row.document | {name: proposal.after[name] for name in changed}
    _write(actor, row, document, Actor(user_id=proposal.author_id), proposal.reason)
    return row


def decline(*, actor: Actor, proposal: Proposal) -> Proposal:
    """Say no to a proposal; why stands in the discussion."""
    check(actor, "sheet.edit", proposal.version, see="sheet.see")
    return transition(proposal, "decline", actor=actor, table=PROPOSAL)


def recall(*, actor: Actor, proposal: Proposal) -> Proposal:
    """Take one's own proposal back."""
    check(actor, "sheet.discuss", proposal.version, see="sheet.see")
    if proposal.author_id != actor.user_id:
        raise Denied()
    return transition(proposal, "recall", actor=actor, table=PROPOSAL)


@transaction.atomic
def comment(*, actor: Actor, version: SheetVersion, text: str) -> Comment:
    """A word in the discussion of a version."""
    check(actor, "sheet.discuss", version, see="sheet.see")
    said = said_words(text)
    row = Comment.objects.create(version=version, author_id=actor.known_id, text=said)
    record(actor, "comment", version)
    return row


# --- pieces


def _draft(version: SheetVersion) -> SheetVersion:
    """The locked row; Conflict while experts judge it, and afterwards."""
    row = SheetVersion.objects.select_for_update().get(pk=version.pk)
    if row.state != IN_WORK[0]:
        raise Conflict("wrong_state", f"This practice sheet is {row.state}: it cannot be changed now.")
    return row


def _with(actor: Actor, row: SheetVersion, data: Mapping[str, Any]) -> dict[str, Any]:
    """The document with `data` over it. A case that stands there may stay although the actor no longer sees it."""
    document: dict[str, Any] = row.document | cleaned(row.indication_id, data)
    new = set(cases_of(document)) - set(cases_of(row.document))
    if new and gaps(new, actor):
        raise Invalid(errors={"findings": gettext(NOT_SEEN)})
    _refuse_names(document)
    return document


def _write(actor: Actor, row: SheetVersion, document: dict[str, Any], author: Actor, reason: str) -> None:
    row.document = document
    row.save(update_fields=["document"])
    keep(row.edits.all(), author, document, reason=reason, version=row)
    record(actor, "change", row)


def _refuse_names(document: Mapping[str, Any]) -> None:
    """Invalid when a text repeats a name that stood in a file of a chosen case (privacy.md 12)."""
    clips = Clip.objects.filter(case__in=cases_of(document)).exclude(name_keys=[])
    told = [text for _name, _place, texts in texts_of(document) for text in texts.values()]
    if repeats_name(clips, " ".join([*told, *document.get("sources", [])])):
        raise Invalid(errors={"text": gettext(NAMED)})
