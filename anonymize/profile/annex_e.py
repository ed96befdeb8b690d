"""PS3.15 Table E.1-1 (edition 2026c: 2024b and the rows added since) as data, to measure the allow-list against."""

from __future__ import annotations

from dataclasses import dataclass

from anonymize.profile.tables import lines


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    tag: str
    """Eight hex digits, `50XXXXXX` and the like for repeating groups, `PRIVATE`."""
    basic: str
    """Action of the basic profile: X, Z, D, U, K or a choice such as X/Z/D."""
    options: dict[str, str]
    """Option -> K (keep) or C (clean); empty for rows newer than 2024b, whose options we do not have."""
    edition: str


def table() -> list[Row]:
    """All rows in the order of tags."""
    rows = []
    for tag, basic, options, edition in lines("ps3_15.tsv"):
        chosen = dict(option.split("=") for option in options.split(",") if option)
        rows.append(Row(tag, basic, chosen, edition))
    return rows
