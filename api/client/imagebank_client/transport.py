"""One session with the bank: token, language, retries that repeat nothing, problems as exceptions."""

from __future__ import annotations

import time
import uuid
from typing import Any, Final

import requests

from .errors import Problem

AGAIN: Final = (429, 502, 503, 504)
"""Statuses after which the same request may succeed."""
LONGEST: Final = 120.0
"""Seconds that are waited at most before a request is repeated."""

EARLY: Final = 60.0
"""Seconds before its end an access token is renewed."""


class Transport:
    """Sends requests to `/api/v1/`. What changes something carries an Idempotency-Key, so that it happens once."""

    def __init__(self, url: str, token: str, lang: str, timeout: float, retries: int, client: str = "") -> None:
        self._root, self._timeout, self._retries = url.rstrip("/"), timeout, retries
        self._session = requests.Session()
        self._session.headers["Accept-Language"] = lang
        self._client, self._token, self._until = client, token, 0.0
        if token and not client:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def json(self, method: str, path: str, **options: Any) -> Any:
        """The answer's body. Problem for a refusal, `requests.RequestException` when nobody answers."""
        return self.send(method, path, **options).json()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer; 429 and the like are waited for as the bank asks."""
        self._renew()
        headers = dict(options.pop("headers", {}))
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        for left in range(self._retries, -1, -1):
            try:
                answer = self._session.request(
                    method, self._address(path), headers=headers, timeout=self._timeout, **options
                )
            except requests.ConnectionError:
                if not left:
                    raise
                time.sleep(1)
                continue
            if answer.status_code not in AGAIN or not left:
                break
            time.sleep(_wait(answer))
        if answer.status_code >= 400:
            raise Problem(answer.status_code, _said(answer))
        return answer

    def _renew(self) -> None:
        """A new access token where the client credentials are to be used and the one before is about to end."""
        if not self._client or time.monotonic() < self._until:
            return
        form = {"grant_type": "client_credentials", "client_id": self._client, "client_secret": self._token}
        answer = requests.post(f"{self._root}/oauth/token/", data=form, timeout=self._timeout)
        said = _said(answer)
        if answer.status_code >= 400:
            words = {"code": said.get("error", ""), "detail": said.get("error_description", "")}
            raise Problem(answer.status_code, words)
        self._session.headers["Authorization"] = f"Bearer {said['access_token']}"
        self._until = time.monotonic() + said["expires_in"] - EARLY

    def close(self) -> None:
        self._session.close()

    def _address(self, path: str) -> str:
        """Paths of answers begin with a slash; those of this client are below `/api/v1/`."""
        return f"{self._root}{path}" if path.startswith("/") else f"{self._root}/api/v1/{path}"


def _wait(answer: requests.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return min(float(text) if text.isdigit() else 1.0, LONGEST)


def _said(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        said = {"detail": answer.reason}
    return said if isinstance(said, dict) else {}
