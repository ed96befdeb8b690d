"""Every element of the candidate against the own list of what may stay."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.datadict import dictionary_VR

from .allowed import META, ROOT, Items, Table
from .codes import Problem
from .rules import Rule, Values
from .values import BadText, decode
from .walk import PIXEL_DATA, Element, Walked

_TAG = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)")


@dataclass(frozen=True, slots=True)
class Judged:
    """An element that may stand there, with its values and the rule they passed."""

    element: Element
    values: Values
    rule: Rule


def judge(walked: Walked) -> tuple[list[Judged], list[Problem]]:
    """The elements that pass, and what is wrong with the others."""
    judged: list[Judged] = []
    problems: list[Problem] = []
    for element in walked.elements:
        found = list(_one(walked, element, judged))
        problems.extend(found)
    return judged, problems


def _one(walked: Walked, element: Element, judged: list[Judged]) -> Iterator[Problem]:
    table = _table(element)
    rule = table.get(element.tag) if table is not None else None
    if rule is None:
        yield Problem(_why(element), element.path)
        return
    if isinstance(rule, Items):
        if element.vr != "SQ":
            yield Problem("element.vr", element.path)
        return
    if element.vr not in dictionary_VR(element.tag).split(" or "):
        yield Problem("element.vr", element.path)
    elif element.tag != PIXEL_DATA:
        yield from _value(walked, element, rule, judged)


def _value(walked: Walked, element: Element, rule: Rule, judged: list[Judged]) -> Iterator[Problem]:
    try:
        values = decode(walked, element)
    except BadText:
        yield Problem("element.characters", element.path)
    except struct.error:
        yield Problem("element.value", element.path)
    else:
        if rule.check(values):
            judged.append(Judged(element, values, rule))
        else:
            yield Problem("uid.form" if element.vr == "UI" else "element.value", element.path)


def _table(element: Element) -> Table | None:
    """The list that holds where the element stands; None where nothing may stand."""
    table: Table = META if element.tag >> 16 == 0x0002 and not element.parent else ROOT
    for group, number in _TAG.findall(element.parent):
        inner = table.get(int(group + number, 16))
        if not isinstance(inner, Items):
            return None
        table = inner.table
    return table


def _why(element: Element) -> str:
    group = element.tag >> 16
    if group % 2:
        return "element.private"
    if group == 0x0002:
        return "file.meta"
    return "element.group" if group & 0xFF00 in (0x5000, 0x6000) else "element.unknown"
