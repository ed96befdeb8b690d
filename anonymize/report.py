"""What happened to one file, in a shape that is safe to show and to keep: counts and codes, never a removed value."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from anonymize.codes import Verdict


@dataclass(slots=True)
class MaskDrawn:
    """What was blanked: share of the frame kept, how the picture was found, boxes blanked inside it."""

    shape: str
    """`fan`, `rectangle`, `person`, `whole`, `none`."""
    kept_share: float
    source: str
    """`picture`, `picture+regions`, `person`, `remembered` (drawn for another clip of the device)."""
    score: float
    """How sure, 0-1: how well the outline is a fan or a rectangle; how well a remembered mask fits."""
    keep: list[list[int]] = field(default_factory=list)
    """Bounding boxes [left, top, right, bottom] of the pictures kept."""
    blanked: list[list[int]] = field(default_factory=list)
    """Boxes blanked inside or at the edge of the pictures (text, codes)."""


@dataclass(slots=True)
class Report:
    """One file's report; `as_json` is the line of the report file (with `index` and `output` added by the caller).

    The line's shape is `report.schema.json` in this package.
    """

    verdict: Verdict = "failed"
    code: str = "failed.unknown"
    sentence: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    """Numbers and limits that belong to the code."""
    removed: dict[str, int] = field(default_factory=dict)
    """Category (name, id, date, uid, institution, device, text, private, unknown, pixels ...) -> how many."""
    kept: int = 0
    masks: list[MaskDrawn] = field(default_factory=list)
    recompressed: str = "no"
    """`no`, `lossless`, or `once` with the quality reached in `psnr_db`."""
    psnr_db: float | None = None
    verifier: dict[str, Any] = field(default_factory=dict)
    """{"passed": bool, "problems": [code ...], "version": str}."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Safe facts of the result: rows, columns, frames, fps, maker, model, probe, transfer_syntax, age_band, sex."""
    keys: dict[str, str] = field(default_factory=dict)
    """Keyed: sop_instance_uid, series_uid, study_uid (new UIDs), patient (64 hex digits or empty), bytes."""
    versions: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    bytes_in: int = 0
    bytes_out: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain types only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        """The way back; `TypeError` for what is not a report."""
        masks = [MaskDrawn(**mask) for mask in data.get("masks", ())]
        return cls(**{**data, "masks": masks})
