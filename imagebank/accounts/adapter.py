"""What allauth asks of this bank."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from imagebank.core.throttling import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Limits of log-ins go by the same address as those of the REST interface."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)
