"""Making and changing cases: clips of one patient, an indication, what was found, how it was confirmed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from imagebank.accounts.models import User
from imagebank.accounts.permissions import allowed, check
from imagebank.core.actor import Actor
from imagebank.core.audit import record
from imagebank.core.errors import Conflict, Invalid
from imagebank.vocabulary.models import (
    Certainty,
    FindingTerm,
    Indication,
    PatientAttribute,
    ReferenceStandard,
    Setting,
    View,
)

from . import history
from .clip_fields import said_of_clip
from .marks import retire_of, set_marks, texts_of
from .models import PRESENCE, Case, Clip, Finding, Subject
from .names import SENTENCE, refuse_names, repeats_name
from .rights import attested, in_force
from .selectors import standing, standing_findings
from .states import CASE, EDITABLE
from .text import clean_text, clean_texts

ATTRIBUTES: Final = {"age_band": "age_band", "sex": "sex", "bmi_class": "bmi_class"}
OF_PATIENT: Final = (*ATTRIBUTES, "setting", "credit")
"""What the k-check counts of published cases (coarsening): a later revision leaves it as it is."""


@transaction.atomic
def create_case(*, actor: Actor, data: Mapping[str, Any]) -> Case:
    """A draft from accepted clips. `data` as in interface.md; institution, rights and synthetic come from the clips."""
    clips = _take_clips(actor, data.get("clips") or [])
    first = clips[0]
    subject = _one_subject(clips)
    author = User.objects.get(pk=actor.known_id)
    case = Case(
        institution=first.institution, subject=subject, author=author, rights=first.rights, synthetic=first.synthetic
    )
    _fill(case, {"setting": _default_setting(first), **data})
    case.save(force_insert=True)
    record(actor, "create", case, action="C")
    with history.keep(case, actor, "create", new=True):
        _attach(case, clips, data["clips"])
        set_marks(actor=actor, case=case, marks=data.get("marks") or [])
        refuse_names(case, clips, marks=texts_of(case))
        set_findings(actor=actor, case=case, findings=data.get("findings") or [])
    return case


@transaction.atomic
def change_case(*, actor: Actor, case: Case, data: Mapping[str, Any]) -> Case:
    """Change a draft. Clips, findings and marks, when given, replace what was there (the latter two are superseded).

    `data` may hold a `reason`, which stands in the history.
    """
    case = _editable(actor, case)
    reason = clean_text("reason", data.get("reason") or "")
    with history.keep(case, actor, "change", reason):
        patient = [getattr(case, name) for name in OF_PATIENT]
        _fill(case, data)
        if case.live_revision:
            _same_patient(case, patient)
        case.save()
        if "clips" in data:
            _replace_clips(actor, case, data["clips"])
        if "marks" in data:
            set_marks(actor=actor, case=case, marks=data["marks"])
        refuse_names(case, case.clips.all(), reason=reason, marks=texts_of(case))
        if "findings" in data:
            set_findings(actor=actor, case=case, findings=data["findings"])
    record(actor, "change", case)
    return case


@transaction.atomic
def set_findings(*, actor: Actor, case: Case, findings: Iterable[Mapping[str, Any]]) -> None:
    """Make `findings` the standing ones: changed ones are superseded, missing ones retired, none deleted."""
    wanted = {(f["term"], f.get("clip")): f for f in map(_valid_finding, findings)}
    standing = {(f.term_id, str(f.clip_id) if f.clip_id else None): f for f in standing_findings(case)}
    clips = {str(clip.pk): clip for clip in case.clips.all()}
    for key, finding in standing.items():
        if key not in wanted:
            finding.retired = True
            finding.save(update_fields=["retired"])
    for key, data in wanted.items():
        _assert_finding(actor, case, clips, data, standing.get(key))


def revise(*, actor: Actor, case: Case, reason: str = "") -> Case:
    """Begin the next revision of a published case as a draft; readers see the last published one until it is out."""
    check(actor, "case.revise", case, see="case.see")
    reason = clean_text("reason", reason)
    if repeats_name(case.clips.all(), reason):
        raise Invalid(errors={"reason": SENTENCE})
    CASE.next(case.state, "revise")
    if case.live_revision is None:
        raise Conflict("wrong_state", "This case was never published: copy it into a new draft.")
    return history.move(case, "revise", actor=actor, words=reason, changes={"revision": case.live_revision + 1})


def submit(*, actor: Actor, case: Case) -> Case:
    """Hand a draft to review; Invalid names what is missing."""
    check(actor, "case.edit", case, see="case.see")
    CASE.next(case.state, "submit")
    missing = missing_for_publication(case)
    if missing:
        raise Invalid("incomplete", errors=missing)
    return history.move(case, "submit", actor=actor)


def recall(*, actor: Actor, case: Case) -> Case:
    """Undo a submission that nobody has taken up yet."""
    check(actor, "case.edit", case, see="case.see")
    return history.move(case, "recall", actor=actor)


def drop(*, actor: Actor, case: Case) -> Case:
    """Throw a draft away; its clips can be used again."""
    check(actor, "case.drop", case, see="case.see")
    if case.live_revision:
        raise Conflict("published")
    with transaction.atomic():
        row = history.move(case, "drop", actor=actor)
        case.clips.update(case=None)
    return row


def missing_for_publication(case: Case) -> dict[str, str]:
    """Field -> sentence, for what a case needs before anybody else reads it."""
    clips = list(case.clips.select_related("rights"))
    wanted = {
        "clips": bool(clips) and all(clip.state in ("private", "public") for clip in clips),
        "views": all(clip.view_id for clip in clips),
        "findings": bool(standing_findings(case)),
        "setting": bool(case.setting),
        "age_band": bool(case.age_band),
        "confirmed": bool(case.confirmed_method and case.confirmed_certainty),
        "rights_in_force": all(in_force(rights) for rights in [case.rights, *(clip.rights for clip in clips)]),
        "rights": attested(case.rights) and all(attested(clip.rights) for clip in clips),
        "purpose": all(clip.purpose == "bank" for clip in clips),
    }
    return {name: MISSING[name] for name, there in wanted.items() if not there}


MISSING: Final = {
    "clips": "A case needs at least one confirmed clip.",
    "views": "Say for each clip which view it is.",
    "findings": "Say what is present, absent or uncertain.",
    "setting": "Say where the scan was done.",
    "age_band": "Choose the age band.",
    "confirmed": "Say how the finding was confirmed and how sure it is.",
    "rights": "A person must attest the rights of the deposit.",
    "rights_in_force": "The rights have ended, leave out teaching, or do not hold in the country of this node.",
    "purpose": "Own scans for learning cannot be published without a new attestation.",
}
FIXED: Final = {
    "patient": _("This case is published: what it says of patient and place stays. Withdraw it where that is wrong."),
    "clips": _("This case is published: its clips stay. Withdraw a clip that is wrong; put a new one into a new case."),
}
"""What a later revision of a published case cannot change."""


# --- pieces


def _editable(actor: Actor, case: Case) -> Case:
    check(actor, "case.edit", case, see="case.see")
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.state not in EDITABLE:
        raise Conflict("wrong_state", f"This case is {locked.state}: it cannot be changed now.")
    return locked


def _take_clips(actor: Actor, entries: list[Mapping[str, Any]], case: Case | None = None) -> list[Clip]:
    ids = [str(entry.get("id", "")) for entry in entries]
    if not ids or not all(map(_is_uuid, ids)) or len(set(ids)) != len(ids):
        raise Invalid(errors={"clips": "At least one clip, each once, as {id, view}."})
    rows = allowed(actor, "clip.use", Clip.objects.filter(pk__in=ids)).values_list("pk", flat=True)
    clips = {str(c.pk): c for c in Clip.objects.select_for_update().filter(pk__in=list(rows))}
    free = [clips[i] for i in ids if i in clips and clips[i].case_id in (None, case.pk if case else None)]
    if len(free) != len(ids) or any(clip.state not in ("private", "public") for clip in free):
        raise Invalid(errors={"clips": "A clip is not there, not confirmed yet, or stands in another case."})
    if len({(clip.institution_id, clip.synthetic) for clip in free}) != 1:
        raise Invalid(errors={"clips": "The clips of a case come from one institution."})
    return free


def _same_patient(case: Case, patient: list[str]) -> None:
    wrong = [name for name, before in zip(OF_PATIENT, patient, strict=True) if getattr(case, name) != before]
    if wrong:
        raise Invalid(errors=dict.fromkeys(wrong, FIXED["patient"]))


def _replace_clips(actor: Actor, case: Case, entries: list[Mapping[str, Any]]) -> None:
    """What was found and drawn on a clip that leaves goes with it."""
    kept = {str(entry.get("id")) for entry in entries if _is_uuid(str(entry.get("id")))}
    if case.live_revision and kept != {str(clip.pk) for clip in case.clips.all()}:
        raise Invalid(errors={"clips": FIXED["clips"]})
    leaving = case.clips.exclude(pk__in=kept)
    standing(case.findings.filter(clip__in=leaving)).update(retired=True)
    retire_of(case, leaving)
    leaving.update(case=None)
    clips = _take_clips(actor, entries, case=case)
    if clips[0].institution_id != case.institution_id or clips[0].synthetic != case.synthetic:
        raise Invalid(errors={"clips": "The clips of a case come from one institution, and all or none are synthetic."})
    case.subject = _one_subject([*clips, *case.clips.all()])
    case.save(update_fields=["subject"])
    _attach(case, clips, entries)


def _one_subject(clips: list[Clip]) -> Subject:
    """The patient of the clips; those whose file named none join the one that is known."""
    subjects = {clip.subject_id: clip.subject for clip in clips}
    known = [subject for subject in subjects.values() if subject.patient_key]
    if len(known) > 1:
        raise Invalid(errors={"clips": "These clips are of different patients: make a case for each."})
    chosen = known[0] if known else clips[0].subject
    for clip in clips:
        if clip.subject_id != chosen.pk:
            clip.subject = chosen
            clip.save(update_fields=["subject"])
    return chosen


def _default_setting(clip: Clip) -> str:
    return clip.institution.default_setting


def _fill(case: Case, data: Mapping[str, Any]) -> None:
    if "indication" in data or not case.indication_id:
        case.indication_id = _slug(Indication, "indication", data.get("indication"))
    if "setting" in data:
        case.setting = _slug(Setting, "setting", data["setting"]) if data["setting"] else ""
    for name, attribute in ATTRIBUTES.items():
        if name in data:
            setattr(case, name, _attribute(name, attribute, data[name]))
    for name in ("title", "vignette", "management_note"):
        if name in data:
            setattr(case, name, clean_texts(name, data[name]))
    if "credit" in data:
        case.credit = clean_text("credit", data["credit"])
    if "management_changed" in data:
        case.management_changed = data["management_changed"]
    if "confirmed" in data:
        _fill_confirmed(case, data["confirmed"] or {})


def _fill_confirmed(case: Case, data: Mapping[str, Any]) -> None:
    case.confirmed_method = _slug(ReferenceStandard, "confirmed", data.get("method"))
    case.confirmed_certainty = _slug(Certainty, "confirmed", data.get("certainty"))
    interval = data.get("interval_days")
    if interval is not None and not (isinstance(interval, int) and 0 <= interval <= 3650):
        raise Invalid(errors={"confirmed": "The interval is a whole number of days."})
    case.confirmed_interval_days = interval


def _attach(case: Case, clips: list[Clip], entries: Iterable[Mapping[str, Any]]) -> None:
    by_id = {str(clip.pk): clip for clip in clips}
    for position, entry in enumerate(entries):
        clip = by_id[str(entry["id"])]
        clip.case, clip.position = case, position
        if entry.get("view"):
            clip.view_id = _slug(View, "view", entry["view"])
        for name, value in said_of_clip(entry).items():
            setattr(clip, name, value)
        if "quality_items" in entry:
            clip.quality_answers = {str(k): bool(v) for k, v in dict(entry["quality_items"]).items()}
            clip.quality = quality_from(clip.quality_answers)
        clip.save()


def quality_from(answers: Mapping[str, bool]) -> int | None:
    """1-5 from 3-4 yes/no items: the share of yes, 3 being the least that answers the question; None unasked."""
    if not answers:
        return None
    return 1 + round(4 * sum(answers.values()) / len(answers))


def _assert_finding(
    actor: Actor, case: Case, clips: Mapping[str, Clip], data: Mapping[str, Any], earlier: Finding | None
) -> None:
    clip_id = data.get("clip")
    if clip_id is not None and clip_id not in clips:
        raise Invalid(errors={"findings": "A finding names a clip that is not in this case."})
    fields = {name: data.get(name) for name in ("frame_from", "frame_to", "region")}
    fields |= {"presence": data["presence"], "severity": data.get("severity") or ""}
    if earlier and all(getattr(earlier, name) == value for name, value in fields.items()):
        return
    _check_frames(fields, clips.get(clip_id or ""))
    Finding.objects.create(
        case=case,
        clip=clips.get(clip_id or ""),
        term_id=data["term"],
        asserted_by_id=actor.known_id,
        supersedes=earlier,
        **fields,
    )


def _check_frames(fields: Mapping[str, Any], clip: Clip | None) -> None:
    first, last = fields["frame_from"], fields["frame_to"]
    if first is None and last is None:
        return
    whole = isinstance(first, int) and isinstance(last, int)
    if clip is None or not whole or not 1 <= first <= last <= clip.frames:
        raise Invalid(errors={"findings": "Frames count from 1 and lie within the clip that the finding names."})


def _valid_finding(data: Mapping[str, Any]) -> Mapping[str, Any]:
    term, presence = data.get("term"), data.get("presence")
    if presence not in PRESENCE:
        raise Invalid(errors={"findings": f"Presence is one of: {', '.join(PRESENCE)}."})
    known = FindingTerm.objects.filter(pk=term).select_related("severity_scale").first()
    if not isinstance(term, str) or known is None:
        raise Invalid(errors={"findings": "A finding is not in the vocabulary."})
    if (data.get("severity") or "") not in ("", *known.severity_scale.levels):
        raise Invalid(errors={"findings": "The severity is not one of the finding's scale."})
    if not _is_region(data.get("region")):
        raise Invalid(errors={"findings": "A region is [left, top, right, bottom], from 0 to 1."})
    return {**data, "clip": str(data["clip"]) if data.get("clip") else None}


def _is_region(region: Any) -> bool:
    if region is None:
        return True
    numbers = isinstance(region, list) and len(region) == 4 and all(isinstance(n, int | float) for n in region)
    return numbers and all(0 <= n <= 1 for n in region)


def _slug(model: Any, field: str, value: Any) -> str:
    if not isinstance(value, str) or not model.objects.filter(pk=value).exists():
        raise Invalid(errors={field: "This is not in the vocabulary."})
    return value


def _attribute(field: str, attribute: str, value: Any) -> str:
    if not PatientAttribute.objects.filter(attribute=attribute, slug=value).exists():
        raise Invalid(errors={field: "This is not in the vocabulary."})
    return str(value)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
