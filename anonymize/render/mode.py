"""Which mode a clip was taken in, as a slug of the vocabulary's table of modes."""

from __future__ import annotations

from typing import Final

from pydicom import Dataset

_SPECTRAL: Final = {3: "pw-doppler", 4: "cw-doppler"}
"""RegionDataType of a spectrum (PS3.3 C.8.5.5.1.2)."""
_COLOUR_FLOW: Final = 2
_M_MODE: Final = 2
"""RegionSpatialFormat (C.8.5.5.1.1)."""
_COLOURED_SHARE: Final = 0.01


def mode(ds: Dataset, colour_share: float) -> str:
    """From the regions where they say so, else colour by the share of coloured pixels, else B-mode."""
    regions = ds.get("SequenceOfUltrasoundRegions") or []
    types = {int(region.get("RegionDataType") or 0) for region in regions}
    formats = {int(region.get("RegionSpatialFormat") or 0) for region in regions}
    spectral = [slug for kind, slug in _SPECTRAL.items() if kind in types]
    if spectral:
        return spectral[0]
    if _M_MODE in formats:
        return "m-mode"
    if _COLOUR_FLOW in types or colour_share > _COLOURED_SHARE:
        return "colour-doppler"
    return "b-mode"
