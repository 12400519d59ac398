"""The bulletin beside the legal record: every act that is to be posted is, and has its courtesy notice."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from shared.customs.calendar import add_days, end_of_legal_day

TOLD_BY: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("liquidated", "deemed-liquidated", "reliquidated"), ("N-13", "N-09")),
    "extended": ("N-10",),
    "suspended": ("N-11",),
    "liquidation-voided": ("N-39",),
}
"""The notices of each act on an entry that is posted; all but the courtesy notice N-09 stand on the bulletin. What a
program did has no courtesy notice."""

COMPARED_DAYS: Final = 7
"""So many days back a day is compared until nothing is missing of it."""
MOST_NAMED: Final = 1_000
"""So many gaps of a day are named; a cycle of which nothing was told yet has a million, and they say the same."""
_ON_ITS_WAY: Final = timedelta(hours=1)
"""An act of the last minute of a day may still be on its way: a day is compared when it has been over for so long."""


class RecordedAct(NamedTuple):
    """An act that is posted, as the legal record has it: its place in the entry's record, and what it was."""

    entry_number: str
    sequence: int
    change: str


class ToldAct(NamedTuple):
    """A notice of an act on an entry, whether it stands on the bulletin, and whether a program made the act."""

    entry_number: str
    sequence: int
    kind: str
    is_posted: bool
    is_of_program: bool = False


class Gap(NamedTuple):
    """What the record and the bulletin do not agree in: the entry, its act, and what is missing."""

    entry_number: str
    sequence: int
    change: str
    missing: str


class Reconciled(NamedTuple):
    """How many acts of a day were compared, the first gaps, and how many there are."""

    acts: int
    gaps: tuple[Gap, ...]
    missing: int


def find_gaps(acts: Iterable[RecordedAct], told: Iterable[ToldAct]) -> list[Gap]:
    """What is missing of acts, given all that was told of their entries.

    >>> find_gaps([RecordedAct("B7600000015", 2, "extended")], [ToldAct("B7600000015", 2, "N-10", False)])[0].missing
    'N-10 is not on the bulletin'
    """
    found = list(told)
    posted = {(each.entry_number, each.sequence, each.kind): each.is_posted for each in found}
    # What a program did to an entry has no courtesy notice: its payment's statement tells of it.
    posted |= {(each.entry_number, each.sequence, "N-09"): True for each in found if each.is_of_program}
    return [gap for act in acts for gap in _gaps_of(act, posted)]


def days_to_compare(now: datetime, today: date) -> list[date]:
    """The days that are over for long enough, the oldest first."""
    days = [add_days(today, -back) for back in range(COMPARED_DAYS, 0, -1)]
    return [day for day in days if now >= end_of_legal_day(day) + _ON_ITS_WAY]


def _gaps_of(act: RecordedAct, posted: Mapping[tuple[str, int, str], bool]) -> list[Gap]:
    found = []
    for kind in TOLD_BY[act.change]:
        is_posted = posted.get((act.entry_number, act.sequence, kind))
        if is_posted is None:
            found.append(Gap(*act, f"no notice {kind}"))
        elif kind != "N-09" and not is_posted:
            found.append(Gap(*act, f"{kind} is not on the bulletin"))
    return found
