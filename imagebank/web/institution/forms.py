"""What is typed on an institution's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imagebank.accounts.institutions import RECORD, delay_fault
from imagebank.accounts.models import SCOPES, Institution, User
from imagebank.catalog.rights import DEFAULTS
from imagebank.vocabulary.selectors import labels

USE_NAMES = {
    "teaching": _("Teaching"),
    "research": _("Research"),
    "ai_training": _("Training of AI"),
    "commercial": _("Commercial use"),
}
DAYS = (30, 90, 180, 365)
"""How long a token may live."""


class RecordForm(forms.ModelForm):
    """The institution's own record."""

    class Meta:
        model = Institution
        fields = RECORD
        labels = {
            "jurisdiction": _("Law that applies"),
            "data_protection_contact": _("E-mail of the data-protection officer"),
            "default_setting": _("Setting that new deposits begin with"),
            "named_in_public": _("Show the institution’s name beside its cases"),
            "delay_days_least": _("Publish at the earliest after so many days"),
            "delay_days_most": _("and at the latest after"),
        }
        help_texts = {
            "named_in_public": _("Without this nobody outside sees where a case comes from."),
            "delay_days_most": _(
                "A random day between the two is drawn for each case, so that no date tells when it was scanned."
            ),
        }

    def __init__(self, *args: Any, lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *labels("setting", lang).items()]
        was = self.fields["default_setting"]
        self.fields["default_setting"] = forms.ChoiceField(label=was.label, choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        """In words, before the model says it by a constraint's name."""
        said: dict[str, Any] = super().clean() or {}
        least, most = said.get("delay_days_least"), said.get("delay_days_most")
        if least is not None and most is not None and (fault := delay_fault(least, most)):
            self.add_error("delay_days_most", gettext(fault))
        return said


class RightsForm(forms.Form):
    """What a new deposit begins with."""

    licence = forms.ChoiceField(label=_("Licence"))
    consent_kind = forms.ChoiceField(label=_("Consent"))
    policy_version = forms.CharField(label=_("Version of the consent policy"), max_length=30)
    evidence_place = forms.CharField(
        label=_("Where the signed consents are kept"), max_length=200, required=False,
        help_text=_("They stay with you: the bank never holds them."),
    )  # fmt: skip

    def __init__(self, institution: Institution, data: Any = None, *, lang: str) -> None:
        values = {**DEFAULTS, **institution.default_rights}
        super().__init__(data, initial=values)
        for name, scheme in (("licence", "licence"), ("consent_kind", "consent_kind")):
            told = {values[name]: values[name], **labels(scheme, lang)}
            self.fields[name].choices = list(told.items())  # type: ignore[attr-defined]


class AgreementForm(forms.Form):
    """A new agreement of institution and node."""

    version = forms.CharField(label=_("Version of the agreement"), max_length=30)
    signatories = forms.CharField(
        label=_("Who signed"), widget=forms.Textarea(attrs={"rows": 2}), help_text=_("One name a line.")
    )
    transfer_tool = forms.CharField(
        label=_("Transfer tool"), max_length=100, required=False,
        help_text=_("Where data leave the jurisdiction: adequacy decision, standard clauses …"),
    )  # fmt: skip
    signed_on = forms.DateField(label=_("Signed on"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Ends on"), widget=forms.DateInput(attrs={"type": "date"}), required=False)

    def said(self) -> dict[str, Any]:
        """As `institutions.sign` takes it."""
        return {**self.cleaned_data, "signatories": self.cleaned_data["signatories"].splitlines()}


class MemberForm(forms.Form):
    """A person and a role."""

    email = forms.EmailField(label=_("E-mail of the account"))
    role = forms.ChoiceField(label=_("Role"), choices=[("contributor", _("Contributor")), ("steward", _("Steward"))])


class ServiceForm(forms.Form):
    """A system that gives or takes by itself."""

    name = forms.CharField(label=_("Name of the system"), max_length=60, help_text=_("PACS, mirror, research server …"))


class TokenForm(forms.Form):
    """A token of a service account."""

    name = forms.CharField(label=_("What it is for"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=[(s, s) for s in SCOPES], widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(label=_("Days until it ends"), choices=[(n, n) for n in DAYS], coerce=int, initial=90)


class MirrorForm(forms.Form):
    """A node that is to keep a copy."""

    account = forms.ChoiceField(
        label=_("Account whose token follows"),
        help_text=_("A system of the institution, with a token of scope mirror."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    node = forms.UUIDField(label=_("Id of its node"))
    key = forms.CharField(
        label=_("Public key of its node"), max_length=60,
        help_text=_("Both are told by “manage.py node show” there, and at /api/v1/node/."),
    )  # fmt: skip
    region = forms.RegexField(
        "^[A-Z]{2}$", label=_("Country in which the copy stands"), help_text=_("Two letters, such as DK.")
    )
    uses = forms.MultipleChoiceField(
        label=_("What the copy is used for"), widget=forms.CheckboxSelectMultiple,
        help_text=_("It is sent only what may be used for all of these."),
    )  # fmt: skip
    address = forms.URLField(
        label=_("Address of the node"), max_length=200, required=False, assume_scheme="https",
        help_text=_("If it may be asked whether it does what it says."),
    )  # fmt: skip

    def __init__(self, institution: Institution, data: Any = None) -> None:
        super().__init__(data, initial={"region": institution.country, "uses": ["teaching"]})
        accounts = User.objects.filter(institution=institution, is_active=True).order_by("name", "email")
        self.fields["account"].choices = [(str(one.pk), str(one)) for one in accounts]  # type: ignore[attr-defined]
        self.fields["uses"].choices = list(USE_NAMES.items())  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As `followers.register` takes it, with `account`."""
        return {**self.cleaned_data, "audience": "registered"}
