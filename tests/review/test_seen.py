"""What two readers see of the findings: kept with each reading, told to the author, compared from 20 cases on."""

from __future__ import annotations

import pytest

from imagebank.catalog.models import Case
from imagebank.core.errors import Invalid
from imagebank.review.agreement import FEWEST, agreement, by_case, of_findings
from imagebank.review.models import Review, SecondRead
from imagebank.review.services import review
from tests.factories import World, acting, session

TERM = "pleural-effusion-simple"
TABLE = {"aa": 75, "ab": 1, "ac": 4, "ba": 5, "bb": 4, "bc": 1, "cc": 10}
"""Fleiss, Levin and Paik, table 18.1: kappa 0.68, standard error 0.087."""


def readings(world: World, case: Case, count: int, *, alike: int) -> None:
    """Pairs of readings; in the first `alike` of them both see the same."""
    for n in range(count):
        first, other = (
            Review.objects.create(case=case, revision=1, reviewer=who, verdict="accept", items={"findings": said})
            for who, said in (
                (world.reviewer, {TERM: ("present", "absent")[n % 2], "lung-sliding": "present"}),
                (world.curator, {TERM: ("present", "absent")[(n + (n >= alike)) % 2]}),
            )
        )
        SecondRead.objects.create(case=case, history=1, first=first, second=other, done=True)


def test_what_is_seen_otherwise_stands_with_the_reading_and_reaches_the_author(world: World) -> None:
    case, client = world.submitted(world.stored()), session(world.reviewer)
    client.post(f"/review/{case.pk}/claim/")
    address, said = f"/review/{case.pk}/", {"comment": "Look again.", f"f-{TERM}": "absent"}
    ticks = {f"check-{name}": "yes" for name in ("text", "person", "content")}
    refused = client.post(address, {**said, **ticks, "act": "accept"})
    assert refused.status_code == 422
    assert "Where you see a finding otherwise, ask for a change." in refused.content.decode()
    assert '<option value="absent" selected>' in refused.content.decode()
    client.post(address, {**said, "act": "changes"})
    assert Review.objects.get().items["findings"] == {TERM: "absent"}
    page = session(world.contributor).get(f"/contribute/case/{case.pk}/").content.decode()
    assert "Sees otherwise:" in page


def test_a_reading_speaks_of_findings_only_where_it_says_so(world: World) -> None:
    case, actor = world.submitted(world.stored()), acting(world.reviewer)
    with pytest.raises(Invalid):
        review(actor=actor, case=case, verdict="changes", comment="No.", findings={"no-such": "absent"})
    told = {"findings": True, "otherwise": "x", "text": True}
    row = review(actor=actor, case=case, verdict="refuse", comment="A name is seen.", items=told)
    assert row.items == {"text": True}
    other = world.submitted(world.stored())
    row = review(actor=actor, case=other, verdict="accept", items={"content": True}, findings={TERM: "present"})
    assert row.items == {"content": True, "findings": {TERM: "present"}, "otherwise": {}}


def test_nothing_is_told_below_20_cases_then_kappa_with_its_interval(world: World) -> None:
    case, client = world.submitted(world.stored()), session(world.reviewer)
    readings(world, case, FEWEST - 1, alike=FEWEST - 1)
    page = client.get("/review/figures/").content.decode()
    assert "Not enough yet: 19 of 20 cases" in page
    assert of_findings().found is None
    readings(world, case, 1, alike=0)
    told = of_findings()
    assert told.cases == FEWEST
    assert told.found is not None
    assert (told.found.pairs, told.found.observed) == (20, 0.95)
    assert told.found.kappa == pytest.approx(0.9)
    assert told.found.low is not None
    assert 0.6 < told.found.low < 0.8
    page = client.get("/review/figures/").content.decode()
    assert "<td>20</td><td>20</td><td>95 %</td><td>0.90 (0." in page


def test_leaving_out_a_case_gives_the_textbook_interval_and_copies_make_it_no_narrower() -> None:
    pairs = [(one[0], one[1]) for one, count in TABLE.items() for _ in range(count)]
    textbook, single = agreement(pairs, "abc"), by_case([[pair] for pair in pairs], "abc")
    tripled = by_case([[pair] * 3 for pair in pairs], "abc")
    assert textbook is not None
    assert single is not None
    assert tripled is not None
    assert [single.low, single.high] == pytest.approx([textbook.low, textbook.high], abs=0.02)
    assert [tripled.kappa, tripled.low, tripled.high] == pytest.approx([single.kappa, single.low, single.high])
