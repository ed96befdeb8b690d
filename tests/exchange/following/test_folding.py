"""The fold of a feed: whatever comes first, twice or never, an object ends as its own items say."""

from __future__ import annotations

import uuid

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from imagebank.exchange.following.folding import Standing, fold, step
from imagebank.exchange.wire import Item

OBJECTS = [str(uuid.UUID(int=n)) for n in range(1, 4)]
ACTS = st.tuples(
    st.sampled_from(OBJECTS),
    st.sampled_from(["put", "revise", "restrict", "withdraw"]),
    st.integers(1, 4),
    st.sampled_from(["a" * 64, "b" * 64]),
)


def item(object_id: str, op: str, rev: int, content: str, seq: int = 1) -> Item:
    whole = op in ("put", "revise")
    return Item(seq=seq, prev="0" * 64, digest="", op=op, type="case", id=object_id, rev=rev,
                content=content if whole else None, document={} if whole else None)  # fmt: skip


def plain(known: Standing) -> tuple[str, int, str]:
    """Of what is withdrawn only that it is."""
    return ("withdrawn", 0, "") if known.held == "withdrawn" else (known.held, known.rev, known.said)


def expected(acts: list[tuple[str, str, int, str]]) -> dict[str, str]:
    """What the rules of the design say in so many words, without any order."""
    found = {}
    for object_id in {act[0] for act in acts}:
        own = [act for act in acts if act[0] == object_id]
        newest = max(act[2] for act in own)
        said = {act[3] if act[1] in ("put", "revise") else act[1] for act in own if act[2] == newest}
        if any(act[1] == "withdraw" for act in own):
            found[object_id] = "withdrawn"
        elif len(said) > 1:
            found[object_id] = "frozen"
        else:
            found[object_id] = "restricted" if said == {"restrict"} else "live"
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(acts: list[tuple[str, str, int, str]], chance: object) -> None:
    one = fold(item(*act) for act in acts)
    shuffled = [*acts, *acts[:3]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    other = fold(item(*act) for act in shuffled)
    assert {key: plain(now) for key, (now, _) in one.items()} == {key: plain(now) for key, (now, _) in other.items()}
    assert {key: now.held for key, (now, _) in one.items()} == expected(acts)


class Feed(RuleBasedStateMachine):
    """Items come one by one, in pages, again; what is known never goes back."""

    @initialize()
    def begin(self) -> None:
        self.known: dict[str, Standing] = {}
        self.acts: list[tuple[str, str, int, str]] = []

    @rule(acts=st.lists(ACTS, min_size=1, max_size=4))
    def page(self, acts: list[tuple[str, str, int, str]]) -> None:
        before = dict(self.known)
        self.acts += acts
        for key, (now, _) in fold([item(*act) for act in acts], self.known).items():
            self.known[key] = now
            if key in before:
                assert before[key].held != "withdrawn"
                assert now.rev >= before[key].rev or now.held == "withdrawn"

    @rule(act=ACTS)
    def single(self, act: tuple[str, str, int, str]) -> None:
        self.acts.append(act)
        self.known[act[0]] = step(self.known.get(act[0]), item(*act))

    @rule()
    def again(self) -> None:
        assert not fold([item(*act) for act in self.acts], self.known)

    @invariant()
    def is_as_the_rules_say(self) -> None:
        if getattr(self, "acts", None):
            assert {key: known.held for key, known in self.known.items()} == expected(self.acts)


Feed.TestCase.settings = settings(max_examples=20, stateful_step_count=12, deadline=None)
test_state_machine = Feed.TestCase


def test_stubs_say_nothing() -> None:
    whole = item(OBJECTS[0], "put", 1, "a" * 64)
    assert fold([whole.stub("withheld"), whole.stub("superseded")]) == {}
