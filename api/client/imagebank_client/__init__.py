"""A client of the POCUS image bank's REST interface (`/api/v1/`)."""

from .bank import Bank
from .errors import Damaged, Problem
from .shapes import Case, Clip, Collection, Deposit, Finding, Found, Original

__all__ = ["Bank", "Case", "Clip", "Collection", "Damaged", "Deposit", "Finding", "Found", "Original", "Problem"]
