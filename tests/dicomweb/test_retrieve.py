"""WADO-RS: objects, metadata, frames, bulk data, pictures; their negotiation, ETags and refusals."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
import zipfile
from typing import Any

import pydicom
import pytest
from django.test import Client
from PIL import Image

from imagebank.catalog.models import Header
from imagebank.core.stores import STORES
from tests.factories import session

from .conftest import SHORT, Shelf
from .reading import body, parts, status

DICOM = 'multipart/related; type="application/dicom"'
JPEG_BASELINE, NATIVE = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.1"


def get(shelf: Shelf, path: str, accept: str = "*/*", **headers: str) -> Any:
    return shelf.reader.get(path, headers={"Accept": accept, **headers})


def stored(shelf: Shelf, number: int) -> bytes:
    row = shelf.clips[number].renditions.get(role="dicom")
    with STORES[row.store].open(row.clip_id, row.role, row.sha256) as handle:
        return handle.read()


def test_study_series_and_instance_are_the_stored_objects(shelf: Shelf) -> None:
    both = {stored(shelf, 0), stored(shelf, 1)}
    assert {data for _, data in parts(get(shelf, shelf.study, DICOM + "; transfer-syntax=*"))} == both
    assert parts(get(shelf, shelf.instance(1)))[0][1] == stored(shelf, 1), "to who names nothing as it is stored"
    one = get(shelf, shelf.instance(0), DICOM)
    assert parts(one) == [(f"application/dicom; transfer-syntax={NATIVE}", stored(shelf, 0))]
    alone = get(shelf, shelf.instance(1), "application/dicom; transfer-syntax=*")
    assert (alone["Content-Type"], body(alone)) == ("application/dicom", stored(shelf, 1))
    assert pydicom.dcmread(io.BytesIO(stored(shelf, 1))).SOPInstanceUID == shelf.clips[1].sop_instance_uid


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("*/*", 200),
        ("application/dicom", 200),
        (f"application/dicom; transfer-syntax={JPEG_BASELINE}", 200),
        (f"application/dicom; transfer-syntax={NATIVE}", 200),
        ("application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90", 200),
        ("application/dicom; transfer-syntax=1.2.840.10008.1.2.4.91", 406),
        ("application/dicom; transfer-syntax=1.2.840.10008.1.2", 406),
        ("application/dicom; q=0", 406),
        ("text/html", 406),
        ("text/html, application/dicom;q=0.1", 200),
        ("multipart/related; type=image/png", 406),
        ("application/dicom; q=2", 400),
        ("nonsense", 400),
    ],
)
def test_an_instance_is_negotiated(shelf: Shelf, accept: str, wanted: int) -> None:
    assert status(get(shelf, shelf.instance(1), accept)) == wanted
    assert status(shelf.reader.get(shelf.instance(1), {"accept": accept})) == wanted


def test_what_is_liked_best_is_given(shelf: Shelf) -> None:
    wanted = f"application/dicom; q=0.5, {DICOM}; q=0.4, application/zip; q=0.9"
    archive = get(shelf, shelf.study, wanted)
    assert archive["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(body(archive))) as found:
        assert found.testzip() is None
        assert {found.read(name) for name in found.namelist()} == {stored(shelf, 0), stored(shelf, 1)}
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_metadata_is_the_header_of_the_object(shelf: Shelf) -> None:
    told = json.loads(body(get(shelf, f"{shelf.study}/metadata", "application/dicom+json")))
    by_uid = {each["00080018"]["Value"][0]: each for each in told}
    for number, clip in enumerate(shelf.clips):
        dataset = pydicom.dcmread(io.BytesIO(stored(shelf, number)))
        del dataset.PixelData
        said = by_uid[clip.sop_instance_uid]
        assert said.pop("7FE00010")["BulkDataURI"].endswith(f"{shelf.instance(number)}/bulkdata/7FE00010")
        assert said.pop("00083002") == {"vr": "UI", "Value": [str(dataset.file_meta.TransferSyntaxUID)]}
        assert said == dataset.to_json_dict()
        assert said["00280302"]["Value"] == ["NO"], "the answer about faces is part of it"


def test_metadata_in_xml(shelf: Shelf) -> None:
    answer = get(shelf, f"{shelf.instance(0)}/metadata", 'multipart/related; type="application/dicom+xml"')
    ((kind, data),) = parts(answer)
    root = ET.fromstring(data)  # noqa: S314 - our own answer
    said = {node.get("keyword"): [value.text for value in node.findall("Value")] for node in root}
    assert kind == "application/dicom+xml"
    assert said["SOPInstanceUID"] == [shelf.clips[0].sop_instance_uid]
    assert said["Rows"] == [str(shelf.clips[0].height)]
    assert root.find("DicomAttribute[@keyword='SequenceOfUltrasoundRegions']/Item/DicomAttribute/Value") is not None


def test_frames_are_the_bytes_of_the_pixel_data(shelf: Shelf) -> None:
    native = pydicom.dcmread(io.BytesIO(stored(shelf, 0)))
    size = len(native.PixelData) // SHORT
    told = parts(get(shelf, f"{shelf.instance(0)}/frames/3,1", 'multipart/related; type="application/octet-stream"'))
    assert [data for _, data in told] == [native.PixelData[2 * size : 3 * size], native.PixelData[:size]]
    coded = pydicom.dcmread(io.BytesIO(stored(shelf, 1)))
    frames = list(pydicom.encaps.generate_frames(coded.PixelData, number_of_frames=SHORT))
    told = parts(get(shelf, f"{shelf.instance(1)}/frames/1,{SHORT}", "multipart/related; type=image/jpeg"))
    assert told == [(f"image/jpeg; transfer-syntax={JPEG_BASELINE}", frames[number]) for number in (0, SHORT - 1)]
    anyhow = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
    assert [data for _, data in parts(get(shelf, f"{shelf.instance(1)}/frames/2", anyhow))] == [frames[1]]
    single = get(shelf, f"{shelf.instance(1)}/frames/2", "image/jpeg")
    assert Image.open(io.BytesIO(body(single))).size == (shelf.clips[1].width, shelf.clips[1].height)


@pytest.mark.parametrize(
    ("frames", "wanted"), [("0", 400), ("x", 400), ("1,,2", 400), ("5", 404), ("99999999999", 400)]
)
def test_frames_that_are_not_there(shelf: Shelf, frames: str, wanted: int) -> None:
    for end in ("", "/rendered", "/thumbnail"):
        assert get(shelf, f"{shelf.instance(0)}/frames/{frames}{end}").status_code == wanted


def test_bulk_data(shelf: Shelf) -> None:
    native = pydicom.dcmread(io.BytesIO(stored(shelf, 0))).PixelData
    told = json.loads(body(get(shelf, f"{shelf.instance(0)}/metadata")))[0]["7FE00010"]["BulkDataURI"]
    path = told[told.index("/dicomweb") :]
    alone = get(shelf, path, "application/octet-stream")
    assert body(alone) == native
    assert [data for _, data in parts(get(shelf, f"{shelf.instance(0)}/bulkdata"))] == [native]
    assert len(parts(get(shelf, f"{shelf.instance(1)}/pixeldata"))) == SHORT
    assert get(shelf, f"{shelf.instance(0)}/bulkdata/00100010").status_code == 404


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/gif", "image/webp"])
def test_pictures_for_any_viewer(shelf: Shelf, kind: str) -> None:
    clip = shelf.clips[1]
    for path in (f"{shelf.instance(1)}/frames/2/rendered", f"{shelf.instance(1)}/rendered", f"{shelf.study}/thumbnail"):
        answer = get(shelf, path, kind)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        with Image.open(io.BytesIO(body(answer))) as picture:
            assert Image.MIME[picture.format or ""] == kind
            moving = kind == "image/gif" and path.endswith("/rendered") and "frames" not in path
            assert getattr(picture, "n_frames", 1) == (SHORT if moving else 1)
            if not moving and "thumbnail" not in path:
                assert picture.size == (clip.width, clip.height)


def test_a_stored_jpeg_is_shown_as_it_is(shelf: Shelf) -> None:
    stored_one = body(get(shelf, f"{shelf.instance(1)}/frames/2", "image/jpeg"))
    assert body(get(shelf, f"{shelf.instance(1)}/frames/2/rendered", "image/jpeg")) == stored_one
    assert body(shelf.reader.get(f"{shelf.instance(1)}/frames/2/rendered?quality=30")) != stored_one
    Header.objects.filter(clip=shelf.clips[1]).update(transfer_syntax=NATIVE)  # as if it were not
    assert body(get(shelf, f"{shelf.instance(1)}/frames/2/rendered", "image/jpeg")) != stored_one
    Header.objects.filter(clip=shelf.clips[1]).update(transfer_syntax=JPEG_BASELINE)


def test_what_is_stored_as_a_film_has_no_single_frames(shelf: Shelf) -> None:
    row = Header.objects.get(clip=shelf.clips[1])
    film = {**row.pixels, "frames": row.pixels["frames"][:1]}
    Header.objects.filter(pk=row.pk).update(transfer_syntax="1.2.840.10008.1.2.4.102", pixels=film)
    assert get(shelf, f"{shelf.instance(1)}/frames/1").status_code == 406
    ((kind, _),) = parts(get(shelf, f"{shelf.instance(1)}/bulkdata"))
    assert kind == "video/mp4; transfer-syntax=1.2.840.10008.1.2.4.102"
    assert status(get(shelf, f"{shelf.instance(1)}/bulkdata", "video/mp4")) == 200
    assert status(get(shelf, f"{shelf.instance(1)}/frames/{SHORT}/rendered")) == 200
    row.save()


def test_the_film(shelf: Shelf) -> None:
    answer = get(shelf, f"{shelf.instance(0)}/rendered", "video/mp4")
    assert (answer.status_code, answer["Content-Type"]) == (200, "video/mp4")
    assert body(answer)[4:8] == b"ftyp"
    assert status(get(shelf, f"{shelf.instance(0)}/rendered", "video/mp4", Range="bytes=4-7")) == 206


def test_a_study_is_rendered_in_parts(shelf: Shelf) -> None:
    told = parts(get(shelf, f"{shelf.study}/rendered", "multipart/related; type=image/png"))
    assert [kind for kind, _ in told] == ["image/png"] * 2


def test_a_picture_is_cut_scaled_and_windowed(shelf: Shelf) -> None:
    path = f"{shelf.instance(0)}/frames/1/rendered?accept=image/png"
    with Image.open(io.BytesIO(body(shelf.reader.get(f"{path}&viewport=320,320")))) as small:
        assert small.size == (320, 240)
    with Image.open(io.BytesIO(body(shelf.reader.get(f"{path}&viewport=200,200,100,100,200,200")))) as cut:
        assert cut.size == (200, 200)
    with Image.open(io.BytesIO(body(shelf.reader.get(f"{path}&window=1,1,linear")))) as bright:
        assert {value for _, value in bright.convert("L").getcolors() or []} == {0, 255}


@pytest.mark.parametrize(
    "query",
    [
        "quality=0", "quality=101", "quality=x", "viewport=1", "viewport=0,5", "viewport=9,9,9999,1,5,5",
        "viewport=-1,5", "window=1,0,linear", "window=1,2,cubic", "window=nan,2,linear", "annotation=name",
        "iccprofile=dolby",
    ],
)  # fmt: skip
def test_bad_wishes_are_told(shelf: Shelf, query: str) -> None:
    answer = get(shelf, f"{shelf.instance(0)}/rendered?{query}")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "dicomweb_request")
    assert query.partition("=")[0] in json.loads(answer.content)["errors"]


def test_etags(shelf: Shelf) -> None:
    for end in ("", "/metadata", "/frames/1", "/rendered", "/thumbnail", "/bulkdata"):
        first = get(shelf, f"{shelf.instance(0)}{end}")
        data = body(first)
        again = get(shelf, f"{shelf.instance(0)}{end}", **{"If-None-Match": first["ETag"]})
        assert (again.status_code, body(again)) == (304, b""), end
        assert body(get(shelf, f"{shelf.instance(0)}{end}")) == data, end
        assert "Last-Modified" not in first
    open_one = get(shelf, f"{shelf.instance(0)}/rendered")
    assert open_one["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert get(shelf, f"{shelf.instance(0)}/metadata")["Cache-Control"] == "private, no-cache"


def test_who_may_take_what(shelf: Shelf) -> None:
    stranger = Client()
    assert stranger.get(f"{shelf.instance(0)}/rendered").status_code == 200
    for end in ("", "/metadata", "/frames/1", "/bulkdata"):
        assert stranger.get(f"{shelf.instance(0)}{end}").status_code == 401
    shelf.world.trainee.accepted_terms = ""
    shelf.world.trainee.save()
    assert json.loads(session(shelf.world.trainee).get(shelf.instance(0)).content)["code"] == "terms"
    shelf.world.trainee.accepted_terms = "draft-1"
    shelf.world.trainee.save()


def test_addresses_that_are_none(shelf: Shelf) -> None:
    for bad in ("1.2.x", "1..2", "01.2", "1." + "2" * 64, "%2e%2e", "1.2%00"):
        answer = shelf.reader.get(f"/dicomweb/studies/{bad}")
        assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "dicomweb_request"), bad
    assert shelf.reader.get("/dicomweb/studies/1.2.3").status_code == 404
    assert shelf.reader.get(f"{shelf.study}/series/1.2.3").status_code == 404
    assert shelf.reader.get("/dicomweb/studies/../../etc").status_code == 404
    assert shelf.reader.put(shelf.study).status_code == 405
    assert shelf.reader.post("/dicomweb/workitems").status_code == 501


def test_head_tells_the_same_without_a_body(shelf: Shelf) -> None:
    for end in ("", "/metadata", "/frames/1", "/rendered"):
        answer = shelf.reader.head(f"{shelf.instance(0)}{end}")
        assert (answer.status_code, body(answer)) == (200, b"")
        assert answer["ETag"] == shelf.reader.get(f"{shelf.instance(0)}{end}")["ETag"]
