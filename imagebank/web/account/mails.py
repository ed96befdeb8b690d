"""What happened, which mails the account wants, and the address by which a mail can be stopped with one click."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from imagebank.accounts import mailing, notifying
from imagebank.accounts.models import Notification
from imagebank.core.errors import Missing

from ..errors import page
from .who import person

LISTED = 50
TIMES = {"at_once": _("at once"), "daily": _("once a day"), "never": _("never")}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def notifications(request: HttpRequest) -> HttpResponse:
    """`/account/notifications/`: what happened, newest first; by POST the choice of mails."""
    account = person(request)
    if request.method == "POST":
        wanted = {name: request.POST[name] for name in notifying.GROUPS if request.POST.get(name)}
        notifying.choose(account=account, wanted=wanted)
        messages.success(request, gettext("Saved."))
        return redirect("web:notifications")
    chosen = notifying.choices(account)
    rows = Notification.objects.filter(account=account).order_by("-written_at")[:LISTED]
    context = {
        "told": [(row, notifying.EVENTS[row.event].sentence) for row in rows if row.event in notifying.EVENTS],
        "groups": [(name, label, chosen[name]) for name, (label, _default) in notifying.GROUPS.items()],
        "times": TIMES.items(),
    }
    return render(request, "account/notifications.html", context)


# RFC 8058: the mail program posts here by itself, without session and token; the signed address is the proof.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """`/account/mail/stop/{token}/`: one button on the page, one POST by a mail program."""
    found = mailing.read_stop_token(token)
    if found is None:
        raise Missing()
    account, group = found
    if request.method == "POST":
        mailing.stop(account, group)
    label = notifying.GROUPS[group][0] if group in notifying.GROUPS else ""
    return render(request, "account/stop.html", {"label": label, "done": request.method == "POST"})
