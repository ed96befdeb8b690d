"""Every address of /dicomweb/ for every caller and state answers as the table says, and no address lacks a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from api.dicomweb.urls import ROUTES
from imagebank.catalog.models import Clip

from .table import CALLERS
from .test_rest import drain
from .world import Matrix, matrix  # noqa: F401 - a fixture

Statuses = tuple[int, ...]
States = Mapping[str, Statuses]


class Group(NamedTuple):
    """Routes that answer alike."""

    method: str
    routes: tuple[str, ...]
    states: States


# fmt: off
#            anon train contr stew strang review curat admin token service
OWN       = (404, 404, 200, 200, 404, 404, 404, 404, 200, 404)
ALL       = (200,) * 10
GONE      = (410,) * 10
NOT_THERE = (404,) * 10
KNOWN     = (401,) + (200,) * 9
ACCOUNT   = (404,) + (200,) * 9
FOUND     = (204, 204, 200, 200, 204, 204, 204, 204, 200, 204)
FOUND_ACC = (204,) + (200,) * 9
GIVEN     = (401, 403, 415, 415, 415, 403, 403, 403, 415, 415)
TAKEN     = (401, 403, 204, 204, 403, 403, 403, 403, 204, 403)
TAKEN_OWN = (401, 404, 204, 204, 404, 404, 404, 404, 204, 404)
# fmt: on
SEEN: Final = {
    "clip-free": OWN,
    "clip-submitted": OWN,
    "clip-suspended": OWN,
    "clip-withdrawn": GONE,
    "absent": NOT_THERE,
}
OBJECTS: Final = {**SEEN, "clip-published": KNOWN, "clip-registered": ACCOUNT}
PICTURES: Final = {**SEEN, "clip-published": ALL, "clip-registered": ACCOUNT}
SOME: Final = ("clip-free", "clip-published", "clip-withdrawn")
LISTS: Final = {
    "clip-free": FOUND, "clip-submitted": FOUND, "clip-suspended": FOUND, "clip-withdrawn": GONE, "absent": (204,) * 10,
    "clip-published": ALL, "clip-registered": FOUND_ACC,
}  # fmt: skip
WITHDRAWN: Final = (401, *(410,) * 9)
DELETED: Final = {
    "clip-free": TAKEN_OWN, "clip-published": TAKEN, "clip-withdrawn": WITHDRAWN, "absent": (401, *(404,) * 9),
}  # fmt: skip


def some(states: States) -> States:
    return {state: states[state] for state in SOME}


GROUPS: Final = [
    Group("GET", ("root", "studies", "all-series", "all-instances"), {"": ALL}),
    Group("POST", ("studies",), {"": GIVEN}),
    Group("POST", ("study",), {"clip-published": GIVEN, "absent": GIVEN}),
    Group("GET", ("workitems",), {"": (501,) * 10}),
    Group("POST", ("workitems", "workitem"), {"": (501,) * 10}),
    Group("GET", ("workitem",), {"": (501,) * 10}),
    Group("DELETE", ("workitems", "workitem"), {"": (501,) * 10}),
    Group("GET", ("instance", "instance-metadata"), OBJECTS),
    Group("GET", ("study", "series", "study-metadata", "series-metadata"), some(OBJECTS)),
    Group("GET", ("frames", "bulkdata", "instance-bulkdata", "instance-pixeldata"), some(OBJECTS)),
    Group("GET", ("study-bulkdata", "study-pixeldata", "series-bulkdata", "series-pixeldata"), some(OBJECTS)),
    Group("HEAD", ("instance-rendered",), PICTURES),
    Group("HEAD", ("instance-thumbnail", "frames-rendered", "frames-thumbnail"), some(PICTURES)),
    Group("HEAD", ("study-rendered", "series-rendered", "study-thumbnail", "series-thumbnail"), some(PICTURES)),
    Group("GET", ("study-series", "study-instances", "series-instances"), LISTS),
    Group("DELETE", ("instance",), DELETED),
    Group("DELETE", ("series", "study"), some(DELETED)),
]
CELLS: Final = [
    (group.method, route, state, statuses)
    for group in GROUPS
    for route in group.routes
    for state, statuses in group.states.items()
]


@pytest.mark.parametrize(
    ("method", "route", "state", "statuses"), CELLS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_the_answer_is_the_one_of_the_table(
    method: str,
    route: str,
    state: str,
    statuses: Statuses,
    matrix: Matrix,  # noqa: F811
) -> None:
    place = address(route, state, matrix.ids)
    told = {name: ask(client, method, place) for name, client in matrix.callers.items()}
    assert told == dict(zip(CALLERS, statuses, strict=True))


def ask(client: Client, method: str, place: str) -> int:
    """The status; whatever was done is undone."""
    with transaction.atomic():
        answer: Any = client.generic(method, place, content_type="application/json")
        drain(answer)
        transaction.set_rollback(True)
    return int(answer.status_code)


def address(route: str, state: str, ids: dict[str, str]) -> str:
    """Of the clip in this state; `absent` has UIDs of nobody."""
    path = next(each.path for each in ROUTES if each.name == route)
    clip = Clip.objects.filter(pk=ids.get(state) or ids["absent"]).first()
    uids = (clip.study_uid, clip.series_uid, clip.sop_instance_uid) if clip else ("2.25.1", "2.25.2", "2.25.3")
    said = dict(zip(("study", "series", "instance"), uids, strict=True))
    said |= {"frames": "1", "tag_name": "7FE00010", "workitem": "2.25.4"}
    return reverse(f"dicomweb:{route}", kwargs={name: uid for name, uid in said.items() if f"{{{name}}}" in path})


def test_every_route_and_method_has_a_row() -> None:
    covered = {(cell[1], cell[0].replace("HEAD", "GET")) for cell in CELLS}
    assert {(route.name, method) for route in ROUTES for method in route.methods} <= covered
