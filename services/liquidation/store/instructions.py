"""Instructions to suspend and to lift: their drafts, which entries each means, and what it did to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.grounds import NOT_IDENTIFYING, identify
from services.liquidation.store.tables.acts import instruction_results, instructions
from shared.db import bulk
from shared.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class InstructionPredicate:
    """Which entries an instruction means: all given parts hold; case, maker and exporter of one and the same line."""

    case_numbers: tuple[str, ...] = ()
    manufacturer_ids: tuple[str, ...] = ()
    importer_number: str | None = None
    entered_from: date | None = None
    entered_to: date | None = None
    exporter_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction as it is stored."""

    instruction_id: str
    revision: int
    kind: str
    ground: str
    reference: str | None
    message_number: str
    source: str
    noticed_on: date
    predicate: InstructionPredicate
    state: str
    made_at: datetime
    made_by: str
    made_for: str | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    confirmed_for: str | None = None


@dataclass(frozen=True, slots=True)
class InstructionResult:
    """What an instruction did to one entry."""

    instruction_id: str
    entry_number: str
    outcome: str
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class InstructionPreview:
    """Entries that an instruction means; duty and fees as asserted, in cents."""

    entries: int
    suspended: int
    liquidated: int
    duty_cents: int
    fees_cents: int


# $1 cases, $2 makers, $3 importer, $4 and $5 the dates of entry; $6 whether only suspended entries are meant (a lift);
# $7 exporters, $8 the characters that are left out of what a line reports, as they are of $2 and $7.
_MEANT = """
FROM entries e WHERE e.version IS NOT NULL
    AND (NOT $6::boolean OR (e.is_suspended AND e.liquidated_on IS NULL))
    AND ($3::text IS NULL OR e.importer_number = $3::text)
    AND ($4::date IS NULL OR e.entry_date >= $4::date) AND ($5::date IS NULL OR e.entry_date <= $5::date)
    AND (cardinality($1::text[]) = 0 OR (e.entry_number, e.version) IN (
        SELECT l.entry_number, l.version FROM entry_lines l
        WHERE l.case_number <> '' AND l.case_number = ANY($1::text[])))
    AND (cardinality($2::text[]) + cardinality($7::text[]) = 0 OR EXISTS (
        SELECT FROM entry_versions v CROSS JOIN LATERAL jsonb_array_elements(v.body -> 'lines') AS line
        WHERE v.entry_number = e.entry_number AND v.version = e.version
            AND (cardinality($2::text[]) = 0
                OR translate(line ->> 'manufacturer_id', $8::text, '') = ANY($2::text[]))
            AND (cardinality($7::text[]) = 0
                OR translate(line ->> 'exporter_id', $8::text, '') = ANY($7::text[]))
            AND (cardinality($1::text[]) = 0 OR EXISTS (
                SELECT FROM jsonb_array_elements(line -> 'cases') AS filed
                WHERE filed ->> 'case_number' = ANY($1::text[])))))
"""
_PREVIEW = f"""
SELECT count(*) AS entries, count(*) FILTER (WHERE e.is_suspended AND e.liquidated_on IS NULL) AS suspended,
    count(*) FILTER (WHERE e.liquidated_on IS NOT NULL) AS liquidated,
    coalesce(sum(e.duty_cents), 0)::bigint AS duty_cents, coalesce(sum(e.fees_cents), 0)::bigint AS fees_cents
{_MEANT}
"""
_NEXT = f"""
SELECT e.entry_number {_MEANT}
    AND e.entry_number > $10::text
    AND NOT EXISTS (
        SELECT FROM instruction_results r WHERE r.instruction_id = $9::text AND r.entry_number = e.entry_number)
ORDER BY e.entry_number LIMIT $11::integer
"""


async def preview_instruction(tx: Transaction, instruction: Instruction) -> InstructionPreview:
    """How many entries an instruction means now, and what money is on them."""
    (row,) = await bulk.fetch(tx, _PREVIEW, *_arguments(instruction))
    return InstructionPreview(**dict(row))


async def list_entries_to_apply(tx: Transaction, instruction: Instruction, after: str, limit: int) -> list[str]:
    """The next entries that an instruction means and has not been applied to, in order of number."""
    rows = await bulk.fetch(tx, _NEXT, *_arguments(instruction), instruction.instruction_id, after, limit)
    return [row["entry_number"] for row in rows]


async def write_results(tx: Transaction, results: Sequence[InstructionResult]) -> None:
    """Note what was done to each entry; once noted it stays."""
    columns = tuple(InstructionResult.__dataclass_fields__)
    values = [tuple([getattr(each, name) for name in columns]) for each in results]
    await bulk.insert(tx, instruction_results, columns, values, on_conflict="DO NOTHING")


async def write_instruction(tx: Transaction, instruction: Instruction) -> None:
    """Add a draft."""
    names = [name for name in Instruction.__dataclass_fields__ if name != "predicate"]
    values: dict[str, Any] = {name: getattr(instruction, name) for name in names}
    values["predicate"] = orjson.loads(orjson.dumps(instruction.predicate))
    await tx.connection.execute(instructions.insert().values(**values))


async def confirm_instruction(tx: Transaction, instruction_id: str, **values: Any) -> None:
    """Note who confirmed it and when."""
    statement = instructions.update().where(instructions.c.instruction_id == instruction_id)
    await tx.connection.execute(statement.values(state="confirmed", revision=instructions.c.revision + 1, **values))


async def lock_instruction(tx: Transaction, instruction_id: str) -> Instruction | None:
    """An instruction, held until the transaction ends; None when there is none."""
    query = select(instructions).where(instructions.c.instruction_id == instruction_id).with_for_update()
    row = (await tx.connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def find_instruction(connection: AsyncConnection, instruction_id: str) -> Instruction | None:
    """An instruction, or None."""
    query = select(instructions).where(instructions.c.instruction_id == instruction_id)
    row = (await connection.execute(query)).one_or_none()
    return _read(row) if row is not None else None


async def list_instructions(
    connection: AsyncConnection, *, state: str | None = None, after: str | None = None, limit: int
) -> list[Instruction]:
    """Instructions in order of their ids, of one state when it is given."""
    query = select(instructions).order_by(instructions.c.instruction_id).limit(limit)
    if state is not None:
        query = query.where(instructions.c.state == state)
    if after is not None:
        query = query.where(instructions.c.instruction_id > after)
    return [_read(row) for row in await connection.execute(query)]


async def list_confirmed(connection: AsyncConnection) -> list[Instruction]:
    """The confirmed ones in the order in which they were confirmed."""
    query = select(instructions).where(instructions.c.state == "confirmed")
    rows = await connection.execute(query.order_by(instructions.c.confirmed_at, instructions.c.instruction_id))
    return [_read(row) for row in rows]


async def list_results(connection: AsyncConnection, instruction_id: str, *, after: str | None, limit: int) -> list[Any]:
    """What an instruction did, in order of entry number."""
    query = select(instruction_results).where(instruction_results.c.instruction_id == instruction_id)
    if after is not None:
        query = query.where(instruction_results.c.entry_number > after)
    return list(await connection.execute(query.order_by(instruction_results.c.entry_number).limit(limit)))


async def count_results(connection: AsyncConnection, instruction_id: str) -> dict[str, int]:
    """How many entries had which outcome."""
    query = select(instruction_results.c.outcome, func.count().label("entries"))
    query = query.where(instruction_results.c.instruction_id == instruction_id)
    rows = await connection.execute(query.group_by(instruction_results.c.outcome))
    return {row.outcome: row.entries for row in rows}


def _arguments(instruction: Instruction) -> tuple[Any, ...]:
    meant = instruction.predicate
    return (
        list(meant.case_numbers),
        list(map(identify, meant.manufacturer_ids)),
        meant.importer_number,
        meant.entered_from,
        meant.entered_to,
        instruction.kind == "lift",
        list(map(identify, meant.exporter_ids)),
        NOT_IDENTIFYING,
    )


def _read(row: Any) -> Instruction:
    stored = row.predicate
    days = {name: stored[name] and date.fromisoformat(stored[name]) for name in ("entered_from", "entered_to")}
    predicate = InstructionPredicate(
        case_numbers=tuple(stored["case_numbers"]),
        manufacturer_ids=tuple(stored["manufacturer_ids"]),
        importer_number=stored["importer_number"],
        # An instruction that was drafted before exporters could be named names none.
        exporter_ids=tuple(stored.get("exporter_ids", ())),
        **days,
    )
    names = [name for name in Instruction.__dataclass_fields__ if name != "predicate"]
    return Instruction(predicate=predicate, **{name: getattr(row, name) for name in names})
