"""Days of DICOM dates, and how they shift (PS3.5 6.2, PS3.15 E.3.6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_EARLIEST: Final = date(1900, 1, 1)


def parse_day(text: str) -> date | None:
    """A DICOM date or the start of a date-time, the old dotted form too (PS3.5 6.2)."""
    digits = text.strip().replace(".", "", 2)[:8] if text[4:5] == "." else text.strip()[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 else None
    except ValueError:
        return None


def shifted(text: str, days: int) -> str | None:
    """The day moved by an offset, without the time; None when there is no day, no offset, or no such day left."""
    day = parse_day(text)
    if day is None or not days or (day - _EARLIEST).days < -days:
        return None
    return (day + timedelta(days)).strftime("%Y%m%d")
