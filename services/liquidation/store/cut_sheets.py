"""Dry runs of a cycle with the entries of each, what changed between two, and the cut sheet with its confirmations."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.cycles import CycleDay, Forecast, write_forecast_entries
from services.liquidation.store.sight import centers_within, in_centers
from services.liquidation.store.tables.cut_sheets import cut_sheet_confirmations, cut_sheets, cycle_forecasts
from services.liquidation.store.tables.records import RUNS
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

# The entries of older dry runs are dropped: what they counted stays.
_PRUNE: Final = """
WITH kept AS (
    SELECT $1::date AS cycle_on, $2::integer AS number
    UNION SELECT cycle_on, number FROM cycle_forecasts WHERE cycle_on = $1 AND number = $2 - 1
    UNION SELECT cycle_on, forecast_number FROM cut_sheets WHERE cycle_on = $1
), dropped AS (
    UPDATE cycle_forecasts f SET has_entries = false
    WHERE f.cycle_on = $1 AND f.has_entries AND (f.cycle_on, f.number) NOT IN (SELECT cycle_on, number FROM kept)
    RETURNING number
)
DELETE FROM forecast_entries x USING dropped WHERE x.cycle_on = $1 AND x.number = dropped.number
"""
# $1 the Friday, $2 the earlier dry run, $3 the later one, $4 when the earlier was made. Why an entry came in or went
# out is told by what the record says of it now.
_COMPARED: Final = f"""
SELECT coalesce(b.entry_number, a.entry_number) AS entry_number, a.disposition AS was, b.disposition AS becomes,
    CASE WHEN a.disposition = 'held' AND b.disposition IS NOT NULL THEN 'no longer held'
        WHEN b.disposition = 'held' THEN 'held'
        WHEN b.disposition = 'deemed' THEN 'period ended'
        WHEN a.disposition IS NOT NULL AND b.disposition = 'by-decision' THEN 'review decided'
        WHEN a.disposition = 'by-decision' AND b.disposition IS NOT NULL THEN 'review decision withdrawn'
        WHEN b.disposition IS NOT NULL AND e.governed_at > $4 AND e.version = 1 THEN 'filed'
        WHEN b.disposition IS NOT NULL AND e.governed_at > $4 THEN 'corrected'
        WHEN b.disposition IS NOT NULL THEN 'scheduled anew'
        WHEN e.liquidated_on IS NOT NULL THEN 'liquidated'
        WHEN e.is_suspended THEN 'suspended'
        WHEN NOT ({RUNS}) OR e.scheduled_on IS NULL THEN e.state
        WHEN e.extensions > 0 AND e.scheduled_on > $1 THEN 'extended'
        WHEN e.scheduled_on > $1 THEN 'scheduled later'
        ELSE 'corrected' END AS why
FROM (SELECT entry_number, disposition FROM forecast_entries WHERE cycle_on = $1 AND number = $2) a
FULL JOIN (SELECT entry_number, disposition FROM forecast_entries WHERE cycle_on = $1 AND number = $3) b
    ON b.entry_number = a.entry_number
JOIN entries e ON e.entry_number = coalesce(b.entry_number, a.entry_number)
WHERE a.disposition IS DISTINCT FROM b.disposition
"""
_CHANGES: Final = f"""
WITH given AS (SELECT $1::date, $2::integer, $3::integer, $4::timestamptz)
SELECT was, becomes, why, count(*) AS entries FROM ({_COMPARED}) compared GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
"""
_CHANGED_ENTRIES: Final = f"""
WITH given AS (SELECT $1::date, $2::integer, $3::integer, $4::timestamptz)
SELECT * FROM ({_COMPARED}) compared WHERE entry_number > $5::text
    AND EXISTS (SELECT FROM entries e WHERE e.entry_number = compared.entry_number AND {in_centers("$7")})
ORDER BY entry_number LIMIT $6::integer
"""


Capacity = Literal["specialist", "supervisor"]
"""As what a person confirms a cut sheet."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A dry run that was kept; money in cents, of what the cycle takes.

    `has_entries` says whether what it said of each entry is still kept.
    """

    cycle_on: date
    number: int
    made_at: datetime
    made_by: str
    liquidated: int
    with_decision: int
    deemed: int
    held: int
    despite_hold: int
    late_decisions: int
    suspended: int
    duty_cents: int
    fees_cents: int
    effect_duty_cents: int
    effect_fees_cents: int
    has_entries: bool


@dataclass(frozen=True, slots=True)
class CutSheetRow:
    """The newest revision of the cut sheet of a Friday, with the number of its dry run."""

    cycle_on: date
    revision: int
    forecast_number: int
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who confirmed a revision of a cut sheet, as what and for whom, on which row of the table of authority."""

    cycle_on: date
    revision: int
    capacity: Capacity
    subject: str
    acting_for: str | None
    confirmed_at: datetime
    authority: str | None = None

    @property
    def people(self) -> frozenset[str]:
        """Whom it counts for: the one who confirmed, and the one acted for."""
        return frozenset({self.subject, self.acting_for or self.subject})


@dataclass(frozen=True, slots=True)
class Change:
    """Entries whose disposition changed in the same way; None: not in that dry run."""

    was: str | None
    becomes: str | None
    why: str
    entries: int


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """An entry whose disposition changed, and why."""

    entry_number: str
    was: str | None
    becomes: str | None
    why: str


_SNAPSHOT: Final = tuple(cycle_forecasts.c[each.name] for each in fields(Snapshot))
_CUT_SHEET: Final = tuple(cut_sheets.c[each.name] for each in fields(CutSheetRow))
_CONFIRMATION: Final = tuple(cut_sheet_confirmations.c[each.name] for each in fields(Confirmation))


async def take_snapshot(tx: Transaction, day: CycleDay, counts: Forecast, made_at: datetime, made_by: str) -> Snapshot:
    """Keep a dry run with what it says of each entry; its number counts up for each Friday."""
    newest = await tx.connection.scalar(
        select(func.max(cycle_forecasts.c.number)).where(cycle_forecasts.c.cycle_on == day.friday)
    )
    snapshot = Snapshot(
        cycle_on=day.friday,
        number=(newest or 0) + 1,
        made_at=made_at,
        made_by=made_by,
        liquidated=counts.liquidated,
        with_decision=counts.with_decision,
        deemed=counts.deemed,
        held=counts.held,
        despite_hold=counts.despite_hold,
        late_decisions=counts.late_decisions,
        suspended=counts.suspended,
        duty_cents=counts.total("duty_cents"),
        fees_cents=counts.total("fees_cents"),
        effect_duty_cents=counts.total("effect_duty_cents"),
        effect_fees_cents=counts.total("effect_fees_cents"),
        has_entries=True,
    )
    await write_forecast_entries(tx, day, snapshot.number)
    await tx.connection.execute(cycle_forecasts.insert().values(asdict(snapshot)))
    return snapshot


async def prune_snapshots(tx: Transaction, friday: date, newest: int) -> None:
    """Drop the entries of all dry runs of a Friday but the two newest and the one of its cut sheet."""
    await bulk.execute(tx, _PRUNE, friday, newest)


async def find_snapshot(connection: AsyncConnection, friday: date, number: int) -> Snapshot | None:
    """One dry run, or None."""
    query = select(*_SNAPSHOT).where(cycle_forecasts.c.cycle_on == friday, cycle_forecasts.c.number == number)
    row = (await connection.execute(query)).one_or_none()
    return Snapshot(*row) if row is not None else None


async def list_snapshots(
    connection: AsyncConnection, friday: date, *, before: int | None, limit: int
) -> list[Snapshot]:
    """The dry runs of a Friday, newest first."""
    query = select(*_SNAPSHOT).where(cycle_forecasts.c.cycle_on == friday)
    if before is not None:
        query = query.where(cycle_forecasts.c.number < before)
    rows = await connection.execute(query.order_by(cycle_forecasts.c.number.desc()).limit(limit))
    return [Snapshot(*row) for row in rows]


async def count_changes(tx: Transaction, earlier: Snapshot, later: Snapshot) -> list[Change]:
    """What came in, went out or changed from one dry run of a Friday to a later one, counted by reason."""
    rows = await bulk.fetch(tx, _CHANGES, earlier.cycle_on, earlier.number, later.number, earlier.made_at)
    return [Change(**dict(row)) for row in rows]


async def list_changes(
    tx: Transaction, earlier: Snapshot, later: Snapshot, reach: Reach, *, after: str | None, limit: int
) -> list[ChangedEntry]:
    """The entries behind `count_changes` of the Centers reached, in order of number."""
    arguments = (
        earlier.cycle_on,
        earlier.number,
        later.number,
        earlier.made_at,
        after or "",
        limit,
        centers_within(reach),
    )
    return [ChangedEntry(**dict(row)) for row in await bulk.fetch(tx, _CHANGED_ENTRIES, *arguments)]


async def write_cut_sheet(tx: Transaction, sheet: CutSheetRow) -> None:
    """Write the cut sheet of a Friday, or its next revision; confirmations of earlier revisions stay as history."""
    columns = tuple(each.name for each in fields(CutSheetRow))
    assignments = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    row = tuple([getattr(sheet, name) for name in columns])
    await bulk.insert(tx, cut_sheets, columns, [row], on_conflict=f"(cycle_on) DO UPDATE SET {assignments}")


async def find_cut_sheet(connection: AsyncConnection, friday: date, *, lock: bool = False) -> CutSheetRow | None:
    """The cut sheet of a Friday, or None; `lock` keeps others from it until the transaction ends."""
    query = select(*_CUT_SHEET).where(cut_sheets.c.cycle_on == friday)
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    return CutSheetRow(*row) if row is not None else None


async def list_confirmations(connection: AsyncConnection, friday: date, revision: int) -> list[Confirmation]:
    """Who confirmed a revision of a cut sheet."""
    query = select(*_CONFIRMATION).where(
        cut_sheet_confirmations.c.cycle_on == friday, cut_sheet_confirmations.c.revision == revision
    )
    rows = await connection.execute(query.order_by(cut_sheet_confirmations.c.capacity))
    return [Confirmation(*row) for row in rows]


async def write_confirmation(tx: Transaction, confirmation: Confirmation) -> None:
    """Note that a person confirmed a revision."""
    await tx.connection.execute(cut_sheet_confirmations.insert().values(asdict(confirmation)))
