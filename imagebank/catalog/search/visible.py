"""Which projection a reader searches."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from imagebank.catalog.models import PublicCase, PublicText
from imagebank.core.actor import Actor


def audiences_of(actor: Actor) -> tuple[str, ...]:
    """The registered audience's rows only for an account (a token needs the scope `read`)."""
    return ("open",) if actor.is_anonymous or not actor.may("read") else ("open", "registered")


def visible_to(actor: Actor) -> QuerySet[PublicCase]:
    """Rows of the audiences that the reader belongs to."""
    return shown_to(audiences_of(actor))


def shown_to(audiences: Sequence[str]) -> QuerySet[PublicCase]:
    """Rows of these audiences; hidden ones are nobody's."""
    return PublicCase.objects.filter(audience__in=audiences, hidden=False)


def words_shown_to(audiences: Sequence[str]) -> QuerySet[PublicText]:
    """The words of the same rows, by the rows' primary keys."""
    return PublicText.objects.filter(audience__in=audiences, hidden=False)
