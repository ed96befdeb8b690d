"""The ceilings of the service; each refusal names the one that was met (architecture.md, Limits)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

GB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Defaults; IMAGEBANK_LIMIT_<NAME> overrides one."""

    file_bytes: int = GB
    files_per_deposit: int = 2_000
    files_per_archive: int = 1_000
    archive_bytes: int = 4 * GB
    """Of all files of one archive, unpacked."""
    quarantine_bytes: int = 200 * GB
    """Of one institution."""
    daily_bytes: int = 20 * GB
    """Of one user."""
    reads_per_minute_token: int = 600
    reads_per_minute_address: int = 60
    made_per_minute_token: int = 1_200
    """Pictures and conversions that nobody has asked for before."""
    made_per_minute_address: int = 300
    made_bytes: int = 10 * GB
    """Room for these; the longest unused go first."""
    pages_per_minute_address: int = 300
    """Searches on the pages; a hospital may share one address."""
    doubts_per_day: int = 10
    """About the content of cases, of one account."""
    doubts_per_day_address: int = 3
    """About privacy, of one address without an account."""
    logins_per_minute: int = 10
    """Failed ones of one address."""

    @classmethod
    def from_environment(cls, environment: dict[str, str]) -> Self:
        """Whole numbers only; ValueError names the variable."""
        values = {}
        for field in fields(cls):
            name = f"IMAGEBANK_LIMIT_{field.name.upper()}"
            if name in environment:
                try:
                    values[field.name] = int(environment[name])
                except ValueError:
                    raise ValueError(f"{name} must be a whole number") from None
        return cls(**values)
