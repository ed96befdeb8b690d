"""A stored document as readers get it: labels in their language, addresses of the media (interface: case)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imagebank.vocabulary.selectors import labels

MEDIA: Final = "/api/v1/clips"
FILES: Final = {
    "playback": ("playback", "playback.mp4"),
    "small": ("small", "small.mp4"),
    "poster": ("poster", "poster.webp"),
    "dicom": ("dicom", "dicom"),
    "frames": ("frame", "frames/{n}.webp"),
}
"""Role -> its name in the answer, its file; that of a frame holds `{n}`, counted from 1."""
LABELLED: Final = (("setting", "setting"), ("age_band", "age_band"), ("sex", "sex"), ("bmi_class", "bmi"))
SHORT_HASH: Final = 8
Document = Mapping[str, Any]


def case_json(document: Document, lang: str) -> dict[str, Any]:
    """The case of interface.md. `document` is PublicCase.document or a draft's; `lang` one of the five languages."""
    indication = _labelled("indication", document["indication"], lang)
    findings, views = labels("finding", lang), labels("view", lang)
    return {
        **document,
        "title": in_language(document["title"], lang) or indication["label"],
        "titles": document["title"],
        "vignette": in_language(document["vignette"], lang),
        "vignettes": document["vignette"],
        "indication": indication,
        "findings": [{**said, "label": findings.get(said["term"], said["term"])} for said in document["findings"]],
        "marks": [{**drawn, "text": in_language(drawn["label"], lang)} for drawn in document["marks"]],
        "clips": [_clip(clip, views) for clip in document["clips"]],
        "confirmed": _confirmed(document["confirmed"], lang),
        "origin": document.get("origin"),
        "labels": {name: labels(facet, lang).get(document[name], "") for name, facet in LABELLED if document[name]},
    }


def clip_json(clip: Document, lang: str) -> dict[str, Any]:
    """A clip with the addresses of its media, which carry the first letters of the object's hash."""
    return _clip(clip, labels("view", lang))


def _clip(clip: Document, views: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {**clip, "view_label": views.get(clip["view"] or "", "")}
    media = told.pop("media")
    for role, (key, file) in FILES.items():
        stored = media.get(role)
        told[key] = f"{MEDIA}/{clip['id']}/{file}?v={stored['sha256'][:SHORT_HASH]}" if stored else None
    return told


def in_language(texts: Mapping[str, str], lang: str) -> str:
    """The text in this language, else in English, else in any."""
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()), "")


def _confirmed(confirmed: Document, lang: str) -> dict[str, Any]:
    return {
        **confirmed,
        "label": labels("confirmed", lang).get(confirmed["method"], ""),
        "certainty_label": labels("certainty", lang).get(confirmed["certainty"], ""),
    }


def _labelled(kind: str, slug: str, lang: str) -> dict[str, str]:
    return {"id": slug, "label": labels(kind, lang).get(slug, slug)}
