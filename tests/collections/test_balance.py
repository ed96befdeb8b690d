"""The balance panel's figures are those that the database counts by itself."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection

from imagebank.accounts.models import User
from imagebank.catalog.models import PublicCase
from imagebank.catalog.search.visible import visible_to
from imagebank.collections import describing, selectors
from imagebank.collections.balance import FAIR, balance
from imagebank.collections.models import Collection, Item, Version
from imagebank.core.actor import ANONYMOUS, Actor

# Clips of the made-up cases are no rows of catalog_clip: an item that names one is written beside the table.
Chosen = Sequence[tuple[PublicCase, str | None]]
ORACLE = """
WITH item(place, case_id, clip) AS (SELECT * FROM unnest(%(places)s::int[], %(cases)s::uuid[], %(clips)s::text[])),
 seen AS (SELECT item.*, p.document, p.true_subject, p.true_values
          FROM item JOIN catalog_publiccase p USING (case_id) WHERE p.audience = 'open' AND NOT p.hidden),
 clip AS (SELECT DISTINCT case_id, c ->> 'id' AS id, c ->> 'vendor' AS vendor, c ->> 'model' AS model
          FROM seen, jsonb_array_elements(document -> 'clips') c WHERE clip IS NULL OR clip = c ->> 'id'),
 found AS (SELECT DISTINCT seen.case_id, f ->> 'term' AS term, f ->> 'severity' AS severity
           FROM seen, jsonb_array_elements(document -> 'findings') f
           WHERE f ->> 'presence' = 'present'
             AND (f ->> 'clip' IS NULL OR f ->> 'clip' IN (SELECT id FROM clip WHERE clip.case_id = seen.case_id)))
SELECT
 (SELECT count(DISTINCT case_id) FROM seen),
 (SELECT count(*) FROM clip),
 (SELECT count(DISTINCT true_subject) FROM seen),
 (SELECT count(DISTINCT true_values #>> '{institution,0}') FROM seen),
 (SELECT count(DISTINCT country) FROM seen, jsonb_array_elements_text(true_values -> 'country') country),
 (SELECT count(DISTINCT (vendor, model)) FROM clip),
 (SELECT jsonb_object_agg(term, n) FROM (SELECT term, count(DISTINCT case_id) n FROM found GROUP BY 1) t),
 (SELECT jsonb_object_agg(severity, n)
  FROM (SELECT severity, count(DISTINCT case_id) n FROM found WHERE severity <> '' GROUP BY 1) t),
 (SELECT jsonb_object_agg(device, n)
  FROM (SELECT trim(vendor || ' ' || model) device, count(DISTINCT case_id) n FROM clip GROUP BY 1) t),
 (SELECT jsonb_object_agg(habitus, n)
  FROM (SELECT replace(document ->> 'bmi_class', 'bmi-unknown', '') habitus, count(DISTINCT case_id) n
        FROM seen GROUP BY 1) t)
"""


def drawn(rows: list[PublicCase], chance: random.Random) -> Chosen:
    """A random collection: cases whole or by one or two of their clips, sometimes all of one centre."""
    rows = (
        [row for row in rows if row.case.institution_id == rows[0].case.institution_id]
        if chance.random() < 0.2
        else rows
    )
    found: list[tuple[PublicCase, str | None]] = []
    for row in chance.sample(rows, min(len(rows), chance.choice((0, 1, 4, 5, 12, 19, 20, 25, 60, 150)))):
        clips = [clip["id"] for clip in row.document["clips"]]
        whole = chance.random() < 0.7
        found += [(row, None)] if whole else [(row, clip) for clip in chance.sample(clips, min(2, len(clips)))]
    return found


def shown(items: Chosen) -> list[selectors.Shown]:
    """The items as the database gives them to an anonymous reader."""
    rows = {row.pk: row for row in visible_to(ANONYMOUS).filter(pk__in=[row.pk for row, _clip in items])}
    return [
        selectors.Shown(Item(case_id=row.case_id, clip_id=clip, position=place), rows.get(row.pk), None)
        for place, (row, clip) in enumerate(items, 1)
    ]


def oracle(items: Chosen) -> dict[str, Any]:
    """What SQL counts, with what must not be told left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            ORACLE,
            {
                "places": list(range(len(items))),
                "cases": [row.case_id for row, _clip in items],
                "clips": [clip for _row, clip in items],
            },
        )
        cases, clips, patients, sites, countries, devices, *spread = cursor.fetchone()
    places = patients >= 20 or not patients
    counts = {"patients": patients, "institutions": sites if places else None, "devices": devices}
    return {
        "cases": cases,
        "clips": clips,
        "patients": patients if patients >= 5 else None,
        "institutions": sites if places else None,
        "countries": countries if places else None,
        "devices": devices,
        "spread": dict(
            zip(("finding", "severity", "device", "habitus"), (json.loads(s or "{}") for s in spread), strict=True)
        ),
        "state": {
            name: "untold" if counts[name] is None else "met" if counts[name] >= need else "missing"
            for name, need in FAIR.items()
        },
    }


def told(items: Chosen) -> dict[str, Any]:
    found = balance(shown(items), "en")
    names = ("cases", "clips", "patients", "institutions", "countries", "devices")
    return {
        **{name: found[name] for name in names},
        "spread": {facet: {row["id"]: row["count"] for row in rows} for facet, rows in found["spread"].items()},
        "state": {row["what"]: row["state"] for row in found["missing"]},
    }


def compare(rows: list[PublicCase], count: int) -> None:
    chance = random.Random(5)
    for number in range(count):
        items = drawn(rows, chance)
        assert told(items) == oracle(items), number


def test_the_figures_equal_those_of_sql(bank: list[PublicCase]) -> None:
    compare(bank, 20)


@pytest.mark.long
def test_the_figures_of_500_random_collections_equal_those_of_sql(bank: list[PublicCase]) -> None:
    compare(bank, 500)


def test_places_are_not_told_of_few_patients_nor_to_whoever_may_choose_freely(bank: list[PublicCase]) -> None:
    by_patient = list({row.true_subject: (row, None) for row in bank}.values())
    few, enough = by_patient[:19], by_patient[:20]
    assert balance(shown(few), "en")["institutions"] is None
    assert balance(shown(enough), "en")["institutions"] is not None
    hidden = balance(shown(enough), "en", places=False)
    assert (hidden["institutions"], hidden["countries"], hidden["effective_institutions"]) == (None, None, None)
    assert [row["state"] for row in hidden["missing"]][1] == "untold"


def test_a_finding_of_another_clip_is_not_counted(scratch: list[PublicCase]) -> None:
    row = next(row for row in scratch if len(row.document["clips"]) > 1)
    first, second, *_rest = (clip["id"] for clip in row.document["clips"])
    finding = {**row.document["findings"][0], "presence": "present", "severity": "mild"}
    row.document["findings"] = [{**finding, "clip": first}]
    row.save(update_fields=["document"])
    assert told([(row, second)])["spread"]["finding"] == {}
    assert told([(row, first)])["spread"]["severity"] == {"mild": 1}


def made(scratch: list[PublicCase]) -> tuple[User, Version]:
    """A version in work with cases of thirty patients."""
    owner = User.objects.get(email="author@bank.example")
    version = Version.objects.create(collection=Collection.objects.create(slug="x", owner=owner), number=1)
    rows = list({row.true_subject: row for row in scratch}.values())[:30]
    Item.objects.bulk_create([Item(version=version, position=n, case=row.case) for n, row in enumerate(rows, 1)])
    return owner, version


def test_items_of_the_database_are_counted(scratch: list[PublicCase]) -> None:
    """The way from rows of a version to the panel."""
    _owner, version = made(scratch)
    found = balance(selectors.shown_items(version, ANONYMOUS), "en")
    assert (found["items"], found["gaps"], found["cases"], found["patients"]) == (30, 0, 30, 30)


def test_of_a_draft_only_curators_are_told_places(scratch: list[PublicCase]) -> None:
    owner, version = made(scratch)
    told = {
        role: describing.in_work(version, Actor(user_id=owner.pk, roles=frozenset({role})), "en")["balance"]
        for role in ("trainee", "reviewer", "curator")
    }
    assert {role: figures["institutions"] is None for role, figures in told.items()} == {
        "trainee": True, "reviewer": True, "curator": False,
    }  # fmt: skip
    assert {figures["devices"] for figures in told.values()} == {told["curator"]["devices"]}
