"""Many drafts tagged in one request: each is answered for itself, and one that fails leaves the others be."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import problem
from imagebank.accounts.permissions import check
from imagebank.catalog import services
from imagebank.core.errors import BankError, Missing

from .cases import CaseView, may_make_cases, plain
from .schemas.tagging import TaggedShown, TagsInput


class Tags(CaseView):
    """Tags of many cases."""

    @extend_schema(operation_id="cases_tag", request=TagsInput, responses=TaggedShown)
    def post(self, request: Request) -> Response:
        """Change up to 100 drafts as `PATCH cases/{id}/` would. The answer tells of each, in the order of the request.

        `status` is that which the change alone would have been answered with; `problem` says why it was not made.
        """
        may_make_cases(self.require_account())
        said = plain(TagsInput.of(request.data)["cases"])
        return self.once(lambda: Response({"results": [self._tag(dict(one)) for one in said]}))

    def _tag(self, said: dict[str, Any]) -> dict[str, Any]:
        pk = said.pop("id")
        try:
            with transaction.atomic():
                row = self.case(pk)
                check(self.actor, "case.edit", row, see="case.see")
                services.change_case(actor=self.actor, case=row, data=said)
        except Http404:
            return _refused(pk, Missing())
        except BankError as error:
            return _refused(pk, error)
        return {"id": pk, "status": 200, "problem": None}


def _refused(pk: str, error: BankError) -> dict[str, Any]:
    return {"id": pk, "status": error.status, "problem": problem(error)}
