"""Frames in every coding that devices and telephones write, DICOM and not; identifiers where a container has room."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from fractions import Fraction
from typing import Final

import av
import cv2
import imagecodecs
import numpy as np
import simplejpeg
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, PngImagePlugin
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import HEVCMP51, MPEG2MPML, MPEG4HP41, UID

from tests.anonymize import make
from tests.anonymize.leaks.ink import Frames
from tests.anonymize.leaks.words import Planter
from tests.anonymize.sound import play, track

Put = Callable[[Dataset, Frames], None]


def _describe(ds: Dataset, frames: Frames, syntax: str, photometric: str) -> None:
    ds.Rows, ds.Columns = frames[0].shape[:2]
    ds.PhotometricInterpretation = photometric
    ds.SamplesPerPixel = 1 if photometric.startswith(("MONO", "PALETTE")) else 3
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = 0
    ds.PixelRepresentation = 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)


def _native(ds: Dataset, frames: list[np.ndarray]) -> None:
    raw = b"".join(np.ascontiguousarray(frame).tobytes() for frame in frames)
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OW"


def _coded(ds: Dataset, coded: list[bytes]) -> None:
    ds.PixelData = encapsulate([one + b"\0" * (len(one) % 2) for one in coded])
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True


def _grey(frame: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)


def rgb(syntax: str) -> Put:
    return lambda ds, frames: void(make.picture(ds, frames, syntax))


def void(_: object) -> None:
    """What was made in place needs no result."""


def jpeg(sampling: str) -> Put:
    def put(ds: Dataset, frames: Frames) -> None:
        grey = sampling == "Gray"
        _describe(ds, frames, make.JPEG, "MONOCHROME2" if grey else "YBR_FULL" if sampling == "444" else "YBR_FULL_422")
        shown = [np.ascontiguousarray(_grey(frame)[..., None] if grey else frame) for frame in frames]
        kind = "GRAY" if grey else "RGB"
        _coded(ds, [bytes(simplejpeg.encode_jpeg(frame, 92, kind, sampling)) for frame in shown])
        ds.LossyImageCompression = "01"

    return put


def mono(photometric: str = "MONOCHROME2", syntax: str = make.EXPLICIT) -> Put:
    def put(ds: Dataset, frames: Frames) -> None:
        _describe(ds, frames, make.EXPLICIT if syntax == make.RLE else syntax, photometric)
        greys = [255 - _grey(frame) if photometric == "MONOCHROME1" else _grey(frame) for frame in frames]
        if syntax == make.JPEG_LS:
            _coded(ds, [bytes(imagecodecs.jpegls_encode(frame)) for frame in greys])
            return
        _native(ds, greys)
        if syntax == make.RLE:
            ds.compress(syntax, generate_instance_uid=False)

    return put


def mono_16(ds: Dataset, frames: Frames) -> None:
    """Eight bits stored in sixteen."""
    _describe(ds, frames, make.EXPLICIT, "MONOCHROME2")
    ds.BitsAllocated = 16
    _native(ds, [_grey(frame).astype("<u2") for frame in frames])


def palette(ds: Dataset, frames: Frames) -> None:
    """Indices run backwards through a table of greys of 16 bits."""
    _describe(ds, frames, make.EXPLICIT, "PALETTE COLOR")
    for name in ("Red", "Green", "Blue"):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ds, f"{name}PaletteColorLookupTableData", (np.arange(255, -1, -1) * 257).astype("<u2").tobytes())
    _native(ds, [255 - _grey(frame) for frame in frames])


def ybr(ds: Dataset, frames: Frames) -> None:
    _describe(ds, frames, make.EXPLICIT, "YBR_FULL")
    _native(ds, [cv2.cvtColor(frame, cv2.COLOR_RGB2YCrCb)[..., [0, 2, 1]] for frame in frames])


def planes(ds: Dataset, frames: Frames) -> None:
    """Planar configuration 1."""
    _describe(ds, frames, make.EXPLICIT, "RGB")
    ds.PlanarConfiguration = 1
    _native(ds, [frame.transpose(2, 0, 1) for frame in frames])


def film(syntax: UID, container: str, codec: str) -> Put:
    def put(ds: Dataset, frames: Frames) -> None:
        _describe(ds, frames, syntax, "YBR_PARTIAL_420")
        _coded(ds, [movie(frames, container, codec)])
        ds.LossyImageCompression = "01"

    return put


IN_DICOM: Final[dict[str, Put]] = {
    **{f"RGB {name}": rgb(syntax) for name, syntax in (
        ("implicit", make.IMPLICIT), ("explicit", make.EXPLICIT), ("deflated", make.DEFLATED), ("big", make.BIG_ENDIAN),
        ("RLE", make.RLE), ("JPEG 422", make.JPEG), ("JPEG lossless", make.JPEG_LOSSLESS), ("JPEG-LS", make.JPEG_LS),
        ("JPEG 2000", make.JPEG_2000),
    )},
    "JPEG 444": jpeg("444"), "JPEG 420": jpeg("420"), "JPEG 422 again": jpeg("422"), "JPEG grey": jpeg("Gray"),
    "mono": mono(), "mono 1": mono("MONOCHROME1"), "mono RLE": mono(syntax=make.RLE),
    "mono JPEG-LS": mono(syntax=make.JPEG_LS), "mono 16": mono_16, "palette": palette, "YBR": ybr, "planes": planes,
    "H.264": film(MPEG4HP41, "h264", "libx264"), "HEVC": film(HEVCMP51, "hevc", "libx265"),
    "MPEG-2": film(MPEG2MPML, "mpeg2video", "mpeg2video"),
}  # fmt: skip
LOSSY: Final = ("JPEG 4", "JPEG grey", "RGB JPEG 422", "H.264", "HEVC", "MPEG-2")


def movie(frames: Frames, container: str, codec: str, said: dict[str, str] | None = None, sound: bool = False) -> bytes:
    """A film with tags of its container; odd sides are cut by one."""
    frames = [frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2] for frame in frames]
    out = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if container in ("mp4", "mov") else {}
    with av.open(out, "w", format=container, options=options) as target:
        target.metadata.update(said or {})
        stream = target.add_stream(
            codec, rate=25, options={"x265-params": "log-level=none"} if codec == "libx265" else {}
        )
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.bit_rate = 12_000_000
        stream.codec_context.time_base = Fraction(1, 25)
        for name, value in (said or {}).items():
            stream.metadata[name] = value
        audio = track(target) if sound else None
        for index, frame in enumerate(frames):
            picture = VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture.pts, picture.time_base = index, stream.codec_context.time_base
            target.mux(stream.encode(picture))
        target.mux(stream.encode(None))
        if audio is not None:
            play(target, audio)
    return out.getvalue()


def _said(planter: Planter) -> dict[str, str]:
    day = planter.note("date", f"{planter.random.randint(1999, 2019)}-{planter.random.randint(1, 12):02}-17")
    return {
        "title": planter.word("person"), "artist": planter.word("other_person"), "comment": planter.word("free_text"),
        "location": f"+{planter.digits('contact')}/", "make": planter.word("device"), "patient": planter.digits("id"),
        "creation_time": f"{day}T11:22:33",
    }  # fmt: skip


def _atoms(planter: Planter) -> bytes:
    """Boxes behind a film that its players pass over."""
    return b"".join(
        (8 + len(value)).to_bytes(4, "big") + name + value
        for name, value in (
            (b"free", planter.word("trailing").encode()),
            (b"uuid", b"\1" * 16 + planter.word("private").encode()),
        )
    )


def _outside_film(container: str, codec: str, sound: bool = False) -> Callable[[Planter, Frames], bytes]:
    def make_file(planter: Planter, frames: Frames) -> bytes:
        data = movie(frames, container, codec, _said(planter), sound)
        return data + (_atoms(planter) if container in ("mp4", "mov") else b"")

    return make_file


def _exif(planter: Planter) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x8298] = (
        planter.word(name) for name in ("free_text", "other_person", "institution")
    )
    exif[0x0132] = f"{planter.random.randint(1999, 2019)}:07:17 11:22:33"
    return exif


def _still(kind: str) -> Callable[[Planter, Frames], bytes]:
    def make_file(planter: Planter, frames: Frames) -> bytes:
        out, exif = io.BytesIO(), _exif(planter)
        picture = Image.fromarray(frames[0])
        if kind == "PNG":
            info = PngImagePlugin.PngInfo()
            info.add_text("Patient", planter.word("person"))
            info.add_text("Id", planter.digits("id"), zip=True)
            info.add_itxt("Comment", planter.word("free_text"))
            picture.save(out, kind, exif=exif, pnginfo=info)
        elif kind == "JPEG":
            picture.save(out, kind, exif=exif, quality=93, comment=planter.word("person").encode())
        elif kind == "GIF":
            more = [Image.fromarray(frame).convert("P") for frame in frames]
            more[0].save(
                out, kind, save_all=True, append_images=more[1:], duration=40, comment=planter.word("person").encode()
            )
        else:
            picture.save(out, kind, exif=exif, quality=95)
        return out.getvalue() + planter.word("trailing").encode()

    return make_file


OUTSIDE: Final[dict[str, Callable[[Planter, Frames], bytes]]] = {
    "clip.mp4": _outside_film("mp4", "libx264", sound=True), "clip.mov": _outside_film("mov", "mjpeg"),
    "clip.avi": _outside_film("avi", "mjpeg"), "clip.mkv": _outside_film("matroska", "libx264"),
    "clip.webm": _outside_film("webm", "libvpx-vp9"), "clip.mpg": _outside_film("mpeg", "mpeg2video"),
    "still.jpg": _still("JPEG"), "still.png": _still("PNG"), "moving.gif": _still("GIF"), "still.webp": _still("WEBP"),
}  # fmt: skip
SINGLE: Final = ("still.jpg", "still.png", "still.webp")


def searched(data: bytes) -> bytes:
    """A file and what its compressed text chunks say."""
    found, at = data, data.find(b"zTXt")
    while at >= 0:
        start = data.index(b"\0", at) + 2
        found += zlib.decompressobj().decompress(data[start:])
        at = data.find(b"zTXt", start)
    return found
