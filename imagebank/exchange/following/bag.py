"""A node on a disk: a BagIt folder with its card, a signed snapshot and its packs, asked like a node on a line.

The bag's own manifests are not needed: the snapshot is signed, and signs the hash of each pack.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagebank.exchange.outgoing import Unreachable

from .client import CARD_BYTES, BlobGone, OriginClient


@dataclass(frozen=True, slots=True)
class BagClient(OriginClient):
    """`address` is where the feed goes on later."""

    folder: Path

    def card(self) -> Any:
        return self._read("node.json")

    def snapshot(self) -> Any:
        return self._read("snapshot.json")

    def fetch(self, sha256: str, size: int, into: Path) -> None:
        """What is too large for a pack waits for the line."""
        raise BlobGone

    def fetch_pack(self, sha256: str, size: int, into: Path) -> None:
        path = self.folder / "data" / "packs" / sha256
        if not path.is_file() or path.is_symlink():
            raise BlobGone
        if path.stat().st_size != size:
            raise Unreachable("size")
        shutil.copyfile(path, into)

    def _read(self, name: str) -> Any:
        try:
            with (self.folder / "data" / name).open("rb") as file:
                return json.loads(file.read(CARD_BYTES))
        except (OSError, ValueError):
            raise Unreachable("type") from None
