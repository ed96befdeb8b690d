"""OAuth 2.0 client credentials (RFC 6749, 4.4): a token of the account is the client, what it is given lasts an hour.

What is given is not kept: it is signed, names the token behind it and is worth what that one is worth now, so revoking
or ending the token ends everything that was given for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.core import signing
from django.utils.crypto import constant_time_compare

from .models import ApiToken
from .services import live_token

PREFIX: Final = "iba."
SECONDS: Final = 3600
_signer: Final = signing.TimestampSigner(sep="~", salt="accounts.granting")


def is_client(token: ApiToken, client_id: str) -> bool:
    """Whether a client goes by this name: the token's id or its owner's e-mail address."""
    return any(constant_time_compare(client_id.lower(), name) for name in (str(token.pk), token.owner.email.lower()))


def grant(token: ApiToken, scopes: Sequence[str]) -> str:
    """An access token with some of the scopes of `token`."""
    return PREFIX + _signer.sign_object([str(token.pk), sorted(scopes)])


def find_granted(text: str) -> ApiToken | None:
    """The live token behind an access token, with the scopes of the latter (not saved); None when it is none."""
    try:
        pk, scopes = _signer.unsign_object(text.removeprefix(PREFIX), max_age=SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    row = live_token(pk=pk)
    if row is not None:
        row.scopes = sorted(set(row.scopes) & set(scopes))
    return row
