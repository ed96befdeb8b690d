"""Tagging by indication on one screen: a draft is made when the question is chosen and saved at every answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from imagebank.accounts.middleware import actor_of
from imagebank.catalog import services
from imagebank.catalog.models import Case
from imagebank.catalog.states import EDITABLE
from imagebank.core.actor import Actor
from imagebank.core.errors import BankError, Invalid
from imagebank.intake import desk
from imagebank.intake.services import DEFAULTS, set_defaults
from imagebank.review.selectors import last_word
from imagebank.vocabulary.models import Indication
from imagebank.vocabulary.selectors import labels

from ..errors import page
from ..language import reader_language
from ..pages.history import steps
from ..pages.marks import KINDS
from . import offering, sharing
from .answers import Errors, save
from .cases import case_row
from .giving import contributor_of, waiting_groups
from .marking import BLANK, stored_rows, typed_rows
from .telling import notes
from .words import CASE, MISSING, Words, in_words

FIELDS: Final = {
    "settings": "setting", "age_bands": "age_band", "sexes": "sex", "bmi_classes": "bmi", "methods": "confirmed",
    "certainties": "certainty", "sides": "laterality",
}  # fmt: skip

BATCH: Final = {"indication": "indication_id"}
"""Default of a deposit -> what holds it in a case, where it is called otherwise."""
NAMES: Final[dict[str, Words]] = {
    "title": gettext_lazy("Title"), "vignette": gettext_lazy("Story"), "credit": gettext_lazy("Credit"),
    "language": gettext_lazy("Language"), "confirmed": gettext_lazy("How it was confirmed"),
    "interval": gettext_lazy("Days between scan and confirmation"), "age_band": gettext_lazy("Age"),
    "sex": gettext_lazy("Sex"), "bmi_class": gettext_lazy("Body mass index"), "setting": gettext_lazy("Place of care"),
    "indication": gettext_lazy("Clinical question"), "clips": gettext_lazy("View"), "view": gettext_lazy("View"),
    "findings": gettext_lazy("Findings"), "marks": gettext_lazy("Marks"), "label": gettext_lazy("Marks"),
}  # fmt: skip
"""What each field is called on the page."""


@dataclass(slots=True)
class Said:
    """A case, and what a form sent to it could not do."""

    case: Case
    refused: Errors = field(default_factory=dict)
    """Fields that were not saved; "" when nothing was."""
    missing: list[str] = field(default_factory=list)
    """What it lacks to be handed in, in words."""

    @property
    def errors(self) -> list[str]:
        """Sentences for the head of the page."""
        return [*(gettext(text) for text in self.refused.values()), *self.missing]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_case(request: HttpRequest) -> HttpResponse:
    """`/contribute/case/new/?clips=…`: choose clips of one patient and the question."""
    actor, lang, errors = contributor_of(request), reader_language(request), {}
    chosen = [part for text in request.GET.getlist("clips") + request.POST.getlist("clips") for part in text.split(",")]
    if request.method == "POST":
        try:
            return redirect("web:tag", _make(request, _ids(chosen)).pk)
        except BankError as error:
            errors = dict(zip(error.errors or [""], in_words(error), strict=True))
    context = {
        "groups": waiting_groups(actor, lang),
        "several": "same_patient" in errors,
        "chosen": chosen,
        "indications": offering.indications(lang),
        "errors": errors.values(),
        "indication": request.POST.get("indication", ""),
    }
    return render(request, "contribute/new_case.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def tag(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """`/contribute/case/{id}/`: everything that is asked of a case; `act=submit` hands it in."""
    contributor_of(request)
    said = Said(case_row(actor_of(request), case_id))
    if request.method == "POST":
        if sharing.overtaken(request, said.case):
            return redirect(f"{reverse('web:tag', args=[case_id])}?overtaken=1")
        said = _saved(request, said.case)
        if said.case.state not in EDITABLE and not said.errors:
            messages.success(request, _("Handed in. A second expert will read it; you can still take it back."))
            return _onward(request, said.case)
        if request.POST.get("act") == "batch" and not said.refused:
            return _spread(request, said.case)
    return render(request, "contribute/tag.html", _context(request, said), status=422 if said.errors else 200)


def _batch(request: HttpRequest, case: Case) -> Any:
    """The deposit that the clips of a case came in, if any."""
    return desk.batch_of(actor_of(request), case.clips.values_list("pk", flat=True))


def _onward(request: HttpRequest, case: Case) -> HttpResponse:
    """To the deposit while clips of it wait that begin with the same answers, else to the case."""
    batch = _batch(request, case)
    if batch and batch.defaults and desk.waiting_in(actor_of(request), batch.pk):
        return redirect("web:deposit", batch.pk)
    return redirect("web:tag", case.pk)


def _spread(request: HttpRequest, case: Case) -> HttpResponse:
    """The other cases of the deposit begin with what this one says; what a file told is true of its patient alone."""
    if batch := _batch(request, case):
        told = desk.proposed(case.clips.values_list("pk", flat=True))
        said = {name: getattr(case, BATCH.get(name, name)) for name in DEFAULTS if name not in told}
        set_defaults(actor=actor_of(request), deposit=batch, defaults=said)
        messages.success(
            request, _("The other cases of this deposit begin with these answers; change them in any case.")
        )
    return redirect("web:tag", case.pk)


def _ids(chosen: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in dict.fromkeys(filter(None, chosen))]
    except ValueError:
        raise Invalid(errors={"clips": _("Choose at least one clip.")}) from None


def _patients(actor: Actor, clip_ids: list[uuid.UUID]) -> int:
    """How many patients these clips are of, as far as their files told."""
    chosen = {str(pk) for pk in clip_ids}
    return sum(any(clip["id"] in chosen for clip in group.clips) for group in desk.free_clips(actor))


def _make(request: HttpRequest, clip_ids: list[uuid.UUID]) -> Case:
    """A draft with what is known: what was chosen once for the deposit, age band and sex that the files told."""
    if not clip_ids:
        raise Invalid(errors={"clips": _("Choose at least one clip.")})
    if _patients(actor_of(request), clip_ids) > 1 and request.POST.get("same_patient") != "yes":
        raise Invalid(errors={"same_patient": _("These clips may be of different patients. Is it one and the same?")})
    if not request.POST.get("indication"):
        raise Invalid(errors={"indication": _("Choose the clinical question.")})
    data: dict[str, Any] = {}
    if batch := desk.batch_of(actor_of(request), clip_ids):
        data = {"setting": batch.setting} if batch.setting else {}
        data |= batch.defaults
    data |= {"indication": request.POST["indication"], **desk.proposed(clip_ids)}
    data["clips"] = [{"id": str(pk)} for pk in clip_ids]
    return services.create_case(actor=actor_of(request), data=data)


def _saved(request: HttpRequest, row: Case) -> Said:
    """Every valid answer is saved; handed in when that was asked and none was refused."""
    actor = actor_of(request)
    try:
        row, refused = save(actor=actor, case=row, said=request.POST)
    except BankError as error:
        return Said(row, {name: str(text) for name, text in error.errors.items()} or {"": error.title})
    if refused or request.POST.get("act") != "submit":
        return Said(row, refused)
    try:
        return Said(services.submit(actor=actor, case=row))
    except BankError as error:
        return Said(row, missing=in_words(error))


def _typed(request: HttpRequest, said: Said, lang: str) -> dict[str, Any]:
    """What stands in the fields: as typed when some of it was refused, else as stored."""
    row = said.case
    language = request.POST.get("language") or next(iter(row.title), lang)
    stored = {
        "title": row.title.get(language, ""), "vignette": row.vignette.get(language, ""), "credit": row.credit,
        "method": row.confirmed_method, "certainty": row.confirmed_certainty,
        "interval": "" if row.confirmed_interval_days is None else str(row.confirmed_interval_days),
    }  # fmt: skip
    shown = {name: request.POST.get(name, "") for name in stored} if said.refused else stored
    return {**shown, "language": language}


def _put_marks(clips: list[dict[str, Any]], request: HttpRequest, said: Said, language: str) -> None:
    """Each clip gets its rows of marks: as typed when they were refused, else as stored."""
    refused, stored = {"marks", "label"} & said.refused.keys(), stored_rows(said.case, language)
    for clip in clips:
        clip["marks"] = typed_rows(request.POST, clip["id"]) if refused else stored.get(clip["id"], [])
        clip["blank"] = BLANK


def _context(request: HttpRequest, said: Said) -> dict[str, Any]:
    lang = reader_language(request)
    row = said.case = Case.objects.select_related("indication", "institution", "author").get(pk=said.case.pk)
    clips, groups = offering.clips(row, lang), offering.groups(row, lang)
    missing = services.missing_for_publication(row)
    told = desk.proposed([uuid.UUID(clip["id"]) for clip in clips])
    typed = _typed(request, said, lang)
    _put_marks(clips, request, said, typed["language"])
    return {
        "case": row,
        "mark_kinds": KINDS.items(),
        "words": CASE[row.state],
        "authors": sharing.sharing(actor_of(request), row),
        "overtaken": "overtaken" in request.GET,
        "editable": row.state in EDITABLE,
        "later": row.live_revision is not None and row.live_revision != row.revision,
        "comment": last_word(row) if row.state in ("changes_requested", "refused") else None,
        "clips": clips,
        "groups": groups,
        "errors": said.errors,
        "wrong": {name: gettext(text) for name, text in said.refused.items()},
        "unsaved": [NAMES.get(name, name) for name in said.refused if name],
        "handing_in_failed": bool(said.missing),
        "typed": typed,
        "contradictions": offering.contradictions(groups),
        "missing": [MISSING[name] for name in missing],
        "withheld": notes(row, lang),
        "steps": steps(row.pk, actor_of(request), lang),
        "question": Indication.objects.get(pk=row.indication_id).clinical_question_en,
        "indications": offering.indications(lang),
        "all_findings": offering.all_findings(lang),
        "batch": _batch(request, row),
        "from_file": [name for name in told if getattr(row, name) == told[name]],
        **{name: labels(kind, lang).items() for name, kind in FIELDS.items()},
    }
