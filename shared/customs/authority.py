"""Who may do what, where and since when: the dated table of authority, in law and in the product.

A row of the law (`action` is "decide") says which officer holds a function. Every other row grants an action of the
product to roles, as far as its scope reaches, and names the function that is exercised with it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final, Literal, cast

from shared.customs.parties import SCOPE_MEANINGS
from shared.customs.parties import Scope as DelegationScope
from shared.customs.reference_data import read_date, read_table

Evidence = Literal["S", "P", "M", "U"]
"""How well a row of the law is evidenced: read in a source, partly read, from memory, uncertain."""

DECIDE: Final = "decide"
OWN_RULE: Final = "I"
"""The evidence of a row that is the product's own rule, and asserts no law."""


class Scope(StrEnum):
    """How far a row reaches."""

    CENTER = "center"
    DIVISION = "division"
    UNASSIGNED = "unassigned"
    NATIONAL = "national"
    PORT = "port"
    OWN_ACCOUNT = "own-account"
    DELEGATED = "delegated"
    FILED_BY = "filed-by"
    BONDED_BY = "bonded-by"
    OWN_PARTY = "own-party"
    NAMED = "named"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """Who holds a function, or may do an action, in a term of legal days, both counted; None leaves that side open.

    `concurrent_with` is the row of the one who may decide as well. `delegated` is what an importer must have delegated
    where the scope is that. A row of the law that is not `S` is not asserted as law.
    """

    row_id: str
    function: str
    roles: tuple[str, ...]
    action: str
    scope: Scope
    delegated: DelegationScope | None
    from_on: date | None
    to_on: date | None
    legal_basis: str
    concurrent_with: str | None
    evidence: Evidence | Literal["I"]
    note: str

    @property
    def role(self) -> str:
        """The officer of a row of the law, which names one."""
        (role,) = self.roles
        return role

    @property
    def is_uncertain(self) -> bool:
        """Whether the row may be wrong: it rests on memory, or nobody settled it."""
        return self.evidence in {"M", "U"}

    def holds(self, on: date) -> bool:
        """Whether the row is in force on a legal day."""
        return (self.from_on is None or self.from_on <= on) and (self.to_on is None or on <= self.to_on)


@cache
def authority_table() -> tuple[AuthorityRow, ...]:
    """Every row, past and present, in the order of the table.

    Deadlines section 14 ("Division of work"): the Centers hold the functions after release since 19 January 2017 (81 FR
    92978); before lay the dual authority of the Delegation Order of 11 September 2014, before that the port directors.
    """
    return tuple(_read(row) for row in read_table("authority"))


@cache
def functions() -> tuple[str, ...]:
    """Every function that a row of the law gives to somebody, in alphabetical order."""
    return tuple(sorted({row.function for row in authority_table() if row.action == DECIDE}))


@cache
def holders(function: str, on: date) -> tuple[AuthorityRow, ...]:
    """Who may decide a function on a legal day; several where authority is concurrent, none where no row says who.

    >>> [row.role for row in holders("protests", date(2026, 3, 2))]
    ['center-director']
    >>> [row.role for row in holders("protests", date(2016, 3, 2))]
    ['center-director', 'port-director']
    >>> [row.role for row in holders("protests", date(2013, 3, 2))]
    ['port-director']
    """
    return tuple(
        row for row in authority_table() if row.action == DECIDE and row.function == function and row.holds(on)
    )


@cache
def actions() -> tuple[str, ...]:
    """Every action of the product, in the order of the table."""
    return tuple(dict.fromkeys(row.action for row in authority_table() if row.action != DECIDE))


@cache
def grants(action: str, on: date) -> tuple[AuthorityRow, ...]:
    """The rows in force on a legal day that grant an action; raises `KeyError` for one that the table does not know.

    >>> [row.row_id for row in grants("entry.liquidate", date(2026, 3, 2))]
    ['entry.liquidate/center', 'entry.liquidate/unassigned']
    """
    if action not in actions():
        raise KeyError(action)
    return tuple(row for row in authority_table() if row.action == action and row.holds(on))


def _read(row: dict[str, str]) -> AuthorityRow:
    scope, _, delegated = row["scope"].partition(":")
    return AuthorityRow(
        row_id=row["row_id"],
        function=row["function"],
        roles=tuple(row["role"].split()),
        action=row["action"],
        scope=Scope(scope),
        delegated=cast("DelegationScope", delegated) if delegated in SCOPE_MEANINGS else None,
        from_on=read_date(row["from_date"]),
        to_on=read_date(row["to_date"]),
        legal_basis=row["legal_basis"],
        concurrent_with=row["concurrent_with"] or None,
        evidence=cast("Evidence", row["evidence"]),
        note=row["note"],
    )
