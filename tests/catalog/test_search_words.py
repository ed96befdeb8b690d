"""What is typed: terms of the vocabulary, denial, exclusion, repair, and text."""

from __future__ import annotations

import pytest

from imagebank.catalog.models import PublicCase
from imagebank.vocabulary.selectors import facet_numbers
from tests.catalog.asking import ask, ids, recorded, walk


def carrying(rows: list[PublicCase], *presences_and_terms: tuple[str, str]) -> set[str]:
    """Cases with any of these findings."""
    wanted = set(presences_and_terms)
    return {str(row.case_id) for row in rows if wanted & recorded(row.document)}


def titled(rows: list[PublicCase], *words: str) -> set[str]:
    return {str(row.case_id) for row in rows if set(words) <= set(row.document["title"]["en"].split())}


def everything(query: str) -> set[str]:
    return set(ids(ask(f"{query}&order=newest&limit=1000")))


def test_a_term_is_understood_in_the_readers_language(bank):
    answer = ask("q=Lungenkonsolidierung&order=newest", lang="de")
    assert [(term["facet"], term["id"]) for term in answer.understood] == [("finding", "lung-consolidation")]
    assert set(ids(answer)) == carrying(bank, ("present", "lung-consolidation"))


def test_a_denied_finding_is_absent_or_the_normal_that_says_so(scratch):
    absent, normal, present = PublicCase.objects.filter(audience="open").order_by("pk")[:3]
    give(absent, "absent", "pericardial-effusion")
    give(normal, "present", "pericardial-effusion-absent")
    give(present, "present", "pericardial-effusion")
    answer = ask("q=no+pericardial+effusion&order=newest")
    rows = list(PublicCase.objects.filter(audience="open"))
    said = carrying(rows, ("absent", "pericardial-effusion"), ("present", "pericardial-effusion-absent"))
    assert set(ids(answer)) == said >= {str(absent.case_id), str(normal.case_id)}
    assert str(present.case_id) not in said
    assert answer.understood[0]["label"] == "Pericardial effusion: absent"


@pytest.mark.parametrize(("lang", "query"), [("en", "no effusion"), ("fr", "pas d'épanchement"), ("es", "sin derrame")])
def test_a_denied_broader_finding_is_present_in_no_kind(scratch, lang, query):
    neither, other, kind = PublicCase.objects.filter(audience="open").order_by("pk")[:3]
    give(neither, "absent", "pleural-effusion-simple")
    give(other, "absent", "pleural-effusion-simple", ("present", "pericardial-effusion"))
    give(kind, "absent", "joint-effusion", ("present", "hip-effusion"))
    found = set(ids(ask("order=newest&limit=1000", lang=lang, q=query)))
    assert str(neither.case_id) in found
    assert found.isdisjoint({str(other.case_id), str(kind.case_id)})
    rows = list(PublicCase.objects.filter(audience="open"))
    assert found.isdisjoint(carrying(rows, *(("present", term) for term in EFFUSIONS)))


EFFUSIONS = (
    "pleural-effusion-simple", "pleural-effusion-complex", "pleural-effusion-septated", "pericardial-effusion",
    "joint-effusion", "hip-effusion",
)  # fmt: skip


def give(row: PublicCase, presence: str, term: str, *more: tuple[str, str]) -> None:
    """Instead of its own findings."""
    findings, first = [(presence, term), *more], row.document["findings"][0]
    row.document["findings"] = [{**first, "term": term, "presence": presence} for presence, term in findings]
    facets = {"present": "finding", "absent": "finding_absent", "uncertain": "finding_uncertain"}
    row.terms = facet_numbers([(facets[presence], term) for presence, term in findings])
    row.save(update_fields=["document", "terms"])


def test_a_minus_excludes(bank):
    """With its signs."""
    stones = carrying(bank, ("present", "gallstones"), ("present", "wes-sign"))
    assert everything("q=-gallstones").isdisjoint(stones)
    answer = ask("q=-gallstones")
    assert answer.count == len(bank) - len(stones)
    assert answer.understood[0]["excluded"] is True


def test_a_repair_is_told(bank):
    answer = ask("q=hydronefrosis")
    assert answer.understood[0]["repaired_from"] == "hydronefrosis"
    assert "hydronephrosis" in answer.understood[0]["id"]
    assert answer.count > 0


def test_words_without_a_term_must_all_stand_in_the_text(bank):
    assert everything("q=quietly+sudden") == titled(bank, "quietly", "sudden")


def test_when_no_case_has_all_words_any_of_them_will_do(bank):
    assert everything("q=quietly+xylophone") == titled(bank, "quietly")
    assert everything("q=xylophone") == set()


def test_an_excluded_word_and_a_phrase(bank):
    assert everything("q=quietly+-sudden") == titled(bank, "quietly") - titled(bank, "sudden")
    expected = {str(r.case_id) for r in bank if "sudden pain" in r.document["title"]["en"]}
    assert expected
    assert everything('q="sudden pain"') == expected


def test_words_beside_a_term_rank_and_lose_nothing(bank):
    query = "q=bowel+obstruction+quietly&limit=5"
    assert [term["id"] for term in ask(query).understood] == ["bowel-obstruction-suspected"]
    without = ask("q=bowel+obstruction").count
    for order in ("varied", "relevance"):
        found = [case for page in walk(f"{query}&order={order}") for case in ids(page)]
        assert len(found) == without > 5
        hits = titled(bank, "quietly") & set(found)
        assert 0 < len(hits) < len(found)
        assert set(found[:5]) <= hits, order
    meant = [case for case in found if case in {str(r.case_id) for r in bank if _of_obstruction(r)}]
    assert set(meant[: len(hits & set(meant))]) == hits & set(meant), "of those first meant the ones with the word"


def _of_obstruction(row: PublicCase) -> bool:
    return row.document["indication"] == "bowel-obstruction-suspected"


def test_a_plural_finds_the_singular(bank):
    assert everything("q=pains") == everything("q=pain") == titled(bank, "pain")


def test_hostile_words_are_only_words(bank):
    for q in ("'; DROP TABLE x; --", "a & b | !c:*", "%00 ％", "\\", "🫀" * 200, "(" * 400, "<script>"):
        ask(q=q)
