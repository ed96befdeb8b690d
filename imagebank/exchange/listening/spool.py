"""The spool: objects as they arrive, sealed to the workers before a byte touches the disk, durable when acknowledged.

Two processes share it. The receiving one knows no secret and no database: it reads `permits.json` and writes below
`in/`. The other one (`registering`, `forwarding`) writes the permits and takes finished entries away.

    permits.json                                          who may give, whether there is room, the workers' public key
    in/ASSOCIATION.INSTITUTION.ACCOUNT/ID.SIZE.sealed     a finished entry (core.sealing), SIZE bytes of plaintext
    in/ASSOCIATION.INSTITUTION.ACCOUNT/ID.key             its data key, sealed to the workers (core.keys)
    in/ASSOCIATION.INSTITUTION.ACCOUNT/ID.part            one that is still arriving
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from imagebank.core.files import sync_folder
from imagebank.core.keys import seal_data_key
from imagebank.core.sealing import Sealer, sealed_size

FREE: Final = 1 << 30
"""Bytes that stay free on the disk: beyond, senders are told to wait."""
LOOK: Final = 8 << 20
"""Bytes of an object between two looks at the free room."""
FLUSHERS: Final = 16
"""Threads that wait for the disk: several files become durable with one commit of its journal."""


class NoRoom(Exception):
    """The disk is short, or the object larger than the limit: the sender tries again later."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What one account may give, as the registering side last found it."""

    institution: uuid.UUID
    account: uuid.UUID
    room: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished object."""

    id: uuid.UUID
    size: int
    """Bytes of plaintext."""
    sealed: Path
    key: Path

    def whole(self) -> bool:
        """False for what a power cut left: it was never acknowledged."""
        return self.key.exists() and self.sealed.stat().st_size == sealed_size(self.size)

    def drop(self) -> None:
        """It is kept elsewhere now, or it was never acknowledged."""
        for path in (self.sealed, self.key):
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Batch:
    """The objects of one association that wait: one deposit."""

    association: uuid.UUID
    institution: uuid.UUID
    account: uuid.UUID
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.association}.{self.institution}.{self.account}"

    def entries(self, most: int) -> list[Entry]:
        """The oldest, at most so many; what a power cut left goes."""
        with suppress(FileNotFoundError):
            found = sorted(self.folder.glob("*.sealed"), key=lambda path: path.stat().st_mtime_ns)[:most]
            entries = [_entry(path) for path in found]
            for broken in (each for each in entries if not each.whole()):
                broken.drop()
            return [each for each in entries if each.sealed.exists()]
        return []


class Spool:
    """The folder. `prepare` makes it; whoever receives opens entries, whoever registers walks the batches."""

    def __init__(self, root: Path) -> None:
        self.root, self.arriving = root, root / "in"
        self._flushers = ThreadPoolExecutor(FLUSHERS, thread_name_prefix="flush")
        self._told: tuple[int, dict[str, Any]] = (0, {})

    def prepare(self, uid: int = -1, gid: int = -1) -> None:
        """Folders that only their owner reads; `in` belongs to the account that receives."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o750)
        self.arriving.mkdir(exist_ok=True, mode=0o700)
        os.chown(self.root, -1, gid)
        os.chown(self.arriving, uid, gid)

    def sweep(self) -> int:
        """Before anything is received: what a killed process left half written; returns how many."""
        left = [*self.arriving.glob("*/*.part"), *(k for k in self.arriving.glob("*/*.key") if not _partner(k))]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    # --- permits

    def permit(self, account: str) -> Permit | None:
        """Of the account with this address; None when it may not give."""
        found = self._permits().get("accounts", {}).get(account)
        if not found:
            return None
        return Permit(uuid.UUID(found["institution"]), uuid.UUID(found["account"]), found["room"])

    def tell(self, day: str, public: bytes, accounts: dict[str, Permit]) -> None:
        """Replace the permits; the public half of the workers' key of the day."""
        listed = {
            email: {"institution": str(one.institution), "account": str(one.account), "room": one.room}
            for email, one in accounts.items()
        }
        partial = self.root / ".permits"
        partial.write_text(json.dumps({"day": day, "public": public.hex(), "accounts": listed}))
        partial.chmod(0o640)
        os.chown(partial, -1, self.root.stat().st_gid)
        partial.replace(self.root / "permits.json")

    def _permits(self) -> dict[str, Any]:
        path = self.root / "permits.json"
        changed = path.stat().st_mtime_ns
        if changed != self._told[0]:
            self._told = changed, json.loads(path.read_text())
        return self._told[1]

    # --- receiving

    def begin(self, association: uuid.UUID, permit: Permit, limit: int) -> Arrival:
        """A place for one object; NoRoom, or OSError."""
        self.require_room(0)
        folder = self.arriving / f"{association}.{permit.institution}.{permit.account}"
        told = self._permits()
        arrival = Arrival(self, folder, permit.institution, limit)
        arrival.open(told["day"], bytes.fromhex(told["public"]))
        return arrival

    def require_room(self, coming: int) -> None:
        """NoRoom when so many bytes more leave less than FREE."""
        if shutil.disk_usage(self.root).free < FREE + coming:
            raise NoRoom

    def flush(self, descriptor: int) -> Future[None]:
        """Make durable and close it, in another thread."""
        return self._flushers.submit(_flush, descriptor)

    # --- taking away

    def batches(self) -> Iterator[Batch]:
        """Those that wait, by name."""
        for folder in sorted(self.arriving.iterdir()):
            association, institution, account = (uuid.UUID(part) for part in folder.name.split("."))
            yield Batch(association, institution, account, folder)

    def depth(self) -> tuple[int, int]:
        """(finished objects, their sealed bytes) that wait."""
        sizes = []
        for path in self.arriving.glob("*/*.sealed"):
            with suppress(FileNotFoundError):
                sizes.append(path.stat().st_size)
        return len(sizes), sum(sizes)


class Arrival:
    """One object on its way in: sealed as it comes, a chunk of it in memory at a time."""

    def __init__(self, spool: Spool, folder: Path, institution: uuid.UUID, limit: int) -> None:
        self.id, self.size, self.digest = uuid.uuid4(), 0, hashlib.sha256()
        self._spool, self._folder, self._limit, self._looked = spool, folder, limit, 0
        self._binding = self.id.bytes + institution.bytes
        self._part, self._key = folder / f"{self.id}.part", folder / f"{self.id}.key"

    def open(self, day: str, public: bytes) -> None:
        """The key on its way to the disk, and the file."""
        key, sealed = seal_data_key(self.id, day, public)
        self._place = _folder(self._folder)
        with self._key.open("xb") as handle:
            handle.write(sealed)
            handle.flush()
            self._key_kept = self._spool.flush(os.dup(handle.fileno()))
        self._handle = self._part.open("xb")
        self._sealer = Sealer(self._handle, key, self._binding)

    def write(self, data: bytes) -> None:
        """NoRoom beyond the limit of an object, or when the disk becomes short."""
        self.size += len(data)
        if self.size > self._limit:
            raise NoRoom
        if self.size - self._looked >= LOOK:
            self._looked = self.size
            self._spool.require_room(0)
        self.digest.update(data)
        self._sealer.write(data)

    def finish(self) -> None:
        """Durable on return. The name comes before the flush, so that one flush is enough; it may be taken away by
        then, so descriptors are flushed, not names.
        """
        self._sealer.close()
        self._handle.flush()
        self._part.rename(self._folder / f"{self.id}.{self.size}.sealed")
        kept = self._spool.flush(os.dup(self._handle.fileno()))
        self._key_kept.result()
        kept.result()
        os.fsync(self._place)
        self._close()

    def abort(self) -> None:
        """Nothing is left of it."""
        self._close()
        for path in (self._part, self._key, self._folder / f"{self.id}.{self.size}.sealed"):
            path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._place >= 0:
            os.close(self._place)
            self._handle.close()
            self._place = -1


def _folder(path: Path) -> int:
    """A descriptor of the folder, made if need be; the registering side takes empty ones away."""
    for _ in range(3):
        if not path.exists():
            path.mkdir(mode=0o700, exist_ok=True)
            sync_folder(path.parent)
        with suppress(FileNotFoundError):
            return os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    raise NoRoom


def _entry(path: Path) -> Entry:
    name, size, _ = path.name.split(".")
    return Entry(uuid.UUID(name), int(size), path, path.with_name(f"{name}.key"))


def _partner(key: Path) -> bool:
    return any(key.parent.glob(f"{key.stem}.*.sealed"))


def _flush(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
