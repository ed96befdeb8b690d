"""The credit of collections when the person who wrote it is to be forgotten (privacy.md 18)."""

from __future__ import annotations

from imagebank.accounts.models import User

from .models import Edit, Version


def forget_credit(account: User) -> None:
    """The credit of the person's collections goes, also from published versions and from the history."""
    Version.objects.filter(collection__owner=account).exclude(credit="").update(credit="")
    for edit in Edit.objects.filter(collection__owner=account).exclude(document__credit=""):
        edit.document = {**edit.document, "credit": ""}
        edit.save(update_fields=["document"])
