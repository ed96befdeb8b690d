"""Telling an account that something happened: on its page, and by mail as it chose (at once, once a day, never).

A mail passes through servers that are not ours: it says what kind of thing happened and where to read of it, never the
name of a case, a finding, a comment or another person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from imagebank.core.errors import Invalid

from .models import MAIL_TIMES, MailChoice, Notification, User

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in the words of a mail's subject."""

    group: str
    sentence: Text


GROUPS: Final[dict[str, tuple[Text, str]]] = {
    "review": (_("What reviewers say of my cases"), "at_once"),
    "published": (_("My cases are published"), "daily"),
    "doubts": (_("Readers doubt something in my cases"), "at_once"),
    "care": (_("Doubts of readers that wait for my answer"), "at_once"),
    "searches": (_("New cases in the searches I saved"), "daily"),
    "role": (_("Decisions on the roles I asked for"), "at_once"),
    "requests": (_("Somebody asks for a role that I decide on"), "daily"),
}
"""Group -> (what the settings call it, when it is mailed unless the account chooses)."""
ALWAYS: Final = "account"
"""The group that cannot be switched off: what happens to the account itself."""
EVENTS: Final[dict[str, Event]] = {
    "changes_asked": Event("review", _("A reviewer asks for a change of one of your cases.")),
    "case_accepted": Event("review", _("A reviewer has accepted one of your cases.")),
    "case_refused": Event("review", _("A reviewer has refused one of your cases.")),
    "case_shared": Event("review", _("A colleague shares the draft of a case with you.")),
    "case_published": Event("published", _("One of your cases is published.")),
    "case_doubted": Event("doubts", _("A reader doubts something in one of your cases.")),
    "case_hidden": Event("doubts", _("One of your cases is hidden for now; its history says why.")),
    "case_suspended": Event("doubts", _("One of your cases is suspended: a reader fears for a patient's privacy.")),
    "doubt_waits": Event("care", _("A reader's doubt waits for an answer.")),
    "incident_opened": Event("care", _("A reader fears for a patient's privacy: please decide.")),
    "doubt_answered": Event("doubts", _("A doubt of yours was answered.")),
    "search_found": Event("searches", _("There are new cases in a search that you saved.")),
    "role_granted": Event("role", _("You were given the role that you asked for.")),
    "role_refused": Event("role", _("The role that you asked for was refused.")),
    "member_added": Event("role", _("You were given a role in an institution.")),
    "member_removed": Event("role", _("A role of yours in an institution has ended.")),
    "role_asked": Event("requests", _("Somebody asks for a role that you decide on.")),
    "export_ready": Event(ALWAYS, _("The copy of your data is ready.")),
    "erasure_asked": Event(ALWAYS, _("Your account will be erased.")),
    "erasure_recalled": Event(ALWAYS, _("Your account will not be erased.")),
}


def notify(account: User, event: str, *, address: str = "") -> None:
    """Note it in the transaction of the act; a task mails it. `address`: path of the page to go to.

    Service accounts and accounts that are gone are told nothing.
    """
    if account.kind == "person" and account.is_active:
        when = choice(account, EVENTS[event].group)
        Notification.objects.create(account=account, event=event, address=address, when=when)


def choice(account: User, group: str) -> str:
    """When the account wants mail of this group."""
    if group == ALWAYS:
        return "at_once"
    chosen = MailChoice.objects.filter(account=account, group=group).values_list("when", flat=True).first()
    return chosen or GROUPS[group][1]


def choices(account: User) -> dict[str, str]:
    """Group -> when, of every group that can be chosen."""
    chosen = dict(MailChoice.objects.filter(account=account).values_list("group", "when"))
    return {group: chosen.get(group, default) for group, (_label, default) in GROUPS.items()}


@transaction.atomic
def choose(*, account: User, wanted: dict[str, str]) -> None:
    """The account's own choice for these groups; what waits unmailed follows it."""
    strange = {group: "Unknown." for group, when in wanted.items() if group not in GROUPS or when not in MAIL_TIMES}
    if strange:
        raise Invalid(errors=strange)
    for group, when in wanted.items():
        MailChoice.objects.update_or_create(account=account, group=group, defaults={"when": when})
        events = [name for name, event in EVENTS.items() if event.group == group]
        Notification.objects.filter(account=account, event__in=events, mailed_at__isnull=True).update(when=when)
