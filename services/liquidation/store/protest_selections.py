"""Protests that criteria give, the sample of each selection, and what became of each protest."""

import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Text, cast, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import TextClause

from services.liquidation.domain.protest.selection import (
    DIFFERS,
    ENTRIES_OUTSIDE,
    MOST_PROTESTS,
    Criteria,
    Look,
    Selected,
    SelectedEntry,
    Selection,
    SelectionState,
)
from services.liquidation.store.predicates import compile_predicate
from services.liquidation.store.sight import protests_within
from services.liquidation.store.tables.protest_selections import (
    protest_selections,
    selected_protests,
    selection_draws,
    selection_looks,
)
from services.liquidation.store.tables.records import protests
from shared.customs.calendar import add_days, end_of_legal_day
from shared.customs.sampling import draw_sample
from shared.db import bulk
from shared.db.reach import is_one_of
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_COLUMNS: Final = tuple(each.name for each in fields(Selection))
_JSON: Final = frozenset({"criteria", "act", "asked_by"})
_RESULT: Final = tuple(each.name for each in fields(Selected))
_SELECTED: Final = f"SELECT {', '.join(_COLUMNS)} FROM protest_selections"
_LOCK: Final = f"{_SELECTED} WHERE selection_id = $1 FOR UPDATE"
_GOING: Final = f"{_SELECTED} WHERE state IN ('looking', 'running') ORDER BY asked_at"
_NUMBERED: Final = re.compile(r"\$(\d+)::(\w+(?:\[\])?)")
_SAYS_OUTSIDE: Final = "It names entries that the criteria do not mean."
_OF_ENTRIES: Final = """
EXISTS (SELECT FROM protest_entries pe JOIN entries e ON e.entry_number = pe.entry_number
        WHERE pe.filing_number = protests.filing_number AND {meant})
"""
_OUTSIDE: Final = """
EXISTS (SELECT FROM protest_entries pe LEFT JOIN entries e ON e.entry_number = pe.entry_number
        WHERE pe.filing_number = protests.filing_number AND ({meant}) IS NOT TRUE)
"""
# What is not known of one entry is not known of the protest. An entry liquidated as entered has no effect to add.
_KEEP: Final = """
INSERT INTO selected_protests (selection_id, number, filing_number, version, state, is_looked_at, stake_cents,
                               change_cents, code, says)
SELECT $1, given.number, p.filing_number, p.acts, CASE WHEN given.outside THEN 'left-out' ELSE 'pending' END,
    given.outside, stake.cents, 0, CASE WHEN given.outside THEN $5 END, CASE WHEN given.outside THEN $6 END
FROM unnest($2::integer[], $3::text[], $4::boolean[]) AS given(number, filing_number, outside)
JOIN protests p ON p.filing_number = given.filing_number
LEFT JOIN LATERAL (
    SELECT CASE WHEN count(e.duty_cents) = jsonb_array_length(p.entries)
        THEN sum(e.duty_cents + coalesce(e.fees_cents, 0) + coalesce(e.effect_duty_cents, 0)
                 + coalesce(e.effect_fees_cents, 0))::bigint END AS cents
    FROM jsonb_array_elements_text(p.entries) AS named JOIN entries e ON e.entry_number = named
) AS stake ON true
"""
_UNTRIED: Final = """
SELECT number, filing_number, version FROM selected_protests
WHERE selection_id = $1 AND number > $2 AND state = 'pending' AND is_looked_at = $3 ORDER BY number LIMIT $4
"""
_FORESEE: Final = """
UPDATE selected_protests s SET code = given.code, says = given.says, change_cents = given.change_cents,
    is_looked_at = true, state = CASE WHEN given.code IS NULL THEN 'pending' ELSE 'left-out' END
FROM unnest($2::integer[], $3::text[], $4::text[], $5::bigint[]) AS given(number, code, says, change_cents)
WHERE s.selection_id = $1 AND s.number = given.number AND s.state = 'pending'
"""
_WRITE: Final = """
UPDATE selected_protests SET state = $3, code = $4, says = $5, at = $6
WHERE selection_id = $1 AND number = $2 AND state = 'pending' RETURNING number
"""
_LEAVE_OUT: Final = f"""
UPDATE selected_protests s SET state = 'left-out', code = '{DIFFERS}', says = l.says, at = l.looked_at
FROM selection_looks l
WHERE s.selection_id = $1 AND l.selection_id = $1 AND l.number = s.number AND l.verdict = 'differs'
    AND s.state = 'pending'
"""
_SUM: Final = """
SELECT count(*) FILTER (WHERE state = 'left-out') AS foreseen,
    coalesce(sum(stake_cents) FILTER (WHERE state = 'pending'), 0)::bigint AS stake_cents,
    count(*) FILTER (WHERE state = 'pending' AND stake_cents IS NULL) AS stake_unknown,
    coalesce(sum(change_cents) FILTER (WHERE state = 'pending'), 0)::bigint AS change_cents,
    coalesce(sum(abs(change_cents)) FILTER (WHERE state = 'pending'), 0)::bigint AS moved_cents
FROM selected_protests WHERE selection_id = $1
"""
_COUNT: Final = """
SELECT count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'left-out') AS left_out,
    count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'refused') AS refused
FROM selected_protests WHERE selection_id = $1
"""
_CANDIDATES: Final = """
SELECT number FROM selected_protests WHERE selection_id = $1 AND state = 'pending' ORDER BY number
"""
_DRAW: Final = """
INSERT INTO selection_draws (selection_id, seed, candidates, numbers, drawn_at) VALUES ($1, $2, $3, $4, $5)
"""
_SAMPLE: Final = """
SELECT s.number, s.filing_number, l.verdict, l.says, l.looked_by, l.looked_at
FROM selection_draws d JOIN selected_protests s ON s.selection_id = d.selection_id AND s.number = ANY(d.numbers)
LEFT JOIN selection_looks l ON l.selection_id = s.selection_id AND l.number = s.number
WHERE d.selection_id = :selection_id ORDER BY s.number
"""

_ENTRIES: Final = """
SELECT s.number, s.filing_number, pe.entry_number, s.state, pe.timeliness,
    e.duty_cents + coalesce(e.fees_cents, 0) + coalesce(e.effect_duty_cents, 0) + coalesce(e.effect_fees_cents, 0)
FROM selected_protests s JOIN protest_entries pe ON pe.filing_number = s.filing_number
LEFT JOIN entries e ON e.entry_number = pe.entry_number
WHERE s.selection_id = :selection_id AND s.number >= :number AND (s.number, pe.entry_number) > (:number, :entry_number)
    AND (CAST(:state AS text) IS NULL OR s.state = :state)
ORDER BY s.number, pe.entry_number LIMIT :limit
"""


class Progress(NamedTuple):
    """How many protests of a selection are to be done, are left out, were done, were refused."""

    pending: int
    left_out: int
    done: int
    refused: int


class Foreseen(NamedTuple):
    """What a selection would do as things stood: how many are left out, and the money of the others in cents."""

    foreseen: int
    stake_cents: int
    stake_unknown: int
    change_cents: int
    moved_cents: int


class Draw(NamedTuple):
    """A sample that was drawn: of how many, which numbers, when."""

    candidates: int
    numbers: tuple[int, ...]
    drawn_at: datetime


async def write_selection(tx: Transaction, selection: Selection) -> None:
    """Write a selection that is new, or locked."""
    row = tuple(
        orjson.dumps(getattr(selection, name)).decode() if name in _JSON else getattr(selection, name)
        for name in _COLUMNS
    )
    replaced = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
    conflict = f"(selection_id) DO UPDATE SET {replaced}"
    await bulk.insert(tx, protest_selections, _COLUMNS, [row], on_conflict=conflict)


async def keep_protests(tx: Transaction, selection_id: UUID, reach: Reach, criteria: Criteria) -> int:
    """Keep which open protests in reach the criteria give now, by number; gives how many, at most one too many."""
    query = select(protests.c.filing_number).where(protests.c.is_open, protests_within(reach))
    equal = (
        (protests.c.issue, criteria.issue),
        (protests.c.lead_protest, criteria.lead_protest),
        (protests.c.timeliness, criteria.timeliness),
        (protests.c.further_review_state, criteria.further_review),
    )
    query = query.where(*(column == value for column, value in equal if value is not None))
    if criteria.states:
        query = query.where(protests.c.state.in_(criteria.states))
    if criteria.defect is not None:
        wanted = cast(cast(orjson.dumps([{"outcome": criteria.defect}]).decode(), Text), JSONB)
        query = query.where(protests.c.defects.op("@>")(wanted))
    if criteria.received_from is not None:
        query = query.where(protests.c.received_at > end_of_legal_day(add_days(criteria.received_from, -1)))
    if criteria.received_to is not None:
        query = query.where(protests.c.received_at <= end_of_legal_day(criteria.received_to))
    if criteria.due_before is not None:
        query = query.where(protests.c.due_on < criteria.due_before)
    if criteria.entries.given:
        query = query.where(_condition(criteria, _OF_ENTRIES))
    numbers = list(await tx.connection.scalars(query.order_by(protests.c.filing_number).limit(MOST_PROTESTS + 1)))
    kept = numbers[:MOST_PROTESTS]
    if kept:
        outside = await _find_outside(tx, kept, criteria)
        placed, outsiders = list(range(1, len(kept) + 1)), [number in outside for number in kept]
        await bulk.execute(tx, _KEEP, selection_id, placed, kept, outsiders, ENTRIES_OUTSIDE, _SAYS_OUTSIDE)
    return len(numbers)


async def _find_outside(tx: Transaction, numbers: Sequence[str], criteria: Criteria) -> set[str]:
    """Those of these protests that also name entries which the criteria do not mean."""
    if not criteria.entries.given:
        return set()
    query = select(protests.c.filing_number).where(is_one_of(protests.c.filing_number, numbers))
    return set(await tx.connection.scalars(query.where(_condition(criteria, _OUTSIDE))))


def _condition(criteria: Criteria, of_entries: str) -> TextClause:
    """A condition on `protests` by the predicate on its entries, whose parameters are numbered, as one of names."""
    meant = compile_predicate(criteria.entries)
    named = _NUMBERED.sub(r"CAST(:p\1 AS \2)", of_entries.format(meant=meant.sql))
    return text(named).bindparams(**{f"p{place}": value for place, value in enumerate(meant.arguments, start=1)})


async def lock_selection(tx: Transaction, selection_id: UUID) -> Selection | None:
    """A selection, locked for this transaction."""
    rows = await bulk.fetch(tx, _LOCK, selection_id)
    return Selection(*rows[0]) if rows else None


async def find_selection(connection: AsyncConnection, selection_id: UUID) -> Selection | None:
    """A selection by its id."""
    query = select(*(protest_selections.c[name] for name in _COLUMNS))
    row = (await connection.execute(query.where(protest_selections.c.selection_id == selection_id))).one_or_none()
    return Selection(*row) if row is not None else None


async def list_going(tx: Transaction) -> list[Selection]:
    """Selections whose protests are to be tried or acted on, the oldest first."""
    return [Selection(*row) for row in await bulk.fetch(tx, _GOING)]


async def list_selections(
    connection: AsyncConnection,
    signature: str,
    reach: Reach,
    *,
    state: SelectionState | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Selection]:
    """Selections of a person, and of people all of whose Centers are reached, the newest first."""
    query = select(*(protest_selections.c[name] for name in _COLUMNS))
    if not reach.is_national:
        in_reach = protest_selections.c.asked_by["centers"].contained_by(cast(sorted(reach.centers), JSONB))
        query = query.where(or_(protest_selections.c.signature == signature, in_reach))
    if state is not None:
        query = query.where(protest_selections.c.state == state)
    place = tuple_(protest_selections.c.asked_at, protest_selections.c.selection_id)
    if after is not None:
        query = query.where(place < after)
    newest = (protest_selections.c.asked_at.desc(), protest_selections.c.selection_id.desc())
    return [Selection(*row) for row in await connection.execute(query.order_by(*newest).limit(limit))]


async def next_pending(
    tx: Transaction, selection_id: UUID, after: int, limit: int, *, is_looked_at: bool
) -> list[tuple[int, str, int]]:
    """The next protests that are to be tried, or acted on: number, filing number, version."""
    rows = await bulk.fetch(tx, _UNTRIED, selection_id, after, is_looked_at, limit)
    return [(row["number"], row["filing_number"], row["version"]) for row in rows]


async def write_foreseen(
    tx: Transaction, selection_id: UUID, found: Sequence[tuple[int, str | None, str | None, int]]
) -> None:
    """Keep what would be said of protests as they stand: number, code and sentence of the refusal, change in cents."""
    numbers, codes, says, changes = ([row[place] for row in found] for place in range(4))
    await bulk.execute(tx, _FORESEE, selection_id, numbers, codes, says, changes)


async def write_result(
    tx: Transaction, selection_id: UUID, number: int, state: str, code: str | None, says: str | None, at: datetime
) -> bool:
    """Keep what became of a protest; False when that is known already."""
    return bool(await bulk.fetch(tx, _WRITE, selection_id, number, state, code, says, at))


async def leave_out_differing(tx: Transaction, selection_id: UUID) -> None:
    """Leave out the protests of the sample that differ from what the criteria suppose."""
    await bulk.execute(tx, _LEAVE_OUT, selection_id)


async def sum_foreseen(tx: Transaction, selection_id: UUID) -> Foreseen:
    """What a selection would do as things stood."""
    return Foreseen(*(await bulk.fetch(tx, _SUM, selection_id))[0])


async def count_results(tx: Transaction, selection_id: UUID) -> Progress:
    """How far a selection has come."""
    return Progress(*(await bulk.fetch(tx, _COUNT, selection_id))[0])


async def draw(tx: Transaction, selection: Selection, at: datetime) -> None:
    """Draw the sample of a selection, once, from the protests that would be acted on."""
    candidates = [row["number"] for row in await bulk.fetch(tx, _CANDIDATES, selection.selection_id)]
    drawn = list(draw_sample(selection.seed, candidates, selection.sample))
    await bulk.execute(tx, _DRAW, selection.selection_id, selection.seed, len(candidates), drawn, at)


async def find_draw(connection: AsyncConnection, selection_id: UUID) -> Draw | None:
    """The sample that was drawn; None while none is."""
    query = select(selection_draws.c.candidates, selection_draws.c.numbers, selection_draws.c.drawn_at)
    row = (await connection.execute(query.where(selection_draws.c.selection_id == selection_id))).one_or_none()
    return Draw(row.candidates, tuple(row.numbers), row.drawn_at) if row is not None else None


async def list_sample(connection: AsyncConnection, selection_id: UUID) -> list[Look]:
    """The protests of the sample with what was found, by number."""
    rows = await connection.execute(text(_SAMPLE), {"selection_id": selection_id})
    return [Look(*row) for row in rows]


async def write_look(tx: Transaction, selection_id: UUID, look: Look) -> bool:
    """Keep what was found on a protest of the sample; False when somebody looked at it before."""
    names = tuple(column.name for column in selection_looks.columns)
    row = (selection_id, look.number, look.verdict, look.says, look.looked_by, look.looked_at)
    once = "(selection_id, number) DO NOTHING"
    return bool(await bulk.insert(tx, selection_looks, names, [row], on_conflict=once, returning="number"))


async def list_refusals(connection: AsyncConnection, selection_id: UUID) -> list[tuple[str, int]]:
    """Why protests were refused or are left out, with how many, the most first."""
    table, count = selected_protests, func.count()
    query = select(table.c.code, count).where(table.c.selection_id == selection_id, table.c.code.is_not(None))
    rows = await connection.execute(query.group_by(table.c.code).order_by(count.desc(), table.c.code))
    return [(code, found) for code, found in rows]


async def list_results(
    connection: AsyncConnection, selection_id: UUID, *, state: str | None, after: int, limit: int
) -> list[Selected]:
    """Protests of a selection by number, with what became of them; None means any state."""
    table = selected_protests
    query = select(*(table.c[name] for name in _RESULT))
    query = query.where(table.c.selection_id == selection_id, table.c.number > after)
    if state is not None:
        query = query.where(table.c.state == state)
    return [Selected(*row) for row in await connection.execute(query.order_by(table.c.number).limit(limit))]


async def list_entries(
    connection: AsyncConnection, selection_id: UUID, *, state: str | None, after: tuple[int, str], limit: int
) -> list[SelectedEntry]:
    """The entries of the protests of a selection, by number of the protest and of the entry; None means any state."""
    number, entry_number = after
    given = {"selection_id": selection_id, "number": number, "entry_number": entry_number}
    rows = await connection.execute(text(_ENTRIES), given | {"state": state, "limit": limit})
    return [SelectedEntry(*row) for row in rows]
