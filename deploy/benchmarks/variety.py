"""Coverage of a page: the varied order against newest first, chance, and the best found over all cases.

    python -m deploy.benchmarks.variety --cases 5000 --limit 20 --pages 5

Coverage = different values of {institution, country, vendor, model, probe, view, age band, sex, BMI class, severity,
quality} on a page, summed over these facets. A throw-away database is made and dropped.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from statistics import mean
from typing import Any

from django.http import QueryDict

from deploy.benchmarks.ground import bank
from deploy.benchmarks.made_cases import make_cases
from imagebank.catalog.models import PublicCase
from imagebank.catalog.search import SearchParams, coverage, search
from imagebank.catalog.search.varied import candidate
from imagebank.core.actor import ANONYMOUS

SEEDS = 10
Rows = Sequence[PublicCase]


def covered(rows: Rows) -> int:
    """Different values on a page."""
    return len({(name, value) for row in rows for name, values in row.true_values.items() for value in values})


def listed(order: str, limit: int, pages: int, seed: str) -> tuple[list[Rows], list[float]]:
    """The first pages of an order, and the milliseconds each took."""
    found: list[Rows] = []
    took: list[float] = []
    cursor = ""
    for _ in range(pages):
        query = QueryDict(f"order={order}&limit={limit}&seed={seed}&cursor={cursor}")
        begun = time.process_time()
        answer = search(SearchParams.from_query(query, "en"), ANONYMOUS)
        took.append((time.process_time() - begun) * 1000)
        keys = [case["id"] for case in answer.results]
        found.append(list(PublicCase.objects.filter(audience="open", case_id__in=keys)))
        cursor = answer.next or ""
    return found, took


def by_chance(rows: Rows, limit: int, pages: int, seed: str) -> list[Rows]:
    drawn = random.Random(seed).sample(rows, limit * pages)  # noqa: S311
    return [drawn[i * limit : (i + 1) * limit] for i in range(pages)]


def best(rows: Rows, limit: int) -> Rows:
    """Greedy over all cases for coverage alone."""
    bare = [coverage.Candidate(row.pk, candidate(row, "").values) for row in rows]
    return [rows[i] for i in coverage.Board(bare).page(limit)]


def report(name: str, make: Callable[[str], list[Rows]]) -> float:
    """Mean coverage of the first page, of all pages, and patients on the first page."""
    runs = [make(str(seed)) for seed in range(SEEDS)]
    first = mean(covered(run[0]) for run in runs)
    every = mean(covered([row for page in run for row in page]) for run in runs)
    patients = mean(len({row.true_subject for row in run[0]}) for run in runs)
    centres = mean(len({row.true_institution for row in run[0]}) for run in runs)
    clips = mean(sum(row.clips for row in run[0]) for run in runs)
    told = f"{name:10} {first:8.1f} {every:9.1f} {patients:9.1f} {centres:8.1f} {clips:6.1f}"
    sys.stdout.write(told + "\n")
    return first


def run(options: Any) -> None:
    make_cases(options.cases)
    rows = list(PublicCase.objects.filter(audience="open").defer("text"))
    limit, pages = options.limit, options.pages
    sys.stdout.write(f"{len(rows)} cases, pages of {limit}\n")
    sys.stdout.write(
        f"{'order':10} {'1st page':>8} {f'{pages} pages':>9} {'patients':>9} {'centres':>8} {'clips':>6}\n"
    )
    newest = report("newest", lambda seed: listed("newest", limit, pages, seed)[0])
    report("chance", lambda seed: by_chance(rows, limit, pages, seed))
    varied = report("varied", lambda seed: listed("varied", limit, pages, seed)[0])
    ceiling = report("best", lambda seed: [best(rows, limit)])
    sys.stdout.write(f"varied: {varied / newest:.2f} x newest, {varied / ceiling:.1%} of the best\n")
    took = sorted(ms for seed in range(SEEDS) for ms in listed("varied", limit, pages, str(seed))[1])
    sys.stdout.write(f"CPU ms of a varied answer: median {took[len(took) // 2]:.0f}, highest {took[-1]:.0f}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--pages", type=int, default=5)
    options = parser.parse_args()
    with bank():
        run(options)


if __name__ == "__main__":
    main()
