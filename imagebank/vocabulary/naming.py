"""Which values of one facet a name stands for, in any of the five languages: what follows the colon of a field."""

from __future__ import annotations

from imagebank.vocabulary.engine import engine
from imagebank.vocabulary.folding import WORD, bare
from imagebank.vocabulary.index import FACETS, phrase
from imagebank.vocabulary.meaning import ABSENT
from imagebank.vocabulary.selectors import labels
from imagebank.vocabulary.tables import LANGUAGES
from imagebank.vocabulary.understanding import understand

FINDING, UNCERTAIN = "finding", "finding_uncertain"
LABELLED = ("polarity", "threat", "confirmed", "licence", "sex", "bmi", "age_band", "setting")


def named(text: str, facet: str, lang: str) -> tuple[str, ...]:
    """Slugs of the values called just so, the one first meant first; a finding with its kinds. Empty when none is.

    An absence is taken as it stands: absent of a broader finding is not the same as absent of each kind.
    """
    kind = FINDING if facet in (ABSENT, UNCERTAIN) else facet
    found = _of_index(text, kind, lang) if kind in FACETS else ()
    found = found or (_of_labels(text, kind) if kind in LABELLED else ())
    return tuple(engine().kinds(found)) if facet in (FINDING, UNCERTAIN) else found


def nearest(text: str, facet: str, lang: str) -> str:
    """The value that the words might have meant, repaired and in part; empty when there is none."""
    kind = FINDING if facet in (ABSENT, UNCERTAIN) else facet
    return next((term.id for term in understand(text, lang).terms if term.facet == kind), "")


def _of_index(text: str, kind: str, lang: str) -> tuple[str, ...]:
    index, slug = engine().index, text.lower()
    if (kind, slug) in index.weights:
        return tuple(filter(None, (slug, engine().successors.get((kind, slug)))))
    keys = [index.key(word) for word in WORD.findall(text)]
    hits = [hit for spelt in (True, False) for hit in index.exact(phrase(keys, spell_out=spelt), lang)]
    return tuple(dict.fromkeys(hit.name.id for hit in hits if hit.name.facet == kind))


def _of_labels(text: str, kind: str) -> tuple[str, ...]:
    wanted = bare(text)
    every = [labels(kind, lang) for lang in LANGUAGES]
    return tuple(dict.fromkeys(slug for shown in every for slug, label in shown.items() if bare(label) == wanted))
