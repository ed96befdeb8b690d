"""Every code that is raised has a sentence, and so a page that explains it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from imagebank.core.errors import BankError, kinds
from imagebank.embedded.processes import ROOT
from imagebank.web.problems import sentence_of

FOLDERS = ("imagebank", "api")


def raised() -> Iterator[tuple[Path, str]]:
    """(file, code) of every literal code given to a BankError; kinds made otherwise have a code of their own."""
    names = {kind.__name__ for kind in kinds(BankError) if kind.__init__ is BankError.__init__}
    for file in (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name in names:
                    yield file, code


def test_every_code_is_explained() -> None:
    found = list(raised())
    assert len(found) > 20
    assert not [(str(file), code) for file, code in found if sentence_of(code) is None]
    assert not [kind for kind in kinds(BankError) if sentence_of(kind.code) is None]
