"""How far two readers who know nothing of each other agree, on verdicts and on findings: Cohen's kappa.

Large-sample standard error of Fleiss, Cohen and Everitt, Psychological Bulletin 72 (1969) 323, as in Fleiss, Levin and
Paik, Statistical Methods for Rates and Proportions, 3rd ed., formulas 18.13 to 18.16. Findings of one case hang
together, so there the interval comes from the jackknife that leaves out one case at a time (Efron and Stein, Annals of
Statistics 9 (1981) 586): many findings of few cases make it no narrower than they should.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

from imagebank.catalog.models import PRESENCE

from .models import VERDICTS, SecondRead

FEWEST: Final = 20
"""Pairs below which an indication is not told apart, and cases below which nothing is told of findings."""
Z: Final = 1.959964
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """`observed`: share of pairs that agree; kappa and its interval are None where chance alone would agree wholly."""

    pairs: int
    observed: float
    kappa: float | None
    low: float | None
    high: float | None


def agreement(pairs: Sequence[Pair], kinds: Sequence[str] = VERDICTS) -> Agreement | None:
    """Of (first, second) verdicts; None without any."""
    n, counts = len(pairs), Counter(pairs)
    if not n:
        return None
    share = {(a, b): counts[a, b] / n for a in kinds for b in kinds}
    rows = {a: sum(share[a, b] for b in kinds) for a in kinds}
    columns = {b: sum(share[a, b] for a in kinds) for b in kinds}
    observed = sum(share[k, k] for k in kinds)
    chance = sum(rows[k] * columns[k] for k in kinds)
    if math.isclose(chance, 1):
        return Agreement(n, observed, None, None, None)
    kappa = (observed - chance) / (1 - chance)
    wide = Z * _error(share, rows, columns, kappa, chance, n)
    return Agreement(n, observed, kappa, max(-1, kappa - wide), min(1, kappa + wide))


@dataclass(frozen=True, slots=True)
class OnFindings:
    """`found` is None below FEWEST cases; its `pairs` are findings that both readers spoke of."""

    cases: int
    found: Agreement | None


def of_findings() -> OnFindings:
    """Of what the lot drew: present, absent or uncertain, finding by finding."""
    rows = SecondRead.objects.filter(second__isnull=False, asked=False)
    said = rows.values_list("first__items__findings", "second__items__findings")
    cases = [[(a[term], b[term]) for term in sorted(a.keys() & b.keys())] for a, b in said if a and b]
    cases = [pairs for pairs in cases if pairs]
    return OnFindings(len(cases), by_case(cases) if len(cases) >= FEWEST else None)


def by_case(cases: Sequence[Sequence[Pair]], kinds: Sequence[str] = PRESENCE) -> Agreement | None:
    """Agreement over the pairs of all cases, its interval by leaving out one case at a time."""
    every = Counter(pair for pairs in cases for pair in pairs)
    found = agreement(list(every.elements()), kinds)
    if found is None or found.kappa is None:
        return found
    partial = [agreement(list((every - Counter(pairs)).elements()), kinds) for pairs in cases]
    left = [one.kappa for one in partial if one and one.kappa is not None]
    if len(left) < len(cases):
        return replace(found, low=None, high=None)
    wide = Z * math.sqrt((len(left) - 1) / len(left) * sum((kappa - fmean(left)) ** 2 for kappa in left))
    return replace(found, low=max(-1, found.kappa - wide), high=min(1, found.kappa + wide))


def of_readings() -> tuple[Agreement | None, list[tuple[str, Agreement]]]:
    """Of what the lot drew: over all, and by indication (slug) where there are 20 pairs."""
    by_indication: dict[str, list[Pair]] = defaultdict(list)
    for slug, first, second in _pairs():
        by_indication[slug].append((first, second))
    every = [pair for pairs in by_indication.values() for pair in pairs]
    enough = {slug: pairs for slug, pairs in by_indication.items() if len(pairs) >= FEWEST}
    told = [(slug, found) for slug, pairs in sorted(enough.items()) if (found := agreement(pairs))]
    return agreement(every), told


def _pairs() -> Iterable[tuple[str, str, str]]:
    rows = SecondRead.objects.filter(second__isnull=False, asked=False)
    return rows.values_list("case__indication_id", "first__verdict", "second__verdict")


def _error(
    share: dict[Pair, float], rows: dict[str, float], columns: dict[str, float], kappa: float, chance: float, n: int
) -> float:
    """Standard error of kappa (18.13 to 18.16)."""
    a = sum(share[k, k] * (1 - (rows[k] + columns[k]) * (1 - kappa)) ** 2 for k in rows)
    b = (1 - kappa) ** 2 * sum(share[i, j] * (columns[i] + rows[j]) ** 2 for i in rows for j in rows if i != j)
    c = (kappa - chance * (1 - kappa)) ** 2
    return math.sqrt(max(0.0, a + b - c)) / ((1 - chance) * math.sqrt(n))
