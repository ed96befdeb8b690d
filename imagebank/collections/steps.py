"""The steps of a collection, from draft to published and on; the state table decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from imagebank.accounts.permissions import check
from imagebank.catalog.models import Tombstone
from imagebank.catalog.search.visible import visible_to
from imagebank.core.actor import Actor
from imagebank.core.errors import Conflict, Invalid
from imagebank.core.states import transition

from .models import Collection, Item, Version
from .services import UNTITLED
from .states import COLLECTION

MISSING: Final = {
    "title": UNTITLED,
    "description": _("Say in a sentence or two what the collection teaches."),
    "items": _("A collection needs at least one case that readers can see."),
}


def _step(event: str, permission: str) -> Callable[..., Collection]:
    """A step that asks for a permission and moves along the table, and nothing else."""

    def carry_out(*, actor: Actor, collection: Collection) -> Collection:
        check(actor, permission, collection, see="collection.see")
        return transition(collection, event, actor=actor, table=COLLECTION)

    return carry_out


recall = _step("recall", "collection.own")
"""Take a proposal back to work on it."""
give_back = _step("return", "collection.publish")
"""A curator asks for changes; what is wrong stands in the discussion."""
retire = _step("retire", "collection.publish")
"""Off the list; its versions are still read at their addresses."""
restore = _step("restore", "collection.publish")
"""On the list again."""


def propose(*, actor: Actor, collection: Collection) -> Collection:
    """Ask the curators to publish it."""
    check(actor, "collection.own", collection, see="collection.see")
    COLLECTION.next(collection.state, "propose")
    _complete(actor, collection)
    return transition(collection, "propose", actor=actor, table=COLLECTION)


@transaction.atomic
def drop(*, actor: Actor, collection: Collection) -> Collection:
    """Throw the version in work away; what was published before stays."""
    check(actor, "collection.own", collection, see="collection.see")
    live = collection.live_revision
    if live is None:
        return transition(collection, "drop", actor=actor, table=COLLECTION)
    row = transition(collection, "abandon", actor=actor, table=COLLECTION, changes={"revision": live})
    collection.versions.filter(number__gt=live).delete()
    return row


@transaction.atomic
def publish(*, actor: Actor, collection: Collection) -> Collection:
    """The version in work becomes what readers see, frozen under its number."""
    check(actor, "collection.publish", collection, see="collection.see")
    COLLECTION.next(collection.state, "publish")
    _complete(actor, collection)
    today = timezone.now().date()
    changes = {"live_revision": collection.revision, "published_on": today}
    row = transition(collection, "publish", actor=actor, table=COLLECTION, changes=changes)
    row.versions.filter(number=row.revision).update(published_on=today)
    return row


@transaction.atomic
def revise(*, actor: Actor, collection: Collection) -> Collection:
    """Begin the next version as a copy of the last; readers go on seeing that one."""
    check(actor, "collection.own", collection, see="collection.see")
    number = collection.revision + 1
    row = transition(collection, "revise", actor=actor, table=COLLECTION, changes={"revision": number})
    last = row.versions.get(number=number - 1)
    items = list(last.items.all())
    last.pk, last.number, last.published_on, last._state.adding = None, number, None, True
    last.save(force_insert=True)
    for item in items:
        item.pk, item.version, item._state.adding = uuid.uuid4(), last, True
    Item.objects.bulk_create(items)
    return row


@transaction.atomic
def withdraw(*, actor: Actor, collection: Collection) -> Collection:
    """Gone for good, all versions: for a text that should never have been public."""
    check(actor, "collection.publish", collection, see="collection.see")
    if collection.live_revision is None:
        raise Conflict("wrong_state")
    row = transition(collection, "withdraw", actor=actor, table=COLLECTION)
    Tombstone.objects.get_or_create(object_id=row.pk, defaults={"object_type": "collection", "reason": "wrong_content"})
    Item.objects.filter(version__collection=row).update(note={})
    row.versions.update(title={}, description={}, credit="")
    row.edits.all().delete()
    row.comments.all().delete()
    return row


STEPS: Final[dict[str, Callable[..., Collection]]] = {
    "propose": propose,
    "recall": recall,
    "return": give_back,
    "publish": publish,
    "revise": revise,
    "drop": drop,
    "retire": retire,
    "restore": restore,
    "withdraw": withdraw,
}
"""Name in an address -> what it does."""


def missing_for_publication(actor: Actor, version: Version) -> dict[str, str]:
    """Field -> sentence, for what a collection needs before anybody else is asked to read it."""
    cases = version.items.values("case_id")
    there = {
        "title": bool(version.title),
        "description": bool(version.description),
        "items": visible_to(actor).filter(case_id__in=cases).exists(),
    }
    return {name: gettext(MISSING[name]) for name, held in there.items() if not held}


def _complete(actor: Actor, collection: Collection) -> None:
    version = collection.versions.get(number=collection.revision)
    if missing := missing_for_publication(actor, version):
        raise Invalid("incomplete", errors=missing)
