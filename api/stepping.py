"""Steps of a workflow over REST: a table of them becomes one view each; the state table decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model
from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from .views import ApiView


@dataclass(frozen=True, slots=True)
class Step:
    """Name in the address, what the description says of it, the service, the shape of the body if there is one."""

    name: str
    what: str
    act: Callable[..., Any]
    shape: Any = None


class StepView(ApiView):
    """Base: finds the row, carries the step out on it, tells where it stands now."""

    step: ClassVar[Step]
    called: ClassVar[str]
    """What the service calls the row."""
    answers: ClassVar[type[serializers.Serializer[Any]]]

    @property
    def changed(self) -> str:
        """A step changes what stands one part of the address higher."""
        return self.request.path.rstrip("/").rpartition("/")[0] + "/"

    def found(self, **place: Any) -> Model:
        """The row at this address, for those who may act on it."""
        raise NotImplementedError

    def told(self, row: Any) -> dict[str, Any]:
        """Where the row stands."""
        raise NotImplementedError

    def post(self, request: Request, **place: Any) -> Response:
        self.require_account()
        row = self.found(**place)
        said = self.step.shape.of(request.data) if self.step.shape else {}
        return self.once(lambda: self._carry_out(row, said))

    def _carry_out(self, row: Model, said: dict[str, Any]) -> Response:
        self.step.act(actor=self.actor, **{self.called: row}, **said)
        row.refresh_from_db()
        return Response(self.told(row))


def addresses(base: type[StepView], steps: Sequence[Step], root: str, prefix: str = "") -> list[URLPattern]:
    """`{root}{name}/` of each step; operations are named after the first part of the address, routes by `prefix`."""
    noun = root.split("/")[0]
    return [path(f"{root}{step.name}/", _view(base, step, noun).as_view(), name=prefix + step.name) for step in steps]


def _view(base: type[StepView], step: Step, noun: str) -> type[StepView]:
    described = extend_schema(
        operation_id=f"{noun}_{step.name}", description=step.what, request=step.shape, responses=base.answers
    )
    view = type(f"{step.name.title()}{base.__name__}", (base,), {"step": step, "__module__": base.__module__})
    return extend_schema_view(post=described)(view)
