"""How a job ends when it does not end clean: each ending carries a code of `anonymize.codes`."""

from __future__ import annotations

from typing import Any


class Stop(Exception):
    """Base of the named endings. `detail` holds numbers and limits only, never a value of the file."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Refused(Stop):
    """The input's fault: it cannot be taken as it is."""


class Held(Stop):
    """It cannot be proven clean: a person must look."""


class Failed(Stop):
    """Our fault: it may be tried again."""
