"""What may stay (the allow-list) and what PS3.15 Annex E says of each attribute, as data under `data/`."""

from anonymize.profile.allowlist import ALLOWED, Entry
from anonymize.profile.echo import Echo

__all__ = ["ALLOWED", "Echo", "Entry"]
