"""JSON for the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_usual: Final = JSONEncoder()


class Json(JSONRenderer):
    """REST framework's, written by orjson: several times as fast on a page of cases."""

    also: tuple[str, ...] = ()
    """Other names under which a caller may ask for it."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """UTF-8; nothing at all of None, as for 204."""
        return b"" if data is None else orjson.dumps(data, default=_usual.default, option=OPTIONS)
