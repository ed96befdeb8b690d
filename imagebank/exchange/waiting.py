"""Waiting for the head to move. Those who wait hold a thread, but no connection to the database.

One thread asks for all of them, and only while somebody waits; it also gives the sequencer a hint when something waits
to be numbered, so that it is not left to the next beat. At most `FEED_WAITERS` wait in a process, each follower once:
who comes above that is answered at once, and told when to come again.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Final

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

PAUSE: Final = 0.25
"""Seconds between two looks."""
HINT: Final = 1.0
"""Seconds between two hints at least."""
LONGEST: Final = 30


class HeadWatch:
    """The waiters of this process and the thread that looks for them."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._waiting: set[uuid.UUID] = set()
        self._head, self._looking = 0, False

    def wait(self, who: uuid.UUID, seq: int, seconds: float) -> bool:
        """Until the head is past `seq`, for `seconds` at most. False when this process has no room for another."""
        with self._moved:
            if who in self._waiting or len(self._waiting) >= settings.FEED_WAITERS:
                return False
            self._waiting.add(who)
            self._head = 0
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, name="feed", daemon=True).start()
            try:
                self._moved.wait_for(lambda: self._head > seq, timeout=seconds)
            finally:
                self._waiting.discard(who)
        return True

    def _look(self) -> None:
        hinted = 0.0
        try:
            while True:
                head, waits = _state()
                with self._moved:
                    if not self._waiting:
                        self._looking = False
                        return
                    self._head = head
                    self._moved.notify_all()
                if waits and time.monotonic() - hinted > HINT:
                    hinted = time.monotonic()
                    _hint()
                time.sleep(PAUSE)
        except DatabaseError:
            logging.getLogger("exchange").exception("the head cannot be read")
            with self._moved:
                self._looking = False  # who waits is answered when their time is over
        finally:
            connection.close()


watch: Final = HeadWatch()


def _state() -> tuple[int, bool]:
    """(head, whether something waits to be numbered)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0), EXISTS (SELECT 1 FROM core_outbox) FROM exchange_change")
        head, waits = cursor.fetchone()
    return head, waits


def _hint() -> None:
    """The sequencer is run by beat in any case."""
    try:
        current_app.send_task("exchange.sequence", expires=5)
    except OperationalError:
        return
