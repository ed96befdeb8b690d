"""Rights: built from the institution's policy and what the depositor says, copied by value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from imagebank.accounts.models import Institution, User
from imagebank.accounts.permissions import check
from imagebank.core.actor import Actor
from imagebank.core.audit import record
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
    rights = _valid({**institution.default_rights, **_named(said)})
    rights.attester, rights.attested_at = attester, timezone.now() if attester else None
    rights.save(force_insert=True)
    return rights


@transaction.atomic
def write_defaults(*, actor: Actor, institution: Institution, said: Mapping[str, Any]) -> None:
    """What a deposit of the institution begins with from now on; what was attested before stays as it was."""
    check(actor, "institution.run", institution, see="institution.see")
    values = {**institution.default_rights, **_named(said)}
    _valid(values)
    institution.default_rights = values
    institution.save(update_fields=["default_rights"])
    record(actor, "default_rights", institution, institution_id=institution.pk)


def _named(said: Mapping[str, Any]) -> dict[str, Any]:
    """By their long names; Invalid for what no right is called."""
    named = {SHORT.get(name, name): value for name, value in said.items()}
    if strange := set(named) - FIELDS:
        raise Invalid(errors=dict.fromkeys(sorted(strange), "There is no such field of rights."))
    return named


def _valid(said: Mapping[str, Any]) -> Rights:
    """Unsaved, complete by DEFAULTS; Invalid names what is wrong."""
    values = {**DEFAULTS, **said}
    for name in DATES:
        if isinstance(values.get(name), str):
            values[name] = _date(name, values[name])
    if unknown("licence", [str(values["licence"])]):
        raise Invalid(errors={"licence": "This is not in the vocabulary."})
    rights = Rights(**values)
    try:
        rights.full_clean(exclude=["attester", "attested_at"])
    except ValidationError as problem:
        raise Invalid(errors=_sentences(problem)) from None
    except (TypeError, ValueError):
        raise Invalid(errors={"rights": "A value is not of the right kind."}) from None
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
