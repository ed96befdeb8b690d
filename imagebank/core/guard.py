"""The fence between demo and production (design: privacy.md 25)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured

from .models import Node

DEMO_DOMAIN = "@demo.example"


def refuse_demo_node() -> None:
    """Called when web and worker start: a database that was a demo never serves under production settings.

    Raises ImproperlyConfigured on a demo mark or a demo account.
    """
    if settings.DEMO_ALLOWED:
        return
    if Node.objects.filter(demo=True).exists():
        raise ImproperlyConfigured("This database is marked as a demo; a real node needs a new one.")
    if get_user_model().objects.filter(email__endswith=DEMO_DOMAIN).exists():
        raise ImproperlyConfigured("This database holds a demo account; a real node needs a new one.")
