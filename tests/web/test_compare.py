"""Two clips side by side."""

from __future__ import annotations

import re
import uuid

from django.test import Client

from imagebank.catalog.models import Case
from imagebank.catalog.services import create_case
from imagebank.review.services import publish
from imagebank.review.withdrawal import withdraw
from tests.factories import World, acting, case_data

NORMAL = [{"term": "lung-sliding-present", "presence": "present"}]


def published(world: World, **said: object) -> Case:
    case = create_case(actor=acting(world.contributor), data=case_data(world.stored(), **said))
    return publish(actor=acting(world.curator), case=world.accepted_draft(case))


def sides(client: Client, query: str) -> list[str]:
    """The cases that stand beside each other, by the address of each heading."""
    answer = client.get(f"/compare/{query}")
    assert answer.status_code == 200
    return re.findall(r'<h2 id="side-\d"><a href="/cases/([^/]+)/"', answer.content.decode())


def test_a_case_stands_beside_its_normal_unless_another_is_named(world: World, client: Client) -> None:
    ill = published(world, title={})
    normal, other = published(world, findings=NORMAL, title={}), published(world, title={})
    assert sides(client, f"?a={ill.pk}") == [str(ill.pk), str(normal.pk)]
    assert sides(client, f"?a={ill.pk}&b={other.pk}") == [str(ill.pk), str(other.pk)]
    text = client.get(f"/compare/?a={ill.pk}&b={other.pk}").content.decode()
    assert f'<a href="/compare/?a={ill.pk}&amp;b={normal.pk}"' in text, "what else there is leads to a comparison"
    assert "Compare with normal" in client.get(f"/cases/{ill.pk}/").content.decode()


def test_what_is_not_there_is_said(world: World, client: Client) -> None:
    only = published(world)
    assert sides(client, f"?a={only.pk}") == [str(only.pk)]
    assert "nothing yet to compare" in client.get(f"/compare/?a={only.pk}").content.decode()
    assert sides(client, "") == []
    for query in ("?a=nonsense", f"?a={uuid.uuid4()}", f"?a={only.pk}&b={uuid.uuid4()}", f"?a={only.pk}&b=1"):
        assert client.get(f"/compare/{query}").status_code == 404, query
    draft = world.draft(world.stored())
    assert client.get(f"/compare/?a={only.pk}&b={draft.pk}").status_code == 404
    withdraw(actor=acting(world.contributor), case=only, reason="privacy")
    assert client.get(f"/compare/?a={only.pk}").status_code == 410
