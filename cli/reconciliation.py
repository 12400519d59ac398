"""The bulletin beside the legal record: every act of a day that is to be posted is, and has its courtesy notice."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.store.posted_acts import RecordedAct, list_recorded_acts
from services.notifications.store.bulletin import list_acts_told
from shared.customs.calendar import add_days, end_of_legal_day
from shared.db.transaction import reading

_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("liquidated", "deemed-liquidated", "reliquidated"), ("N-13", "N-09")),
    "extended": ("N-10",),
    "suspended": ("N-11",),
    "liquidation-voided": ("N-39",),
}
"""What each act on an entry is told by; what of it is posted stands on the bulletin, N-09 does not."""
_AT_ONCE: Final = 5000


class Gap(NamedTuple):
    """What the record and the bulletin do not agree in: the entry, its act, and what is missing."""

    entry_number: str
    sequence: int
    change: str
    missing: str


class Reconciled(NamedTuple):
    """How many acts of a day were compared, and the gaps."""

    acts: int
    gaps: Sequence[Gap]


async def reconcile(liquidation: AsyncEngine, notifications: AsyncEngine, day: date) -> Reconciled:
    """Compare the acts that the legal record wrote on a legal day with what was posted and told of them.

    An act of today may still be on its way: compare a day that is over, once the lag is nothing.
    """
    since, until = end_of_legal_day(add_days(day, -1)), end_of_legal_day(day)
    async with reading(liquidation) as connection:
        acts = await list_recorded_acts(connection, _KINDS, since, until)
    gaps: list[Gap] = []
    for start in range(0, len(acts), _AT_ONCE):
        part = acts[start : start + _AT_ONCE]
        async with reading(notifications) as connection:
            told = await list_acts_told(connection, sorted({act.entry_number for act in part}))
        known = {(number, sequence, kind): is_posted for number, sequence, kind, is_posted in told}
        gaps += [gap for act in part for gap in _gaps_of(act, known)]
    return Reconciled(len(acts), gaps)


def _gaps_of(act: RecordedAct, known: Mapping[tuple[str, int, str], bool]) -> list[Gap]:
    found = []
    for kind in _KINDS[act.change]:
        is_posted = known.get((act.entry_number, act.sequence, kind))
        if is_posted is None:
            found.append(Gap(*act, f"no notice {kind}"))
        elif kind != "N-09" and not is_posted:
            found.append(Gap(*act, f"{kind} is not on the bulletin"))
    return found
