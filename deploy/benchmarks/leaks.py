"""Fresh folders full of identifiers through the command line; what came out, judged.

    python -m deploy.benchmarks.leaks --seeds 20 --start 1000 --files 42

A seed is a folder tree; `--keep FOLDER` keeps trees and outputs to look at. Exit 1 when anything leaked.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.anonymize.leaks.command import through
from tests.anonymize.leaks.judge import Judged


def main() -> int:
    """0 when every seed is flawless."""
    parser = argparse.ArgumentParser("leaks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--start", type=int, default=secrets.randbelow(1 << 24), help="first seed; by chance as a rule")
    parser.add_argument("--files", type=int, default=42, help="of each seed")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for trees and outputs")
    given = parser.parse_args()
    total = Judged()
    for seed in range(given.start, given.start + given.seeds):
        with tempfile.TemporaryDirectory() as scratch:
            folder = given.keep / str(seed) if given.keep else Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            judged, seconds = through(folder, seed, given.files, jobs=given.jobs)
        total.add(judged)
        print(f"seed {seed}: {judged.told()}; {seconds:.0f} s", flush=True)
        _details(judged)
    print(f"\n{given.seeds} seeds from {given.start}: {total.told()}")
    for lost, count in total.lost.most_common(20):
        print(f"  lost {lost}: {count}")
    return 0 if total.flawless else 1


def _details(judged: Judged) -> None:
    for name in ("leaks", "legible", "references_broken", "gaps_broken", "held"):
        for one in getattr(judged, name):
            print(f"  {name}: {one}")


if __name__ == "__main__":
    sys.exit(main())
