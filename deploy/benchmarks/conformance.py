"""Sixty checks of the REST interface against a node that runs, from the standards that it names.

    python -m deploy.benchmarks.conformance http://127.0.0.1:8000 TOKEN

RFC 9110 (HTTP), 9457 (problems), 6750 and 6749 (tokens), 8288 (links), 6585 (429), 3339 (times), draft-ietf-httpapi
ratelimit-headers and idempotency-key, and the interface's own promises. The token is that of a service account with
`read`, `deposit` and `withdraw`, as the demo prints it. One line a check; exit 1 when one fails.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import uuid
from collections.abc import Callable
from typing import Any, Final

import requests

Check = Callable[["Node"], Any]
CHECKS: list[tuple[str, str, Check]] = []
ABSENT: Final = "00000000-0000-4000-8000-000000000000"
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


class Node:
    """The node, asked with a token, without one, or by some other way."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token, self.line = address.rstrip("/"), token, requests.Session()
        self.line.trust_env = False

    def ask(self, method: str, path: str, *, auth: bool = True, **options: Any) -> requests.Response:
        headers = dict(options.pop("headers", {}))
        if auth:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        target = f"{self.address}{path}" if path.startswith("/") else f"{self.address}/api/v1/{path}"
        return self.line.request(method, target, headers=headers, timeout=60, allow_redirects=False, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.ask("POST", path, **options)

    @property
    def case(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("cases/?limit=1").json()["results"][0]
        return found

    @property
    def clip(self) -> str:
        return f"clips/{self.case['clips'][0]['id']}/"

    def deposit(self, **headers: str) -> requests.Response:
        """An empty one."""
        return self.post("deposits/", json={}, headers=headers)


def is_problem(answer: requests.Response, status: int, code: str = "") -> bool:
    """As RFC 9457 has it, with our `code`."""
    if answer.status_code != status or answer.headers["Content-Type"].split(";")[0] != "application/problem+json":
        return False
    told = answer.json()
    whole = {"type", "title", "status", "detail", "code"} <= told.keys() and told["status"] == status
    return whole and (not code or told["code"] == code)


def check(source: str, what: str, right: Check) -> None:
    """Put a check on the list; it passes when it gives something true."""
    CHECKS.append((source, what, right))


# --- RFC 9110: methods and statuses
check(
    "9110 9.3.1", "GET answers 200 with JSON", lambda n: n.get("cases/").headers["Content-Type"] == "application/json"
)
check("9110 9.3.2", "HEAD answers as GET, without a body", lambda n: _head(n, "node/"))
check("9110 9.3.2", "HEAD of bytes tells their length", lambda n: _head(n, n.clip + "poster.webp"))
check("9110 9.3.7", "OPTIONS names the methods", lambda n: "GET" in n.ask("OPTIONS", "cases/").headers["Allow"])
check("9110 9.3.7", "OPTIONS has no body", lambda n: n.ask("OPTIONS", "cases/").status_code == 204)
check("9110 15.5.6", "405 with Allow", lambda n: _not_allowed(n.ask("PUT", "cases/"), {"GET", "POST"}))
check("9110 15.5.6", "405 for DELETE of a list", lambda n: _not_allowed(n.ask("DELETE", "findings/"), {"GET"}))
check("9110 15.5.6", "TRACE is not taken", lambda n: n.ask("TRACE", "node/").status_code == 405)
check("9110 15.5.5", "404 as a problem", lambda n: is_problem(n.get(f"cases/{ABSENT}/"), 404, "not_found"))
check("9110 15.5.5", "404 for an address that is none", lambda n: is_problem(n.get("nothing/"), 404))
check("9110 15.5.5", "POST to one is 404 too", lambda n: is_problem(n.post("nothing/", json={}), 404))
check("9110 15.5.2", "401 with a challenge", lambda n: _challenged(n.get("me/", auth=False)))
check("9110 15.5.4", "403 for what a token may not do", lambda n: is_problem(n.get("tokens/"), 403, "token_by_person"))
check("9110 15.5.16", "415 for XML", lambda n: is_problem(_typed(n, "text/xml"), 415, "media_type"))
check("9110 15.5.16", "415 for a form", lambda n: is_problem(_typed(n, "application/x-www-form-urlencoded"), 415))
check("9110 15.5.1", "400 for JSON that is none", lambda n: is_problem(_sent(n, b"{"), 400, "malformed"))
check("9110 15.5.1", "400 for what is not UTF-8", lambda n: is_problem(_sent(n, b'{"a":"\xff"}'), 400))
check("9110 15.5.14", "413 for a body beyond the limit",
       lambda n: is_problem(_sent(n, b'{"a":"' + b"x" * (1 << 20) + b'"}'), 413))  # fmt: skip
check("9110 15.5.21", "422 names the fields", lambda n: "limit" in n.get("cases/?limit=0").json()["errors"])
check("9110 15.3.2", "201 with Location that can be read", lambda n: _made(n))
check("9110 12.5.1", "406 for a form that there is not", lambda n: is_problem(_accepting(n, "text/html"), 406))
check("9110 12.4.2", "q=0 refuses", lambda n: _accepting(n, "application/json;q=0").status_code == 406)
check("9110 12.5.1", "ranges are understood", lambda n: _accepting(n, "application/*;q=0.1").ok)
check("9110 12.5.4", "Accept-Language decides the labels", lambda n: _french(n, {"Accept-Language": "fr"}, ""))
check("interface", "?lang decides before it", lambda n: _french(n, {"Accept-Language": "de"}, "?lang=fr"))
check("9110 8.5", "Content-Language tells it",
       lambda n: n.get("node/", headers={"Accept-Language": "da"}).headers["Content-Language"] == "da")  # fmt: skip
check("9110 12.5.5", "Vary names what the answer depends on",
       lambda n: {"Accept-Language", "Authorization"} <= set(n.get("cases/").headers["Vary"].split(", ")))  # fmt: skip
# --- RFC 9110: validators and ranges
check("9110 8.8.3", "reads carry a strong ETag", lambda n: n.get("findings/").headers["ETag"].startswith('"'))
check("9110 13.1.2", "If-None-Match answers 304 with the ETag", lambda n: _unchanged(n, "findings/"))
check("9110 13.1.2", "also a weak one", lambda n: _unchanged(n, "findings/", "W/"))
check("9110 13.1.2", "also for a search", lambda n: _unchanged(n, "cases/?order=newest"))
check("9110 13.1.1", "If-Match with another tag is 412",
       lambda n: is_problem(n.get("findings/", headers={"If-Match": '"x"'}), 412, "precondition"))  # fmt: skip
check("9110 13.1.1", "a write with another tag is 412", lambda n: is_problem(n.deposit(**{"If-Match": '"x"'}), 412))
check("9110 14.2", "a range is 206 with Content-Range", lambda n: _range(n, "bytes=0-9", 206, 10))
check("9110 14.1.2", "a suffix too", lambda n: _range(n, "bytes=-5", 206, 5))
check("9110 14.2", "beyond the end 416", lambda n: _range(n, "bytes=99999999999-", 416, 0))
check("9110 14.3", "Accept-Ranges", lambda n: n.get(n.clip + "playback.mp4").headers["Accept-Ranges"] == "bytes")
check("9110 13.1.5", "If-Range of another version gives the whole", lambda n: _if_range(n))
# --- RFC 9457, 6750, 6749
check("9457 3.1.1", "the type is an address that can be read", lambda n: _explained(n))
check("9457 3.1", "title is the status in words", lambda n: n.get(f"cases/{ABSENT}/").json()["title"] == "Not Found")
check("9457 3", "never stored", lambda n: "no-store" in n.get(f"cases/{ABSENT}/").headers["Cache-Control"])
check("6750 3.1", "an unknown token is invalid_token",
       lambda n: 'error="invalid_token"' in _bad_token(n).headers["WWW-Authenticate"])  # fmt: skip
check("6750 2.1", "the scheme's name has no case",
       lambda n: n.get("me/", headers={"Authorization": f"bearer {n.token}"}).ok)  # fmt: skip
check("6749 4.4", "client credentials give a token", lambda n: n.get("me/", headers=_given(n)).json()["via"] == "token")
check("6749 5.1", "which is never stored", lambda n: _oauth(n).headers["Cache-Control"] == "no-store")
check("6749 5.2", "a wrong secret is invalid_client",
       lambda n: _oauth(n, **{"client_secret": "x"}).json()["error"] == "invalid_client")  # fmt: skip
check("6749 5.2", "another grant is unsupported_grant_type",
       lambda n: _oauth(n, grant_type="password").json()["error"] == "unsupported_grant_type")  # fmt: skip
check("6749 2.3.1", "the client by HTTP Basic", lambda n: "access_token" in _by_basic(n).json())
# --- drafts: rates, idempotency
check("ratelimit", "RateLimit and its policy", lambda n: _rates(n.get("node/").headers))
check("ratelimit", "what is left counts down", lambda n: _left(n) > _left(n))
check("6585 4", "429 with Retry-After", lambda n: _too_many(n))
check("idempotency", "same key, same answer", lambda n: _twice(n, {}, {}))
check("idempotency", "same key, another body: 422", lambda n: _twice(n, {}, {"purpose": "bank"}) == "idempotency_key")
check("idempotency", "a replay says so", lambda n: _replayed(n).headers.get("Idempotency-Replayed") == "true")
# --- lists, times, description, the interface
check("8288", "Link leads to the next page", lambda n: _walk(n))
check("interface", "cursors are opaque and checked",
       lambda n: is_problem(n.get("deposits/?cursor=nothing"), 422, "invalid"))  # fmt: skip
check("interface", "limit up to 1,000", lambda n: n.get("institutions/?limit=1000").ok)
check("3339", "times are UTC", lambda n: bool(TIME.fullmatch(n.deposit().json()["created_at"])))
check("OpenAPI", "3.1, an example for every operation", lambda n: _described(n))
check("interface", "the docs name nothing outside", lambda n: not re.search("https?://", _docs(n)))
check("interface", "NDJSON: a case a line, with its address", lambda n: _exported(n))
check("interface", "who I am", lambda n: {"read", "deposit"} <= set(n.get("me/").json()["scopes"]))
check("interface", "no cookie for a reader", lambda n: not n.get("cases/", auth=False).cookies)
check("FHIR R4", "a case as ImagingStudy", lambda n: _study(n)["resourceType"] == "ImagingStudy")
check("8414", "metadata of the server", lambda n: _metadata(n)["token_endpoint"].endswith("/oauth/token/"))
check("hostile", "NUL in a parameter is no fault of ours", lambda n: n.get("cases/?q=%00").status_code in (400, 422))


def _head(n: Node, path: str) -> bool:
    whole, head = n.get(path), n.ask("HEAD", path)
    same = all(whole.headers.get(name) == head.headers.get(name) for name in ("Content-Type", "ETag", "Content-Length"))
    return same and head.status_code == 200 and not head.content


def _not_allowed(answer: requests.Response, methods: set[str]) -> bool:
    return is_problem(answer, 405, "method") and methods <= set(answer.headers["Allow"].split(", "))


def _challenged(answer: requests.Response) -> bool:
    return is_problem(answer, 401, "sign_in") and answer.headers["WWW-Authenticate"].startswith("Bearer")


def _accepting(n: Node, said: str) -> requests.Response:
    return n.get("node/", headers={"Accept": said})


def _typed(n: Node, kind: str) -> requests.Response:
    return n.post("cases/", data=b"x", headers={"Content-Type": kind})


def _sent(n: Node, body: bytes) -> requests.Response:
    return n.post("deposits/", data=body, headers={"Content-Type": "application/json"})


def _made(n: Node) -> bool:
    made = n.deposit()
    return made.status_code == 201 and n.get(made.headers["Location"]).json()["id"] == made.json()["id"]


def _french(n: Node, headers: dict[str, str], query: str) -> bool:
    french = {row["id"]: row["label"] for row in n.get(f"findings/{query}", headers=headers).json()["results"]}
    english = {row["id"]: row["label"] for row in n.get("findings/?lang=en").json()["results"]}
    return french.keys() == english.keys() and french != english


def _unchanged(n: Node, path: str, weak: str = "") -> bool:
    tag = n.get(path).headers["ETag"]
    again = n.get(path, headers={"If-None-Match": weak + tag})
    return again.status_code == 304 and not again.content and again.headers["ETag"] == tag


def _range(n: Node, said: str, status: int, length: int) -> bool:
    part = n.get(n.clip + "playback.mp4", headers={"Range": said})
    told = part.status_code == status and "Content-Range" in part.headers
    return told and (status == 416 or len(part.content) == length)


def _if_range(n: Node) -> bool:
    return n.get(n.clip + "poster.webp", headers={"Range": "bytes=0-1", "If-Range": '"x"'}).status_code == 200


def _explained(n: Node) -> bool:
    page = n.get(n.get(f"cases/{ABSENT}/").json()["type"] + "/", auth=False)
    return page.status_code == 200 and "text/html" in page.headers["Content-Type"]


def _bad_token(n: Node) -> requests.Response:
    return n.get("me/", headers={"Authorization": "Bearer nothing"})


def _oauth(n: Node, **said: str) -> requests.Response:
    form = {"grant_type": "client_credentials", "client_id": n.get("me/").json()["email"], "client_secret": n.token}
    return n.post("/oauth/token/", data={**form, **said}, auth=False)


def _metadata(n: Node) -> dict[str, Any]:
    found: dict[str, Any] = n.get("/.well-known/oauth-authorization-server").json()
    return found


def _given(n: Node) -> dict[str, str]:
    return {"Authorization": f"Bearer {_oauth(n).json()['access_token']}"}


def _by_basic(n: Node) -> requests.Response:
    named = base64.b64encode(f"{n.get('me/').json()['email']}:{n.token}".encode()).decode()
    form = {"grant_type": "client_credentials"}
    return n.post("/oauth/token/", data=form, headers={"Authorization": f"Basic {named}"})


def _rates(headers: Any) -> bool:
    policy = re.fullmatch(r'"\w+";q=(\d+);w=60', headers["RateLimit-Policy"])
    return bool(policy and re.fullmatch(r'"\w+";r=\d+;t=\d+', headers["RateLimit"]))


def _left(n: Node) -> int:
    return int(n.get("node/").headers["RateLimit-Remaining"])


def _too_many(n: Node) -> bool:
    """Of an address without an account: sixty a minute."""
    for _ in range(130):
        answer = n.ask("HEAD", "node/", auth=False)
        if answer.status_code == 429:
            told = n.get("node/", auth=False)
            return is_problem(told, 429, "too_many") and 1 <= int(told.headers["Retry-After"]) <= 60
    return False


def _twice(n: Node, first: dict[str, str], second: dict[str, str]) -> Any:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    one, two = (n.post("deposits/", json=said, headers=key) for said in (first, second))
    return two.json()["code"] if "code" in two.json() else one.json()["id"] == two.json()["id"]


def _replayed(n: Node) -> requests.Response:
    key = str(uuid.uuid4())
    n.deposit(**{"Idempotency-Key": key})
    return n.deposit(**{"Idempotency-Key": key})


def _walk(n: Node) -> bool:
    first = n.get("cases/?order=newest&limit=1")
    second = n.get(first.links["next"]["url"])
    return first.json()["results"][0]["id"] != second.json()["results"][0]["id"] and "prev" in second.links


def _described(n: Node) -> bool:
    told = n.get("schema/", headers={"Accept": "application/json"}).json()
    operations = [one for item in told["paths"].values() for one in item.values() if "responses" in one]
    contents = [c for one in operations for a in one["responses"].values() for c in a.get("content", {}).values()]
    return told["openapi"].startswith("3.1") and all("example" in one or one.get("examples") for one in contents)


def _docs(n: Node) -> str:
    """The page of the interface without its examples."""
    page = n.get("docs/", auth=False, headers={"Accept": "text/html"}).text
    return re.sub(r"<pre.*?</pre>", "", page, flags=re.S)


def _exported(n: Node) -> bool:
    answer = n.get("cases/export.ndjson")
    told = [json.loads(line) for line in answer.text.splitlines()]
    kind = answer.headers["Content-Type"].split(";")[0] == "application/x-ndjson"
    return kind and len(told) == n.get("cases/").json()["count"] and all(one["url"].startswith("http") for one in told)


def _study(n: Node) -> dict[str, Any]:
    found: dict[str, Any] = n.get(f"fhir/ImagingStudy/{n.case['id']}").json()
    return found


def main() -> int:
    """One line a check that fails, and the sum."""
    node, failed = Node(sys.argv[1], sys.argv[2]), 0
    for source, what, function in sorted(CHECKS, key=lambda one: "429" in one[1]):
        try:
            right = bool(function(node))
            why = ""
        except Exception as error:  # a check that cannot be carried out has failed
            right, why = False, f"  {type(error).__name__}: {error}"
        failed += not right
        sys.stdout.write(f"{'ok  ' if right else 'FAIL'} {source:14} {what}{why}\n")
    sys.stdout.write(f"{len(CHECKS) - failed} of {len(CHECKS)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
