"""The index in a file, so that a process starts in seconds: made by a worker, mapped into memory by the others.

One line of JSON (what the arrays are, where the log of changes was, which database) and the arrays behind it. A file
that is damaged, old, of another database or another version of this code is not used. It holds true values (privacy.md
9): only the account of the service may read it.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import structlog
from django.conf import settings
from django.db import connection
from numpy.typing import NDArray
from pyroaring import BitMap

from .changes import Followed
from .columns import Columns, Ragged
from .generation import Generation
from .source import Codes

VERSION: Final = 3
OLDEST: Final = 6 * 86_400
"""Seconds; the log of changes is kept a day longer."""
ALIGNED: Final = 64
IDENTITY: Final = "SELECT system_identifier::text, 'catalog_publiccase'::regclass::oid::bigint FROM pg_control_system()"
MAPS: Final = ("live", "open")
POSTINGS: Final = ("terms", "values")
ARRAYS: Final = ("newest", "by_pk", "subjects")
UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError)
Arrays = Mapping[str, NDArray[Any]]
log = structlog.get_logger()


def path() -> Path:
    return Path(settings.DATA_DIR) / "cache" / "search.index"


def write(generation: Generation, followed: Followed) -> None:
    """Of a packed generation, in which everything is committed. The file is there as a whole or not at all."""
    arrays = dict(_arrays(generation))
    parts, offset = {}, 0
    for name, array in arrays.items():
        parts[name] = [array.dtype.str, len(array), offset]
        offset += -(-array.nbytes // ALIGNED) * ALIGNED
    head = {
        "version": VERSION, "database": _database(), "made": time.time(), "horizon": followed.horizon, "parts": parts,
        "codes": generation.codes.known, "size": offset,
    }  # fmt: skip
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path().with_suffix(f".{os.getpid()}")
    try:
        _fill(draft, head, arrays)
        draft.replace(path())
    finally:
        draft.unlink(missing_ok=True)


def _fill(draft: Path, head: dict[str, Any], arrays: Arrays) -> None:
    digest = hashlib.sha256()
    for array in arrays.values():
        digest.update(_padded(array))
    line = orjson.dumps({**head, "sha256": digest.hexdigest()})
    line += b" " * (-(len(line) + 1) % ALIGNED) + b"\n"
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(line)
        for array in arrays.values():
            file.write(_padded(array))


def _padded(array: NDArray[Any]) -> bytes:
    return array.tobytes() + b"\0" * (-array.nbytes % ALIGNED)


def held() -> tuple[Followed, float] | None:
    """How far the log is in the file, and when it was made; None without a file that looks as if it could be used."""
    with suppress(*UNREADABLE), path().open("rb") as file:
        head = orjson.loads(file.readline())
        if not _problem(head):
            return Followed(head["horizon"]), head["made"]
    return None


def read() -> tuple[Generation, Followed] | None:
    """None without a file that can be used."""
    try:
        with path().open("rb") as file:
            head = orjson.loads(line := file.readline())
            if problem := _problem(head) or _damage(head, file):
                log.warning("search.snapshot.unused", problem=problem)
                return None
            whole = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    except FileNotFoundError:
        return None
    except UNREADABLE as error:
        log.warning("search.snapshot.unused", problem=type(error).__name__)
        return None
    return _generation(head, _views(head, whole, len(line))), Followed(head["horizon"])


def _problem(head: Mapping[str, Any]) -> str:
    """Empty when it is of this code, of this database, and not too old."""
    if head["version"] != VERSION:
        return "version"
    if time.time() - head["made"] > OLDEST:
        return "age"
    return "" if head["database"] == _database() else "database"


def _damage(head: Mapping[str, Any], file: Any) -> str:
    return "" if hashlib.file_digest(file, "sha256").hexdigest() == head["sha256"] else "damaged"


def _database() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(IDENTITY)
        return list(cursor.fetchone())


def _arrays(generation: Generation) -> Iterator[tuple[str, NDArray[Any]]]:
    for field in fields(Columns):
        column = getattr(generation.base, field.name)
        if isinstance(column, Ragged):
            yield f"{field.name}.flat", column.flat
            yield f"{field.name}.ends", column.ends
        else:
            yield field.name, column
    for name in ARRAYS:
        yield f"own.{name}", getattr(generation, name)
    for name in MAPS:
        yield f"map.{name}", _frozen(getattr(generation, name))
    for name in POSTINGS:
        for number, found in getattr(generation, name).items():
            yield f"posting.{name}.{number}", _frozen(found)


def _frozen(found: BitMap) -> NDArray[np.uint8]:
    return np.frombuffer(found.serialize(), dtype=np.uint8)


def _thawed(array: NDArray[Any]) -> BitMap:
    return BitMap.deserialize(array.tobytes())


def _views(head: Mapping[str, Any], whole: mmap.mmap, begin: int) -> dict[str, NDArray[Any]]:
    return {
        name: np.frombuffer(whole, dtype=np.dtype(kind), count=count, offset=begin + offset)
        for name, (kind, count, offset) in head["parts"].items()
    }


def _generation(head: Mapping[str, Any], arrays: Arrays) -> Generation:
    ragged = {name.partition(".")[0] for name in arrays if name.endswith(".flat")}
    columns: dict[str, Any] = {f.name: arrays[f.name] for f in fields(Columns) if f.name not in ragged}
    columns |= {name: Ragged(arrays[f"{name}.flat"], arrays[f"{name}.ends"]) for name in ragged}
    base = Columns(**columns)
    postings: dict[str, dict[int, BitMap]] = {name: {} for name in POSTINGS}
    for key, array in arrays.items():
        kind, _, rest = key.partition(".")
        if kind == "posting":
            name, _, number = rest.partition(".")
            postings[name][int(number)] = _thawed(array)
    return Generation(
        base=base,
        tail=base.take(np.zeros(0, dtype=np.uint32)),
        codes=Codes((name, value) for name, value in head["codes"]),
        live=_thawed(arrays["map.live"]),
        open=_thawed(arrays["map.open"]),
        terms=postings["terms"],
        values=postings["values"],
        newest=arrays["own.newest"],
        by_pk=arrays["own.by_pk"],
        subjects=arrays["own.subjects"],
    )
