"""The Celery application: `celery -A imagebank.celery worker`."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imagebank.settings.development")

app = Celery("imagebank")
app.set_default()  # the current app is thread-local; without this a web thread would send into nowhere
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """A receiver here tells Celery to leave logging as Django's settings made it."""


@signals.worker_init.connect
def prepare_worker(**_: Any) -> None:
    """Before the first task: no start on a demo's database, and the keys that uploads of today are sealed to exist."""
    from django.core.exceptions import ImproperlyConfigured
    from django.utils import timezone

    from imagebank.core import guard, keys

    try:
        guard.refuse_demo_node()
    except ImproperlyConfigured as problem:
        raise SystemExit(str(problem)) from problem  # Celery logs every other exception here and starts all the same
    today = timezone.now().date()
    for day in (today, today + dt.timedelta(days=1)):
        keys.make_day_key(day)


@signals.worker_ready.connect
def show_life(**_: Any) -> None:
    """The first heartbeat goes through the broker, so that /readyz says yes only when a message came round."""
    app.send_task("core.heartbeat")
