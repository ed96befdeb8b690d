"""De-identification of ultrasound clips: a file of a stranger in, a clean DICOM object and a report out.

    report = anonymize.clean("clip.dcm", "clean.dcm", anonymize.Policy(dates="shift"))
    problems = anonymize.verify("clean.dcm", "clip.dcm")

Names are loaded when they are first used: a job child imports parts of this package and must stay small.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

_PLACES: Final = {
    "clean": "anonymize.library",
    "Limits": "anonymize.policy",
    "Mask": "anonymize.policy",
    "Policy": "anonymize.policy",
    "Problem": "anonymize.verify.codes",
    "Rectangle": "anonymize.policy",
    "RememberedMask": "anonymize.policy",
    "Report": "anonymize.report",
    "Sandbox": "anonymize.sandbox",
}
__all__ = [*_PLACES, "verify"]


def __getattr__(name: str) -> Any:
    if name == "verify":  # the room of that name, which can be called
        return import_module("anonymize.verify")
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
