"""The addresses under /contribute/ (interface.md)."""

from __future__ import annotations

from django.urls import path

from . import cases, deposits, giving, sharing, tagging

urlpatterns = [
    path("contribute/", giving.contribute, name="contribute"),
    path("contribute/case/new/", tagging.new_case, name="new-case"),
    path("contribute/case/<uuid:case_id>/", tagging.tag, name="tag"),
    path("contribute/case/<uuid:case_id>/authors/", sharing.share, name="share"),
    path("contribute/case/<uuid:case_id>/authors/<uuid:coauthor_id>/end/", sharing.unshare, name="unshare"),
    path("contribute/case/<uuid:case_id>/<slug:act>/", cases.step, name="case-step"),
    path("contribute/file/<uuid:original_id>/<slug:act>/", deposits.decide, name="decide"),
    path("contribute/upload/<uuid:upload_id>/end/", deposits.end_upload, name="end-upload"),
    path("contribute/<uuid:deposit_id>/", deposits.deposit, name="deposit"),
    path("contribute/<uuid:deposit_id>/files/", giving.add_files, name="add-files"),
    path("contribute/<uuid:deposit_id>/forget/", deposits.forget_defaults, name="forget-defaults"),
    path("contribute/<uuid:deposit_id>/attest/", deposits.attest, name="attest"),
]
