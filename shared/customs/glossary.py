"""The words of the field and of the system: each with what it is, many also as one would say it to a newcomer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from shared.customs.reference_data import read_table

_BETWEEN: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A word; `plain` is empty where `meaning` is plain enough, or where no outsider meets the word."""

    section: str
    term: str
    meaning: str
    plain: str

    @property
    def slug(self) -> str:
        """The word as a part of an address.

        >>> Term("field", "bond, surety", "m", "").slug, Term("field", "CBP 28", "m", "").slug
        ('bond-surety', 'cbp-28')
        """
        return _BETWEEN.sub("-", self.term.lower()).strip("-")


@cache
def terms() -> tuple[Term, ...]:
    """All words in the order of the table: those of the field, then those of the system; each by its alphabet."""
    return tuple(Term(**row) for row in read_table("glossary"))


@cache
def words_of_the_field() -> Mapping[str, Term]:
    """The words of the field, by their slugs."""
    return MappingProxyType({each.slug: each for each in terms() if each.section == "field"})
