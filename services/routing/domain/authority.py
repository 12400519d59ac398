"""Who may decide what, on which day, on which legal basis: the dated table of authority."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, cast

from shared.customs.reference_data import read_date, read_table

Evidence = Literal["S", "P", "M", "U"]
"""How well a row is evidenced: read in a source, partly read, from memory, uncertain."""

FUNCTION_OF_PROCESS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ad-cvd": "entry-summary-review",
        "quota": "quota-entry-summaries",
        "preference": "preference-decisions",
        "entry-summary-review": "entry-summary-review",
        "consultation": "consultation",
        "protest": "protests",
        "prior-disclosure": "prior-disclosure-figures",
        "reconciliation": "reconciliation",
        "drawback-claim": "drawback",
        "preference-claim": "preference-decisions",
        "internal-advice": "internal-advice-request",
        "extension-request": "extension",
        "response": "response-evaluation",
        "petition": "fines-penalties-forfeitures",
        "center-appeal": "center-assignment-appeal",
    }
)
"""The function that is exercised when a process is worked."""


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """Who holds a function in a term of legal days, both counted; None leaves that side open.

    `concurrent_with` is the row of the one who may decide as well. A row that is not `S` is not asserted as law.
    """

    row_id: str
    function: str
    role: str
    from_on: date | None
    to_on: date | None
    legal_basis: str
    concurrent_with: str | None
    evidence: Evidence
    note: str

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
    return tuple(
        AuthorityRow(
            row_id=row["row_id"],
            function=row["function"],
            role=row["role"],
            from_on=read_date(row["from_date"]),
            to_on=read_date(row["to_date"]),
            legal_basis=row["legal_basis"],
            concurrent_with=row["concurrent_with"] or None,
            evidence=cast("Evidence", row["evidence"]),
            note=row["note"],
        )
        for row in read_table("authority")
    )


@cache
def functions() -> tuple[str, ...]:
    """Every function of the table, in alphabetical order."""
    return tuple(sorted({row.function for row in authority_table()}))


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
    return tuple(row for row in authority_table() if row.function == function and row.holds(on))


@cache
def authority_for_process(process: str, on: date) -> str:
    """The id of the row that a process relies on; the Center's where authority is concurrent.

    A process that is not named here was opened by a selection criterion, so it is a review of the entry summary.

    >>> authority_for_process("quota", date(2026, 3, 2))
    'quota-entry-summaries-center'
    """
    return holders(FUNCTION_OF_PROCESS.get(process, "entry-summary-review"), on)[0].row_id
