"""The literal state table of an original, and its clocks (privacy.md 17)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from imagebank.core.states import StateTable

ORIGINAL = StateTable(
    name="original",
    initial="received",
    steps={
        ("received", "start"): "deidentifying",
        ("deidentifying", "lose"): "received",
        ("deidentifying", "clean"): "verifying",
        ("deidentifying", "refuse"): "refused",
        ("deidentifying", "hold"): "held",
        ("deidentifying", "fail"): "failed",
        ("verifying", "lose"): "received",
        ("verifying", "await"): "awaiting_confirmation",
        ("verifying", "hold"): "held",
        ("verifying", "fail"): "failed",
        ("held", "mask"): "received",
        ("awaiting_confirmation", "mask"): "received",
        ("awaiting_confirmation", "accept"): "accepted",
        ("awaiting_confirmation", "doubt"): "held",  # the person does see a face, mark, person or document
        ("failed", "retry"): "received",
        ("held", "retry"): "received",
        ("awaiting_confirmation", "retry"): "received",
        ("received", "refuse"): "refused",
        ("received", "discard"): "discarded",
        ("awaiting_confirmation", "discard"): "discarded",
        ("held", "discard"): "discarded",
        ("failed", "discard"): "discarded",
        ("refused", "discard"): "discarded",
        ("awaiting_confirmation", "expire"): "expired",
        ("held", "expire"): "expired",
        ("failed", "expire"): "expired",
        ("refused", "expire"): "expired",
        ("received", "expire"): "expired",
        ("deidentifying", "unpack"): "discarded",  # an archive: its files go on by themselves
    },
    emits={},
)
CLOCKS: Final = {
    "awaiting_confirmation": dt.timedelta(days=30),
    "held": dt.timedelta(days=30),
    "failed": dt.timedelta(days=7),
    "refused": dt.timedelta(days=7),
}
"""How long an original may stay; then it expires."""
ENDED: Final = ("accepted", "discarded", "expired")
"""Key and bytes are destroyed."""
MAY_COME_AGAIN: Final = ("discarded", "expired", "failed", "refused")
ATTEMPTS_DIED: Final = 3
ATTEMPTS_LOST: Final = 20
LEASE: Final = dt.timedelta(seconds=30)
UPLOAD_LIFE: Final = dt.timedelta(hours=24)
"""How long an unfinished upload waits for its next byte."""
ARRIVED: Final = "arrived:"
"""Before the key of the bytes of an original whose bytes nobody has hashed yet: only a worker can read them."""
