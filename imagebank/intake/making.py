"""Other forms of a stored clean object, made in the sandbox when somebody asks, and kept (`core.made`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from imagebank.catalog.models import Rendition
from imagebank.core import made, stores
from imagebank.core.errors import Missing, Unavailable

from .sandboxing import sandbox

VERSION: Final = "1"
"""Counted up when the sandbox's jobs write other bytes for the same request, so that no cache tells the old ones."""
OUTPUTS: Final = {"picture": "picture", "convert": "object"}
"""Job -> its output."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a job of the sandbox makes of a stored object."""

    stored: Rendition
    job: str
    request: Mapping[str, Any]

    @property
    def key(self) -> str:
        """SHA-256 of all that determines the bytes; also their entity tag."""
        said = [VERSION, self.job, self.stored.sha256, self.request]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def kept(self) -> made.Made | None:
        """What was made before."""
        return made.find(self.stored.clip_id, self.key)

    def made(self) -> made.Made:
        """What was made before, or is now; FileNotFoundError when the object went meanwhile.

        Missing for a frame that is not there, Unavailable when it cannot be made.
        """
        return self.kept() or made.keep(self.stored.clip_id, self.key, self._make)

    def _make(self, target: BinaryIO) -> dict[str, Any]:
        with stores.STORES[self.stored.store].open(self.stored.clip_id, self.stored.role, self.stored.sha256) as source:
            outcome = sandbox().run(
                self.job,
                source=source.fileno(),
                outputs={OUTPUTS[self.job]: target.fileno()},
                request=dict(self.request),
            )
        if outcome.code == "refused.no_pixels":
            raise Missing()
        if outcome.verdict != "clean":
            raise Unavailable()
        return outcome.result


def picture(stored: Rendition, request: Mapping[str, Any]) -> Wish:
    """Of a stored poster or archive of frames; the request is that of `anonymize.render.picture`."""
    return Wish(stored, "picture", request)


def converted(stored: Rendition, syntax: str) -> Wish:
    """Of a clean object in another transfer syntax (`anonymize.converting`); its facts are those of a Header."""
    return Wish(stored, "convert", {"syntax": syntax})
