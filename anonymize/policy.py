"""What a job may use and how it is to clean: frozen, so that a policy can be shown, hashed and repeated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

MiB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings of one job, each above 0; a refusal names the one that was met. Raises ValueError for any other number.

    To the system a negative ceiling would be none.
    """

    file_bytes: int = 1 << 30
    frames: int = 3_000
    frame_pixels: int = 64_000_000
    element_bytes: int = 16 * MiB
    """Largest value of one element other than the pixel data and encapsulated documents."""
    depth: int = 16
    """Deepest nesting of sequences."""
    elements: int = 100_000
    inflated_bytes: int = 64 * MiB
    """Most that a deflated data set may expand to, pixel data included."""
    resident_bytes: int = 512 * MiB
    address_bytes: int = 3 << 30
    output_bytes: int = 2 << 30
    open_files: int = 64
    cpu_seconds: int = 40
    wall_seconds: float = 45.0
    peek_seconds: float = 1.0

    def __post_init__(self) -> None:
        for name, ceiling in asdict(self).items():
            if not 0 < ceiling < math.inf:
                raise ValueError(f"{name} must be above 0")


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Pixels left <= x < right, top <= y < bottom."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Mask:
    """A person's mask: what to keep, and what to blank inside of it."""

    keep: tuple[Rectangle, ...]
    blank: tuple[Rectangle, ...] = ()


@dataclass(frozen=True, slots=True)
class RememberedMask:
    """A mask that a person approved for a device: tried on files of the same maker, model, size and layout."""

    maker: str
    model: str
    rows: int
    columns: int
    layout: str
    """As `facts["layout"]` of a report names it."""
    mask: Mask
    approvals: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """How to clean."""

    dates: Literal["drop", "shift"] = "drop"
    mask: Mask | None = None
    remembered: tuple[RememberedMask, ...] = ()
    """One is used where no picture is found with certainty, if device and screen fit."""
    visible_features: Literal["NO"] | None = None
    """`NO` only after a person answered that no face, skin mark, person or document is seen (PS3.3 C.7.6.1.1)."""
    synthetic: bool = False
    patient: Literal["empty", "keyed"] = "empty"
    """PatientID of the clean object: `keyed` lets one secret's owner join the studies of a patient."""
    sex: Literal["keep", "empty"] = "keep"
    """PatientSex of the clean object; the report's coarse facts tell it all the same."""
    names: bool = False
    """The report's keys hold the words of people's names, keyed, for a check of texts that are typed later."""
    limits: Limits = field(default_factory=Limits)

    def as_json(self) -> dict[str, Any]:
        """Plain types, as they travel to a job; `from_json` is the way back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Policy:
        """`TypeError` for what is not a policy."""
        own = ("mask", "remembered", "limits")
        plain = {key: value for key, value in data.items() if key not in own}
        return cls(
            **plain,
            mask=_mask(data["mask"]) if data.get("mask") else None,
            remembered=tuple(_remembered(one) for one in data.get("remembered", ())),
            limits=Limits(**data.get("limits", {})),
        )


def _remembered(data: Mapping[str, Any]) -> RememberedMask:
    return RememberedMask(**{**data, "mask": _mask(data["mask"])})


def _mask(data: Mapping[str, Any]) -> Mask:
    return Mask(*(tuple(Rectangle(**one) for one in data[name]) for name in ("keep", "blank")))
