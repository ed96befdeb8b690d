"""Rules of the catalogue that the database itself holds: each is broken here in SQL, past all services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from imagebank.catalog.services import change_case
from imagebank.review.services import publish
from tests.catalog.world import at_once, people
from tests.factories import World, acting

__all__ = ["people"]

COPIED = """
    INSERT INTO catalog_finding (id, case_id, clip_id, term_id, presence, severity, frame_from, frame_to,
                                 asserted_by_id, blind, supersedes_id, retired)
    SELECT gen_random_uuid(), {case}, {clip}, {term}, {presence}, '', {first}, {last}, asserted_by_id,
           false, {supersedes}, false
    FROM catalog_finding WHERE id = %(finding)s
"""


def another(**said: str) -> str:
    """A finding like the one there is, but for what is `said`."""
    plain = {"case": "case_id", "clip": "clip_id", "term": "'spine-sign'", "presence": "presence", "first": "null",
             "last": "null", "supersedes": "null"}  # fmt: skip
    return COPIED.format(**{**plain, **said})


SAME = {"term": "term_id"}
BROKEN = {
    "a presence is one of three": another(presence="'maybe'"),
    "frames count from 1": another(clip="%(clip)s", first="0", last="1"),
    "frames end after they begin": another(clip="%(clip)s", first="2", last="1"),
    "frames lie within the clip": another(clip="%(clip)s", first="1", last="3"),
    "a clip of the case": another(clip="%(other_clip)s"),
    "a term is said once": another(**SAME, presence="'absent'"),
    "superseded by the same term": another(supersedes="%(finding)s"),
    "superseded in the same case": another(**SAME, case="%(draft)s", supersedes="%(finding)s"),
    "superseded on the same clip": another(**SAME, clip="%(clip)s", supersedes="%(finding)s"),
    "superseded once": another(**SAME, supersedes="%(old)s"),
    "no finding supersedes itself": "UPDATE catalog_finding SET supersedes_id = id WHERE id = %(finding)s",
    "no cycle of findings": "UPDATE catalog_finding SET supersedes_id = %(finding)s WHERE id = %(old)s",
    "what was said is not rewritten": "UPDATE catalog_finding SET presence = 'absent' WHERE id = %(finding)s",
    "what was taken back stays so": "UPDATE catalog_finding SET retired = false WHERE id = %(retired)s",
    "a finding is not deleted": "DELETE FROM catalog_finding WHERE id = %(finding)s",
    "history is not deleted": "DELETE FROM catalog_revision WHERE case_id = %(case)s",
    "history has one order": """INSERT INTO catalog_revision (case_id, number, revision, event, role, reason, changes)
                                VALUES (%(case)s, 1, 1, 'change', 'steward', '', '[]')""",
    "a method has a certainty": "UPDATE catalog_case SET confirmed_certainty = '' WHERE id = %(case)s",
    "a certainty has a method": "UPDATE catalog_case SET confirmed_method = '' WHERE id = %(draft)s",
    "an interval has a method": """UPDATE catalog_case SET confirmed_method = '', confirmed_certainty = '',
                                   confirmed_interval_days = 3 WHERE id = %(draft)s""",
    "what is published has an age band": "UPDATE catalog_case SET age_band = '' WHERE id = %(case)s",
    "what is published has a setting": "UPDATE catalog_case SET setting = '' WHERE id = %(case)s",
    "what is published has a day": "UPDATE catalog_case SET published_on = null WHERE id = %(case)s",
    "readers see a revision that is there": "UPDATE catalog_case SET live_revision = 9 WHERE id = %(case)s",
    "publication needs another's review": """UPDATE catalog_case SET state = 'published', live_revision = 1,
                                             published_on = '2026-01-01' WHERE id = %(draft)s""",
    "what is published has a clip": "UPDATE catalog_clip SET case_id = null, state = 'private' WHERE id = %(clip)s; "
    "UPDATE catalog_case SET sex = 'male' WHERE id = %(case)s",
    "clips of what is published are public": "UPDATE catalog_clip SET state = 'private' WHERE id = %(clip)s",
    "what is published says something": "UPDATE catalog_finding SET retired = true WHERE case_id = %(case)s; "
    "UPDATE catalog_case SET sex = 'male' WHERE id = %(case)s",
    "rights are attested": "UPDATE catalog_rights SET attester_id = null, attested_at = null WHERE id = %(rights)s; "
    "UPDATE catalog_case SET sex = 'male' WHERE id = %(case)s",
    "a clip is of its case's patient": "UPDATE catalog_clip SET subject_id = %(other_subject)s WHERE id = %(clip)s",
    "a case keeps its clips' patient": "UPDATE catalog_case SET subject_id = %(other_subject)s WHERE id = %(case)s",
    "a clip is of its case's institution": "UPDATE catalog_clip SET institution_id = %(south)s WHERE id = %(clip)s",
    "synthetic is the whole case": "UPDATE catalog_clip SET synthetic = true WHERE id = %(clip)s",
    "a public clip is in a case": "UPDATE catalog_clip SET case_id = null WHERE id = %(clip)s",
    "an unconfirmed clip is in no case": "UPDATE catalog_clip SET state = 'candidate' WHERE id = %(other_clip)s",
    "what is withdrawn has a tombstone": "UPDATE catalog_case SET state = 'withdrawn' WHERE id = %(case)s",
}


@pytest.fixture(scope="module")
def ids(people: World) -> dict[str, Any]:
    """A published case with a finding that superseded another, one taken back, and a draft of another patient."""
    case, draft = people.draft(people.stored()), people.draft(people.stored())
    actor = acting(people.contributor)
    term = "pleural-effusion-simple"
    first = [{"term": term, "presence": "uncertain"}, {"term": "atelectasis-compressive", "presence": "present"}]
    change_case(actor=actor, case=case, data={"findings": first})
    change_case(actor=actor, case=case, data={"findings": [{"term": term, "presence": "present"}]})
    publish(actor=acting(people.curator), case=people.accepted_draft(case))
    at_once()
    newest = case.findings.get(term=term, superseded_by__isnull=True)
    clip, other = case.clips.get(), draft.clips.get()
    return {
        "case": case.pk, "draft": draft.pk, "clip": clip.pk, "other_clip": other.pk, "rights": clip.rights_id,
        "finding": newest.pk, "old": newest.supersedes_id, "retired": case.findings.get(retired=True).pk,
        "other_subject": draft.subject_id, "south": people.south.pk,
    }  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.replace(" ", "-"))
def test_the_database_refuses(rule: str, ids: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BROKEN[rule], ids)
        at_once()


def test_what_the_rules_allow(ids: dict[str, Any]) -> None:
    """The same statements with right values pass: the refusals above are of the rule, not of a slip in the SQL."""
    right = (
        another(clip="%(clip)s", first="1", last="2"),
        another(**SAME, presence="'absent'", supersedes="%(finding)s"),
        "UPDATE catalog_finding SET retired = true WHERE id = %(finding)s",
        "UPDATE catalog_case SET sex = 'male' WHERE id = %(case)s",
    )
    for statement in right:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, ids)
            at_once() if "retired" not in statement else None
            transaction.set_rollback(True)


@pytest.fixture
def as_web() -> Iterator[psycopg.Connection]:
    """A connection with the rights of the web process."""
    with psycopg.connect(settings.CLUSTER.dsn("web", settings.TEST_DATABASE)) as link:
        yield link


@pytest.mark.parametrize(
    "act",
    ["DELETE FROM catalog_finding", "DELETE FROM catalog_revision", "TRUNCATE catalog_finding CASCADE",
     "DELETE FROM catalog_tombstone", "UPDATE catalog_tombstone SET reason = ''"],
    ids=lambda act: "-".join(act.split()[:3]).lower(),
)  # fmt: skip
def test_the_web_process_may_not(act: str, as_web: psycopg.Connection, django_db_setup: None) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_web.execute(act.encode())


def test_findings_of_a_clip_that_leaves_go_with_it(people: World) -> None:
    first, second = people.stored(), people.stored()
    clips = [{"id": str(clip.pk), "view": "lung-plaps-right"} for clip in (first, second)]
    on_second = [{"term": "spine-sign", "presence": "present", "clip": str(second.pk)}]
    case = people.draft(first)
    actor = acting(people.contributor)
    change_case(actor=actor, case=case, data={"clips": clips, "findings": on_second})
    change_case(actor=actor, case=case, data={"clips": clips[:1]})
    assert not case.findings.filter(retired=False).exists()
    at_once()
