"""JPEG Lossless, JPEG-LS, JPEG 2000: decoded, blanked, coded again without loss; every kept sample stays as decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import imagecodecs
import numpy as np
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from anonymize.errors import Refused
from anonymize.pixels import colour, jpegmarks
from anonymize.pixels.blanking import Blanker, Remembered, own_bits
from anonymize.pixels.codec import Coded, Decoded, Grid, Source, image_elements
from anonymize.pixels.encapsulated import frame_streams
from anonymize.pixels.source import Layout

Samples = np.ndarray
J2K_START = b"\xff\x4f\xff\x51"


@dataclass(frozen=True, slots=True)
class Family:
    """How one family of codestreams is measured, read and written."""

    size: Callable[[bytes], tuple[int, int, int]]
    """Rows, columns, components that the codestream itself declares."""
    decode: Callable[[bytes], Samples]
    encode: Callable[[Samples, Layout], bytes]
    syntax: str
    """Transfer syntax that is written."""


def _marked_size(stream: bytes) -> tuple[int, int, int]:
    header = jpegmarks.read(stream)
    return header.rows, header.columns, len(header.components)


def _j2k_size(stream: bytes) -> tuple[int, int, int]:
    """From the SIZ marker segment (ITU-T T.800 A.5.1), also inside a JP2 file."""
    start = stream.find(J2K_START)
    if start < 0 or len(stream) < start + 42:
        raise Refused("refused.decoder")
    right, bottom, left, top = struct.unpack_from(">4I", stream, start + 8)
    (components,) = struct.unpack_from(">H", stream, start + 40)
    return bottom - top, right - left, components


def _unsigned(samples: Samples) -> Samples:
    """The same bits: JPEG Lossless and JPEG-LS know no sign, the data set tells it."""
    return samples.view(f"u{samples.dtype.itemsize}")


def _encode_sof3(samples: Samples, shape: Layout) -> bytes:
    bits = shape.bits_stored
    return bytes(imagecodecs.jpeg8_encode(_unsigned(samples), lossless=True, predictor=1, bitspersample=bits))


def _encode_ls(samples: Samples, _shape: Layout) -> bytes:
    # Its own estimate of the space is too small for noise.
    return bytes(imagecodecs.jpegls_encode(_unsigned(samples), out=2 * samples.nbytes + 4096))


def _encode_j2k(samples: Samples, shape: Layout) -> bytes:
    mixed = shape.photometric == "YBR_RCT"
    bits = shape.bits_stored
    return bytes(
        imagecodecs.jpeg2k_encode(samples, level=0, codecformat="j2k", reversible=True, mct=mixed, bitspersample=bits)
    )


SOF3 = Family(_marked_size, imagecodecs.jpeg8_decode, _encode_sof3, JPEGLosslessSV1)
LS = Family(_marked_size, imagecodecs.jpegls_decode, _encode_ls, JPEGLSLossless)
J2K = Family(_j2k_size, imagecodecs.jpeg2k_decode, _encode_j2k, JPEG2000Lossless)
FAMILIES: dict[str, Family] = {
    JPEGLossless: SOF3,
    JPEGLosslessSV1: SOF3,
    JPEGLSLossless: LS,
    JPEGLSNearLossless: LS,
    JPEG2000Lossless: J2K,
    JPEG2000: J2K,
    HTJ2KLossless: J2K,
    HTJ2KLosslessRPCL: J2K,
    HTJ2K: J2K,
}
LOSSY = (JPEGLSNearLossless, JPEG2000, HTJ2K)


class Lossless:
    """Frames of one object in one of the `FAMILIES`."""

    grid = Grid()

    def __init__(self, source: Source) -> None:
        self._ds = source.ds
        self._layout = source.layout
        self._family = FAMILIES[str(source.layout.syntax)]
        self._palette = colour.palette(source.ds, source.layout)
        self._memory = Remembered(source.memory)
        self._decoded = replace(self._layout, photometric=_after_decoding(self._layout.photometric))

    def frames(self) -> Iterator[np.ndarray]:
        """See `Codec.frames`."""
        for index, stream in enumerate(frame_streams(self._ds, self._layout)):
            samples = self._decode(stream)
            self._memory.keep(index, samples)
            yield colour.show(samples, self._decoded, self._palette)

    def blank(self, keep: np.ndarray) -> Coded:
        """See `Codec.blank`."""
        shape = written_as(self._family, self._decoded)
        fill = colour.black(self._decoded, self._palette)
        blanker = Blanker(keep if shape.samples == 1 else keep[..., None], fill)
        written = colour.Written(self._palette)
        frames = (written.add(blanker(own_bits(samples, shape))) for samples in self._samples())
        data = [self._family.encode(samples, shape) for samples in frames]
        elements = image_elements(shape, **({"PlanarConfiguration": 0} if shape.samples == 3 else {}))
        if self._layout.syntax in LOSSY:
            elements["LossyImageCompression"] = "01"
        again = self._layout.syntax != self._family.syntax
        elements |= written.elements()
        return Coded(self._family.syntax, data, elements, "lossless" if again else "no")

    def decoded(self) -> Decoded:
        """See `Codec.decoded`."""
        return Decoded(replace(self._decoded, planar=0), self._samples())

    def _samples(self) -> Iterator[Samples]:
        for index, stream in enumerate(frame_streams(self._ds, self._layout)):
            known = self._memory.take(index)
            yield self._decode(stream) if known is None else known

    def _decode(self, stream: bytes) -> Samples:
        shape = self._layout
        if self._family.size(stream) != (shape.rows, shape.columns, shape.samples):
            raise Refused("refused.pixels_mismatch")
        try:
            return self._checked(self._family.decode(stream))
        except (RuntimeError, ValueError) as error:
            raise Refused("refused.decoder") from error

    def _checked(self, samples: Samples) -> Samples:
        shape = self._layout
        expected = (shape.rows, shape.columns) + ((3,) if shape.samples == 3 else ())
        if samples.shape != expected or samples.dtype.itemsize * 8 != shape.bits_allocated:
            raise Refused("refused.pixels_mismatch")
        return samples.view(self._native_type())

    def _native_type(self) -> np.dtype[np.generic]:
        return self._layout.dtype.newbyteorder("=")


def written_as(family: Family, decoded: Layout) -> Layout:
    """JPEG 2000 without loss writes RGB through its reversible transform (PS3.5 8.2.4)."""
    return replace(decoded, photometric="YBR_RCT") if family is J2K and decoded.photometric == "RGB" else decoded


def _after_decoding(photometric: str) -> str:
    """Decoders undo the transforms of JPEG 2000; 4:2:2 is not how these families lay out their samples."""
    return {"YBR_RCT": "RGB", "YBR_ICT": "RGB", "YBR_FULL_422": "YBR_FULL"}.get(photometric, photometric)
