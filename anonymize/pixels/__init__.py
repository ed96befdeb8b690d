"""The pixels of one object: where the picture is, what text stands on it, and masking in each encoding."""

from anonymize.pixels.process import process
from anonymize.pixels.result import PixelResult

__all__ = ["PixelResult", "process"]
