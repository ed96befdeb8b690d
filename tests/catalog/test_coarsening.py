"""What readers are told of patients: never of one who stands alone in the bank."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import call_command

from imagebank.catalog.coarsening import K, withheld
from imagebank.catalog.models import Case, PublicCase, Subject
from imagebank.core.models import Outbox
from imagebank.review.services import restore, suspend
from imagebank.review.withdrawal import withdraw
from imagebank.vocabulary.models import FindingTerm
from tests.catalog.tiny import AWAY, BANK, MIDDLE, OLD, Patient, fill, give, told
from tests.catalog.world import at_once, people, world
from tests.factories import World, acting

__all__ = ["people", "world"]
NOTHING = {"sex": "", "country": "", "institution": "", "credit": "", "setting": "", "bmi_class": ""}
ALL_OF_OLD = {
    "age_band": "adult-65-79", "sex": "female", "country": "DK", "institution": "north",
    "credit": "Rounds at the bedside", "setting": "ed", "bmi_class": "bmi-18-5-24-9",
}  # fmt: skip


@pytest.fixture(scope="module")
def bank(people: World) -> list[Case]:
    return fill(people)


@pytest.mark.usefixtures("world")
def test_the_first_ones_are_told_as_adults_and_nothing_else(bank: list[Case]) -> None:
    for case in bank[: K - 1]:
        assert told(case) == {"age_band": "adult", **NOTHING}


@pytest.mark.usefixtures("world")
def test_everything_is_told_of_the_fifth_and_never_of_the_four_before(bank: list[Case]) -> None:
    fifth = bank[BANK.index(OLD) + K - 1]
    assert told(fifth) == ALL_OF_OLD
    assert [told(case)["sex"] for case in bank[BANK.index(OLD) :][: K - 1]] == [""] * (K - 1)


def test_two_cases_of_a_patient_count_once(world: World, bank: list[Case]) -> None:
    case = bank[BANK.index(OLD) + K - 1]
    for other in bank[BANK.index(OLD) :][: K - 1]:
        Case.objects.filter(pk=other.pk).update(subject=bank[6].subject)
        other.clips.update(subject=bank[6].subject)
    assert withheld(Case.objects.get(pk=case.pk))["age_band"] == "few"
    at_once()


def test_a_withdrawal_takes_back_what_is_told_of_the_rest_for_good(world: World, bank: list[Case]) -> None:
    last = bank[BANK.index(AWAY) - 1]
    assert told(last) == ALL_OF_OLD
    for case in bank[BANK.index(OLD) :][:2]:
        withdraw(actor=acting(world.steward), case=Case.objects.get(pk=case.pk))
    assert (told(last)["age_band"], told(last)["sex"]) == ("adult", "")
    give(world, OLD, 20)
    give(world, OLD, 21)
    assert withheld(Case.objects.get(pk=last.pk))["age_band"] == "before"
    assert (told(last)["age_band"], told(last)["sex"]) == ("adult", "")
    at_once()


def test_a_hidden_case_stays_hidden_when_it_is_told_less(world: World, bank: list[Case]) -> None:
    last = suspend(actor=acting(world.curator), case=Case.objects.get(pk=bank[BANK.index(AWAY) - 1].pk))
    for case in bank[BANK.index(OLD) :][:2]:
        withdraw(actor=acting(world.steward), case=Case.objects.get(pk=case.pk))
    row = PublicCase.objects.get(case=last)
    assert (row.hidden, row.document["age_band"]) == (True, "adult")
    restore(actor=acting(world.curator), case=last)
    assert not PublicCase.objects.get(case=last).hidden


def test_the_institution_and_the_credit_go_with_the_country(world: World, bank: list[Case]) -> None:
    case = give(world, AWAY, 22)
    assert {name: told(case)[name] for name in ("country", "institution", "credit")} == dict.fromkeys(
        ("country", "institution", "credit"), ""
    )
    assert withheld(case)["institution"] == "before"


@pytest.mark.parametrize("term", ["ectopic-embryo", "retained-products"])
def test_rare_and_sensitive_findings_hide_the_place(term: str, world: World, bank: list[Case]) -> None:
    case = give(world, OLD, 23, findings=[{"term": term, "presence": "present"}])
    assert told(case) == {**ALL_OF_OLD, "country": "", "institution": "", "credit": ""}


def test_a_rare_or_sensitive_question_hides_the_place(world: World, bank: list[Case]) -> None:
    case = give(world, OLD, 23, indication="scrotal-pain")
    assert told(case) == {**ALL_OF_OLD, "country": "", "institution": "", "credit": ""}
    assert withheld(case)["country"] in ("before", "terms")
    assert withheld(give(world, OLD, 24)) == {}


def test_a_device_that_is_rare_in_the_country_hides_it(world: World, bank: list[Case]) -> None:
    case = give(world, OLD, 24)
    assert told(case)["country"] == "DK"
    case.clips.update(model="only here")
    Case.objects.filter(pk=case.pk).update(withheld=[])
    assert withheld(Case.objects.get(pk=case.pk))["country"] == "device"


def test_an_institution_is_named_by_its_own_choice_alone(world: World, bank: list[Case]) -> None:
    world.north.named_in_public = False
    world.north.save()
    case = give(world, OLD, 25)
    assert told(case) == {**ALL_OF_OLD, "institution": ""}
    assert "institution" not in Case.objects.get(pk=case.pk).withheld


def test_children_need_ten(world: World, bank: list[Case]) -> None:
    """Eight more patients are made children: with one more there are nine, then ten."""
    Case.objects.filter(pk__in=[case.pk for case in bank[:8]]).update(age_band="infant", sex="male")
    child = Patient("north", "infant", "male")
    assert told(give(world, child, 14))["age_band"] == "child-any"
    assert told(give(world, child, 15))["age_band"] == "infant"


def test_an_unknown_age_is_not_told_as_adult(world: World) -> None:
    (case,) = fill(world, (MIDDLE._replace(age_band="age-unknown"),))
    assert told(case)["age_band"] == "age-unknown"


def test_synthetic_cases_are_exempt(world: World) -> None:
    case = world.published(world.stored(synthetic=True))
    assert told(case)["sex"] == "female"
    assert Subject.objects.count() > 0


def test_cases_are_filed_by_an_imported_vocabulary(world: World, bank: list[Case]) -> None:
    last = bank[BANK.index(AWAY) - 1]
    filed = PublicCase.objects.get(case=last).terms
    PublicCase.objects.filter(case=last).update(terms=[])
    assert refiled() == 0
    assert PublicCase.objects.get(case=last).terms == filed
    FindingTerm.objects.filter(pk__in=last.findings.values("term")).update(disclosure="sensitive")
    assert told(last)["country"]
    assert refiled() > 0
    assert {told(last)[name] for name in ("country", "institution", "credit")} == {""}
    assert Outbox.objects.filter(operation="revise", object_id=last.pk).exists()


def refiled() -> int:
    """How many tell less."""
    out = StringIO()
    call_command("refile_cases", stdout=out)
    cases, less = re.findall(r"\d+", out.getvalue())
    assert int(cases) == PublicCase.objects.count()
    return int(less)
