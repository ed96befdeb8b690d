"""Keeping cases: acts of a person for themselves. Nobody else's view changes, so the audit trail notes none of them."""

from __future__ import annotations

import secrets
import uuid
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import Actor
from imagebank.core.errors import Conflict, Denied, Invalid, Missing, TooMuch

from .models import NAME_LENGTH, Saved, Shelf

MOST_LISTS: Final = 100
MOST_CASES: Final = 1_000


def star(*, actor: Actor, case_id: uuid.UUID, on: bool) -> None:
    """Star a case, or no longer."""
    must_be_person(actor)
    shelf, _made = Shelf.objects.get_or_create(owner_id=actor.known_id, name="")
    if on:
        put(actor=actor, shelf=shelf, case_id=case_id)
    else:
        take(actor=actor, shelf=shelf, case_id=case_id)


def make(*, actor: Actor, name: str) -> Shelf:
    """A new, empty, private list."""
    must_be_person(actor)
    if Shelf.objects.filter(owner_id=actor.known_id).count() >= MOST_LISTS:
        raise TooMuch("limit_lists")
    try:
        with transaction.atomic():
            return Shelf.objects.create(owner_id=actor.known_id, name=checked_name(name))
    except IntegrityError:
        raise Conflict("list_exists") from None


def rename(*, actor: Actor, shelf: Shelf, name: str) -> None:
    _must_own(actor, shelf)
    shelf.name = checked_name(name)
    try:
        with transaction.atomic():
            shelf.save(update_fields=["name"])
    except IntegrityError:
        raise Conflict("list_exists") from None


def remove(*, actor: Actor, shelf: Shelf) -> None:
    """The list goes, its cases stay where they are."""
    _must_own(actor, shelf)
    shelf.delete()


@transaction.atomic
def put(*, actor: Actor, shelf: Shelf, case_id: uuid.UUID) -> None:
    """At the end; nothing where it stands already. Missing for a case that the reader may not see."""
    _must_own(actor, shelf)
    if not visible_to(actor).filter(case_id=case_id).exists():
        raise Missing()
    held = Shelf.objects.select_for_update().get(pk=shelf.pk).saved
    if held.filter(case_id=case_id).exists():
        return
    if held.count() >= MOST_CASES:
        raise TooMuch("limit_lists")
    last = held.aggregate(last=Max("position"))["last"] or 0
    held.create(case_id=case_id, position=last + 1)


def take(*, actor: Actor, shelf: Shelf, case_id: uuid.UUID) -> None:
    """Off the list; nothing where it does not stand on it."""
    _must_own(actor, shelf)
    shelf.saved.filter(case_id=case_id).delete()


@transaction.atomic
def move(*, actor: Actor, shelf: Shelf, case_id: uuid.UUID, up: bool) -> None:
    """One place up or down; nothing at the end."""
    _must_own(actor, shelf)
    rows = list(Shelf.objects.select_for_update().get(pk=shelf.pk).saved.all())
    place = next((n for n, row in enumerate(rows) if row.case_id == case_id), None)
    if place is None:
        raise Missing()
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, 1):
        row.position = number
    Saved.objects.bulk_update(rows, ["position"])


def share(*, actor: Actor, shelf: Shelf, on: bool) -> None:
    """Give the list an address that whoever has it can read, or take it away for good. Stars stay private."""
    _must_own(actor, shelf)
    if not shelf.name:
        raise Denied()
    shelf.shared_as = (shelf.shared_as or secrets.token_urlsafe(24)) if on else None
    shelf.save(update_fields=["shared_as"])


def checked_name(name: str) -> str:
    """Without needless spaces; Invalid when there is none or too much of it."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise Invalid(errors={"name": _("A list has a name of at most 80 characters.")})
    return name


def must_be_person(actor: Actor) -> None:
    """Denied for a token and for whoever has no account."""
    if not actor.known_id or not actor.is_person:
        raise Denied("person")


def _must_own(actor: Actor, shelf: Shelf) -> None:
    must_be_person(actor)
    if shelf.owner_id != actor.user_id:
        raise Missing()
