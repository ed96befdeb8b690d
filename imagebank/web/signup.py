"""What signing up asks besides e-mail address and password: the terms of use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imagebank.accounts.actors import actor_for
from imagebank.accounts.models import User
from imagebank.accounts.services import welcome
from imagebank.accounts.terms import accept_terms

from .language import reader_language


class SignupForm(forms.Form):
    """allauth puts its own fields in front of these."""

    field_order = ("email", "password1", "password2", "terms")
    terms = forms.BooleanField(label=_("I accept the terms of use."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        link = format_html('<a href="{}">{}</a>', reverse("web:article", args=["terms"]), gettext("Read the terms"))
        # Beside the words: under them, on a phone, the link would stand below the tick that it is to be read before.
        self.fields["terms"].label = format_html("<span>{} {}</span>", gettext("I accept the terms of use."), link)

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called once the account is made."""
        actor = actor_for(user, second_factor=False)
        User.objects.filter(pk=user.pk).update(language=reader_language(request))
        welcome(actor=actor, user=user)
        accept_terms(actor=actor, user=user)
