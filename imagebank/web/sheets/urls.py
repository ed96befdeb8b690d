"""The addresses under /sheets/ and /views/."""

from __future__ import annotations

from django.urls import path

from . import reading, working

urlpatterns = [
    path("sheets/", reading.index, name="sheets"),
    path("sheets/<slug:indication>/", reading.sheet, name="sheet"),
    path("sheets/<slug:indication>/versions/<int:number>/", reading.version, name="sheet-version"),
    path("sheets/<slug:indication>/versions/<int:number>/changes/", reading.changes, name="sheet-changes"),
    path("sheets/<slug:indication>/begin/", working.begin, name="sheet-begin"),
    path("sheets/<slug:indication>/draft/", working.work, name="sheet-work"),
    path("sheets/<slug:indication>/draft/edit/", working.edit, name="sheet-edit"),
    path("sheets/<slug:indication>/draft/comment/", working.comment, name="sheet-comment"),
    path("sheets/<slug:indication>/draft/vote/", working.vote, name="sheet-vote"),
    path("sheets/<slug:indication>/steps/<slug:name>/", working.step, name="sheet-step"),
    path("sheets/proposals/<uuid:proposal_id>/<slug:act>/", working.proposal, name="sheet-proposal"),
    path("views/", reading.views, name="views"),
    path("views/<slug:view>/", reading.view, name="view"),
]
