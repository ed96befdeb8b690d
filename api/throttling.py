"""How often a caller may ask: by token or account, else by address (never by what a stranger's header says)."""

from __future__ import annotations

import time
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW: Final = 60


class ByCaller(BaseThrottle):
    """`LIMITS.reads_per_minute_token` for whoever is known, `reads_per_minute_address` for anonymous ones."""

    def allow_request(self, request: Request, view: Any) -> bool:
        known = request.auth or (request.user if request.user.is_authenticated else None)
        limits = settings.LIMITS
        most = limits.reads_per_minute_token if known else limits.reads_per_minute_address
        return _count(_key(request._request, known)) <= most

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW


def _key(request: HttpRequest, known: Any) -> str:
    """Addresses are kept as a keyed hash only."""
    if known:
        who = f"{type(known).__name__}-{known.pk}"
    else:
        who = salted_hmac("throttle", client_address(request)).hexdigest()
    return f"throttle/{who}/{int(time.time() // WINDOW)}"


def _count(key: str) -> int:
    """How many requests in this minute, this one included."""
    if cache.add(key, 1, WINDOW):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it ended in between
        return 1


def client_address(request: HttpRequest) -> str:
    """The address that connected; what it forwards for counts only from a trusted proxy."""
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while address in settings.TRUSTED_PROXIES and forwarded:
        address = forwarded.pop()
    return address
