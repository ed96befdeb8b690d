"""The varied order and the figures of variety."""

from __future__ import annotations

import hashlib
import uuid
from statistics import mean

import numpy as np
import pytest
from django.db.models import F

from imagebank.catalog.models import Case, PublicCase, Subject
from imagebank.catalog.search import varied
from imagebank.catalog.search.coverage import Board
from imagebank.catalog.search.index.columns import Ragged
from imagebank.catalog.search.looks import FAR, FULL, packed, unpacked
from imagebank.catalog.search.variety import effective
from tests.catalog.asking import ask, ids, walk


def rows_of(bank: list[PublicCase], found: list[str]) -> list[PublicCase]:
    by_id = {str(row.case_id): row for row in bank}
    return [by_id[case] for case in found]


def covered(rows: list[PublicCase]) -> int:
    return len({(name, value) for row in rows for name, values in row.true_values.items() for value in values})


def test_one_case_of_a_patient_on_every_page(bank):
    assert len({row.true_subject for row in bank}) < len(bank)
    for page in walk("limit=24"):
        subjects = [row.true_subject for row in rows_of(bank, ids(page))]
        assert len(subjects) == len(set(subjects))


def test_a_patient_with_many_cases_comes_on_many_pages(scratch):
    PublicCase.objects.filter(pk__in=[row.pk for row in scratch[:6]]).update(true_subject=scratch[0].true_subject)
    PublicCase.objects.exclude(pk__in=[row.pk for row in scratch[:6]]).delete()
    pages = list(walk("limit=24"))
    assert [len(page.results) for page in pages] == [1] * 6
    assert pages[0].count == 6


def test_the_first_page_covers_far_more_than_the_newest(bank):
    newest = covered(rows_of(bank, ids(ask("order=newest&limit=20"))))
    found = [covered(rows_of(bank, ids(ask(f"limit=20&seed={seed}")))) for seed in range(5)]
    best = covered([bank[i] for i in bare_board(bank).page(20)])
    assert mean(found) >= 1.5 * newest
    assert mean(found) >= 0.95 * best


def test_other_seeds_show_others(bank):
    """Without chance, eight first pages of 20 show about 30 cases of these 400."""
    pages = [ids(ask(f"limit=20&seed={seed}")) for seed in range(8)]
    assert len(set().union(*pages)) >= 50


def test_windows_follow_each_other_in_full_pages(scratch, monkeypatch):
    PublicCase.objects.update(true_subject=F("case_id"))
    monkeypatch.setattr(varied, "WINDOW", 90)
    pages = [ids(page) for page in walk("limit=20")]
    assert [len(page) for page in pages] == [20] * (len(scratch) // 20)
    assert len(set().union(*pages)) == len(scratch)


def test_what_is_published_meanwhile_does_not_shift_the_pages(scratch):
    first = ask("limit=20")
    following = [ids(page) for page in walk("limit=20")][1:]
    for row in rows_of(scratch, ids(first)):
        publish_again(row)
    again = ask("limit=20", cursor=first.next)
    for expected in following:
        assert ids(again) == expected
        again = ask("limit=20", cursor=again.next)
    assert ask("limit=20").count == len(scratch) + 20


def publish_again(row: PublicCase) -> None:
    """A new case of a new patient, otherwise like `row`."""
    subject = Subject.objects.create(institution_id=row.case.institution_id)
    case = Case.objects.get(pk=row.case_id)
    case.pk, case.subject = uuid.uuid4(), subject
    case.save(force_insert=True)
    copy = PublicCase.objects.get(pk=row.pk)
    copy.pk, copy.case, copy.true_subject = None, case, subject.pk
    copy.shuffle = int.from_bytes(hashlib.sha256(case.pk.bytes).digest()[:8], "big") >> 1
    copy.save(force_insert=True)


def test_figures_of_a_page_and_of_all(bank):
    answer = ask("limit=24")
    rows = rows_of(bank, ids(answer))
    for figures, counted in ((answer.variety, rows), (answer.variety_all, bank)):
        assert figures["clips"] == sum(len(row.document["clips"]) for row in counted)
        assert figures["patients"] == len({row.true_subject for row in counted})
        assert figures["institutions"] == len({row.case.institution_id for row in counted})
        assert figures["devices"] == len({model for row in counted for model in row.true_values["model"]})
        assert figures["countries"] == len({row.document["country"] for row in counted})
        centres = [row.case.institution_id for row in counted]
        shares = [centres.count(centre) / len(centres) for centre in set(centres)]
        assert figures["effective_institutions"] == round(1 / sum(share**2 for share in shares), 1)


@pytest.mark.parametrize(("cases", "told"), [(4, None), (5, 5)])
def test_fewer_than_five_patients_are_not_told(scratch, cases, told):
    kept = {row.true_subject: row for row in scratch}
    PublicCase.objects.exclude(pk__in=[row.pk for row in list(kept.values())[:cases]]).delete()
    answer = ask()
    assert answer.count == cases
    assert answer.variety["patients"] == answer.variety_all["patients"] == told


@pytest.mark.parametrize(("patients", "told"), [(19, False), (20, True)])
def test_places_of_a_few_patients_are_not_told(scratch, patients, told):
    kept = {row.true_subject: row for row in scratch}
    PublicCase.objects.exclude(pk__in=[row.pk for row in list(kept.values())[:patients]]).delete()
    for figures in (ask().variety, ask().variety_all):
        places = [figures[name] for name in ("institutions", "countries", "effective_institutions")]
        assert all(place is not None for place in places) is told
        assert figures["devices"]


def test_figures_of_nothing(bank):
    answer = ask("country=ZZ")
    assert answer.variety == answer.variety_all
    assert answer.variety["clips"] == 0
    assert answer.variety["patients"] is None
    assert answer.next is None


def test_effective_numbers():
    assert effective([7, 7, 7]) == 3.0
    assert effective([98, 1, 1]) == 1.0
    assert effective([]) == 0.0


def bare_board(rows: list[PublicCase]) -> Board:
    """Coverage alone: each row a patient of its own, nothing for quality or chance."""
    return board([{(name, value) for name, found in row.true_values.items() for value in found} for row in rows])


def board(cases: list[set], seen: dict | None = None, looks: list[int] | None = None) -> Board:
    """Of cases given by what they cover, and by how far from a first picture theirs looks."""
    numbers = {value: number for number, value in enumerate(sorted(set().union(*cases)))}
    flat = np.array([numbers[value] for case in cases for value in sorted(case)])
    before = np.array([(seen or {}).get(value, 0) for value in numbers])
    lists = Ragged.of(flat, np.array([len(case) for case in cases]))
    shown = np.array([packed([look] * FULL) for look in looks or [0] * len(cases)])
    return Board(lists, np.arange(len(cases)), np.zeros(len(cases)), shown, before)


def test_values_fade_as_they_are_shown():
    """Three alike and one other: the other comes second, whatever their order."""
    found = board([{"a", "x"}, {"a", "x"}, {"a", "x"}, {"b", "x"}])
    assert found.page(2) == [0, 3]
    assert found.page(5) == [1, 2]
    assert not found.left


def test_of_cases_that_cover_the_same_those_come_next_that_look_unlike_what_was_shown():
    assert board([{"a"}] * 4, looks=[0, 3, 30, 25]).page(4) == [0, 2, 3, 1]
    assert board([{"a"}, {"a"}, {"b"}], looks=[0, 30, 0]).page(2) == [0, 2]


def test_short_looks_keep_the_distances_of_looks():
    drawn = np.random.default_rng(3).normal(0, 25, (200, FULL)) * np.linspace(0.3, 1.2, 200)[:, None]
    short = unpacked(np.array([packed(look) for look in drawn]))
    true, kept = (np.linalg.norm(looks[::2] - looks[1::2], axis=1) for looks in (drawn, short))
    assert np.corrcoef(true, kept)[0, 1] > 0.7
    assert pytest.approx(np.median(kept / true), rel=0.1) == FAR / 360


def test_what_was_seen_before_counts_less():
    assert board([{"a", "x"}, {"b", "x"}]).page(1) == [0]
    assert board([{"a", "x"}, {"b", "x"}], seen={"a": 1}).page(1) == [1]
