"""What a feed says of an object, whatever came first: a pure function of the items, in any order and any number.

One writer an object, its origin: the larger revision wins. Two that differ at the same revision freeze the object: it
is hidden, the bytes stay, until a later revision or a withdrawal. A withdrawal is for ever and may come before the put.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from imagebank.exchange.wire import Item

HELD: Final = ["live", "restricted", "frozen", "withdrawn"]
STATE: Final = {"put": "live", "revise": "live", "restrict": "restricted", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an object. `said`: its content, or its operation where it has none."""

    rev: int
    said: str
    held: str


def step(known: Standing | None, item: Item) -> Standing:
    """After one more item (no stub) of the same object."""
    said = Standing(item.rev, item.content or item.op, STATE[item.op])
    if known is None:
        return said
    if "withdrawn" in (known.held, said.held):
        return known if known.held == "withdrawn" else said
    if said.rev != known.rev:
        return max(said, known, key=lambda one: one.rev)
    if said.said == known.said:
        return known
    return Standing(known.rev, max(said.said, known.said), "frozen")


def fold(items: Iterable[Item], known: Mapping[str, Standing] | None = None) -> dict[str, tuple[Standing, Item]]:
    """{object: what it is now, the item that says so} of each object that changed. Stubs say nothing."""
    before, found = dict(known or {}), dict[str, tuple[Standing, Item]]()
    for item in items:
        if item.is_stub:
            continue
        last = before.get(item.id)
        now = step(last, item)
        if now != last:
            before[item.id] = now
            found[item.id] = now, item
    return found
