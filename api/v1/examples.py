"""An example for every operation of the description, made of its own shapes; and every error as it would be told.

What is shown is made-up: values go by the name of a field where there is a telling one, else by its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import override

from api.conditions import PreconditionFailed
from api.problems import MEDIA_TYPE, problem
from imagebank.core.errors import BankError, Conflict, Denied, Gone, Invalid, Missing, SignInFirst, Unsupported, Wait

Schema = dict[str, Any]
UNSAFE: Final = ("post", "patch", "put", "delete")
DEEPEST: Final = 12
ID: Final = "3f2b8c1e-6d4a-4e0f-9a57-0c1d2e3f4a5b"
BY_NAME: Final[dict[str, Any]] = {
    "id": ID, "slug": "pleural-effusions", "term": "pleural-effusion-simple", "label": "Simple pleural effusion",
    "presence": "present", "polarity": "abnormal", "threat": "potential", "severity": "", "view": "lung-plaps-right",
    "view_label": "PLAPS point, right", "title": {"en": "Breathless for a week"}, "vignette": {"en": "A woman of 70."},
    "indication": "pleural-effusion-suspected", "setting": "ed", "age_band": "adult-65-79", "sex": "female",
    "country": "DK", "licence": "LicenseRef-Imagebank-Teaching-1.0", "credit": "Demo Hospital", "name": "Demo Hospital",
    "email": "pacs@demo.example", "vendor": "acme", "model": "one", "probe": "curvilinear", "mode": "b-mode",
    "state": "draft", "code": "", "reason": "", "next": None, "previous": None, "lang": "en", "event": "publish",
    "scopes": ["read"], "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "version": 1,
    "address": "https://bank.example/", "url": "https://bank.example/hooks/", "name_shown": "file 1", "credit_line": "",
    "playback": f"/api/v1/clips/{ID}/playback.mp4?v=9f86d081", "poster": f"/api/v1/clips/{ID}/poster.webp?v=9f86d081",
    "small": f"/api/v1/clips/{ID}/small.mp4?v=9f86d081", "dicom": f"/api/v1/clips/{ID}/dicom?v=9f86d081",
    "frame": f"/api/v1/clips/{ID}/frames/{{n}}.webp?v=9f86d081", "text": "Words.", "note": {"en": "Words."},
    "points": [[0.2, 0.3], [0.6, 0.7]], "region": [0.1, 0.2, 0.6, 0.7], "keep": [[0, 40, 640, 480]],
    "orcid": "0000-0002-1825-0097", "method": "ct", "certainty": "certain", "language": "en", "event_types": ["head"],
}  # fmt: skip
"""Used where the shape of the field takes it."""
BY_FORMAT: Final = {
    "uuid": ID, "date": "2026-03-01", "date-time": "2026-03-01T12:00:00Z", "uri": "https://bank.example/",
    "email": "pacs@demo.example", "binary": "bytes of the file",
}  # fmt: skip
BY_PATTERN: Final = {"^[A-Z]{2}$": "DK"}
BY_TYPE: Final = {"string": "text", "integer": 1, "number": 0.5, "boolean": False, "null": None}
BY_MEDIA: Final = {
    "text/turtle": "<#findings> a <http://www.w3.org/2004/02/skos/core#ConceptScheme> .\n",
    "application/x-bibtex": "@misc{effusions-v1, title = {Effusions}, year = {2026}}\n",
    "application/x-ndjson": f'{{"url":"https://bank.example/api/v1/cases/{ID}/","id":"{ID}","state":"published"}}\n',
    "application/fhir+json": {"resourceType": "Bundle", "type": "collection"},
}  # fmt: skip
BODIES: Final[dict[str, Any]] = {
    "cases_create": {
        "indication": "pleural-effusion-suspected", "setting": "ed", "age_band": "adult-65-79", "sex": "female",
        "clips": [{"id": ID, "view": "lung-plaps-right"}],
        "findings": [{"term": "pleural-effusion-simple", "presence": "present", "clip": ID}],
        "confirmed": {"method": "ct", "certainty": "certain"}, "title": {"en": "Breathless for a week"},
    },
    "cases_change": {"findings": [{"term": "pleural-effusion-simple", "presence": "absent"}]},
    "cases_tag": {"cases": [{"id": ID, "findings": [{"term": "pleural-effusion-simple", "presence": "present"}]}]},
    "deposits_create": {"licence": "LicenseRef-Imagebank-Teaching-1.0", "purpose": "bank"},
}  # fmt: skip
"""By operation: what is sent in a usual request, where the shape alone would show more than one writes."""
READING: Final = (SignInFirst(), Denied("scope"), Wait(30))
WRITING: Final = (Denied("csrf"), Invalid("idempotency_key"), PreconditionFailed(), Conflict("wrong_state"))
PLACED: Final = (Missing(), Gone())
SENDING: Final = (Invalid(errors={"indication": "This is not in the vocabulary."}), Unsupported())


def add_examples(document: dict[str, Any]) -> None:
    """Put an example beside every body and answer of the document that has none, and errors beside every operation."""
    every = {error.code: error for error in (*READING, *WRITING, *PLACED, *SENDING)}
    with override("en"):
        told = {code: {"value": problem(error)} for code, error in every.items()}
    document["components"]["examples"] = told
    components = document["components"]["schemas"]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "operationId" in operation:
                _complete(operation, method, path, components)


def _complete(operation: dict[str, Any], method: str, path: str, components: Mapping[str, Schema]) -> None:
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        usual = BODIES.get(operation["operationId"])
        content.setdefault("example", usual if usual else example_of(kind, content.get("schema", {}), components))
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if status == "default" and kind == MEDIA_TYPE:
                codes = [error.code for error in _errors(operation, method, path)]
                content["examples"] = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
            else:
                content.setdefault("example", example_of(kind, content.get("schema", {}), components))


def _errors(operation: dict[str, Any], method: str, path: str) -> Iterator[BankError]:
    """What this operation may be refused with, by its kind."""
    yield from READING
    if "{" in path:
        yield from PLACED
    if method in UNSAFE:
        yield from WRITING
    if "requestBody" in operation:
        yield from SENDING


def example_of(kind: str, schema: Schema, components: Mapping[str, Schema]) -> Any:
    """A value of this media type and shape."""
    media = kind.partition(";")[0]
    return BY_MEDIA[media] if media in BY_MEDIA else _value("", schema, components, 0)


def _value(name: str, schema: Schema, components: Mapping[str, Schema], depth: int) -> Any:
    if "$ref" in schema:
        return _value(name, components[schema["$ref"].rpartition("/")[2]], components, depth)
    for choice in ("allOf", "oneOf", "anyOf"):
        if schema.get(choice):
            return _value(name, schema[choice][0], components, depth)
    kind = _kind(schema)
    if name in BY_NAME and _fits(BY_NAME[name], schema, kind):
        return BY_NAME[name]
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        return _object(schema, components, depth)
    if kind == "array":
        return _array(name, schema, components, depth)
    known = BY_PATTERN.get(schema.get("pattern", "")) or BY_FORMAT.get(schema.get("format", ""))
    found = known or BY_TYPE.get(kind, {})
    return max(found, schema.get("minimum", found)) if kind in ("integer", "number") else found


def _object(schema: Schema, components: Mapping[str, Schema], depth: int) -> Any:
    if depth >= DEEPEST:
        return {}
    fields = schema.get("properties", {})
    return {name: _value(name, field, components, depth + 1) for name, field in fields.items()}


def _array(name: str, schema: Schema, components: Mapping[str, Schema], depth: int) -> Any:
    least = max(1, schema.get("minItems", 1))
    return [_value(name.removesuffix("s"), schema.get("items", {}), components, depth + 1) for _ in range(least)]


def _kind(schema: Schema) -> str:
    kind = schema.get("type", "")
    return next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else str(kind)


def _fits(value: Any, schema: Schema, kind: str) -> bool:
    """Whether a value goes where the shape wants it; the test of the description holds all of them to their shapes."""
    if value is None:
        return "null" in schema.get("type", "")
    if "enum" in schema or kind not in TYPES:
        return "enum" in schema and value in schema["enum"]
    return type(value) in TYPES[kind] and ("format" not in schema or value == BY_FORMAT.get(schema["format"]))


TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,), "integer": (int,), "number": (float, int), "array": (list,), "object": (dict,),
}  # fmt: skip
