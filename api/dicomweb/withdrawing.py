"""DELETE: withdrawal by the owner, of all instances at an address or of none."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request

from imagebank.accounts.permissions import allowed
from imagebank.catalog.models import Clip
from imagebank.core.errors import Denied
from imagebank.review.withdrawal import withdraw_clip

from .selection import selected
from .views import DicomwebView


class Withdrawable(DicomwebView):
    """Base of what its owner may take back."""

    def withdraw(self, request: Request) -> HttpResponse:
        """204 with nothing; a tombstone stays and every address answers 410. `?reason=` as over REST."""
        actor = self.require_account()
        found = selected(actor, self.place)
        mine = allowed(actor, "clip.withdraw", Clip.objects.filter(pk__in=[clip.pk for clip in found]))
        if mine.count() != len(found):
            raise Denied()
        with transaction.atomic():
            for clip in found:
                withdraw_clip(actor=actor, clip=clip, reason=request.query_params.get("reason", "other"))
        return HttpResponse(status=204)
