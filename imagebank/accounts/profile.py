"""How a person is called: a name, and an ORCID iD (ISO 27729, with the check digit of ISO 7064 MOD 11-2)."""

from __future__ import annotations

import re
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from imagebank.core.actor import Actor
from imagebank.core.audit import record, write_card
from imagebank.core.errors import Denied, Invalid

from .models import User

ORCID: Final = re.compile(r"(?:https://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
LONGEST: Final = 200


@transaction.atomic
def change(*, actor: Actor, account: User, name: str, orcid: str) -> None:
    """The person's own; either may be empty. The trail holds the commitment of the new card from now on."""
    if not actor.is_person or actor.user_id != account.pk:
        raise Denied("person")
    name, found = " ".join(name.split()), ORCID.fullmatch(orcid.strip())
    if len(name) > LONGEST:
        raise Invalid(errors={"name": _("This is too long.")})
    if orcid.strip() and (found is None or not checks(found[1])):
        raise Invalid(
            errors={"orcid": _("This is no ORCID iD: four groups of four digits, the last one a check digit.")}
        )
    account.name, account.orcid = name, found[1] if found else ""
    account.save(update_fields=["name", "orcid"])
    write_card(account.pk, account.name, account.email)
    record(actor, "change_profile", account)


def checks(orcid: str) -> bool:
    """Whether the last digit is right: ISO 7064 MOD 11-2 over the first fifteen."""
    digits, total = orcid.replace("-", ""), 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[15]
