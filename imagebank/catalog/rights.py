"""Rights: built from the institution's policy and what the depositor says, copied by value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from imagebank.accounts.models import Institution, User
from imagebank.core.errors import Invalid
from imagebank.vocabulary.selectors import unknown

from .models import Rights

DEFAULTS: Final[dict[str, Any]] = {
    "legal_basis": "consent",
    "consent_kind": "teaching-revocable",
    "policy_version": "draft-1",
    "uses": ["teaching"],
    "audience": "open",
    "licence": "LicenseRef-Imagebank-Teaching-1.0",
}
SHORT: Final = {"consent_basis": "legal_basis"}
FIELDS: Final = {
    *DEFAULTS, "evidence_place", "regions", "embargo_until", "expires_on", "child", "deceased", "ethics_reference",
}  # fmt: skip
DATES: Final = ("embargo_until", "expires_on")


def rights_for(institution: Institution, said: Mapping[str, Any], *, attester: User | None) -> Rights:
    """A new Rights row; Invalid names what is wrong. Without an attester the rights wait for a person."""
    said = {SHORT.get(name, name): value for name, value in said.items()}
    if strange := set(said) - FIELDS:
        raise Invalid(errors=dict.fromkeys(sorted(strange), "There is no such field of rights."))
    values = {**DEFAULTS, **institution.default_rights, **said}
    for name in DATES:
        if isinstance(values.get(name), str):
            values[name] = _date(name, values[name])
    if unknown("licence", [str(values["licence"])]):
        raise Invalid(errors={"licence": "This is not in the vocabulary."})
    rights = Rights(**values, attester=attester, attested_at=timezone.now() if attester else None)
    try:
        rights.full_clean(exclude=["attester", "attested_at"])
    except ValidationError as problem:
        raise Invalid(errors=_sentences(problem)) from None
    except (TypeError, ValueError):
        raise Invalid(errors={"rights": "A value is not of the right kind."}) from None
    rights.save(force_insert=True)
    return rights


def attested(rights: Rights) -> bool:
    return rights.attester_id is not None


def in_force(rights: Rights) -> bool:
    """Whether this node may show it to readers: not ended, given for teaching, and for the region of the node."""
    ended = rights.expires_on is not None and rights.expires_on < timezone.now().date()
    here = not rights.regions or settings.REGION in rights.regions
    return not ended and here and "teaching" in rights.uses


def _date(name: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid(errors={name: "A date like 2027-01-31."}) from None


def _sentences(problem: ValidationError) -> dict[str, str]:
    """Field -> sentence; what concerns several fields stands under `rights`."""
    told = problem.message_dict
    return {"rights" if name == "__all__" else name: _sentence(" ".join(texts)) for name, texts in told.items()}


def _sentence(problem: str) -> str:
    if "cc_needs_irrevocable" in problem:
        return "A Creative Commons licence needs a consent that covers a release which cannot be taken back."
    if "cc_has_no_expiry" in problem:
        return "A Creative Commons licence cannot expire."
    return "These rights contradict each other or hold an unknown value." if "onstraint" in problem else problem
