"""What every address of /dicomweb/ has beyond those of the REST interface: no session of a stranger's page, CORS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from api.throttling import charge_making
from api.views import ApiView
from imagebank.intake.making import Wish

ALLOWED: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-Match, If-None-Match, Range",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag, Link, Warning",
    "Access-Control-Max-Age": "600",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""For a viewer of another origin that the operator has named. No credentials: it sends a token, never the session."""


class DicomwebView(ApiView):
    """Base of the addresses of /dicomweb/."""

    schema = None  # described by the conformance statement and by WADL, not by OpenAPI
    scopes = ("read", "deposit")
    gives = None
    parses = False

    @property
    def place(self) -> dict[str, str]:
        """The UIDs of the address, by part."""
        return {name: uid for name, uid in self.kwargs.items() if name in ("study", "series", "instance")}

    def charge(self, wishes: Iterable[Wish]) -> None:
        """Count what has to be made for this answer; Wait (429) when it is too much."""
        if self.request.method != "HEAD":
            charge_making(self.request, sum(wish.kept() is None for wish in wishes))

    def options(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """The methods of this address; also the answer to a browser's preflight."""
        return HttpResponse(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def finalize_response(  # type: ignore[override]
        self, request: HttpRequest, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(final, ["Accept"])
        if settings.DICOMWEB_ORIGINS:
            patch_vary_headers(final, ["Origin"])
            origin = request.headers.get("Origin", "")
            if origin in settings.DICOMWEB_ORIGINS:
                for name, value in {"Access-Control-Allow-Origin": origin, **ALLOWED}.items():
                    final.headers[name] = value
        return final
