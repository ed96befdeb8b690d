"""The page of a term: what it means, how it is called, how it hangs together, what the bank shows of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.permissions import require_signed_in
from imagebank.catalog.search.examples import Wanted, examples, how_many
from imagebank.catalog.search.present import case_json
from imagebank.catalog.text import clean_text
from imagebank.core.actor import Actor
from imagebank.core.errors import Invalid, Missing
from imagebank.vocabulary import discussing
from imagebank.vocabulary.models import FindingTerm, Indication, View
from imagebank.vocabulary.publishing import CODED, SCHEMES, definition_of, synonyms_of
from imagebank.vocabulary.selectors import labels, licence_clauses
from imagebank.vocabulary.tables import LANGUAGES

from ..contribute.words import in_words
from ..errors import page
from ..language import reader_language
from ..presenting import card
from . import words
from .links import collections_showing, sheets_naming

EXAMPLES: Final = 4
SEED: Final = "vocabulary"
FACET: Final = {"findings": "finding", "indications": "indication", "views": "view"}
PRESENCES: Final = ("finding", "finding_absent", "finding_uncertain")
ROLES: Final = ("target-abnormal", "expected-normal", "mimic", "pitfall")
NEEDS: Final = ("core", "one-of", "optional")


@require_safe
@page
def term(request: HttpRequest, scheme: str, slug: str) -> HttpResponse:
    """`/vocabulary/{table}/{slug}/`: for ever, also when the term is retired."""
    row = _row(scheme, slug)
    return render(request, "vocabulary/term.html", _context(row, scheme, actor_of(request), reader_language(request)))


@require_POST
@page
def comment(request: HttpRequest, scheme: str, slug: str) -> HttpResponse:
    """`/vocabulary/{table}/{slug}/comment/`"""
    actor, row = actor_of(request), _row(scheme, slug)
    require_signed_in(actor)
    text = request.POST.get("text", "")
    try:
        discussing.comment(actor=actor, scheme=scheme, slug=slug, text=clean_text("comment", text))
    except Invalid as error:
        context = _context(row, scheme, actor, reader_language(request))
        return render(request, "vocabulary/term.html", {**context, "typed": text, "wrong": in_words(error)}, status=422)
    messages.success(request, _("Said. Those with an account can read it."))
    return redirect("web:term", scheme, slug)


def _row(scheme: str, slug: str) -> Any:
    row = SCHEMES[scheme].model.objects.filter(pk=slug).first() if scheme in SCHEMES else None
    if row is None:
        raise Missing()
    return row


def _context(row: Any, scheme: str, actor: Actor, lang: str) -> dict[str, Any]:
    return {
        "row": row,
        "slug": str(row.pk),
        "scheme": scheme,
        "scheme_name": words.SCHEMES[scheme],
        "label": row.label(lang),
        "place": words.PLACES.get(getattr(row, "body_region", "") or getattr(row, "body_system", ""), ""),
        "definition": definition_of(row, SCHEMES[scheme]),
        "definition_name": words.DEFINITION.get(scheme, _("Definition")),
        "names": _names(row, scheme),
        "facts": list(_facts(row, lang)),
        "code": _code(row),
        "successor": _successor(row, scheme, lang),
        "clauses": licence_clauses(row.pk, lang) if scheme == "licences" else [],
        "history": list(discussing.history(scheme, str(row.pk))),
        "comments": [] if actor.is_anonymous else discussing.comments(scheme, str(row.pk)),
        "sheets": sheets_naming(scheme, str(row.pk), lang),
        **_relations(row, lang),
        **(_shown(row, scheme, actor, lang) if scheme in FACET else {}),
    }


def _names(row: Any, scheme: str) -> list[dict[str, Any]]:
    """Of each language the label and what people type."""
    typed: dict[str, list[str]] = defaultdict(list)
    for lang, text in synonyms_of(scheme).get(str(row.pk), []) if scheme in CODED else []:
        typed[lang].append(text)
    return [{"language": lang, "label": row.label(lang), "synonyms": typed[lang]} for lang in LANGUAGES]


def _facts(row: Any, lang: str) -> Iterator[tuple[Any, Any]]:
    if isinstance(row, FindingTerm):
        yield _("Kind"), labels("polarity", lang)[row.polarity]
        yield _("Threat"), labels("threat", lang)[row.threat]
        levels = [labels("scale_level", lang)[level] for level in row.severity_scale.levels]
        yield from [(_("Severity"), ", ".join(levels))] if levels else []
    if isinstance(row, Indication):
        yield _("Priority"), labels("priority", lang)[row.priority]
        yield _("Setting"), ", ".join(setting.label(lang) for setting in row.settings.all())
    if isinstance(row, View):
        yield _("Usual probes"), ", ".join(probe.label(lang) for probe in row.probes.all())
    if disclosure := getattr(row, "disclosure", ""):
        yield _("What is told of its cases"), words.DISCLOSURE[disclosure]


def _code(row: Any) -> dict[str, Any] | None:
    """The code with what it says and how it relates; None where the table has no codes at all."""
    if not hasattr(row, "code"):
        return None
    names = {"SCT": "SNOMED CT", "DCM": "DICOM"}
    return {
        "system": names.get(row.code_system, row.code_system),
        "code": row.code,
        "meaning": getattr(row, "code_meaning", ""),
        "relation": words.RELATION.get(getattr(row, "code_relation", ""), ""),
        "verified": getattr(row, "code_verified", bool(row.code)),
        "groups": getattr(row, "dicom_cids", []),
    }


def _successor(row: Any, scheme: str, lang: str) -> Mapping[str, str] | None:
    slug = getattr(row, "successor", "")
    return {"slug": slug, "label": SCHEMES[scheme].model.objects.get(pk=slug).label(lang)} if slug else None


def _relations(row: Any, lang: str) -> dict[str, Any]:
    """Lists of {scheme, slug, label} under their headings, empty ones left out."""
    if isinstance(row, FindingTerm):
        lists = _of_finding(row, lang)
    elif isinstance(row, Indication):
        lists = _of_indication(row, lang)
    elif isinstance(row, View):
        lists = _of_view(row, lang)
    else:
        lists = []
    return {"relations": [(name, terms) for name, terms in lists if terms]}


def _of_finding(row: FindingTerm, lang: str) -> list[tuple[Any, Any]]:
    links = row.indication_links.filter(retired=False).select_related("indication")
    return [
        (_("A kind of"), _terms("findings", [row.broader] if row.broader else [], lang)),
        (_("Its kinds"), _terms("findings", row.narrower.all(), lang)),
        (_("Cannot be present beside it"), _terms("findings", row.excludes.all(), lang)),
        *_by(links, "role", ROLES, lambda link: link.indication, "indications", lang, _("Indications: %(role)s")),
        (_("Seen in"), _terms("views", row.views.all(), lang)),
    ]


def _of_indication(row: Indication, lang: str) -> list[tuple[Any, Any]]:
    findings = row.finding_links.filter(retired=False).select_related("finding")
    views = row.view_links.filter(retired=False).select_related("view")
    return [
        *_by(findings, "role", ROLES, lambda link: link.finding, "findings", lang, _("Findings: %(role)s")),
        *_by(views, "need", NEEDS, lambda link: link.view, "views", lang, _("Views: %(role)s")),
    ]


def _of_view(row: View, lang: str) -> list[tuple[Any, Any]]:
    links = row.indication_links.filter(retired=False).select_related("indication")
    return [
        (_("Indications"), _terms("indications", [link.indication for link in links], lang)),
        (_("Findings seen here"), _terms("findings", row.findings.filter(retired=False), lang)),
    ]


def _by(links: Any, kind: str, order: Any, other: Any, scheme: str, lang: str, heading: str) -> list[tuple[Any, Any]]:
    """The links by their role or need, in its order."""
    named = labels(kind, lang)
    grouped: dict[str, list[Any]] = defaultdict(list)
    for link in links:
        grouped[getattr(link, kind)].append(other(link))
    return [(heading % {"role": named[slug]}, _terms(scheme, grouped[slug], lang)) for slug in order]


def _terms(scheme: str, rows: Any, lang: str) -> list[dict[str, str]]:
    return [{"scheme": scheme, "slug": row.pk, "label": row.label(lang)} for row in rows]


def _shown(row: Any, scheme: str, actor: Actor, lang: str) -> dict[str, Any]:
    """Examples that differ most, how many there are, and the collections that hold one."""
    facet = FACET[scheme]
    (rows,) = examples([[Wanted(((facet, (row.pk,)),))]], actor, seed=SEED, most=EXAMPLES)
    presences = PRESENCES if facet == "finding" else (facet,)
    names = dict(zip(PRESENCES, ("present", "absent", "uncertain"), strict=True))
    told = labels("presence", lang)
    return {
        "cards": [card(case_json(dict(one.document), lang)) for one in rows],
        "counts": [(name, told.get(names.get(name, ""), ""), how_many(name, row.pk, actor)) for name in presences],
        "collections": collections_showing(facet, row.pk, actor, lang),
    }
