"""`python -m anonymize.verify OUT --against SRC`: the second look alone, one JSON line a file.

Exit 0 when every file passes, 3 when one does not, 1 on our own fault.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from anonymize.batch import Item, plan
from anonymize.library import reading
from anonymize.sandbox import Sandbox

from .codes import PROBLEMS, Problem

PASSED, FAILED, FOUND = 0, 1, 3


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    status = PASSED
    try:
        with Sandbox() as sandbox:
            for item, source in pairs(options.out, options.against):
                line = _line(item.path, item.refusal) if item.refusal else look(sandbox, item.path, source)
                if options.against and not source:
                    line = alone(line)
                print(json.dumps({"index": item.index, **line}), flush=True)
                found = FAILED if line["code"].startswith("failed") else PASSED if line["passed"] else FOUND
                status = FAILED if FAILED in (status, found) else max(status, found)
    except OSError as error:
        print(f"anonymize.verify: {type(error).__name__}", file=sys.stderr)
        return FAILED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m anonymize.verify",
        description="A second look at cleaned files.",
        epilog="Exit 0: every file passes; 3: some do not; 1: our own fault; 2: the command is wrong.",
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="a cleaned file, or a folder of them")
    parser.add_argument("--against", type=Path, metavar="SRC", help="the original, or the folder it was made from")
    return parser


def pairs(out: Path, against: Path | None) -> Iterator[tuple[Item, Path | None]]:
    """Cleaned files with their sources, by the names that the cleaner gives: neutral ones or kept ones."""
    for place in (out, against):
        if place is not None and not place.exists():
            raise FileNotFoundError
    single = out.is_file() and against is not None and against.is_file()
    sources = {} if against is None or single else _sources(against)
    for item in plan(out, "neutral"):
        yield item, against if single else sources.get(item.relative)


def _sources(against: Path) -> dict[str, Path]:
    """Output -> source, of all that the cleaner may have read."""
    items = [item for names in ("keep", "neutral") for item in plan(against, names, follow_links=True)]
    return {item.output: item.path for item in items if not item.refusal}


def alone(line: dict[str, Any]) -> dict[str, Any]:
    """The line of a file for which no original was found, where one was asked for."""
    found = [*line["problems"], _told(Problem("file.no_source", ""))]
    code = "held.verifier" if line["passed"] else line["code"]
    return {**line, "passed": False, "code": code, "problems": found}


def look(sandbox: Sandbox, clean: Path, source: Path | None) -> dict[str, Any]:
    """One file in a sandboxed child: whether it passed, and what was found, in words."""
    with ExitStack() as stack:
        candidate = stack.enter_context(reading(clean))
        extra = {"against": stack.enter_context(reading(source))} if source else {}
        outcome = sandbox.run("verify", source=candidate, extra=extra)
    return {
        **_line(clean, outcome.code),
        "passed": outcome.verdict == "clean",
        "against_source": source is not None,
        "problems": [_told(Problem(**problem)) for problem in outcome.result.get("problems", [])],
        "seconds": outcome.seconds,
    }


def _line(clean: Path, code: str) -> dict[str, Any]:
    """Only a neutral name is told."""
    name = clean.name if clean.name.removesuffix(".dcm").isdigit() else None
    return {"output": name, "passed": False, "code": code, "against_source": False, "problems": [], "seconds": 0.0}


def _told(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "where": problem.where, "sentence": PROBLEMS[problem.code]}


if __name__ == "__main__":
    sys.exit(main())
