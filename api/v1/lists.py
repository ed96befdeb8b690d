"""Bookmarks and personal lists, and the copy of one's own data."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import page
from api.views import ApiView
from imagebank.accounts import exporting
from imagebank.accounts.models import Export, User
from imagebank.core.errors import Missing
from imagebank.shelf import selectors, services
from imagebank.shelf.models import Shelf

from .schemas import paged
from .schemas.lists import ExportShown, ListCaseInput, ListChange, ListContent, ListInput, ListShown


class Lists(ApiView):
    """One's own lists of cases. The one without a name holds the starred cases."""

    @extend_schema(operation_id="lists_list", responses=paged(ListShown))
    def get(self, request: Request) -> Response:
        """All of them, the newest first."""
        return page(request, selectors.shelves(self.require_account()), _shelf)

    @extend_schema(operation_id="lists_create", request=ListInput, responses={201: ListShown})
    def post(self, request: Request) -> Response:
        """A new, empty, private list. A person does this in a session."""
        actor, said = self.require_account(), ListInput.of(request.data)
        return self.once(lambda: Response(_shelf(services.make(actor=actor, **said)), status=201))


class OneList(ApiView):
    """One of one's own lists."""

    @extend_schema(operation_id="lists_read", responses=ListContent)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Its cases in order, as far as the caller may see them; `gaps` counts the others."""
        actor = self.require_account()
        shelf = selectors.own(actor, pk)
        found = selectors.content(shelf, actor, self.lang)
        return Response({**_shelf(shelf), "cases": [case["id"] for case in found.cases], "gaps": found.gaps})

    @extend_schema(operation_id="lists_change", request=ListChange, responses=ListShown)
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Rename it; share it by an address, or no longer."""
        shelf, said = selectors.own(self.require_account(), pk), ListChange.of(request.data, partial=True)
        return self.once(lambda: self._change(shelf, said))

    @extend_schema(operation_id="lists_remove", request=None, responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """The list goes; its cases stay in the bank."""
        shelf = selectors.own(self.require_account(), pk)
        return self.once(lambda: self._remove(shelf))

    def _change(self, shelf: Shelf, said: dict[str, Any]) -> Response:
        if "name" in said:
            services.rename(actor=self.actor, shelf=shelf, name=said["name"])
        if "shared" in said:
            services.share(actor=self.actor, shelf=shelf, on=said["shared"])
        return Response(_shelf(shelf))

    def _remove(self, shelf: Shelf) -> Response:
        services.remove(actor=self.actor, shelf=shelf)
        return Response(status=204)


class ListCases(ApiView):
    """Cases of a list."""

    @extend_schema(operation_id="lists_put", request=ListCaseInput, responses={204: None})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Put a case at the end; nothing where it stands on the list already."""
        shelf, said = selectors.own(self.require_account(), pk), ListCaseInput.of(request.data)
        return self.once(lambda: self._put(shelf, said["case"]))

    def _put(self, shelf: Shelf, case: uuid.UUID) -> Response:
        services.put(actor=self.actor, shelf=shelf, case_id=case)
        return Response(status=204)


class ListCase(ApiView):
    """A case of a list."""

    @extend_schema(operation_id="lists_take", request=None, responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID, case: uuid.UUID) -> Response:
        """Take it off the list."""
        shelf = selectors.own(self.require_account(), pk)
        return self.once(lambda: self._take(shelf, case))

    def _take(self, shelf: Shelf, case: uuid.UUID) -> Response:
        services.take(actor=self.actor, shelf=shelf, case_id=case)
        return Response(status=204)


class MyExport(ApiView):
    """The copy of all that the bank holds of an account. Erasing asks for the password again: `/account/erase/`."""

    @extend_schema(operation_id="me_export_read", responses=ExportShown)
    def get(self, request: Request) -> Response:
        """Whether it is made; 404 when none was asked for."""
        row = Export.objects.filter(account=self.account).defer("archive").first()
        if row is None:
            raise Missing()
        return Response(_export(row))

    @extend_schema(operation_id="me_export_create", request=None, responses={202: ExportShown})
    def post(self, request: Request) -> Response:
        """Begin a copy; the one before it goes. A person does this in a session."""
        account = self.account
        return self.once(lambda: self._ask(account))

    def _ask(self, account: User) -> Response:
        row = exporting.ask(actor=self.actor, account=account, language=self.lang)
        row.refresh_from_db()
        return Response(_export(row), status=202)


class MyArchive(ApiView):
    """The copy as a ZIP."""

    gives = ("application/zip",)

    @extend_schema(operation_id="me_export_archive", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponseBase:
        """account.json and account.html; 404 until it is made. Only in a session."""
        row = Export.objects.filter(account=self.account, archive__isnull=False).first()
        if row is None or row.archive is None or not self.actor.is_person:
            raise Missing()
        return HttpResponse(bytes(row.archive), content_type="application/zip", headers={"Cache-Control": "no-store"})


def _shelf(row: Shelf) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "starred": not row.name,
        "size": row.saved.count() if (size := getattr(row, "size", None)) is None else size,
        "shared": f"/lists/{row.shared_as}/" if row.shared_as else None,
    }


def _export(row: Export) -> dict[str, Any]:
    return {"asked_at": row.asked_at, "made_at": row.made_at}
