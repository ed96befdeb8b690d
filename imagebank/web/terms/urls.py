"""The addresses of the vocabulary's pages."""

from __future__ import annotations

from django.urls import path

from . import listing, term

urlpatterns = [
    path("vocabulary/", listing.index, name="vocabulary"),
    path("vocabulary/<slug:scheme>/", listing.table, name="terms"),
    path("vocabulary/<slug:scheme>/<str:slug>/", term.term, name="term"),
    path("vocabulary/<slug:scheme>/<str:slug>/comment/", term.comment, name="term-comment"),
]
