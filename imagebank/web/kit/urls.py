"""The addresses under /help/start-kit/."""

from __future__ import annotations

from django.urls import path

from . import reading

urlpatterns = [
    path("help/start-kit/", reading.kit, name="kit"),
    path("help/start-kit/<slug:name>/", reading.text, name="kit-text"),
    path("help/start-kit/<str:file>", reading.download, name="kit-file"),
]
