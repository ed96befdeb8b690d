"""One range of a request, by RFC 9110, section 14."""

from __future__ import annotations

import pytest

from api.ranges import Span, Unsatisfiable, span_of

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-499", 0, 500),
        ("bytes=500-", 500, 1000),
        ("bytes=999-", 999, 1000),
        ("bytes=-1", 999, 1000),
        ("bytes=-1000", 0, 1000),
        ("bytes=-5000", 0, 1000),
        ("bytes=990-5000", 990, 1000),
        ("Bytes= 1-2 ", 1, 3),
    ],
)
def test_a_range_that_holds(header: str, start: int, stop: int) -> None:
    assert span_of(header, SIZE) == Span(start, stop)


@pytest.mark.parametrize(
    "header", ["", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=0-1,5-9", "items=0-1", "bytes=1--2",
               "bytes=" + "9" * 5000 + "-", "bytes=٣-"]
)  # fmt: skip
def test_what_is_no_single_range_gives_the_whole(header: str) -> None:
    assert span_of(header, SIZE) is None


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-2000", "bytes=-0"])
def test_beyond_the_end(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        span_of(header, SIZE)


def test_nothing_of_an_empty_object() -> None:
    with pytest.raises(Unsatisfiable):
        span_of("bytes=-1", 0)
