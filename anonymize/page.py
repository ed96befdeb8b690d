"""A batch as one readable page: what came out, what was removed, what is held and why (`--html`).

The page holds no identifier: no file name, no text of a source, and no picture but those that passed the second look.
In the place of the picture before stands a drawing of the screen in which all that was blanked is hatched; the true
one is shown only when it is asked for (`with_originals`), and then the page is as private as the originals.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from anonymize import codes
from anonymize.batch import Done
from anonymize.codes import Verdict

VERDICTS: Final[tuple[Verdict, ...]] = ("clean", "held", "refused", "failed")
_CATEGORIES: Final = {
    "name": "Names of persons", "id": "Numbers of patient, study, order", "date": "Dates and times of day",
    "uid": "Unique identifiers", "institution": "Institution, address, telephone", "device": "Station, serial number",
    "patient": "Other facts of the patient", "text": "Free text", "private": "Private elements of the maker",
    "unknown": "Elements that nobody defined", "overlay": "Overlays and curves", "icon": "Icon pictures",
    "preamble": "Bytes before the DICOM mark", "meta": "File meta information", "trailing": "Bytes behind the end",
    "stray": "Stray delimiters", "other": "Other attributes, and values that break their rule",
}  # fmt: skip
_FACTS: Final = ("rows", "columns", "frames", "fps", "maker", "model", "probe", "age_band", "sex")


@dataclass(slots=True)
class Page:
    """Collects the files of a batch. `place`: an `.html` file with all inside, or a folder for page and pictures."""

    place: Path
    with_originals: bool = False
    _rows: list[str] = field(default_factory=list)
    _verdicts: Counter[str] = field(default_factory=Counter)
    _codes: Counter[str] = field(default_factory=Counter)
    _removed: Counter[str] = field(default_factory=Counter)

    @property
    def pictures(self) -> tuple[str, ...]:
        """Those that the jobs must give."""
        return ("after", "before") if self.with_originals else ("after",)

    def add(self, done: Done) -> None:
        """One file of the batch."""
        report = done.report
        self._verdicts[report.verdict] += 1
        self._codes[report.code] += 1
        self._removed.update(report.removed)
        self._rows.append(_ROW.substitute(
            index=f"{done.item.index:06d}", verdict=report.verdict, sentence=escape(report.sentence),
            code=escape(report.code), pictures="".join(self._figures(done)), facts=_facts(report.facts),
            removed=_list((_CATEGORIES.get(name, "Other"), n) for name, n in _largest(report.removed)),
        ))  # fmt: skip

    def write(self) -> Path:
        """Write the page; gives the path of its file."""
        whole = _PAGE.substitute(
            style=_STYLE, privacy=_PRIVATE if self.with_originals else _PUBLIC,
            count=sum(self._verdicts.values()),
            verdicts="".join(
                f'<li class="{v}"><b>{self._verdicts[v]}</b> {v}</li>' for v in VERDICTS if self._verdicts[v]
            ),
            removed=_table((_CATEGORIES.get(name, "Other"), n) for name, n in _largest(self._removed)),
            reasons=_table((codes.sentence(code), n) for code, n in _largest(self._codes) if code != "clean"),
            rows="\n".join(self._rows),
        )  # fmt: skip
        path = self.place if self._single else self.place / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(whole, encoding="utf-8")
        return path

    @property
    def _single(self) -> bool:
        return self.place.suffix.lower() in (".html", ".htm")

    def _figures(self, done: Done) -> Iterable[str]:
        before = done.pictures.get("before") if self.with_originals else None
        if before:
            yield _figure(self._image(before, f"{done.item.index:06d}-before"), "before: the original")
        elif drawing := _drawing(done.report.as_json()):
            yield _figure(drawing, "before: hatched is blanked")
        after = done.pictures.get("after")
        if after and done.report.verdict == "clean":
            yield _figure(self._image(after, f"{done.item.index:06d}-after"), "after")

    def _image(self, data: bytes, name: str) -> str:
        """Within the page, or beside it."""
        if self._single:
            return f'<img alt="" src="data:image/webp;base64,{base64.b64encode(data).decode("ascii")}">'
        path = self.place / "pictures" / f"{name}.webp"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return f'<img alt="" loading="lazy" src="pictures/{path.name}">'


def _largest(counts: Counter[str] | dict[str, int]) -> list[tuple[str, int]]:
    return sorted(((name, n) for name, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0]))


def _figure(inside: str, caption: str) -> str:
    return f"<figure>{inside}<figcaption>{caption}</figcaption></figure>"


def _drawing(report: dict[str, Any]) -> str:
    """The screen as a drawing: what is kept left open, the rest and each blanked box hatched."""
    rows, columns = (int(report["facts"].get(name, 0)) for name in ("rows", "columns"))
    if not rows or not columns:
        return ""
    kept = "".join(_box(box, "kept") for mask in report["masks"] for box in mask["keep"])
    blanked = "".join(_box(box, "blanked") for mask in report["masks"] for box in mask["blanked"])
    return (
        f'<svg viewBox="0 0 {columns} {rows}" role="img" aria-label="what was blanked">'
        f'<rect width="{columns}" height="{rows}" class="blanked"/>{kept}{blanked}</svg>'
    )


def _box(box: list[int], kind: str) -> str:
    left, top, right, bottom = map(int, box)
    return f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" class="{kind}"/>'


def _facts(facts: dict[str, Any]) -> str:
    told = [(name.replace("_", " "), facts[name]) for name in _FACTS if facts.get(name) not in (None, "")]
    return _list(told)


def _list(pairs: Iterable[tuple[str, Any]]) -> str:
    return "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>" for name, value in pairs)


def _table(pairs: Iterable[tuple[str, int]]) -> str:
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{count}</td></tr>" for name, count in pairs)
    return f"<table>{rows}</table>" if rows else "<p>Nothing.</p>"


_PUBLIC: Final = "This page names no file and shows no original picture."
_PRIVATE: Final = "<strong>This page shows original pictures: keep it as private as the originals.</strong>"
_STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882}
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem;font-variant-numeric:tabular-nums}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin:1.5rem 0 .5rem}
ul{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;list-style:none}
li{border:1px solid var(--line);border-left-width:6px;border-radius:4px;padding:.25rem .75rem}
.clean{border-left-color:#2a8a4a}.held{border-left-color:#c98a00}.refused{border-left-color:#888}
.failed{border-left-color:#c0392b}
table{border-collapse:collapse}td{padding:.15rem 1.5rem .15rem 0;border-bottom:1px solid var(--line)}
td:last-child{text-align:right;padding-right:0}
article{border:1px solid var(--line);border-left-width:6px;border-radius:4px;padding:.75rem 1rem;margin:.75rem 0}
article h3{margin:0;font-size:1rem}article p{margin:.25rem 0 .5rem}
.pictures{display:flex;flex-wrap:wrap;gap:.75rem}
figure{margin:0;flex:0 1 20rem}figcaption{font-size:.85rem}
img,svg{display:block;width:100%;background:#111;border-radius:4px}
svg .kept{fill:#3a4a55;stroke:#9fd0ff;stroke-width:2}
svg .blanked{fill:url(#hatch);stroke:#e0b050;stroke-width:1}
dl{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.5rem 0 0;font-size:.9rem}dl div{display:flex;gap:.4rem}
dt{opacity:.75}dt::after{content:":"}dd{margin:0}
code{font-size:.85rem}
"""
_ROW: Final = Template("""<article class="$verdict"><h3>$index · $verdict</h3>
<p>$sentence <code>$code</code></p><div class="pictures">$pictures</div><dl>$facts</dl>
<details><summary>removed</summary><dl>$removed</dl></details></article>""")
_PAGE: Final = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><title>De-identification of a batch</title><style>$style</style></head>
<body><svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<pattern id="hatch" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="12" height="12" fill="#222"/><rect width="3" height="12" fill="#b98a30"/></pattern></defs></svg>
<h1>De-identification of $count files</h1><p>$privacy</p><ul>$verdicts</ul>
<h2>Removed, by category</h2>$removed
<h2>Held, refused or failed, and why</h2>$reasons
<h2>Files, in sorted order of their paths</h2>
$rows
</body></html>
""")
