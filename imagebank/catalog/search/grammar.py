"""The query language: words, fields, AND, OR, NOT and brackets, parsed once into a tree (asked).

    query   = all { OR all }
    all     = one { [AND] one }
    one     = (NOT | "-") one | "(" query ")" | field | words
    field   = name ":" value { "," value }  |  name (">=" | "<=" | ">" | "<") value
    words   = a run of words, "-word", "quoted words"; what stands between operators is read as one

Operators are words in capitals: a clinician's "and" stays a word. A query with no field and no operator between two
things is words from end to end, whatever else stands in it, and so never an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from imagebank.core.errors import PROBLEMS, Invalid

from .asked import NAMES, ORDERED, Asked, Field, Text
from .tree import And, Not, Or

LONGEST: Final = 400
"""Characters of a query that has operators or fields; of words the first ones are read."""
MOST_PARTS: Final = 40
DEEPEST: Final = 8
OPERATORS: Final = {"AND": "and", "OR": "or", "ODER": "or", "OU": "or", "ELLER": "or", "NOT": "not"}
FAULTS: Final = {
    "open": "This bracket is not closed.",
    "close": "This bracket was not opened.",
    "empty": "Something is missing here.",
    "quote": "This quotation mark is not closed.",
    "compare": "This field has no order: write a colon.",
    "several": "Compare with one value.",
    "deep": f"At most {DEEPEST} brackets in one another.",
    "many": f"At most {MOST_PARTS} parts.",
    "long": f"At most {LONGEST} characters.",
    "value": "This value is not in the vocabulary.",
}
"""Kind of a fault -> what it says."""
_VALUE = r'(?:"[^"]*"?|[^\s()",]+)'
_NAME = "|".join(NAMES)
_TOKEN: Final = re.compile(
    rf"""(?P<minus>-(?=\(|(?:{_NAME})(?:[:=<>≤≥])))?
    (?:(?P<bracket>[()])
     | (?P<name>{_NAME})(?:(?P<is>[:=])|\s*(?P<compared>>=|<=|≥|≤|>|<)\s*)
         (?:(?P<values>{_VALUE}(?:,{_VALUE})*)|(?=[()]|\s*$))
     | (?P<words>-?"[^"]*"|[^\s()]+))""",
    re.VERBOSE | re.IGNORECASE,
)


class BrokenQuery(Invalid):
    """A query that begins to use the language and does not keep to it; `at` counts characters from 0."""

    code = "query"
    title = PROBLEMS[code]

    def __init__(self, kind: str, at: int, perhaps: str = "") -> None:
        self.kind, self.at, self.perhaps = kind, at, perhaps
        meant = f" Perhaps {perhaps}?" if perhaps else ""
        super().__init__(errors={"q": f"Character {at + 1}: {FAULTS[kind]}{meant}"})


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is (, ), and, or, not, field or words."""

    kind: str
    at: int
    text: str = ""
    field: Field | None = None


def parse(text: str) -> Asked:
    """The tree of a query. BrokenQuery where it uses the language wrongly."""
    tokens = _operands(list(_tokens(text[: LONGEST * 10])))
    if not _is_language(tokens):
        return Text(" ".join(text.split()))
    if len(text) > LONGEST:
        raise BrokenQuery("long", LONGEST)
    if len([token for token in tokens if token.kind in ("field", "words")]) > MOST_PARTS:
        raise BrokenQuery("many", tokens[-1].at)
    return _Parser(tokens, len(text)).whole()


def _is_language(tokens: list[Token]) -> bool:
    """A field, an operator between two things, or NOT before one."""
    kinds = ["", *(token.kind for token in tokens), ""]
    begins, ends = {"field", "words", "(", "not"}, {"field", "words", ")"}
    between = any(
        kind in ("and", "or") and kinds[i] in ends and kinds[i + 2] in begins for i, kind in enumerate(kinds[1:-1])
    )
    denies = any(kind == "not" and kinds[i + 1] in begins - {"not"} for i, kind in enumerate(kinds))
    return between or denies or "field" in kinds


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        at = match.start()
        if match["minus"]:
            yield Token("not", at)
            at += 1
        if match["bracket"]:
            yield Token(match["bracket"], at)
        elif match["name"]:
            yield Token("field", at, match[0], _field(match, at))
        elif match["words"] in OPERATORS:
            yield Token(OPERATORS[match["words"]], at, match["words"])
        else:
            yield Token("words", at, match["words"])


def _field(match: re.Match[str], at: int) -> Field:
    values = tuple(" ".join(value.strip('"').split()) for value in re.findall(_VALUE, match["values"] or ""))
    compared = {"≥": ">=", "≤": "<="}.get(match["compared"] or "", match["compared"] or "")
    return Field(NAMES[match["name"].lower()], values, compared, at)


def _operands(tokens: list[Token]) -> list[Token]:
    """Words that follow one another are one."""
    found: list[Token] = []
    for token in tokens:
        if found and token.kind == found[-1].kind == "words":
            before = found.pop()
            token = Token("words", before.at, f"{before.text} {token.text}")
        found.append(token)
    return found


@dataclass(slots=True)
class _Parser:
    """Recursive descent, one method a rule."""

    tokens: list[Token]
    end: int
    place: int = 0
    depth: int = 0

    def whole(self) -> Asked:
        found = self._either()
        if self.place < len(self.tokens):
            raise BrokenQuery("close", self.tokens[self.place].at)
        return found

    @property
    def kind(self) -> str:
        return self.tokens[self.place].kind if self.place < len(self.tokens) else ""

    def _next(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def _either(self) -> Asked:
        nodes = [self._all()]
        while self.kind == "or":
            self._next()
            nodes.append(self._all())
        flat = [inner for node in nodes for inner in (node.nodes if isinstance(node, Or) else (node,))]
        return flat[0] if len(flat) == 1 else Or(tuple(flat))

    def _all(self) -> Asked:
        nodes = [self._one()]
        while self.kind not in ("", "or", ")"):
            if self.kind == "and":
                self._next()
            nodes.append(self._one())
        flat = [inner for node in nodes for inner in (node.nodes if isinstance(node, And) else (node,))]
        return flat[0] if len(flat) == 1 else And(tuple(flat))

    def _one(self) -> Asked:
        if self.kind == "not":
            return self._neither()
        if self.kind == "(":
            return self._bracket()
        if self.kind not in ("field", "words"):
            raise BrokenQuery("empty", self.tokens[self.place].at if self.kind else self.end)
        token = self._next()
        _closed(token)
        return _checked(token.field) if token.field else Text(token.text, token.at)

    def _neither(self) -> Asked:
        denials = 0
        while self.kind == "not":
            self._next()
            denials += 1
        node = self._one()
        return Not(node) if denials % 2 else node

    def _bracket(self) -> Asked:
        at = self._next().at
        self.depth += 1
        if self.depth > DEEPEST:
            raise BrokenQuery("deep", at)
        found = self._either()
        if self.kind != ")":
            raise BrokenQuery("open", at)
        self._next()
        self.depth -= 1
        return found


def _closed(token: Token) -> None:
    if token.text.count('"') % 2:
        raise BrokenQuery("quote", token.at + token.text.rindex('"'))


def _checked(asked: Field) -> Field:
    if not (asked.values and all(asked.values)):
        raise BrokenQuery("empty", asked.at)
    if asked.comparison and asked.name not in ORDERED:
        raise BrokenQuery("compare", asked.at)
    if asked.comparison and len(asked.values) > 1:
        raise BrokenQuery("several", asked.at)
    return asked
