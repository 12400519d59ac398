"""Reminders: which entries may have a day that comes near, and of what was reminded already."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.reminders import Reminder, ReminderPolicy
from services.liquidation.store.tables.acts import reliquidations
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.protests import protest_entries
from services.liquidation.store.tables.records import entries, protests
from services.liquidation.store.tables.reminders import reminder_runs, reminders
from services.liquidation.store.tables.requests import information_requests, letters
from shared.customs.entry_types import entry_types
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS: Final = ("clock", "due_on", "days_before", "entry_number", "code", "reminded_at", "document")
_KEPT: Final = ("importer_number", "center", "what", "rule", "lapse")
_AROUND: Final = timedelta(days=15)
"""How far a day that is counted from another one may lie from what a plain count gives, closures by order included."""
_TO_SUE_OR_PROTEST: Final = timedelta(days=180)
_TIB: Final = timedelta(days=400)
"""Longer than the year of a temporary importation."""
_NOTE_RUN: Final = "INSERT INTO reminder_runs (day, ended_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_FORGET_RUNS: Final = "DELETE FROM reminder_runs WHERE day < $1"
_WITHDRAW: Final = """
UPDATE reminders r SET withdrawn_at = $3 FROM unnest($1::text[], $2::date[]) AS g(clock, due_on)
WHERE (r.clock, r.due_on) = (g.clock, g.due_on) AND r.withdrawn_at IS NULL
"""


async def find_last_run(connection: AsyncConnection) -> date | None:
    """The last legal day of which all reminders were judged; None: none was."""
    last: date | None = await connection.scalar(select(func.max(reminder_runs.c.day)))
    return last


async def note_run(tx: Transaction, day: date, at: datetime) -> None:
    """All reminders of a legal day were judged."""
    await bulk.execute(tx, _NOTE_RUN, day, at)
    await bulk.execute(tx, _FORGET_RUNS, day)


async def list_candidates(
    connection: AsyncConnection,
    policy: ReminderPolicy,
    since: date,
    today: date,
    after: str,
    left_out: Collection[str],
    *,
    limit: int,
) -> list[str]:
    """Entries that may have a day of which is to be reminded now, or of which was and that may have moved, by number.

    None is left out that has one, save by `left_out`; some are given that have none: what is due says the record.
    """
    parts = [_of_code(code, policy, since, today) for code in sorted(policy.codes)]
    ahead = reminders.c.due_on >= today
    parts.append(select(reminders.c.entry_number).where(ahead, reminders.c.withdrawn_at.is_(None)))
    found = union(*parts).subquery()
    number = found.c.entry_number
    query = select(number).where(number > after, number.not_in(sorted(left_out))).order_by(number).limit(limit)
    return list((await connection.execute(query)).scalars())


async def load_reminded(
    connection: AsyncConnection, entry_numbers: Collection[str], today: date
) -> dict[str, list[Reminder]]:
    """What was reminded of these entries and has neither passed nor been withdrawn: each day of a clock once."""
    query = select(reminders).where(
        reminders.c.entry_number.in_(sorted(entry_numbers)),
        reminders.c.due_on >= today,
        reminders.c.withdrawn_at.is_(None),
    )
    nearest: dict[tuple[str, date], Reminder] = {}
    for row in await connection.execute(query.order_by(reminders.c.days_before.desc())):
        nearest[row.clock, row.due_on] = _reminder(row)
    found: dict[str, list[Reminder]] = {}
    for _, each in sorted(nearest.items()):
        found.setdefault(each.entry_number, []).append(each)
    return found


async def write_reminders(tx: Transaction, new: Sequence[Reminder], at: datetime) -> list[Reminder]:
    """Write reminders; gives those that are new, which are told: a day is told at a distance once."""
    rows = [
        (each.clock, each.due_on, each.days_before, each.entry_number, each.code, at, _document(each)) for each in new
    ]
    written = await bulk.insert(
        tx, reminders, _COLUMNS, rows, on_conflict="DO NOTHING", returning="clock, due_on, days_before"
    )
    keys = {(row["clock"], row["due_on"], row["days_before"]) for row in written}
    return [each for each in new if (each.clock, each.due_on, each.days_before) in keys]


async def withdraw(tx: Transaction, gone: Collection[Reminder], at: datetime) -> None:
    """Note that these days are not those of their clocks any more."""
    ordered = sorted(gone, key=lambda each: (each.clock, each.due_on))
    if ordered:
        await bulk.execute(tx, _WITHDRAW, [each.clock for each in ordered], [each.due_on for each in ordered], at)


def _document(each: Reminder) -> str:
    kept = {name: getattr(each, name) for name in _KEPT}
    return orjson.dumps({**kept, "overtaken_on": each.overtaken_on}).decode()


def _reminder(row: Any) -> Reminder:
    kept = row.document
    return Reminder(
        clock=row.clock,
        due_on=row.due_on,
        days_before=row.days_before,
        entry_number=row.entry_number,
        code=row.code,
        overtaken_on=date.fromisoformat(kept["overtaken_on"]),
        **{name: kept[name] for name in _KEPT},
    )


def _of_code(code: str, policy: ReminderPolicy, since: date, today: date) -> Select[Any]:
    def is_near(column: ColumnElement[Any], before: timedelta = timedelta(), around: timedelta = timedelta()) -> Any:
        """Whether a day that lies `before` after the column is at one of the distances, or `around` it."""
        bands = []
        for distance in policy.days_before:
            first = since + timedelta(days=distance) - before - around
            last = today + timedelta(days=distance) - before + around
            bands.append(column.between(first, last))
        return or_(*bands)

    match code:
        case "cf28-reply-due" | "cf29-reply-due":
            asked = information_requests
            of_letter = letters.c.request_id == asked.c.request_id
            near = or_(is_near(asked.c.due_on), is_near(letters.c.due_on))
            query = select(asked.c.entry_number).join(letters, of_letter, isouter=True)
            return query.where(asked.c.closed_on.is_(None), near)
        case "bill-due":
            return select(bills.c.entry_number).where(bills.c.open_cents != 0, is_near(bills.c.due_on))
        case "suit-until":
            of_protest = protest_entries.c.filing_number == protests.c.filing_number
            query = select(protest_entries.c.entry_number).join(protests, of_protest)
            return query.where(is_near(protests.c.denied_on, _TO_SUE_OR_PROTEST, _AROUND))
        case "tib-ends":
            kinds = sorted(each for each, kind in entry_types().items() if kind.tib)
            return select(entries.c.entry_number).where(
                and_(entries.c.entry_type.in_(kinds), entries.c.entry_date >= today - _TIB)
            )
        case "protest-until":
            on = func.greatest(entries.c.liquidated_on, entries.c.liquidation_posted_on)
            return select(entries.c.entry_number).where(
                or_(
                    is_near(entries.c.liquidated_on, _TO_SUE_OR_PROTEST, _AROUND),
                    is_near(on, _TO_SUE_OR_PROTEST, _AROUND),
                )
            )
        case "protest-until-reliquidation":
            column = reliquidations.c.reliquidated_on
            return select(reliquidations.c.entry_number).where(is_near(column, _TO_SUE_OR_PROTEST, _AROUND))
        case _:
            raise ValueError(f"nothing finds the entries that have a day of the code {code}")
