"""The addresses of /dicomweb/ as one table: routes, capabilities and the permission matrix follow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import path, re_path

from api.problems import nothing_here

from . import capabilities, frames, instances, metadata, rendered, search, store
from .views import DicomwebView


class StudiesRoom(store.Store, search.Studies):
    """`studies`: search and give."""


class StudyRoom(store.Store, instances.Instances):
    """`studies/{study}`: take, give to, withdraw."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address in the template's grammar of RFC 6570."""

    path: str
    view: type[DicomwebView]
    name: str

    @property
    def pattern(self) -> str:
        return self.path.replace("{", "<str:").replace("}", ">")

    @property
    def methods(self) -> list[str]:
        return [method.upper() for method in ("get", "post", "delete") if hasattr(self.view, method)]


STUDY: Final = "studies/{study}"
SERIES: Final = "studies/{study}/series/{series}"
INSTANCE: Final = "studies/{study}/series/{series}/instances/{instance}"
LEVELS: Final = {"study": STUDY, "series": SERIES, "instance": INSTANCE}
BELOW: Final = {
    "metadata": metadata.Metadata,
    "rendered": rendered.Rendered,
    "thumbnail": rendered.Thumbnail,
    "bulkdata": frames.BulkData,
    "pixeldata": frames.BulkData,
}
"""What every level has."""
ROUTES: Final = [
    Route("", capabilities.Capabilities, "root"),
    Route("studies", StudiesRoom, "studies"),
    Route("series", search.Series, "all-series"),
    Route("instances", search.SearchInstances, "all-instances"),
    Route(f"{STUDY}/series", search.Series, "study-series"),
    Route(f"{STUDY}/instances", search.SearchInstances, "study-instances"),
    Route(f"{SERIES}/instances", search.SearchInstances, "series-instances"),
    Route(STUDY, StudyRoom, "study"),
    Route(SERIES, instances.Instances, "series"),
    Route(INSTANCE, instances.Instances, "instance"),
    *(Route(f"{root}/{end}", view, f"{level}-{end}") for level, root in LEVELS.items() for end, view in BELOW.items()),
    Route(f"{INSTANCE}/bulkdata/{{tag_name}}", frames.BulkData, "bulkdata"),
    Route(f"{INSTANCE}/frames/{{frames}}", frames.Frames, "frames"),
    Route(f"{INSTANCE}/frames/{{frames}}/rendered", rendered.RenderedFrames, "frames-rendered"),
    Route(f"{INSTANCE}/frames/{{frames}}/thumbnail", rendered.Thumbnail, "frames-thumbnail"),
    Route("workitems", capabilities.Nothing, "workitems"),
    Route("workitems/{workitem}", capabilities.Nothing, "workitem"),
]
app_name = "dicomweb"
urlpatterns = [
    *(path(route.pattern, route.view.as_view(), name=route.name) for route in ROUTES),
    re_path(r"^.*$", nothing_here, name="nothing"),
]
