"""The addresses of the pages (interface.md)."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from .account.urls import urlpatterns as account_pages
from .collections.urls import urlpatterns as collections
from .contribute.urls import urlpatterns as contribute
from .institution.urls import urlpatterns as institution
from .kit.urls import urlpatterns as kit
from .language import choose_language
from .pages import account, browse, case, compare, help, home
from .reviewing.urls import urlpatterns as reviewing
from .sheets.urls import urlpatterns as sheets
from .shelf.urls import urlpatterns as shelf
from .terms.urls import urlpatterns as terms

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("cases/", browse.browse, name="browse"),
    path("cases/<uuid:case_id>/", case.case, name="case"),
    path("compare/", compare.compare, name="compare"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("language/", choose_language, name="language"),
    path("account/", account.account, name="account"),
    path("account/terms/", account.accept, name="accept-terms"),
    path("account/opened/", account.forget_opened, name="forget-opened"),
    *account_pages,
    *shelf,
    path("help/", help.index, name="help"),
    path("help/start/<slug:kind>/", help.guide, name="guide"),
    path("help/components/", help.components, name="components"),
    path("help/problems/<str:code>", RedirectView.as_view(pattern_name="web:problem"), name="problem-short"),
    path("help/problems/<str:code>/", help.problem, name="problem"),
    *kit,
    path("help/<slug:name>/", help.article, name="article"),
    *collections,
    *institution,
    *contribute,
    *reviewing,
    *terms,
    *sheets,
]
