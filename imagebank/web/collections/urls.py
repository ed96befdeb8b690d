"""The addresses under /collections/ (interface.md) and those to build one."""

from __future__ import annotations

from django.urls import path

from . import building, reading

urlpatterns = [
    path("collections/", reading.index, name="collections"),
    path("collections/feed.atom", reading.feed, name="collections-feed"),
    path("collections/<slug:slug>/", reading.collection, name="collection"),
    path("collections/<slug:slug>/versions/<int:number>/", reading.version, name="collection-version"),
    path("curate/collections/", building.desk, name="curate-collections"),
    path("curate/collect/", building.collect, name="collect"),
    path("curate/collections/<slug:slug>/", building.build, name="build"),
    path("curate/collections/<slug:slug>/order/", building.order, name="build-order"),
    path("curate/collections/<slug:slug>/comment/", building.comment, name="build-comment"),
    path("curate/collections/<slug:slug>/items/<uuid:item_id>/", building.item, name="build-item"),
    path("curate/collections/<slug:slug>/steps/<slug:name>/", building.step, name="build-step"),
]
