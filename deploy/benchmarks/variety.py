"""Coverage of a page: the varied order against newest first, chance, and the best found over all cases.

    python -m deploy.benchmarks.variety --cases 1000000 --data FOLDER --limit 20 --pages 5

Coverage = different values of {institution, country, vendor, model, probe, view, age band, sex, BMI class, severity,
quality} on a page, summed over these facets. Without `--data` a throw-away database is made and dropped.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from statistics import mean
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deploy.benchmarks.asking import forget, params
from deploy.benchmarks.filling import fill
from deploy.benchmarks.ground import bank
from deploy.benchmarks.measuring import each, tell
from imagebank.catalog.search import coverage, find, search
from imagebank.catalog.search.index import Generation, current
from imagebank.core.actor import ANONYMOUS

SEEDS: Final = 10
POOL: Final = 100_000
"""Cases, drawn at random, among which the best page is looked for."""
Slots = NDArray[np.uint32]


def covered(generation: Generation, slots: Slots) -> int:
    """Different values on a page."""
    return len(np.unique(generation.lists("values", np.sort(slots)).flat))


def listed(order: str, limit: int, pages: int, seed: int) -> list[Slots]:
    """The first pages of an order."""
    pages_found, cursor = [], ""
    for _ in range(pages):
        found = find(params(order=order, limit=limit, seed=seed, cursor=cursor), ANONYMOUS)
        pages_found.append(found.page.slots)
        cursor = found.answer().next or ""
    return pages_found


def by_chance(generation: Generation, limit: int, pages: int, seed: int) -> list[Slots]:
    drawn = np.random.default_rng(seed).choice(len(generation.live), limit * pages, replace=False)
    return list(np.split(drawn.astype(np.uint32), pages))


def best(generation: Generation, limit: int) -> Slots:
    """Greedy for coverage alone."""
    size = min(POOL, generation.base.size)
    drawn = np.sort(np.random.default_rng(1).choice(generation.base.size, size, replace=False)).astype(np.uint32)
    board = coverage.Board(
        generation.lists("values", drawn), np.arange(size), np.zeros(size), np.zeros(size, dtype=np.int64)
    )
    return drawn[board.page(limit)]


def report(name: str, generation: Generation, make: Callable[[int], Sequence[Slots]]) -> float:
    """Mean coverage of the first page, of all pages, and patients and clips on the first page."""
    runs = [make(seed) for seed in range(SEEDS)]
    first = mean(covered(generation, run[0]) for run in runs)
    every = mean(covered(generation, np.concatenate(run)) for run in runs)
    patients = mean(len(np.unique(generation.of("subject", run[0]))) for run in runs)
    clips = mean(int(generation.of("clips", run[0]).sum()) for run in runs)
    sys.stdout.write(f"{name:10} {first:8.1f} {every:9.1f} {patients:9.1f} {clips:6.1f}\n")
    return first


def run(options: Any) -> None:
    fill(options.cases)
    generation = current.generation()
    limit, pages = options.limit, options.pages
    sys.stdout.write(f"{len(generation.live):,} cases, pages of {limit}\n")
    sys.stdout.write(f"{'order':10} {'1st page':>8} {f'{pages} pages':>9} {'patients':>9} {'clips':>6}\n")
    newest = report("newest", generation, lambda seed: listed("newest", limit, pages, seed))
    report("chance", generation, lambda seed: by_chance(generation, limit, pages, seed))
    varied = report("varied", generation, lambda seed: listed("varied", limit, pages, seed))
    ceiling = covered(generation, best(generation, limit))
    sys.stdout.write(f"best       {ceiling:8.1f}\n")
    sys.stdout.write(f"varied: {varied / newest:.2f} x newest, {varied / ceiling:.1%} of the best\n")
    tell("varied answer, CPU-ms", each(answer, range(options.runs)), "p99 < 50")


def answer(seed: int) -> None:
    forget()
    search(params(seed=seed), ANONYMOUS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--data", help="a folder for a bank that stays")
    options = parser.parse_args()
    with bank():
        run(options)


if __name__ == "__main__":
    main()
