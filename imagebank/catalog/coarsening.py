"""What of a case may be told: the k-check over subjects (privacy.md 10), in the bank, not in the population.

A value is told when at least `K` subjects of the bank share it. What was withheld once stays withheld
(`Case.withheld`), and what is told is checked again when a neighbour is withdrawn.

Known limits. Whoever knows this rule can conclude from a fifth case that is told in full that the four before it are
alike: they then stand among five, as the rule wants. And that a value is withheld says that it is none of those that
are told freely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from operator import and_
from typing import Final

from django.db.models import Q, QuerySet

from .models import COUNTED, Case
from .selectors import standing

K: Final = 5
K_CHILD: Final = 10
CHILD_BANDS: Final = frozenset({"neonate", "infant", "child", "adolescent"})
ADULT_BANDS: Final = frozenset({"adult-18-39", "adult-40-64", "adult-65-79", "adult-80-plus"})
ADULT: Final = "adult"
CHILD: Final = "child-any"
NOWHERE: Final = "ZZ"
"""Country (ISO 3166-1, user-assigned) of an institution of which another node told none."""
PLACE: Final = ("country", "institution", "credit")
"""Each of them tells the others."""
LADDER: Final[tuple[tuple[str, ...], ...]] = ((), ("age_band",), ("age_band", "sex"), ("age_band", "sex", "country"))
"""What is given up, step by step, until enough subjects share the rest."""
ALONE: Final = ("bmi_class", "setting", "institution", "credit")
"""Fields that are told when their own value has enough subjects."""
MET: Final = 100
"""Cases of a cell that are read first: of a common value the database would go through half of the bank otherwise."""
COLUMNS: Final = {"country": "institution__country"}
REASONS: Final = ("terms", "device", "few", "place", "unnamed", "before")
"""Why something is withheld: `terms` the question or a finding is sensitive or rare; `device` the device is rare in the
country; `few` too few subjects share it; `place` the country is withheld; `unnamed` the institution did not choose to
be named; `before` it was withheld already."""


@dataclass(frozen=True, slots=True)
class Told:
    """The coarsened values; empty means withheld."""

    age_band: str
    sex: str
    country: str
    bmi_class: str = ""
    setting: str = ""
    institution: str = ""
    credit: str = ""


def everything(case: Case) -> Told:
    """Nothing withheld."""
    return Told(
        age_band=case.age_band,
        sex=case.sex,
        country=case.institution.country,
        bmi_class=case.bmi_class,
        setting=case.setting,
        institution=case.institution.slug,
        credit=case.credit,
    )


def settle(case: Case) -> Told:
    """What the public is told from now on: kept in the case, never made finer.

    Of a mirrored one it is what its origin told.
    """
    if case.origin_id:
        return without(case, _untold(case))
    found = withheld(case)
    case.withheld = sorted(name for name, reason in found.items() if reason != "unnamed")
    Case.objects.filter(pk=case.pk).update(withheld=case.withheld)
    return without(case, found)


def withheld(case: Case) -> dict[str, str]:
    """{field: reason} of what is not told as it is. Synthetic cases are exempt but for the institution's own wish."""
    if case.origin_id:
        return _untold(case)
    found = {} if case.institution.named_in_public else {"institution": "unnamed"}
    if case.synthetic:
        return found
    found |= dict.fromkeys(case.withheld, "before")
    found = dict.fromkeys(PLACE, "terms") | found if _delicate(case) else found
    if "country" not in found and _rare_device(case):
        found["country"] = "device"
    for name in _first_step(case, set(found)):
        found.setdefault(name, "few")
    if "country" in found:
        found = dict.fromkeys(PLACE, "place") | found
    alone = [name for name in ALONE if name not in found and getattr(everything(case), name)]
    return found | {name: "few" for name in alone if not _enough(case, [name], K)}


def without(case: Case, found: Mapping[str, str]) -> Told:
    """What is told when these fields are withheld."""
    wide = {**dict.fromkeys(CHILD_BANDS, CHILD), **dict.fromkeys(ADULT_BANDS, ADULT)}.get(case.age_band, case.age_band)
    return replace(everything(case), **{name: wide if name == "age_band" else "" for name in found})


def neighbours_in_small_cells(case: Case) -> list[Case]:
    """Published cases that may be told less, now that `case` is gone: too few subjects are left beside them."""
    if case.synthetic or case.origin_id or not case.live_revision:
        return []
    parts = [(_is(case, "age_band"), _wide(case)), (_is(case, "sex"), Q()), (_is(case, "country"), Q())]
    cells = [(reduce(and_, cell), _k(case)) for cell in product(*parts)]
    cells += [(cell, K) for cell in (*(_is(case, name) for name in ALONE), *_devices(case))]
    found: dict[object, Case] = {}
    for cell, k in cells:
        rows = _published().filter(cell).exclude(pk=case.pk)
        found |= {row.pk: row for row in rows} if _subjects(rows, k) < k else {}
    return list(found.values())


def told_less(case: Case) -> bool:
    """Whether something that is told now would be withheld."""
    return bool({name for name, reason in withheld(case).items() if reason != "unnamed"} - set(case.withheld))


# --- the rules


def _untold(case: Case) -> dict[str, str]:
    """Of a mirrored case: where its institution is unnamed, or its country unknown."""
    found = {} if case.institution.named_in_public else {"institution": "unnamed"}
    return found | ({"country": "place"} if case.institution.country == NOWHERE else {})


def _first_step(case: Case, given_up: set[str]) -> set[str]:
    """The first step of the ladder on which enough subjects share what is told of age, sex and country."""
    for step in LADDER:
        shown = [name for name in ("age_band", "sex", "country") if name not in given_up | set(step)]
        if not shown or _enough(case, shown, _k(case), among=_wide(case)):
            return set(step)
    return set(LADDER[-1])


def _enough(case: Case, names: Sequence[str], k: int, *, among: Q = Q()) -> bool:  # noqa: B008 - never changed
    """Whether `k` subjects share these values."""
    others = _published().filter(among).exclude(subject_id=case.subject_id)
    cell = reduce(and_, (_is(case, name) for name in names))
    return _subjects(others.filter(cell), k - 1) == k - 1


def _is(case: Case, name: str) -> Q:
    value = case.institution.country if name == "country" else getattr(case, name)
    return Q(**{COLUMNS.get(name, name): value})


def _delicate(case: Case) -> bool:
    """Rare and sensitive terms hide the place: the clinical question alone, or a finding."""
    return (
        case.indication.disclosure != "ordinary"
        or standing(case.findings.all()).exclude(term__disclosure="ordinary").exists()
    )


def _rare_device(case: Case) -> bool:
    others = _published().exclude(subject_id=case.subject_id)
    return any(_subjects(others.filter(device), K - 1) < K - 1 for device in _devices(case))


def _devices(case: Case) -> list[Q]:
    """Each device of the case, in its country."""
    named = case.clips.exclude(maker="", model="").values_list("maker", "model").distinct()
    return [Q(clips__maker=maker, clips__model=model) & _is(case, "country") for maker, model in named]


def _k(case: Case) -> int:
    return K_CHILD if case.age_band in CHILD_BANDS else K


def _wide(case: Case) -> Q:
    """Cases whose age is told alike when it is withheld."""
    wide = (bands for bands in (CHILD_BANDS, ADULT_BANDS) if case.age_band in bands)
    return Q(age_band__in=sorted(next(wide, {case.age_band})))


def _published() -> QuerySet[Case]:
    """Of patients of this node, this or a former revision being public."""
    return Case.objects.filter(COUNTED, origin__isnull=True).exclude(state="withdrawn")


def _subjects(rows: QuerySet[Case], enough: int) -> int:
    """How many subjects, counted up to `enough`: among the first rows that are met, of all only where that is few."""
    found = rows.order_by().values_list("subject_id", flat=True)
    first = list(found[:MET])
    if len(first) < MET or len(set(first)) >= enough:
        return min(len(set(first)), enough)
    return found.distinct()[:enough].count()
