"""A contributor's pages without a script: give, tag, hand in, take back, withdraw."""

from __future__ import annotations

import io

from django.test import Client

from imagebank.catalog.models import Case
from imagebank.catalog.services import standing_findings
from imagebank.intake.models import Deposit
from tests.factories import World, session


def test_only_contributors_get_in(world: World) -> None:
    assert session().get("/contribute/").status_code == 302
    assert session(world.trainee).get("/contribute/").status_code == 403
    assert session(world.contributor).get("/contribute/").status_code == 200


def test_files_of_the_plain_form_are_sealed_and_answered(world: World) -> None:
    client = session(world.contributor)
    files = [io.BytesIO(b"not an image at all"), io.BytesIO(b"")]
    for number, file in enumerate(files):
        file.name = f"SECRET-{number}.dcm"
    answer = client.post("/contribute/", {"attest": "yes", "file": files})
    deposit = Deposit.objects.get()
    assert answer.headers["Location"] == f"/contribute/{deposit.pk}/"
    assert deposit.originals.count() == 2
    assert b"SECRET" not in client.get(answer.headers["Location"]).content


def test_without_attestation_nothing_is_taken(world: World) -> None:
    file = io.BytesIO(b"not an image at all")
    file.name = "a.dcm"
    answer = session(world.contributor).post("/contribute/", {"file": [file]})
    assert (answer.status_code, Deposit.objects.count()) == (422, 0)


def test_a_forged_form_is_refused(world: World) -> None:
    client = session(world.contributor, enforce_csrf_checks=True)
    assert client.post("/contribute/", {"attest": "yes"}).status_code == 403
    assert not Deposit.objects.exists()


def test_another_ones_deposit_is_not_there(world: World) -> None:
    session(world.contributor).post("/contribute/", {"attest": "yes"})
    address = f"/contribute/{Deposit.objects.get().pk}/"
    assert session(world.contributor).get(address).status_code == 200
    assert session(world.stranger).get(address).status_code == 404


def test_answers_of_the_form_become_findings_and_missing_ones_are_named(world: World) -> None:
    client, clip = session(world.contributor), world.stored()
    case = drafted(world, clip.pk)
    form = {**whole_form(str(clip.pk)), "method": "", "act": "submit"}
    answer = client.post(f"/contribute/case/{case.pk}/", form)
    assert answer.status_code == 422
    form["method"] = "ct"
    assert client.post(f"/contribute/case/{case.pk}/", form).status_code == 302
    case.refresh_from_db()
    told = {f.term_id: (f.presence, f.clip_id) for f in standing_findings(case)}
    assert told == {
        "pleural-effusion-simple": ("present", clip.pk),
        "quad-sign": ("absent", None),
    }
    assert case.state == "submitted"


def test_a_name_like_text_is_not_saved(world: World) -> None:
    clip = world.stored()
    case = drafted(world, clip.pk)
    form = {**whole_form(str(clip.pk)), "title": "seen on 12.03.2024"}
    assert session(world.contributor).post(f"/contribute/case/{case.pk}/", form).status_code == 422
    case.refresh_from_db()
    assert case.title == {}


def test_take_back_and_withdraw(world: World) -> None:
    client, case = session(world.contributor), world.submitted(world.stored())
    step(client, case, "recall")
    assert case.state == "draft"
    other = world.published(world.stored())
    step(client, other, "withdraw", reason="patient_request")
    assert other.state == "withdrawn"


def step(client: Client, case: Case, act: str, **said: str) -> None:
    assert client.post(f"/contribute/case/{case.pk}/{act}/", said).status_code == 302
    case.refresh_from_db()


def drafted(world: World, clip_id: object) -> Case:
    """A draft as the page of a new case makes it."""
    form = {"clips": [str(clip_id)], "indication": "pleural-effusion-suspected"}
    answer = session(world.contributor).post("/contribute/case/new/", form)
    assert answer.status_code == 302
    return Case.objects.get()


def whole_form(clip_id: str) -> dict[str, str]:
    return {
        "indication": "pleural-effusion-suspected", "setting": "ed", "age_band": "adult-65-79", "sex": "female",
        "method": "ct", "certainty": "certain", "language": "en", "title": "", "vignette": "",
        f"view-{clip_id}": "lung-plaps-right", "f-pleural-effusion-simple": "present", "f-quad-sign": "absent",
    }  # fmt: skip
