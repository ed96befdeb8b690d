"""The snapshot on a disk: a BagIt bag (RFC 8493) with RO-Crate 1.1 metadata, for a mirror that has no line, or a slow
one.

data/snapshot.json and data/packs/ are what a mirror fetches over the line, signed in the same way; data/node.json is
the node's card. So a bag is verified and taken as a snapshot is, and the feed goes on from its cursor.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from imagebank.core.models import Node

from .feed import items_for, write_cursor
from .models import Change, Mirror
from .node_keys import card, head, sign_as_node
from .packing import ITEMS, write_pack
from .wire import JSON, Item, Pack, Snapshot

EVERY_SIZE: Final = 1 << 62
CONTEXT: Final = "https://w3id.org/ro/crate/1.1/context"
PROFILE: Final = "https://w3id.org/ro/crate/1.1"
ABOUT: Final = "De-identified ultrasound cases for one mirror. Each item names its licence, uses and regions."


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the bag: its path in it, SHA-256 and size."""

    path: str
    sha256: str
    size: int


def write_bag(mirror: Mirror, folder: Path) -> Snapshot:
    """Everything that this mirror may have, into a new folder; FileExistsError when something is there."""
    packs_folder = folder / "data" / "packs"
    folder.mkdir(parents=True)
    packs_folder.mkdir(parents=True)
    node, at = Node.current(), head()
    packs = tuple(_pack(packs_folder, items) for items in _live(mirror, at.seq, str(node.pk)))
    snapshot = Snapshot(str(node.pk), str(node.epoch), at, packs, write_cursor(node.epoch, at.seq))
    _write_json(folder / "data" / "snapshot.json", sign_as_node("snapshot", snapshot.told()))
    _write_json(folder / "data" / "node.json", card())
    _write_json(folder / "data" / "ro-crate-metadata.json", _crate(_files(folder, folder / "data")))
    _write_tags(folder)
    return snapshot


def _live(mirror: Mirror, seq: int, node: str) -> Iterator[list[Item]]:
    """What it gets, as many items at a time as a pack has."""
    rows, after = Change.objects.filter(document__isnull=False, seq__lte=seq).order_by("object_id"), None
    while changes := list((rows.filter(object_id__gt=after) if after else rows)[:ITEMS]):
        after = changes[-1].object_id
        if items := [item for item in items_for(mirror, changes, node) if not item.is_stub]:
            yield items


def _pack(folder: Path, items: list[Item]) -> Pack:
    partial = folder / "partial"
    with partial.open("xb") as file:
        blobs = write_pack(file, items, EVERY_SIZE)
    sha256, size = _digest(partial), partial.stat().st_size
    partial.rename(folder / sha256)
    return Pack(sha256, size, len(items), blobs)


# --- BagIt and RO-Crate


def _write_tags(folder: Path) -> None:
    payload = _files(folder, folder / "data")
    size = sum(file.size for file in payload)
    _write(folder / "bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    _write(
        folder / "bag-info.txt",
        f"Source-Organization: {settings.NODE_NAME}\nExternal-Identifier: {Node.current().pk}\n"
        f"Bagging-Date: {timezone.now().date()}\nPayload-Oxum: {size}.{len(payload)}\n",
    )
    _write(folder / "manifest-sha256.txt", _manifest(payload))
    tags = [file for file in _files(folder, folder) if not file.path.startswith("data/")]
    _write(folder / "tagmanifest-sha256.txt", _manifest(tags))


def _crate(files: list[Written]) -> JSON:
    """RO-Crate 1.1: the root, what it is about, and its files (paths from the metadata's own place)."""
    told = [_file(file) for file in files]
    root = {
        "@id": "./", "@type": "Dataset", "name": settings.NODE_NAME, "description": ABOUT,
        "datePublished": timezone.now().date().isoformat(), "license": {"@id": "#licence"},
        "hasPart": [{"@id": file["@id"]} for file in told],
    }  # fmt: skip
    descriptor = {
        "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
        "conformsTo": {"@id": PROFILE},
    }  # fmt: skip
    licence = {"@id": "#licence", "@type": "CreativeWork", "name": "As each item says", "description": ABOUT}
    return {"@context": CONTEXT, "@graph": [descriptor, root, licence, *told]}


def _file(file: Written) -> dict[str, Any]:
    path = file.path.removeprefix("data/")
    kind = "application/json" if path.endswith(".json") else "application/x-tar"
    return {
        "@id": path, "@type": "File", "encodingFormat": kind, "contentSize": str(file.size),
        "identifier": f"sha256:{file.sha256}",
    }  # fmt: skip


def _files(bag: Path, folder: Path) -> list[Written]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [Written(path.relative_to(bag).as_posix(), _digest(path), path.stat().st_size) for path in paths]


def _manifest(files: list[Written]) -> str:
    return "".join(f"{file.sha256}  {file.path}\n" for file in files)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, said: JSON) -> None:
    _write(path, json.dumps(said, ensure_ascii=False, indent=1))


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
