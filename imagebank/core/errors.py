"""Errors that a person or a client is told: a stable code, a sentence, an HTTP status."""

from __future__ import annotations

from typing import Any


class BankError(Exception):
    """Base. `errors` maps field names to sentences."""

    status = 400
    code = "invalid"
    title = "The request cannot be carried out."

    def __init__(self, code: str = "", title: str = "", *, errors: dict[str, Any] | None = None) -> None:
        self.code = code or self.code
        self.title = title or self.title
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


class Unavailable(BankError):
    status = 503
    code = "unavailable"
    title = "This is not possible right now; please try again."
