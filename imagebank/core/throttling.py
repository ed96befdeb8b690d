"""How often a caller may ask: by token or account, else by address (never by what a stranger's header says)."""

from __future__ import annotations

import time
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

WINDOW: Final = 60
"""Seconds."""
DAY: Final = 86_400
"""Seconds."""


def within(
    request: HttpRequest, known: Any, most: int, kind: str = "rest", *, window: int = WINDOW, cost: int = 1
) -> bool:
    """Count this request of the caller (`known`: its token or account); False when it is one too many in the window."""
    return counted(request, known, kind, window=window, cost=cost) <= most


def counted(request: HttpRequest, known: Any, kind: str = "rest", *, window: int = WINDOW, cost: int = 1) -> int:
    """Count this request of the caller; how many there were in the window, this one included."""
    return _count(_key(request, known, kind, window), window, cost)


def seconds_left() -> float:
    """Until the next minute begins."""
    return WINDOW - time.time() % WINDOW


def client_address(request: HttpRequest) -> str:
    """The address that connected; what it forwards for counts only from a trusted proxy."""
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while address in settings.TRUSTED_PROXIES and forwarded:
        address = forwarded.pop()
    return address


def _key(request: HttpRequest, known: Any, kind: str, window: int) -> str:
    """Addresses are kept as a keyed hash only."""
    if known:
        who = f"{type(known).__name__}-{known.pk}"
    else:
        who = salted_hmac("throttle", client_address(request)).hexdigest()
    return f"throttle/{kind}/{who}/{int(time.time() // window)}"


def _count(key: str, window: int, cost: int) -> int:
    """How many requests in this window, this one included."""
    if cache.add(key, cost, window):
        return cost
    try:
        return cache.incr(key, cost)
    except ValueError:  # it ended in between
        return cost
