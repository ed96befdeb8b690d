"""The search's index: what it takes in, and what it says against SQL's GROUP BY."""

from __future__ import annotations

import random
import uuid

import pytest
from django.db import transaction

from deploy.benchmarks.asking import combinations, counts, forget, oracle
from imagebank.catalog.models import PublicCase
from imagebank.catalog.search import counting
from imagebank.catalog.search.index import Generation, current
from imagebank.catalog.search.index.generation import built
from imagebank.catalog.search.index.postings import slots_of
from tests.catalog.asking import ask, ids, known, walk


def patients(generation: Generation) -> set[frozenset[int]]:
    """Primary keys by patient."""
    slots = slots_of(generation.live)
    found: dict[int, set[int]] = {}
    pks = generation.of("pk", slots).tolist()
    for pk, patient in zip(pks, generation.of("subject", slots).tolist(), strict=True):
        found.setdefault(patient, set()).add(pk)
    return {frozenset(some) for some in found.values()}


def change_some(chance: random.Random) -> None:
    """Hide, show, delete, change and move rows."""
    rows = list(PublicCase.objects.order_by("pk"))
    for row in chance.sample(rows, 12):
        match chance.choice(("hide", "show", "delete", "terms", "patient", "audience")):
            case "hide":
                PublicCase.objects.filter(pk=row.pk).update(hidden=True)
            case "show":
                PublicCase.objects.filter(pk=row.pk).update(hidden=False)
            case "delete":
                row.delete()
            case "terms":
                PublicCase.objects.filter(pk=row.pk).update(terms=chance.choice(rows).terms)
            case "patient":
                PublicCase.objects.filter(pk=row.pk).update(true_subject=chance.choice(rows).true_subject)
            case "audience":
                PublicCase.objects.filter(pk=row.pk).update(audience="registered")


def test_what_is_taken_in_bit_by_bit_is_what_is_read_at_once(scratch):
    chance = random.Random(3)
    current.generation()
    for _ in range(6):
        change_some(chance)
        taken_in, fresh = current.generation(), built()
        assert taken_in.tail.size
        assert known(taken_in) == known(fresh) == known(taken_in.packed())
        assert patients(taken_in) == patients(fresh) == patients(taken_in.packed())


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_newest_rows_are_told_by_their_primary_key(scratch, count):
    """Also where some changed since the index was sorted, old ones and new."""
    current.forget()
    current.generation()
    PublicCase.objects.filter(pk__in=[row.pk for row in (*scratch[:20], *scratch[-2:])]).update(quality=1)
    generation = current.generation()
    assert generation.tail.size == 22
    assert sum(row.pk > generation.below_newest(count) for row in scratch) == count
    assert generation.below_newest(len(scratch) + 3) == 0


def test_what_is_rolled_back_is_forgotten(scratch):
    before = known(current.generation())
    with transaction.atomic():
        PublicCase.objects.filter(pk__in=[row.pk for row in scratch[:9]]).delete()
        assert len(known(current.generation())) == len(before) - 9
        transaction.set_rollback(True)
    assert known(current.generation()) == before


def test_what_is_hidden_is_not_shown_by_an_index_that_does_not_know_yet(scratch, settings):
    shown = ids(ask("limit=5"))
    settings.SEARCH_FRESH_SECONDS = 60.0
    PublicCase.objects.filter(case__in=list(map(uuid.UUID, shown[:2]))).update(hidden=True)
    answer = ask("limit=5")
    assert ids(answer) == shown[2:]
    assert answer.variety["clips"] == sum(len(case["clips"]) for case in answer.results)


def test_ten_pages_deep_nothing_comes_twice_and_each_page_has_a_patient_once(bank):
    subjects = {str(row.case_id): row.true_subject for row in bank}
    for query in ("limit=20", "limit=20&sex=female&sex=male", "limit=20&q=pain&seed=5"):
        pages = [ids(page) for _, page in zip(range(10), walk(query), strict=False)]
        shown = [case for page in pages for case in page]
        assert len(shown) == len(set(shown)) >= 100
        for page in pages:
            assert len({subjects[case] for case in page}) == len(page)


@pytest.mark.parametrize("narrow", [0, 15_000], ids=["bitmaps", "lists"])
def test_facet_counts_are_those_of_group_by(bank, narrow, monkeypatch):
    monkeypatch.setattr(counting, "NARROW", narrow)
    compare(30)


@pytest.mark.long
@pytest.mark.parametrize("narrow", [0, 15_000], ids=["bitmaps", "lists"])
def test_facet_counts_of_1000_combinations_are_those_of_group_by(bank, narrow, monkeypatch):
    monkeypatch.setattr(counting, "NARROW", narrow)
    compare(1_000)


def compare(many: int) -> None:
    for asked in combinations(many, most=4):
        forget()
        assert counts(asked) == oracle(asked), asked
