"""Asking another node: its card, pages of its feed, its blobs; giving it receipts. Nothing of it is trusted yet."""

from __future__ import annotations

import http.client
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from imagebank.exchange.outgoing import Unreachable, ask, read

CARD_BYTES: Final = 1 << 20
PAGE_BYTES: Final = 64 << 20
PIECE: Final = 1 << 20
GONE: Final = (404, 410)


class EpochChanged(Exception):
    """The node does not know the cursor any more: it was restored, or set up anew."""


class BlobGone(Exception):
    """The object is not to be had: withdrawn since, or not for this node."""


@dataclass(frozen=True, slots=True)
class OriginClient:
    """`address` is the node's root, without a slash at the end."""

    address: str
    token: str

    def card(self) -> Any:
        """What the node tells of itself."""
        return self._json("/api/v1/node/", CARD_BYTES, signed_in=False)

    def page(self, cursor: str, *, limit: int, wait: int = 0) -> Any:
        """The next page after the cursor. EpochChanged, Unreachable."""
        asked: dict[str, Any] = {
            "limit": limit,
            **({"since": cursor} if cursor else {}),
            **({"wait": wait} if wait else {}),
        }
        return self._json(f"/api/v1/changes/?{urlencode(asked)}", PAGE_BYTES, seconds=40.0 + wait)

    def snapshot(self) -> Any:
        """What is live, in packs."""
        return self._json("/api/v1/changes/snapshot/", CARD_BYTES)

    def fetch(self, sha256: str, size: int, into: Path) -> None:
        """The object into a file, which goes on where it ended; not checked yet. BlobGone, Unreachable."""
        self._download(f"/api/v1/blobs/{quote(sha256)}", size, into)

    def fetch_pack(self, sha256: str, size: int, into: Path) -> None:
        self._download(f"/api/v1/changes/packs/{quote(sha256)}", size, into)

    def give_receipt(self, receipt: dict[str, Any]) -> None:
        """Unreachable where the node does not take it."""
        body = json.dumps(receipt).encode()
        headers = {**self._headers(), "Content-Type": "application/json"}
        with ask("POST", f"{self.address}/api/v1/changes/receipts/", headers=headers, body=body) as answer:
            if answer.status not in (200, 201):
                raise Unreachable("status", answer.status)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}

    def _json(self, path: str, most: int, *, seconds: float = 40.0, signed_in: bool = True) -> Any:
        headers = self._headers() if signed_in else {"Accept": "application/json"}
        with ask("GET", self.address + path, headers=headers, seconds=seconds) as answer:
            if answer.status == 409:
                raise EpochChanged
            if answer.status != 200:
                raise Unreachable("status", answer.status)
            body = read(answer, most)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise Unreachable("type") from None

    def _download(self, path: str, size: int, into: Path) -> None:
        have = into.stat().st_size if into.exists() else 0
        if have > size:
            into.unlink()
            have = 0
        if have == size:
            return
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "*/*", "Accept-Encoding": "identity"}
        headers |= {"Range": f"bytes={have}-"} if have else {}
        with ask("GET", self.address + path, headers=headers) as answer:
            if answer.status in GONE:
                raise BlobGone
            if answer.status not in (200, 206):
                raise Unreachable("status", answer.status)
            goes_on = answer.status == 206 and (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")
            if answer.status == 206 and not goes_on:
                raise Unreachable("type")
            _append(answer, into, have if goes_on else 0, size)


def _append(answer: http.client.HTTPResponse, into: Path, offset: int, size: int) -> None:
    """What comes, up to the stated size, durable on return; Unreachable("size") for more, ("connection") for less."""
    with into.open("r+b" if into.exists() else "xb") as file:
        file.truncate(offset)
        file.seek(offset)
        try:
            while piece := answer.read(PIECE):
                offset += len(piece)
                if offset > size:
                    raise Unreachable("size")
                file.write(piece)
        finally:
            file.flush()
            os.fsync(file.fileno())
    if offset != size:
        raise Unreachable("connection")
