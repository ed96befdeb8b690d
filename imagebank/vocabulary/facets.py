"""Which values have a facet number, by the names of the search's parameters (interface: cases/)."""

from __future__ import annotations

from imagebank.vocabulary.names import ATTRIBUTE_FACETS
from imagebank.vocabulary.tables import Tables

BY_TABLE = {
    "indications": "indication", "views": "view", "probes": "probe", "modes": "mode", "device_vendors": "vendor",
    "settings": "setting", "reference_standards": "confirmed", "certainties": "certainty", "licences": "licence",
}  # fmt: skip
PRESENCES = ("finding", "finding_absent", "finding_uncertain")
"""A finding has three numbers: present, absent, uncertain."""
BY_CHOICE = ("polarity", "threat")


def values(tables: Tables) -> list[tuple[str, str]]:
    """(kind, slug) of every value, in the order of the tables."""
    found = [(kind, row["id"]) for kind in PRESENCES for row in tables["findings"]]
    found += [(kind, row["id"]) for table, kind in BY_TABLE.items() for row in tables[table]]
    found += [(row["kind"], row["id"]) for row in tables["choices"] if row["kind"] in BY_CHOICE]
    found += [("quality", row["score"]) for row in tables["quality_scale"]]
    attributes = [(ATTRIBUTE_FACETS.get(row["attribute"]), row["id"]) for row in tables["patient_attributes"]]
    return found + [(kind, slug) for kind, slug in attributes if kind]
