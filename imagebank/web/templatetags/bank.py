"""What every template may use: icons, who reads, whether this is the demonstration, counts in words."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext, ngettext

from imagebank.accounts.middleware import actor_of
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.core.models import Node
from imagebank.review.disputed import disputes
from imagebank.shelf.selectors import starred

from ..addresses import Address
from ..icons import ICONS
from ..presenting import uneven_times

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon beside a word; it says nothing by itself."""
    paths = mark_safe(ICONS[name])  # noqa: S308 - our own table
    return format_html('<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', extra, paths)


@register.filter
def coded(text: str) -> SafeString:
    """Text in which what stands between two grave accents is code."""
    parts = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", part) if n % 2 else part,) for n, part in parts))


@register.simple_tag
def is_demo() -> bool:
    """Whether this node holds made-up patients only."""
    return bool(settings.DEMO_ALLOWED) and Node.current().demo


@register.simple_tag(takes_context=True)
def reader(context: template.Context) -> Actor:
    """Who acts; anonymous on pages made without a request."""
    request = context.get("request")
    return actor_of(request) if isinstance(request, HttpRequest) else ANONYMOUS


@register.filter
def steward_somewhere(who: Actor) -> bool:
    """Whether the reader is steward of an institution."""
    return bool(who.institutions("steward"))


@register.simple_tag(takes_context=True)
def star_of(context: template.Context, case_id: str) -> bool | None:
    """Whether the reader has starred the case; None for whoever cannot. One query a page, however many cards."""
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not actor_of(request).is_person:
        return None
    if not hasattr(request, "starred"):
        request.starred = starred(actor_of(request))  # type: ignore[attr-defined]
    return uuid.UUID(str(case_id)) in request.starred  # type: ignore[attr-defined]


@register.simple_tag(takes_context=True)
def dispute_in(context: template.Context, case_id: str) -> str:
    """Whether the case of a card is under discussion (`open`) or being put right (`upheld`). One query a page."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return ""
    if not hasattr(request, "disputes"):
        request.disputes = disputes()  # type: ignore[attr-defined]
    return str(request.disputes.get(uuid.UUID(str(case_id)), ""))  # type: ignore[attr-defined]


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """(code, name in its own words) of the five."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


@register.simple_tag(takes_context=True)
def switch_to(context: template.Context, name: str, value: str) -> Address:
    """This page's address with one parameter set; an empty value takes it away."""
    request = context["request"]
    address = Address.of(request.path, request.GET)
    return address.only(name, value) if value else address.less(name)


@register.simple_tag
def english(text: str) -> SafeString | str:
    """Text that the vocabulary has in English alone: marked as such for readers of another language."""
    if not text or (get_language() or "en").startswith("en"):
        return text
    mark = format_html('<span class="chip small-chip">{}</span>', gettext("in English"))
    return format_html('<span lang="en">{}</span> {}', text, mark)


@register.filter
def age(moment: datetime) -> str:
    """How long ago, in one unit; what is younger than a minute is just now."""
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(age)s ago") % {"age": timesince(moment, depth=1)}


@register.filter
def is_list(part: Any) -> bool:
    """Whether a part of a text is a list of items."""
    return isinstance(part, list)


@register.filter
def times(clip: dict[str, Any]) -> str:
    """Frame times for the player as JSON; empty when they are even."""
    uneven = uneven_times(clip)
    return json.dumps(uneven, separators=(",", ":")) if uneven else ""


@register.filter(name="json")
def as_json(value: Any) -> str:
    """Compact JSON for a data attribute."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@register.filter
def drawn(marks: list[dict[str, Any]]) -> str:
    """Marks as the player draws them (drawn.js)."""
    return as_json([{name: mark[name] for name in ("number", "kind", "points", "frames", "text")} for mark in marks])


@register.filter
def whole(clip: dict[str, Any]) -> str:
    """Address of the first frame in full; a poster may be cut to its shape."""
    return str(clip["frame"]).replace("{n}", "1") if clip.get("frame") else str(clip["poster"])


@register.filter
def of_clip(findings: list[dict[str, Any]], clip: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings or marks of this clip."""
    return [finding for finding in findings if finding["clip"] == clip["id"]]


@register.inclusion_tag("components/variety.html")
def variety_line(figures: dict[str, Any]) -> dict[str, Any]:
    """ "24 clips, 24 patients, 11 sites, 12 devices", each with a bar of its share of the clips."""
    clips = figures.get("clips") or 0
    words = {
        "clips": ngettext("%(n)s clip", "%(n)s clips", clips),
        "patients": ngettext("%(n)s patient", "%(n)s patients", figures.get("patients") or 0),
        "institutions": ngettext("%(n)s site", "%(n)s sites", figures.get("institutions") or 0),
        "devices": ngettext("%(n)s device", "%(n)s devices", figures.get("devices") or 0),
        "countries": ngettext("%(n)s country", "%(n)s countries", figures.get("countries") or 0),
    }
    parts = [_part(figures[name], text, clips) for name, text in words.items() if figures.get(name)]
    return {"parts": parts, "described": gettext("How many different ones among the clips")}


def _part(number: int, text: str, clips: int) -> dict[str, Any]:
    """A figure beside its word; `share` in per cent."""
    return {
        "number": number,
        "word": (text % {"n": ""}).strip(),
        "share": min(100, round(100 * number / max(1, clips))),
    }
