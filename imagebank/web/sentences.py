"""English sentences of errors, read from the code: shown translated, but raised where nobody knows a language."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

ROOT_CLASS = "BankError"


def sentences(sources: Iterable[str]) -> list[str]:
    """Titles of BankError's kinds and those given where one is raised; sentences that are put together are left out."""
    trees = [ast.parse(source) for source in sources]
    kinds = _kinds([node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)])
    found = [text for tree in trees for node in ast.walk(tree) for text in _of(node, kinds)]
    return list(dict.fromkeys(found))


def _kinds(classes: list[ast.ClassDef]) -> set[str]:
    """Names of BankError and of all that derive from it."""
    known: set[str] = {ROOT_CLASS}
    while True:
        more = {c.name for c in classes if known & {b.id for b in c.bases if isinstance(b, ast.Name)}} - known
        if not more:
            return known
        known |= more


def _of(node: ast.AST, kinds: set[str]) -> Iterator[str]:
    if isinstance(node, ast.ClassDef) and node.name in kinds:
        assigned = [s for s in node.body if isinstance(s, ast.Assign)]
        yield from (t for s in assigned if _named(s, "title") for t in _text(s.value))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
        yield from (text for value in node.args[1:2] for text in _text(value))
        yield from (text for word in node.keywords if word.arg == "title" for text in _text(word.value))


def _named(statement: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)


def _text(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
