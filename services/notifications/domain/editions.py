"""The words of every edition of the catalogue: what was said before stays readable as it was said.

Whoever changes words of the catalogue gives it a new edition (`kind.EDITIONS`), templates of that number, and puts the
words that are replaced here, under the last edition that used them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.kind import EDITIONS, Edition, Wording

Words = Mapping[tuple[str, str | None], Mapping[int, Wording]]
"""By kind and case the words that were replaced, each under the last edition that used them."""

PAST_WORDS: Final[Words] = MappingProxyType({})


def find_edition(version: int) -> Edition | None:
    """An edition by its number; the first one, of before the first release, was told as the second is."""
    if version < EDITIONS[0].version:
        return EDITIONS[0]
    return next((each for each in EDITIONS if each.version == version), None)


def words_in_edition(kind: str, variant: str | None, version: int, past: Words = PAST_WORDS) -> Wording:
    """The words of a case as an edition has them. Raises KeyError for a case that the kind does not have.

    >>> old = {("N-02", None): {2: Wording("as it was said", "nothing happened")}}
    >>> [words_in_edition("N-02", None, version, old).text[:14] for version in (1, 2, 3)]
    ['as it was said', 'as it was said', 'Field Operatio']
    """
    replaced = past.get((kind, variant), {})
    until = min((last for last in replaced if last >= version), default=None)
    return replaced[until] if until is not None else CATALOGUE[kind].words(variant)
