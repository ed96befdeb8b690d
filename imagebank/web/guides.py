"""Getting started, for each kind of user: steps in the order in which they are taken, each with its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
PASSKEY: Final = (_("Set up a passkey or an authenticator app: your role asks for it."), "mfa_index")

PICTURES: Final = "web/pictures/guides"
ENGLISH: Final = ("system",)
"""Guides that show a page which there is in English alone."""


@dataclass(frozen=True, slots=True)
class Guide:
    """For one kind of user. A step is (sentence, name of the route or "")."""

    title: Text
    lead: Text
    picture: Text
    """What the picture shows (`picture_of`)."""
    steps: tuple[tuple[Text, str], ...]


GUIDES: Final[dict[str, Guide]] = {
    "trainee": Guide(
        _("Trainee"),
        _("Look at many different patients, and commit yourself before you look at the answer."),
        _("A case: the clip on its stage, the findings behind a button"),
        (
            (_("Start with what brings the patient, or type a finding, a view or a question."), "web:home"),
            (_("Hide the findings in the list of cases. Decide first, then show them."), "web:browse"),
            (
                _(
                    "Below a case stand the same finding on another device, the normal of its view, and what it is "
                    "mistaken for."
                ),
                "",
            ),
            (_("Star what you want to see again, and put cases on lists of your own."), "web:saved"),
            (_("Practice sheets say when to scan, when not, and what to look for."), "web:sheets"),
        ),
    ),
    "contributor": Guide(
        _("Contributor"),
        _("Give clips of your patients so that others learn from them, and nobody can be recognised."),
        _("Where files are given and followed"),
        (
            (_("Ask for the role in your account; the steward of your institution decides."), "web:roles"),
            (
                _(
                    "Give files, a folder or a ZIP. Each file is answered in words; you can leave while it is "
                    "worked on."
                ),
                "web:contribute",
            ),
            (
                _(
                    "Compare before and after, and confirm that no name, face or document is seen. What the machine "
                    "doubts you mask yourself."
                ),
                "",
            ),
            (_("Tag the case: clinical question, view, findings present and absent, how it was confirmed."), ""),
            (
                _("Hand it in. You get a mail when it has been read, and you can take it back at any time."),
                "web:contributions",
            ),
        ),
    ),
    "reviewer": Guide(
        _("Reviewer"),
        _("Read what others gave, as the second pair of eyes before it is published."),
        _("A case as its reviewer sees it"),
        (
            PASSKEY,
            (
                _(
                    "Take the next case from the queue. Nobody else reads it meanwhile, and it is never one of "
                    "your own."
                ),
                "web:review",
            ),
            (_("Look first for what could identify a patient, then whether view and findings are right."), ""),
            (_("Accept it, ask for a change, or refuse it, and say why."), ""),
            (_("Readers' doubts about published cases wait for an answer within 14 days."), "web:doubts"),
        ),
    ),
    "curator": Guide(
        _("Curator"),
        _("Publish what was accepted, and put cases together so that they teach."),
        _("Building a collection"),
        (
            PASSKEY,
            (_("Publish accepted cases, and hide a published one where something is wrong."), "web:curate"),
            (
                _("Build collections: cases in an order that teaches. A panel says what is missing to be fair."),
                "web:curate-collections",
            ),
            (
                _("Write practice sheets with experts; one is published when two who wrote none of it agree."),
                "web:sheets",
            ),
            (_("Keep the vocabulary: what readers say of a term stands beside it."), "web:vocabulary"),
        ),
    ),
    "steward": Guide(
        _("Steward"),
        _("Answer for what your institution gives: rights, people, withdrawal."),
        _("Requests for roles that wait for a decision"),
        (
            PASSKEY,
            (
                _(
                    "Sign the agreement with the node. The start kit has drafts of it, of the consent form and of the "
                    "leaflet."
                ),
                "web:kit",
            ),
            (_("Decide who contributes."), "web:requests"),
            (_("Attest the rights of what machines sent; without that nothing goes on."), "web:contribute"),
            (
                _(
                    "Withdraw when a patient asks for it: the case is hidden at once, its files are deleted "
                    "within a day."
                ),
                "",
            ),
        ),
    ),
    "system": Guide(
        _("Institution system"),
        _("Send clips from a PACS, and read what is published, by program."),
        _("The description of the REST interface"),
        (
            (
                _(
                    "Ask the node for a service account of your institution. Its token carries only the scopes that it "
                    "needs."
                ),
                "",
            ),
            (_("Send files by REST, by resumable uploads or by DICOMweb (STOW-RS)."), "api:docs"),
            (
                _(
                    "Every instance is answered: stored, refused with a reason, or a duplicate. Sending again does no "
                    "harm."
                ),
                "",
            ),
            (
                _("A person of the institution confirms what came and attests the rights; a machine cannot."),
                "web:contribute",
            ),
            (_("Every error has a code, and every code a page that says what to do."), ""),
        ),
    ),
}


def picture_of(kind: str, language: str) -> str:
    """The static file of its picture, which deploy/pictures.py makes from the demonstration."""
    return f"{PICTURES}/{'en' if kind in ENGLISH else language}/{kind}.webp"
