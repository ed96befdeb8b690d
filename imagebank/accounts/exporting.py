"""The copy of all that the bank holds of an account (privacy.md 18, 19) as a ZIP: JSON for programs, a page for people.

Made by a task, kept for a week in the row that asked for it. It holds no picture: clips are a patient's, not the
person's.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
import zipfile
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Denied
from imagebank.core.models import ActorCard, AuditEvent

from .models import Export, User
from .notifying import notify
from .personal import kept, told

WEEK: Final = dt.timedelta(days=7)
STILL: Final = (2026, 1, 1, 0, 0, 0)
"""Members of the archive carry no time of their own."""
Section = dict[str, Any]
"""{name, own, rows: [{field: value}]}"""


@transaction.atomic
def ask(*, actor: Actor, account: User, language: str) -> Export:
    """Begin a copy; the one before it goes. Only the person itself, in a session."""
    if not actor.is_person or actor.user_id != account.pk:
        raise Denied("person")
    Export.objects.filter(account=account).delete()
    row = Export.objects.create(account=account, language=language)
    record(actor, "export", account, action="R")
    transaction.on_commit(lambda: _send(row.pk))
    return row


def make(export_id: str | uuid.UUID) -> None:
    """Write the archive of a row that waits for it; nothing where it is made or gone."""
    with transaction.atomic():
        row = Export.objects.select_for_update(skip_locked=True).filter(pk=export_id, made_at=None).first()
        if row is None:
            return
        row.archive, row.made_at = archive(row.account, row.language), timezone.now()
        row.save(update_fields=["archive", "made_at"])
        notify(row.account, "export_ready", address="/account/data/")


def make_waiting() -> None:
    """The sweeper's part: what a lost message left."""
    since = timezone.now() - dt.timedelta(minutes=1)
    for pk in Export.objects.filter(made_at=None, asked_at__lt=since).values_list("pk", flat=True):
        make(pk)


def forget_old() -> None:
    """Copies go after a week."""
    Export.objects.filter(asked_at__lt=timezone.now() - WEEK).delete()


def archive(account: User, language: str) -> bytes:
    """The ZIP: account.json and account.html."""
    sections = list(_sections(account))
    told_json = json.dumps(
        {section["name"]: section["rows"] for section in sections}, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1
    )
    with translation.override(language):
        page = render_to_string("account/export.html", {"account": account, "sections": sections, "language": language})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in (("account.json", told_json), ("account.html", page)):
            made.writestr(zipfile.ZipInfo(name, STILL), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _sections(account: User) -> list[Section]:
    """The account, its own rows table by table, its contributions, its acts in the trail; empty ones are left out."""
    own = [{"name": "accounts.user", "own": True, "rows": [told(account, own=True)]}]
    for place in kept():
        rows = [told(row, own=place.own) for row in place.rows(account).iterator()]
        own.append({"name": place.name, "own": place.own, "rows": rows})
    cards = [{"name": card.name, "email": card.email} for card in ActorCard.objects.filter(actor_id=account.pk)]
    acts = AuditEvent.objects.filter(actor_id=account.pk).order_by("recorded_at")
    fields = ("recorded_at", "action", "event", "object_type", "object_id", "state_before", "state_after", "via")
    own.append({"name": "core.actorcard", "own": True, "rows": cards})
    own.append({"name": "core.auditevent", "own": False, "rows": list(acts.values(*fields))})
    return sorted((section for section in own if section["rows"]), key=lambda section: not section["own"])


def _send(pk: uuid.UUID) -> None:
    from .tasks import make_export

    make_export.delay(str(pk))
