"""From a user or a token to an Actor."""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.conf import settings

from imagebank.core.actor import ANONYMOUS, Actor, Via
from imagebank.core.models import Node

from .models import ApiToken, User


def actor_for(user: User | None, *, via: Via = "session", second_factor: bool = False) -> Actor:
    """The user with the roles held now; anonymous without one."""
    if user is None or not getattr(user, "is_authenticated", False):
        return ANONYMOUS
    return Actor(
        user_id=user.id,
        via=via,
        roles=frozenset(user.node_roles.values_list("role", flat=True)) | {"trainee"},
        memberships=_memberships(user),
        institution_id=user.institution_id,
        second_factor=second_factor or second_factor_waived(),
    )


def actor_for_token(token: ApiToken) -> Actor:
    """A token's power: its scopes and its owner's present rights; never a node role."""
    owner = token.owner
    return Actor(
        user_id=owner.id,
        via="token",
        roles=frozenset({"trainee"}),
        memberships=_memberships(owner),
        scopes=frozenset(token.scopes),
        institution_id=owner.institution_id,
    )


def second_factor_waived() -> bool:
    """Only in a database that is marked as a demo (privacy.md 20)."""
    return bool(settings.DEMO_ALLOWED) and Node.current().demo


def _memberships(user: User) -> dict[uuid.UUID, frozenset[str]]:
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    for institution_id, role in user.memberships.values_list("institution_id", "role"):
        found[institution_id].add(role)
    if user.kind == "service" and user.institution_id:
        found[user.institution_id].add("service")
    return {key: frozenset(roles) for key, roles in found.items()}
