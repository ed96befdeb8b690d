"""What DICOMweb refuses beyond the bank's usual errors; every one is told as RFC 9457 problem+json."""

from __future__ import annotations

from typing import Final

from imagebank.core.errors import BankError


class BadRequest(BankError):
    """The address, a parameter or a body that breaks the standard's grammar; `errors` says where."""

    status = 400
    code = "dicomweb_request"
    title = "The request is not as DICOMweb (PS3.18) wants it."


class NotAcceptable(BankError):
    """No representation that the caller accepts."""

    status = 406
    code = "not_acceptable"
    title = "This is not to be had in any of the forms that you accept."


class Unsupported(BankError):
    """A body of another kind."""

    status = 415
    code = "media_type"
    title = "This kind of content is not taken here."


class NotImplementedHere(BankError):
    """A service of the standard that the bank does not have, such as worklists."""

    status = 501
    code = "dicomweb_service"
    title = "The image bank does not offer this DICOMweb service."


UID_LENGTH: Final = 64


def checked_uid(name: str, uid: str) -> str:
    """The UID of an address or a key; BadRequest unless it is one (PS3.5 9.1)."""
    parts = uid.split(".")
    right = all(part.isascii() and part.isdigit() and (part == "0" or part[0] != "0") for part in parts)
    if not right or len(uid) > UID_LENGTH:
        raise BadRequest(errors={name: "This is not a UID: at most 64 digits and points, no part with a leading 0."})
    return uid
