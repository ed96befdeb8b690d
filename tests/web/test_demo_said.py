"""What the demonstration says of its clips besides their table, and the work it leaves, hold together."""

from __future__ import annotations

from anonymize.phantom.demo import demo_clips
from imagebank.catalog.marks import POINTS
from imagebank.catalog.text import LANGUAGES, problems
from imagebank.vocabulary.models import QualityItem
from imagebank.web.demo import work
from imagebank.web.demo.said import marks_of, quality_of, rows

CLIPS = {clip.id: clip for clip in demo_clips()}


def test_marks_lie_in_the_picture_and_speak_every_language() -> None:
    assert {row["clip"] for row in rows("marks")} <= CLIPS.keys()
    marks = [mark for clip in CLIPS.values() for mark in marks_of(clip, "pk")]
    assert len(marks) == len(list(rows("marks"))) >= 8
    for mark in marks:
        least, most = POINTS[mark["kind"]]
        assert least <= len(mark["points"]) <= most
        assert all(len(point) == 2 and 0 <= min(point) <= max(point) <= 1 for point in mark["points"])
        assert all(mark["label"][language] and not problems(mark["label"][language]) for language in LANGUAGES)


def test_quality_answers_every_item_of_the_view_and_one_clip_is_poor(reading: None) -> None:
    for row in rows("quality"):
        numbers = QualityItem.objects.filter(view=CLIPS[row["clip"]].view).values_list("number", flat=True)
        assert set(map(int, row["not"].split())) <= set(numbers), row
    told = {name: quality_of(clip) for name, clip in CLIPS.items()}
    assert told["gallbladder-still"] == {"1": True, "2": False, "3": False}
    assert all(told["gallstone-one"].values())


def test_the_work_left_is_of_the_phantom_in_every_state_of_a_desk() -> None:
    assert [far for _clip, far in work.PLAN] == ["look", "held", "free", "draft", "submitted", "changes", "accepted"]
    assert {clip for clip, _far in work.PLAN} | {work.DOUBTED} <= CLIPS.keys()
    specs = work._specs()
    assert len({spec.uid("instance") for spec in specs} | {clip.uid("instance") for clip in CLIPS.values()}) == len(
        specs
    ) + len(CLIPS)
    assert not problems(work.COMMENT)
    assert not problems(work.DOUBT)
