"""Made-up requests to every operation of the OpenAPI document: no answer of 5xx, none but as described.

    python -m deploy.benchmarks.openapi --state openapi.json --seconds 500
    python -m deploy.benchmarks.openapi --state openapi.json --only "POST /api/v1/cases/"

The state file remembers what was asked and found, so that it can be gone on with; `--seed` makes other requests.
Callers are those of the permission matrix: anonymous, sessions of every role, a person's token, a service account.
Exit 1 when something was found.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from deploy.benchmarks import ground

EXAMPLES: Final = 40
"""Of one operation in one round."""


def main() -> int:
    """One line an operation and round, then the sums."""
    said = _arguments()
    logging.disable(logging.CRITICAL)
    with ground.bank():
        from tests.fuzz.openapi import Found, operations, try_operation
        from tests.matrix.world import made

        found, rounds = Found(), _read(said.state)
        found.asked, found.statuses = Counter(rounds["asked"]), Counter(rounds["statuses"])
        found.faults = rounds["faults"]
        matrix, until = made(), time.monotonic() + said.seconds
        chosen = [one for one in operations() if said.only in f"{one.method.upper()} {one.full_path}"]
        while time.monotonic() < until and found.asked.total() < said.most:
            _next(chosen, rounds["next"], found, lambda one, number: try_operation(
                one, matrix, found, examples=EXAMPLES, number=number
            ), said.seed)  # fmt: skip
            rounds["next"] += 1
            _write(said.state, found, rounds["next"])
    _tell(found)
    return 1 if found.faults else 0


def _next(chosen: list[Any], number: int, found: Any, ask: Any, seed: int) -> None:
    """The operation whose turn it is."""
    one = chosen[number % len(chosen)]
    before = len(found.faults)
    ask(one, seed + number // len(chosen))
    for fault in list(found.faults)[before:]:
        _say(f"{fault}\n    {found.faults[fault]}\n")


def _tell(found: Any) -> None:
    _say(f"{found.asked.total():,} requests to {len(found.asked)} operations; {len(found.faults)} faults")
    _say(", ".join(f"{status}: {count:,}" for status, count in sorted(found.statuses.items(), key=str)))


def _read(path: Path | None) -> dict[str, Any]:
    if path and path.exists():
        kept: dict[str, Any] = json.loads(path.read_text())
        return kept
    return {"next": 0, "asked": {}, "statuses": {}, "faults": {}}


def _write(path: Path | None, found: Any, number: int) -> None:
    if path:
        kept = {"next": number, "asked": found.asked, "statuses": found.statuses, "faults": found.faults}
        path.write_text(json.dumps(kept, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--most", type=int, default=10_000, help="requests in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help='a part of "METHOD address"')
    parser.add_argument("--data", help="a folder for a bank that stays")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
