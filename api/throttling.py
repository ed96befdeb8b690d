"""How often a program may ask, and how much it may have made for it."""

from __future__ import annotations

import math
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from imagebank.core.errors import Wait
from imagebank.core.throttling import WINDOW, counted, seconds_left, within

TOLD: Final = ("RateLimit", "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
STANDING: Final = "_rate_standing"


class ByCaller(BaseThrottle):
    """`LIMITS.reads_per_minute_token` for whoever is known, `reads_per_minute_address` for anonymous ones."""

    def allow_request(self, request: Request, view: Any) -> bool:
        known, limits = caller(request), settings.LIMITS
        most = limits.reads_per_minute_token if known else limits.reads_per_minute_address
        count = counted(request._request, known)
        setattr(request._request, STANDING, (most, count))
        return count <= most

    def wait(self) -> float:
        return seconds_left()


def rate_headers(request: HttpRequest) -> dict[str, str]:
    """What is left of the minute (draft-ietf-httpapi-ratelimit-headers); the three names of its older versions too."""
    standing: tuple[int, int] | None = getattr(request, STANDING, None)
    if standing is None:
        return {}
    most, count = standing
    left, reset = max(0, most - count), math.ceil(seconds_left())
    values = (f'"minute";r={left};t={reset}', f'"minute";q={most};w={WINDOW}', str(most), str(left), str(reset))
    return dict(zip(TOLD, values, strict=True))


def caller(request: Request) -> Any:
    """The token or account that asks; None for an anonymous one."""
    return request.auth or (request.user if request.user.is_authenticated else None)


def charge_making(request: Request, count: int) -> None:
    """Wait (429) when the caller has more made than `LIMITS.made_per_minute_token` or `_address`."""
    known, limits = caller(request), settings.LIMITS
    most = limits.made_per_minute_token if known else limits.made_per_minute_address
    if count and not within(request._request, known, most, "made", cost=count):
        raise Wait(seconds_left())
