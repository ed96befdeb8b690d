"""Whose pages these are."""

from __future__ import annotations

from django.http import HttpRequest

from imagebank.accounts.middleware import actor_of
from imagebank.accounts.models import User
from imagebank.accounts.permissions import require_signed_in


def person(request: HttpRequest) -> User:
    """The account of the session; SignInFirst without one."""
    require_signed_in(actor_of(request))
    assert isinstance(request.user, User)
    return request.user
