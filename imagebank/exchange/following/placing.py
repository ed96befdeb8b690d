"""Rows of a case of another node: made anew from what was understood and proven, in the transaction of its cursor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q

from imagebank.accounts.models import Institution
from imagebank.catalog import projection
from imagebank.catalog.coarsening import NOWHERE
from imagebank.catalog.marks import set_marks
from imagebank.catalog.models import Case, Clip, Look, Origin, Rights, Subject, Tombstone
from imagebank.catalog.services import set_findings
from imagebank.core.actor import SYSTEM, Actor
from imagebank.core.audit import record
from imagebank.core.errors import BankError, Invalid
from imagebank.intake import headers
from imagebank.review.models import Incident
from imagebank.review.services import hide, show_again
from imagebank.review.withdrawal import withdraw_mirrored_clip

from .proving import Proven
from .refusing import Refused
from .shaping import CaseSaid, ClipSaid

SLUG: Final = 51
"""Letters of an institution's slug that are kept before the node's."""


def refuse_clashes(origin: Origin, said: CaseSaid) -> None:
    """Refused where an id is taken by something that is not of this node, or an institution poses as another."""
    ids = [clip.id for clip in said.clips]
    foreign = ~Q(origin=origin) | Q(origin=None)
    if Case.objects.filter(foreign, pk=said.id).exists() or Clip.objects.filter(foreign, pk__in=ids).exists():
        raise Refused("clash")
    if Clip.objects.filter(pk__in=ids).exclude(case=said.id).exists():
        raise Refused("clash", "clips")
    if Tombstone.objects.filter(pk__in=[said.id, *ids]).exists():
        raise Refused("clash", "withdrawn")
    if said.institution:
        slug, name = said.institution
        ours = Institution.objects.exclude(state="ended").filter(Q(slug=slug) | Q(name__iexact=name))
        if any((row.slug, row.name) != (slug, name) for row in ours):
            raise Refused("slug_clash", "institution")


def place(origin: Origin, said: CaseSaid, clips: Mapping[str, Proven], *, hidden: bool) -> Case:
    """The case as its origin tells it now. `clips`: those whose objects are new, by id; `hidden`: kept, not served."""
    _refuse_uids(clips)
    case = Case.objects.select_for_update().filter(pk=said.id).first()
    house = _house(origin, said)
    subject = _subject(origin, said, case)
    rights = _rights(said, case)
    fields = _fields(said) | {"institution": house, "subject": subject, "rights": rights, "synthetic": said.synthetic}
    if case is None:
        case = Case(id=said.id, origin=origin, author=origin.account, state="published", **fields)
        case.save(force_insert=True)
        record(SYSTEM, "mirror", case, action="C", after="published")
    else:
        for name, value in fields.items():
            setattr(case, name, value)
        case.save(update_fields=list(fields))
        record(SYSTEM, "mirror", case)
    shared = {"institution": house, "subject": subject, "rights": rights, "synthetic": said.synthetic}
    for position, one in enumerate(said.clips):
        _clip(case, one, position, clips.get(str(one.id)), shared)
    _say(case, said, origin)
    _leave(case, said)
    projection.project(case)
    _show(case, hidden)
    return case


def withhold(case: Case) -> None:
    """Its origin restricts it: hidden, the bytes stay."""
    if case.state == "published":
        hide(case, SYSTEM, "origin")


# --- pieces


def _refuse_uids(clips: Mapping[str, Proven]) -> None:
    """No object of another node takes the number of one that is here."""
    for key, proven in clips.items():
        if Clip.objects.filter(sop_instance_uid=proven.facts["sop_instance_uid"]).exclude(pk=key).exists():
            raise Refused("clash", "sop_instance_uid")


def _show(case: Case, hidden: bool) -> None:
    """Shown, unless it is stale, or somebody here fears for a patient's privacy."""
    if Incident.objects.filter(case=case, state="open").exists():
        projection.hide(case, hidden=True)
    elif case.state == "suspended":
        show_again(case, SYSTEM)
    if hidden:
        projection.hide(case, hidden=True)


def _fields(said: CaseSaid) -> dict[str, Any]:
    return {
        "revision": said.revision,
        "live_revision": said.revision,
        "indication_id": said.indication,
        "setting": said.setting,
        "title": said.title,
        "vignette": said.vignette,
        "age_band": said.age_band,
        "sex": said.sex,
        "bmi_class": said.bmi_class,
        "confirmed_method": said.method,
        "confirmed_certainty": said.certainty,
        "confirmed_interval_days": said.interval_days,
        "management_changed": said.management_changed,
        "management_note": said.management_note,
        "credit": said.credit,
        "published_on": said.published_on,
    }


def _house(origin: Origin, said: CaseSaid) -> Institution:
    """The institution as far as it is told; one for all of a country where it is not. It can give nothing here."""
    node = origin.pk.hex[:8]
    country = said.country or NOWHERE
    if said.institution:
        slug, name = f"{said.institution[0][:SLUG]}-{node}", said.institution[1]
    else:
        slug, name = f"node-{node}-{country.lower()}", origin.name
    fields = {"name": name, "country": country, "state": "ended", "named_in_public": bool(said.institution)}
    return Institution.objects.update_or_create(slug=slug, defaults=fields)[0]


def _subject(origin: Origin, said: CaseSaid, case: Case | None) -> Subject:
    """The patient under the number that this node alone was given."""
    house = origin.account.institution
    assert house is not None
    if said.subject:
        return Subject.objects.get_or_create(institution=house, patient_key=said.subject)[0]
    return case.subject if case else Subject.objects.create(institution=house)


def _rights(said: CaseSaid, case: Case | None) -> Rights:
    """Never changed: other rights are another row."""
    told = said.rights
    values: dict[str, Any] = {
        "legal_basis": "mirror",
        "consent_kind": "explicit-release" if told.licence.startswith("CC") else "teaching-revocable",
        "policy_version": "origin",
        "uses": list(told.uses),
        "audience": told.audience,
        "regions": list(told.regions),
        "licence": told.licence,
        "expires_on": told.expires_on,
    }
    if case and all(getattr(case.rights, name) == value for name, value in values.items()):
        return case.rights
    return Rights.objects.create(**values)


def _clip(case: Case, said: ClipSaid, position: int, new: Proven | None, shared: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        **shared, "case": case, "position": position, "view_id": said.view, "probe": said.probe,
        "laterality": said.laterality, "quality": said.quality, "depth_mm": said.depth_mm,
        "pixel_spacing_mm": said.pixel_spacing_mm,
    }  # fmt: skip
    fields |= new.facts if new else {}
    fixed = {"origin": case.origin, "depositor": case.author, "state": "public"}
    clip, _ = Clip.objects.update_or_create(id=said.id, defaults=fields, create_defaults={**fields, **fixed})
    if new:
        clip.renditions.all().delete()
        for rendition in new.renditions():
            clip.renditions.create(**rendition)
        headers.keep(clip, new.sha256, new.header)
        Look.objects.update_or_create(clip=clip, defaults={"vector": new.look})


def _say(case: Case, said: CaseSaid, origin: Origin) -> None:
    """Findings and marks by the services that check those of our own."""
    speaker = Actor(user_id=origin.account_id, via="system")
    try:
        set_findings(actor=speaker, case=case, findings=said.findings)
        set_marks(actor=speaker, case=case, marks=said.marks)
    except Invalid as problem:
        raise Refused("text" if "label" in problem.errors else "shape", next(iter(problem.errors), "")) from None
    except BankError:
        raise Refused("shape", "findings") from None


def _leave(case: Case, said: CaseSaid) -> None:
    """Clips that are not told of any more go, with their bytes."""
    for clip in case.clips.exclude(pk__in=[one.id for one in said.clips]).exclude(state="withdrawn"):
        withdraw_mirrored_clip(clip, "other")
