"""The independent second look at a finished candidate: own reading, own lists, own rules.

Within a job child: `verify.verify`. From outside: `anonymize.verify(OUT, SRC)`, which is `anonymize.library.verify`:
this module can be called.

It shares with the cleaner the bounded reader (for the source) and the file of the text detector's model; nothing else.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from anonymize.policy import Limits

from . import concepts, elements, iod, search, streams
from .codes import PROBLEMS, Problem
from .identifiers import Identifiers
from .opened import descriptor
from .walk import Walked, walk

if TYPE_CHECKING:
    from numpy import ndarray

__all__ = ["PROBLEMS", "VERSION", "Identifiers", "Problem", "verify"]

VERSION: Final = "2"


def verify(
    clean: BinaryIO,
    source: BinaryIO | None = None,
    identifiers: Identifiers | None = None,
    limits: Limits | None = None,
    *,
    keep: ndarray | None = None,
    pixels: bool = True,
) -> list[Problem]:
    """Everything that is wrong with a finished candidate; an empty list releases it.

    `source`: the original, or `identifiers` gathered from it before; with neither, the candidate alone is judged.
    `keep`: bool (rows, columns), True where the picture was kept; without it the place is derived from the pixels.
    `pixels`: False leaves out decoding and the text detector. Raises `anonymize.errors.Refused` for a broken source.
    """
    limits = limits or Limits()
    if identifiers is None:
        identifiers = Identifiers.from_file(source, limits) if source is not None else Identifiers()
    with descriptor(clean) as opened:
        walked = walk(opened.data, limits)
        judged, problems = elements.judge(walked)
        facts = iod.gather(judged, walked)
        problems += _header(walked, judged, facts, identifiers)
        if pixels and not problems:
            problems += _picture(walked, facts, keep, identifiers)
    return sorted(set(problems))


def _header(walked: Walked, judged: list[elements.Judged], facts: iod.Facts, identifiers: Identifiers) -> list[Problem]:
    return [
        *walked.problems,
        *search.in_elements(judged, identifiers),
        *search.in_bytes(walked, judged, identifiers),
        *search.in_stream(walked, identifiers),
        *concepts.check(judged),
        *iod.check(facts, judged, walked),
        *streams.check(walked, str(facts.one("TransferSyntaxUID")), iod.frames(facts)),
    ]


def _picture(walked: Walked, facts: iod.Facts, keep: ndarray | None, identifiers: Identifiers) -> list[Problem]:
    from . import picture  # numpy, OpenCV and the decoders are loaded for pictures only

    return picture.check(walked, facts, keep, search.Needles(identifiers.names()))


class _Callable(ModuleType):
    """The module under the name that it shares with the library's call."""

    def __call__(self, *files: Any, **options: Any) -> list[Problem]:
        """As `anonymize.library.verify`."""
        from anonymize import library  # it needs the sandbox, which a job child has no use for

        return library.verify(*files, **options)


sys.modules[__name__].__class__ = _Callable
