"""The query language: what is read as it, how it is written back, where it is broken, and what it finds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebank.catalog.coarsening import ADULT, CHILD
from imagebank.catalog.models import PublicCase
from imagebank.catalog.search.asked import NAMES, ORDERED, Asked, Field, Text, written
from imagebank.catalog.search.grammar import DEEPEST, LONGEST, MOST_PARTS, BrokenQuery, parse
from imagebank.catalog.search.tree import And, Not, Or
from imagebank.catalog.search.values import BOUNDS, values_of
from imagebank.vocabulary.engine import engine
from imagebank.vocabulary.selectors import facet_values
from tests.catalog.asking import ask, ids, recorded

WORD = st.text("abcdefgøéß", min_size=1, max_size=6)
WORDS = st.lists(WORD, min_size=1, max_size=3).map(lambda words: Text(" ".join(words)))
VALUE = st.one_of(WORD, st.tuples(WORD, WORD).map(" ".join), st.just("b-lines"), st.just("a(b)c"))
FIELDS = st.one_of(
    st.builds(Field, st.sampled_from(sorted(set(NAMES.values()))), st.lists(VALUE, min_size=1, max_size=3).map(tuple)),
    st.builds(Field, st.sampled_from(ORDERED), WORD.map(lambda w: (w,)), st.sampled_from((">=", "<=", ">", "<"))),
)


def without_places(asked: Asked) -> Asked:
    match asked:
        case Text() | Field():
            return replace(asked, at=0)
        case Not(node):
            return Not(without_places(node))
        case And(nodes):
            return And(tuple(map(without_places, nodes)))
        case Or(nodes):
            return Or(tuple(map(without_places, nodes)))


def joined(kind: type[And] | type[Or], nodes: list[Asked]) -> Asked:
    flat = [inner for node in nodes for inner in (node.nodes if isinstance(node, kind) else (node,))]
    return kind(tuple(flat))


def denied(node: Asked) -> Asked:
    return node.node if isinstance(node, Not) else Not(node)


TREES = st.recursive(
    st.one_of(WORDS, FIELDS),
    lambda inner: st.one_of(
        inner.map(denied),
        st.lists(inner, min_size=2, max_size=3).map(lambda nodes: joined(And, nodes)),
        st.lists(inner, min_size=2, max_size=3).map(lambda nodes: joined(Or, nodes)),
    ),
    max_leaves=8,
)


@given(TREES)
def test_what_is_written_is_read_as_the_same(asked: Asked) -> None:
    text = written(asked)
    if len(text) > LONGEST or not_deep(text) > DEEPEST:
        return
    assert without_places(parse(text)) == asked
    assert written(parse(text)) == text


def not_deep(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    return deepest


@given(st.text(max_size=LONGEST))
def test_whatever_is_typed_is_read_or_told(text: str) -> None:
    try:
        asked = parse(text)
    except BrokenQuery as broken:
        assert 0 <= broken.at <= len(text)
        assert broken.errors["q"].startswith(f"Character {broken.at + 1}: ")
    else:
        assert without_places(parse(written(asked))) == without_places(asked)


STONES = ("gallstones", "gallstone-impacted-neck")


@pytest.mark.parametrize(
    "text",
    ["no pleural effusion", "gallstones and ascites", "effusion (small)", "(((", "DVT OR", "AND", "OR OR", "time:3 pm",
     "NO EFFUSION AND", "Finding: effusion", "-gallstones", '"free fluid', "3:1", "a -b", "ratio>2", "preview:3"],
)  # fmt: skip
def test_words_are_words(text: str) -> None:
    assert parse(text) == Text(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("finding:b-lines AND quality>=3 -vendor:acme", "finding:b-lines AND quality>=3 AND -vendor:acme"),
        ("a OR b c AND d", "a OR b c AND d"),
        ("(a OR b) c", "(a OR b) AND c"),
        ("a AND (b AND c)", "a AND b AND c"),
        ("NOT NOT a NOT b", "a AND NOT b"),
        ("-(a OR b) quality ≥ 3", "NOT (a OR b) AND quality>=3"),
        ('absent:"pleural  effusion",ascites', 'finding_absent:"pleural effusion",ascites'),
        ("Finding=gallstones", "finding:gallstones"),
        ("Aszites ODER Erguss", "Aszites OR Erguss"),
    ],
)
def test_the_language(text: str, canonical: str) -> None:
    assert written(parse(text)) == canonical
    assert without_places(parse(canonical)) == without_places(parse(text))


@pytest.mark.parametrize(
    ("text", "kind", "at"),
    [
        ("(dvt OR pe", "open", 0),
        ("dvt OR (pe))", "close", 11),
        ("finding:x AND", "empty", 13),
        ("finding:x AND OR pe", "empty", 14),
        ("finding:x ()", "empty", 11),
        ("finding:", "empty", 0),
        ("dvt OR finding:(gall)", "empty", 7),
        ('finding:"', "quote", 8),
        ('finding:x "pleural', "quote", 10),
        ("vendor>3", "compare", 0),
        ("quality>=3,4", "several", 0),
        ("(" * 9 + "finding:x" + ")" * 9, "deep", 8),
        ("sex:male " * 41, "many", 360),
        ("finding:x " + "y" * LONGEST, "long", LONGEST),
    ],
    ids=["open", "close", "end", "between", "brackets", "value", "bracket", "quote", "words", "order",
         "several", "deep", "many", "long"],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(text: str, kind: str, at: int) -> None:
    with pytest.raises(BrokenQuery) as broken:
        parse(text)
    assert (broken.value.kind, broken.value.at, broken.value.code) == (kind, at, "query")


def test_an_endless_query_is_refused_at_once() -> None:
    with pytest.raises(BrokenQuery):
        parse("finding:x " + "(" * 100_000 + "sex:male " * (MOST_PARTS * 1000))


def test_every_ordered_value_has_its_bounds(bank) -> None:
    for facet in ORDERED:
        told_wide = {ADULT, CHILD}  # a value from its first use on
        known = {slug for slug in facet_values(facet) if "unknown" not in slug} - told_wide
        assert known == set(BOUNDS[facet])


@pytest.mark.parametrize(
    ("query", "lang", "slugs"),
    [
        ("quality>3", "en", ("4", "5")),
        ("quality<=2", "en", ("1", "2")),
        ("age>=65", "en", ("adult-65-79", "adult-80-plus")),
        ("age>=70", "en", ("adult-65-79", "adult-80-plus")),
        ("age<1", "en", ("neonate", "infant")),
        ("age>adult-65-79", "en", ("adult-80-plus",)),
        ("age<infant", "en", ("neonate",)),
        ("bmi>=30", "en", ("bmi-30-39-9", "bmi-40-plus")),
        ("finding:gallstones", "en", STONES),
        ("finding:Gallensteine", "en", STONES),
        ('finding:"calculs biliaires"', "de", STONES),
        ("finding:aorta-aneurysm", "en", ("aorta-aneurysm", "aorta-aneurysm-large")),
        ("absent:aorta-aneurysm", "en", ("aorta-aneurysm",)),
        ("country:dk", "en", ("DK",)),
        ("institution:nowhere", "en", ("nowhere",)),
        ("vendor:acme", "en", ("acme",)),
        ("polarity:abnormal,normal", "en", ("abnormal", "normal")),
        ("view:PLAX", "da", ("plax",)),
        ("sex:weiblich", "da", ("female",)),
        ("probe:linear", "fr", ("linear",)),
        ("setting:ICU", "en", ("icu",)),
    ],
)
def test_values_by_any_name(bank, query: str, lang: str, slugs: tuple[str, ...]) -> None:
    asked = parse(query)
    assert isinstance(asked, Field)
    assert values_of(asked, lang) == slugs


@pytest.mark.parametrize(
    ("query", "perhaps"), [("finding:gallstonez", "finding:gallstones"), ("sex:zebra", ""), ("quality>=9", "")]
)
def test_an_unknown_value_is_a_fault(bank, query: str, perhaps: str) -> None:
    with pytest.raises(BrokenQuery) as broken:
        ask(q=f"dvt AND {query}")
    assert (broken.value.kind, broken.value.at, broken.value.perhaps) == ("value", 8, perhaps)


def matching(query: str, more: str = "") -> set[str]:
    return set(ids(ask(more, q=query, order="newest", limit="1000")))


def carrying(rows: list[PublicCase], term: str, presence: str = "present") -> set[str]:
    return {str(row.case_id) for row in rows if (presence, term) in recorded(row.document)}


def test_what_it_finds(bank) -> None:
    every = {str(row.case_id) for row in bank}
    stones, lines = carrying(bank, "gallstones"), carrying(bank, "b-lines-multiple")
    good, typed = matching("", "quality_min=3"), stones | carrying(bank, "wes-sign")
    assert stones < typed
    assert lines
    assert matching("finding:gallstones OR finding:b-lines-multiple") == stones | lines
    assert matching("finding:gallstones AND quality>=3") == stones & good
    assert matching("NOT finding:gallstones") == every - stones
    assert matching("finding:b-lines-multiple -finding:gallstones") == lines - stones
    assert matching("NOT (finding:gallstones OR finding:b-lines-multiple)") == every - stones - lines
    assert matching("(gallstones OR finding:b-lines-multiple) quality>=3") == (typed | lines) & good
    assert matching("gallstones finding:b-lines-multiple") == typed & lines
    assert matching("sudden OR finding:gallstones") == matching("sudden") | stones


def test_a_denial_keeps_its_meaning_within_the_language(bank) -> None:
    """ "no effusion" is a finding recorded absent, NOT only leaves out."""
    alone = matching("no pericardial effusion")
    assert matching("no pericardial effusion OR finding:gallstones") == alone | carrying(bank, "gallstones")
    assert matching("NOT pericardial effusion") == {str(r.case_id) for r in bank} - carrying(
        bank, "pericardial-effusion"
    )


def test_operators_beside_nothing_are_words(bank) -> None:
    assert ask(q="gallstones NOT seen").read_as == ""
    assert matching("gallstones NOT seen") == matching("gallstones not seen")


def test_the_answer_tells_how_it_was_read(bank) -> None:
    answer = ask(q="finding:Gallensteine  quality>=4 -sex:male", lang="de")
    assert answer.read_as == "finding:Gallensteine AND quality>=4 AND -sex:male"
    assert [(told["facet"], told["id"], told.get("excluded", False)) for told in answer.understood] == [
        ("finding", "gallstones", False), ("quality", "4", False), ("sex", "male", True),
    ]  # fmt: skip
    assert ask(q="gallstones").read_as == ""


def test_facet_counts_keep_what_is_asked_in_words(bank) -> None:
    answer = ask(q="finding:gallstones", facets="1")
    counts = {row["id"]: row["count"] for row in answer.facets["finding"]}
    assert counts["gallstones"] == answer.count == len(carrying(bank, "gallstones"))


def test_typed_exactly(bank) -> None:
    repaired = ask(q="galstones B-lines")
    assert repaired.corrected == "gallstones B-lines"
    exact = ask(q="galstones", exact="1")
    assert (exact.corrected, exact.understood, exact.count) == ("", [], 0)


def test_several_meanings_ask_back(bank) -> None:
    (told,) = ask(q="ingen leverlæsion", lang="da").understood
    assert len(told["choices"]) > 1
    assert {choice["facet"] for choice in told["choices"]} == {"finding_absent"}
    for choice in told["choices"]:
        assert choice["q"] == f"finding_absent:{choice['id']}"
        (narrowed,) = ask(q=choice["q"]).understood
        assert (narrowed["facet"], narrowed["id"]) == (choice["facet"], choice["id"])
        assert "choices" not in narrowed
    assert "choices" not in ask(q="gallstones").understood[0]


def test_the_kinds_of_a_meaning_are_not_asked_back(bank) -> None:
    """They are found with it; a term of another sort that is called the same is asked back."""
    (told,) = ask(q="pleural effusion").understood
    kinds = set(engine().kinds(["pleural-effusion"])) - {"pleural-effusion"}
    assert kinds, "the vocabulary has kinds of it"
    choices = [(choice["facet"], choice["id"]) for choice in told.get("choices", [])]
    assert ("finding", "pleural-effusion") in choices
    assert not kinds & {pk for _, pk in choices}
