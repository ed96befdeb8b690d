"""/healthz and /readyz, and the headers every answer carries."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from imagebank.core import health
from imagebank.core.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_ready_when_every_part_holds() -> None:
    health.worker_lives()
    answer = Client().get("/readyz")
    assert answer.json() == {"database": True, "broker": True, "storage": True, "worker": True}
    assert answer.status_code == 200


def test_silent_worker_is_not_ready() -> None:
    health.worker_lives()
    Heartbeat.objects.update(seen_at=timezone.now() - health.SILENCE - dt.timedelta(seconds=1))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, False)


def test_lost_storage_is_not_ready(settings: Settings) -> None:
    health.worker_lives()
    blocked = settings.TEST_HOME / "a-file"
    blocked.touch()
    settings.STORAGE_DIR = blocked / "storage"
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["storage"]) == (503, False)


def test_alive_needs_nothing() -> None:
    assert Client().get("/healthz").status_code == 200


def test_headers_allow_own_scripts_only() -> None:
    headers = Client().get("/healthz").headers
    assert headers["Content-Security-Policy"] == settings.CONTENT_SECURITY_POLICY
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
