"""The standard's own Python client (dicomweb-client) through a whole session, against the web process itself."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pydicom
import pytest
from dicomweb_client import DICOMwebClient
from django.conf import settings
from PIL import Image

from imagebank.intake.models import Original
from tests.factories import World, make_token
from tests.serving import web_server

from .conftest import SHORT, accept


@pytest.fixture
def port(world: World) -> Iterator[int]:
    with web_server() as port:
        yield port


def test_a_session_from_store_to_delete(world: World, port: int, files: list[bytes]) -> None:
    headers = {"Authorization": f"Bearer {make_token(world.service, 'deposit', 'read', 'withdraw')}"}
    client = DICOMwebClient(f"http://127.0.0.1:{port}/dicomweb", headers=headers)
    sources = [pydicom.dcmread(io.BytesIO(data)) for data in files]
    answer = client.store_instances(sources)
    references = answer.ReferencedSOPSequence
    assert [item.ReferencedSOPClassUID for item in references] == [source.SOPClassUID for source in sources]
    for original in Original.objects.order_by("position"):
        accept(world, original)

    (study,) = client.search_for_studies()
    uid, series, instance = references[1].RetrieveURL.split("/")[5::2]
    assert study["0020000D"]["Value"] == [uid]
    assert series in [each["0020000E"]["Value"][0] for each in client.search_for_series(uid)]
    instances = client.search_for_instances(uid)
    assert {each["00080018"]["Value"][0] for each in instances} == {r.ReferencedSOPInstanceUID for r in references}
    assert client.search_for_instances(uid, series)[0]["00080018"]["Value"] == [instance]

    clean = client.retrieve_instance(uid, series, instance)
    assert clean.SOPInstanceUID == instance and not clean.PatientName
    assert (len(client.retrieve_study(uid)), len(client.retrieve_series(uid, series))) == (2, 1)
    assert len(client.retrieve_study_metadata(uid)) == 2
    said = client.retrieve_instance_metadata(uid, series, instance)
    address = said.pop("7FE00010")["BulkDataURI"].replace(settings.BASE_URL, f"http://127.0.0.1:{port}")
    assert len(client.retrieve_bulkdata(address)) == SHORT
    assert pydicom.Dataset.from_json(json.dumps(said)).Rows == clean.Rows
    jpegs = client.retrieve_instance_frames(
        uid, series, instance, frame_numbers=[1, SHORT], media_types=("image/jpeg",)
    )
    assert [Image.open(io.BytesIO(jpeg)).size for jpeg in jpegs] == [(clean.Columns, clean.Rows)] * 2
    picture = client.retrieve_instance_rendered(uid, series, instance, media_types=("image/png",))
    assert Image.open(io.BytesIO(picture)).format == "PNG"
    client.delete_study(uid)
    assert client.search_for_studies() == []
