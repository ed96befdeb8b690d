"""The addresses of /api/v1/ (interface.md). Whatever is not one of them answers 404 as a problem."""

from __future__ import annotations

from django.urls import path, re_path

from api.problems import nothing_here

from . import (
    cases,
    clips,
    collection_steps,
    collection_versions,
    collections,
    deposits,
    description,
    originals,
    people,
    steps,
    terms,
)

app_name = "api"

urlpatterns = [
    path("deposits/", deposits.Deposits.as_view(), name="deposits"),
    path("deposits/<uuid:pk>/", deposits.OneDeposit.as_view(), name="deposit"),
    path("deposits/<uuid:pk>/attest/", deposits.Attest.as_view(), name="attest"),
    path("originals/<uuid:pk>/", originals.OneOriginal.as_view(), name="original"),
    path("originals/<uuid:pk>/preview/", originals.Preview.as_view(), name="preview"),
    path("originals/<uuid:pk>/confirm/", originals.Confirm.as_view(), name="confirm"),
    path("originals/<uuid:pk>/mask/", originals.Mask.as_view(), name="mask"),
    path("originals/<uuid:pk>/discard/", originals.Discard.as_view(), name="discard"),
    path("originals/<uuid:pk>/retry/", originals.Retry.as_view(), name="retry"),
    path("cases/", cases.Cases.as_view(), name="cases"),
    path("cases/<uuid:pk>/", cases.OneCase.as_view(), name="case"),
    path("cases/<uuid:pk>/similar/", cases.Similar.as_view(), name="similar"),
    path("cases/<uuid:pk>/history/", cases.History.as_view(), name="history"),
    path("cases/<uuid:pk>/submit/", steps.Submit.as_view(), name="submit"),
    path("cases/<uuid:pk>/recall/", steps.Recall.as_view(), name="recall"),
    path("cases/<uuid:pk>/drop/", steps.Drop.as_view(), name="drop"),
    path("cases/<uuid:pk>/claim/", steps.Claim.as_view(), name="claim"),
    path("cases/<uuid:pk>/release/", steps.Release.as_view(), name="release"),
    path("cases/<uuid:pk>/review/", steps.Review.as_view(), name="review"),
    path("cases/<uuid:pk>/publish/", steps.Publish.as_view(), name="publish"),
    path("cases/<uuid:pk>/suspend/", steps.Suspend.as_view(), name="suspend"),
    path("cases/<uuid:pk>/restore/", steps.Restore.as_view(), name="restore"),
    path("cases/<uuid:pk>/withdraw/", steps.Withdraw.as_view(), name="withdraw"),
    path("clips/<uuid:pk>/", clips.OneClip.as_view(), name="clip"),
    path("clips/<uuid:pk>/playback.mp4", clips.Playback.as_view(), name="playback"),
    path("clips/<uuid:pk>/small.mp4", clips.Small.as_view(), name="small"),
    path("clips/<uuid:pk>/poster.webp", clips.Poster.as_view(), name="poster"),
    path("clips/<uuid:pk>/frames/<int:number>.webp", clips.Frame.as_view(), name="frame"),
    path("clips/<uuid:pk>/dicom", clips.Dicom.as_view(), name="dicom"),
    path("collections/", collections.Collections.as_view(), name="collections"),
    path("collections/<slug:slug>/", collections.OneCollection.as_view(), name="collection"),
    path("collections/<slug:slug>/draft/", collections.Draft.as_view(), name="collection-draft"),
    path("collections/<slug:slug>/add/", collections.Add.as_view(), name="collection-add"),
    path("collections/<slug:slug>/comments/", collections.Comments.as_view(), name="collection-comments"),
    path("collections/<slug:slug>/edits/", collections.Edits.as_view(), name="collection-edits"),
    path("collections/<slug:slug>/versions/", collections.Versions.as_view(), name="collection-versions"),
    *(
        path(f"collections/<slug:slug>/{kind.name}/", kind.as_view(), name=f"collection-{kind.name}")
        for kind in collection_steps.STEPS
    ),
    path(
        "collections/<slug:slug>/versions/<int:number>/",
        collection_versions.OneVersion.as_view(),
        name="collection-version",
    ),
    path(
        "collections/<slug:slug>/versions/<int:number>/csl.json",
        collection_versions.Csl.as_view(),
        name="collection-csl",
    ),
    path(
        "collections/<slug:slug>/versions/<int:number>/cite.bib",
        collection_versions.Bibtex.as_view(),
        name="collection-bibtex",
    ),
    path(
        "collections/<slug:slug>/versions/<int:number>/archive.zip",
        collection_versions.Archive.as_view(),
        name="collection-archive",
    ),
    path("suggest/", cases.Suggest.as_view(), name="suggest"),
    path("findings/", terms.Findings.as_view(), name="findings"),
    path("indications/", terms.Indications.as_view(), name="indications"),
    path("indications/<slug:slug>/", terms.OneIndication.as_view(), name="indication"),
    path("views/", terms.Views.as_view(), name="views"),
    path("me/", people.Me.as_view(), name="me"),
    path("institutions/", people.Institutions.as_view(), name="institutions"),
    path("node/", people.OneNode.as_view(), name="node"),
    path("tokens/", people.Tokens.as_view(), name="tokens"),
    path("tokens/<uuid:pk>/", people.OneToken.as_view(), name="token"),
    path("schema/", description.Schema.as_view(), name="schema"),
    path("docs/", description.Docs.as_view(), name="docs"),
    re_path(r"^.*$", nothing_here, name="nothing"),
]
