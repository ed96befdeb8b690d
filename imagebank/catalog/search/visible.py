"""Which projection a reader searches."""

from __future__ import annotations

from django.db.models import QuerySet

from imagebank.catalog.models import PublicCase
from imagebank.core.actor import Actor


def visible_to(actor: Actor) -> QuerySet[PublicCase]:
    """The registered audience's rows for an account (a token needs the scope `read`), else the open ones."""
    audience = "open" if actor.is_anonymous or not actor.may("read") else "registered"
    return PublicCase.objects.filter(audience=audience, hidden=False)
