from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from imagebank.catalog.models import Clip
from imagebank.core import stores
from imagebank.exchange.following import rounds, services
from imagebank.exchange.following.client import OriginClient
from imagebank.exchange.following.models import Following
from imagebank.exchange.following.staging import Staging
from imagebank.exchange.following.taking import Result

from .clips import numbered
from .origin import SmallOrigin, document, serving


@dataclass
class Followers:
    """The node of the tests, which follows a small one."""

    node: SmallOrigin
    token_file: Path
    row: Following

    def case(self, **changes: Any) -> tuple[str, str, bytes]:
        """Put a case with one clip: its id, the clip's, the clip's object."""
        case, clip, data = str(uuid.uuid4()), str(uuid.uuid4()), numbered()
        self.node.put(document(case, clip, **changes), {clip: data})
        return case, clip, data

    def catch_up(self) -> Result:
        done = rounds.catch_up(self.row)
        self.row.refresh_from_db()
        return done

    def refusals(self) -> list[tuple[str, str]]:
        return list(self.row.refusals.order_by("id").values_list("code", "where"))


def follow(node: SmallOrigin, token_file: Path, **choice: Any) -> Followers:
    token_file.write_text("a token")
    row = services.add(
        OriginClient(node.url, "a token"), fingerprint=node.fingerprint, token_file=str(token_file), **choice
    )
    return Followers(node, token_file, row)


@pytest.fixture
def mirror(bank_db: None, tmp_path: Path) -> Iterator[Followers]:
    with serving(SmallOrigin()) as node:
        yield follow(node, tmp_path / "token")
    Staging(uuid.UUID(node.id)).empty()
    for clip in Clip.objects.all():
        stores.bank.purge(clip.pk)
