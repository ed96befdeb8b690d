"""The two addresses of resumable uploads at the root; the description tells those below /api/v1/."""

from __future__ import annotations

from django.urls import path

from .uploads import OneUpload, Uploads

urlpatterns = [
    path("", Uploads.as_view(schema=None), name="uploads"),
    path("<uuid:pk>/", OneUpload.as_view(schema=None), name="upload"),
]
