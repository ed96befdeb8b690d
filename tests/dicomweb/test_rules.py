"""The list of rules of PS3.18 that running servers are asked: each stands once, and one that does not hold says so."""

from __future__ import annotations

from deploy.benchmarks.rules.__main__ import RULES, fault
from deploy.benchmarks.rules.asking import Rule, Server


def test_a_rule_that_does_not_hold_says_so() -> None:
    server = Server("http://127.0.0.1:9", given=[])
    assert fault(server, Rule("must", "8.5", "never", lambda _: False)) == "no"
    assert fault(server, Rule("must", "8.5", "always", lambda _: True)) == ""
    assert fault(server, Rule("must", "8.5", "nobody answers", lambda s: s.ask("/"))).startswith("Connection")
    assert len({(rule.section, rule.sentence) for rule in RULES}) == len(RULES)
