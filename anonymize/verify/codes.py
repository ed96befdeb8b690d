"""What the second look can find: code -> sentence. A problem names a place, never a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PROBLEMS: Final[dict[str, str]] = {
    # the file as bytes (PS3.10 section 7)
    "file.broken": "The file cannot be followed byte for byte to its end.",
    "file.no_source": "No original of this name or number was found: it was not compared.",
    "file.preamble": "The 128 bytes before the DICOM mark are not all zero.",
    "file.trailing": "Bytes stand behind the last element.",
    "file.meta": "The file meta group holds an element that is not needed, or a wrong value.",
    "file.transfer_syntax": "The transfer syntax is not one that the cleaner writes.",
    "file.order": "Elements are repeated or out of order.",
    "file.limit": "The file goes beyond a limit.",
    # elements
    "element.private": "A private element is present.",
    "element.group": "A curve or overlay group is present.",
    "element.unknown": "An element is not on the list of what may stay.",
    "element.value": "A value breaks the rule of its element.",
    "element.vr": "An element has another value representation than the standard gives.",
    "element.characters": "A text is not UTF-8, or holds control characters.",
    # unique identifiers
    "uid.form": "A UID is neither well known nor a keyed one under 2.25.",
    "uid.source": "A UID of the source is still there.",
    # the source's identifying values
    "identity.element": "An identifying value of the source stands in an element.",
    "identity.number": "An identifying number of the source stands in a numeric element.",
    "identity.bytes": "An identifying value of the source stands in the bytes of the file.",
    "identity.stream": "An identifying value of the source stands in the coded picture.",
    # what the object says of itself (PS3.15 E.1, PS3.3)
    "flag.identity_removed": "Patient Identity Removed is not YES, or its method is missing.",
    "flag.burned_in": "Burned In Annotation is not NO.",
    "iod.class": "The SOP class is not an ultrasound image.",
    "iod.missing": "An attribute that the ultrasound object needs is missing.",
    "iod.empty": "An attribute that the ultrasound object needs is empty.",
    "iod.conflict": "Attributes contradict each other.",
    # the coded picture
    "stream.segment": "A frame holds a comment, an application segment or another part that shows no picture.",
    "stream.trailing": "Bytes stand behind the end of a frame.",
    "stream.user_data": "The film holds user data, a sound track or other metadata.",
    "stream.broken": "A frame cannot be followed to its end.",
    "stream.frames": "The number of frames coded is not the number declared.",
    # the picture itself
    "pixels.undecodable": "The frames cannot be decoded.",
    "pixels.palette": "The colour table holds entries that no pixel uses.",
    "pixels.outside": "Outside the picture something is left.",
    "pixels.mask": "The mask given does not fit the picture.",
    "text.outside": "There is text outside the picture.",
    "text.inside": "There is a word inside the picture.",
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. `where` is a path of tags such as `(0018,6011)[0]/(0018,6024)`, a frame, or a region in pixels."""

    code: str
    where: str

    def __post_init__(self) -> None:
        if self.code not in PROBLEMS:
            raise KeyError(self.code)
