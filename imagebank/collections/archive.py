"""A version as a ZIP, written while it is sent: memory does not grow with its size, and nothing touches a disk.

Each item is looked up when its turn comes, by the reader's rights at that moment. No member carries a time (privacy.md
11), nor a name that says more than its place.
"""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from imagebank.catalog.models import Case, Rendition
from imagebank.catalog.search.present import in_language
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.stores import STORES
from imagebank.vocabulary.models import Licence

from . import citing
from .models import Version
from .selectors import Shown, shown_items

PIECE: Final = 1 << 18
KINDS: Final = ("dicom", "mp4")
SUFFIX: Final = {"application/dicom": "dcm", "video/mp4": "mp4", "image/webp": "webp"}


class Damaged(Exception):
    """A stored object is not what its row says: the download breaks off."""


class Pipe(io.RawIOBase):
    """What is written waits until it is taken; it cannot seek, so the archive goes forward only."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def stream(version: Version, actor: Actor, kind: str, lang: str) -> Iterator[bytes]:
    """The archive in pieces: clips/, manifest.json, SHA256SUMS, LICENCES.txt. `kind` is dicom or mp4."""
    pipe, told, sums = Pipe(), list[dict[str, Any]](), list[str]()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for position in version.items.values_list("position", flat=True):
            for entry in _item(version, actor, position, kind):
                if (handle := entry.pop("handle", None)) is not None:
                    yield from _member(archive, pipe, entry, handle)
                    sums.append(f"{entry['sha256']}  {entry['file']}\n")
                told.append(entry)
        _text(archive, "manifest.json", json.dumps(_manifest(version, kind, told, lang), ensure_ascii=False, indent=1))
        _text(archive, "SHA256SUMS", "".join(sums))
        _text(archive, "LICENCES.txt", _licences(told))
    yield pipe.take()


def _item(version: Version, actor: Actor, position: int, kind: str) -> Iterator[dict[str, Any]]:
    """What the manifest tells of each clip of an item, with the open object under `handle`; of a gap its class."""
    shown = _now(version, actor, position)
    if shown.row is None:
        yield {"position": position, "gap": shown.gap}
        return
    record(actor, "download", Case.objects.only("institution_id").get(pk=shown.item.case_id), action="R")
    for number, clip in enumerate(shown.clips, 1):
        yield _clip(shown, clip, number, kind)


def _now(version: Version, actor: Actor, position: int) -> Shown:
    return shown_items(version, actor, position=position)[0]


def _clip(shown: Shown, clip: Mapping[str, Any], number: int, kind: str) -> dict[str, Any]:
    position, document = shown.item.position, shown.row.document if shown.row else {}
    found = _rendition(uuid.UUID(clip["id"]), kind)
    if found is None:
        return {"position": position, "gap": "hidden"}
    rendition, handle = found
    institution = document["institution"] or {}
    return {
        "position": position,
        "file": f"clips/{position:03d}-{number:02d}.{SUFFIX[rendition.content_type]}",
        "sha256": rendition.sha256,
        "size": rendition.size,
        "case": document["id"],
        "clip": clip["id"],
        "view": clip["view"],
        "findings": _present(document, clip["id"]),
        "licence": document["licence"],
        "credit": document["credit"] or institution.get("name", ""),
        "synthetic": document["synthetic"],
        "notes": shown.item.note,
        "handle": handle,
    }


def _present(document: Mapping[str, Any], clip: str) -> list[str]:
    """Findings of the clip, and those of the whole case."""
    told = document["findings"] if document else []
    return [f["term"] for f in told if f["presence"] == "present" and f["clip"] in (None, clip)]


def _rendition(clip: uuid.UUID, kind: str) -> tuple[Rendition, BinaryIO] | None:
    """The object and its open file; a still has no film, so its picture is given. None when it has just gone."""
    rows = {row.role: row for row in Rendition.objects.filter(clip=clip, clip__state="public")}
    row = rows.get("dicom") if kind == "dicom" else rows.get("playback") or rows.get("poster")
    if row is None:
        return None
    try:
        return row, STORES[row.store].open(row.clip_id, row.role, row.sha256)
    except FileNotFoundError:
        return None


def _member(archive: zipfile.ZipFile, pipe: Pipe, entry: Mapping[str, Any], handle: BinaryIO) -> Iterator[bytes]:
    digest = hashlib.sha256()
    info = zipfile.ZipInfo(entry["file"])
    info.file_size = entry["size"]
    with handle, archive.open(info, "w", force_zip64=entry["size"] >= zipfile.ZIP64_LIMIT) as member:
        while piece := handle.read(PIECE):
            digest.update(piece)
            member.write(piece)
            yield pipe.take()
    if digest.hexdigest() != entry["sha256"]:
        raise Damaged(entry["file"])


def _text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(zipfile.ZipInfo(name), text.encode())


def _manifest(version: Version, kind: str, told: list[dict[str, Any]], lang: str) -> dict[str, Any]:
    return {
        "collection": version.collection.slug,
        "version": version.number,
        "title": in_language(version.title, lang),
        "address": citing.address(version),
        "published_at": version.published_on.isoformat() if version.published_on else None,
        "citation": citing.line(version, lang),
        "kind": kind,
        "items": told,
    }


def _licences(told: list[dict[str, Any]]) -> str:
    """Each licence once, with the files it holds for and whether it can be taken back."""
    rows = Licence.objects.in_bulk()
    parts = []
    for slug in sorted({entry["licence"] for entry in told if "file" in entry}):
        files = [entry["file"] for entry in told if entry.get("licence") == slug]
        row = rows.get(slug)
        taken_back = "Revocable: delete your copies when you are told to.\n" if row and row.revocable else ""
        where = f"{row.address}\n" if row and row.address else ""
        name = row.label("en") if row else slug
        parts.append(f"{slug}\n{name}\n{where}{taken_back}No attempt to re-identify anybody.\n{_lines(files)}")
    return "\n".join(parts)


def _lines(files: list[str]) -> str:
    return "".join(f"  {file}\n" for file in files)
