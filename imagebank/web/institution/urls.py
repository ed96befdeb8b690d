"""Addresses of the pages of institutions, and of the audit trail."""

from __future__ import annotations

from django.urls import path

from . import mirrors, overview, people, record, trail

urlpatterns = [
    path("institution/", overview.index, name="institutions"),
    path("institution/<slug:slug>/", overview.overview, name="institution"),
    path("institution/<slug:slug>/record/", record.record, name="institution-record"),
    path("institution/<slug:slug>/agreements/", record.agreements, name="institution-agreements"),
    path("institution/<slug:slug>/members/", people.members, name="institution-members"),
    path("institution/<slug:slug>/systems/", people.systems, name="institution-systems"),
    path("institution/<slug:slug>/mirrors/", mirrors.mirrors_page, name="institution-mirrors"),
    path("institution/<slug:slug>/trail/", trail.institution, name="institution-trail"),
    path("account/trail/", trail.own, name="trail"),
]
