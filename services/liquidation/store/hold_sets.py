"""Hold sets: their drafts, application and lifting, what a predicate matches, and what a cycle holds back.

Nothing is marked when a set is applied: the cycle asks each set that stands at its Wednesday cut which of the due
entries match then, so that entries filed or corrected later are held too, and those that no longer match are let go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import Row, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.predicate import EntryPredicate, predicate_from_json, predicate_to_json
from services.liquidation.store.predicates import COUNTING_PATIENCE, Condition, compile_predicate
from services.liquidation.store.sight import centers_within, in_centers
from services.liquidation.store.tables.hold_sets import hold_set_events, hold_sets
from services.liquidation.store.tables.records import ACT_BY, RUNS
from shared.db import bulk
from shared.db.idempotency import demand_new
from shared.db.transaction import Transaction, be_patient
from shared.runtime.access import Reach

NOT_HELD: Final = (
    "NOT EXISTS (SELECT FROM held_entries h"
    " WHERE h.entry_number = e.entry_number AND h.last_held_on = $1 AND NOT h.is_overridden)"
)
"""Of an entry `e`: the cycle of the Friday $1 does not hold it back."""

# $1 the Friday, $2 the end of the day of posting, $3 that day. Informal entries are not held: payment or release
# liquidates them (19 CFR 159.10). An entry whose period ends before the first Friday after the posting is taken all the
# same (19 USC 1504(a)): the hold is then overridden.
_MAY_BE_HELD: Final = f"""
{RUNS} AND e.governed_at < $2::timestamptz AND e.scheduled_on <= $1::date AND NOT e.is_informal
    AND (e.deemed_on IS NULL OR e.deemed_on >= $3::date)"""
_IS_OVERRIDDEN: Final = (
    f"coalesce({ACT_BY} < date_trunc('week', ($3::date + 3)::timestamp)::date + 4, false)"  # the Friday after
)
HORIZONS: Final = (1, 7, 14, 30, 60, 90)
"""Days in which CBP acts before an entry may be deemed liquidated; each horizon counts what the shorter ones do not."""

_BY_HORIZON: Final = (
    f"CASE WHEN {ACT_BY} IS NULL THEN 'no date' "
    + " ".join(f"WHEN {ACT_BY} <= DAY + {days} THEN '{days}'" for days in HORIZONS)
    + " ELSE 'later' END"
)

HoldSetState = Literal["draft", "applied", "lifted"]


@dataclass(frozen=True, slots=True)
class HoldSet:
    """A predicate over entries that cycles are to hold back, with who drafted it for whom and how far it has come."""

    hold_set_id: str
    revision: int
    name: str
    predicate: EntryPredicate
    reason: str
    state: HoldSetState
    made_at: datetime
    made_by: str
    made_for: str | None = None
    applied_at: datetime | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldSetEvent:
    """What happened to a hold set; `entries` matched when it was applied.

    `authority` is the row of the table on which applying or lifting rests.
    """

    hold_set_id: str
    revision: int
    change: str
    at: datetime
    actor: str
    acting_for: str | None
    detail: str | None
    entries: int | None
    authority: str | None = None


_COLUMNS: Final = tuple(hold_sets.c[each.name] for each in fields(HoldSet))
_EVENT_COLUMNS: Final = tuple(hold_set_events.c[each.name] for each in fields(HoldSetEvent))


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


@dataclass(frozen=True, slots=True)
class MatchedEntry:
    """An entry that a hold set matches; money as asserted, in cents, None where no summary has been filed."""

    entry_number: str
    center: str | None
    horizon: str
    is_suspended: bool
    is_due: bool
    scheduled_on: date | None
    deemed_on: date | None
    duty_cents: int | None
    fees_cents: int | None


async def keep_still(tx: Transaction) -> None:
    """Let nobody apply or lift a set until this transaction ends: what is asked of them twice stays the same."""
    await tx.connection.execute(text("LOCK TABLE hold_sets IN SHARE MODE"))


async def find_in_force(tx: Transaction, at: datetime) -> list[HoldSet]:
    """The sets that were applied by a moment and not lifted by then: those that the cycle with this cut obeys."""
    is_lifted = hold_sets.c.lifted_at <= at
    query = select(*_COLUMNS).where(hold_sets.c.applied_at <= at, is_lifted.is_not(true()))
    return [_read(row) for row in await tx.connection.execute(query.order_by(hold_sets.c.hold_set_id))]


def select_held(in_force: Sequence[HoldSet], first: int) -> Condition:
    """A query for the due entries that match ($1 to $3 as above); parameters of the sets from `first`."""
    matched: list[str] = []
    arguments: list[Any] = []
    for each in in_force:
        condition = compile_predicate(each.predicate, first + len(arguments))
        arguments.extend(condition.arguments)
        matched.append(
            f"SELECT e.entry_number, {_IS_OVERRIDDEN} AS is_overridden FROM entries e"
            f" WHERE {_MAY_BE_HELD} AND {condition.sql}"
        )
    union = " UNION ".join(matched) or "SELECT NULL::text AS entry_number, NULL::boolean AS is_overridden WHERE false"
    return Condition(union, tuple(arguments))


async def hold_back(tx: Transaction, friday: date, end: datetime, posted_on: date, in_force: Sequence[HoldSet]) -> None:
    """Note which due entries the cycle of a Friday leaves, and which it takes although a set matches.

    `posted_on` is the day of posting, `end` its last instant.
    """
    for each in in_force:
        condition = compile_predicate(each.predicate, first=5)
        statement = f"""
            INSERT INTO held_entries (entry_number, hold_set_id, first_held_on, last_held_on, is_overridden)
            SELECT e.entry_number, $4::text, $1::date, $1::date, {_IS_OVERRIDDEN} FROM entries e
            WHERE {_MAY_BE_HELD} AND {condition.sql}
            ON CONFLICT (entry_number, hold_set_id)
                DO UPDATE SET last_held_on = excluded.last_held_on, is_overridden = excluded.is_overridden
        """
        await bulk.execute(tx, statement, friday, end, posted_on, each.hold_set_id, *condition.arguments)


async def preview(tx: Transaction, predicate: EntryPredicate, today: date, friday: date) -> list[PreviewLine]:
    """What a predicate matches among the entries that are not liquidated, by Center and by the days left."""
    await be_patient(tx, COUNTING_PATIENCE)
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


async def list_matched(
    tx: Transaction,
    predicate: EntryPredicate,
    today: date,
    friday: date,
    reach: Reach,
    *,
    horizon: str | None,
    after: str | None,
    limit: int,
) -> list[MatchedEntry]:
    """The entries behind `preview` of the Centers reached, in order of number; of one horizon when it is given."""
    await be_patient(tx, COUNTING_PATIENCE)
    condition = compile_predicate(predicate, first=7)
    statement = f"""
        SELECT * FROM (
            SELECT e.entry_number, e.center, {_BY_HORIZON.replace("DAY", "$1::date")} AS horizon, e.is_suspended,
                coalesce(e.scheduled_on <= $2::date AND NOT e.is_suspended, false) AS is_due, e.scheduled_on,
                e.deemed_on, e.duty_cents, e.fees_cents
            FROM entries e WHERE e.liquidated_on IS NULL AND NOT e.is_informal AND e.entry_number > $4
                AND {in_centers("$3")} AND {condition.sql}
        ) matched WHERE $6::text IS NULL OR horizon = $6 ORDER BY entry_number LIMIT $5
    """
    arguments = (today, friday, centers_within(reach), after or "", limit, horizon, *condition.arguments)
    return [MatchedEntry(**dict(row)) for row in await bulk.fetch(tx, statement, *arguments)]


async def lock_hold_set(tx: Transaction, hold_set_id: str) -> HoldSet | None:
    """A set, locked until the transaction ends; None when there is none."""
    query = select(*_COLUMNS).where(hold_sets.c.hold_set_id == hold_set_id).with_for_update()
    row = (await tx.connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def find_hold_set(connection: AsyncConnection, hold_set_id: str) -> HoldSet | None:
    """A set, or None."""
    query = select(*_COLUMNS).where(hold_sets.c.hold_set_id == hold_set_id)
    row = (await connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def list_hold_sets(
    connection: AsyncConnection, *, state: HoldSetState | None, after: str | None, limit: int
) -> list[HoldSet]:
    """Sets in order of their ids, of one state when it is given."""
    query = select(*_COLUMNS).order_by(hold_sets.c.hold_set_id).limit(limit)
    if state is not None:
        query = query.where(hold_sets.c.state == state)
    if after is not None:
        query = query.where(hold_sets.c.hold_set_id > after)
    return [_read(row) for row in await connection.execute(query)]


async def list_hold_set_events(connection: AsyncConnection, hold_set_id: str) -> list[HoldSetEvent]:
    """What happened to a set, in order."""
    query = select(*_EVENT_COLUMNS).where(hold_set_events.c.hold_set_id == hold_set_id)
    return [HoldSetEvent(*row) for row in await connection.execute(query.order_by(hold_set_events.c.revision))]


async def write_hold_set(tx: Transaction, hold_set: HoldSet) -> None:
    """Add a set; raises `Refused` for a key by which one was made before."""
    await demand_new(tx.connection, hold_sets.c.hold_set_id, hold_set.hold_set_id)
    await tx.connection.execute(hold_sets.insert().values(_values(hold_set)))


async def change_hold_set(tx: Transaction, hold_set: HoldSet) -> None:
    """Write a set as it is from now on."""
    statement = hold_sets.update().where(hold_sets.c.hold_set_id == hold_set.hold_set_id)
    await tx.connection.execute(statement.values(_values(hold_set)))


async def write_hold_set_event(tx: Transaction, event: HoldSetEvent) -> None:
    """Append to the history of a set."""
    values = {each.name: getattr(event, each.name) for each in fields(HoldSetEvent)}
    await tx.connection.execute(hold_set_events.insert().values(values))


def _values(hold_set: HoldSet) -> dict[str, Any]:
    values = {each.name: getattr(hold_set, each.name) for each in fields(HoldSet)}
    return values | {"predicate": predicate_to_json(hold_set.predicate)}


def _read(row: Row[Any]) -> HoldSet:
    return HoldSet(**(row._asdict() | {"predicate": predicate_from_json(row.predicate)}))
