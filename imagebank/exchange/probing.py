"""Looking whether a mirror does what its receipts say: once an hour, of each registered one that gave an address.

A hash that was withdrawn must not be had there; a live one, asked with a fresh nonce, must come back as
sha256(nonce + bytes), which only who has the bytes can say. Nothing of an answer is kept but the finding's code.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import uuid
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from imagebank.catalog.models import Rendition
from imagebank.core.errors import BankError, Missing
from imagebank.core.stores import STORES

from .freezing import visible
from .models import Change, FeedBlob, Mirror
from .outgoing import Unreachable, ask, read

NONCE: Final = 16
ANSWER: Final = 1_000
"""Bytes of an answer at most."""
SECONDS: Final = 15.0
PIECE: Final = 1 << 20
AGAIN: Final = dt.timedelta(minutes=55)
LOOKS: Final = 20
"""Recent changes among which one is asked for."""
PROBED: Final = "dicom"
"""A mirror makes its own films and posters: their hashes are others."""


def probe_next() -> bool:
    """Probe the mirror whose last look is longest ago; whether one was due."""
    due = timezone.now() - AGAIN
    rows = Mirror.objects.filter(ended=False, node__isnull=False).exclude(address="").exclude(probed_at__gt=due)
    row = rows.order_by(F("probed_at").asc(nulls_first=True)).first()
    if row is None:
        return False
    Mirror.objects.filter(pk=row.pk).update(probed_at=timezone.now(), probe_fault=probe(row))
    return True


def probe(mirror: Mirror) -> str:
    """What is found: "" when all is well, unreachable, kept (a withdrawn object is there), lacks, wrong."""
    try:
        gone, live = _withdrawn(mirror), _live(mirror)
        if gone and _status(mirror, gone)[0] == 200:
            return "kept"
        return _compare(mirror, live) if live else ""
    except Unreachable:
        return "unreachable"


def _compare(mirror: Mirror, live: Rendition) -> str:
    nonce = secrets.token_bytes(NONCE)
    status, told = _status(mirror, live.sha256, nonce)
    if status != 200:
        return "lacks"
    return "" if told == digest_of(live, nonce) else "wrong"


def _status(mirror: Mirror, sha256: str, nonce: bytes = b"") -> tuple[int, str]:
    """(status, the digest that was told)."""
    nonce = nonce or secrets.token_bytes(NONCE)
    address = f"{mirror.address.rstrip('/')}/api/v1/blobs/{sha256}?nonce={nonce.hex()}"
    with ask("GET", address, headers={"Accept": "application/json"}, seconds=SECONDS) as answer:
        body = read(answer, ANSWER)
        return answer.status, _told(body)


def _told(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("digest", "")) if isinstance(said, dict) else ""


def _withdrawn(mirror: Mirror) -> str:
    """One of the latest withdrawn hashes that it says it has purged; "" for none."""
    done = Change.objects.filter(operation="withdraw", object_type="clip", seq__lte=mirror.acknowledged_seq)
    clips = list(done.order_by("-seq").values_list("object_id", flat=True)[:LOOKS])
    left = Rendition.objects.filter(sha256=OuterRef("sha256"))
    named = FeedBlob.objects.filter(clip_id__in=clips, role=PROBED).exclude(Exists(left))
    return _any(named.values_list("sha256", flat=True))


def _live(mirror: Mirror) -> Rendition | None:
    """One of the latest objects that it says it has applied."""
    live = Change.objects.filter(document__isnull=False, seq__lte=mirror.acknowledged_seq)
    cases = list(live.order_by("-seq").values_list("object_id", flat=True)[:LOOKS])
    stored = Rendition.objects.filter(role=PROBED, clip__state="public", clip__case__in=visible(cases))
    pk = _any(stored.values_list("pk", flat=True))
    return Rendition.objects.get(pk=pk) if pk else None


def _any(rows: Iterable[Any]) -> Any:
    """By lot; "" for none."""
    found = list(rows)
    return secrets.choice(found) if found else ""


# --- the other side


def proof(sha256: str, nonce: str) -> str:
    """As a mirror, to the origin of an object: sha256(nonce + bytes). Missing for what is not shown here."""
    try:
        raw = bytes.fromhex(nonce)
    except ValueError:
        raw = b""
    if len(raw) != NONCE:
        raise BadNonce()
    rows = Rendition.objects.filter(sha256=sha256, clip__origin__isnull=False, clip__state="public")
    for row in rows.select_related("clip"):
        if visible([row.clip.case_id or uuid.UUID(int=0)]):
            return digest_of(row, raw)
    raise Missing()


class BadNonce(BankError):
    """Of another length, or no hexadecimal."""

    code = "nonce"
    title = "A nonce is 32 hexadecimal digits."


def digest_of(row: Rendition, nonce: bytes) -> str:
    """sha256(nonce + bytes), hexadecimal."""
    found = hashlib.sha256(nonce)
    with STORES[row.store].open(row.clip_id, row.role, row.sha256) as handle:
        while piece := handle.read(PIECE):
            found.update(piece)
    return found.hexdigest()
