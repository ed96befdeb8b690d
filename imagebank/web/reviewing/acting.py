"""Carrying out an act of a page that leads back to one: what went wrong is said there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from imagebank.core.errors import BankError, Denied, Gone, Missing, SecondFactorFirst, SignInFirst

from ..contribute.words import in_words


def said(request: HttpRequest, act: Callable[[], Any]) -> bool:
    """Whether it was done. Who may not, or must log in first, gets the page that says so."""
    try:
        act()
    except SecondFactorFirst as error:
        messages.error(request, in_words(error)[0])
        return False
    except (Denied, Missing, Gone, SignInFirst):
        raise
    except BankError as error:
        for sentence in in_words(error):
            messages.error(request, sentence)
        return False
    return True
