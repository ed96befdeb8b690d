"""The keys with which this node signs. The first one is made when it is first needed; each later one is endorsed by
the one before, so that who trusts the first can follow. Private halves are sealed under a key derived from the master
key, and never leave the node.
"""

from __future__ import annotations

import base64
import os
import uuid
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.keys import derive_of_node
from imagebank.core.models import Node

from .models import Change, NodeKey
from .wire import JSON, START, Head, Kind, endorsement, key_id, sign

NONCE: Final = 12


def sign_as_node(kind: Kind, body: Mapping[str, Any]) -> JSON:
    """`body` with the signature of this node."""
    return sign(_private(current()), kind, body)


def current() -> NodeKey:
    """The key that signs, made on first use."""
    return NodeKey.objects.filter(signs=True).first() or _first()


@transaction.atomic
def _first() -> NodeKey:
    Node.objects.select_for_update().get(pk=Node.current().pk)  # web and worker may come at once
    return NodeKey.objects.filter(signs=True).first() or _made(Ed25519PrivateKey.generate(), from_seq=0)


@transaction.atomic
def rotate(*, actor: Actor) -> NodeKey:
    """A new key signs from now on, on the word of the one before."""
    node = Node.objects.select_for_update().get(pk=Node.current().pk)
    old, seq, private = current(), head().seq, Ed25519PrivateKey.generate()
    words = endorsement(str(node.pk), private.public_key().public_bytes_raw(), seq + 1)
    endorsed = sign(_private(old), "endorsement", words)["signature"]
    NodeKey.objects.filter(pk=old.pk).update(signs=False, retired_seq=seq)
    record(actor, "rotate_key", node, action="U")
    return _made(private, from_seq=seq + 1, endorsed=endorsed)


@transaction.atomic
def new_epoch(*, actor: Actor) -> Node:
    """After a restore from a backup: cursors given before hold no more, and each mirror compares heads."""
    node = Node.objects.select_for_update().get(pk=Node.current().pk)
    node.epoch = uuid.uuid4()
    node.save(update_fields=["epoch"])
    record(actor, "new_epoch", node, action="U")
    return node


def head() -> Head:
    """The last number given, and its digest."""
    last = Change.objects.order_by("-seq").values_list("seq", "digest").first()
    return Head(*last) if last else START


def card() -> JSON:
    """What this node tells of itself to other nodes."""
    node, _ = Node.current(), current()
    return {
        "id": str(node.id),
        "name": settings.NODE_NAME,
        "address": settings.BASE_URL,
        "epoch": str(node.epoch),
        "head": head().told(),
        "keys": [_told(key) for key in NodeKey.objects.order_by("from_seq", "made_at")],
    }


def _told(key: NodeKey) -> JSON:
    public = base64.b64encode(bytes(key.public)).decode()
    plain = {name: getattr(key, name) for name in ("id", "from_seq", "retired_seq", "endorsed")}
    return {**plain, "public": public}


def _made(private: Ed25519PrivateKey, **fields: Any) -> NodeKey:
    public = private.public_key().public_bytes_raw()
    nonce = os.urandom(NONCE)
    sealed = nonce + _cipher().encrypt(nonce, private.private_bytes_raw(), public)
    return NodeKey.objects.create(id=key_id(public), public=public, sealed=sealed, **fields)


def _private(key: NodeKey) -> Ed25519PrivateKey:
    sealed = bytes(key.sealed)
    raw = _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], bytes(key.public))
    return Ed25519PrivateKey.from_private_bytes(raw)


def _cipher() -> AESGCM:
    return AESGCM(derive_of_node("node-keys"))
