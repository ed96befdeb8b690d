"""A reader of the feed for tests: reads page after page, holds each to the wire, folds what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from imagebank.exchange import sequencer, wire
from tests.factories import bearer, make_token

CHANGES = "/api/v1/changes/"


@dataclass
class Reader:
    """Follows with one token; `items` is all it was told, in order."""

    client: Client
    cursor: str = ""
    head: wire.Head = wire.START
    items: list[wire.Item] = field(default_factory=list)

    @classmethod
    def of(cls, account: Any) -> Reader:
        return cls(bearer(make_token(account, "mirror")))

    def read(self, limit: int = 500) -> list[wire.Item]:
        """Everything new, after the sequencer has run; each page's signature, chain and density are checked."""
        sequencer.run()
        new: list[wire.Item] = []
        while True:
            page = self.page(limit=limit)
            self.head, self.cursor = wire.follow(page.items, self.head), page.next
            new += page.items
            if not page.items or self.head == page.head:
                self.items += new
                return new

    def page(self, **query: Any) -> wire.Page:
        answer = self.client.get(CHANGES, {"since": self.cursor, **query})
        assert answer.status_code == 200, answer.json()
        return wire.Page.of(answer.json(), self.keys())

    def keys(self) -> dict[str, bytes]:
        card = self.client.get("/api/v1/node/").json()
        return wire.trusted_keys(card["id"], card["keys"], card["keys"][0]["id"])

    def live(self) -> dict[str, wire.Item]:
        """Object -> what it holds of it after all it was told."""
        held: dict[str, wire.Item] = {}
        for item in self.items:
            if item.op in ("put", "revise"):
                held[item.id] = item
            elif not item.is_stub:
                held.pop(item.id, None)
        return held
