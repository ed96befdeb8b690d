"""What a code of the REST interface means, for the page behind its `type` address."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imagebank.intake.codes import all_sentences

from .contribute.words import next_step

Text = str | Promise
NEXT: Final[tuple[tuple[str, Text, str], ...]] = (
    ("sign_in", _("Sign in, or send a token, and try again."), "account_login"),
    ("second_factor", _("Set it up in your account, then sign in with it."), "mfa_index"),
    ("terms", _("Accept them in your account, then try again."), "web:account"),
    ("contributor denied", _("If you need it for your work, ask for the role in your account."), "web:roles"),
    (
        "person token_by_person csrf",
        _("Sign in with a browser and do it there."),
        "account_login",
    ),
    (
        "token scope mirror_token",
        _("Make a token with the scopes that this needs; a person does so in a session, with a second factor."),
        "api:docs",
    ),
    (
        "too_many limit_daily unavailable no_worker_key snapshot_wait",
        _("Wait a little and send the same again. With an Idempotency-Key nothing is done twice."),
        "",
    ),
    (
        "wrong_state conflict claimed attested asked_already doubted read_already role_held list_exists published "
        "last_steward service_exists "
        "idempotency_key upload_offset epoch_changed mirror_exists webhook_exists limit_webhooks",
        _("Read the present state first: it is done already, or somebody was faster."),
        "",
    ),
    (
        "invalid incomplete query institution upload_length upload_metadata not_verified receipt feed_cursor nonce",
        _("The answer names what is wrong under `errors`, field by field: correct it and send it again."),
        "",
    ),
    (
        "too_large limit_body limit_bytes limit_fields limit_files limit_lists",
        _("Send less at a time. The limits of this node stand at `/api/v1/node/`."),
        "",
    ),
    (
        "agreement rights_pending incident limit_quarantine mirror_agreement mirror_ended",
        _("Ask the steward of your institution, who can see to it."),
        "",
    ),
    ("withdrawn", _("Delete your copies. What was withdrawn does not come back under this address."), ""),
    ("not_found", _("Check the address. Some of it is for readers with an account: sign in."), "account_login"),
    ("media_type not_acceptable", _("The description of the interface says what is taken and given."), "api:docs"),
)
"""Codes (separated by spaces), what to do about them, and the route where it is done."""


def sentence_of(code: str) -> str | None:
    """The sentence of a code as it stands in an address (`-` for `.`); None when there is no such code."""
    known = {name.replace(".", "-"): text for name, text in all_sentences().items()}
    return gettext(str(known[code])) if code in known else None


def next_step_of(code: str) -> tuple[str, str]:
    """What to do about it, by the kind of the code, and the route of the page where it is done (or "")."""
    kind = code.partition("-")[0]
    if kind in ("refused", "held", "failed"):
        return gettext(str(next_step(kind, code.replace("-", ".", 1)))), "web:contribute"
    for codes, sentence, route in NEXT:
        if code in codes.split():
            return str(sentence), route
    return gettext("It stands in the answer to a request, with the fields it is about where there are any."), ""
