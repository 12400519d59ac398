"""Hold sets: their drafts, application and lifting, what a predicate matches, and what a cycle holds back.

Nothing is marked when a set is applied: the cycle asks each set that stands at its Wednesday cut which of the due
entries match then, so that entries filed or corrected later are held too, and those that no longer match are let go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store.predicates import Condition, compile_predicate, predicate_from_json, predicate_to_json
from services.liquidation.store.tables.hold_sets import held_entries, hold_set_events, hold_sets
from services.liquidation.store.tables.records import RUNS
from shared.db import bulk
from shared.db.transaction import Transaction

NOT_HELD: Final = (
    "NOT EXISTS (SELECT FROM held_entries h"
    " WHERE h.entry_number = e.entry_number AND h.last_held_on = $1 AND NOT h.is_overridden)"
)
"""Of an entry `e`: the cycle of the Friday $1 does not hold it back."""

# $1 the Friday, $2 its end. Informal entries are not held: payment or release liquidates them (19 CFR 159.10). An entry
# whose period ends before the next Friday is taken all the same (19 USC 1504(a)): the hold is then overridden.
_MAY_BE_HELD: Final = f"""
{RUNS} AND e.governed_at < $2::timestamptz AND e.scheduled_on <= $1::date AND NOT e.is_informal
    AND (e.deemed_on IS NULL OR e.deemed_on >= $1::date)"""
_IS_OVERRIDDEN: Final = "coalesce(e.deemed_on < $1::date + 7, false)"
_STANDING: Final = """
SELECT hold_set_id, predicate::text AS predicate FROM hold_sets
WHERE applied_at <= $1 AND (lifted_at IS NULL OR lifted_at > $1) ORDER BY hold_set_id
"""
HORIZONS: Final = (1, 7, 14, 30, 60, 90)
"""Days until an entry is deemed liquidated; each horizon counts what the shorter ones do not."""

_BY_HORIZON: Final = (
    "CASE WHEN e.deemed_on IS NULL THEN 'no date' "
    + " ".join(f"WHEN e.deemed_on <= DAY + {days} THEN '{days}'" for days in HORIZONS)
    + " ELSE 'later' END"
)


@dataclass(frozen=True, slots=True)
class StandingHold:
    """A hold set that a cycle has to obey."""

    hold_set_id: str
    predicate: EntryPredicate


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """Entries of one Center and horizon; money as asserted, in cents; `due` are due by the next cycle."""

    center: str | None
    horizon: str
    entries: int
    suspended: int
    due: int
    duty_cents: int
    fees_cents: int


async def find_standing(tx: Transaction, cutoff: datetime) -> list[StandingHold]:
    """The sets that were applied by the cut of a cycle and not lifted by then."""
    rows = await bulk.fetch(tx, _STANDING, cutoff)
    return [StandingHold(row["hold_set_id"], predicate_from_json(orjson.loads(row["predicate"]))) for row in rows]


def select_held(standing: Sequence[StandingHold], first: int) -> Condition:
    """A query for the due entries that match ($1 the Friday, $2 its end); parameters of the sets from `first`."""
    matched: list[str] = []
    arguments: list[Any] = []
    for each in standing:
        condition = compile_predicate(each.predicate, first + len(arguments))
        arguments.extend(condition.arguments)
        matched.append(
            f"SELECT e.entry_number, {_IS_OVERRIDDEN} AS is_overridden FROM entries e"
            f" WHERE {_MAY_BE_HELD} AND {condition.sql}"
        )
    union = " UNION ".join(matched) or "SELECT NULL::text AS entry_number, NULL::boolean AS is_overridden WHERE false"
    return Condition(union, tuple(arguments))


async def hold_back(tx: Transaction, friday: date, end: datetime, standing: Sequence[StandingHold]) -> None:
    """Note which due entries the cycle of a Friday leaves, and which it takes although a set matches."""
    for each in standing:
        condition = compile_predicate(each.predicate, first=4)
        statement = f"""
            INSERT INTO held_entries (entry_number, hold_set_id, first_held_on, last_held_on, is_overridden)
            SELECT e.entry_number, $3::text, $1::date, $1::date, {_IS_OVERRIDDEN} FROM entries e
            WHERE {_MAY_BE_HELD} AND {condition.sql}
            ON CONFLICT (entry_number, hold_set_id)
                DO UPDATE SET last_held_on = excluded.last_held_on, is_overridden = excluded.is_overridden
        """
        await bulk.execute(tx, statement, friday, end, each.hold_set_id, *condition.arguments)


async def preview(tx: Transaction, predicate: EntryPredicate, today: date, friday: date) -> list[PreviewLine]:
    """What a predicate matches among the entries that are not liquidated, by Center and by days to the deemed date."""
    condition = compile_predicate(predicate, first=3)
    statement = f"""
        SELECT e.center, {_BY_HORIZON.replace("DAY", "$1::date")} AS horizon, count(*) AS entries,
            count(*) FILTER (WHERE e.is_suspended) AS suspended,
            count(*) FILTER (WHERE e.scheduled_on <= $2::date AND NOT e.is_suspended) AS due,
            coalesce(sum(e.duty_cents), 0)::bigint AS duty_cents, coalesce(sum(e.fees_cents), 0)::bigint AS fees_cents
        FROM entries e WHERE e.liquidated_on IS NULL AND NOT e.is_informal AND {condition.sql}
        GROUP BY 1, 2 ORDER BY 1, 2
    """
    rows = await bulk.fetch(tx, statement, today, friday, *condition.arguments)
    return [PreviewLine(**dict(row)) for row in rows]


async def lock_hold_set(tx: Transaction, hold_set_id: str) -> Any | None:
    """The row of a set, held until the transaction ends; None when there is none."""
    query = select(hold_sets).where(hold_sets.c.hold_set_id == hold_set_id).with_for_update()
    return (await tx.connection.execute(query)).one_or_none()


async def find_hold_set(connection: AsyncConnection, hold_set_id: str) -> Any | None:
    """A set, or None."""
    query = select(hold_sets).where(hold_sets.c.hold_set_id == hold_set_id)
    return (await connection.execute(query)).one_or_none()


async def list_hold_sets(connection: AsyncConnection, *, state: str | None, after: str | None, limit: int) -> list[Any]:
    """Sets in order of their ids, of one state when it is given."""
    query = select(hold_sets).order_by(hold_sets.c.hold_set_id).limit(limit)
    if state is not None:
        query = query.where(hold_sets.c.state == state)
    if after is not None:
        query = query.where(hold_sets.c.hold_set_id > after)
    return list(await connection.execute(query))


async def list_hold_set_events(connection: AsyncConnection, hold_set_id: str) -> list[Any]:
    """What happened to a set, in order."""
    query = select(hold_set_events).where(hold_set_events.c.hold_set_id == hold_set_id)
    return list(await connection.execute(query.order_by(hold_set_events.c.revision)))


async def list_holds_on(connection: AsyncConnection, entry_number: str) -> list[Any]:
    """What cycles did about holds on an entry: the sets with the first and last Friday, and whether it was taken."""
    query = select(held_entries, hold_sets.c.name, hold_sets.c.reason, hold_sets.c.state, hold_sets.c.applied_at).join(
        hold_sets, hold_sets.c.hold_set_id == held_entries.c.hold_set_id
    )
    of_entry = held_entries.c.entry_number == entry_number
    return list(await connection.execute(query.where(of_entry).order_by(held_entries.c.hold_set_id)))


async def write_hold_set(tx: Transaction, values: dict[str, Any], predicate: EntryPredicate) -> None:
    """Add a draft."""
    await tx.connection.execute(hold_sets.insert().values(**values, predicate=predicate_to_json(predicate)))


async def change_hold_set(tx: Transaction, hold_set_id: str, **values: Any) -> None:
    """Change columns of a set; a predicate is given as `EntryPredicate`."""
    if "predicate" in values:
        values["predicate"] = predicate_to_json(values["predicate"])
    await tx.connection.execute(hold_sets.update().where(hold_sets.c.hold_set_id == hold_set_id).values(**values))


async def write_hold_set_event(tx: Transaction, **values: Any) -> None:
    """Append to the history of a set."""
    await tx.connection.execute(hold_set_events.insert().values(**values))


def predicate_of(row: Any) -> EntryPredicate:
    """The predicate of a row of `hold_sets`."""
    return predicate_from_json(row.predicate)
