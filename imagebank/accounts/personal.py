"""Which rows of the whole database belong to an account, read off the models themselves.

The rule of a foreign key to User is the rule of erasing (privacy.md 18, 19):

- CASCADE: the row is the person's own (what they opened, saved, chose). It is exported whole and goes with the account.
- PROTECT: the row is a contribution or an act that others rely on. It is exported as what and when, and what was typed;
  it stays, under an account that has no name any more.
- SET_NULL: the row is somebody else's; the link to the person goes.

A new table needs nothing here but the right `on_delete`. Names that were copied as text (a credit, a signed vote) are
taken out by the room that copied them, through `on_erasure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.apps import apps
from django.db import models

from .models import User

Forget = Callable[[User], None]
Rule = Literal["own", "given", "link"]
RULES: Final[dict[Any, Rule]] = {models.CASCADE: "own", models.SET_NULL: "link"}
SECRET: Final = frozenset({"accounts.user.password", "accounts.apitoken.digest", "mfa.authenticator.data"})
"""Nobody is told these, also not their owner."""
TYPED: Final = frozenset({"title", "vignette", "description", "text", "comment", "reason", "note", "credit", "name"})
"""Of a contribution: what the person may have typed. Everything else of it is the institution's, or a patient's."""
_forgetters: list[Forget] = []


@dataclass(frozen=True, slots=True)
class Kept:
    """A foreign key to User: where it stands and what becomes of its rows."""

    model: type[models.Model]
    field: str
    rule: Rule

    @property
    def name(self) -> str:
        """`app.model.field`"""
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def own(self) -> bool:
        return self.rule == "own"

    def rows(self, account: User) -> models.QuerySet[Any]:
        return self.model._default_manager.filter(**{self.field: account}).order_by("pk")


def on_erasure(forget: Forget) -> Forget:
    """Register what a room does when a person's name is to go. Called in `AppConfig.ready`."""
    if forget not in _forgetters:
        _forgetters.append(forget)
    return forget


def forgetters() -> tuple[Forget, ...]:
    return tuple(_forgetters)


def kept() -> Iterator[Kept]:
    """Every foreign key to User of every table."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is User and isinstance(field, models.ForeignKey):
                yield Kept(model, field.name, RULES.get(field.remote_field.on_delete, "given"))


def told(row: models.Model, *, own: bool) -> dict[str, Any]:
    """What an export says of a row: all of one's own but secrets, of a contribution what, when and what was typed."""
    shown = {}
    for field in row._meta.concrete_fields:
        if isinstance(field, models.BinaryField) or f"{row._meta.label_lower}.{field.name}" in SECRET:
            continue
        if own or field.primary_key or field.choices or field.name in TYPED or isinstance(field, models.DateField):
            shown[field.name] = field.value_from_object(row)
    return shown
