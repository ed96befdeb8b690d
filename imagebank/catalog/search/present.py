"""A stored document as readers get it: labels in their language, addresses of the media (interface: case)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imagebank.vocabulary.selectors import labels

MEDIA: Final = "/api/v1/clips"
FILES: Final = {
    "playback": "playback.mp4",
    "small": "small.mp4",
    "poster": "poster.webp",
    "frames": "frames/{n}.webp",
    "dicom": "dicom",
}
SHORT_HASH: Final = 8
Document = Mapping[str, Any]


def case_json(document: Document, lang: str) -> dict[str, Any]:
    """The case of interface.md. `document` is PublicCase.document or a draft's; `lang` one of the five languages."""
    indication = _labelled("indication", document["indication"], lang)
    return {
        **document,
        "title": in_language(document["title"], lang) or indication["label"],
        "titles": document["title"],
        "vignette": in_language(document["vignette"], lang),
        "vignettes": document["vignette"],
        "indication": indication,
        "findings": [_finding(finding, lang) for finding in document["findings"]],
        "clips": [clip_json(clip, lang) for clip in document["clips"]],
        "confirmed": _confirmed(document["confirmed"], lang),
        "labels": {
            name: labels(facet, lang).get(document[name], "")
            for name, facet in (("setting", "setting"), ("age_band", "age_band"), ("sex", "sex"), ("bmi_class", "bmi"))
            if document[name]
        },
    }


def clip_json(clip: Document, lang: str) -> dict[str, Any]:
    """A clip with the addresses of its media, which carry the first letters of the object's hash."""
    told = {name: value for name, value in clip.items() if name != "media"}
    addresses = {role: _address(clip, role) for role in FILES if role != "frames"}
    return {
        **told,
        "view_label": labels("view", lang).get(clip["view"] or "", ""),
        **addresses,
        "frame": _address(clip, "frames"),
    }


def in_language(texts: Mapping[str, str], lang: str) -> str:
    """The text in this language, else in English, else in any."""
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()), "")


def _address(clip: Document, role: str) -> str | None:
    """None where there is no such object; that of a frame holds `{n}`, counted from 1."""
    stored = clip["media"].get(role)
    return f"{MEDIA}/{clip['id']}/{FILES[role]}?v={stored['sha256'][:SHORT_HASH]}" if stored else None


def _finding(finding: Document, lang: str) -> dict[str, Any]:
    return {**finding, "label": labels("finding", lang).get(finding["term"], finding["term"])}


def _confirmed(confirmed: Document, lang: str) -> dict[str, Any]:
    return {
        **confirmed,
        "label": labels("confirmed", lang).get(confirmed["method"], ""),
        "certainty_label": labels("certainty", lang).get(confirmed["certainty"], ""),
    }


def _labelled(kind: str, slug: str, lang: str) -> dict[str, str]:
    return {"id": slug, "label": labels(kind, lang).get(slug, slug)}
