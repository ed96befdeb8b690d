"""Whether a mirror is the fold of the feed it followed: nothing wrong, missing, corrupt or unpurged."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .writer import Writer


@dataclass
class Held:
    """What a mirror has: case -> revision of what it shows; clip -> its object's bytes on the disk, shown or not."""

    shown: Mapping[str, int]
    objects: Mapping[str, list[bytes]]
    withdrawn: set[str] = field(default_factory=set)
    """Cases that answer 410."""


def faults_of(held: Held, writer: Writer, *, ever_shown: set[str]) -> list[str]:
    """Sentences; empty when all is right. `ever_shown`: cases that the mirror held at any time."""
    found = []
    for case in sorted(writer.objects):
        clip, data, revision = writer.objects[case]
        bytes_here = held.objects.get(clip, [])
        if case in writer.live and held.shown.get(case) is None:
            found.append(f"missing {case}")
        if case in writer.live and held.shown.get(case) not in (None, revision):
            found.append(f"wrong {case}: revision {held.shown[case]} for {revision}")
        if case not in writer.live and case in held.shown:
            found.append(f"wrong {case}: shown")
        if case in writer.live and [hashlib.sha256(one).digest() for one in bytes_here] != [
            hashlib.sha256(data).digest()
        ]:
            found.append(f"corrupt {case}: {len(bytes_here)} objects")
        if case in writer.withdrawn and bytes_here:
            found.append(f"unpurged {case}")
        if case in writer.withdrawn and case in ever_shown and case not in held.withdrawn:
            found.append(f"wrong {case}: withdrawn, but not told so")
    known = {clip for clip, _, _ in writer.objects.values()}
    return found + [f"unpurged: bytes that nobody knows, {clip}" for clip in sorted(set(held.objects) - known)]


def folders() -> set[str]:
    """Clips that have a folder in the bank's store."""
    from imagebank.core import stores

    return {folder.name for folder in stores.bank.root.glob("*/*")}


def held_by_bank(before: Collection[str] = ()) -> Held:
    """This node: its projection, its tombstones, and every DICOM object in the bank's store, but for what was there
    `before` (other tests of the same run)."""
    from imagebank.catalog.models import PublicCase, Tombstone
    from imagebank.core import stores

    shown = {str(row.case_id): row.document["revision"] for row in PublicCase.objects.filter(hidden=False)}
    objects: dict[str, list[bytes]] = {}
    for folder in stores.bank.root.glob("*/*"):
        if folder.name in before:
            continue
        objects[str(uuid.UUID(folder.name))] = [path.read_bytes() for path in sorted(folder.glob("dicom.*"))]
    gone = {str(pk) for pk in Tombstone.objects.filter(object_type="case").values_list("pk", flat=True)}
    return Held(shown, objects, gone)


def held_in(folder: Path, shown: Mapping[str, int], withdrawn: set[str]) -> Held:
    """A mirror that keeps objects as `folder/CLIP`."""
    return Held(shown, {path.name: [path.read_bytes()] for path in folder.iterdir()}, withdrawn)
