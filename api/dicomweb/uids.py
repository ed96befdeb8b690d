"""UIDs of addresses and keys, and what DICOMweb refuses beyond the bank's own errors."""

from __future__ import annotations

from typing import Final

from imagebank.core.errors import BankError

UID_LENGTH: Final = 64


class BadRequest(BankError):
    """The address, a parameter or a body that breaks the standard's grammar; `errors` says where."""

    status = 400
    code = "dicomweb_request"
    title = "The request is not as DICOMweb (PS3.18) wants it."


def checked_uid(name: str, uid: str) -> str:
    """The UID of an address or a key; BadRequest unless it is one (PS3.5 9.1)."""
    parts = uid.split(".")
    right = all(part.isascii() and part.isdigit() and (part == "0" or part[0] != "0") for part in parts)
    if not right or len(uid) > UID_LENGTH:
        raise BadRequest(errors={name: "This is not a UID: at most 64 digits and points, no part with a leading 0."})
    return uid
