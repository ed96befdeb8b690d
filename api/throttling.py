"""How often a program may ask, and how much it may have made for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from imagebank.core.errors import Wait
from imagebank.core.throttling import seconds_left, within


class ByCaller(BaseThrottle):
    """`LIMITS.reads_per_minute_token` for whoever is known, `reads_per_minute_address` for anonymous ones."""

    def allow_request(self, request: Request, view: Any) -> bool:
        known = caller(request)
        limits = settings.LIMITS
        return within(
            request._request, known, limits.reads_per_minute_token if known else limits.reads_per_minute_address
        )

    def wait(self) -> float:
        return seconds_left()


def caller(request: Request) -> Any:
    """The token or account that asks; None for an anonymous one."""
    return request.auth or (request.user if request.user.is_authenticated else None)


def charge_making(request: Request, count: int) -> None:
    """Wait (429) when the caller has more made than `LIMITS.made_per_minute_token` or `_address`."""
    known, limits = caller(request), settings.LIMITS
    most = limits.made_per_minute_token if known else limits.made_per_minute_address
    if count and not within(request._request, known, most, "made", cost=count):
        raise Wait(seconds_left())
