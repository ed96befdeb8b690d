"""The addresses under /review/ and /curate/ (interface.md)."""

from __future__ import annotations

from django.urls import path

from . import curating, queue

urlpatterns = [
    path("review/", queue.queue, name="review"),
    path("review/next/", queue.start, name="review-next"),
    path("review/<uuid:case_id>/", queue.read, name="read"),
    path("review/<uuid:case_id>/claim/", queue.claim, name="claim"),
    path("curate/", curating.desk, name="curate"),
    path("curate/<uuid:case_id>/", curating.preview, name="preview"),
    path("curate/<uuid:case_id>/<slug:name>/", curating.act, name="curate-act"),
]
