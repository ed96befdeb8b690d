"""Pages of practice sheets and views: what readers see, the forms, the marks of a draft."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from imagebank.accounts.models import User
from imagebank.review.withdrawal import withdraw
from imagebank.sheets import describing, selectors
from imagebank.sheets.models import Proposal
from tests.factories import World, acting, session
from tests.sheets.conftest import DRAFT, SLUG, drafts, experts, published, world, written_sheet

__all__ = ["drafts", "experts", "world"]
PAGE = f"/sheets/{SLUG}/"
MARK = "Draft teaching text, not clinical guidance."


def text(answer: Any) -> str:
    """What a reader reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def form(**changes: str) -> dict[str, str]:
    """The English form as a curator finds it filled in."""
    rows = {
        f"findings-{n}-{part}": value
        for n, point in enumerate(DRAFT["findings"])
        for part, value in (("finding", point["finding"]), ("text", point["text"]["en"]))
    }
    lines = {
        name: "\n".join(point["text"]["en"] for point in DRAFT[name])
        for name in ("when_to_scan", "when_not_to_scan", "changes_management")
    }
    heads = {"title": DRAFT["title"]["en"], "question": DRAFT["question"]["en"], "sources": DRAFT["sources"][0]}
    views = {"view-lung-plaps-right": "2", "view-lung-plaps-left": "1"}
    return {**heads, **lines, **rows, **views, "pitfalls-0-text": "The spleen", **changes}


def test_twelve_drafts_in_the_list_and_each_looks_like_one(drafts: int) -> None:
    page = Client().get("/sheets/").content.decode()
    links = re.findall(r'class="sheet-row".*?href="([^"]+)"', page, re.DOTALL)
    assert len(links) == 12 and page.count('class="chip small-chip warn"') == 12
    for link in links:
        answer = Client().get(link)
        assert MARK in text(answer) and 'class="sheet draft-sheet" data-mark="DRAFT"' in answer.content.decode()


@pytest.mark.parametrize(
    ("term", "named"),
    [
        ("findings/pleural-effusion-simple", True),
        ("views/lung-plaps-right", True),
        (f"indications/{SLUG}", True),
        ("findings/gallstones", False),
        ("settings/gp", False),
    ],
)
def test_a_term_names_the_sheets_that_speak_of_it(world: World, term: str, named: bool) -> None:
    written_sheet(world)
    assert (f'href="{PAGE}"' in Client().get(f"/vocabulary/{term}/").content.decode()) is named


def test_a_published_sheet_names_its_experts_and_is_no_draft(world: World, experts: list[User]) -> None:
    published(world, experts)
    answer = Client().get(PAGE)
    assert MARK not in text(answer) and "draft-sheet" not in answer.content.decode()
    assert "2 of 2 experts agree (100 %)" in text(answer)
    assert all(expert.name in text(answer) for expert in experts[:2])


def test_another_language_shows_the_english_and_says_so(world: World) -> None:
    written_sheet(world)
    page = Client(headers={"Accept-Language": "da"}).get(PAGE).content.decode()
    assert "Er der væske?" in page and '<span lang="en">Breathless</span>' in page
    assert "<span>Dæmpet bankelyd</span>" in page
    assert "7 tekster på arket står på engelsk" in page


def test_clips_with_and_without_and_a_gap_in_words(world: World) -> None:
    case = world.published(world.stored())
    findings = [{**DRAFT["findings"][0], "example": str(case.pk)}, DRAFT["findings"][1]]
    written_sheet(world, findings=findings)
    page = Client().get(PAGE)
    assert f'href="/cases/{case.pk}/"' in page.content.decode()
    assert "none in the bank yet" in text(page)
    withdraw(actor=acting(world.contributor), case=case, reason="patient_request")
    assert "Withdrawn: the consent has ended." in text(Client().get(PAGE))


def test_what_links_here_and_the_link_from_a_case(world: World) -> None:
    case = world.published(world.stored())
    written_sheet(world)
    assert f'href="/cases/?indication={SLUG}">1 case</a>' in Client().get(PAGE).content.decode()
    for page in (f"/cases/{case.pk}/", f"/cases/?indication={SLUG}"):
        assert f'href="{PAGE}">Fluid in the chest</a>' in Client().get(page).content.decode()
    assert "Fluid in the chest" not in text(Client().get(f"/cases/?indication={SLUG}&hide=1"))


def test_the_form_saves_what_it_shows_and_keeps_translations_of_what_stayed(world: World) -> None:
    row, curator = written_sheet(world), session(world.curator)
    before = row.document
    assert curator.post(f"{PAGE}draft/edit/", form()).status_code == 302
    row.refresh_from_db()
    assert row.document == before | {"views": ["lung-plaps-left", "lung-plaps-right"]}
    curator.post(f"{PAGE}draft/edit/", form(when_to_scan="New\nDull to percussion", question="Fluid?", reason="Newer"))
    row.refresh_from_db()
    first, second = row.document["when_to_scan"]
    assert first == {"text": {"en": "New"}} and second["text"] == DRAFT["when_to_scan"][0]["text"]
    assert row.document["question"] == {"en": "Fluid?"}
    assert describing.edits(row)[0]["reason"] == "Newer"


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(world: World) -> None:
    written_sheet(world)
    answer = session(world.curator).post(f"{PAGE}draft/edit/", form(title="Seen on 12 March 2021"))
    assert answer.status_code == 422
    assert 'value="Seen on 12 March 2021"' in answer.content.decode()
    assert "it holds a date" in text(answer)


def test_a_case_is_named_by_the_address_of_its_page(world: World) -> None:
    case, row = world.published(world.stored()), written_sheet(world)
    address = f"https://bank.example/cases/{case.pk}/"
    session(world.curator).post(f"{PAGE}draft/edit/", form(**{"findings-0-example": address}))
    row.refresh_from_db()
    assert row.document["findings"][0]["example"] == str(case.pk)


def test_a_translation_is_saved_text_by_text(world: World) -> None:
    row, curator = written_sheet(world), session(world.curator)
    page = curator.get(f"{PAGE}draft/edit/?in=fr").content.decode()
    assert 'name="findings-1" id="findings-1" lang="fr"' in page
    curator.post(f"{PAGE}draft/edit/?in=fr", {"title": "Liquide", "findings-1": "Aspect tissulaire"})
    row.refresh_from_db()
    assert row.document["title"] == DRAFT["title"] | {"fr": "Liquide"}
    assert row.document["findings"][1]["text"]["fr"] == "Aspect tissulaire"
    assert "fr" not in row.document["findings"][0]["text"]
    assert curator.get(f"{PAGE}draft/edit/?in=xx").status_code == 404


def test_what_others_send_is_a_proposal_that_the_curator_takes_over(world: World) -> None:
    row, trainee, curator = written_sheet(world), session(world.trainee), session(world.curator)
    assert trainee.post(f"{PAGE}draft/edit/", form(sources="Mine")).status_code == 422  # without a reason
    trainee.post(f"{PAGE}draft/edit/", form(sources="Mine", reason="Better"))
    made = Proposal.objects.get()
    assert "<ins>Mine</ins>" in curator.get(f"{PAGE}draft/").content.decode()
    curator.post(f"/sheets/proposals/{made.pk}/accept/")
    row.refresh_from_db()
    assert row.document["sources"] == ["Mine"]
    assert str(world.trainee) in text(curator.get(f"{PAGE}draft/"))


def test_experts_vote_on_the_page_and_the_curator_publishes(world: World, experts: list[User]) -> None:
    written_sheet(world)
    curator = session(world.curator)
    curator.post(f"{PAGE}steps/ask/")
    assert "I agree" in text(session(experts[0]).get(f"{PAGE}draft/"))
    assert "I agree" not in text(curator.get(f"{PAGE}draft/"))
    early = curator.post(f"{PAGE}steps/publish/", follow=True)
    assert "At least 2 named experts" in text(early)
    for expert in experts[:2]:
        session(expert).post(f"{PAGE}draft/vote/", {"verdict": "agree"})
    answer = curator.post(f"{PAGE}steps/publish/", follow=True)
    assert answer.redirect_chain[-1][0] == PAGE and selectors.current(SLUG).state == "published"
    curator.post(f"{PAGE}begin/")
    assert selectors.version(SLUG, 2, acting(world.curator)).state == "draft"
    curator.post(f"{PAGE}steps/withdraw/")
    assert Client().get(f"{PAGE}versions/1/").status_code == 410


def test_what_changed_between_two_versions(world: World, experts: list[User]) -> None:
    published(world, experts)
    curator = session(world.curator)
    curator.post(f"{PAGE}begin/")
    curator.post(
        f"{PAGE}draft/edit/", form(**{"view-lung-plaps-left": "", "findings-1-finding": "", "findings-1-text": ""})
    )
    page = curator.get(f"{PAGE}versions/2/changes/")
    assert "Version 2 against version 1." in text(page)
    assert "<del>Lung consolidation (tissue-like): Tissue pattern</del>" in page.content.decode()


def test_a_view_shows_probe_items_and_clips_by_quality(world: World) -> None:
    good = world.published(world.stored(quality=5))
    poor = world.published(world.stored(quality=1))
    page = Client().get("/views/lung-plaps-right/")
    both = page.content.decode()
    assert "Posterior axillary line" in both and "diaphragm seen" in both
    cards = re.findall(r'href="/cases/([^/]+)/">Image quality (\d) of 5', both)
    assert cards == [(str(good.pk), "5"), (str(poor.pk), "1")]
    assert MARK in text(page)
    assert 'href="/views/lung-plaps-right/"' in Client().get("/views/").content.decode()
