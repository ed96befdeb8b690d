"""Line icons on a 24 x 24 grid, drawn for this product; a page carries only those it uses."""

from __future__ import annotations

from typing import Final

ICONS: Final[dict[str, str]] = {
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "filter": '<path d="M3 6h18M6.5 12h11M10 18h4"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "menu": '<path d="M3 6h18M3 12h18M3 18h18"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 21c1-5 4-7 8-7s7 2 8 7"/>',
    "play": '<path d="M7 4.5v15l12.5-7.5z"/>',
    "pause": '<path d="M7 5h3v14H7zM14 5h3v14h-3z"/>',
    "back": '<path d="M6 5v14"/><path d="M19 5v14l-9-7z"/>',
    "next": '<path d="M18 5v14"/><path d="M5 5v14l9-7z"/>',
    "slower": '<path d="M5 12h14"/>',
    "faster": '<path d="M5 12h14M12 5v14"/>',
    "loop": '<path d="M4 12V9a3 3 0 0 1 3-3h12m-3-3 3 3-3 3M20 12v3a3 3 0 0 1-3 3H5m3 3-3-3 3-3"/>',
    "full": '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>',
    "leaf": '<path d="M5 19C4 10 9 5 20 4c0 11-5 16-13 14M5 21c1-5 4-8 9-10"/>',
    "present": '<circle cx="12" cy="12" r="9" fill="currentColor"/><path d="m8 12.5 2.8 2.8L16 9.5" class="knock"/>',
    "absent": '<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>',
    "uncertain": '<circle cx="12" cy="12" r="9" stroke-dasharray="3.5 3.5"/>'
    '<path d="M9.8 9.5a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2 1-1.2 2M12 16.5v.01"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.01"/>',
    "warn": '<path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17v.01"/>',
    "good": '<circle cx="12" cy="12" r="9"/><path d="m8 12.5 2.8 2.8L16 9.5"/>',
    "bad": '<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6m0-6-6 6"/>',
    "eye-off": '<path d="m4 4 16 16M9.5 5.6A9.6 9.6 0 0 1 12 5.3c4.5 0 8 3 9.5 6.7'
    'a12 12 0 0 1-2.6 3.9M6.2 7.4A12 12 0 0 0 2.5 12c1.5 3.7 5 6.7 9.5 6.7 1.4 0 2.7-.3 3.9-.8M10 10a3 3 0 0 0 4 4"/>',
    "shield": '<path d="M12 3 4.5 6v6c0 5 3.5 7.5 7.5 9 4-1.5 7.5-4 7.5-9V6z"/><path d="m8.8 12 2.3 2.3 4-4.3"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.7-4.5 3.2-6 6.5-6s5.8 1.5 6.5 6'
    'M15.5 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.2 2.5 3.5 5.5"/>',
    "link": '<path d="M9.5 14.5 14.5 9.5M8 11l-2.5 2.5a4 4 0 0 0 5.5 5.5L13.5 16.5'
    'M16 13l2.5-2.5A4 4 0 0 0 13 5l-2.5 2.5"/>',
    "fan": '<path d="M9 4h6l6 13.5c-5.5 4-12.5 4-18 0zM8 10.5c2.7 1.3 5.3 1.3 8 0M5.7 14.5c4 2.5 8.6 2.5 12.6 0"/>',
    "eye": '<path d="M2.5 12C4 8.3 7.5 5.3 12 5.3s8 3 9.5 6.7c-1.5 3.7-5 6.7-9.5 6.7S4 15.7 2.5 12z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "wait": '<circle cx="12" cy="12" r="9"/><path d="M12 6.5V12l3.5 2.5"/>',
    "pen": '<path d="m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19zM14 6.5 17.5 10"/>',
    "upload": '<path d="M12 16V4m0 0L7 9m5-5 5 5M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4"/>',
    "box": '<path d="M5 8V5h3M16 5h3v3M19 16v3h-3M8 19H5v-3M9 12h6"/>',
    "up": '<path d="M12 19V5m0 0-6 6m6-6 6 6"/>',
    "down": '<path d="M12 5v14m0 0-6-6m6 6 6-6"/>',
    "download": '<path d="M12 4v12m0 0-5-5m5 5 5-5M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4"/>',
    "feed": '<path d="M5 19.5v-.01M5 12a7.5 7.5 0 0 1 7.5 7.5M5 5a14.5 14.5 0 0 1 14.5 14.5"/>',
    "stack": '<path d="m12 3 9 5-9 5-9-5zM3.5 12.5 12 17l8.5-4.5M3.5 16.5 12 21l8.5-4.5"/>',
    "bin": '<path d="M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13"/>',
    "tools": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
    "pair": '<path d="M3 5h8v14H3zM13 5h8v14h-8z"/>',
    "star": '<path d="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z"/>',
    "ruler": '<path d="m3 16 13-13 5 5L8 21zM7 12l2 2m1-5 2 2m1-5 2 2"/>',
    "ellipse": '<ellipse cx="12" cy="12" rx="9" ry="6"/>',
    "mark": '<path d="m4 20 9-9m0 0H7m6 0v6M15 4h5v5"/>',
}
