"""The days by which somebody has to act on the entries of an importer, in one order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.acts.timeline_rows import TimelineRow, binds, list_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.timeline_code import Kind, Whose
from services.liquidation.store import deadlines as store
from services.liquidation.store.entry_lists import WantedEntries
from services.liquidation.store.pictures import EntryPicture, load_pictures
from services.liquidation.store.protest_pictures import RunningProtest, load_running
from shared.runtime.access import Reach
from shared.runtime.errors import Refused

MOST_ENTRIES: Final = 1_000
"""Of how many entries days are worked out in one call."""
_AT_ONCE: Final = 100
"""Of how many at a time, so that others are answered between."""

Key = tuple[date | None, str, str, str]
"""By what deadlines are ordered and told apart: day, entry, code, and the rule with what the day is of."""


@dataclass(frozen=True, slots=True)
class WantedDays:
    """Which days are asked for: those of which the last arguable one is not before `first`, nor the safe after `last`.

    `last` None: no bound; what is empty does not matter. A day that is not known may lie anywhere, and is always given.
    """

    first: date
    last: date | None = None
    codes: Sequence[str] = ()
    kinds: Sequence[Kind] = ()
    whose: Sequence[Whose] = ()

    def takes(self, row: TimelineRow) -> bool:
        """Whether a row is asked for."""
        code = row.code
        if not binds(row) or (self.codes and code.code not in self.codes):
            return False
        if (self.kinds and code.kind not in self.kinds) or (self.whose and code.whose not in self.whose):
            return False
        if row.on is None:
            return True
        return (row.last_arguable or row.on) >= self.first and (self.last is None or row.on <= self.last)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day of an entry, known or not."""

    picture: EntryPicture
    row: TimelineRow
    protests: frozenset[str]
    """Those on the entry that the caller may read."""

    @property
    def key(self) -> Key:
        """Its place in the order."""
        row = self.row
        of = ",".join(f"{kind}:{number}" for kind, number in row.references)
        return row.on, self.picture.entry.entry_number, row.code.code, f"{row.rule} {of}"


async def list_deadlines(
    connection: AsyncConnection,
    reach: Reach,
    protest_reach: Reach,
    entries: WantedEntries,
    days: WantedDays,
    law: LawSettings,
    today: date,
    *,
    most: int,
) -> list[Deadline]:
    """The days of these entries that bind somebody, as far as both reaches go: by day, what is not known last.

    Every clock is worked out anew from the record; raises `Refused` when that would be of more than `most` entries.
    """
    numbers = await store.list_running(connection, reach, entries, days.first, limit=most + 1)
    if len(numbers) > most:
        raise Refused(
            f"More than {most:,} entries may have a day ahead: they are too many for one answer.",
            rule="range-of-days",
            code="too-many-entries",
            remedy="Narrow the entries: center, port, state, entry_from and entry_to, deemed_on_from and deemed_on_to,"
            " liquidated_from and liquidated_to. GET /entries lists any number, with the next day of each.",
        )
    found: list[Deadline] = []
    for first in range(0, len(numbers), _AT_ONCE):
        pictures = await load_pictures(connection, numbers[first : first + _AT_ONCE])
        protests = {each.filing.number for picture in pictures.values() for each in picture.protests}
        running = await load_running(connection, protests, protest_reach) if protests else {}
        for picture in pictures.values():
            found += _list_of_entry(picture, running, days, law, today)
    return sorted(found, key=lambda each: order(each.key))


def order(key: Key) -> tuple[bool, date, str, str, str]:
    """A key as it is sorted: without a day last."""
    on, entry_number, code, of = key
    return on is None, on or date.max, entry_number, code, of


def _list_of_entry(
    picture: EntryPicture, running: dict[str, RunningProtest], days: WantedDays, law: LawSettings, today: date
) -> Iterator[Deadline]:
    reached = frozenset(each.filing.number for each in picture.protests) & running.keys()
    for row in list_days(picture, running, law, today):
        if days.takes(row):
            yield Deadline(picture, row, reached)
