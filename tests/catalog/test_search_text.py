"""The words of the projection: who may see them follows the row, and the newest that hold a word are found."""

from __future__ import annotations

import importlib
import re

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from psycopg.sql import SQL

from imagebank.catalog.models import PublicCase, PublicText
from imagebank.catalog.search.index import wording
from imagebank.catalog.search.visible import words_shown_to

MARKS = importlib.import_module("imagebank.catalog.migrations.0008_marks")
PAIN = SearchQuery("pain", config="simple")
OWN_BLOCK = re.compile(r"' \d+' ")
FAR = wording.BLOCK // 4
"""Times as far apart as they were, 400 rows stand in a hundred blocks."""


def followed(row: PublicCase) -> tuple[str, bool]:
    return PublicText.objects.values_list("audience", "hidden").get(row=row.pk)


def test_words_are_shown_to_whom_their_row_is(scratch):
    row = scratch[0]
    PublicCase.objects.filter(pk=row.pk).update(audience="registered")
    assert followed(row) == ("registered", False)
    PublicCase.objects.filter(pk=row.pk).update(hidden=True)
    assert followed(row) == ("registered", True)
    assert row.pk not in words_shown_to(["open", "registered"]).values_list("pk", flat=True)


def test_nobody_writes_who_may_see_words(scratch):
    """Neither at once nor later; they are gone with their row."""
    row = scratch[0]
    PublicText.objects.filter(pk=row.pk).update(hidden=True, audience="registered")
    assert followed(row) == ("open", False)
    PublicText.objects.filter(pk=row.pk).delete()
    PublicText.objects.create(row=row, words="pain", hidden=True, audience="registered")
    assert followed(row) == ("open", False)
    PublicCase.objects.filter(pk=row.pk).delete()
    assert not PublicText.objects.filter(pk=row.pk).exists()


@pytest.fixture
def apart(scratch) -> list[int]:
    """Primary keys of the rows with "pain", newest first, when the rows stand in many blocks."""
    words = {pk: OWN_BLOCK.sub("", said) for pk, said in PublicText.objects.values_list("pk", "words")}
    PublicText.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_publiccase SET id = id * %s", [FAR])
    PublicText.objects.bulk_create(PublicText(row_id=pk * FAR, words=said) for pk, said in words.items())
    return sorted(PublicText.objects.filter(words=PAIN).values_list("pk", flat=True), reverse=True)


@pytest.mark.parametrize("spare", [0.01, 1.5, 1_000.0])
def test_the_newest_are_found_however_wrong_the_guess(apart, monkeypatch, spare):
    monkeypatch.setattr(wording, "SPARE", spare)
    monkeypatch.setattr(wording, "LOOKED", 40)
    every = sorted(PublicText.objects.values_list("pk", flat=True), reverse=True)
    for below, most in ((every[40] - 1, 50), (every[40] - 1, 10**4), (0, 50), (every[3] - 1, 50)):
        rows = PublicText.objects.filter(words=PAIN)
        assert wording.newest_holding(rows, below, most) == apart[:most]


def test_the_rows_of_a_block_are_found_by_its_number(apart):
    blocks = range(apart[-1] // wording.BLOCK, apart[0] // wording.BLOCK)
    found = PublicText.objects.filter(words=wording.Blocks(blocks)).filter(words=PAIN)
    assert set(found.values_list("pk", flat=True)) == {pk for pk in apart if pk // wording.BLOCK in blocks}
    assert 0 < found.count() < len(apart)


def test_a_typed_number_is_no_block(apart):
    assert not PublicText.objects.filter(words=SearchQuery(str(apart[0] // wording.BLOCK), config="simple")).exists()


def given(documents: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL("UPDATE catalog_publiccase SET document = {}").format(SQL(documents)))


def test_documents_of_before_marks_get_their_places(scratch):
    """And lose them on the way back, by the expressions of the migration."""
    before = {row.pk: row.document for row in scratch}
    given(f"(document - 'marks') || {MARKS.WITHOUT_REGIONS}")
    bare = PublicCase.objects.get(pk=scratch[0].pk).document
    assert "marks" not in bare
    assert [clip["id"] for clip in bare["clips"]] == [clip["id"] for clip in before[scratch[0].pk]["clips"]]
    given(f"document || jsonb_build_object('marks', '[]'::jsonb) || {MARKS.WITH_REGIONS}")
    assert dict(PublicCase.objects.values_list("pk", "document")) == {
        pk: told | {"clips": [clip | {"regions": []} for clip in told["clips"]]} for pk, told in before.items()
    }
