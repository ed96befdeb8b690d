"""`manage.py check_bank`: whether what the bank keeps is whole; exit status 1 when it is not."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from imagebank.core.anchoring import Fault, anchors, faults

WORDS = {
    "gap": "the link {seq} of the audit trail is missing",
    "changed": "the act with the link {seq} is not the one that was chained",
    "unlinked": "acts stand outside of the audit trail's chain",
    "anchor": "the audit trail is not the one that was anchored on {day} with {seq} acts",
}


class Command(BaseCommand):
    help = "Check the audit trail: every link of its chain, and the daily anchors. Exit status 1 on a fault."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(faults())
        for fault in found:
            self.stdout.write(_told(fault))
        self.stdout.write(f"audit trail: {len(found)} faults; {len(anchors())} anchors")
        if found:
            sys.exit(1)


def _told(fault: Fault) -> str:
    return WORDS[fault.code].format(seq=fault.seq, day=fault.day)
