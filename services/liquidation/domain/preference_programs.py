"""The trade agreements under which a preference may be claimed after entry, 19 USC 1520(d): names, symbols and days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.domain.rules.rule import Evidence, Finding
from shared.customs.programs import find_preference


@dataclass(frozen=True, slots=True)
class PreferenceProgram:
    """A program with all that it is called by; `symbols` are its special program indicators on a line.

    `first_on` and `last_on` are the first and last day of entry of goods that it covers (None: none known), taken with
    the symbols from the table of special programs. `evidence`: S the days were read, P only that it is listed was.
    """

    code: str
    name: str
    names: tuple[str, ...]
    symbols: tuple[str, ...]
    citation: str
    evidence: Evidence

    @property
    def first_on(self) -> date | None:
        """The first day of entry that it covers."""
        program = find_preference(self.symbols[0])
        return program.effective_from if program is not None else None

    @property
    def last_on(self) -> date | None:
        """The last day of entry that it covers; None: it is in force."""
        program = find_preference(self.symbols[0])
        return program.effective_to if program is not None else None

    def covers(self, on: date) -> bool:
        """Whether goods entered on a day are under it."""
        return (self.first_on is None or self.first_on <= on) and (self.last_on is None or on <= self.last_on)


PREFERENCE_PROGRAMS: Final = (
    PreferenceProgram(
        "USMCA",
        "United States-Mexico-Canada Agreement",
        ("CUSMA", "T-MEC", "US-Mexico-Canada Agreement"),
        ("S", "S+"),
        "19 USC 1520(d), 19 CFR 182.31-33",
        "S",
    ),
    PreferenceProgram(
        "NAFTA",
        "North American Free Trade Agreement",
        (),
        ("CA", "MX"),
        "19 USC 1520(d), 19 CFR 181.31-33",
        "S",
    ),
    PreferenceProgram(
        "korea",
        "United States-Korea Free Trade Agreement",
        ("KORUS", "KORUS FTA", "Korea FTA", "South Korea", "U.S.-Korea FTA"),
        ("KR",),
        "19 USC 1520(d)",
        "P",
    ),
    PreferenceProgram(
        "colombia",
        "United States-Colombia Trade Promotion Agreement",
        ("CTPA", "Colombia TPA", "U.S.-Colombia TPA"),
        ("CO",),
        "19 USC 1520(d)",
        "P",
    ),
    PreferenceProgram(
        "panama",
        "United States-Panama Trade Promotion Agreement",
        ("Panama TPA", "U.S.-Panama TPA"),
        ("PA",),
        "19 USC 1520(d)",
        "P",
    ),
    PreferenceProgram(
        "peru",
        "United States-Peru Trade Promotion Agreement",
        ("Peru TPA", "U.S.-Peru TPA"),
        ("PE",),
        "19 USC 1520(d)",
        "P",
    ),
    PreferenceProgram(
        "chile",
        "United States-Chile Free Trade Agreement",
        ("Chile FTA", "U.S.-Chile FTA"),
        ("CL",),
        "19 USC 1520(d)",
        "P",
    ),
    PreferenceProgram(
        "CAFTA-DR",
        "Dominican Republic-Central America-United States Free Trade Agreement",
        ("CAFTA", "DR-CAFTA", "Dominican Republic-Central America Free Trade Agreement"),
        ("P", "P+"),
        "19 USC 1520(d)",
        "P",
    ),
    PreferenceProgram(
        "oman",
        "United States-Oman Free Trade Agreement",
        ("Oman FTA", "U.S.-Oman FTA"),
        ("OM",),
        "19 USC 1520(d)",
        "P",
    ),
)
"""Rule claim-1520d [S]: the listed agreements. Their other names and symbols are recalled."""

_AGREEMENT_ISSUES: Final = frozenset({"agreement", "tradeagreement", "freetradeagreement", "fta"})


def find_preference_program(named: str) -> PreferenceProgram | None:
    """The listed program of that code, name or symbol, whatever its case and punctuation; None: it is not listed.

    >>> [find_preference_program(each).code for each in ("KORUS", "kr", "u.s.m.c.a.", "s", "Cafta DR", "P+")]
    ['korea', 'korea', 'USMCA', 'USMCA', 'CAFTA-DR', 'CAFTA-DR']
    >>> find_preference_program("australia") is None
    True
    """
    return _BY_NAME.get(_plain(named))


def judge_preference_program(
    program: str, *, entered_on: date | None = None, imported_on: date | None = None
) -> Finding:
    """Whether a preference may be claimed after entry, which its program decides; in time or not is another question.

    Rule claim-1520d [S], 19 USC 1520(d): the listed agreements; USMCA for goods entered since 1 July 2020, NAFTA for
    those entered until 30 June 2020. The importation stands in where the day of entry is not known. For a program that
    is not listed the known ones are named.

    >>> judge_preference_program("Korea").outcome, judge_preference_program("australia").outcome
    ('may-claim', 'not-listed')
    >>> judge_preference_program("NAFTA", entered_on=date(2020, 7, 1)).outcome
    'not-in-force'
    """
    found = find_preference_program(program)
    if found is None:
        return Finding("claim-1520d", "not-listed", f"program {program}: known are {name_programs()}")
    on = entered_on or imported_on
    if on is not None and not found.covers(on):
        days = f"from {found.first_on or 'the beginning'}" + (f" until {found.last_on}" if found.last_on else "")
        return Finding("claim-1520d", "not-in-force", f"program {found.code}: of {on}, it covers goods entered {days}")
    return Finding("claim-1520d", "may-claim", f"program {found.code}")


def name_programs() -> str:
    """The listed programs by code, with their symbols.

    >>> name_programs()[:31]
    'USMCA (S, S+), NAFTA (CA, MX), '
    """
    return ", ".join(f"{each.code} ({', '.join(each.symbols)})" for each in PREFERENCE_PROGRAMS)


def has_agreement_issue(issues: Iterable[str]) -> bool:
    """Whether the trade agreement is among the issues that a summary leaves to a reconciliation, however it is worded.

    Rule recon-fta [P]: the contract of the summary has no list of words for issues; taken are "agreement", "trade
    agreement", "FTA", and any name of a listed program.

    >>> has_agreement_issue(["value"]), has_agreement_issue(["value", "FTA"]), has_agreement_issue(["usmca"])
    (False, True, True)
    """
    plain = {_plain(each) for each in issues}
    return not plain.isdisjoint(_AGREEMENT_ISSUES) or not plain.isdisjoint(_BY_NAME)


def judge_flagged_claim(flagged: Iterable[str] = ()) -> Finding:
    """What of a claim whose entries are flagged for reconciliation of the trade agreement; `flagged` names them.

    Rule recon-fta [P], 19 USC 1520(d), reconciliation test notices: only the reconciliation claims the preference.

    >>> judge_flagged_claim().outcome
    'only-by-reconciliation'
    """
    entries = ", ".join(flagged)
    why = "flagged for reconciliation of the trade agreement" + (f": {entries}" if entries else "")
    return Finding("recon-fta", "only-by-reconciliation", why)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_BY_NAME: Final = {
    _plain(name): program
    for program in PREFERENCE_PROGRAMS
    for name in (program.code, program.name, *program.names, *program.symbols)
}
