"""The small tables, one term by its address, and what the codes of errors mean."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, override
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import whole
from api.problems import TYPES
from api.views import ApiView
from imagebank.core.errors import Missing
from imagebank.intake.codes import all_sentences
from imagebank.vocabulary.publishing import SCHEMES, definition_of
from imagebank.vocabulary.selectors import licence_clauses

from .schemas import paged
from .schemas.vocabulary import OneTermShown, ProblemShown, TableShown, TermShown


class Tables(ApiView):
    """What there is."""

    @extend_schema(operation_id="vocabulary_tables", responses=paged(TableShown))
    def get(self, request: Request) -> Response:
        """Every table, with how many terms it has."""
        return whole([{"id": name, "label": s.title, "count": s.model.objects.count()} for name, s in SCHEMES.items()])


class OneTable(ApiView):
    """A table."""

    @extend_schema(operation_id="vocabulary_table", responses=paged(TermShown))
    def get(self, request: Request, table: str) -> Response:
        """Every term of a table, retired ones included, in its order."""
        scheme = _scheme(table)
        return whole([_shown(row, definition_of(row, scheme), self.lang) for row in scheme.model.objects.all()])


class OneTerm(ApiView):
    """A term."""

    @extend_schema(operation_id="vocabulary_term", responses=OneTermShown)
    def get(self, request: Request, table: str, slug: str) -> Response:
        """The term, also when it is retired: `successor` is then the one to use. A licence brings its text."""
        scheme = _scheme(table)
        row = scheme.model.objects.filter(pk=slug).first()
        if row is None:
            raise Missing()
        text = licence_clauses(slug, self.lang) if table == "licences" else []
        return Response(_shown(row, definition_of(row, scheme), self.lang) | {"text": text})


class Problems(ApiView):
    """Codes of errors."""

    @extend_schema(operation_id="vocabulary_problems", responses=paged(ProblemShown))
    def get(self, request: Request) -> Response:
        """Every code that an error or a file can have, with its sentence and the page behind its `type`."""
        with override(self.lang):
            return whole([
                {"id": code, "label": gettext(text), "type": TYPES + code.replace(".", "-")}
                for code, text in sorted(all_sentences().items())
            ])  # fmt: skip


def _scheme(table: str) -> Any:
    if table not in SCHEMES:
        raise Missing()
    return SCHEMES[table]


def _shown(row: Any, definition: str, lang: str) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "label": row.label(lang),
        "definition": definition,
        "retired": row.retired,
        "successor": getattr(row, "successor", "") or None,
        "draft": row.draft,
    }
