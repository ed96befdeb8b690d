"""A track of sound for films, which no clean film may keep."""

from __future__ import annotations

from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer

RATE: Final = 8000


def track(target: OutputContainer) -> AudioStream:
    """To be added before anything is written."""
    stream = target.add_stream("aac", rate=RATE)
    assert isinstance(stream, AudioStream)
    return stream


def play(target: OutputContainer, stream: AudioStream) -> None:
    """An eighth of a second of silence, and the end of the track."""
    silence = AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
    silence.sample_rate = RATE
    target.mux([*stream.encode(silence), *stream.encode(None)])
