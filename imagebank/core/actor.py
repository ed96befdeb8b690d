"""Who acts, and by what way: plain data, so that inner rooms need no account model."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .errors import SignInFirst

Via = Literal["session", "token", "command", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A user with the roles held at this moment.

    `roles` are of the node (reviewer, curator, privacy_officer, admin, trainee), `memberships` map an institution to
    the roles held there (contributor, steward, service). A token's power is its scopes and its owner's present rights.
    """

    user_id: uuid.UUID | None = None
    via: Via = "session"
    roles: frozenset[str] = frozenset()
    memberships: Mapping[uuid.UUID, frozenset[str]] = field(default_factory=dict)
    scopes: frozenset[str] | None = None
    """None: not limited by a token."""
    institution_id: uuid.UUID | None = None
    """The institution of a service account's credential."""
    second_factor: bool = False

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None and self.via != "system"

    @property
    def is_person(self) -> bool:
        """True in a session, and for the demo's command line; never for a token or a task."""
        return self.via in ("session", "command") and self.user_id is not None

    @property
    def known_id(self) -> uuid.UUID:
        """The user's id; SignInFirst for whoever has none."""
        if self.user_id is None:
            raise SignInFirst()
        return self.user_id

    def institutions(self, *roles: str) -> list[uuid.UUID]:
        """The institutions in which one of these roles is held."""
        return [key for key, held in self.memberships.items() if held & set(roles)]

    def may(self, scope: str) -> bool:
        """Whether a token's scopes allow it; a session is not limited."""
        return self.scopes is None or scope in self.scopes


ANONYMOUS = Actor()
SYSTEM = Actor(via="system")
