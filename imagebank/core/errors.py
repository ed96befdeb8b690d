"""Errors that a person or a client is told: a stable code, a sentence, an HTTP status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

PROBLEMS: Final = {
    "agreement": "Your institution has no current agreement with this node, so nothing can be given.",
    "asked_already": "You have asked for this already: a decision is awaited.",
    "attested": "The rights of this deposit are attested already.",
    "claimed": "Somebody else is reading this case.",
    "contributor": "Ask the steward of your institution to make you a contributor.",
    "csrf": "A request of a session that changes something needs the CSRF token in the header X-CSRFToken.",
    "doubted": "Your doubt about this case is being looked at already.",
    "epoch_changed": "This node is not as it was when this cursor was given: compare `epoch` and `head`.",
    "idempotency_key": "This Idempotency-Key was used for another request.",
    "incident": "Somebody fears for a patient's privacy here: a steward decides first whether it is shown again.",
    "incomplete": "Some answers are missing.",
    "institution": "Say in which of your institutions this is given.",
    "last_steward": "An institution keeps a steward: name another one first.",
    "limit_body": "The body of the request is larger than the limit.",
    "limit_bytes": "The file is larger than the limit.",
    "limit_daily": "You have reached today's limit; go on tomorrow.",
    "limit_fields": "The fields of the request are larger than the limit.",
    "limit_files": "There are more files than the limit.",
    "limit_quarantine": "Your institution's quarantine is full: confirm or discard what waits there.",
    "limit_lists": "There are more lists or searches, or more cases on a list, than the limit.",
    "list_exists": "You have a list or a search of this name already.",
    "mirror_agreement": "Your institution has no current agreement with this node, so it cannot follow it.",
    "mirror_ended": "This mirror was ended.",
    "mirror_exists": "A mirror with this node exists already.",
    "mirror_token": "Only a token with the scope mirror can follow this node.",
    "limit_webhooks": "There are more webhooks than the limit.",
    "no_worker_key": "Files cannot be taken yet: no worker has started.",
    "not_claimed": "Take the case from the queue before you judge it.",
    "not_verified": "The answer could not be written into the file; nothing was changed.",
    "person": "Only a person in a session can do this, never a token.",
    "published": "This case is published: withdraw it instead.",
    "query": "The search uses the query language, and has a fault: `errors` says where.",
    "read_already": "You have read this case: another person reads it now.",
    "receipt": "This receipt does not hold: `errors` says what.",
    "rights_pending": "A person of the institution must attest the rights of this deposit first.",
    "role_held": "You have this role already.",
    "scope": "The token lacks a scope that this needs.",
    "service_exists": "The institution has a service account of this name already.",
    "terms": "Please accept the terms of use in your account first.",
    "token": "This token is not known, has ended or was revoked.",
    "token_by_person": "Only its owner in a session can make, see or revoke a token.",
    "upload_length": "Say in Upload-Length how many bytes the file has; no more than these are taken.",
    "upload_metadata": "Name in Upload-Metadata the deposit that the file is for.",
    "upload_offset": "The upload stands at another offset: ask for it, and go on from there.",
    "vocabulary": "The vocabulary's tables have faults.",
    "webhook_exists": "This address is told already.",
    "wrong_state": "This is not possible in the present state.",
}
"""Code -> sentence of what is raised by its code alone; a kind of BankError brings its own."""


class BankError(Exception):
    """Base. `errors` maps field names to sentences."""

    status = 400
    code = "invalid"
    title = "The request cannot be carried out."

    def __init__(self, code: str = "", title: str = "", *, errors: dict[str, Any] | None = None) -> None:
        self.code = code or self.code
        self.title = title or PROBLEMS.get(code, self.title)
        self.errors = errors or {}
        super().__init__(self.code)


class Invalid(BankError):
    status = 422
    code = "invalid"
    title = "Some of what was sent is not valid."


class Denied(BankError):
    status = 403
    code = "denied"
    title = "You may not do this."


class SignInFirst(BankError):
    status = 401
    code = "sign_in"
    title = "Please log in first."


class SecondFactorFirst(Denied):
    code = "second_factor"
    title = "This needs a second factor: set up a passkey or an authenticator app in your account."


class Missing(BankError):
    """Hidden and absent answer alike."""

    status = 404
    code = "not_found"
    title = "There is nothing here, or you may not see it."


class Gone(BankError):
    status = 410
    code = "withdrawn"
    title = "This was withdrawn."


class Conflict(BankError):
    status = 409
    code = "conflict"
    title = "This does not fit the present state."


class TooMuch(BankError):
    status = 413
    code = "too_large"
    title = "This is larger than the limit."


class Wait(BankError):
    """Too many requests; `seconds` until the next one."""

    status = 429
    code = "too_many"
    title = "Too many requests; please wait."

    def __init__(self, seconds: float | None) -> None:
        super().__init__()
        self.seconds = max(1, round(seconds or 1))


class Unsupported(BankError):
    """A body of another kind."""

    status = 415
    code = "media_type"
    title = "This kind of content is not taken here."


class NotAcceptable(BankError):
    """No representation that the caller accepts."""

    status = 406
    code = "not_acceptable"
    title = "This is not to be had in any of the forms that you accept."


class Unavailable(BankError):
    status = 503
    code = "unavailable"
    title = "This is not possible right now; please try again."


def sentences() -> dict[str, str]:
    """{code: English sentence} of every error that the bank itself raises."""
    return {**{kind.code: kind.title for kind in kinds(BankError)}, **PROBLEMS}


def kinds(kind: type[BankError]) -> Iterator[type[BankError]]:
    """This kind and all that derive from it."""
    yield kind
    for narrower in kind.__subclasses__():
        yield from kinds(narrower)
