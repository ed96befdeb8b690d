"""What there is at /dicomweb/ (PS3.18 8.9): as WADL, which the standard asks for, or JSON; and what there is not."""

from __future__ import annotations

from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from api.conditions import not_modified
from api.media import headers
from imagebank.core.errors import BankError

from .accepting import Offer, choose
from .answering import tag
from .selection import ROOT
from .views import DicomwebView

WADL: Final = "application/vnd.sun.wadl+xml"
NAMESPACE: Final = "http://wadl.dev.java.net/2009/02"
OFFERS: Final = (Offer(WADL), Offer("application/json"), Offer("application/xml"))


class NotImplementedHere(BankError):
    """A service of the standard that the bank does not have, such as worklists."""

    status = 501
    code = "dicomweb_service"
    title = "The image bank does not offer this DICOMweb service."


class Capabilities(DicomwebView):
    """The root."""

    def get(self, request: Request, **_: str) -> HttpResponseBase:
        """Every address with its methods."""
        return _described(request)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """The same, unless a browser asks before a request of another origin."""
        if "Access-Control-Request-Method" in request.headers:
            return super().options(request, *args, **kwargs)
        return _described(request)


class Nothing(DicomwebView):
    """Services of the standard that there are not: 501 for every method."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotImplementedHere()

    def get(self, request: Request, **_: str) -> HttpResponseBase:
        """Never reached."""
        raise NotImplementedHere()

    post = put = delete = get


def _described(request: Request) -> HttpResponse:
    offer = choose(request._request, OFFERS)
    body = _json() if offer.kind == "application/json" else _wadl()
    answer = HttpResponse(body, content_type=offer.kind, headers=headers(tag(str(body)), open_to_all=True))
    answer.headers["Allow"] = "GET, HEAD, OPTIONS"
    return not_modified(request._request, answer) or answer


def _resources() -> list[tuple[str, list[str]]]:
    """(path, methods) of every address, from the table of routes."""
    from .urls import ROUTES  # which names this module's views

    return [(route.path, route.methods) for route in ROUTES if not issubclass(route.view, Nothing)]


def _wadl() -> bytes:
    root = Element("application", {"xmlns": NAMESPACE})
    resources = SubElement(root, "resources", {"base": f"{settings.BASE_URL.rstrip('/')}{ROOT}/"})
    for path, methods in _resources():
        resource = SubElement(resources, "resource", {"path": path})
        for method in methods:
            SubElement(resource, "method", {"name": method})
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8")


def _json() -> bytes:
    return orjson.dumps({"resources": [{"path": path, "methods": methods} for path, methods in _resources()]})
