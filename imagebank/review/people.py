"""Who is told of doubts and incidents."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from imagebank.accounts.models import User
from imagebank.catalog.models import Case


def answerers(case: Case, raiser: uuid.UUID | None) -> QuerySet[User]:
    """Curators, who answer doubts about the content; never one's own doubt, never about one's own case."""
    curators = User.objects.filter(is_active=True, node_roles__role="curator")
    own = [case.author_id, *case.coauthors.values_list("user_id", flat=True)]
    return curators.exclude(pk__in=[*own, raiser] if raiser else own).distinct()


def stewards(case: Case) -> QuerySet[User]:
    """Stewards of the case's institution and privacy officers of the node, who decide on incidents."""
    steward = Q(memberships__role="steward", memberships__institution_id=case.institution_id)
    return User.objects.filter(steward | Q(node_roles__role="privacy_officer"), is_active=True).distinct()
