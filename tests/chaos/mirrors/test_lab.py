"""The fault lab: what a mirror ends with is the fold of the feed, whatever the line does and however often it dies.

`IMAGEBANK_LAB=changes,seeds,kills` makes the long one larger: 10000,20,100 is the figure of the design.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from imagebank.catalog.models import Clip, Origin
from imagebank.core import stores
from imagebank.exchange.following import rounds
from tests.bank import empty_tables
from tests.exchange.following.conftest import Followers
from tests.exchange.following.origin import SmallOrigin, serving

from .checker import faults_of, folders, held_by_bank, held_in
from .lab import run_lab
from .naive import NaiveMirror
from .proxy import line_to
from .writer import Writer


def history(node: SmallOrigin, seed: int) -> Writer:
    """A case of each fate, and one that is only put."""
    writer = Writer(node, random.Random(seed))
    for fate in ("revise", "repaint", "restrict", "withdraw"):
        getattr(writer, fate)(writer.put())
    writer.put()
    return writer


def test_a_bad_line_changes_nothing(mirror: Followers) -> None:
    before, writer = folders(), history(mirror.node, 7)
    with line_to(urlsplit(mirror.node.url).port or 0, seed=7, share=0.4) as line:
        Origin.objects.update(address=line.url)
        mirror.row.refresh_from_db()
        held: set[str] = set()
        for number in range(60):
            rounds.catch_up(mirror.row)
            mirror.row.refresh_from_db()
            held |= set(held_by_bank(before).shown)
            waits = mirror.row.followed.filter(made="waiting").exists()
            if mirror.row.seq == mirror.row.receipted_seq == mirror.node.head.seq and not waits and number > 3:
                if writer.withdrawn & held:
                    break
                writer.withdraw(sorted(writer.live)[0])
    assert sum(line.faults.values()) > 5
    assert faults_of(held_by_bank(before), writer, ever_shown=held) == []
    assert writer.withdrawn & held


def test_the_checker_finds_a_naive_mirror(tmp_path: Path) -> None:
    """A mirror that believes what it gets fails in every way that the checker knows."""
    kinds: set[str] = set()
    for seed in range(6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with serving(SmallOrigin()) as node, line_to(urlsplit(node.url).port or 0, seed, 0.4) as line:
            writer, naive = history(node, seed), NaiveMirror(line.url, folder)
            for _ in range(6):
                naive.round()
                writer.withdraw(sorted(writer.live)[0]) if len(writer.live) > 2 else writer.put()
            for _ in range(6):
                naive.round()
            found = faults_of(held_in(folder, naive.shown, naive.withdrawn), writer, ever_shown=set())
        kinds |= {sentence.split()[0].rstrip(":") for sentence in found}
    assert {"missing", "corrupt", "unpurged"} <= kinds


@pytest.mark.long
@pytest.mark.timeout(14_400)
def test_kills_and_a_bad_line(bank_db: None, tmp_path: Path) -> None:
    changes, seeds, kills = map(int, os.environ.get("IMAGEBANK_LAB", "60,1,4").split(","))
    for seed in range(seeds):
        lab = run_lab(tmp_path / "token", seed=seed, changes=changes, kills=kills, share=0.2)
        told = f"seed {seed}: {changes} changes, {lab.kills} kills, {lab.refused} faults, {lab.seconds:.0f} s"
        print(f"{told}, {len(lab.writer.live)} live, {len(lab.writer.withdrawn)} withdrawn: all as the feed says")
        for clip in Clip.objects.all():
            stores.bank.purge(clip.pk)
        empty_tables()
