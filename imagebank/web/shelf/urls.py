"""The addresses of what a reader keeps."""

from __future__ import annotations

from django.urls import path

from . import keeping, reading, searching

urlpatterns = [
    path("account/saved/", reading.saved, name="saved"),
    path("account/saved/star/", keeping.star, name="star"),
    path("account/saved/put/", keeping.put, name="saved-put"),
    path("account/saved/new/", keeping.make, name="saved-new"),
    path("account/saved/searches/", searching.keep, name="search-keep"),
    path("account/saved/searches/<uuid:search_id>/", searching.opened, name="saved-search"),
    path("account/saved/searches/<uuid:search_id>/<slug:act>/", searching.change, name="search-change"),
    path("account/saved/<uuid:shelf_id>/", reading.one, name="saved-list"),
    path("account/saved/<uuid:shelf_id>/<slug:act>/", keeping.change, name="saved-change"),
    path("account/history/", reading.history, name="history"),
    path("account/history/switch/", keeping.switch_history, name="history-switch"),
    path("lists/<str:key>/", reading.shared, name="shared-list"),
]
