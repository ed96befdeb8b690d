"""Tagging by indication on one screen: a draft is made when the question is chosen and saved at every answer."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from imagebank.accounts.middleware import actor_of
from imagebank.catalog import services
from imagebank.catalog.models import Case
from imagebank.catalog.search.present import clip_json
from imagebank.catalog.states import EDITABLE
from imagebank.core.errors import BankError, Invalid
from imagebank.intake import desk
from imagebank.review.selectors import last_word
from imagebank.vocabulary.models import Indication
from imagebank.vocabulary.selectors import labels

from ..errors import page
from ..language import reader_language
from . import offering
from .answers import answers
from .cases import case_row
from .giving import contributor_of
from .words import CASE, MISSING, in_words

FIELDS: Final = {
    "settings": "setting", "age_bands": "age_band", "sexes": "sex", "bmi_classes": "bmi", "methods": "confirmed",
    "certainties": "certainty", "sides": "laterality",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_case(request: HttpRequest) -> HttpResponse:
    """`/contribute/case/new/?clips=…`: choose clips of one patient and the question."""
    actor, lang, errors = contributor_of(request), reader_language(request), []
    chosen = [part for text in request.GET.getlist("clips") + request.POST.getlist("clips") for part in text.split(",")]
    if request.method == "POST":
        try:
            return redirect("web:tag", _make(request, _ids(chosen)).pk)
        except BankError as error:
            errors = in_words(error)
    groups = [
        {"group": group, "clips": [clip_json(clip, lang) for clip in group.clips]} for group in desk.free_clips(actor)
    ]
    context = {"groups": groups, "chosen": chosen, "indications": offering.indications(lang), "errors": errors,
               "indication": request.POST.get("indication", "")}  # fmt: skip
    return render(request, "contribute/new_case.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def tag(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """`/contribute/case/{id}/`: everything that is asked of a case; `act=submit` hands it in."""
    contributor_of(request)
    row, errors = case_row(actor_of(request), case_id), []
    if request.method == "POST":
        try:
            row = _save(request, row)
        except BankError as error:
            errors = in_words(error)
        else:
            if row.state not in EDITABLE:
                messages.success(request, _("Handed in. A second expert will read it; you can still take it back."))
                return redirect("web:tag", case_id)
    return render(request, "contribute/tag.html", _context(request, row, errors), status=422 if errors else 200)


def _ids(chosen: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in dict.fromkeys(filter(None, chosen))]
    except ValueError:
        raise Invalid(errors={"clips": _("Choose at least one clip.")}) from None


def _make(request: HttpRequest, clip_ids: list[uuid.UUID]) -> Case:
    """A draft with what is known: place of care of the batch, age band and sex that the files told."""
    if not clip_ids:
        raise Invalid(errors={"clips": _("Choose at least one clip.")})
    if not request.POST.get("indication"):
        raise Invalid(errors={"indication": _("Choose the clinical question.")})
    data: dict[str, Any] = {"indication": request.POST["indication"], **desk.proposed(clip_ids)}
    if setting := desk.setting_of(clip_ids):
        data["setting"] = setting
    data["clips"] = [{"id": str(pk)} for pk in clip_ids]
    return services.create_case(actor=actor_of(request), data=data)


def _save(request: HttpRequest, row: Case) -> Case:
    actor = actor_of(request)
    row = services.change_case(actor=actor, case=row, data=answers(request.POST, row))
    return services.submit(actor=actor, case=row) if request.POST.get("act") == "submit" else row


def _context(request: HttpRequest, row: Case, errors: list[str]) -> dict[str, Any]:
    lang = reader_language(request)
    row = Case.objects.select_related("indication").get(pk=row.pk)
    clips, groups = offering.clips(row, lang), offering.groups(row, lang)
    missing = services.missing_for_publication(row)
    told = desk.proposed([uuid.UUID(clip["id"]) for clip in clips])
    language = request.POST.get("language") or next(iter(row.title), lang)
    return {
        "case": row,
        "words": CASE[row.state],
        "editable": row.state in EDITABLE,
        "comment": last_word(row) if row.state in ("changes_requested", "refused") else None,
        "clips": clips,
        "groups": groups,
        "errors": errors,
        "contradictions": offering.contradictions(groups),
        "missing": [MISSING[name] for name in missing],
        "question": Indication.objects.get(pk=row.indication_id).clinical_question_en,
        "indications": offering.indications(lang),
        "all_findings": offering.all_findings(lang),
        "from_file": [name for name in told if getattr(row, name) == told[name]],
        "text_language": language,
        "title": row.title.get(language, ""),
        "vignette": row.vignette.get(language, ""),
        **{name: labels(kind, lang).items() for name, kind in FIELDS.items()},
    }
