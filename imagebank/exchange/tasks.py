"""Tasks: thin, limited in time, safe to run twice. Each leaves what it cannot do in its time to the next run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from celery import shared_task

from . import numbering, packing, probing, sequencer, webhooks

BUDGET: Final = 35.0
"""Seconds after which a task begins nothing more."""


@shared_task(name="exchange.sequence", soft_time_limit=60, time_limit=75)
def sequence() -> None:
    """Number what waits, until little does."""
    for _ in _while_there_is_time(lambda: sequencer.run() >= numbering.BATCH):
        continue


@shared_task(name="exchange.tell", soft_time_limit=60, time_limit=75)
def tell() -> None:
    """Tell the webhooks that the head moved."""
    webhooks.queue()
    for _ in _while_there_is_time(webhooks.deliver):
        continue


@shared_task(name="exchange.probe", soft_time_limit=70, time_limit=75)
def probe() -> None:
    """Look whether the mirrors do what their receipts say."""
    for _ in _while_there_is_time(probing.probe_next):
        continue


@shared_task(name="exchange.pack", soft_time_limit=70, time_limit=75)
def pack() -> None:
    """Make the files of the snapshots that mirrors wait for, and destroy those that hold what was withdrawn."""
    packing.purge()
    for _ in _while_there_is_time(packing.make_next):
        continue


def _while_there_is_time(act: Callable[[], bool]) -> Iterator[None]:
    """Again and again, while it has something to do."""
    end = time.monotonic() + BUDGET
    while act() and time.monotonic() < end:
        yield
