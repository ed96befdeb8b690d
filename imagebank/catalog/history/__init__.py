"""What happened to a case: each change as a revision with role, day, reason and a readable difference."""

from .keeping import keep, move, tell, told_now, wipe
from .telling import history

__all__ = ["history", "keep", "move", "tell", "told_now", "wipe"]
