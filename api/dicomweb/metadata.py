"""WADO-RS metadata (PS3.18 10.4.1.1.2): the headers of the clean objects, with the address of their pixel data."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from api.v1.clips import require_terms
from imagebank.catalog.models import Clip, Header
from imagebank.intake.headers import headers_of

from .accepting import choose
from .answering import MODELS, datasets
from .model import Dataset, element
from .selection import address_of, selected
from .tags import AVAILABLE_TRANSFER_SYNTAX, PIXEL_DATA
from .views import DicomwebView


class Metadata(DicomwebView):
    """Of every instance at the address."""

    def get(self, request: Request, **_: str) -> HttpResponseBase:
        """As JSON or XML; like the objects for an account that has accepted the terms."""
        found = selected(self.actor, self.place)
        require_terms(self.actor, self.account)
        offer = choose(request._request, MODELS)
        told = [described(clip, row) for clip, row in zip(found, headers_of(found), strict=True)]
        return datasets(request._request, told, offer=offer)


def described(clip: Clip, row: Header) -> Dataset:
    """The header of the object, as it is stored."""
    return {
        **row.elements,
        AVAILABLE_TRANSFER_SYNTAX: element("UI", row.transfer_syntax),
        PIXEL_DATA: {"vr": row.pixels["vr"], "BulkDataURI": f"{address_of(clip)}/bulkdata/{PIXEL_DATA}"},
    }
