"""Taking files in, and what a person decides about them. Each: check permission, validate, change, audit, enqueue."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from imagebank.accounts.models import Institution, User
from imagebank.accounts.permissions import check, may_deposit
from imagebank.accounts.services import agreement_is_current
from imagebank.catalog.rights import attested, rights_for
from imagebank.core import keys, stores
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import BankError, Conflict, Denied, Invalid, TooMuch
from imagebank.core.states import transition
from imagebank.core.stores import SealedIntake
from imagebank.vocabulary.selectors import unknown

from .keying import InstitutionKeyer
from .models import Deposit, Original
from .peeking import Peeked, peek
from .room import last_position, require_room
from .states import ENDED, MAY_COME_AGAIN, ORIGINAL

DUPLICATE: Final = "refused.duplicate"
CONFLICT: Final = "refused.conflict"
DECLINED: Final = "refused.patient_declined"
DEFAULTS: Final = ("indication", "setting", "age_band")
"""What a deposit can say once for all cases of its clips."""


# --- giving


def deposit_institution(actor: Actor, slug: str = "") -> Institution:
    """Where a deposit belongs: from the credential; a person with several institutions says which."""
    mine = actor.institutions("contributor", "steward", "service")
    found = Institution.objects.filter(pk__in=mine, **({"slug": slug} if slug else {}))
    if len(found) != 1:
        raise Denied("institution") if found else Denied()
    institution = found[0]
    if not may_deposit(actor, institution.id):
        raise Denied()
    if not agreement_is_current(institution.id):
        raise Denied("agreement")
    return institution


def open_intake(institution: Institution, actor: Actor) -> SealedIntake:
    """A sealed place for one file that is about to arrive; TooMuch when a quota is used up."""
    require_room(institution, actor)
    return SealedIntake(uuid.uuid4(), institution.id, limit=settings.LIMITS.file_bytes)


@transaction.atomic
def open_deposit(
    *,
    actor: Actor,
    institution: Institution,
    rights: Mapping[str, Any] | None = None,
    purpose: str = "bank",
    setting: str = "",
    synthetic: bool = False,
    deposit_id: uuid.UUID | None = None,
) -> Deposit:
    """A deposit with its rights copied by value. A machine attests nothing: its rights wait for a person."""
    if purpose not in ("bank", "own_learning"):
        raise Invalid(errors={"purpose": "It is `bank` or `own_learning`."})
    if setting and unknown("setting", [setting]):
        raise Invalid(errors={"setting": "This is not in the vocabulary."})
    depositor = User.objects.get(pk=actor.known_id)
    attester = depositor if actor.is_person and depositor.kind == "person" else None
    deposit = Deposit.objects.create(
        id=deposit_id or uuid.uuid4(),
        institution=institution,
        depositor=depositor,
        contributor=attester,
        purpose=purpose,
        rights=rights_for(institution, rights or {}, attester=attester),
        setting=setting or institution.default_setting,
        synthetic=synthetic,
    )
    record(actor, "deposit", deposit, action="C")
    return deposit


Doubt = Callable[[Peeked], str]
"""The code for which a door does not take a file that the intake would take, or nothing."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file's row and what a look at its header told; nothing of a file that was not looked at."""

    original: Original
    found: Peeked


def register(*, actor: Actor, deposit: Deposit, outcomes: Iterable[SealedIntake | BankError]) -> list[Original]:
    """`receive`, for whoever asks for the rows alone."""
    return [each.original for each in receive(actor=actor, deposit=deposit, outcomes=outcomes)]


def receive(
    *, actor: Actor, deposit: Deposit, outcomes: Iterable[SealedIntake | BankError], doubt: Doubt = lambda _: ""
) -> list[Received]:
    """A row for each file, taken or not: every file is answered. A look at the header tells a duplicate at once."""
    rows = []
    position = last_position(deposit)
    for outcome in outcomes:
        position += 1
        if position > settings.LIMITS.files_per_deposit:
            outcome = _over_count(outcome)
        if isinstance(outcome, BankError):
            rows.append(Received(_refused_row(deposit, position, f"refused.{outcome.code}"), Peeked()))
        else:
            rows.append(_register_sealed(actor, deposit, position, outcome, doubt))
    return rows


def _over_count(outcome: SealedIntake | BankError) -> BankError:
    if isinstance(outcome, SealedIntake):
        outcome.abort()
    return TooMuch("limit_files")


def _register_sealed(actor: Actor, deposit: Deposit, position: int, intake: SealedIntake, doubt: Doubt) -> Received:
    keyer = InstitutionKeyer(deposit.institution_id)
    bytes_key = keyer.key("bytes", [intake.sha256.hexdigest()])[0]
    found = peek(bytes(intake.head), keyer)
    row = Original(
        id=intake.original_id,
        deposit=deposit,
        institution=deposit.institution,
        position=position,
        bytes_key=bytes_key,
        instance_key=found.instance_key,
        size=intake.size,
    )
    refusal = ((code, None) if (code := doubt(found)) else None) or refusal_of(row, found)
    if refusal is None:
        try:
            return Received(_insert(actor, row), found)
        except IntegrityError:  # the same file came in beside this one
            refusal = refusal_of(row, found) or (DUPLICATE, None)
    intake.abort()
    return Received(_refused_row(deposit, position, refusal[0], duplicate_of=refusal[1]), found)


@transaction.atomic
def _insert(actor: Actor, row: Original) -> Original:
    row.save(force_insert=True)
    record(actor, "receive", row, action="C")
    hint(row)
    return row


def refusal_of(row: Original, found: Peeked) -> tuple[str, Original | None] | None:
    """Why this file need not or must not go further, with the earlier one where there is one."""
    if found.code:
        return found.code, None
    if found.declined(row.institution_id):
        return DECLINED, None
    live = Original.objects.filter(institution=row.institution).exclude(state__in=MAY_COME_AGAIN).exclude(pk=row.pk)
    if same := live.filter(bytes_key=row.bytes_key).first():
        return DUPLICATE, same
    if row.instance_key and (other := live.filter(instance_key=row.instance_key).first()):
        return CONFLICT, other
    return None


def _refused_row(deposit: Deposit, position: int, code: str, duplicate_of: Original | None = None) -> Original:
    return Original.objects.create(
        deposit=deposit,
        institution=deposit.institution,
        position=position,
        state="refused",
        code=code,
        bytes_key="",
        size=0,
        sealed=False,
        duplicate_of=duplicate_of,
    )


def hint(original: Original) -> None:
    """Tell the workers, after commit. A lost message is repaired by the sweeper."""
    from .tasks import process_original

    Original.objects.filter(pk=original.pk).update(hinted_at=timezone.now())
    transaction.on_commit(lambda: process_original.delay(str(original.pk)), robust=True)


# --- deciding


@transaction.atomic
def attest(*, actor: Actor, deposit: Deposit, rights: Mapping[str, Any]) -> Deposit:
    """A named person of the institution attests the rights of a service account's deposit."""
    check(actor, "deposit.see", deposit)
    if not actor.is_person:
        raise Denied("person")
    if deposit.rights.attester_id:
        raise Conflict("attested")
    person = User.objects.get(pk=actor.known_id)
    deposit.rights = rights_for(deposit.institution, rights, attester=person)
    deposit.contributor = person
    deposit.save(update_fields=["rights", "contributor"])
    deposit_clips = [o.clip for o in deposit.originals.select_related("clip") if o.clip]
    for clip in deposit_clips:
        clip.rights = deposit.rights
        clip.save(update_fields=["rights"])
    record(actor, "attest", deposit)
    return deposit


@transaction.atomic
def set_defaults(*, actor: Actor, deposit: Deposit, defaults: Mapping[str, str]) -> Deposit:
    """What new cases of this deposit begin with, of DEFAULTS; what is empty is not kept, nothing at all forgets it."""
    check(actor, "deposit.see", deposit)
    kept = {name: value for name, value in defaults.items() if value}
    wrong = [name for name, value in kept.items() if name not in DEFAULTS or unknown(name, [value])]
    if wrong:
        raise Invalid(errors=dict.fromkeys(wrong, "This is not in the vocabulary."))
    deposit.defaults = kept
    deposit.save(update_fields=["defaults"])
    record(actor, "defaults", deposit)
    return deposit


def mask(*, actor: Actor, original: Original, keep: list[list[int]], blank: list[list[int]]) -> Original:
    """Run again with a person's mask: boxes [left, top, right, bottom] to keep, and boxes to blank inside them."""
    check(actor, "original.handle", original, see="original.see")
    boxes = [*keep, *blank]
    if not keep or any(len(b) != 4 or b[0] >= b[2] or b[1] >= b[3] or min(b) < 0 for b in boxes):
        raise Invalid(
            errors={"keep": "At least one box [left, top, right, bottom] with left < right and top < bottom."}
        )
    return _clean_again(actor, original, "mask", {"mask": {"keep": keep, "blank": blank}})


def retry(*, actor: Actor, original: Original, afresh: bool = False) -> Original:
    """Clean once more what failed or is held; `afresh`: by the program alone, without a drawn or remembered mask."""
    check(actor, "original.handle", original, see="original.see")
    return _clean_again(actor, original, "retry", {"mask": None, "use_memory": False} if afresh else {})


@transaction.atomic
def _clean_again(actor: Actor, original: Original, event: str, changes: Mapping[str, Any]) -> Original:
    """Back to the workers; the candidate that there was goes."""
    clip = original.clip
    fresh = {"code": "", "clip": None, "attempts_died": 0}
    row = transition(original, event, actor=actor, table=ORIGINAL, changes={**fresh, **changes})
    if clip:
        clip.renditions.all().delete()
        clip.delete()
        transaction.on_commit(lambda: stores.candidate.purge(clip.id))
    hint(row)
    return row


def discard(*, actor: Actor, original: Original) -> Original:
    """Throw it away: key, bytes, before-picture and candidate go."""
    check(actor, "original.handle", original, see="original.see")
    return end(original, "discard", actor=actor)


def end(original: Original, event: str, *, actor: Actor) -> Original:
    """Discard or expire: the row stays, all bytes go."""
    with transaction.atomic():
        clip = original.clip
        row = transition(
            original, event, actor=actor, table=ORIGINAL, changes={"sealed": False, "has_preview": False, "clip": None}
        )
        if clip:
            clip.renditions.all().delete()
            clip.delete()
        transaction.on_commit(lambda: _destroy(original.pk, clip.id if clip else None))
    return row


def _destroy(original_id: uuid.UUID, clip_id: uuid.UUID | None) -> None:
    stores.destroy_original(original_id)
    if clip_id:
        stores.candidate.purge(clip_id)


def require_attested(deposit: Deposit) -> None:
    if not attested(deposit.rights):
        raise Conflict("rights_pending")


def leftovers() -> list[uuid.UUID]:
    """Ended originals whose key or bytes are still there because a process died between commit and destruction."""
    ended = Original.objects.filter(Q(state__in=ENDED) | Q(sealed=False)).values_list("id", flat=True)
    return [pk for pk in ended.iterator() if stores.quarantine_path(pk).exists() or keys.data_key_exists(pk)]
