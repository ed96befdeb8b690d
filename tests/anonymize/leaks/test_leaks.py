"""The whole cleaner on planted files: no identifier in what comes out, none legible on the picture."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import numpy as np
import pytest

from anonymize.keying import SecretKeyer
from anonymize.sandbox import Outcome, Sandbox
from anonymize.verify import verify
from tests.anonymize import make
from tests.anonymize.leaks.plant import CATEGORIES, LAYOUTS, Plant, plant
from tests.anonymize.leaks.search import frames, leaked

FRESH = int.from_bytes(os.urandom(3))
"""New files in every run; the seed stands in the test's name."""
CASES = [(FRESH + number, syntax, layout) for number, (syntax, layout) in enumerate(
    zip(make.SYNTAXES, [*LAYOUTS, *LAYOUTS], strict=False)
)]  # fmt: skip


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def cleaned(sandbox: Sandbox, data: bytes) -> tuple[Outcome, bytes]:
    """The real cleaner in its sandbox."""
    source, target = os.memfd_create("source"), os.memfd_create("target")
    try:
        os.write(source, data)
        outcome = sandbox.run("clean", source=source, outputs={"clean": target}, keyer=SecretKeyer(os.urandom(32)))
        return outcome, os.pread(target, os.fstat(target).st_size, 0)
    finally:
        os.close(source)
        os.close(target)


def test_the_generator_plants_what_the_search_finds():
    """Without this a broken search would pass everything."""
    for syntax in make.SYNTAXES:
        made = plant(1, syntax)
        if syntax == make.DEFLATED:
            continue
        missed = {name: set(values) - set(leaked(made.data, values)) for name, values in made.values.items()}
        assert not any(values for name, values in missed.items() if name != "burned"), (syntax, missed)
    assert {*CATEGORIES, "burned"} == {name for syntax in make.SYNTAXES for name in plant(1, syntax).values}


@pytest.mark.parametrize(("seed", "syntax", "layout"), CASES, ids=str)
def test_nothing_planted_comes_out(sandbox: Sandbox, seed: int, syntax: str, layout: str):
    made = plant(seed, syntax, layout=layout)
    outcome, result = cleaned(sandbox, made.data)
    assert outcome.verdict == "clean", (outcome.code, outcome.detail, outcome.result.get("verifier"))
    assert leaked(result, made.all()) == []
    assert verify(io.BytesIO(result), io.BytesIO(made.data)) == []
    assert_not_legible(result, made)


def assert_not_legible(result: bytes, made: Plant) -> None:
    """Where the text stood every frame shows one constant colour."""
    pictures = frames(result)
    for shown, rows, columns in made.burned:
        box = pictures[shown, rows, columns].astype(np.int16)
        assert np.ptp(box.reshape(-1, box.shape[-1]), axis=0).max() <= 2


@pytest.mark.long
@pytest.mark.parametrize("seed", range(FRESH, FRESH + 40))
def test_nothing_planted_comes_out_of_many(sandbox: Sandbox, seed: int):
    """40 files of fresh seeds; every fifth one may be held, none may leak."""
    syntax, layout = make.SYNTAXES[seed % len(make.SYNTAXES)], [*LAYOUTS][seed % len(LAYOUTS)]
    made = plant(seed, syntax, layout=layout)
    outcome, result = cleaned(sandbox, made.data)
    assert outcome.verdict in ("clean", "held")
    if outcome.verdict == "clean":
        assert leaked(result, made.all()) == []
        assert_not_legible(result, made)
