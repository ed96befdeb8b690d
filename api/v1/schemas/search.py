"""The parameters of a search, for the description; imagebank.catalog.search checks them."""

from __future__ import annotations

from typing import Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from imagebank.catalog.search.params import FACETS, MOST, ORDERS

from . import Labelled


def _repeatable(name: str) -> OpenApiParameter:
    shape = {"type": "array", "items": {"type": "string"}}
    return OpenApiParameter(name, shape, explode=True, description="Any of the values.")


SEARCH: Final = [
    OpenApiParameter(
        "q",
        str,
        description="Words in any of the five languages, fields (`finding:b-lines`, `quality>=3`), AND, OR, NOT,"
        " brackets (page /help/search/); what is meant is told in `understood`.",
    ),
    OpenApiParameter("exact", OpenApiTypes.INT, enum=[0, 1], description="1: no word is put right."),
    *map(_repeatable, FACETS),
    OpenApiParameter("quality_min", OpenApiTypes.INT, description="1 to 5: the best clip of the case."),
    OpenApiParameter("order", str, enum=ORDERS, default="varied"),
    OpenApiParameter(
        "limit", OpenApiTypes.INT, default=24, description=f"At most {MOST['varied']} varied, else 1,000."
    ),
    OpenApiParameter("cursor", str, description="`next` or `previous` of an answer."),
    OpenApiParameter("seed", str, description="Another seed gives another varied order."),
    OpenApiParameter("facets", OpenApiTypes.INT, enum=[0, 1], description="1: the counts of each facet as well."),
    OpenApiParameter("lang", str, enum=["en", "fr", "de", "es", "da"]),
]


class Suggested(Labelled):
    """A term to complete what is being typed."""

    facet = serializers.CharField()
    text = serializers.CharField()
    q = serializers.CharField(help_text="What was typed, with its end completed.")
    count = serializers.IntegerField(help_text="Published cases that it gives this reader.")
