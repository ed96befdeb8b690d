"""What every template may use: icons, who reads, whether this is the demonstration, counts in words."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from imagebank.accounts.middleware import actor_of
from imagebank.core.actor import ANONYMOUS, Actor
from imagebank.core.models import Node

from ..addresses import Address
from ..icons import ICONS
from ..presenting import uneven_times

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon beside a word; it says nothing by itself."""
    paths = mark_safe(ICONS[name])  # noqa: S308 - our own table
    return format_html('<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', extra, paths)


@register.simple_tag
def is_demo() -> bool:
    """Whether this node holds made-up patients only."""
    return bool(settings.DEMO_ALLOWED) and Node.current().demo


@register.simple_tag(takes_context=True)
def reader(context: template.Context) -> Actor:
    """Who acts; anonymous on pages made without a request."""
    request = context.get("request")
    return actor_of(request) if isinstance(request, HttpRequest) else ANONYMOUS


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


@register.filter
def times(clip: dict[str, Any]) -> str:
    """Frame times for the player as JSON; empty when they are even."""
    uneven = uneven_times(clip)
    return json.dumps(uneven, separators=(",", ":")) if uneven else ""


@register.filter
def of_clip(findings: list[dict[str, Any]], clip: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings that were marked on this clip."""
    return [finding for finding in findings if finding["clip"] == clip["id"]]


@register.inclusion_tag("components/variety.html")
def variety_line(figures: dict[str, Any]) -> dict[str, Any]:
    """ "24 clips, 24 patients, 11 sites, 12 devices" with a small picture of the spread."""
    clips = figures.get("clips") or 0
    words = {
        "clips": lambda n: ngettext("%(n)s clip", "%(n)s clips", n),
        "patients": lambda n: ngettext("%(n)s patient", "%(n)s patients", n),
        "institutions": lambda n: ngettext("%(n)s site", "%(n)s sites", n),
        "devices": lambda n: ngettext("%(n)s device", "%(n)s devices", n),
        "countries": lambda n: ngettext("%(n)s country", "%(n)s countries", n),
    }
    told = [(name, figures.get(name)) for name in words]
    parts = [words[name](n) % {"n": n} for name, n in told if n]
    bars = [_bar(place, (n or 0) / clips) for place, (name, n) in enumerate(told[1:]) if clips]
    return {"parts": parts, "bars": bars, "described": gettext("How many different ones among the clips")}


def _bar(place: int, share: float) -> dict[str, int]:
    """A bar of the spread: one part for each clip, filled as far as they differ."""
    return {"y": place * 8, "width": round(148 * min(1.0, share))}
