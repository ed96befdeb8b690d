"""The text of a sheet as it is kept: its fields, what may stand in them, and how a translation follows the English.

    {title, question: {language: text}, views: [slug], sources: [text],
     when_to_scan, when_not_to_scan, changes_management: [{text: {language: text}}],
     findings: [{finding, text, example, counter}], pitfalls: [{finding, text}]}

`example` and `counter` are ids of cases that curators chose; null: the bank shows one. `finding` of a pitfall may be
null. Every point has an English text; what a language lacks is shown in English.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from imagebank.catalog.text import clean_text, clean_texts
from imagebank.core.errors import Invalid
from imagebank.vocabulary.models import IndicationView
from imagebank.vocabulary.selectors import unknown

HEADS: Final = ("title", "question")
PLAIN: Final = ("when_to_scan", "when_not_to_scan", "changes_management")
TAGGED: Final = ("findings", "pitfalls")
PICKED: Final = ("example", "counter")
FIELDS: Final = (*HEADS, "when_to_scan", "when_not_to_scan", "views", *TAGGED, "changes_management", "sources")
"""In the order of the page."""
NEEDED: Final = ("title", "question", "when_to_scan", "when_not_to_scan", "views", "findings", "sources")
"""Without these a sheet is not put before experts."""
MOST: Final = 14
"""Points of a field; more do not fit a page."""
MANY: Final = _("At most %(n)s.")
ENGLISH: Final = _("Each point needs an English text.")
NOT_OFFERED: Final = _("This view is not offered for the indication.")
NOT_KNOWN: Final = _("This finding is not in the vocabulary.")
TWICE: Final = _("A view or finding stands here twice.")
Document = Mapping[str, Any]


def cleaned(indication: str, data: Document) -> dict[str, Any]:
    """The fields that `data` holds, checked and in their shape; Invalid names the field that is wrong."""
    return {name: _cleaned(indication, name, data[name]) for name in FIELDS if name in data}


def lacking(document: Document) -> list[str]:
    """Needed fields that are empty."""
    return [name for name in NEEDED if not document.get(name)]


def cases_of(document: Document) -> list[uuid.UUID]:
    """Cases that curators chose."""
    return [uuid.UUID(point[name]) for point in document.get("findings", []) for name in PICKED if point.get(name)]


def texts_of(document: Document) -> Iterator[tuple[str, int | None, Mapping[str, str]]]:
    """(field, place or None, {language: text}) of everything that can be translated; sources are not."""
    for name in FIELDS:
        if name in HEADS:
            yield name, None, document.get(name, {})
        elif name in (*PLAIN, *TAGGED):
            yield from ((name, place, point["text"]) for place, point in enumerate(document.get(name, [])))


def untranslated(document: Document, lang: str) -> int:
    """How many texts this language lacks."""
    return sum(1 for _name, _place, texts in texts_of(document) if texts.get("en") and not texts.get(lang))


def translated(document: Document, lang: str, said: Mapping[tuple[str, int | None], str]) -> dict[str, Any]:
    """The document with these texts in `lang`, by field and place."""
    changed: dict[str, Any] = {name: _copied(document[name]) for name in document}
    for name, place, _texts in texts_of(document):
        if (name, place) in said:
            held = changed[name] if place is None else changed[name][place]["text"]
            held[lang] = said[name, place]
    return changed


def following(before: Sequence[Document], after: Sequence[Document]) -> list[dict[str, Any]]:
    """Points with an English text alone: those whose English stood there before keep its translations."""
    known = {point["text"].get("en"): point["text"] for point in before}
    return [{**point, "text": {**known.get(point["text"]["en"], {}), **point["text"]}} for point in after]


# --- pieces


def _copied(held: Any) -> Any:
    if isinstance(held, list):
        return [{**item, "text": {**item["text"]}} if isinstance(item, dict) else item for item in held]
    return {**held} if isinstance(held, dict) else held


def _cleaned(indication: str, name: str, value: Any) -> Any:
    if name in HEADS:
        return _english(name, clean_texts(name, value))
    if not isinstance(value, list) or len(value) > MOST:
        raise Invalid(errors={name: gettext(MANY) % {"n": MOST}})
    if name == "views":
        return _views(indication, [str(item) for item in value])
    if name == "sources":
        return [text for item in value if (text := clean_text("source", str(item)))]
    points = [_point(name, item) for item in value]
    if name == "findings":
        _once(name, [point["finding"] for point in points])
    return points


def _english(name: str, texts: dict[str, str]) -> dict[str, str]:
    if not texts.get("en"):
        raise Invalid(errors={name: gettext(ENGLISH)})
    return texts


def _point(name: str, item: Any) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise Invalid(errors={name: gettext(ENGLISH)})
    point: dict[str, Any] = {"text": _english(name, clean_texts("point", item.get("text") or {}))}
    if name in TAGGED:
        point = {"finding": _finding(name, item.get("finding")), **point}
    if name == "findings":
        point |= {part: _case(name, item.get(part)) for part in PICKED}
    return point


def _finding(name: str, slug: Any) -> str | None:
    if not slug and name == "pitfalls":
        return None
    if unknown("finding", [str(slug)]):
        raise Invalid(errors={name: gettext(NOT_KNOWN)})
    return str(slug)


def _case(name: str, value: Any) -> str | None:
    try:
        return str(uuid.UUID(str(value))) if value else None
    except ValueError:
        raise Invalid(errors={name: gettext("The id of a case.")}) from None


def _views(indication: str, slugs: list[str]) -> list[str]:
    offered = IndicationView.objects.filter(indication=indication, view__in=slugs, retired=False)
    if set(slugs) - set(offered.values_list("view_id", flat=True)):
        raise Invalid(errors={"views": gettext(NOT_OFFERED)})
    _once("views", slugs)
    return slugs


def _once(name: str, slugs: Sequence[Any]) -> None:
    if len(set(slugs)) != len(slugs):
        raise Invalid(errors={name: gettext(TWICE)})
