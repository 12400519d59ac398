"""Selection criteria as they are kept: revisions, acts, the versions in force by date, and what they hit."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.criteria import Criterion, from_document, to_document
from services.routing.domain.criteria_lifecycle import Act, Person, Revision, list_periods
from services.routing.domain.criteria_timeline import compile_timeline, cut_periods
from services.routing.domain.rulebook import Dated
from services.routing.domain.selection import RANDOM_FLOOR, Criteria, Selection
from services.routing.store import unit_values as unit_value_store
from services.routing.store.tables import criteria
from services.routing.store.tables.criteria import criteria_changes, criterion_hits
from shared.db import bulk
from shared.db.transaction import Transaction

_HIT_COLUMNS: Final = ("entry_number", "version", "criterion_id", "revision", "mode", "entry_date")
_FORGET_HITS: Final = """
DELETE FROM criterion_hits h USING unnest($1::text[], $2::int[]) AS again(entry_number, version)
WHERE h.entry_number = again.entry_number AND h.version = again.version
"""

HitRow = tuple[str, int, str, int, str, date]
"""Entry number, version, criterion, its revision, mode (`live`, `shadow` or `floor`), entry date."""


class Change(NamedTuple):
    """One act on a criterion, as its history keeps it."""

    revision: int
    act: Act
    reason: str
    effective_on: date | None
    definition: Criterion | None


class RecordedAct(NamedTuple):
    """An act as the history of a criterion tells it: who, when; `change` says what and why."""

    sequence: int
    change: Change
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


async def load_timeline(connection: AsyncConnection, floor_basis_points: int) -> list[Dated[Criteria]]:
    """Every version of the criteria with its first day; the first has been in force for ever (`date.min`)."""
    revisions = await load_all(connection)
    is_asked = any(item.criterion.asks_unit_values for item in revisions)
    periods = cut_periods(
        list_periods(revisions), await unit_value_store.load_first_days(connection) if is_asked else []
    )
    used = {period.as_of for period in periods if period.as_of is not None}
    medians = await unit_value_store.load_medians(connection, used) if used else {}
    return compile_timeline(periods, medians, floor_basis_points)


async def load_all(connection: AsyncConnection) -> list[Revision]:
    """Every revision of every criterion."""
    return [_revision(row) for row in await connection.execute(select(criteria))]


async def list_revisions(
    connection: AsyncConnection, *, state: str | None, tariff: str | None, after: tuple[str, int] | None, limit: int
) -> list[Revision]:
    """Revisions in order of id and number; `state` keeps those that stand in it, `tariff` those that name the number,
    a part of it, or what it is part of.
    """
    query = select(criteria).order_by(criteria.c.criterion_id, criteria.c.revision).limit(limit)
    if state is not None:
        query = query.where(criteria.c.state == state)
    if tariff is not None:
        named = func.jsonb_array_elements_text(criteria.c.definition["what"]["tariff_prefixes"])
        prefix = named.column_valued("prefix")
        is_near = or_(literal(tariff).startswith(prefix), prefix.startswith(tariff))
        query = query.where(select(prefix).where(is_near).exists())
    if after is not None:
        key = func.row(criteria.c.criterion_id, criteria.c.revision)
        query = query.where(key > func.row(*after))
    return [_revision(row) for row in await connection.execute(query)]


async def load_in_use(connection: AsyncConnection) -> list[Revision]:
    """The newest revision of each criterion that is live or on trial, in order of id."""
    query = select(criteria).where(criteria.c.state.in_(["shadow", "live"]))
    query = query.ext(distinct_on(criteria.c.criterion_id)).order_by(
        criteria.c.criterion_id, criteria.c.revision.desc()
    )
    return [_revision(row) for row in await connection.execute(query)]


async def find_revisions(connection: AsyncConnection, criterion_id: str) -> list[Revision]:
    """Every revision of a criterion, oldest first; empty when there is none."""
    query = select(criteria).where(criteria.c.criterion_id == criterion_id).order_by(criteria.c.revision)
    return [_revision(row) for row in await connection.execute(query)]


async def lock_revisions(tx: Transaction, criterion_id: str) -> list[Revision]:
    """Every revision of a criterion, oldest first, held to the end of the transaction."""
    query = select(criteria).where(criteria.c.criterion_id == criterion_id).order_by(criteria.c.revision)
    return [_revision(row) for row in await tx.connection.execute(query.with_for_update())]


async def count_changes(connection: AsyncConnection, criterion_id: str) -> int:
    """The number of acts on a criterion: its version for whoever edits it."""
    query = select(func.count()).where(criteria_changes.c.criterion_id == criterion_id)
    return int(await connection.scalar(query) or 0)


async def list_changes(
    connection: AsyncConnection, criterion_id: str, *, after: int | None, limit: int
) -> list[RecordedAct]:
    """Acts on a criterion, oldest first."""
    query = select(criteria_changes).where(criteria_changes.c.criterion_id == criterion_id)
    query = query.where(criteria_changes.c.sequence > (after or 0)).order_by(criteria_changes.c.sequence)
    return [_recorded_act(row) for row in await connection.execute(query.limit(limit))]


async def next_position(tx: Transaction) -> int:
    """The place after all criteria, for a new one."""
    return int(await tx.connection.scalar(select(func.max(criteria.c.position))) or 0) + 1


async def write_revision(tx: Transaction, revision: Revision) -> bool:
    """Write a revision that is new; False when somebody else has just written it."""
    statement = insert(criteria).values(_columns(revision)).on_conflict_do_nothing()
    return (await tx.connection.execute(statement)).rowcount == 1


async def update_revision(tx: Transaction, revision: Revision) -> None:
    """Write the state of a revision that exists; its rows are locked by `lock_revisions`."""
    await tx.connection.execute(
        criteria.update()
        .where(criteria.c.criterion_id == revision.criterion.id, criteria.c.revision == revision.criterion.revision)
        .values(_columns(revision))
    )


async def note_acts(tx: Transaction, criterion_id: str, acts: Sequence[Change], by: Person, now: datetime) -> None:
    """Add acts to the history of a criterion, in their order."""
    done = await count_changes(tx.connection, criterion_id)
    rows = [
        {
            "criterion_id": criterion_id,
            "sequence": sequence,
            "revision": change.revision,
            "act": change.act,
            "reason": change.reason,
            "effective_on": change.effective_on,
            "definition": to_document(change.definition) if change.definition else None,
            "changed_by": by.subject,
            "acting_for": by.acting_for,
            "recorded_at": now,
        }
        for sequence, change in enumerate(acts, start=done + 1)
    ]
    await tx.connection.execute(criteria_changes.insert(), rows)


def hit_rows(selection: Selection, entry_number: str, version: int, entry_date: date) -> list[HitRow]:
    """What to write of a selection: a row for each criterion that hit, was on trial and hit, or the random floor."""
    rows: list[HitRow] = [
        (entry_number, version, hit.criterion_id, hit.revision, "live", entry_date) for hit in selection.hits
    ]
    rows += [(entry_number, version, hit.criterion_id, hit.revision, "shadow", entry_date) for hit in selection.shadow]
    if selection.is_drawn:
        rows.append((entry_number, version, RANDOM_FLOOR, 0, "floor", entry_date))
    return rows


async def write_hits(tx: Transaction, rows: Sequence[HitRow], replaced: Collection[tuple[str, int]]) -> None:
    """Write hits; `replaced` names the versions of entries among them that have been decided before.

    An earlier event that contradicts a known one takes its place: what the falling content hit is forgotten.
    """
    if replaced:
        again = sorted(replaced)
        await bulk.execute(tx, _FORGET_HITS, [key[0] for key in again], [key[1] for key in again])
    await bulk.copy(tx, criterion_hits, _HIT_COLUMNS, rows)


def _recorded_act(row: Row[Any]) -> RecordedAct:
    definition = from_document(row.criterion_id, row.revision, row.definition) if row.definition is not None else None
    change = Change(row.revision, row.act, row.reason, row.effective_on, definition)
    return RecordedAct(row.sequence, change, row.changed_by, row.acting_for, row.recorded_at)


def _revision(row: Row[Any]) -> Revision:
    requested_by = Person(row.live_requested_by, row.live_requested_for) if row.live_requested_by else None
    return Revision(
        criterion=from_document(row.criterion_id, row.revision, row.definition),
        position=row.position,
        state=row.state,
        shadow_from=row.shadow_from,
        live_from=row.live_from,
        retired_on=row.retired_on,
        requested_by=requested_by,
    )


def _columns(revision: Revision) -> dict[str, Any]:
    requested_by = revision.requested_by
    return {
        "criterion_id": revision.criterion.id,
        "revision": revision.criterion.revision,
        "position": revision.position,
        "state": revision.state,
        "definition": to_document(revision.criterion),
        "shadow_from": revision.shadow_from,
        "live_from": revision.live_from,
        "retired_on": revision.retired_on,
        "live_requested_by": requested_by.subject if requested_by else None,
        "live_requested_for": requested_by.acting_for if requested_by else None,
    }
