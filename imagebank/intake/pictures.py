"""Pictures of clean clips in other forms than the stored ones, made in the sandbox while the client waits."""

from __future__ import annotations

from typing import Any

from imagebank.catalog.models import Rendition
from imagebank.core import stores
from imagebank.core.errors import Missing, Unavailable

from .sandboxing import descriptors, memory_files, rewound, sandbox


def picture(stored: Rendition, request: dict[str, Any]) -> bytes:
    """What the job `picture` (anonymize.render.picture) makes of a stored poster or archive of frames.

    Missing for a frame that is not kept, Unavailable when it could not be made.
    """
    opened = stores.STORES[stored.store].open(stored.clip_id, stored.role, stored.sha256)
    with opened as source, memory_files("picture") as files:
        outcome = sandbox().run("picture", source=source.fileno(), outputs=descriptors(files), request=request)
        if outcome.code == "refused.no_pixels":
            raise Missing()
        if outcome.verdict != "clean":
            raise Unavailable()
        return rewound(files["picture"]).read()
