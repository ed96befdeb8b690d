"""`python -m deploy.benchmarks.rules URL [--token TOKEN]`: counts, and every rule that does not hold."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import get_args

from deploy.benchmarks.measuring import say

from . import retrieve, search, store
from .asking import Level, Rule, Server

RULES: Sequence[Rule] = [*search.RULES, *retrieve.RULES, *store.RULES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="the DICOMweb root, such as http://127.0.0.1:8000/dicomweb")
    parser.add_argument("--token", default="")
    options = parser.parse_args()
    server = Server(options.url, options.token)
    broken = [(rule, why) for rule in RULES if (why := fault(server, rule))]
    for level in get_args(Level):
        asked = sum(rule.level == level for rule in RULES)
        say(level, f"{asked - sum(rule.level == level for rule, _ in broken)} of {asked}")
    for rule, why in broken:
        say(f"{rule.level} {rule.section} {rule.sentence}"[:90], why)


def fault(server: Server, rule: Rule) -> str:
    """Why a rule does not hold; empty when it does."""
    try:
        return "" if rule.holds(server) else "no"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:60]


if __name__ == "__main__":
    main()
