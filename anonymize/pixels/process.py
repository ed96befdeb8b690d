"""One object's pixels from the source to the clean result."""

from __future__ import annotations

import io
from collections.abc import Mapping

from pydicom import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    RLELossless,
)

from anonymize.errors import Refused
from anonymize.pixels import kind, memory
from anonymize.pixels.codec import Codec, Opener, Source
from anonymize.pixels.composites import Composites, gather
from anonymize.pixels.decide import Decision, decide
from anonymize.pixels.jpeg import Jpeg
from anonymize.pixels.lossless import FAMILIES, Lossless
from anonymize.pixels.native import Native
from anonymize.pixels.regions import plausible
from anonymize.pixels.result import PixelResult
from anonymize.pixels.rle import Rle
from anonymize.pixels.source import layout
from anonymize.pixels.video import SYNTAXES, Video
from anonymize.policy import Policy

OPENERS: Mapping[str, Opener] = {
    ImplicitVRLittleEndian: Native,
    ExplicitVRLittleEndian: Native,
    DeflatedExplicitVRLittleEndian: Native,
    ExplicitVRBigEndian: Native,
    RLELossless: Rle,
    JPEGBaseline8Bit: Jpeg,
    JPEGExtended12Bit: Jpeg,
    **dict.fromkeys(FAMILIES, Lossless),
    **dict.fromkeys(SYNTAXES, Video),
}
"""Transfer syntax of the source -> how it is read and masked."""
MEMORY = 96 << 20
"""Bytes of decoded samples that need not be decoded again to be masked: 69 frames of 800 x 600, or 139 of a film."""


def process(ds: Dataset, policy: Policy) -> PixelResult:
    """Mask everything but the ultrasound picture.

    `ds` is the source, already bounded, with file meta information; it is not changed. A result with `hold` set has
    its pictures for a person and no pixel data. Raises Refused when the pixels cannot be read as declared.
    """
    codec = open_codec(ds, policy, MEMORY)
    composites = gather(codec.frames())
    rows, columns = composites.first.shape
    remembered = memory.matching(ds, policy.remembered)
    decision = decide(composites, plausible(ds, rows, columns), policy.mask, codec.grid, remembered)
    if policy.mask is None:
        decision.hold = kind.doubt(ds, composites.telling, decision.keep) or decision.hold
    if decision.hold:
        return _result(composites, decision)
    coded = codec.blank(decision.keep)
    result = _result(composites, decision)
    result.elements, result.transfer_syntax, result.pixel_data = coded.elements, coded.transfer_syntax, coded.pixel_data
    result.recompressed, result.psnr_db = coded.recompressed, coded.psnr_db
    return result


def open_codec(ds: Dataset, policy: Policy, memory: int = 0) -> Codec:
    """The reader of the object's encoding, its declared layout checked; `memory`: see `Source`."""
    shape = layout(ds, policy.limits)
    opener = OPENERS.get(str(shape.syntax))
    if opener is None:
        raise Refused("refused.transfer_syntax")
    return opener(Source(ds, shape, policy.limits, memory))


def _result(composites: Composites, decision: Decision) -> PixelResult:
    return PixelResult(
        elements={},
        transfer_syntax="",
        pixel_data=io.BytesIO(),
        keep=decision.keep,
        masks=[decision.mask],
        telling=composites.telling,
        hold=decision.hold,
    )
