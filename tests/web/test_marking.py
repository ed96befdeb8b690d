"""Marks by the fields of the tagging screen, as they are sent with and without scripts."""

from __future__ import annotations

from html import unescape
from typing import Any

from imagebank.catalog.marks import standing_marks
from imagebank.catalog.models import Case
from tests.factories import World, session
from tests.web.test_contribute_pages import drafted, whole_form

BOX = {"number": "", "kind": "box", "points": "10,20 30.5,40", "from": "", "to": "2", "label": "Gallstone"}
BLANK = dict.fromkeys(BOX, "") | {"kind": "arrow"}


def sent(world: World, case: Case, *rows: dict[str, str], **more: str) -> Any:
    clip = str(case.clips.get().pk)
    fields = {f"mark-{clip}-{name}": [row[name] for row in rows] for name in BOX}
    form = {**whole_form(clip), **fields, "act": "save", "language": "en", **more}
    return session(world.contributor).post(f"/contribute/case/{case.pk}/", form)


def test_rows_become_marks_and_back(world: World) -> None:
    case = drafted(world, world.stored().pk)
    text = unescape(sent(world, case, BOX, BLANK).content.decode())
    (box,) = standing_marks(case)
    assert (box.number, box.kind, box.points) == (1, "box", [[0.1, 0.2], [0.305, 0.4]])
    assert (box.frame_from, box.frame_to, box.label) == (1, 2, {"en": "Gallstone"})
    assert 'value="10,20 30.5,40"' in text
    assert text.count('class="mark-row"') == 2, "the mark, and a row in the template for drawn ones"
    assert text.count('class="mark-row no-js"') == 1
    sent(world, case, BOX | {"number": "1", "from": "1"}, BLANK)
    assert [mark.pk for mark in standing_marks(case)] == [box.pk], "sent again as it stands it is no other mark"
    sent(world, case, BOX | {"number": "1", "label": "Calcul"}, language="fr")
    assert standing_marks(case)[0].label == {"en": "Gallstone", "fr": "Calcul"}
    sent(world, case)
    assert standing_marks(case) == []


def test_a_wrong_mark_stays_in_the_form_and_takes_nothing_with_it(world: World) -> None:
    case = drafted(world, world.stored().pk)
    for wrong in (
        {"points": "10,20 30"}, {"points": "10,20 130,40"}, {"to": "soon"}, {"number": "x"}, {"kind": "star"},
        {"label": "born 1931"},
    ):  # fmt: skip
        answer = sent(world, case, BOX | wrong, credit=f"Rounds {len(str(wrong))}")
        text = unescape(answer.content.decode())
        case.refresh_from_db()
        assert (answer.status_code, standing_marks(case)) == (422, []), wrong
        assert case.credit == f"Rounds {len(str(wrong))}"
        for value in wrong.values():
            assert value == "star" or f'value="{value}"' in text
        assert '<p class="errors">' in text.split('id="wrong-marks"')[1][:60]
