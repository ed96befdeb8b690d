"""What a test reads of an answer."""

from __future__ import annotations

import email
from typing import Any


def body(answer: Any) -> bytes:
    """All of it, streamed or not."""
    data = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return bytes(data)


def parts(answer: Any) -> list[tuple[str, bytes]]:
    """(media type, bytes) of each part of a multipart/related answer, as Python's own parser sees them."""
    head = f"Content-Type: {answer['Content-Type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body(answer))
    assert message.is_multipart() and not message.defects
    listed: Any = message.get_payload()
    return [(str(each["Content-Type"]), each.get_payload(decode=True)) for each in listed]


def status(answer: Any) -> int:
    """The status of an answer that nobody reads."""
    body(answer)
    return int(answer.status_code)
