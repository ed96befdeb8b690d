"""Search at many cases: every row of the table of targets (design: search), as CPU-ms of process and database session.

    python -m deploy.benchmarks.search --cases 1000000 --data FOLDER

Fills a bank with made-up cases (COPY; a run that was cut short goes on), then measures. Without `--data` the bank is
thrown away. Nothing is kept from one question to the next. Facet counts are compared with SQL's GROUP BY.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from deploy.benchmarks import asking
from deploy.benchmarks.asking import cold, combinations, found, params, texts
from deploy.benchmarks.bulk import export, fold, upsert
from deploy.benchmarks.filling import fill
from deploy.benchmarks.ground import bank
from deploy.benchmarks.listing import rest
from deploy.benchmarks.measuring import each, say, tell
from deploy.benchmarks.processes import process
from imagebank.catalog.search import warm
from imagebank.catalog.search.index import view_of
from imagebank.catalog.search.newest import newest_page
from imagebank.core.actor import ANONYMOUS

DEEP: Final = 20
Asked = dict[str, Any]


def keyset(runs: int) -> None:
    """The order alone, at the beginning and in the middle of the list."""
    for name, asked in (("all", {}), ("sex", {"sex": "female"}), ("a finding", {"finding": "gallstones"})):
        view, matches = found(asked)
        for deep in (False, True):
            place = asking.middle(view.generation, matches) if deep else None
            turn = partial(newest_page, matches, view.generation, place)
            where = "middle" if deep else "first"
            tell(f"keyset page, {where}, {name} ({len(matches):,})", each(turn, [24] * runs), "p99 < 5")


def answers(runs: int) -> None:
    """Whole answers with documents, nothing kept."""
    for most in (1, 2, 3):
        asked = [params(**one, order="newest") for one in combinations(runs, most, least=most)]
        tell(f"{most} filters, whole answer", each(cold, asked), "p99 < 50")
    view = view_of(ANONYMOUS)
    wanted = [asking.query(one, view) for one in combinations(runs)]
    tell("all facet counts, 1-3 filters", each(asking.counted, wanted), "p50 < 25, p99 < 50")
    broad = [asking.query({"sex": ["female"], "quality_min": n % 5}, view) for n in range(runs)]
    tell("all facet counts, half of all", each(asking.counted, broad), "p50 < 25, p99 < 50")
    tell("ranked text, whole answer", each(cold, list(texts(runs))), "p99 < 150")
    _varied(runs)


def _varied(runs: int) -> None:
    tell("varied page, all", each(cold, [params(seed=n) for n in range(runs)]), "p99 < 50")
    mixed = [params(**one, seed=n) for n, one in enumerate(combinations(runs))]
    tell("varied page, 1-3 filters", each(cold, mixed), "p99 < 50")
    tell(f"varied page number {DEEP}", each(cold, list(asking.deep(runs, DEEP))), "p99 < 50")


def oracle(runs: int) -> None:
    """Counts against GROUP BY."""
    wrong = [one for one in combinations(runs) if asking.counts(one) != asking.oracle(one)]
    say("facet counts that differ from GROUP BY", f"{len(wrong)} of {runs}", "none")


PARTS: Final[dict[str, Callable[[int], None]]] = {
    "keyset": keyset,
    "answers": answers,
    "rest": rest,
    "fold": lambda _: fold(),
    "oracle": lambda runs: oracle(max(runs // 10, 5)),
    "process": lambda _: process(),
    "upsert": lambda _: upsert(),
    "export": lambda _: export(),
}


def run(cases: int, runs: int, parts: Iterable[str]) -> None:
    fill(cases)
    warm()  # as a web process does
    view = view_of(ANONYMOUS)
    sys.stdout.write(f"{len(view.all):,} cases, {len(view.generation.terms)} values\n")
    sys.stdout.write(f"{'CPU-ms':52} {'p50':>8} {'p99':>8} {'':7}  {'runs':>5}  target\n")
    for part in parts:
        PARTS[part](runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--data", help="a folder for a bank that stays")
    parser.add_argument("--only", nargs="+", default=list(PARTS), choices=list(PARTS))
    options = parser.parse_args()
    with bank():
        run(options.cases, options.runs, options.only)


if __name__ == "__main__":
    main()
