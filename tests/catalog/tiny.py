"""A tiny bank of patients (none of them synthetic, so the k-check holds), published one after the other."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from imagebank.accounts.models import Institution, User
from imagebank.catalog import projection
from imagebank.catalog.models import Case, Clip, PublicCase, Subject
from imagebank.catalog.rights import rights_for
from imagebank.catalog.search import index
from imagebank.catalog.services import create_case
from imagebank.review.services import publish
from tests.catalog.world import at_once
from tests.factories import World, acting, case_data, make_person

VALUES = {
    "age_band": ("adult-18-39", "adult-40-64", "adult-65-79", "adult-80-plus"),
    "sex": ("female", "male"),
    "setting": ("ed", "icu"),
    "bmi_class": ("bmi-18-5-24-9", "bmi-30-39-9"),
}
FIELDS = (*VALUES, "country", "institution", "credit")


class Patient(NamedTuple):
    """What is true of a patient's case."""

    home: str
    age_band: str
    sex: str
    setting: str = "ed"
    bmi_class: str = "bmi-18-5-24-9"


YOUNG = Patient("north", "adult-18-39", "male", "icu", "bmi-30-39-9")
MIDDLE = Patient("north", "adult-40-64", "male")
OLD = Patient("north", "adult-65-79", "female")
AWAY = Patient("south", "adult-40-64", "female")
BANK = (YOUNG, YOUNG, YOUNG, MIDDLE, MIDDLE, MIDDLE, OLD, OLD, OLD, OLD, OLD, OLD, AWAY, AWAY)
"""In the order of publication: the fifth old woman is the first of whom everything may be told."""


def give(world: World, patient: Patient, number: int, **changes: Any) -> Case:
    """The patient's case, published; its title is the number in a word that nothing else holds."""
    home, giver = _home(world, patient.home)
    said = {name: getattr(patient, name) for name in VALUES}
    title = {"en": f"Patient {'abcdefghijklmnopqrstuvwxyz'[number] * 3}"}
    data = case_data(_clip(home, giver), title=title, credit="Rounds at the bedside", **{**said, **changes})
    case = world.accepted_draft(create_case(actor=acting(giver), data=data), giver)
    return publish(actor=acting(world.curator), case=case)


def fill(world: World, patients: tuple[Patient, ...] = BANK) -> list[Case]:
    for home in (world.north, world.south):
        home.named_in_public = True
        home.save()
    cases = [give(world, patient, number) for number, patient in enumerate(patients)]
    at_once()
    return cases


def told(case: Case) -> dict[str, Any]:
    """What readers see of the fields that can be withheld; an institution by its slug."""
    document = PublicCase.objects.get(case=case).document
    institution = document["institution"]
    return {**{name: document[name] for name in FIELDS}, "institution": institution["slug"] if institution else ""}


def published_again(cases: list[Case]) -> list[dict[str, Any]]:
    """The same cases, with the values that they have now, published anew in the same order: what would be told."""
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(live_revision=None, withheld=[], state="scheduled")
    found = []
    for case in cases:
        Case.objects.filter(pk=case.pk).update(live_revision=1)
        projection.project(Case.objects.select_related("institution", "rights").get(pk=case.pk))
        found.append(told(case))
    index.forget()
    return found


def _home(world: World, name: str) -> tuple[Institution, User]:
    if name == "north":
        return world.north, world.contributor
    if world.south.country != "FR":
        world.south.country = "FR"
        world.south.save()
    return world.south, User.objects.filter(name="sud").first() or make_person("sud", world.south, "contributor")


def _clip(home: Institution, giver: User) -> Clip:
    uid = f"2.25.{uuid.uuid4().int}"
    return Clip.objects.create(
        institution=home, subject=Subject.objects.create(institution=home), depositor=giver, state="private",
        rights=rights_for(home, {}, attester=giver), kind="cine", frames=2, fps=25.0, frame_times=[40.0], width=640,
        height=480, maker="acme", model="one", probe="curvilinear", sop_class_uid="1.2.840.10008.5.1.4.1.1.3.1",
        sop_instance_uid=uid, series_uid=uid, study_uid=uid, pixel_sha256="0" * 64, verifier_report={"problems": []},
        features_answered_by=giver,
    )  # fmt: skip
