"""Making, changing and discussing collections; the steps from draft to published stand in steps.py."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from imagebank.accounts.permissions import check, require_signed_in
from imagebank.catalog.text import clean_text, clean_texts, said_words
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Denied, Invalid

from .history import keep_edit
from .items import MOST, entries_of, refuse_names, set_items
from .models import Collection, Comment, Version
from .states import EDITABLE

SLUG: Final = 48
TRIES: Final = 10
UNTITLED: Final = _("Give the collection a title.")
TEXTS: Final = ("title", "description")


@transaction.atomic
def create(*, actor: Actor, data: Mapping[str, Any], slug: str = "") -> Collection:
    """A draft: {title, description?, credit?, draft?, items?}. Everybody with an account may make one.

    Its address is of `slug`, else of its title; with a number where that is taken.
    """
    require_signed_in(actor)
    if not actor.is_person:
        raise Denied("person")
    titles = clean_texts("title", data.get("title") or {})
    if not titles:
        raise Invalid(errors={"title": gettext(UNTITLED)})
    row = _begin(actor, slug or titles.get("en") or next(iter(titles.values())))
    version = Version(collection=row, number=1)
    _fill(version, data)
    version.save(force_insert=True)
    set_items(actor, version, data.get("items") or [])
    record(actor, "create", row, action="C")
    keep_edit(actor, row, version)
    return row


@transaction.atomic
def change(*, actor: Actor, collection: Collection, data: Mapping[str, Any], reason: str = "") -> Collection:
    """Change the version in work; `items`, when given, are all of them in their order."""
    row, version = _editable(actor, collection)
    _fill(version, data)
    version.save()
    if "items" in data:
        set_items(actor, version, data["items"])
    else:
        refuse_names(version)
    _changed(actor, row, version, reason)
    return row


@transaction.atomic
def change_item(*, actor: Actor, collection: Collection, item: uuid.UUID, data: Mapping[str, Any]) -> Collection:
    """Note, start frame, hidden answer of one item; `take_out` removes it."""
    row, version = _editable(actor, collection)
    standing = entries_of(version)
    if item not in standing:
        raise Invalid(errors={"items": gettext("This case is no longer in the collection.")})
    entries = [
        {**entry, **(data if pk == item else {})}
        for pk, entry in standing.items()
        if not (pk == item and data.get("take_out"))
    ]
    set_items(actor, version, entries)
    _changed(actor, row, version)
    return row


@transaction.atomic
def reorder(*, actor: Actor, collection: Collection, order: Sequence[uuid.UUID]) -> Collection:
    """Put the items into this order; those that it does not name follow as they stood."""
    row, version = _editable(actor, collection)
    standing = entries_of(version)
    named = [pk for pk in dict.fromkeys(order) if pk in standing]
    set_items(actor, version, [standing[pk] for pk in [*named, *(pk for pk in standing if pk not in named)]])
    _changed(actor, row, version)
    return row


@transaction.atomic
def add(*, actor: Actor, collection: Collection, cases: Sequence[uuid.UUID]) -> int:
    """Put cases at the end, as many as there is room for; returns how many were new."""
    row, version = _editable(actor, collection)
    standing = list(entries_of(version).values())
    held = {entry["case"] for entry in standing}
    new = [{"case": case, "clip": None} for case in dict.fromkeys(cases) if case not in held]
    new = new[: MOST - len(standing)]
    set_items(actor, version, [*standing, *new])
    _changed(actor, row, version)
    return len(new)


@transaction.atomic
def comment(*, actor: Actor, collection: Collection, text: str) -> Comment:
    """A word in the discussion, for those who see the version in work."""
    check(actor, "collection.discuss", collection, see="collection.see")
    said = said_words(text)
    row = Comment.objects.create(collection=collection, author_id=actor.known_id, text=said)
    record(actor, "comment", collection)
    return row


# --- pieces


def _editable(actor: Actor, collection: Collection) -> tuple[Collection, Version]:
    check(actor, "collection.edit", collection, see="collection.see")
    row = Collection.objects.select_for_update().get(pk=collection.pk)
    if row.state not in EDITABLE:
        raise Conflict("wrong_state", f"This collection is {row.state}: it cannot be changed now.")
    return row, row.versions.get(number=row.revision)


def _changed(actor: Actor, row: Collection, version: Version, reason: str = "") -> None:
    keep_edit(actor, row, version, clean_text("reason", reason))
    record(actor, "change", row)


def _fill(version: Version, data: Mapping[str, Any]) -> None:
    for name in TEXTS:
        if name in data:
            setattr(version, name, clean_texts(name, data[name]))
    if "credit" in data:
        version.credit = clean_text("credit", data["credit"])
    if "draft" in data:
        version.draft = bool(data["draft"])


def _begin(actor: Actor, title: str, tries: int = TRIES) -> Collection:
    """The row under the next free address. One that is taken at the same instant shows only when it is written."""
    try:
        with transaction.atomic():
            return Collection.objects.create(slug=_free_slug(title), owner_id=actor.known_id)
    except IntegrityError:
        if tries == 1:
            raise
    return _begin(actor, title, tries - 1)


def _free_slug(title: str) -> str:
    base = slugify(title)[:SLUG].strip("-") or "collection"
    taken = set(Collection.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
