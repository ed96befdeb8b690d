"""Telling a node, signed, how far this mirror has come and what it has purged. It proves a claim, not deletion."""

from __future__ import annotations

from django.utils import timezone

from imagebank.core.models import Node
from imagebank.exchange.node_keys import sign_as_node
from imagebank.exchange.outgoing import Unreachable
from imagebank.exchange.wire import Receipt

from .client import OriginClient
from .models import Following


def give(following: Following, client: OriginClient) -> bool:
    """After the transaction in which the bytes went; given again until it was taken. Whether one was taken."""
    if following.receipted_seq == following.seq:
        return False
    receipt = Receipt(
        node=str(following.origin_id),
        mirror=str(Node.current().pk),
        epoch=str(following.epoch),
        seq=following.seq,
        head=following.digest,
        purged=tuple(map(str, following.purged)),
        at=timezone.now().date().isoformat(),
    )
    try:
        client.give_receipt(sign_as_node("receipt", receipt.told()))
    except Unreachable:
        return False
    Following.objects.filter(pk=following.pk).update(receipted_seq=following.seq, purged=[])
    return True
