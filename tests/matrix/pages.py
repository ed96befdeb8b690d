"""The permission matrix of the pages, literally: (method, route, act, state) and what each caller gets.

401: sent to the log-in; 404: hidden or absent alike; 403: seen but not allowed; 409: sent back with a word why not;
302: done. A page without a row fails the build.
"""

from __future__ import annotations

from typing import NamedTuple

CALLERS = ("anonymous", "trainee", "contributor", "steward", "stranger", "reviewer", "curator", "admin")
"""`stranger`: steward of another institution."""


class Page(NamedTuple):
    method: str
    route: str
    act: str
    state: str
    statuses: tuple[int, ...]


FORMS: dict[tuple[str, str], dict[str, str]] = {
    ("decide", "answer"): {"seen": "no"},
    ("decide", "mask"): {"keep": "[[0, 40, 200, 200]]"},
    ("attest", ""): {"attest": "yes"},
    ("read", ""): {"act": "refuse", "comment": "Too dark to read."},
    ("case-step", "withdraw"): {"reason": "patient_request"},
    ("language", ""): {"language": "fr"},
}
# fmt: off
PAGES = [
    Page("GET", "home", "", "",                        (200, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "browse", "", "",                      (200, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "account", "", "",                     (401, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "help", "", "",                        (200, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "components", "", "",                  (200, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "article", "privacy", "",              (200, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "problem", "not_found", "",            (200, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "problem-short", "not_found", "",      (302, 302, 302, 302, 302, 302, 302, 302)),
    Page("POST", "language", "", "",                   (302, 302, 302, 302, 302, 302, 302, 302)),
    Page("GET", "case", "", "draft",                   (404, 404, 404, 404, 404, 404, 404, 404)),
    Page("GET", "case", "", "submitted",               (404, 404, 404, 404, 404, 404, 404, 404)),
    Page("GET", "case", "", "accepted",                (404, 404, 404, 404, 404, 404, 404, 404)),
    Page("GET", "case", "", "published",               (200, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "case", "", "registered",              (404, 200, 200, 200, 200, 200, 200, 200)),
    Page("GET", "case", "", "suspended",               (404, 404, 404, 404, 404, 404, 404, 404)),
    Page("GET", "case", "", "withdrawn",               (410, 410, 410, 410, 410, 410, 410, 410)),
    Page("GET", "case", "", "absent",                  (404, 404, 404, 404, 404, 404, 404, 404)),
    Page("GET", "contribute", "", "",                  (401, 403, 200, 200, 200, 403, 403, 403)),
    Page("POST", "contribute", "", "",                 (401, 403, 422, 422, 422, 403, 403, 403)),
    Page("GET", "new-case", "", "",                    (401, 403, 200, 200, 200, 403, 403, 403)),
    Page("POST", "new-case", "", "",                   (401, 403, 422, 422, 422, 403, 403, 403)),
    Page("GET", "deposit", "", "deposit",              (401, 403, 200, 200, 404, 403, 403, 403)),
    Page("GET", "deposit", "", "inbox",                (401, 403, 200, 200, 404, 403, 403, 403)),
    Page("GET", "deposit", "", "absent",               (401, 403, 404, 404, 404, 403, 403, 403)),
    Page("POST", "add-files", "", "deposit",           (401, 403, 302, 403, 404, 403, 403, 403)),
    Page("POST", "attest", "", "deposit",              (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "add-files", "", "inbox",             (401, 403, 403, 403, 404, 403, 403, 403)),
    Page("POST", "attest", "", "inbox",                (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "answer", "awaiting",       (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "answer", "held",           (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "decide", "answer", "received",       (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "decide", "answer", "failed",         (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "decide", "answer", "absent",         (401, 403, 404, 404, 404, 403, 403, 403)),
    Page("POST", "decide", "mask", "awaiting",         (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "mask", "held",             (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "mask", "received",         (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "decide", "mask", "failed",           (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "decide", "discard", "awaiting",      (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "discard", "held",          (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "discard", "received",      (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "discard", "failed",        (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "retry", "awaiting",        (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "decide", "retry", "held",            (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "decide", "retry", "received",        (401, 403, 409, 409, 404, 403, 403, 403)),
    Page("POST", "decide", "retry", "failed",          (401, 403, 302, 302, 404, 403, 403, 403)),
    Page("POST", "decide", "nothing", "awaiting",      (404, 404, 404, 404, 404, 404, 404, 404)),
    Page("GET", "tag", "", "draft",                    (401, 403, 200, 200, 404, 403, 403, 403)),
    Page("POST", "tag", "", "draft",                   (401, 403, 422, 422, 404, 403, 403, 403)),
    Page("GET", "tag", "", "submitted",                (401, 403, 200, 200, 404, 403, 403, 403)),
    Page("POST", "tag", "", "submitted",               (401, 403, 422, 422, 404, 403, 403, 403)),
    Page("GET", "tag", "", "published",                (401, 403, 200, 200, 404, 403, 403, 403)),
    Page("POST", "tag", "", "published",               (401, 403, 422, 422, 404, 403, 403, 403)),
    Page("GET", "tag", "", "withdrawn",                (401, 403, 410, 410, 410, 403, 403, 403)),
    Page("POST", "tag", "", "withdrawn",               (401, 403, 410, 410, 410, 403, 403, 403)),
    Page("GET", "tag", "", "absent",                   (401, 403, 404, 404, 404, 403, 403, 403)),
    Page("POST", "tag", "", "absent",                  (401, 403, 404, 404, 404, 403, 403, 403)),
    Page("POST", "case-step", "recall", "draft",       (404, 404, 409, 409, 404, 404, 404, 404)),
    Page("POST", "case-step", "recall", "submitted",   (404, 404, 302, 302, 404, 404, 404, 404)),
    Page("POST", "case-step", "recall", "in_review",   (404, 404, 409, 409, 404, 404, 404, 404)),
    Page("POST", "case-step", "recall", "published",   (404, 404, 409, 409, 404, 404, 404, 404)),
    Page("POST", "case-step", "recall", "withdrawn",   (410, 410, 410, 410, 410, 410, 410, 410)),
    Page("POST", "case-step", "drop", "draft",         (404, 404, 302, 302, 404, 404, 404, 404)),
    Page("POST", "case-step", "drop", "submitted",     (404, 404, 409, 409, 404, 404, 404, 404)),
    Page("POST", "case-step", "drop", "in_review",     (404, 404, 409, 409, 404, 404, 404, 404)),
    Page("POST", "case-step", "drop", "published",     (404, 404, 409, 409, 404, 404, 404, 404)),
    Page("POST", "case-step", "drop", "withdrawn",     (410, 410, 410, 410, 410, 410, 410, 410)),
    Page("POST", "case-step", "withdraw", "draft",     (404, 404, 302, 302, 404, 404, 404, 404)),
    Page("POST", "case-step", "withdraw", "submitted", (404, 404, 302, 302, 404, 404, 404, 404)),
    Page("POST", "case-step", "withdraw", "in_review", (404, 404, 302, 302, 404, 404, 404, 404)),
    Page("POST", "case-step", "withdraw", "published", (404, 404, 302, 302, 404, 404, 404, 404)),
    Page("POST", "case-step", "withdraw", "withdrawn", (410, 410, 410, 410, 410, 410, 410, 410)),
    Page("POST", "case-step", "nothing", "draft",      (404, 404, 404, 404, 404, 404, 404, 404)),
    Page("GET", "review", "", "",                      (401, 403, 403, 403, 403, 200, 200, 403)),
    Page("POST", "review-next", "", "",                (401, 403, 403, 403, 403, 302, 302, 403)),
    Page("GET", "read", "", "draft",                   (401, 403, 403, 403, 403, 404, 404, 403)),
    Page("POST", "read", "", "draft",                  (401, 403, 403, 403, 403, 404, 404, 403)),
    Page("POST", "claim", "", "draft",                 (401, 403, 403, 403, 403, 404, 404, 403)),
    Page("GET", "read", "", "submitted",               (401, 403, 403, 403, 403, 409, 409, 403)),
    Page("POST", "read", "", "submitted",              (401, 403, 403, 403, 403, 409, 409, 403)),
    Page("POST", "claim", "", "submitted",             (401, 403, 403, 403, 403, 302, 302, 403)),
    Page("GET", "read", "", "in_review",               (401, 403, 403, 403, 403, 200, 409, 403)),
    Page("POST", "read", "", "in_review",              (401, 403, 403, 403, 403, 302, 409, 403)),
    Page("POST", "claim", "", "in_review",             (401, 403, 403, 403, 403, 302, 302, 403)),
    Page("GET", "read", "", "accepted",                (401, 403, 403, 403, 403, 409, 409, 403)),
    Page("POST", "read", "", "accepted",               (401, 403, 403, 403, 403, 409, 409, 403)),
    Page("POST", "claim", "", "accepted",              (401, 403, 403, 403, 403, 302, 302, 403)),
    Page("GET", "read", "", "published",               (401, 403, 403, 403, 403, 404, 404, 403)),
    Page("POST", "read", "", "published",              (401, 403, 403, 403, 403, 404, 404, 403)),
    Page("POST", "claim", "", "published",             (401, 403, 403, 403, 403, 404, 404, 403)),
    Page("GET", "curate", "", "",                      (401, 403, 403, 403, 403, 403, 200, 403)),
    Page("POST", "curate-act", "publish", "draft",     (401, 403, 403, 403, 403, 403, 404, 403)),
    Page("POST", "curate-act", "publish", "accepted",  (401, 403, 403, 403, 403, 403, 302, 403)),
    Page("POST", "curate-act", "publish", "published", (401, 403, 403, 403, 403, 403, 404, 403)),
    Page("POST", "curate-act", "publish", "suspended", (401, 403, 403, 403, 403, 403, 409, 403)),
    Page("POST", "curate-act", "publish", "withdrawn", (401, 403, 403, 403, 403, 403, 404, 403)),
    Page("POST", "curate-act", "suspend", "accepted",  (401, 403, 403, 403, 403, 403, 409, 403)),
    Page("POST", "curate-act", "suspend", "published", (401, 403, 403, 403, 403, 403, 302, 403)),
    Page("POST", "curate-act", "suspend", "suspended", (401, 403, 403, 403, 403, 403, 409, 403)),
    Page("POST", "curate-act", "suspend", "withdrawn", (401, 403, 403, 403, 403, 403, 409, 403)),
    Page("POST", "curate-act", "restore", "accepted",  (401, 403, 403, 403, 403, 403, 409, 403)),
    Page("POST", "curate-act", "restore", "published", (401, 403, 403, 403, 403, 403, 404, 403)),
    Page("POST", "curate-act", "restore", "suspended", (401, 403, 403, 403, 403, 403, 302, 403)),
    Page("POST", "curate-act", "restore", "withdrawn", (401, 403, 403, 403, 403, 403, 404, 403)),
    Page("POST", "curate-act", "withdraw", "published", (401, 403, 403, 403, 403, 403, 404, 403)),
    Page("POST", "curate-act", "withdraw", "withdrawn", (401, 403, 403, 403, 403, 403, 404, 403)),
    Page("POST", "curate-act", "nothing", "accepted",  (401, 403, 403, 403, 403, 403, 404, 403)),
]
# fmt: on
