"""No typed text may repeat a name that stood in a file, though the name itself is kept nowhere."""

from __future__ import annotations

import io

import pydicom
import pytest

from imagebank.catalog.models import Clip
from imagebank.catalog.services import change_case, submit
from imagebank.core import stores
from imagebank.core.errors import Invalid
from imagebank.review.services import review
from tests.api.conftest import world
from tests.factories import World, acting, specimens, written

__all__ = ["world"]


@pytest.fixture
def source() -> bytes:
    return written(specimens()[0])


def test_the_patients_name_cannot_be_typed(world: World, source: bytes) -> None:
    name = str(pydicom.dcmread(io.BytesIO(source), stop_before_pixels=True).PatientName)
    family = name.split("^")[0]
    case = world.draft(world.clip(source))
    for text in (f"{family} is breathless", f"breathless {family.upper()}s: no, {family.upper()}"):
        with pytest.raises(Invalid) as refusal:
            change_case(actor=acting(world.contributor), case=case, data={"title": {"en": text}})
        assert list(refusal.value.errors) == ["title"]
    for field in ("credit", "reason"):
        with pytest.raises(Invalid) as refusal:
            change_case(actor=acting(world.contributor), case=case, data={"sex": "male", field: f"as {family} said"})
        assert list(refusal.value.errors) == [field]
    changed = change_case(actor=acting(world.contributor), case=case, data={"title": {"en": "Breathless, both bases"}})
    submit(actor=acting(world.contributor), case=changed)
    with pytest.raises(Invalid) as refusal:
        review(actor=acting(world.reviewer), case=changed, verdict="changes", comment=f"Is this {family} again?")
    assert list(refusal.value.errors) == ["comment"]
    assert changed.title == {"en": "Breathless, both bases"}
    keys = Clip.objects.get().name_keys
    assert keys
    assert not [key for key in keys if family.casefold() in key]


def test_the_clean_object_tells_no_sex(world: World, source: bytes) -> None:
    assert pydicom.dcmread(io.BytesIO(source), stop_before_pixels=True).PatientSex
    clip = world.clip(source)
    rendition = clip.renditions.get(role="dicom")
    with stores.STORES[rendition.store].open(clip.pk, "dicom", rendition.sha256) as handle:
        assert pydicom.dcmread(io.BytesIO(handle.read()), stop_before_pixels=True).PatientSex == ""
