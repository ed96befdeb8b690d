"""Made-up published cases with one clip each: rows for searches, no objects."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from deploy.benchmarks.made_cases import make_cases
from imagebank.catalog.models import Case, Clip, Header
from imagebank.core.models import Node

BLOCK: Final = 1_000


def fill_up_to(count: int) -> int:
    """At least so many studies; returns how many there are. RuntimeError in a bank that is no demo."""
    if not Node.current().demo:
        raise RuntimeError("this bank is not a demo")
    studies = Clip.objects.filter(state="public").values("study_uid").distinct()
    if (missing := count - studies.count()) > 0:
        fill(missing)
    return studies.count()


def fill(count: int) -> None:
    """So many more."""
    pattern = Clip.objects.filter(state="public", header__isnull=False, case__isnull=False).first()
    if pattern is None:
        raise RuntimeError("the bank has no public clip to copy")
    cases = [row.case_id for row in make_cases(count)][:count]
    made = list(Case.objects.filter(pk__in=cases, clips=None))
    for start in range(0, len(made), BLOCK):
        _copy(pattern, made[start : start + BLOCK])


def _copy(pattern: Clip, cases: Sequence[Case]) -> None:
    clips = [_like(pattern, case) for case in cases]
    Clip.objects.bulk_create(clips)
    header = Header.objects.get(pk=pattern.pk)
    Header.objects.bulk_create([_filled(header, clip=clip) for clip in clips])


def _like(pattern: Clip, case: Case) -> Clip:
    uids = {name: _uid() for name in ("sop_instance_uid", "series_uid", "study_uid")}
    return _filled(
        pattern, pk=uuid.uuid4(), case=case, institution_id=case.institution_id, subject_id=case.subject_id, **uids
    )


def _filled(pattern: Any, **changes: Any) -> Any:
    """A row that says the same but for the changes."""
    values = {field.attname: getattr(pattern, field.attname) for field in pattern._meta.concrete_fields}
    new = type(pattern)(**values)
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _uid() -> str:
    """In the order of UIDs behind all that have an object."""
    return f"2.25.9{uuid.uuid4().int % 10**36:036d}"
