"""How often a program may ask."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from imagebank.core.throttling import seconds_left, within


class ByCaller(BaseThrottle):
    """`LIMITS.reads_per_minute_token` for whoever is known, `reads_per_minute_address` for anonymous ones."""

    def allow_request(self, request: Request, view: Any) -> bool:
        known = request.auth or (request.user if request.user.is_authenticated else None)
        limits = settings.LIMITS
        return within(
            request._request, known, limits.reads_per_minute_token if known else limits.reads_per_minute_address
        )

    def wait(self) -> float:
        return seconds_left()
