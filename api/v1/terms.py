"""The vocabulary: findings, views, and indications with what is offered for them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import whole
from api.views import ApiView
from imagebank.vocabulary.models import FindingTerm, Indication, IndicationFinding, IndicationView, QualityItem, View
from imagebank.vocabulary.selectors import labels

from .schemas import paged
from .schemas.terms import FindingTermShown, IndicationShown, ViewShown


class Findings(ApiView):
    """What can be seen."""

    @extend_schema(operation_id="findings_list", responses=paged(FindingTermShown))
    def get(self, request: Request) -> Response:
        """Every finding, with the levels of its severity and what excludes it."""
        rows = FindingTerm.objects.filter(retired=False).select_related("severity_scale")
        levels = labels("scale_level", self.lang)
        return whole([self._shown(row, levels) for row in rows.prefetch_related("views", "excludes")])

    def _shown(self, row: FindingTerm, levels: dict[str, str]) -> dict[str, Any]:
        return {
            "id": row.pk,
            "label": row.label(self.lang),
            "polarity": row.polarity,
            "threat": row.threat,
            "body_region": row.body_region,
            "broader": row.broader_id,
            "severities": [{"id": level, "label": levels.get(level, level)} for level in row.severity_scale.levels],
            "views": sorted(view.pk for view in row.views.all()),
            "excludes": sorted(other.pk for other in row.excludes.all()),
            "note": row.note_en,
            "draft": row.draft,
        }


class Views(ApiView):
    """Windows and planes."""

    @extend_schema(operation_id="views_list", responses=paged(ViewShown))
    def get(self, request: Request) -> Response:
        """Every view, with its probes and the yes/no items its quality is judged by."""
        items = defaultdict(list)
        for item in QualityItem.objects.filter(retired=False):
            items[item.view_id].append({"id": str(item.number), "text": item.text_en})
        rows = View.objects.filter(retired=False).prefetch_related("probes")
        return whole([self._shown(row, items[row.pk]) for row in rows])

    def _shown(self, row: View, items: list[dict[str, str]]) -> dict[str, Any]:
        return {
            "id": row.pk,
            "label": row.label(self.lang),
            "body_region": row.body_region,
            "plane": row.plane,
            "probes": sorted(probe.pk for probe in row.probes.all()),
            "probe_position": row.probe_position_en,
            "quality_items": items,
            "draft": row.draft,
        }


class IndicationsView(ApiView):
    """Base: indications with their offers."""

    def offered(self, only: str = "") -> list[dict[str, Any]]:
        wanted = {"pk": only} if only else {}
        rows = Indication.objects.filter(retired=False, **wanted).prefetch_related("settings")
        views = _grouped(IndicationView, "view_id", "need", only)
        findings = _grouped(IndicationFinding, "finding_id", "role", only)
        return [self._shown(row, views[row.pk], findings[row.pk]) for row in rows]

    def _shown(self, row: Indication, views: Any, findings: Any) -> dict[str, Any]:
        named = {kind: labels(kind, self.lang) for kind in ("view", "finding")}
        return {
            "id": row.pk,
            "label": row.label(self.lang),
            "question": row.clinical_question_en,
            "body_system": row.body_system,
            "priority": row.priority,
            "settings": sorted(setting.pk for setting in row.settings.all()),
            "views": [{"id": pk, "label": named["view"][pk], "need": need} for pk, need in views],
            "findings": [{"id": pk, "label": named["finding"][pk], "role": role} for pk, role in findings],
            "draft": row.draft,
        }


class Indications(IndicationsView):
    """Clinical situations."""

    @extend_schema(operation_id="indications_list", responses=paged(IndicationShown))
    def get(self, request: Request) -> Response:
        """Every indication, with the views and findings that are offered for it, in their order."""
        return whole(self.offered())


class OneIndication(IndicationsView):
    """A clinical situation."""

    @extend_schema(operation_id="indications_read", responses=IndicationShown)
    def get(self, request: Request, slug: str) -> Response:
        """The indication with its views and findings."""
        found = self.offered(slug)
        if not found:
            raise Http404
        return Response(found[0])


def _grouped(model: Any, term: str, kind: str, only: str) -> dict[str, list[tuple[str, str]]]:
    """Indication -> [(term, need or role)] in order."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    wanted = {"indication_id": only} if only else {}
    for indication, *pair in model.objects.filter(retired=False, **wanted).values_list("indication_id", term, kind):
        found[indication].append((pair[0], pair[1]))
    return found
