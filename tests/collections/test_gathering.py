"""All of a search: its order, at most as many as a collection holds, only what the curator may see."""

from __future__ import annotations

import pytest

from imagebank.catalog.models import PublicCase
from imagebank.collections.gathering import found_by
from imagebank.collections.items import MOST
from imagebank.core.actor import ANONYMOUS
from imagebank.core.errors import Invalid
from tests.catalog.asking import ask, ids, walk


def test_as_many_as_fit_in_the_order_of_the_search(scratch: list[PublicCase]) -> None:
    found = [str(pk) for pk in found_by("", ANONYMOUS, "en")]
    assert len(set(found)) == len(found) == MOST < len(scratch)
    assert found[:100] == ids(ask("limit=100"))


def test_all_of_a_narrow_search_and_nothing_else(scratch: list[PublicCase]) -> None:
    sex = scratch[0].document["sex"]
    wanted = [pk for answer in walk(f"sex={sex}&limit=100&order=newest") for pk in ids(answer)]
    found = found_by(f"sex={sex}&order=newest&limit=3&facets=1&cursor=x", ANONYMOUS, "en")
    assert [str(pk) for pk in found] == wanted[:MOST]


def test_a_search_that_is_none_is_refused(scratch: list[PublicCase]) -> None:
    with pytest.raises(Invalid):
        found_by("finding=nothing-of-the-kind", ANONYMOUS, "en")
