"""What the sandbox can be asked to do, by name."""

from __future__ import annotations

import hashlib
import importlib
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from anonymize.errors import Failed, Refused
from anonymize.keying import Keyer, Kind
from anonymize.policy import Limits
from anonymize.sandbox.wire import LONGEST, LONGEST_VALUE, MOST_VALUES, Inbox, pack, receive

JOBS: Final[dict[str, str]] = {
    "peek": "anonymize.peeking:run",
    "clean": "anonymize.cleaning:run",
    "verify": "anonymize.cleaning:run_verify",
    "attest": "anonymize.attesting:run",
    "render": "anonymize.render.job:run",
    "describe": "anonymize.describing:run",
    "picture": "anonymize.render.picture:run",
    "convert": "anonymize.converting:run",
    "unpack": "anonymize.unpacking:run",
}
"""Job -> "module:function" of one `Context`, returning plain JSON types; its key `code` is the job's verdict."""


@dataclass(slots=True)
class Context:
    """All that a job has."""

    source: int
    """Descriptor to read from, with `os.pread`: its offset is shared with the parent."""
    request: dict[str, Any]
    keyer: Keyer
    limits: Limits
    outputs: dict[str, int] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)
    """Further descriptors to read from, such as the original to verify against."""

    def write(self, name: str, data: bytes) -> None:
        """Put `data` into an output, if the caller wants it."""
        if name in self.outputs:
            with self.open(name) as file:
                file.write(data)

    def open(self, name: str) -> BinaryIO:
        """An output, emptied, at its start."""
        fd = self.outputs[name]
        os.ftruncate(fd, 0)
        os.lseek(fd, 0, os.SEEK_SET)
        return open(fd, "r+b", closefd=False)


class RemoteKeyer:
    """Asks the parent: the secret never comes here."""

    def __init__(self, line: socket.socket, inbox: Inbox) -> None:
        self._line, self._inbox = line, inbox

    def key(self, kind: Kind, values: Sequence[str]) -> list[str]:
        """As `Keyer.key`; raises Refused for more values than the parent takes."""
        if not values:
            return []
        try:
            question = pack({"key": [kind, [_short(value) for value in values]]})
        except ValueError as error:
            raise Refused("refused.limit_elements", limit=LONGEST) from error
        if len(values) > MOST_VALUES:
            raise Refused("refused.limit_elements", limit=MOST_VALUES)
        self._line.sendall(question)
        keys: list[str] = receive(self._line, self._inbox)["keys"]
        return keys


def _short(value: str) -> str:
    """The value, or its digest where a damaged file gives more than the parent takes."""
    if len(value) <= LONGEST_VALUE:
        return value
    return hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()


def load(target: str) -> Callable[[Context], dict[str, Any]]:
    """The function "module:function"; `failed.exception` for a job that nobody knows."""
    if not target:
        raise Failed("failed.exception", job="unknown")
    module, _, name = target.partition(":")
    function: Callable[[Context], dict[str, Any]] = getattr(importlib.import_module(module), name)
    return function
