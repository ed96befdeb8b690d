"""Collections beside other pages: those that hold a case, and a form to put cases into one."""

from __future__ import annotations

import uuid
from typing import Any, Final

from imagebank.collections import describing, selectors
from imagebank.collections.items import MOST
from imagebank.core.actor import Actor

from .workbench import targets

HOLDING: Final = 5


def beside_case(case: uuid.UUID, actor: Actor, lang: str) -> dict[str, Any]:
    """{holding: collections with it, targets: those of the reader that it can be put into}."""
    held = selectors.latest_versions(HOLDING, selectors.holding(case))
    return {"holding": describing.listed(held, lang), "targets": targets(actor, lang)}


def beside_search(actor: Actor, lang: str) -> dict[str, Any] | None:
    """For curators: where all of a search can be put, and how many at most."""
    return {"targets": targets(actor, lang), "most": MOST} if "curator" in actor.roles else None
