"""The table of the demonstration's clips: true to the vocabulary, rich enough, and full of planted identifiers."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pydicom
import pytest
from pydicom.pixels.processing import apply_color_lut

from anonymize.phantom import demo_clips, scenes, write_clip
from anonymize.phantom.clip import Loop, loop
from anonymize.phantom.demo import LANGUAGES, DemoClip, titles
from anonymize.phantom.devices import devices
from anonymize.phantom.write import dataset

VOCABULARY = Path(__file__).parents[2] / "imagebank" / "vocabulary" / "data"
CLIPS = {clip.id: clip for clip in demo_clips()}
SMALLEST = {"rgb": 12.0, "ybr": 12.0, "rle": 12.0, "jpeg": 40.0, "mono": 12.0, "palette": 40.0}


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, list[dict[str, str]]]:
    if not VOCABULARY.is_dir():
        pytest.skip("the vocabulary's tables are not in this checkout")
    tables = {}
    for name in ("indications", "findings", "indication_views", "indication_findings", "reference_standards"):
        with (VOCABULARY / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tables


def short(clip: DemoClip, frames: int = 2) -> DemoClip:
    return replace(clip, frames=min(frames, clip.frames))


def test_the_set_is_as_rich_as_the_demonstration_needs() -> None:
    assert len(CLIPS) >= 40
    assert len({clip.case for clip in CLIPS.values()}) >= 30
    assert len({clip.hospital.id for clip in CLIPS.values()}) >= 12
    assert len({clip.hospital.country for clip in CLIPS.values()}) >= 8
    assert {clip.device.id for clip in CLIPS.values()} == set(devices)
    assert {clip.scene for clip in CLIPS.values()} == set(scenes)
    assert {clip.encoding for clip in CLIPS.values()} == {*SMALLEST, "mp4"}


def test_a_case_is_of_one_patient_in_one_hospital() -> None:
    owner = {clip.case: (clip.patient.id, clip.hospital.id, clip.indication, clip.setting) for clip in CLIPS.values()}
    for clip in CLIPS.values():
        assert owner[clip.case] == (clip.patient.id, clip.hospital.id, clip.indication, clip.setting)


def test_titles_stand_in_five_languages_and_no_two_are_alike() -> None:
    assert set(titles()) == {clip.case for clip in CLIPS.values()}
    for language in LANGUAGES:
        texts = [title[language] for title in titles().values()]
        assert all(texts)
        assert len(set(texts)) == len(texts)


def test_views_and_settings_belong_to_the_indication(vocabulary: dict[str, list[dict[str, str]]]) -> None:
    views = {(row["indication"], row["view"]) for row in vocabulary["indication_views"]}
    settings = {row["id"]: row["settings"].lower().split(";") for row in vocabulary["indications"]}
    for clip in CLIPS.values():
        assert (clip.indication, clip.view) in views, clip.id
        assert clip.setting in settings[clip.indication], clip.id


def test_findings_belong_to_the_indication_and_can_be_seen_in_the_view(
    vocabulary: dict[str, list[dict[str, str]]],
) -> None:
    offered = {(row["indication"], row["finding"]) for row in vocabulary["indication_findings"]}
    seen_in = {row["id"]: row["views"].split(";") for row in vocabulary["findings"]}
    for clip in CLIPS.values():
        terms = [term for term, _ in clip.findings]
        assert len(set(terms)) == len(terms), clip.id
        for term in terms:
            assert (clip.indication, term) in offered, (clip.id, term)
            assert clip.view in seen_in[term], (clip.id, term)


def test_confirmation_is_one_that_the_vocabulary_knows(vocabulary: dict[str, list[dict[str, str]]]) -> None:
    methods = {row["id"] for row in vocabulary["reference_standards"]}
    assert {clip.method for clip in CLIPS.values()} <= methods
    assert {clip.certainty for clip in CLIPS.values()} <= {"certain", "probable", "possible"}


@pytest.mark.parametrize("encoding", sorted(SMALLEST))
def test_pixels_read_back_as_they_were_drawn(encoding: str) -> None:
    clip = short(next(clip for clip in CLIPS.values() if clip.encoding == encoding))
    ds = dataset(clip)
    file = io.BytesIO()
    ds.save_as(file, enforce_file_format=True)
    file.seek(0)
    shown = _shown(pydicom.dcmread(file))
    drawn = np.stack(list(loop(clip))).astype(int)
    if encoding == "mono":
        drawn = drawn @ np.array([299, 587, 114]) // 1000
    difference = np.abs(shown.astype(int) - drawn)
    assert difference.max() <= (0 if encoding in ("rgb", "rle") else SMALLEST[encoding] * 2)
    assert difference.mean() < 3


def _shown(ds: pydicom.Dataset) -> np.ndarray:
    if ds.PhotometricInterpretation != "PALETTE COLOR":
        pixels = ds.pixel_array
    else:
        pixels = apply_color_lut(ds.pixel_array, ds) >> 8
    return pixels.reshape(int(ds.get("NumberOfFrames", 1)), ds.Rows, ds.Columns, *pixels.shape[3:])


def test_every_identifier_of_a_dicom_clip_is_in_its_header_or_on_its_screen() -> None:
    clip = short(CLIPS["effusion-large-left"])
    header = "\n".join(str(element.value) for element in dataset(clip).iterall() if element.VR not in ("OB", "OW"))
    header += str(dataset(clip).file_meta)
    screen = " ".join([*loop(clip).labels.who, *loop(clip).labels.where, *loop(clip).labels.when])
    missing = [text for text in clip.identifiers() if text not in header + screen]
    spoken = [text for text in missing if text.replace(", ", "^").replace(" ", "^") not in header]
    assert spoken == []
    for text in (clip.patient.number, clip.accession, clip.hospital.name, clip.uid("study"), clip.serial_number):
        assert text in clip.identifiers()
        assert text in header


def test_the_banner_is_burned_in() -> None:
    clip = CLIPS["gallstone-one"]
    named = next(iter(loop(clip)))
    nameless = next(iter(replace(loop(clip), labels=replace(loop(clip).labels, who=()))))
    top = clip.device.picture[1]
    assert (named[:30] != nameless[:30]).mean() > 0.01
    assert np.array_equal(named[top:, 150:700], nameless[top:, 150:700])


def test_two_clips_of_a_case_share_study_and_patient_only() -> None:
    first, second = (short(CLIPS[name], 1) for name in ("effusion-large-right", "effusion-small-left"))
    one, two = dataset(first), dataset(second)
    assert (one.StudyInstanceUID, one.PatientID, one.StudyDate) == (two.StudyInstanceUID, two.PatientID, two.StudyDate)
    assert one.SeriesInstanceUID != two.SeriesInstanceUID
    assert one.SOPInstanceUID != two.SOPInstanceUID


def test_regions_enclose_the_sector_where_the_device_writes_them() -> None:
    clip = short(CLIPS["retention-gp"], 1)
    region = dataset(clip).SequenceOfUltrasoundRegions[0]
    left, top, right, bottom = loop(clip).converter.box
    assert (region.RegionLocationMinX0, region.RegionLocationMaxX1) == (left, right - 1)
    assert (region.RegionLocationMinY0, region.RegionLocationMaxY1) == (top, bottom - 1)
    assert (bottom - top) * region.PhysicalDeltaY == pytest.approx(18, abs=1.6)
    assert "SequenceOfUltrasoundRegions" not in dataset(short(CLIPS["gallstone-two"], 1))


def test_a_film_clip_names_its_patient_in_the_container(tmp_path: Path) -> None:
    clip = short(CLIPS["bladder-normal"], 3)
    write_clip(clip, tmp_path / "export.mp4")
    with av.open(str(tmp_path / "export.mp4")) as film:
        assert film.metadata["title"] == clip.patient.name
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 3
    assert np.abs(frames[0].astype(int) - next(iter(loop(clip)))).mean() < 6


def test_frame_time_and_number_of_frames_are_in_the_header() -> None:
    clip = short(CLIPS["ivc-full"], 2)
    drawn: Loop = loop(clip)
    ds = dataset(clip)
    assert ds.NumberOfFrames == 2
    assert float(ds.FrameTime) == pytest.approx(drawn.frame_time_ms)
    assert 10 <= ds.CineRate <= 30
    assert ds.BurnedInAnnotation == "YES"
