"""The addresses under /review/, /curate/ and /doubts/ (interface.md)."""

from __future__ import annotations

from django.urls import path

from . import curating, doubting, figures, queue

urlpatterns = [
    path("review/", queue.queue, name="review"),
    path("review/next/", queue.start, name="review-next"),
    path("review/figures/", figures.figures, name="figures"),
    path("review/<uuid:case_id>/", queue.read, name="read"),
    path("review/<uuid:case_id>/claim/", queue.claim, name="claim"),
    path("cases/<uuid:case_id>/doubt/", doubting.doubt, name="doubt"),
    path("doubts/", doubting.doubts, name="doubts"),
    path("doubts/<uuid:doubt_id>/<slug:name>/", doubting.act, name="doubt-act"),
    path("incidents/<uuid:incident_id>/", doubting.incident, name="incident"),
    path("incidents/<uuid:incident_id>/<slug:name>/", doubting.decide, name="incident-act"),
    path("curate/", curating.desk, name="curate"),
    path("curate/<uuid:case_id>/", curating.preview, name="preview"),
    path("curate/<uuid:case_id>/<slug:name>/", curating.act, name="curate-act"),
]
