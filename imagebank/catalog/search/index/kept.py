"""What was worked out for a generation of the index, kept while it lives: the answers last asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

MOST: Final = 128
T = TypeVar("T")


class Kept:
    """The results least lately asked for are dropped."""

    def __init__(self) -> None:
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, else what `make` gives. Two threads may both make it, which does no harm."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                found: T = self._results[key]
                return found
        made = make()
        with self._lock:
            self._results[key] = made
            if len(self._results) > MOST:
                self._results.popitem(last=False)
        return made
