"""WADO-RS: PS3.18 10.4, media types 8.7, status codes 8.5, rendered resources 10.4.1.1.3 and their parameters 8.3.5."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from .asking import DICOM, EXPLICIT, INSTANCE, JSON, STUDY, XML, Server, first, rules

OCTETS: Final = 'multipart/related; type="application/octet-stream"'
LOSSY: Final = "1.2.840.10008.1.2.4.91"
PIXELS: Final = "7FE00010"


def status(server: Server, path: str, accept: str = "*/*") -> int:
    return server.ask(path, accept).status


def frame_size(server: Server) -> bool:
    """Bytes of one native frame."""
    (found,) = server.ask(f"{server.instance}/frames/1", OCTETS).parts()
    rows, columns = first(server.there, "00280010"), first(server.there, "00280011")
    return len(found[1]) in (rows * columns, rows * columns * 3)


def picture(server: Server, path: str, accept: str) -> Image.Image:
    return Image.open(io.BytesIO(server.ask(path, accept).body))


def bulk_resolves(server: Server) -> bool:
    (found,) = server.ask(f"{server.instance}/metadata").json()
    address = found[PIXELS]["BulkDataURI"]
    return status(server, address[address.index("/studies/") :], OCTETS) == 200


def in_order(server: Server) -> bool:
    frames = int(first(server.there, "00280008", 1))
    wanted = (1, 2) if frames > 1 else (1, 1)
    both = server.ask(f"{server.instance}/frames/{wanted[1]},{wanted[0]}", OCTETS).parts()
    alone = [server.ask(f"{server.instance}/frames/{number}", OCTETS).parts()[0][1] for number in wanted]
    return [data for _, data in both] == alone[::-1]


def thumbnails(server: Server) -> bool:
    return all(
        picture(server, f"{path}/thumbnail", "image/jpeg").format == "JPEG"
        for path in (server.study, server.series, server.instance)
    )


RULES = rules(
    ("must", "10.4.1.1.1", "an instance, a part of multipart/related",
     lambda s: [str(d.SOPInstanceUID) for d in s.ask(s.instance, DICOM).datasets()] == [s.uid(INSTANCE)]),
    ("must", "10.4.1.1.1", "a study has a part for each instance",
     lambda s: len(s.ask(s.study, DICOM).parts()) == len(s.ask(f"{s.study}/instances").json())),
    ("must", "10.4.1.1.1", "a series has a part for each instance",
     lambda s: len(s.ask(s.series, DICOM).parts()) == len(s.ask(f"{s.series}/instances").json())),
    ("must", "8.6.1.2", "the answer names type and boundary",
     lambda s: "boundary=" in (kind := s.ask(s.instance, DICOM).headers["content-type"])
     and "application/dicom" in kind),
    ("must", "8.7.3.4", "each part says application/dicom",
     lambda s: all(kind.startswith("application/dicom") for kind, _ in s.ask(s.study, DICOM).parts())),
    ("must", "8.7.3.5.2", "Explicit VR Little Endian for who names no transfer syntax",
     lambda s: s.ask(s.instance, DICOM).datasets()[0].file_meta.TransferSyntaxUID == EXPLICIT),
    ("must", "8.7.3.5.2", "and for who names it",
     lambda s: s.stored.file_meta.TransferSyntaxUID == EXPLICIT),
    ("must", "8.7.3.5.2", "transfer-syntax=* is the stored one",
     lambda s: s.ask(s.instance, f"{DICOM}; transfer-syntax=*").datasets()[0].file_meta.TransferSyntaxUID
     == first(s.there, "00083002", EXPLICIT)),
    ("must", "8.7.5", "406 for a transfer syntax that cannot be",
     lambda s: status(s, s.instance, f"{DICOM}; transfer-syntax={LOSSY}") == 406),
    ("must", "8.7.5", "406 for a media type that cannot be", lambda s: status(s, s.instance, "text/csv") == 406),
    ("must", "8.7.4", "the larger q wins",
     lambda s: s.ask(f"{s.instance}/rendered", "image/jpeg;q=0.2, image/png;q=0.9").kind == "image/png"),
    ("must", "8.3.3.1", "?accept= chooses too",
     lambda s: s.ask(f"{s.instance}/rendered?accept=image/png", "image/jpeg").kind == "image/png"),
    ("must", "10.4.1.1.2", "metadata of a study",
     lambda s: len(s.ask(f"{s.study}/metadata").json()) == len(s.ask(f"{s.study}/instances").json())),
    ("must", "10.4.1.1.2", "metadata of a series",
     lambda s: first(s.ask(f"{s.series}/metadata").json()[0], STUDY) == s.uid()),
    ("must", "10.4.1.1.2", "metadata of an instance",
     lambda s: first(s.ask(f"{s.instance}/metadata").json()[0], INSTANCE) == s.uid(INSTANCE)),
    ("must", "10.4.1.1.2", "metadata in XML", lambda s: len(s.ask(f"{s.instance}/metadata", XML).parts()) == 1),
    ("must", "10.4.1.1.2", "JSON for who accepts anything",
     lambda s: s.ask(f"{s.instance}/metadata", "*/*").kind == JSON),
    ("must", "F.2.6", "bulk data are an address in metadata, and it leads there", bulk_resolves),
    ("must", "10.4.1.1.6", "a frame as bytes", frame_size),
    ("must", "10.4.1.1.6", "frames in the order of the list", in_order),
    ("must", "10.4.1.1.6", "404 beyond the last frame",
     lambda s: status(s, f"{s.instance}/frames/100000", OCTETS) == 404),
    ("must", "10.4.1.1.6", "400 for frame 0", lambda s: status(s, f"{s.instance}/frames/0", OCTETS) == 400),
    ("must", "10.4.1.1.3", "an instance rendered as JPEG",
     lambda s: picture(s, f"{s.instance}/rendered", "image/jpeg").format == "JPEG"),
    ("must", "8.7.4", "image/jpeg is what is rendered by default",
     lambda s: s.ask(f"{s.instance}/frames/1/rendered", "*/*").kind == "image/jpeg"),
    ("must", "10.4.1.1.3", "a series rendered", lambda s: status(s, f"{s.series}/rendered") == 200),
    ("must", "10.4.1.1.3", "a study rendered", lambda s: status(s, f"{s.study}/rendered") == 200),
    ("must", "10.4.1.1.3", "a frame rendered",
     lambda s: picture(s, f"{s.instance}/frames/1/rendered", "image/jpeg").size
     == (first(s.there, "00280011"), first(s.there, "00280010"))),
    ("must", "8.7.4", "GIF and PNG too",
     lambda s: [picture(s, f"{s.instance}/frames/1/rendered", f"image/{kind}").format for kind in ("gif", "png")]
     == ["GIF", "PNG"]),
    ("must", "8.3.5.1.3", "viewport", lambda s: max(picture(s, f"{s.instance}/frames/1/rendered?viewport=100,100",
                                                             "image/jpeg").size) == 100),
    ("must", "8.3.5.1.3", "a bad viewport is 400", lambda s: status(s, f"{s.instance}/rendered?viewport=none") == 400),
    ("must", "8.3.5.1.2", "quality",
     lambda s: len(s.ask(f"{s.instance}/frames/1/rendered?quality=10", "image/jpeg").body)
     < len(s.ask(f"{s.instance}/frames/1/rendered?quality=95", "image/jpeg").body)),
    ("must", "8.3.5.1.4", "window",
     lambda s: s.ask(f"{s.instance}/frames/1/rendered?window=10,20,linear", "image/jpeg").body
     != s.ask(f"{s.instance}/frames/1/rendered", "image/jpeg").body),
    ("must", "10.4.1.1.4", "thumbnails of study, series and instance", thumbnails),
    ("must", "8.5", "404 for a study that is not there", lambda s: status(s, "/studies/1.2.3/metadata", JSON) == 404),
    ("should", "8.5", "400 for what is no UID", lambda s: status(s, "/studies/not-a-uid/metadata", JSON) == 400),
    ("should", "10.4.1.1.5", "bulk data of a whole instance",
     lambda s: status(s, f"{s.instance}/bulkdata", OCTETS) == 200),
    ("should", "10.4.1.1.5", "404 for bulk data that it does not have",
     lambda s: status(s, f"{s.instance}/bulkdata/00420011", OCTETS) == 404),
    ("should", "8.4.3", "ETag, and 304 while it fits",
     lambda s: (a := s.ask(f"{s.instance}/metadata")).headers.get("etag")
     and s.ask(f"{s.instance}/metadata", if_none_match=a.headers["etag"]).status == 304),
    ("should", "8.2", "HEAD is GET without a body",
     lambda s: (a := s.ask(f"{s.instance}/metadata", method="HEAD")).status == 200 and not a.body),
    ("should", "8.6.1.2.1", "each part says where it is",
     lambda s: b"Content-Location: " in s.ask(f"{s.instance}/frames/1", OCTETS).body[:400]),
    ("should", "10.4.1.1.4", "a thumbnail is small",
     lambda s: max(picture(s, f"{s.instance}/thumbnail", "image/jpeg").size) <= 256),
    ("should", "10.4.1.1.3", "GIF of several frames moves",
     lambda s: getattr(picture(s, f"{s.instance}/rendered", "image/gif"), "n_frames", 1) > 1),
    ("should", "8.5", "an error says what is wrong in words",
     lambda s: len(s.ask(f"{s.instance}/frames/0", OCTETS).body) > 20),
    ("may", "8.7.3.5.2", "other lossless transfer syntaxes",
     lambda s: all(status(s, s.instance, f"{DICOM}; transfer-syntax=1.2.840.10008.1.2.{tail}") == 200
                   for tail in ("5", "4.70", "4.80", "4.90"))),
    ("may", "10.4.1.1.1", "one instance without parts",
     lambda s: s.ask(s.instance, "application/dicom").body[128:132] == b"DICM"),
    ("may", "10.4.1.1.1", "a study as a ZIP", lambda s: s.ask(s.study, "application/zip").body[:2] == b"PK"),
    ("may", "8.7.4", "video of an instance",
     lambda s: s.ask(f"{s.instance}/rendered", "video/mp4").body[4:8] == b"ftyp"),
    ("may", "10.4.1.1.4", "a thumbnail of a frame",
     lambda s: status(s, f"{s.instance}/frames/1/thumbnail", "image/jpeg") == 200),
    ("may", "10.4.1.1.6", "frames of a coded object in its own syntax, as bytes",
     lambda s: status(s, f"{s.instance}/frames/1", f"{OCTETS}; transfer-syntax=*") == 200),
)  # fmt: skip
