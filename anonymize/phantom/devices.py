"""Made-up makers and models, each with its own screen. No such companies are known to us."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

ProbeKind = Literal["convex", "phased", "linear"]


@dataclass(frozen=True, slots=True)
class Device:
    """One model: who made it, what its probes are called, and how its screen is laid out (pixels)."""

    id: str
    maker: str
    model: str
    software: str
    station: str
    rows: int
    columns: int
    probes: dict[ProbeKind, str] = field(hash=False)
    picture: tuple[int, int, int, int] = field(kw_only=True)
    """Left, top, right, bottom of the room that the picture may fill."""
    banner: Literal["top", "two-lines", "left", "bottom"] = "top"
    background: int = 0
    ink: tuple[int, int, int] = (230, 230, 230)
    accent: tuple[int, int, int] = (120, 200, 255)
    bar: int | None = None
    """Grey of a filled banner; None for text on the plain background."""
    font_pixels: int = 15
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    dynamic_range_db: float = 58.0
    ecg: bool = False
    regions: bool = True


_TABLE: Final[tuple[Device, ...]] = (
    Device("aurora", "Nebelhorn Sonotechnik", "Aurora 5", "5.2.1", "AUR5-CART-2", 768, 1024,
           {"convex": "NC5-1", "phased": "NP4-1", "linear": "NL12-3"}, picture=(150, 92, 900, 700),
           banner="two-lines", bar=38, font_pixels=17, ecg=True),
    Device("kestrel", "Wrenfield Sonics", "Kestrel K7", "V3.04", "KESTREL-07", 600, 800,
           {"convex": "WC60", "phased": "WS21", "linear": "WL38"}, picture=(110, 60, 720, 560),
           banner="top", ink=(240, 240, 200), accent=(255, 200, 90), font_pixels=15),
    Device("goelette", "Calanque Echo", "Goelette 2", "2.11b", "GOEL2-URG", 600, 800,
           {"convex": "C5-2u", "phased": "S4-2u", "linear": "L12-5u"}, picture=(170, 30, 780, 585),
           banner="left", accent=(140, 255, 170), font_pixels=14, tint=(0.94, 0.98, 1.0), regions=False),
    Device("tiuque", "Tiuque Ultrasonidos", "Tiuque 30", "1.9", "TQ30-0042", 480, 640,
           {"convex": "TC3", "phased": "TP2", "linear": "TL7"}, picture=(70, 44, 580, 450),
           banner="top", font_pixels=13, bar=52, dynamic_range_db=52),
    Device("skanpad", "Sorgenfri Skan", "SkanPad", "4.0.7", "SKANPAD-3", 600, 800,
           {"convex": "K5", "phased": "F3", "linear": "L9"}, picture=(90, 40, 760, 530),
           banner="bottom", accent=(255, 150, 150), font_pixels=15, tint=(1.0, 0.97, 0.9)),
    Device("kohaku", "Kohaku Echo", "Kohaku HX", "7.1 rev C", "HX-ER-01", 768, 1024,
           {"convex": "KC-503", "phased": "KP-302", "linear": "KL-1204"}, picture=(180, 80, 940, 720),
           banner="two-lines", background=10, font_pixels=16, accent=(110, 230, 230), ecg=True, dynamic_range_db=62),
    Device("pearl", "Ostrea Imaging", "Pearl One", "12", "PEARL-9C31", 480, 640,
           {"convex": "one", "phased": "one", "linear": "one"}, picture=(40, 40, 600, 462),
           banner="top", font_pixels=13, regions=False, dynamic_range_db=50),
    Device("savanna", "Baobab Imaging", "Savanna S1", "0.98", "SAV-S1-11", 480, 640,
           {"convex": "B3C", "phased": "B2P", "linear": "B7L"}, picture=(60, 30, 600, 436),
           banner="bottom", bar=30, ink=(200, 255, 200), font_pixels=13),
)  # fmt: skip

devices: Final[dict[str, Device]] = {device.id: device for device in _TABLE}
