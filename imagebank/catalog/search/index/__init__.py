"""The search's index in the memory of each process: compressed bitmaps of facet numbers, and a few columns."""

from .current import forget
from .generation import Generation
from .view import View, view_of

__all__ = ["Generation", "View", "forget", "view_of"]
