"""The edge gateway: what stations send is de-identified on site and goes to a bank by STOW-RS, however long it takes.

    spool -> quarantine and a row of the ledger -> cleaned in the sandbox -> clean/ID.dcm -> the bank -> forgotten

Only what the cleaner calls clean leaves the house. What it holds or refuses stays here, sealed, for KEPT seconds: a
person sees it by `listen --status`. A step that was interrupted is taken again: the clean object is on the disk
before its original goes, and the bank knows the same bytes again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from anonymize.keying import SecretKeyer
from anonymize.policy import Policy
from imagebank.core import keys, stores
from imagebank.core.files import sync_folder
from imagebank.intake.sandboxing import descriptors, memory_files, rewound, sandbox
from imagebank.intake.spooled import adopt
from imagebank.intake.sweepers import renew_keys

from .ledger import ATTEMPTS, Ledger, Row
from .receiving import FORWARDED
from .sending import Bank, Later, Rejected
from .spool import Permit, Spool
from .stations import Stations

HERE: Final = uuid.UUID(int=0)
"""Institution and account of a gateway's own spool: it has no database that knows any."""
GROUP: Final = 20
"""Objects of one kind of step in one round."""
FRESH: Final = 60.0
"""Seconds between two looks at the keys."""
KEPT: Final = 30 * 24 * 3600.0
"""Seconds for which what is not sent stays (privacy.md 17)."""
ENDED: Final = ("sent", "repeated", "expired")
NOT_SENT: Final = ("held", "refused", "failed", "rejected")


class Forwarder:
    """The other side of the spool, without a database."""

    def __init__(self, spool: Spool, stations: Stations, bank: Bank) -> None:
        self._spool, self._stations, self._bank, self._told = spool, stations, bank, 0.0
        self._clean = spool.root / "clean"
        self._clean.mkdir(exist_ok=True, mode=0o700)
        self._ledger = Ledger(spool.root / "ledger.sqlite")
        self._keyer = SecretKeyer(keys.load_or_make(keys.folder("gateway") / "secret"))
        self._resting = 0.0

    def permit(self) -> None:
        """Every station of the list may give; there is room as long as the disk has some."""
        renew_keys()
        day, public = keys.newest_public()
        self._spool.tell(day, public, {one: Permit(HERE, HERE, room=True) for one in self._stations.accounts})
        self._told = time.monotonic()

    def round(self) -> int:
        """One step for what waits; returns how many objects moved."""
        if time.monotonic() - self._told > FRESH:
            self.permit()
            self._expire()
        moved = self._take() + sum(self._cleaned(row) for row in self._ledger.due("received", GROUP))
        for row in self._ledger.due("clean", GROUP):
            if time.monotonic() < self._resting:
                break
            moved += self._sent(row)
        _tell(self._spool, self._ledger)
        return moved

    def _take(self) -> int:
        count = 0
        for batch in self._spool.batches():
            for entry in batch.entries(GROUP):
                keys.adopt_data_key(entry.id, entry.key.read_bytes())
                adopt(entry.sealed, stores.quarantine_path(entry.id))
                sync_folder(stores.quarantine_path(entry.id).parent)
                self._ledger.add(entry.id)
                entry.drop()
                count += 1
        return count

    def _cleaned(self, row: Row) -> int:
        with stores.original_in_memory(row.id, HERE) as source:
            with os.fdopen(os.dup(source), "rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
            os.lseek(source, 0, os.SEEK_SET)
            if not self._ledger.name_bytes(row.id, self._keyer.key("bytes", [digest])[0]):
                return self._end(row.id, "repeated")
            return self._judged(row, source)

    def _judged(self, row: Row, source: int) -> int:
        request = {"policy": Policy(names=True).as_json(), "study": f"2.25.{row.id.int}"}
        with memory_files("clean", "before", "after") as files:
            outcome = sandbox().run(
                "clean", source=source, outputs=descriptors(files), request=request, keyer=self._keyer
            )
            if outcome.verdict == "clean":
                self._keep(row.id, rewound(files["clean"]))
                self._ledger.set(row.id, "clean")
                stores.destroy_original(row.id)
            elif outcome.verdict == "failed" and row.attempts + 1 < ATTEMPTS:
                self._ledger.later(row, outcome.code)
            else:
                self._ledger.set(row.id, outcome.verdict, outcome.code)
        return 1

    def _keep(self, original: uuid.UUID, clean: Any) -> None:
        partial = self._clean / f".{original}"
        with partial.open("wb") as handle:
            while piece := clean.read(1 << 20):
                handle.write(piece)
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(self._path(original))
        sync_folder(self._clean)

    def _sent(self, row: Row) -> int:
        try:
            self._bank.give(self._path(row.id))
        except Later as reason:
            self._ledger.later(row, str(reason))
            self._resting = time.monotonic() + min(60.0, 2.0**row.attempts)  # the others would meet the same
            return 0
        except Rejected as reason:
            self._ledger.set(row.id, "rejected", str(reason))
            return 1
        self._ledger.set(row.id, "sent")
        self._path(row.id).unlink(missing_ok=True)
        return 1

    def _end(self, original: uuid.UUID, state: str) -> int:
        self._ledger.set(original, state)
        stores.destroy_original(original)
        self._path(original).unlink(missing_ok=True)
        return 1

    def _expire(self) -> None:
        for original in self._ledger.older(NOT_SENT, KEPT):
            self._end(original, "expired")

    def _path(self, original: uuid.UUID) -> Path:
        return self._clean / f"{original}.dcm"


def _tell(spool: Spool, ledger: Ledger) -> None:
    told = {"at": timezone.now().isoformat(), "states": ledger.states(), "codes": ledger.codes()}
    partial = spool.root / ".forward"
    partial.write_text(json.dumps(told))
    partial.chmod(0o640)
    os.chown(partial, -1, spool.root.stat().st_gid)
    partial.replace(spool.root / FORWARDED)


def status(spool: Spool) -> list[str]:
    """How it stands, a line each."""
    objects, size = spool.depth()
    lines = [f"in the spool: {objects} objects, {size} bytes"]
    path = spool.root / FORWARDED
    if path.exists():
        told = json.loads(path.read_text())
        lines += [f"{state}: {count}" for state, count in told["states"].items()]
        lines += [f"  {code}: {count}" for code, count in told["codes"].items()]
        lines.append(f"last round: {told['at']}")
    return lines
