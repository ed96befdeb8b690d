"""A multipart body as a client would write it."""

from __future__ import annotations

BOUNDARY = "4f3c9a1e-not-in-any-picture"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(data: bytes) -> bytes:
    """One file; its name holds a patient's name."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="SPECIMEN.dcm"\r\n\r\n'
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
