"""Differences between two states of an edited text."""

from __future__ import annotations

from typing import Any

import pytest

from imagebank.core.revisions import differences

POINT = {"finding": "a", "text": {"en": "One", "da": "En"}, "example": None}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="same"),
        pytest.param({}, {"a": [], "b": {}, "c": ""}, [], id="empty-is-nothing"),
        pytest.param({"a": True}, {"a": False}, [{"what": "a", "before": True, "after": False}], id="scalar"),
        pytest.param(
            {"t": {"en": "x"}}, {"t": {"en": "x", "da": "y"}},
            [{"what": "t", "language": "da", "before": "", "after": "y"}], id="language-added",
        ),
        pytest.param(
            {"l": ["a", "b", "c"]}, {"l": ["a", "c"]},
            [{"what": "l", "place": 2, "before": "b", "after": None}], id="taken-out",
        ),
        pytest.param(
            {"l": ["a", "c"]}, {"l": ["a", "b", "c"]},
            [{"what": "l", "place": 2, "before": None, "after": "b"}], id="put-between",
        ),
        pytest.param(
            {"l": [POINT]}, {"l": [POINT | {"text": {"en": "Two", "da": "En"}}]},
            [{"what": "l", "place": 1, "language": "en", "before": "One", "after": "Two"}], id="text-of-an-item",
        ),
        pytest.param(
            {"l": [POINT]}, {"l": [POINT | {"example": "x"}]},
            [{"what": "l", "place": 1, "part": "example", "before": None, "after": "x"}], id="part-of-an-item",
        ),
        pytest.param(
            {"l": [POINT]}, {},
            [{"what": "l", "place": 1, "before": POINT, "after": None}], id="field-gone",
        ),
    ],
)  # fmt: skip
def test_what_changed(before: Any, after: Any, told: list[dict[str, Any]]) -> None:
    assert differences(before, after) == told
