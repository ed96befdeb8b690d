"""One deposit: each file with its state; the one to look at stands on the stage with the question."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.catalog.rights import DEFAULTS
from imagebank.catalog.search.present import clip_json
from imagebank.core.errors import BankError, Invalid, Missing
from imagebank.intake import desk, services, uploads
from imagebank.intake.acceptance import confirm
from imagebank.intake.desk import FileShown, UploadShown
from imagebank.vocabulary.selectors import labels

from ..errors import page
from ..language import reader_language
from .giving import contributor_of, waiting_groups
from .words import ARRIVING, FILE, in_words, next_step, picture_words, removed

LOOK = ("awaiting_confirmation", "held", "failed")
"""States that bring a file onto the stage, in this order."""
ACTS = ("answer", "mask", "discard", "retry", "afresh")


@require_safe
@page
def deposit(request: HttpRequest, deposit_id: uuid.UUID) -> HttpResponse:
    """`/contribute/{deposit}/`; `?file=3` chooses the file on the stage."""
    actor, lang = contributor_of(request), reader_language(request)
    shown = desk.deposit(actor, deposit_id)
    on_stage = _on_stage(shown.files, request.GET.get("file", ""))
    context = {
        "deposit": shown,
        "rows": sorted((*map(_row, shown.files), *map(_arriving, shown.arriving)), key=lambda row: row["number"]),
        "file": _staged(on_stage, lang) if on_stage else None,
        "groups": [group for group in waiting_groups(actor, lang) if group.deposit == shown.id],
        "licence_label": labels("licence", lang).get(shown.licence, shown.licence),
        "licences": labels("licence", lang).items(),
        "consents": labels("consent_kind", lang).items(),
        "defaults": DEFAULTS,
        "for_all": [
            labels(kind, lang).get(value, value) for kind in services.DEFAULTS if (value := shown.defaults.get(kind))
        ],
    }
    return render(request, "contribute/deposit.html", context)


@require_POST
@page
def decide(request: HttpRequest, original_id: uuid.UUID, act: str) -> HttpResponse:
    """Confirm, hold, mask, discard or clean a file again; then the next one that waits."""
    if act not in ACTS:
        raise Missing()
    row = desk.original_row(contributor_of(request), original_id)
    try:
        _carry_out(request, row, act)
    except BankError as error:
        for sentence in in_words(error):
            messages.error(request, sentence)
    else:
        if act == "answer":
            return _onward(request, row.deposit_id)
    return redirect("web:deposit", row.deposit_id)


def _onward(request: HttpRequest, deposit_id: uuid.UUID) -> HttpResponse:
    """To the question, once every file is looked at and the clips are of one patient; else to the deposit."""
    actor = actor_of(request)
    shown = desk.deposit(actor, deposit_id)
    if shown.waiting or shown.working or shown.arriving or shown.defaults:
        return redirect("web:deposit", deposit_id)
    groups = [group for group in desk.free_clips(actor) if group.deposit == deposit_id]
    if len(groups) != 1:
        return redirect("web:deposit", deposit_id)
    clips = ",".join(str(clip["id"]) for clip in groups[0].clips)
    return redirect(f"{reverse('web:new-case')}?{urlencode({'clips': clips})}")


@require_POST
@page
def attest(request: HttpRequest, deposit_id: uuid.UUID) -> HttpResponse:
    """A person attests the rights of a machine's deposit."""
    row = desk.deposit_row(contributor_of(request), deposit_id)
    rights = {name: request.POST[name] for name in ("licence", "consent_kind") if request.POST.get(name)}
    try:
        if request.POST.get("attest") != "yes":
            raise Invalid(errors={"attest": _("Please attest the rights first.")})
        services.attest(actor=actor_of(request), deposit=row, rights=rights)
    except BankError as error:
        for sentence in in_words(error):
            messages.error(request, sentence)
    return redirect("web:deposit", deposit_id)


@require_POST
@page
def forget_defaults(request: HttpRequest, deposit_id: uuid.UUID) -> HttpResponse:
    """New cases of the deposit begin without the answers that were chosen for all of them."""
    actor = contributor_of(request)
    services.set_defaults(actor=actor, deposit=desk.deposit_row(actor, deposit_id), defaults={})
    return redirect("web:deposit", deposit_id)


@require_POST
@page
def end_upload(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Give an unfinished upload up; what came of it is destroyed."""
    actor = contributor_of(request)
    upload = uploads.own_upload(actor, upload_id)
    uploads.end(upload, actor=actor)
    return redirect("web:deposit", upload.deposit_id)


def _carry_out(request: HttpRequest, row: Any, act: str) -> None:
    actor = actor_of(request)
    if act == "answer":
        seen = request.POST.get("seen")
        if seen not in ("yes", "no"):
            raise Invalid(errors={"seen": _("Answer the question with yes or no.")})
        confirm(actor=actor, original=row, visible_features=seen == "yes")
    elif act == "mask":
        boxes = {name: _boxes(request.POST.get(name, "")) for name in ("keep", "blank")}
        services.mask(actor=actor, original=row, keep=boxes["keep"], blank=boxes["blank"])
    elif act == "discard":
        services.discard(actor=actor, original=row)
    else:
        services.retry(actor=actor, original=row, afresh=act == "afresh")


def _boxes(text: str) -> list[list[int]]:
    """Boxes as JSON, [[left, top, right, bottom], ...]; Invalid for anything else."""
    try:
        boxes = json.loads(text or "[]")
    except (ValueError, RecursionError):
        boxes = None
    whole = isinstance(boxes, list) and all(isinstance(box, list) and len(box) == 4 for box in boxes)
    if not whole or not all(type(edge) is int for box in boxes for edge in box):
        raise Invalid(errors={"mask": _("A box is four whole numbers: left, top, right, bottom.")})
    return boxes


def _on_stage(files: Sequence[FileShown], asked: str) -> FileShown | None:
    """The file that was asked for, else the first that waits for a person."""
    chosen = next((file for file in files if str(file.number) == asked), None)
    waiting = (file for state in LOOK for file in files if file.state == state)
    return chosen or next(waiting, None)


def _arriving(upload: UploadShown) -> dict[str, Any]:
    """A file of which bytes are missing, among the others."""
    return {"number": upload.number, "upload": upload, "words": ARRIVING, "next": ARRIVING.next}


def _row(file: FileShown) -> dict[str, Any]:
    return {"number": file.number, "file": file, "words": FILE[file.state], "next": next_step(file.state, file.code)}


def _staged(file: FileShown, lang: str) -> dict[str, Any]:
    return {
        **_row(file),
        "clip": clip_json(file.clip, lang) if file.clip else None,
        "removed": removed(dict(file.removed)),
        "picture": picture_words(file.kept_share, file.blanked),
        "keep": json.dumps(file.keep),
        "may_mask": file.state in ("held", "awaiting_confirmation") and file.has_preview,
        "may_retry": file.state == "failed",
        "may_afresh": file.state in ("held", "awaiting_confirmation") and file.drawn,
        "may_discard": file.state in ("awaiting_confirmation", "held", "failed", "received"),
    }
