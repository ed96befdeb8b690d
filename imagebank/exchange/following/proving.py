"""A clip of another node, looked at as if it had been deposited here: verified and rendered in the sandbox.

Only the clean DICOM object is fetched. What is shown (films, poster, frames) is made from it here, so that no film of
another node ever reaches a reader, and what the clip is technically is what the object says, not what a document says.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from imagebank.catalog.calibration import regions_of
from imagebank.core import stores
from imagebank.intake.pipeline import CONTENT_TYPES, RENDERED
from imagebank.intake.sandboxing import descriptors, rewound, sandbox, scratch_files

from .refusing import Refused
from .staging import Staging

TEXT_TAGS: Final = {
    "sop_class_uid": "00080016", "sop_instance_uid": "00080018", "study_uid": "0020000D", "series_uid": "0020000E",
    "maker": "00080070", "model": "00081090",
}  # fmt: skip
UIDS: Final = ("sop_class_uid", "sop_instance_uid", "study_uid", "series_uid")


@dataclass(frozen=True, slots=True)
class Proven:
    """A clip whose objects lie in the bank's store, not yet known to any row."""

    sha256: str
    stored: Mapping[str, tuple[str, int]]
    """Role -> hash and size."""
    facts: Mapping[str, Any]
    """Fields of a Clip."""
    header: Mapping[str, Any]
    look: list[int]

    def renditions(self) -> list[dict[str, Any]]:
        return [
            {"role": role, "store": "bank", "sha256": sha256, "size": size, "content_type": CONTENT_TYPES[role]}
            for role, (sha256, size) in self.stored.items()
        ]


def proven(staging: Staging, clip: uuid.UUID, sha256: str, path: Path) -> Proven:
    """`path`: where the object is staged. Refused when the second look finds something, or it cannot be read."""
    with path.open("rb") as dicom:
        looked = sandbox().run("verify", source=dicom.fileno())
        if looked.verdict != "clean":
            raise Refused("verifier" if looked.verdict == "held" else "unreadable", "dicom")
        with scratch_files(*RENDERED) as rendered:
            made = sandbox().run("render", source=rewound(dicom).fileno(), outputs=descriptors(rendered), request={})
            if made.verdict != "clean" or not made.result:
                raise Refused("unreadable", "dicom")
            facts = _facts(made.result) | {"verifier_report": {"problems": []}}
            streams: dict[str, BinaryIO] = {"dicom": dicom}
            streams |= {RENDERED[name]: file for name, file in rendered.items() if _size(file)}
            staging.mark(clip)
            stored = {role: stores.bank.put(clip, role, rewound(file)) for role, file in streams.items()}
    if stored["dicom"][0] != sha256:
        raise Refused("blob", "dicom", waits=True)
    return Proven(sha256, stored, facts, made.result["header"], made.result["look"])


def _facts(rendered: Mapping[str, Any]) -> dict[str, Any]:
    elements = rendered["header"]["elements"]
    texts = {name: _text(elements, tag) for name, tag in TEXT_TAGS.items()}
    if not all(texts[name] for name in UIDS):
        raise Refused("unreadable", "uid")
    frames = int(rendered["frame_count"])
    return {
        **texts,
        "kind": "cine" if frames > 1 else "still",
        "mode": rendered.get("mode") or "b-mode",
        "frames": frames,
        "fps": rendered.get("fps"),
        "frame_times": rendered.get("frame_times_ms") or [],
        "width": rendered["width"],
        "height": rendered["height"],
        "regions": regions_of(elements),
        "perceptual_hash": rendered.get("perceptual_hash") or "",
    }


def _text(elements: Mapping[str, Any], tag: str) -> str:
    values = elements.get(tag, {}).get("Value", [])
    return str(values[0])[:64] if values else ""


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)
