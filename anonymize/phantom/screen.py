"""The device's screen around the picture: banner with the patient, side texts, scale, grey bar, ECG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from anonymize.phantom.devices import Device
from anonymize.phantom.geometry import ScanConverter
from anonymize.phantom.scene import Scene

Picture = np.ndarray
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Labels:
    """Texts of the banner, ASCII: who, where, when."""

    who: Sequence[str] = ()
    where: Sequence[str] = ()
    when: Sequence[str] = ()


def sized(device: Device, rows: int, columns: int) -> Device:
    """The same layout on a screen of another size (pixels)."""
    if (rows, columns) == (device.rows, device.columns):
        return device
    across, down = columns / device.columns, rows / device.rows
    left, top, right, bottom = device.picture
    picture = (int(left * across), int(top * down), int(right * across), int(bottom * down))
    font = max(9, int(device.font_pixels * min(across, down)))
    return replace(device, rows=rows, columns=columns, picture=picture, font_pixels=font)


class Screen:
    """The still part is drawn once; `show` puts a frame's sector into it."""

    def __init__(self, device: Device, scene: Scene, converter: ScanConverter, labels: Labels) -> None:
        self._device = device
        self._box = converter.box
        self._inside = converter.inside.astype(np.uint8)
        self._ecg = device.ecg and scene.probe == "phased"
        canvas = Image.new("RGB", (device.columns, device.rows), (device.background,) * 3)
        draw = ImageDraw.Draw(canvas)
        font = ImageFont.load_default(device.font_pixels)
        _banner(draw, font, device, labels)
        _settings(draw, font, device, scene)
        _scale(draw, device, converter)
        self._still = np.array(canvas)
        _grey_bar(self._still, device)

    def show(self, picture: Picture, moment: float) -> Picture:
        """(rows, columns, 3) uint8 of one frame; `moment` 0 .. 1 of the loop."""
        frame = self._still.copy()
        left, top, right, bottom = self._box
        tinted = cv2.merge([cv2.convertScaleAbs(picture, alpha=share) for share in self._device.tint])
        cv2.copyTo(tinted, self._inside, frame[top:bottom, left:right])
        if self._ecg:
            _ecg(frame, self._device, moment)
        return frame


def _banner(draw: ImageDraw.ImageDraw, font: Font, device: Device, labels: Labels) -> None:
    step, margin = device.font_pixels + 6, 8
    if device.bar is not None:
        draw.rectangle(_bar_box(device, step), fill=(device.bar,) * 3)
    if device.banner == "left":
        lines = [*labels.who, "", *labels.where, "", *labels.when, "", device.maker, device.model]
        for number, line in enumerate(lines):
            draw.text((margin, margin + number * step), line, fill=device.ink, font=font)
        return
    rows = _rows(device, labels)
    first = device.rows - step * len(rows) - 4 if device.banner == "bottom" else 5
    for number, row in enumerate(rows):
        _spread(draw, font, device, row, first + number * step)


def _rows(device: Device, labels: Labels) -> list[list[str]]:
    if device.banner == "two-lines":
        return [[*labels.who], [*labels.where, *labels.when, device.model]]
    return [[*labels.who[:2], *labels.where[:1], *labels.when]]


def _bar_box(device: Device, step: int) -> tuple[int, int, int, int]:
    if device.banner == "left":
        return 0, 0, device.picture[0] - 8, device.rows
    if device.banner == "bottom":
        return 0, device.rows - step - 6, device.columns, device.rows
    return 0, 0, device.columns, (2 if device.banner == "two-lines" else 1) * step + 6


def _spread(draw: ImageDraw.ImageDraw, font: Font, device: Device, texts: Sequence[str], top: int) -> None:
    """Texts of one line at even distances."""
    widths = [draw.textlength(text, font=font) for text in texts]
    gap = max(8.0, (device.columns - 16 - sum(widths)) / max(1, len(texts) - 1))
    left = 8.0
    for text, width in zip(texts, widths, strict=True):
        draw.text((left, top), text, fill=device.ink, font=font)
        left += width + gap


def _settings(draw: ImageDraw.ImageDraw, font: Font, device: Device, scene: Scene) -> None:
    """Probe, depth, gain: what a machine writes beside its picture."""
    texts = [device.probes[scene.probe], f"D {scene.depth / 10:.1f} cm", "Gn 54", "DR 58", "MI 1.1", "TIs 0.3"]
    step = device.font_pixels + 5
    left = 8 if device.banner != "left" else device.columns - 84
    top = device.picture[1] + 40
    for number, text in enumerate(texts):
        draw.text((left, top + number * step), text, fill=device.accent, font=font)


def _scale(draw: ImageDraw.ImageDraw, device: Device, converter: ScanConverter) -> None:
    """Depth ticks every centimetre to the right of the picture, and the probe mark above it."""
    left, top, right, bottom = converter.box
    place = min(right + 10, device.columns - 14)
    step = 10 / converter.mm_per_pixel
    for number in range(int((bottom - top) / step) + 1):
        length = 9 if number % 5 == 0 else 5
        draw.line([(place, top + number * step), (place + length, top + number * step)], fill=device.ink)
    middle = (left + right) // 2
    mark = max(left, middle - (right - left) // 4)
    draw.ellipse([mark - 5, top - 12, mark + 3, top - 4], outline=device.accent, width=2)


def _grey_bar(still: Picture, device: Device) -> None:
    left = device.picture[0] - 26 if device.banner != "left" else device.columns - 20
    top, height = device.picture[1] + 220, 100
    if left > 4 and top + height < device.picture[3]:
        still[top : top + height, left : left + 10] = np.linspace(255, 0, height).astype(np.uint8)[:, None, None]


def _ecg(frame: Picture, device: Device, moment: float) -> None:
    """A trace under the picture with a bar that sweeps over it."""
    left, right, base = device.picture[0], device.picture[2], device.rows - 24
    place = np.arange(left, right)
    phase = ((place - left) / 170.0) % 1
    wave = 22 * np.exp(-(((phase - 0.2) / 0.02) ** 2)) + 5 * np.exp(-(((phase - 0.5) / 0.06) ** 2))
    wave += 3 * np.exp(-(((phase - 0.08) / 0.03) ** 2)) - 6 * np.exp(-(((phase - 0.25) / 0.015) ** 2))
    points = np.column_stack([place, base - wave]).astype(np.int32)
    sweep = left + int(moment * (right - left))
    for part in (points[place < sweep], points[place > sweep + 12]):
        cv2.polylines(frame, [part], False, device.accent, 1)
