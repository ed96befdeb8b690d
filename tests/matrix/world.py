"""One of everybody and an object in every state that matters, for the permission matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoDbBlocker

from imagebank.accounts import roles
from imagebank.accounts.models import ApiToken
from imagebank.catalog.authors import invite
from imagebank.catalog.models import Case
from imagebank.catalog.services import revise
from imagebank.collections import services as collections
from imagebank.collections.models import Item
from imagebank.collections.steps import STEPS as collection_steps
from imagebank.core.models import Node
from imagebank.exchange.models import Mirror
from imagebank.intake import services, sweepers, uploads
from imagebank.intake.models import Original
from imagebank.review.doubting import doubt
from imagebank.review.models import KINDS
from imagebank.review.services import claim, suspend
from imagebank.review.withdrawal import withdraw
from imagebank.sheets import selectors as sheet_selectors
from imagebank.sheets import services as sheets
from imagebank.sheets import steps as sheet_steps
from imagebank.shelf import searches
from imagebank.shelf import services as shelf
from tests.bank import empty_tables
from tests.factories import World, acting, bearer, make_person, make_token, make_world, session, specimens, written
from tests.sheets.conftest import agreed, indication, written_sheet

SCOPES = ("read", "deposit", "tag", "mirror", "withdraw")


@dataclass(frozen=True)
class Matrix:
    """Callers by name, ids by the name of their state."""

    callers: dict[str, Client]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def matrix(vocabulary: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Matrix]:
    with django_db_blocker.unblock():
        yield made()
        empty_tables()


def made() -> Matrix:
    """On an empty bank with its vocabulary."""
    cache.clear()
    Node.current()
    sweepers.renew_keys()
    world = make_world()
    callers = _callers(world)
    ids = {**_originals(world), **_cases(world), **_doubts(world), **_others(world)}
    ids |= _lists(world)
    return Matrix(callers, ids | _collections(world, ids["published"]) | _sheets(world))


def _callers(world: World) -> dict[str, Client]:
    people = ("trainee", "contributor", "steward", "stranger", "reviewer", "curator", "admin")
    sessions = {name: session(getattr(world, name)) for name in people}
    tokens = {
        "token": bearer(make_token(world.contributor, *SCOPES)),
        "service": bearer(make_token(world.service, *SCOPES)),
    }
    return {"anonymous": Client(), **sessions, **tokens}


def _originals(world: World) -> dict[str, str]:
    """Of the contributor, one a state; `awaiting` has been through the pipeline. `inbox` came from the machine."""
    first, *others = specimens()
    waiting = world.candidate(written(first))
    ids = {"awaiting": str(waiting.pk), "deposit": str(waiting.deposit_id)}
    for state, spec in zip(("received", "held", "failed", "discarded"), others, strict=False):
        row = world.original(written(spec))
        Original.objects.filter(pk=row.pk).update(state=state, sealed=state != "discarded")
        ids[state] = str(row.pk)
    machine = services.open_deposit(actor=acting(world.service), institution=world.north)
    coming = uploads.create(actor=acting(world.contributor), deposit=waiting.deposit, length=3)
    return {**ids, "inbox": str(machine.pk), "upload": str(coming.pk)}


def _cases(world: World) -> dict[str, str]:
    """Cases by state, and their clips as `clip-<state>`."""
    cases: dict[str, Case] = {
        "draft": world.draft(world.stored()),
        "submitted": world.submitted(world.stored()),
        "in_review": claim(actor=acting(world.reviewer), case=world.submitted(world.stored())),
        "accepted": world.accepted(world.stored()),
        "published": world.published(world.stored()),
        "registered": world.published(world.stored(rights={"audience": "registered"})),
        "revised": revise(actor=acting(world.contributor), case=world.published(world.stored())),
        "suspended": suspend(actor=acting(world.curator), case=world.published(world.stored())),
    }
    clips = {f"clip-{state}": str(case.clips.get().pk) for state, case in cases.items()}
    gone = world.published(world.stored())
    clips["clip-withdrawn"] = str(gone.clips.get().pk)
    cases["withdrawn"] = withdraw(actor=acting(world.contributor), case=gone)
    shared = invite(actor=acting(world.contributor), case=cases["draft"], email=world.steward.email)
    clips["coauthor"] = str(shared.pk)
    return {**clips, **{state: str(case.pk) for state, case in cases.items()}, "clip-free": str(world.stored().pk)}


def _collections(world: World, case: str) -> dict[str, str]:
    """Slugs by state as `c-<state>`, all of the trainee's; `c-item` is in the draft."""
    owner, curator = acting(world.trainee), acting(world.curator)
    ways: dict[str, list[str]] = {
        "draft": [],
        "proposed": ["propose"],
        "published": ["publish"],
        "next": ["publish", "revise"],
        "retired": ["publish", "retire"],
        "withdrawn": ["publish", "withdraw"],
        "dropped": ["drop"],
    }
    ids = {}
    for state, way in ways.items():
        data = {"title": {"en": state}, "description": {"en": "Words."}, "items": [{"case": case}]}
        row = collections.create(actor=owner, data=data)
        for step in way:
            row = collection_steps[step](actor=owner if step == "propose" else curator, collection=row)
        ids[f"c-{state}"] = row.slug
    draft = Item.objects.get(version__collection__slug=ids["c-draft"])
    return {**ids, "c-absent": "nothing", "c-item": str(draft.pk), "v-findings": "findings"}


def _sheets(world: World) -> dict[str, str]:
    """Indications by the state of their sheet as `s-<state>`, written by the curator; `s-proposal` is the trainee's."""
    curator, experts = acting(world.curator), [world.reviewer, make_person("expert", role="reviewer")]
    draft = written_sheet(world, "dyspnoea")
    sheet_steps.ask(actor=curator, version=written_sheet(world, "aaa-suspected"))
    for slug in ("dvt-suspected", "flank-pain", "ruq-pain"):
        agreed(world, experts, written_sheet(world, slug))
    sheets.begin(actor=curator, indication=indication("flank-pain"))
    sheet_steps.withdraw(actor=curator, version=sheet_selectors.current("ruq-pain"))
    proposal = sheets.propose(actor=acting(world.trainee), version=draft, data={"sources": ["Another"]}, reason="Newer")
    slugs = {
        "draft": "dyspnoea", "consensus": "aaa-suspected", "published": "dvt-suspected", "next": "flank-pain",
        "withdrawn": "ruq-pain", "none": "syncope", "absent": "nothing",
    }  # fmt: skip
    return {**{f"s-{state}": slug for state, slug in slugs.items()}, "s-proposal": str(proposal.pk)}


def _doubts(world: World) -> dict[str, str]:
    """The trainee's: `doubt` about the content of one case, and one about privacy that opened `incident`."""
    reader = acting(world.trainee)
    cases = [world.published(world.stored()) for _ in range(2)]
    content, privacy = (doubt(actor=reader, case=case, kind=kind) for case, kind in zip(cases, KINDS, strict=True))
    return {"doubt": str(content.pk), "incident": str(privacy.incident_id)}


def _lists(world: World) -> dict[str, str]:
    """Of the trainee."""
    row = shelf.make(actor=acting(world.trainee), name="Mine")
    shelf.share(actor=acting(world.trainee), shelf=row, on=True)
    search = searches.keep(actor=acting(world.trainee), name="Mine", query="q=effusion", tell=True, lang="en")
    return {"own-list": str(row.pk), "shared-list": str(row.shared_as), "own-search": str(search.pk)}


def _others(world: World) -> dict[str, str]:
    token = ApiToken.objects.get(owner=world.contributor)
    mirror = Mirror.objects.create(account=world.service, institution=world.north, region="DK", uses=["teaching"])
    asked = roles.ask(actor=acting(world.trainee), account=world.trainee, role="contributor", institution="south")
    return {
        "r-south": str(asked.pk),
        "own-token": str(token.pk),
        "mirror-known": str(mirror.pk),
        "absent": "00000000-0000-4000-8000-000000000000",
    }
