"""What has come since: a search asked of the newest rows alone, by PostgreSQL, in a process that holds no index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db.models import Max, Q, QuerySet

from imagebank.catalog.models import PublicCase
from imagebank.core.actor import Actor

from .params import SearchParams
from .reading import read
from .tree import And, AnyOf, Node, Not, Or, Phrase, Words, text_query
from .visible import visible_to


def newest() -> int:
    """Number of the newest row; rows get higher ones as their cases are published."""
    return PublicCase.objects.aggregate(newest=Max("pk"))["newest"] or 0


def arrived(params: SearchParams, actor: Actor, after: int) -> int:
    """How many cases that `actor` may see fit and have a row above `after`. Invalid as in `searching.find`."""
    rows = _Rows(visible_to(actor))
    return rows.shown.filter(condition(read(params, rows).node()), pk__gt=after).count()


@dataclass(frozen=True, slots=True)
class _Rows:
    """The projection itself, as `reading` asks about it."""

    shown: QuerySet[PublicCase]

    def exists(self, node: Node) -> bool:
        return self.shown.filter(condition(node)).exists()


def condition(node: Node) -> Q:
    """The tree on the projection; the same rows as `index.view` gives."""
    match node:
        case AnyOf(numbers):
            return Q(terms__overlap=list(numbers))
        case Words() | Phrase():
            return Q(text__words=text_query(node))
        case Not(inner):
            return ~condition(inner)
        case And(nodes):
            return reduce(and_, map(condition, nodes), Q())
        case Or(nodes):
            return reduce(or_, map(condition, nodes), Q(pk__in=[]))
