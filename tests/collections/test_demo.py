"""The demonstration's collections: whole tables, in five languages, over cases that the phantom has."""

from __future__ import annotations

from collections import Counter

from anonymize.phantom.demo import LANGUAGES, demo_clips, titles
from imagebank.accounts.models import User
from imagebank.catalog.models import Case
from imagebank.catalog.text import LONGEST, problems
from imagebank.collections import selectors
from imagebank.core.actor import ANONYMOUS
from imagebank.core.models import Node
from imagebank.web.demo import gather
from imagebank.web.demo.said import rows
from tests.factories import World


def test_texts_are_whole_and_name_nobody() -> None:
    for name, texts in gather._texts().items():
        assert set(texts) == {"title", "description"}
        for field, by_language in texts.items():
            for language in LANGUAGES:
                text = by_language[language]
                assert text and len(text) <= LONGEST[field] and not problems(text), (name, field, language)


def test_items_name_cases_and_clips_of_the_phantom() -> None:
    clips = Counter(clip.case for clip in demo_clips())
    held: Counter[str] = Counter()
    for row in rows("collection_items"):
        held[row["collection"]] += 1
        assert int(row["clip"] or 1) <= clips[row["case"]], row
        notes = [row[language] for language in LANGUAGES]
        assert all(notes) or not any(notes), row
        assert not any(problems(note) for note in notes)
    assert set(held) == set(gather._texts())
    assert len(held) >= 8
    assert min(held.values()) >= gather.FEWEST


def test_what_is_there_is_collected_once(world: World) -> None:
    """With cases that were held for a look, collections are shorter, or left out."""
    Node.objects.update(demo=True)
    there = ["a-lines-normal", "sliding-normal", "b-lines-ed", "gallstone-ed"]
    for name in there:
        case = world.published(world.stored(synthetic=True))
        Case.objects.filter(pk=case.pk).update(title=titles()[name])
    curator = User.objects.get(pk=world.curator.pk)
    assert gather.gather(curator) == gather.gather(curator) == 2
    held = {
        version.collection.slug: selectors.shown_items(version, ANONYMOUS) for version in selectors.latest_versions(9)
    }
    assert {slug: len(items) for slug, items in held.items()} == {"lung-lines": 3, "breathless-heart-or-lung": 2}
    assert all(item.row for items in held.values() for item in items)
