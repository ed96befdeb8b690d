"""Marks of experts: what can be drawn, who reads it, and that nothing drawn is ever rewritten."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from imagebank.catalog.history import history
from imagebank.catalog.marks import POINTS, standing_marks
from imagebank.catalog.models import Case, Mark, PublicCase
from imagebank.catalog.names import _keyed
from imagebank.catalog.services import change_case, create_case
from imagebank.core.actor import ANONYMOUS
from imagebank.core.errors import BankError, Conflict, Invalid
from imagebank.review.services import publish
from imagebank.review.withdrawal import withdraw, withdraw_clip
from tests.catalog.test_history import changes, two_clips
from tests.catalog.world import people, world
from tests.factories import World, acting, case_data

__all__ = ["people", "world"]
TIP = [[0.1, 0.2], [0.5, 0.5]]
ARROW = {"kind": "arrow", "points": TIP, "label": {"en": "B-line", "fr": "Ligne B"}}
MANY = [[n / 100, 0.5] for n in range(61)]
WRONG: dict[str, dict[str, Any]] = {
    "no such kind": {"kind": "star"},
    "one point too few": {"points": TIP[:1]},
    "one point too many": {"points": [*TIP, [0.1, 0.1]]},
    "outside the picture": {"points": [[0.1, 0.2], [1.1, 0.5]]},
    "not a number": {"points": [[0.1, 0.2], [True, 0.5]]},
    "not a pair": {"points": [[0.1, 0.2], [0.5]]},
    "a polygon of two": {"kind": "polygon"},
    "a polygon of many": {"kind": "polygon", "points": MANY},
    "a text without one": {"kind": "text", "points": TIP[:1], "label": {}},
    "frames past the end": {"frame_to": 3},
    "frames before the first": {"frame_from": -1},
    "frames turned round": {"frame_from": 2, "frame_to": 1},
    "another clip": {"clip": "00000000-0000-0000-0000-000000000000"},
    "number past the last": {"number": 1_000},
    "a date in the label": {"label": {"en": "seen 3 May 2024"}},
    "a long label": {"label": {"en": "x" * 81}},
    "no language": {"label": {"xx": "B-line"}},
}


def marked(world: World, *marks: dict[str, Any]) -> Case:
    """A draft with these marks on its only clip."""
    clip = world.stored()
    said = [{"clip": str(clip.pk), **mark} for mark in marks or (ARROW,)]
    return create_case(actor=acting(world.contributor), data=case_data(clip, marks=said))


def again(world: World, case: Case, *marks: dict[str, Any]) -> Case:
    clip = str(case.clips.get().pk)
    said = [{"clip": clip, **mark} for mark in marks]
    return change_case(actor=acting(world.contributor), case=case, data={"marks": said})


def seen(case: Case) -> list[dict[str, Any]]:
    """What readers get of the marks."""
    told: list[dict[str, Any]] = PublicCase.objects.get(case=case).document["marks"]
    return told


@pytest.mark.parametrize("what", WRONG, ids=lambda what: what.replace(" ", "-"))
def test_what_cannot_be_drawn(what: str, people: World) -> None:
    with transaction.atomic():
        with pytest.raises(Invalid) as refused:
            marked(people, {**ARROW, **WRONG[what]})
        assert set(refused.value.errors) <= {"marks", "label"}
        transaction.set_rollback(True)


def test_each_kind_stands_with_its_points(world: World) -> None:
    points = {"polygon": MANY[:3], "text": TIP[:1]}
    case = marked(world, *({**ARROW, "kind": kind, "points": points.get(kind, TIP)} for kind in POINTS))
    told = [(mark.number, mark.kind, mark.frame_from, mark.frame_to) for mark in standing_marks(case)]
    assert told == [(n, kind, 1, 2) for n, kind in enumerate(POINTS, 1)]


def test_a_later_one_supersedes_and_none_goes(world: World) -> None:
    case = marked(world, ARROW, {**ARROW, "kind": "box"})
    arrow, box = standing_marks(case)
    again(world, case, {**ARROW, "number": 1, "frame_from": 2}, {**ARROW, "kind": "ellipse"})
    first, second = standing_marks(case)
    assert (first.number, first.supersedes_id, first.frame_from) == (1, arrow.pk, 2)
    assert (second.number, second.kind, second.supersedes_id) == (2, "ellipse", box.pk)
    again(world, case, {**ARROW, "number": 1, "frame_from": 2})
    assert [mark.pk for mark in standing_marks(case)] == [first.pk], "the same again is no new row"
    assert Mark.objects.filter(case=case).count() == 4
    with pytest.raises(Invalid):
        again(world, case, {**ARROW, "number": 1}, {**ARROW, "number": 1})


def test_readers_see_those_of_the_published_revision(world: World) -> None:
    case = publish(actor=acting(world.curator), case=world.accepted_draft(marked(world)))
    (told,) = seen(case)
    assert told == {"clip": str(case.clips.get().pk), "number": 1, "kind": "arrow", "points": TIP, "frames": [1, 2],
                    "label": ARROW["label"]}  # fmt: skip
    with pytest.raises(Conflict):
        again(world, case)


def test_history_tells_them_to_those_who_work_on_it(world: World) -> None:
    case = marked(world)
    again(world, case, {**ARROW, "number": 1, "label": {"en": "Comet tail"}})
    (row,) = history(case.pk, acting(world.contributor), "en")
    assert changes(row)["mark"] == ("", "Comet tail, 1–2")
    case = publish(actor=acting(world.curator), case=world.accepted_draft(case))
    assert history(case.pk, ANONYMOUS, "en")[0]["changes"] == []


def test_a_name_of_the_file_is_refused(world: World) -> None:
    clip = world.stored()
    named = world.stored()
    clip.name_keys = sorted(_keyed(named.institution_id, "Petersen"))
    clip.save()
    said = {"clip": str(clip.pk), **ARROW, "label": {"en": "Petersen's B-line"}}
    with pytest.raises(Invalid) as refused:
        create_case(actor=acting(world.contributor), data=case_data(clip, marks=[said]))
    assert list(refused.value.errors) == ["marks"]


def test_they_leave_with_their_clip_and_words_with_the_case(world: World) -> None:
    case = two_clips(world)
    first, second = case.clips.order_by("position")
    for clip in (first, second):
        Mark.objects.create(
            case=case, clip=clip, number=1, kind="arrow", points=TIP, frame_from=1, frame_to=2,
            label={"en": "B-line"}, asserted_by=world.contributor,
        )  # fmt: skip
    withdraw_clip(actor=acting(world.contributor), clip=second, reason="privacy")
    assert [mark["clip"] for mark in seen(case)] == [str(first.pk)]
    assert [mark.clip_id for mark in standing_marks(case)] == [first.pk]
    case.refresh_from_db()
    withdraw(actor=acting(world.contributor), case=case, reason="privacy")
    assert set(map(str, Mark.objects.filter(case=case).values_list("label", flat=True))) == {"{}"}


BROKEN = {
    "a mark is not rewritten": "UPDATE catalog_mark SET points = '[]' WHERE id = %(mark)s",
    "a label is not rewritten": """UPDATE catalog_mark SET label = '{"en": "other"}' WHERE id = %(mark)s""",
    "a number is given once": "INSERT INTO catalog_mark SELECT (jsonb_populate_record(m, jsonb_build_object("
    "'id', gen_random_uuid(), 'supersedes_id', null))).* FROM catalog_mark m WHERE id = %(mark)s",
    "frames lie within the clip": "INSERT INTO catalog_mark SELECT (jsonb_populate_record(m, jsonb_build_object("
    "'id', gen_random_uuid(), 'number', 7, 'frame_to', 9))).* FROM catalog_mark m WHERE id = %(mark)s",
    "superseded by the same number": "INSERT INTO catalog_mark SELECT (jsonb_populate_record(m, jsonb_build_object("
    "'id', gen_random_uuid(), 'number', 7, 'supersedes_id', m.id))).* FROM catalog_mark m WHERE id = %(mark)s",
    "a kind is one of five": "INSERT INTO catalog_mark SELECT (jsonb_populate_record(m, jsonb_build_object("
    "'id', gen_random_uuid(), 'number', 7, 'kind', 'star'))).* FROM catalog_mark m WHERE id = %(mark)s",
}
ALLOWED = (
    "INSERT INTO catalog_mark SELECT (jsonb_populate_record(m, jsonb_build_object("
    "'id', gen_random_uuid(), 'number', 7))).* FROM catalog_mark m WHERE id = %(mark)s",
    "UPDATE catalog_mark SET label = '{}', retired = true WHERE id = %(mark)s",
)


def test_the_database_holds_the_rules(world: World) -> None:
    mark = standing_marks(marked(world))[0].pk
    for rule, statement in BROKEN.items():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"mark": mark})
            pytest.fail(rule)
    for statement in ALLOWED:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"mark": mark})


def test_strangers_draw_nothing(world: World) -> None:
    case = marked(world)
    with pytest.raises(BankError):
        change_case(actor=acting(world.stranger), case=case, data={"marks": []})
    assert standing_marks(case)
