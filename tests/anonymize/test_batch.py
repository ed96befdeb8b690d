"""What of a folder tree is read, and where its clean files go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anonymize import library
from anonymize.__main__ import main
from anonymize.batch import Item, aim, plan


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with a file, links in it and out of it, a broken one, a pipe; beside it another file."""
    folder = tmp_path / "src"
    (folder / "ward").mkdir(parents=True)
    (folder / "a.dcm").write_bytes(b"a")
    (tmp_path / "private.dcm").write_bytes(b"p")
    (folder / "inside.dcm").symlink_to("a.dcm")
    (folder / "outside.dcm").symlink_to("../private.dcm")
    (folder / "nowhere").symlink_to("absent")
    (folder / "ward" / "up").symlink_to("../..")
    os.mkfifo(folder / "pipe")
    return folder


def refusals(items: list[Item]) -> dict[str, str]:
    return {item.relative: item.refusal for item in items}


def test_links_out_of_the_folder_and_what_is_no_file_are_refused_by_name(tree: Path) -> None:
    assert refusals(plan(tree, "neutral")) == {
        "a.dcm": "",
        "inside.dcm": "",
        "nowhere": "refused.link",
        "outside.dcm": "refused.link",
        "pipe": "refused.not_a_file",
        "ward/up": "refused.link",
    }


def test_links_to_files_are_followed_on_request(tree: Path) -> None:
    found = refusals(plan(tree, "neutral", follow_links=True))
    assert (found["outside.dcm"], found["nowhere"], found["ward/up"]) == ("", "refused.link", "refused.link")


def test_a_link_that_is_named_itself_is_read(tree: Path) -> None:
    assert refusals(plan(tree / "outside.dcm", "neutral")) == {"outside.dcm": ""}
    assert refusals(plan(tree / "pipe", "neutral")) == {"pipe": "refused.not_a_file"}


def test_a_folder_that_cannot_be_read_is_no_empty_one(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def scandir(path: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(PermissionError):
        plan(tree, "neutral")


def test_a_pipe_that_took_the_place_of_a_file_is_not_waited_for(tree: Path) -> None:
    with pytest.raises(OSError, match="no file"), library.reading(tree / "pipe"):
        pass


@pytest.mark.parametrize("target", ["src", "src/new", "src/ward"])
def test_clean_files_do_not_mix_with_the_originals(tree: Path, target: str) -> None:
    with pytest.raises(ValueError, match="DST lies in SRC"):
        aim(plan(tree, "neutral"), tree, tree.parent / target)


def test_a_clean_file_never_takes_the_place_of_its_original(tree: Path) -> None:
    one = tree / "a.dcm"
    with pytest.raises(ValueError, match="DST lies in SRC"):
        aim(plan(one, "keep"), one, tree)
    with pytest.raises(ValueError, match="DST lies in SRC"):
        aim(plan(one, "neutral"), one, tree / "ward" / ".." / "inside.dcm")
    assert aim(plan(one, "neutral"), one, tree)[0] == tree


def test_one_file_goes_to_the_name_that_is_given(tree: Path) -> None:
    folder, (item,) = aim(plan(tree / "a.dcm", "neutral"), tree / "a.dcm", tree.parent / "new" / "x.DCM")
    assert (folder, item.output, item.neutral) == (tree.parent / "new", "x.DCM", False)
    folder, (item,) = aim(plan(tree / "a.dcm", "neutral"), tree / "a.dcm", tree.parent / "new")
    assert (folder, item.output, item.neutral) == (tree.parent / "new", "000001.dcm", True)


@pytest.mark.parametrize("option", ["--report", "--map", "--html"])
def test_nothing_is_written_among_the_originals(tree: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(tree), str(tree.parent / "out"), option, str(tree / "a.dcm")])
    assert ended.value.code == 2
    assert "among the originals" in capsys.readouterr().err
    assert (tree / "a.dcm").read_bytes() == b"a"
