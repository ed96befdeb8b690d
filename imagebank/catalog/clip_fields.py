"""What a person says of a clip: words of the vocabulary, or a short text that points at nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imagebank.core.errors import Invalid
from imagebank.vocabulary.selectors import unknown

from .text import clean_text

KINDS: Final = {"laterality": "laterality", "probe": "probe", "mode": "mode", "ventilation": "ventilation"}
CONVENTIONS: Final = ("", "cardiology", "radiology", "apex-down")
TYPED: Final = ("patient_position", "zone", "time_point")


def said_of_clip(entry: Mapping[str, Any]) -> dict[str, str]:
    """The fields that `entry` holds, checked; Invalid names what is wrong."""
    said = {name: str(entry[name] or "") for name in (*KINDS, "screen_convention", *TYPED) if name in entry}
    strange = [name for name, kind in KINDS.items() if said.get(name) and unknown(kind, [said[name]])]
    if said.get("screen_convention", "") not in CONVENTIONS:
        strange.append("screen_convention")
    if strange:
        raise Invalid(errors=dict.fromkeys(strange, "This is not in the vocabulary."))
    return said | {name: clean_text(name, said[name]) for name in TYPED if name in said}
