"""A contributor's pages without a script: give, tag, hand in, take back, withdraw."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from django.test import Client

from imagebank.catalog.models import Case, Clip
from imagebank.catalog.selectors import standing_findings
from imagebank.core.errors import Invalid
from imagebank.intake import services, uploads
from imagebank.intake.models import Deposit, Original
from imagebank.vocabulary.selectors import labels
from imagebank.web.contribute.words import picture_words, removed
from tests.factories import World, acting, session


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


STORY = "Breathless for a week, worse at night. " * 20


@pytest.mark.parametrize("act", ["save", "submit"])
def test_a_refused_answer_takes_no_other_with_it(world: World, act: str) -> None:
    clip = world.stored()
    case = drafted(world, clip.pk)
    form = {
        **whole_form(str(clip.pk)),
        "title": "seen on 12.05.2024",
        "vignette": STORY,
        "interval": "soon",
        "act": act,
    }
    answer = session(world.contributor).post(f"/contribute/case/{case.pk}/", form)
    case.refresh_from_db()
    assert (answer.status_code, case.state, case.title) == (422, "draft", {})
    assert (case.vignette, case.age_band, case.confirmed_method) == ({"en": STORY.strip()}, "adult-65-79", "ct")
    assert case.clips.get().view_id == "lung-plaps-right"
    text = unescape(answer.content.decode())
    assert 'value="seen on 12.05.2024"' in text
    assert 'value="soon"' in text
    assert said_at(text, "title").startswith("This may identify a patient")
    assert said_at(text, "vignette") == ""
    assert "Saved, but not: Days between scan and confirmation, Title</p>" in text


def test_what_is_not_saved_yet_is_not_called_saved(world: World) -> None:
    clip = world.stored()
    case = drafted(world, clip.pk)
    form = {**whole_form(str(clip.pk)), "certainty": ""}
    answer = session(world.contributor).post(f"/contribute/case/{case.pk}/", form)
    case.refresh_from_db()
    assert (answer.status_code, case.confirmed_method, case.age_band) == (422, "", "adult-65-79")
    text = answer.content.decode()
    assert '<option value="ct" selected>' in text
    assert "Saved, but not: How it was confirmed" in text


def test_what_is_taken_away_is_saved_too(world: World) -> None:
    client, clip = session(world.contributor), world.stored()
    case = drafted(world, clip.pk)
    address, form = f"/contribute/case/{case.pk}/", {**whole_form(str(clip.pk)), "credit": "Dr A", "title": "Dull"}
    assert client.post(address, form).status_code == 200
    assert client.post(address, {**form, "credit": "", "title": "", "setting": ""}).status_code == 200
    case.refresh_from_db()
    assert (case.credit, case.title, case.setting) == ("", {}, "")


def said_at(text: str, name: str) -> str:
    """The sentence beside a field."""
    found = re.search(rf'id="wrong-{name}" data-part>(?:<p class="errors">([^<]*)</p>)?</div>', text)
    assert found is not None
    return found[1] or ""


def test_clips_of_perhaps_two_patients_ask_first(world: World) -> None:
    client = session(world.contributor)
    clips = [confirmed(world, number) for number in (0, 1)]
    page = unescape(client.get("/contribute/").content.decode())
    assert page.count("waits for its case") == 2
    for clip in clips:
        assert f"/api/v1/clips/{clip.pk}/poster.webp" in page
    assert page.count("File 1 ·") == 2
    form = {"clips": [str(clip.pk) for clip in clips], "indication": "pleural-effusion-suspected"}
    asked = client.post("/contribute/case/new/", form)
    assert (asked.status_code, Case.objects.count()) == (422, 0)
    assert 'name="same_patient"' in asked.content.decode()
    assert "same_patient" not in client.get("/contribute/case/new/").content.decode()
    assert client.post("/contribute/case/new/", {**form, "same_patient": "yes"}).status_code == 302


def confirmed(world: World, number: int) -> Clip:
    """A clip of a file of its own that named no patient."""
    clip = world.stored()
    deposit = services.open_deposit(actor=acting(world.contributor), institution=world.north)
    Original.objects.create(
        deposit=deposit, institution=world.north, position=1, clip=clip, state="accepted", bytes_key=str(number),
        size=1, sealed=False,
    )  # fmt: skip
    return clip


def test_what_is_chosen_once_for_a_deposit_begins_its_other_cases(world: World) -> None:
    client, first, second = session(world.contributor), confirmed(world, 0), world.stored()
    deposit = first.original.deposit
    Original.objects.create(
        deposit=deposit, institution=world.north, position=2, clip=second, state="accepted", bytes_key="2", size=1,
        sealed=False,
    )  # fmt: skip
    case = drafted(world, first.pk)
    form = {**whole_form(str(first.pk)), "setting": "icu"}
    assert client.post(f"/contribute/case/{case.pk}/", {**form, "act": "batch"}).status_code == 302
    address = f"/contribute/{deposit.pk}/"
    assert client.post(f"/contribute/case/{case.pk}/", {**form, "act": "submit"}).headers["Location"] == address
    page = unescape(client.get(address).content.decode())
    told = [labels(kind, "en")[form[kind]] for kind in ("indication", "setting", "age_band")]
    assert f"begins with: <strong>{' · '.join(told)}</strong>" in page
    sent = dict(re.findall(r'<input type="hidden" name="(clips|indication)" value="([^"]+)">', page))
    assert sent == {"clips": str(second.pk), "indication": "pleural-effusion-suspected"}
    client.post("/contribute/case/new/", sent)
    begun = Case.objects.exclude(pk=case.pk).get()
    assert (begun.indication_id, begun.setting, begun.age_band) == ("pleural-effusion-suspected", "icu", "adult-65-79")
    assert (list(standing_findings(begun)), begun.confirmed_method) == ([], "")
    client.post(f"{address}forget/")
    deposit.refresh_from_db()
    assert deposit.defaults == {}


def test_defaults_that_the_vocabulary_does_not_know_are_refused(world: World) -> None:
    deposit = services.open_deposit(actor=acting(world.contributor), institution=world.north)
    for bad in ({"setting": "moon"}, {"method": "ct"}):
        with pytest.raises(Invalid):
            services.set_defaults(actor=acting(world.contributor), deposit=deposit, defaults=bad)


def test_an_unfinished_upload_stands_among_the_files_and_can_be_given_up(world: World) -> None:
    client = session(world.contributor)
    deposit = services.open_deposit(actor=acting(world.contributor), institution=world.north)
    upload = uploads.create(actor=acting(world.contributor), deposit=deposit, length=3 << 20)
    page = unescape(client.get(f"/contribute/{deposit.pk}/").content.decode())
    assert "0\xa0bytes of 3.0\xa0MB have arrived." in page and "choose the same file again" in page
    assert "1 not whole yet" in client.get("/contribute/").content.decode()
    other = session(world.steward).get(f"/contribute/{deposit.pk}/").content.decode()
    assert "have arrived" in unescape(other) and "/end/" not in other
    assert client.post(f"/contribute/upload/{upload.pk}/end/").status_code == 302
    assert "have arrived" not in unescape(client.get(f"/contribute/{deposit.pk}/").content.decode())


def test_a_refused_file_is_not_said_to_be_kept_and_gone(world: World) -> None:
    deposit = services.open_deposit(actor=acting(world.contributor), institution=world.north)
    Original.objects.create(
        deposit=deposit,
        institution=world.north,
        position=1,
        state="refused",
        code="refused.broken",
        bytes_key="1",
        size=1,
    )
    text = session(world.contributor).get(f"/contribute/{deposit.pk}/").content.decode()
    assert "It goes no further" in text
    assert "Its sealed original is destroyed on" in text
    assert "Nothing of it is kept" not in text


def test_what_was_removed_tells_of_the_picture_and_each_kind_once() -> None:
    told = removed({"name": 2, "something-new": 1, "other": 4, "trailing": 1, "meta": 1})
    assert [(str(name), count) for name, count in told] == [
        ("Other elements", 5), ("Names", 2), ("Bytes around the data", 2),
    ]  # fmt: skip
    assert picture_words(None, 0) == []
    assert [str(text) for text in picture_words(0.337, 2)] == [
        "Of the frame 34 % are kept: the ultrasound picture. All around it is blacked out.",
        "Inside it 2 places with text or codes are blacked out.",
    ]
    assert "all is kept" in str(picture_words(1.0, 0)[0])


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
