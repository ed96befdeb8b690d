"""kill -9 of the web process during STOW-RS: what was acknowledged is there, once, byte for byte."""

from __future__ import annotations

import pytest
from pydicom import dcmread
from pydicom.filebase import DicomBytesIO

from deploy.benchmarks.dicomweb import clips
from deploy.benchmarks.kills import Giver, give_under_fire
from imagebank.core import stores
from imagebank.embedded.processes import Child
from imagebank.intake.models import Original
from tests.dicomweb.conftest import fresh_world
from tests.factories import make_token
from tests.serving import free_port, kill, web_process
from tests.waiting import wait_for


def stow_under_fire(count: int, kills: int) -> None:
    world = fresh_world()
    token = make_token(world.service, "deposit")
    instances = clips(count)
    port = free_port()
    with web_process(port) as web:
        giver = Giver(f"http://127.0.0.1:{port}/dicomweb", token)
        fire = give_under_fire(giver, instances, lambda: kill_and_start(web), clients=4, kills=kills)
        assert (fire.kills, len(fire.acknowledged)) == (kills, count)
        assert len(set(fire.acknowledged.values())) == count
        kept = {row.instance_key: row for row in Original.objects.exclude(state="refused")}
        assert Original.objects.exclude(state="refused").count() == count, "nothing twice, and nothing that none knows"
        assert set(kept) == set(fire.acknowledged.values())
        for number, uid in fire.acknowledged.items():
            assert b"".join(stores.read_original(kept[uid].pk, world.north.pk)) == instances[number]
        again = [giver.give(data) for data in instances[:20]]
        assert again == [fire.acknowledged[number] for number in range(20)]
        assert Original.objects.exclude(state="refused").count() == count
    assert dcmread(DicomBytesIO(instances[0])).SOPInstanceUID not in kept


def kill_and_start(web: Child) -> None:
    kill(web)
    web.start()
    wait_for(web.alive)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_thousand_instances_and_ten_kills(bank_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEBANK_LIMIT_READS_PER_MINUTE_TOKEN", "1000000")
    stow_under_fire(1_000, kills=10)
