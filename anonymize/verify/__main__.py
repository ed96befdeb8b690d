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

from anonymize.batch import plan
from anonymize.sandbox import Sandbox

from .codes import PROBLEMS

PASSED, FAILED, FOUND = 0, 1, 3


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    status = PASSED
    try:
        with Sandbox() as sandbox:
            for index, (clean, source) in enumerate(pairs(options.out, options.against), start=1):
                line = look(sandbox, clean, source)
                print(json.dumps({"index": index, **line}), flush=True)
                found = FAILED if line["code"].startswith("failed") else PASSED if line["passed"] else FOUND
                status = FAILED if FAILED in (status, found) else max(status, found)
    except OSError as error:
        print(f"anonymize.verify: {type(error).__name__}", file=sys.stderr)
        return FAILED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m anonymize.verify", description="A second look at cleaned files.")
    parser.add_argument("out", type=Path, metavar="OUT", help="a cleaned file, or a folder of them")
    parser.add_argument("--against", type=Path, metavar="SRC", help="the original, or the folder it was made from")
    return parser


def pairs(out: Path, against: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """Cleaned files with their sources, by the names that the cleaner gives: neutral ones or kept ones."""
    if against is not None and not against.exists():
        raise FileNotFoundError(against)
    if out.is_file():
        yield out, against if against is None or against.is_file() else _sources(against).get(out.name)
        return
    sources = {} if against is None else _sources(against)
    for item in plan(out, "neutral"):
        yield item.path, sources.get(item.relative)


def _sources(against: Path) -> dict[str, Path]:
    kept = {item.output: item.path for item in plan(against, "keep")}
    return kept | {item.output: item.path for item in plan(against, "neutral")}


def look(sandbox: Sandbox, clean: Path, source: Path | None) -> dict[str, Any]:
    """One file in a sandboxed child: whether it passed, and what was found, in words."""
    with ExitStack() as stack:
        candidate = stack.enter_context(clean.open("rb")).fileno()
        extra = {"against": stack.enter_context(source.open("rb")).fileno()} if source else {}
        outcome = sandbox.run("verify", source=candidate, extra=extra)
    problems = [{**problem, "sentence": PROBLEMS[problem["code"]]} for problem in outcome.result.get("problems", [])]
    return {
        "output": clean.name if clean.name.removesuffix(".dcm").isdigit() else None,
        "passed": outcome.verdict == "clean",
        "code": outcome.code,
        "against_source": source is not None,
        "problems": problems,
        "seconds": outcome.seconds,
    }


if __name__ == "__main__":
    sys.exit(main())
