"""The list of collections, a collection by its newest version or by a number, and the feed of new ones."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from imagebank.accounts.middleware import actor_of
from imagebank.catalog.search.present import clip_json, in_language
from imagebank.collections import citing, describing, finding, selectors
from imagebank.collections.models import Version
from imagebank.core.actor import Actor
from imagebank.core.errors import Invalid

from ..addresses import Address
from ..errors import page
from ..language import reader_language
from .showing import balance_shown, item_card

LISTED: Final = 24
FED: Final = 50
PICTURES: Final = 3
NO_FEED_YET: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""Of a feed without entries; a clock would make every reading a new one."""


@require_safe
@page
def index(request: HttpRequest) -> HttpResponse:
    """`/collections/`: `q`, `indication` and `cursor`; from the first page on where the cursor is of no list."""
    lang, actor, address = reader_language(request), actor_of(request), Address.of(request.path, request.GET)
    q, indication, after = (request.GET.get(name, "") for name in ("q", "indication", "cursor"))
    try:
        found = finding.page(actor=actor, q=q, indication=indication, after=after, limit=LISTED)
    except Invalid:
        return redirect(str(address.less("cursor")))
    context = {
        "collections": _summaries(selectors.live_versions(found.rows), actor, lang),
        "q": q,
        "indication": indication,
        "questions": finding.questions(actor, lang),
        "older": address.only("cursor", found.next) if found.next else None,
        "newest": address.less("cursor") if after else None,
    }
    return render(request, "collections/index.html", context)


@require_safe
@page
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """`/collections/{slug}/`: the version that readers see now."""
    _row, version = selectors.live(slug)
    return _shown(request, version)


@require_safe
@page
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """`/collections/{slug}/versions/{n}/`: as it was published, for ever; what was withdrawn since is a gap."""
    _row, held = selectors.version(slug, number)
    return _shown(request, held)


class Feed(Atom1Feed):
    """Atom with days only (privacy.md 11)."""

    def latest_post_date(self) -> dt.datetime:
        return super().latest_post_date() if self.items else NO_FEED_YET


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
@page
def feed(request: HttpRequest) -> HttpResponseBase:
    """`/collections/feed.atom`: published versions, the newest first, in the reader's language."""
    lang, base = reader_language(request), settings.BASE_URL.rstrip("/")
    told = Feed(
        title=_("Collections of the POCUS image bank"),
        link=base + reverse("web:collections"),
        description="",
        language=lang,
        feed_url=base + reverse("web:collections-feed"),
        author_name=_("POCUS image bank"),
    )
    for held in selectors.latest_versions(FED):
        _tell(told, held, lang)
    answer = HttpResponse(told.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    answer.headers["ETag"] = f'"{describing.digest(answer.content.decode())}"'
    return get_conditional_response(request, etag=answer.headers["ETag"], response=answer) or answer


def _tell(told: Atom1Feed, held: Version, lang: str) -> None:
    day = dt.datetime.combine(held.published_on or dt.date.min, dt.time(), dt.UTC)
    told.add_item(
        title=in_language(held.title, lang),
        link=citing.address(held),
        description=in_language(held.description, lang),
        author_name=held.credit or _("POCUS image bank"),
        unique_id=citing.address(held),
        pubdate=day,
        updateddate=day,
    )


def _summaries(versions: list[Version], actor: Actor, lang: str) -> list[dict[str, Any]]:
    """In the list: with the first pictures that this reader may see."""
    seen = selectors.first_shown(versions, actor, PICTURES)
    told = zip(versions, describing.listed(versions, lang), strict=True)
    return [{**one, **_pictures(seen.get(version.pk, []), lang)} for version, one in told]


def _pictures(seen: list[selectors.Shown], lang: str) -> dict[str, Any]:
    posters = [clip_json(item.clips[0], lang)["poster"] for item in seen if item.clips]
    synthetic = any(item.row.document["synthetic"] for item in seen if item.row)
    return {"pictures": [poster for poster in posters if poster], "synthetic": synthetic}


def _shown(request: HttpRequest, held: Version) -> HttpResponse:
    lang, actor = reader_language(request), actor_of(request)
    told = describing.whole(held, actor, lang)
    row = held.collection
    context = {
        "collection": told,
        "row": row,
        "items": [item_card(item) for item in told["items"]],
        "balance": balance_shown(told["balance"]),
        "asks": any(item["hide"] for item in told["items"]),
        "is_newest": held.number == row.live_revision,
        "synthetic": any(item["case"]["synthetic"] for item in told["items"] if item["case"]),
        "may_work": _may_work(actor, row.slug),
    }
    return render(request, "collections/version.html", context)


def _may_work(actor: Actor, slug: str) -> bool:
    return not actor.is_anonymous and selectors.in_work(actor).filter(slug=slug).exists()
