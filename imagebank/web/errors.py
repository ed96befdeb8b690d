"""Errors as pages: what happened, why, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from imagebank.core.errors import BankError, SignInFirst

P = ParamSpec("P")
PAGES: Final = {403: "403.html", 404: "404.html", 410: "410.html"}


def page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A view whose BankErrors become pages; who has to log in first is sent there and comes back."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except SignInFirst:
            return redirect_to_login(request.get_full_path())
        except BankError as error:
            return error_page(request, error)

    return answer


def error_page(request: HttpRequest, error: BankError) -> HttpResponse:
    """The page of this error, with its status."""
    template = PAGES.get(error.status, "error.html")
    return render(request, template, {"error": error}, status=error.status)
