"""What holds for every operation, in words: for the page that describes the interface."""

from __future__ import annotations

from typing import Final

RULES: Final = (
    (
        "Who asks",
        "`Authorization: Bearer TOKEN`, or the session of a browser with its CSRF token in the header X-CSRFToken. A "
        "token is made in the account, shown once, kept as a hash, has scopes (`read`, `deposit`, `tag`, `mirror`, "
        "`withdraw`), ends after 90 days unless said otherwise, and can be revoked; `tokens/` tells the day of its "
        "last use. OAuth 2.0: `POST /oauth/token/` with `grant_type=client_credentials`, the id of a token as client "
        "(or the e-mail address of its account) and the token as its secret, gives an access token for an hour.",
    ),
    (
        "Errors",
        "`application/problem+json` (RFC 9457). `type` is the address of a page that says what to do, `code` is "
        "stable, `errors` names the fields. All codes: `vocabulary/problems/`.",
    ),
    (
        "Doing things once",
        "Every unsafe request takes `Idempotency-Key`. The same key and body within 24 hours give the same answer, "
        "with `Idempotency-Replayed: true`; a second request waits for the first; another body is 422.",
    ),
    (
        "Not overwriting others",
        "Reads carry a strong `ETag`; `If-None-Match` answers 304. A write with `If-Match` is 412 `precondition` where "
        "the version is another one by now. The steps of a case compare with `cases/{id}/`; while the next revision of "
        "a published case is in work, its tag is that of `cases/{id}/draft/`.",
    ),
    (
        "Lists",
        "`limit` and an opaque `cursor`, which is `next` or `previous` of an answer; the header Link has both. A "
        "cursor belongs to its list: send the other parameters with it.",
    ),
    (
        "How often",
        "`RateLimit` and `RateLimit-Policy` tell what is left of the minute (with `RateLimit-Limit`, `-Remaining` and "
        "`-Reset` as older clients know them). Beyond that 429 with `Retry-After`. Media are not counted.",
    ),
    (
        "Language, form, time",
        "Labels and sentences in the language of `Accept-Language` or `?lang=` (en, fr, de, es, da); ids are always "
        "the same. There is one form of everything; who accepts it not is told 406. Times are UTC (RFC 3339).",
    ),
    (
        "Many at once",
        "`deposits/` takes many files or a ZIP in one request, `cases/tags/` changes up to 100 drafts, "
        "`cases/export.ndjson` gives every case of a search, a version of a collection comes as a ZIP, and "
        "`fhir/ImagingStudy` gives cases to programs that speak FHIR R4.",
    ),
)
VERSIONS: Final = (
    "The number in the address (`v1`) is that of the contract. Within it addresses, methods, fields, codes of problems "
    "and slugs of terms are only ever added; what is there keeps its name, its type and its meaning. A client ignores "
    "fields and codes that it does not know, and takes a code it does not know by its status.",
    "What ever has to go is announced in the changelog and on this page, keeps working for at least 12 months, and "
    "answers meanwhile with the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594), which link to what replaces "
    "it. A mistake that endangers patients' privacy is the one exception: it is closed at once.",
    "A change that breaks clients gets a new number (`v2`), beside which the one before stays for at least 24 months. "
    "The version of the program (`node/`) and the release of the vocabulary count on their own; a retired term keeps "
    "its address and names its successor.",
)
