"""The root of all addresses; each room brings its own."""

from __future__ import annotations

from django.urls import include, path

from api import oauth
from imagebank.core.health import healthz, readyz

urlpatterns: list = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/v1/", include("api.v1.urls")),
    path("uploads/", include("api.v1.upload_urls")),
    path("oauth/token/", oauth.Token.as_view(), name="oauth-token"),
    path(".well-known/oauth-authorization-server", oauth.Metadata.as_view()),
    path("dicomweb/", include("api.dicomweb.urls")),
    path("", include("imagebank.web.urls")),
    path("account/", include("allauth.urls")),
]
