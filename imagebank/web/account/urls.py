"""The addresses under /account/ that are ours; the others are allauth's."""

from __future__ import annotations

from django.urls import path

from . import data, given, mails, profile, roles

urlpatterns = [
    path("account/data/", data.data, name="data"),
    path("account/data/archive.zip", data.archive, name="data-archive"),
    path("account/erase/", data.erase, name="erase"),
    path("account/erase/undo/", data.stay, name="erase-undo"),
    path("account/notifications/", mails.notifications, name="notifications"),
    path("account/mail/stop/<str:token>/", mails.stop, name="mail-stop"),
    path("account/roles/", roles.own, name="roles"),
    path("account/roles/<uuid:request_id>/recall/", roles.recall, name="role-recall"),
    path("account/requests/", roles.desk, name="requests"),
    path("account/requests/<uuid:request_id>/", roles.decide, name="request"),
    path("account/profile/", profile.save, name="profile"),
    path("account/contributions/", given.contributions, name="contributions"),
    path("account/contributions/<int:year>/", given.certificate, name="certificate"),
]
