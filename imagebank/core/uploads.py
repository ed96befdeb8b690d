"""Upload handlers: a file that arrives in a request is sealed before its first byte touches a disk.

Django's own handlers keep files in memory or write cleartext temporary files; neither may happen here. The default
handler refuses every file; a view that takes files installs `SealingHandler` before anything reads the body.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from .errors import BankError
from .stores import SealedIntake


class RefuseFiles(FileUploadHandler):
    """No file is taken here."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise StopUpload(connection_reset=False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class SealingHandler(FileUploadHandler):
    """Seals each file of a request; `outcomes` holds, in order, what was taken or why not.

    `open_intake` makes the intake of one file. A file's own name is dropped here and goes no further.
    """

    chunk_size = 1 << 18

    def __init__(self, request: HttpRequest, open_intake: Callable[[], SealedIntake]) -> None:
        super().__init__(request)
        self._open = open_intake
        self._current: SealedIntake | None = None
        self.outcomes: list[SealedIntake | BankError] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file_name = "file"
        try:
            self._current = self._open()
        except BankError as problem:
            self._refuse(problem)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._current is None:
            return
        try:
            self._current.write(raw_data)
        except BankError as problem:
            self._refuse(problem)

    def file_complete(self, file_size: int) -> None:
        if self._current is not None:
            self._current.finish()
            self.outcomes.append(self._current)
            self._current = None

    def upload_interrupted(self) -> None:
        """The line broke: nothing half-sealed stays."""
        for intake in [*self.outcomes, self._current]:
            if isinstance(intake, SealedIntake):
                intake.abort()
        self._current = None

    def _refuse(self, problem: BankError) -> None:
        if self._current is not None:
            self._current.abort()
        self._current = None
        self.outcomes.append(problem)


def install(request: HttpRequest, open_intake: Callable[[], SealedIntake]) -> SealingHandler:
    """Make this request's files go through a sealing handler; call it before the body is read."""
    handler = SealingHandler(request, open_intake)
    request.upload_handlers = [handler]
    return handler
