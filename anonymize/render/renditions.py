"""A clean clip as the pages show it: two films, a poster, single frames. Frames pass once and are never all held."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import numpy as np

from anonymize.errors import Refused
from anonymize.parsing import read_dataset
from anonymize.pixels.process import open_codec
from anonymize.policy import Limits, Policy
from anonymize.render.film import PLAYBACK, SMALL, Film
from anonymize.render.mode import mode
from anonymize.render.still import poster, webp
from anonymize.render.summary import Summary
from anonymize.render.times import Times, frame_times

MOST_FRAMES: Final = 900
"""A longer clip gets its films and poster, but only its first frames one by one."""

Frames = Iterator[np.ndarray]


@dataclass(slots=True)
class Facts:
    """What the catalogue keeps of a clip. Width and height are those of the DICOM frame, in pixels."""

    frame_count: int
    fps: float
    frame_times_ms: list[float]
    duration_ms: float
    uniform: bool
    """Frame i is on screen at (i + 0.5) / fps seconds."""
    width: int
    height: int
    perceptual_hash: str
    look: list[int]
    mode: str

    @property
    def kind(self) -> str:
        return "cine" if self.frame_count > 1 else "still"


@dataclass(slots=True)
class Renditions:
    """All in memory, for tests and small tools; a job writes to descriptors instead. Films are empty for a still."""

    playback: bytes
    small: bytes
    poster: bytes
    facts: Facts
    frames: list[bytes] = field(default_factory=list)


def render(source: BinaryIO, limits: Limits | None = None) -> Renditions:
    """Everything of a clean DICOM file (a real file: it is mapped, not read)."""
    sinks = {name: io.BytesIO() for name in NAMES}
    facts = write(source.fileno(), sinks, limits or Limits())
    playback, small, picture, archive = (sinks[name].getvalue() for name in NAMES)
    with zipfile.ZipFile(io.BytesIO(archive)) as frames:
        return Renditions(playback, small, picture, facts, [frames.read(name) for name in frames.namelist()])


NAMES: Final[tuple[str, ...]] = ("playback.mp4", "small.mp4", "poster.webp", "frames.zip")


def write(source: int, sinks: Mapping[str, BinaryIO], limits: Limits) -> Facts:
    """Render the clean DICOM behind a descriptor into those of `NAMES` that are wanted; sinks must be seekable."""
    ds = read_dataset(source, limits).dataset
    frames = open_codec(ds, Policy(limits=limits)).frames()
    count = int(ds.get("NumberOfFrames") or 1)
    times, summary = frame_times(ds, count), Summary()
    rows, columns = int(ds.Rows), int(ds.Columns)
    walk(frames, sinks, (rows, columns), times, summary)
    if "poster.webp" in sinks:
        sinks["poster.webp"].write(poster(summary.telling, summary.picture))
    return Facts(
        frame_count=count,
        fps=times.fps,
        frame_times_ms=[round(start, 3) for start in times.starts],
        duration_ms=round(times.duration, 3),
        uniform=times.uniform,
        width=columns,
        height=rows,
        perceptual_hash=summary.perceptual_hash,
        look=summary.look,
        mode=mode(ds, summary.colour_share),
    )


def _counted(frames: Frames, declared: int) -> Iterator[tuple[int, np.ndarray]]:
    """Each with its number, from 1; raises Refused when there are more or fewer than declared, as a film may have."""
    number = 0
    for number, frame in enumerate(frames, start=1):
        if number > declared:
            break
        yield number, frame
    if number != declared:
        raise Refused("refused.pixels_mismatch", declared=declared)


def walk(frames: Frames, sinks: Mapping[str, BinaryIO], size: tuple[int, int], times: Times, summary: Summary) -> None:
    """One walk over the frames feeds everything."""
    qualities = {"playback.mp4": PLAYBACK, "small.mp4": SMALL} if len(times.starts) > 1 else {}
    films = [Film(sinks[name], *size, times, quality) for name, quality in qualities.items() if name in sinks]
    with ExitStack() as stack:
        archive = stack.enter_context(zipfile.ZipFile(sinks["frames.zip"], "w")) if "frames.zip" in sinks else None
        for number, frame in _counted(frames, len(times.starts)):
            summary.add(frame)
            for film in films:
                film.add(frame)
            if archive and number <= MOST_FRAMES:
                archive.writestr(zipfile.ZipInfo(f"{number:04d}.webp"), webp(frame))
    for film in films:
        film.close()
