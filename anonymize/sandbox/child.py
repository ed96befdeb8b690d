"""The job child: fences up, one job, one answer, gone."""

from __future__ import annotations

import errno
import os
import signal
import socket
import traceback
from typing import Any, Final

from pydicom.errors import BytesLengthException

from anonymize.errors import Stop
from anonymize.parsing.quiet import quiet
from anonymize.policy import Limits
from anonymize.sandbox.fences import enclose
from anonymize.sandbox.jobs import Context, RemoteKeyer, load
from anonymize.sandbox.outcome import met
from anonymize.sandbox.wire import Inbox, pack, receive

_TOO_MUCH: Final = {
    errno.EFBIG: ("refused.limit_bytes", "output_bytes"),
    errno.EMFILE: ("refused.limit_files", "open_files"),
}
"""What the system says when a limit is met: code and name of the limit."""


def run(
    target: str, limits: Limits, line: socket.socket, source: int, outputs: dict[str, int], extra: dict[str, int]
) -> None:
    """Never returns to the template."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        enclose(limits)
        inbox = Inbox()
        request = receive(line, inbox)
        context = Context(source, request, RemoteKeyer(line, inbox), limits, outputs, extra)
        line.sendall(pack(_answer(target, context)))
        status = 0
    finally:
        os._exit(status)


def _answer(target: str, context: Context) -> dict[str, Any]:
    """What the job returned, or the code of how it ended: decoders raise what is no `Exception`."""
    try:
        with quiet():
            return {"result": load(target)(context)}
    except Stop as stop:
        return {"code": stop.code, "detail": stop.detail}
    except MemoryError:
        return {"code": "refused.limit_memory", "detail": met(context.limits, "address_bytes")}
    except RecursionError as error:
        return {"code": "refused.limit_depth", "detail": place(error)}
    except OSError as error:
        code, setting = _TOO_MUCH.get(error.errno or 0, ("failed.exception", ""))
        return {"code": code, "detail": met(context.limits, setting) if setting else place(error)}
    except BytesLengthException as error:  # of a value that its VR cannot hold, wherever it is decoded
        return {"code": "refused.broken", "detail": place(error)}
    except Exception as error:
        return {"code": "failed.exception", "detail": place(error)}
    except BaseException as error:
        return {"code": "refused.decoder", "detail": place(error)}


def place(error: BaseException) -> dict[str, str]:
    """Class and place of an error, never its message: that may hold a value of the file."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "anonymize" in frame.filename] or list(frames)
    where = f"{os.path.basename(own[-1].filename)}:{own[-1].lineno}" if own else ""
    return {"error": type(error).__name__, "place": where}
