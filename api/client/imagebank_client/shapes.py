"""What the bank answers, as far as this client names it; an answer may hold more (the interface only ever adds)."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Presence = Literal["present", "absent", "uncertain"]


class Labelled(TypedDict):
    """A term: a stable id, and a label in the language asked for."""

    id: str
    label: str


class Finding(TypedDict):
    """What is seen, is not seen, or may be; `clip` where it is said of one clip."""

    term: str
    presence: Presence
    severity: NotRequired[str]
    clip: NotRequired[str | None]


class Clip(TypedDict):
    """A clip; addresses of media are null where there is none."""

    id: str
    view: str | None
    kind: Literal["cine", "still"]
    frames: int
    fps: float | None
    width: int
    height: int
    vendor: str
    probe: str
    playback: str | None
    small: str | None
    poster: str | None
    dicom: str | None


class Case(TypedDict):
    """A patient, a question, clips, findings and how these were confirmed."""

    id: str
    state: str
    title: str
    indication: Labelled
    findings: list[Finding]
    clips: list[Clip]
    licence: str
    credit: str
    revision: int


class Found(TypedDict):
    """A page of a search. `count` is that of all pages."""

    count: int
    facets: NotRequired[dict[str, list[dict[str, Any]]]]
    variety: NotRequired[dict[str, Any]]
    understood: NotRequired[list[dict[str, Any]]]
    results: list[Case]
    next: str | None


class Original(TypedDict):
    """A file that was given; `reason` says the code in words."""

    id: str
    name_shown: str
    state: str
    code: str
    reason: str
    clip: str | None
    duplicate_of: str | None


class Deposit(TypedDict):
    """Files given together. `working`: the machine is busy; `waiting`: a person is asked; `done`."""

    id: str
    state: Literal["empty", "working", "waiting", "done"]
    originals: list[Original]


class Collection(TypedDict):
    """A published version of a curated collection."""

    slug: str
    version: int
    title: str
    items: list[dict[str, Any]]
