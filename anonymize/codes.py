"""Every ending by name: code -> sentence for people. The first word of a code is its verdict."""

from __future__ import annotations

from typing import Final, Literal, cast

Verdict = Literal["clean", "held", "refused", "failed"]

CODES: Final[dict[str, str]] = {
    "clean": "Nothing that identifies the patient was found in the result.",
    # the input's fault
    "refused.not_a_file": "This is no file but a device, a pipe or a socket.",
    "refused.link": "This is a link to a folder, to nothing, or out of the folder that was given.",
    "refused.empty": "The file is empty.",
    "refused.not_an_image": "This is not a DICOM file, a film or a picture that we can read.",
    "refused.broken": "The file is damaged: it cannot be read to its end.",
    "refused.sop_class": "This kind of DICOM object is not an ultrasound clip.",
    "refused.transfer_syntax": "This way of coding the picture is not supported.",
    "refused.no_pixels": "The file holds no picture.",
    "refused.pixels_short": "The picture data are shorter than the header says.",
    "refused.pixels_mismatch": "The header and the picture inside disagree about its size.",
    "refused.limit_bytes": "The file is larger than the limit.",
    "refused.limit_frames": "The clip has more frames than the limit.",
    "refused.limit_pixels": "A frame is larger than the limit.",
    "refused.limit_depth": "The header is nested deeper than the limit.",
    "refused.limit_elements": "The header has more or larger elements than the limit.",
    "refused.limit_inflated": "The compressed header grows beyond the limit.",
    "refused.limit_members": "The archive holds more files than the limit.",
    "refused.limit_unpacked": "The files of the archive together are larger than the limit.",
    "refused.locked": "This file of the archive is locked with a password.",
    "refused.nested": "This is an archive inside an archive, which is not opened.",
    "refused.limit_files": "Reading the file opens more files than the limit.",
    "refused.limit_memory": "Reading the file needs more memory than the limit.",
    "refused.limit_time": "Reading the file takes longer than the limit.",
    "refused.decoder": "The picture cannot be decoded.",
    # a person must look
    "held.no_picture": "We could not tell where the ultrasound picture is on the screen.",
    "held.uncertain_picture": "We are not sure where the ultrasound picture ends.",
    "held.text_inside": "There may be text on the picture itself.",
    "held.secondary_capture": "This is a captured screen, not a file made by the ultrasound device.",
    "held.surface_3d": "A rendered surface may show a face.",
    "held.not_ultrasound": "This does not look like an ultrasound picture.",
    "held.verifier": "The second look found something that should not be there.",
    # ours
    "failed.killed": "The program that cleans the file was stopped by the system.",
    "failed.crashed": "The program that cleans the file crashed.",
    "failed.exception": "The program that cleans the file met an error of ours.",
    "failed.time": "Cleaning the file took too long because the machine was busy.",
    "failed.unknown": "The file was not finished.",
}


def sentence(code: str) -> str:
    """The sentence of a code; an unknown code is our own fault and raises KeyError."""
    return CODES[code]


def verdict(code: str) -> Verdict:
    """The first word of a code."""
    return cast(Verdict, code.split(".", 1)[0])
