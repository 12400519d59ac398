"""Instructions to suspend and to lift: their drafts, which entries each means, and what it did to each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.predicate import EntryPredicate, predicate_from_json, predicate_to_json
from services.liquidation.store.predicates import COUNTING_PATIENCE, Condition, compile_predicate
from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.instructions import instruction_results, instructions
from services.liquidation.store.tables.records import entries
from shared.db import bulk
from shared.db.idempotency import demand_new
from shared.db.transaction import Transaction, be_patient
from shared.runtime.access import Reach

_ALWAYS_STORED: Final[Mapping[str, Any]] = {
    "case_numbers": [],
    "manufacturer_ids": [],
    "exporter_ids": [],
    "importer_number": None,
    "entered_from": None,
    "entered_to": None,
}
"""Parts that the predicate of every instruction has, given or not: an earlier release reads each of them."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction as it is stored; `authority` is the row of the table on which its confirmation rests."""

    instruction_id: str
    revision: int
    kind: str
    ground: str
    reference: str | None
    message_number: str
    source: str
    noticed_on: date
    predicate: EntryPredicate
    state: str
    made_at: datetime
    made_by: str
    made_for: str | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    confirmed_for: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class InstructionResult:
    """What an instruction did to one entry."""

    instruction_id: str
    entry_number: str
    outcome: str
    rule: str
    detail: str


_COLUMNS: Final = tuple(instructions.c[each.name] for each in fields(Instruction))
_RESULT_COLUMNS: Final = tuple(instruction_results.c[each.name] for each in fields(InstructionResult))


@dataclass(frozen=True, slots=True)
class InstructionPreview:
    """Entries that an instruction means; duty and fees as asserted, in cents."""

    entries: int
    suspended: int
    liquidated: int
    duty_cents: int
    fees_cents: int


_COUNTED: Final = """
count(*) AS entries, count(*) FILTER (WHERE e.is_suspended AND e.liquidated_on IS NULL) AS suspended,
    count(*) FILTER (WHERE e.liquidated_on IS NOT NULL) AS liquidated,
    coalesce(sum(e.duty_cents), 0)::bigint AS duty_cents, coalesce(sum(e.fees_cents), 0)::bigint AS fees_cents
"""
# $1 the instruction, $2 the entry after which to go on, $3 how many.
_IS_TO_APPLY: Final = """
    e.entry_number > $2::text AND NOT EXISTS (
        SELECT FROM instruction_results r WHERE r.instruction_id = $1::text AND r.entry_number = e.entry_number)
ORDER BY e.entry_number LIMIT $3::integer
"""
_NOTE_THROUGH: Final = "UPDATE instructions SET went_round_at = $2 WHERE instruction_id = $1"


async def preview_instruction(tx: Transaction, instruction: Instruction) -> InstructionPreview:
    """How many entries an instruction means now, and what money is on them."""
    await be_patient(tx, COUNTING_PATIENCE)
    meant = _compile(instruction, first=1)
    (row,) = await bulk.fetch(tx, f"SELECT {_COUNTED} FROM entries e WHERE {meant.sql}", *meant.arguments)
    return InstructionPreview(**dict(row))


async def list_entries_to_apply(
    tx: Transaction, instruction: Instruction, after: str, limit: int, among: Sequence[str] | None = None
) -> list[str]:
    """The next entries, of these or of all, that an instruction means and has not reached, in order of number."""
    statement, meant = select_to_apply(instruction, is_among=among is not None)
    given = [list(among)] if among is not None else []
    rows = await bulk.fetch(tx, statement, instruction.instruction_id, after, limit, *given, *meant)
    return [row["entry_number"] for row in rows]


def select_to_apply(instruction: Instruction, *, is_among: bool) -> tuple[str, tuple[Any, ...]]:
    """The statement that finds the entries to apply an instruction to, and the arguments of its predicate.

    Before these go $1 the instruction, $2 the entry after which to go on, $3 how many, and $4 the entries to look at.
    """
    meant = _compile(instruction, first=5 if is_among else 4)
    among = "e.entry_number = ANY($4::text[]) AND " if is_among else ""
    return f"SELECT e.entry_number FROM entries e WHERE {among}{meant.sql} AND {_IS_TO_APPLY}", meant.arguments


async def find_through(connection: AsyncConnection) -> set[str]:
    """The instructions that have gone through all entries once."""
    query = select(instructions.c.instruction_id).where(instructions.c.went_round_at.is_not(None))
    return set((await connection.scalars(query)).all())


async def note_through(tx: Transaction, instruction_id: str, at: datetime) -> None:
    """An instruction has gone through all entries that there were."""
    await bulk.execute(tx, _NOTE_THROUGH, instruction_id, at)


async def write_results(tx: Transaction, results: Sequence[InstructionResult]) -> None:
    """Note what was done to each entry; once noted it stays."""
    columns = tuple(InstructionResult.__dataclass_fields__)
    values = [tuple([getattr(each, name) for name in columns]) for each in results]
    await bulk.insert(tx, instruction_results, columns, values, on_conflict="DO NOTHING")


async def write_instruction(tx: Transaction, instruction: Instruction) -> None:
    """Add a draft; raises `Refused` for a key by which one was made before."""
    await demand_new(tx.connection, instructions.c.instruction_id, instruction.instruction_id)
    values = {each.name: getattr(instruction, each.name) for each in fields(Instruction)}
    values["predicate"] = {**_ALWAYS_STORED, **predicate_to_json(instruction.predicate)}
    await tx.connection.execute(instructions.insert().values(**values))


async def confirm_instruction(tx: Transaction, confirmed: Instruction) -> None:
    """Note who confirmed it, when, and on which authority."""
    statement = instructions.update().where(instructions.c.instruction_id == confirmed.instruction_id)
    names = ("state", "revision", "confirmed_at", "confirmed_by", "confirmed_for", "authority")
    await tx.connection.execute(statement.values({name: getattr(confirmed, name) for name in names}))


async def lock_instruction(tx: Transaction, instruction_id: str) -> Instruction | None:
    """An instruction, locked until the transaction ends; None when there is none."""
    query = select(*_COLUMNS).where(instructions.c.instruction_id == instruction_id).with_for_update()
    row = (await tx.connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def find_instruction(connection: AsyncConnection, instruction_id: str) -> Instruction | None:
    """An instruction, or None."""
    query = select(*_COLUMNS).where(instructions.c.instruction_id == instruction_id)
    row = (await connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def list_instructions(
    connection: AsyncConnection, *, state: str | None = None, after: str | None = None, limit: int
) -> list[Instruction]:
    """Instructions in order of their ids, of one state when it is given."""
    query = select(*_COLUMNS).order_by(instructions.c.instruction_id).limit(limit)
    if state is not None:
        query = query.where(instructions.c.state == state)
    if after is not None:
        query = query.where(instructions.c.instruction_id > after)
    return [_read(row) for row in await connection.execute(query)]


async def list_confirmed(connection: AsyncConnection) -> list[Instruction]:
    """The confirmed ones in the order in which they were confirmed."""
    query = select(*_COLUMNS).where(instructions.c.state == "confirmed")
    rows = await connection.execute(query.order_by(instructions.c.confirmed_at, instructions.c.instruction_id))
    return [_read(row) for row in rows]


async def list_results(
    connection: AsyncConnection, instruction_id: str, reach: Reach, *, after: str | None, limit: int
) -> list[InstructionResult]:
    """What an instruction did to the entries reached, in order of entry number."""
    query = select(*_RESULT_COLUMNS).where(instruction_results.c.instruction_id == instruction_id)
    if not reach.is_national:
        of_entry = entries.c.entry_number == instruction_results.c.entry_number
        query = query.join(entries, of_entry).where(entries_within(reach))
    if after is not None:
        query = query.where(instruction_results.c.entry_number > after)
    rows = await connection.execute(query.order_by(instruction_results.c.entry_number).limit(limit))
    return [InstructionResult(*row) for row in rows]


async def count_results(connection: AsyncConnection, instruction_id: str) -> dict[str, int]:
    """How many entries had which outcome."""
    query = select(instruction_results.c.outcome, func.count().label("entries"))
    query = query.where(instruction_results.c.instruction_id == instruction_id)
    rows = await connection.execute(query.group_by(instruction_results.c.outcome))
    return {row.outcome: row.entries for row in rows}


def _compile(instruction: Instruction, first: int) -> Condition:
    """Entries `e` that an instruction means; a removal means only those that are suspended."""
    meant = compile_predicate(instruction.predicate, first)
    reach = "e.is_suspended AND e.liquidated_on IS NULL AND " if instruction.kind == "lift" else ""
    return Condition(f"e.version IS NOT NULL AND {reach}{meant.sql}", meant.arguments)


def _read(row: Row[Any]) -> Instruction:
    return Instruction(**(row._asdict() | {"predicate": predicate_from_json(row.predicate)}))
