"""What `deploy.benchmarks.kills` finds in the bank afterwards; in the bank's environment, after `django.setup()`."""

from __future__ import annotations

import hashlib
import io
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pydicom

from deploy.benchmarks.measuring import say
from imagebank.core import stores
from imagebank.intake.models import Original
from imagebank.intake.states import ARRIVED


def told(instances: Sequence[bytes], begun: Any) -> None:
    """Read what is there: acknowledged ones that are not, and the same bytes more than once."""
    wanted = {_content(data) for data in instances}
    rows = Original.objects.filter(deposit__created_at__gte=begun)
    kept = Counter(
        _content(b"".join(stores.read_original(row.pk, row.institution_id)))
        for row in rows.filter(sealed=True).iterator()
    )
    gone = rows.filter(sealed=False).exclude(state="refused").count()
    say("rows, refused as repeated, ended", f"{rows.count()}, {rows.filter(state='refused').count()}, {gone}")
    say("acknowledged and not there", str(len(wanted - kept.keys()) - gone), "0")
    looked = Counter(row.bytes_key for row in rows.exclude(state="refused") if not row.bytes_key.startswith(ARRIVED))
    say("the same bytes twice, looked at", str(sum(count > 1 for count in looked.values())), "0")
    say("the same bytes waiting for that look", str(sum(kept.values()) - len(kept)))


def settled(instances: Sequence[bytes], begun: Any, seconds: float) -> None:
    """All to an end: each a clip that waits for a person (or held), and none twice."""
    rows = Original.objects.filter(deposit__created_at__gte=begun)
    moving, until = rows.filter(state__in=["received", "deidentifying", "verifying"]), time.monotonic() + seconds
    while moving.exists() and time.monotonic() < until:
        time.sleep(1)
    ended = Counter(rows.values_list("state", flat=True))
    say("still moving", str(moving.count()), "0")
    say("ended as", ", ".join(f"{state} {count}" for state, count in sorted(ended.items())))
    live = rows.filter(state__in=["awaiting_confirmation", "held", "failed"])
    say("not refused, of those given", f"{live.count()} of {len(instances)}", "all")
    say("SOP instances twice", str(live.count() - live.values("instance_key").distinct().count()), "0")


def _content(data: bytes) -> str:
    """Hash of number and pixels: C-STORE sends the data set without its file meta information."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    return hashlib.sha256(str(dataset.SOPInstanceUID).encode() + dataset.PixelData).hexdigest()
