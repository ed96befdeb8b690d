"""Persons in the character sets of PS3.3 C.12.1.1.2, as devices around the world write them."""

from __future__ import annotations

NAMES: dict[str, tuple[list[str] | str, str]] = {
    "latin-1": ("ISO_IR 100", "Müßig^Zoë"),
    "latin-2": ("ISO_IR 101", "Łukaszyk^Žofie"),
    "latin-3": ("ISO_IR 109", "Ġorġ^Ħal"),
    "latin-4": ("ISO_IR 110", "Ķēniņš^Ūla"),
    "latin-5": ("ISO_IR 148", "Gürşoy^Işıl"),
    "cyrillic": ("ISO_IR 144", "Люкceмбypг^Жанна"),
    "greek": ("ISO_IR 126", "Διονυσιος^Ελενη"),
    "arabic": ("ISO_IR 127", "قباني^لنزار"),
    "hebrew": ("ISO_IR 138", "שרון^דבורה"),
    "thai": ("ISO_IR 166", "นามสกุล^ชื่อ"),
    "japanese, one byte": (["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"),
    "japanese": (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
    "japanese, supplementary": (["", "ISO 2022 IR 87", "ISO 2022 IR 159"], "Miyamoto^Ai=宮本^藹=みやもと^あい"),
    "korean": (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동"),
    "simplified chinese": (["", "ISO 2022 IR 58"], "Zhang^XiaoDong=张^小东="),
    "gb18030": ("GB18030", "Wang^XiaoDong=王^小东="),
    "gbk": ("GBK", "Wang^XiaoDong=王^小东="),
    "utf-8": ("ISO_IR 192", "Wang^XiaoDong=王^小東=やま^たろ"),
}
"""Character set of PS3.3 C.12.1.1.2 -> a person with all component groups that it can write."""
