"""Name and ORCID iD, what one gave, how it is used, and the certificate of a year."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from imagebank.accounts.models import User
from imagebank.accounts.profile import checks
from imagebank.catalog.models import OpenedCase
from imagebank.core.models import ActorCard
from imagebank.shelf import services as shelf
from imagebank.web.account.given import FEWEST, Use, used
from tests.factories import World, acting, make_person, session


@pytest.mark.parametrize(
    ("orcid", "right"),
    [("0000-0002-1825-0097", True), ("0000-0002-1694-233X", True), ("0000-0002-1825-0098", False)],
    ids=["digit", "letter", "wrong"],
)
def test_the_check_digit_of_an_orcid(orcid: str, right: bool) -> None:
    assert checks(orcid) is right


def test_name_and_orcid_are_kept_and_wrong_ones_refused(world: World) -> None:
    client = session(world.trainee)
    client.post("/account/profile/", {"name": " Ada  Probe ", "orcid": "https://orcid.org/0000-0002-1825-0097"})
    row = User.objects.get(pk=world.trainee.pk)
    assert (row.name, row.orcid) == ("Ada Probe", "0000-0002-1825-0097")
    assert ActorCard.objects.get(actor_id=row.pk).name == "Ada Probe"
    told = client.post("/account/profile/", {"name": "Ada Probe", "orcid": "0000-0002-1825-0098"}, follow=True)
    assert "This is no ORCID iD" in told.content.decode()
    assert User.objects.get(pk=world.trainee.pk).orcid == "0000-0002-1825-0097"


def test_use_is_told_from_ten_people_on_and_costs_the_same_for_many_cases(world: World) -> None:
    case, other = (world.published(world.stored(synthetic=True)) for _ in range(2))
    readers = [make_person(f"reader{n}") for n in range(FEWEST)]
    OpenedCase.objects.bulk_create([OpenedCase(user=one, case=case) for one in readers[1:]])
    assert used([case.pk])[case.pk] == Use(None, None, 0)
    OpenedCase.objects.create(user=readers[0], case=case)
    for one in readers:
        mine = shelf.make(actor=acting(one), name="L")
        shelf.put(actor=acting(one), shelf=mine, case_id=case.pk)
        shelf.star(actor=acting(one), case_id=case.pk, on=True)
    with CaptureQueriesContext(connection) as queries:
        assert used([case.pk, other.pk]) == {case.pk: Use(10, 10, 0), other.pk: Use(None, None, 0)}
    assert len(queries) == 3


def test_the_page_and_the_certificate_of_the_year(world: World) -> None:
    case, year = world.published(world.stored(synthetic=True)), timezone.now().year
    world.published(world.stored())
    client = session(world.contributor)
    page = client.get("/account/contributions/").content.decode()
    assert f"/cases/{case.pk}/" in page
    assert f"/account/contributions/{year}/" in page
    told = client.get(f"/account/contributions/{year}/").content.decode()
    assert "gave 2 cases" in told
    assert "with 2 clips" in told
    assert "read 2 cases" in session(world.reviewer).get(f"/account/contributions/{year}/").content.decode()
    assert client.get(f"/account/contributions/{year - 1}/").status_code == 404
    assert f"/cases/{case.pk}/" not in session(world.steward).get("/account/contributions/").content.decode()


def test_dates_are_not_american(world: World) -> None:
    world.published(world.stored(synthetic=True))
    today = timezone.now().date()
    page = session(world.contributor).get("/account/contributions/").content.decode()
    assert f"<td>{today.day} {today:%B %Y}</td>" in page
