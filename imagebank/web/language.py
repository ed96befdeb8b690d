"""The reader's language: by the cookie of their choice, else by what the browser asks for."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from imagebank.accounts.models import User

KNOWN: Final = frozenset(code for code, _ in settings.LANGUAGES)
YEAR: Final = 365 * 24 * 3600


def reader_language(request: HttpRequest) -> str:
    """One of the five; LocaleMiddleware has chosen it."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return language if language in KNOWN else settings.LANGUAGE_CODE


# A token would set a cookie for anonymous readers (privacy.md 22); a forged choice of language harms nobody.
@csrf_exempt
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the choice in a cookie of its own and goes back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("language", "")
    if chosen in KNOWN:
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=chosen)  # its mails come without a browser
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=YEAR,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    return response
