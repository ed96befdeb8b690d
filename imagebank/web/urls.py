"""The addresses of the pages (interface.md)."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from .collections.urls import urlpatterns as collections
from .contribute.urls import urlpatterns as contribute
from .kit.urls import urlpatterns as kit
from .language import choose_language
from .pages import account, browse, case, help, home
from .reviewing.urls import urlpatterns as reviewing
from .sheets.urls import urlpatterns as sheets
from .terms.urls import urlpatterns as terms

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("cases/", browse.browse, name="browse"),
    path("cases/<uuid:case_id>/", case.case, name="case"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("language/", choose_language, name="language"),
    path("account/", account.account, name="account"),
    path("account/terms/", account.accept, name="accept-terms"),
    path("account/opened/", account.forget_opened, name="forget-opened"),
    path("help/", help.index, name="help"),
    path("help/components/", help.components, name="components"),
    path("help/problems/<str:code>", RedirectView.as_view(pattern_name="web:problem"), name="problem-short"),
    path("help/problems/<str:code>/", help.problem, name="problem"),
    *kit,
    path("help/<slug:name>/", help.article, name="article"),
    *collections,
    *contribute,
    *reviewing,
    *terms,
    *sheets,
]
