"""Beginning to follow a node, and saying how it goes."""

from __future__ import annotations

import base64
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction

from imagebank.accounts.models import Institution, User
from imagebank.catalog.coarsening import NOWHERE
from imagebank.catalog.models import Origin
from imagebank.core.actor import SYSTEM
from imagebank.core.audit import record
from imagebank.core.models import Node
from imagebank.exchange.wire import GENESIS, WireFault, trusted_keys

from .client import OriginClient
from .models import Following
from .refusing import CODES


def add(
    client: OriginClient, *, fingerprint: str, token_file: str, licences: Sequence[str] = (),
    languages: Sequence[str] = (), indications: Sequence[str] = (),
) -> Following:  # fmt: skip
    """Follow the node whose first key has this fingerprint; again: with another token, address or choice.

    WireFault where the node is another one, or this one; Unreachable where it does not answer.
    """
    card = client.card()
    if not isinstance(card, dict) or not isinstance(card.get("id"), str):
        raise WireFault("shape")
    node = _node_id(card["id"])
    keys = trusted_keys(str(node), card.get("keys"), fingerprint)
    if fingerprint not in keys:
        raise WireFault("key")
    told = {name: base64.b64encode(public).decode() for name, public in keys.items()}
    choice = {"licences": list(licences), "languages": list(languages), "indications": list(indications)}
    with transaction.atomic():
        origin = _origin(node, str(card.get("name") or "")[:200] or str(node), client.address, fingerprint)
        fields = {"token_file": token_file, **choice}
        row, made = Following.objects.update_or_create(
            origin=origin, defaults=fields, create_defaults={**fields, "keys": told, "digest": GENESIS}
        )
        record(SYSTEM, "follow" if made else "follow_change", origin, action="C" if made else "U")
    return row


def begin_anew(row: Following) -> None:
    """After a new epoch, once an operator has compared: the feed is read from its start.

    What is here stays shown meanwhile; what the new feed does not tell of by its head goes (`taking.drop_untold`). What
    was withdrawn stays so.
    """
    with transaction.atomic():
        row.followed.exclude(held="withdrawn").update(rev=0, made="", item=None)
        row.epoch, row.cursor, row.seq, row.digest = None, "", 0, GENESIS
        row.seen_seq, row.receipted_seq, row.stopped, row.error = 0, 0, "", ""
        row.save()
        record(SYSTEM, "follow_anew", row.origin)


def status_lines(row: Following) -> Iterator[str]:
    """How far it has come, what it holds, what was refused: for the operator."""
    yield f"{row.origin.name} ({row.origin_id}) at {row.origin.address}"
    synced = row.synced_at.isoformat(timespec="seconds") if row.synced_at else "never"
    yield f"  at {row.seq} of {row.seen_seq}, synced {synced}, receipt for {row.receipted_seq}"
    if row.stopped:
        yield f"  STOPPED: {row.stopped}"
    if row.stale:
        yield "  STALE: nothing of it is served"
    if row.error:
        yield f"  last round: {row.error}"
    held = Counter(f"{held} {made}".strip() for held, made in row.followed.values_list("held", "made"))
    yield "  objects: " + (", ".join(f"{count} {name}" for name, count in sorted(held.items())) or "none")
    refused = Counter(row.refusals.values_list("code", "where"))
    for (code, where), count in sorted(refused.items()):
        yield f"  refused: {count} {code} {where}".rstrip() + f": {CODES[code]}"


def _node_id(text: str) -> uuid.UUID:
    try:
        node = uuid.UUID(text)
    except ValueError:
        raise WireFault("shape", "id") from None
    if node == Node.current().pk:
        raise WireFault("node", "this node itself")
    return node


def _origin(node: uuid.UUID, name: str, address: str, fingerprint: str) -> Origin:
    """With the account in whose name its cases stand: of an institution that can give nothing, without any log-in."""
    if row := Origin.objects.filter(pk=node).first():
        if row.fingerprint != fingerprint:
            raise WireFault("key", "known by another fingerprint")
        Origin.objects.filter(pk=node).update(name=name, address=address)
        return Origin.objects.get(pk=node)
    fields: dict[str, Any] = {"name": name, "country": NOWHERE, "state": "ended"}
    house = Institution.objects.create(slug=f"node-{node.hex[:8]}", **fields)
    account = User.objects.create_user(
        f"{node}@node.invalid", None, name=name, kind="service", institution=house, is_active=False
    )
    return Origin.objects.create(id=node, name=name, address=address, fingerprint=fingerprint, account=account)
