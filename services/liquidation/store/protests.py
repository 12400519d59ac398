"""Protests with their entries, acts and decisions: what acts and the event path read and write."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.liquidation_acts import LiquidationAct, judge_acts
from services.liquidation.domain.protest.filing import Filing, read_filing
from services.liquidation.domain.protest.judging import JudgedProtest
from services.liquidation.domain.protest.record import Act, LineDecision, NumberedAct
from services.liquidation.domain.protest.stages import Stage
from services.liquidation.domain.protest.timeliness import ProtestedEntry
from services.liquidation.domain.suspension import Suspension
from services.liquidation.store.suspensions import load_suspensions
from services.liquidation.store.tables.protests import protest_acts, protest_decisions, protest_entries
from services.liquidation.store.tables.records import protests
from shared.db import bulk
from shared.db.idempotency import demand_new
from shared.db.transaction import Transaction

# An entry is held against acts and cycles that liquidate it, and against another protest on it, until the end.
_HOLD_ENTRIES: Final = """
SELECT entry_number, importer_number, entry_date, surety_code, center, liquidated_on, is_informal,
    liquidation_posted_on, liquidation_kind, port_of_entry
FROM entries WHERE entry_number = ANY($1::text[]) ORDER BY entry_number FOR NO KEY UPDATE
"""
_RELIQUIDATED: Final = """
SELECT entry_number, reliquidated_on FROM reliquidations
WHERE entry_number = ANY($1::text[]) ORDER BY entry_number, number
"""
_NAMING: Final = """
SELECT DISTINCT filing_number FROM protest_entries WHERE entry_number = ANY($1::text[])
"""
_PROTESTS: Final = """
SELECT filing_number, importer_number, filed_by, entries, received_at, body, state
FROM protests WHERE filing_number = ANY($1::text[]) ORDER BY filing_number
"""
_ACTS: Final = """
SELECT filing_number, number, kind, acted_on, actor, acting_for, details
FROM protest_acts WHERE filing_number = ANY($1::text[]) AND number > 0 ORDER BY filing_number, number
"""
_WRITE_JUDGED: Final = """
UPDATE protests SET state = given.state, issue = given.issue, timeliness = given.timeliness,
    further_review = given.further_review, further_review_state = given.further_review_state, acts = given.acts,
    lead_protest = given.lead_protest, is_open = given.is_open, settled_on = given.settled_on,
    denied_on = given.denied_on, sue_by = given.sue_by, decide_by = given.decide_by, due_on = given.due_on,
    due_rule = given.due_rule, law_acts_after = given.law_acts_after, defects = given.defects::jsonb
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::integer[], $8::text[],
    $9::boolean[], $10::date[], $11::date[], $12::date[], $13::date[], $14::date[], $15::text[], $16::date[],
    $17::text[])
    AS given(filing_number, state, issue, timeliness, further_review, further_review_state, acts, lead_protest,
        is_open, settled_on, denied_on, sue_by, decide_by, due_on, due_rule, law_acts_after, defects)
WHERE protests.filing_number = given.filing_number
"""
_NAMED_NO_MORE: Final = """
DELETE FROM protest_entries e USING protests p
WHERE p.filing_number = e.filing_number AND p.filing_number = ANY($1::text[])
    AND NOT p.entries @> jsonb_build_array(e.entry_number)
"""
_WAITING: Final = """
SELECT DISTINCT p.filing_number FROM protest_entries p JOIN entries e ON e.entry_number = p.entry_number
WHERE p.timeliness = 'unknown' AND e.liquidated_on IS NOT NULL AND p.filing_number > $1
ORDER BY p.filing_number LIMIT $2
"""
_UNJUDGED: Final = """
SELECT filing_number FROM protests WHERE issue = '' AND filing_number <> ALL($1::text[])
ORDER BY filing_number LIMIT $2
"""
_LAW_ACTS: Final = """
SELECT filing_number FROM protests WHERE law_acts_after < $1 AND filing_number <> ALL($2::text[])
ORDER BY law_acts_after, filing_number LIMIT $3
"""
_DECIDED: Final = """
SELECT body #>> '{decided_by,subject}' AS who, body #>> '{decided_by,acting_for}' AS whom
FROM review_decisions WHERE entry_number = ANY(CAST(:numbers AS text[])) AND status <> 'refused'
UNION SELECT acted_by, acted_for FROM reliquidations WHERE entry_number = ANY(CAST(:numbers AS text[]))
"""
_MISSING_LINES: Final = """
SELECT given.entry_number, given.line_number FROM unnest($1::text[], $2::integer[]) AS given(entry_number, line_number)
JOIN entries e USING (entry_number)
JOIN entry_versions v ON v.entry_number = e.entry_number AND v.version = e.version
WHERE NOT EXISTS (
    SELECT FROM jsonb_array_elements(v.body -> 'lines') AS line
    WHERE (line ->> 'line_number')::integer = given.line_number
)
ORDER BY given.entry_number, given.line_number
"""


@dataclass(frozen=True, slots=True)
class KnownProtest:
    """A protest as stored: its filing, and the state as last written."""

    filing: Filing
    state: Stage


async def hold_entries(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, ProtestedEntry]:
    """What the record says of these entries, held in order of number; unknown ones with nothing but their number."""
    numbers = sorted(set(entry_numbers))
    again: dict[str, list[date]] = {}
    held = await bulk.fetch(tx, _HOLD_ENTRIES, numbers)
    suspensions = await load_suspensions(tx, numbers)
    for row in await bulk.fetch(tx, _RELIQUIDATED, numbers):
        again.setdefault(row["entry_number"], []).append(row["reliquidated_on"])
    known = {
        row["entry_number"]: ProtestedEntry(
            entry_number=row["entry_number"],
            importer_number=row["importer_number"],
            entered_on=row["entry_date"],
            surety_code=row["surety_code"],
            center=row["center"],
            port_of_entry=row["port_of_entry"],
            liquidated_on=_liquidated_on(row, suspensions.get(row["entry_number"], ())),
            # The notice of an informal liquidation is its payment or release, whenever the record posts it.
            posted_on=row["liquidation_posted_on"] if not row["is_informal"] else row["liquidated_on"],
            is_deemed=row["liquidation_kind"] == "deemed",
            reliquidated_on=tuple(again.get(row["entry_number"], ())),
        )
        for row in held
    }
    return {number: known.get(number) or ProtestedEntry(number) for number in numbers}


def _liquidated_on(row: Mapping[str, Any], suspensions: Sequence[Suspension]) -> date | None:
    """The day of a liquidation that has an effect: none in breach of an injunction, or deemed while suspended, has."""
    on: date | None = row["liquidated_on"]
    if on is None:
        return None
    act = LiquidationAct(on, row["liquidation_posted_on"], row["liquidation_kind"] == "deemed")
    return on if judge_acts(act, (), suspensions, None).standing is not None else None


async def find_protests_of(tx: Transaction, entry_numbers: Collection[str]) -> set[str]:
    """The protests that name any of these entries."""
    return {row["filing_number"] for row in await bulk.fetch(tx, _NAMING, sorted(set(entry_numbers)))}


async def find_entries_of(tx: Transaction, filing_numbers: Collection[str]) -> set[str]:
    """The entries for which these protests were judged before."""
    statement = "SELECT DISTINCT entry_number FROM protest_entries WHERE filing_number = ANY($1::text[])"
    return {row["entry_number"] for row in await bulk.fetch(tx, statement, sorted(filing_numbers))}


async def load_protests(
    tx: Transaction, filing_numbers: Collection[str], *, hold: bool = False
) -> dict[str, KnownProtest]:
    """These protests in order of number; held by this transaction when they are to be changed."""
    rows = await bulk.fetch(tx, _PROTESTS + (" FOR UPDATE" if hold else ""), sorted(set(filing_numbers)))
    return {
        row["filing_number"]: KnownProtest(
            read_filing(
                row["filing_number"],
                row["importer_number"],
                row["filed_by"],
                row["entries"],
                row["received_at"],
                row["body"],
            ),
            row["state"],
        )
        for row in rows
    }


async def load_acts(tx: Transaction, filing_numbers: Collection[str]) -> dict[str, list[Act]]:
    """The acts on these protests in their order; the filing itself is none."""
    found: dict[str, list[Act]] = {}
    for row in await bulk.fetch(tx, _ACTS, sorted(set(filing_numbers))):
        act = Act(row["kind"], row["acted_on"], row["actor"], row["acting_for"], row["details"])
        found.setdefault(row["filing_number"], []).append(act)
    return found


async def write_judged(tx: Transaction, judged: Sequence[JudgedProtest]) -> None:
    """Write where protests stand, and the time of each of their entries."""
    if not judged:
        return
    columns = zip(*map(_row_of, judged), strict=True)
    await bulk.execute(tx, _WRITE_JUDGED, *map(list, columns))
    names = tuple(column.name for column in protest_entries.columns)
    rows = [
        (
            each.record.filing.number,
            verdict.entry_number,
            verdict.timeliness,
            verdict.rule,
            verdict.why,
            verdict.decided_on,
            verdict.window.safe if verdict.window else None,
            verdict.window.last_arguable if verdict.window else None,
            each.outcomes.get(verdict.entry_number),
        )
        for each in judged
        for verdict in each.verdicts
    ]
    key = names[:2]
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    await bulk.insert(tx, protest_entries, names, rows, on_conflict=f"({', '.join(key)}) DO UPDATE SET {changed}")
    await bulk.execute(tx, _NAMED_NO_MORE, [each.record.filing.number for each in judged])


def _row_of(judged: JudgedProtest) -> tuple[object, ...]:
    """The columns of `_WRITE_JUDGED` in their order."""
    record = judged.record
    defects = [{"rule": each.rule, "outcome": each.outcome, "why": each.why} for each in judged.defects]
    return (
        record.filing.number,
        record.stage,
        record.filing.issue,
        judged.timeliness,
        record.further_review != "none",
        record.further_review,
        record.acts,
        record.lead,
        record.is_open,
        record.settled_on,
        record.denied_on,
        judged.sue_by,
        judged.decide_by,
        judged.due.safe if judged.due else None,
        judged.due.rule if judged.due else None,
        judged.law_acts_after,
        orjson.dumps(defects).decode(),
    )


async def write_filed_acts(tx: Transaction, filings: Sequence[Filing], filed_by: Sequence[str]) -> None:
    """Write the filing as act 0; of two events for one filing the earlier stands, so it may be written again."""
    names = tuple(column.name for column in protest_acts.columns)
    rows = [
        (
            filing.number,
            0,
            "file",
            filing.received_on,
            filing.received_at,
            who,
            None,
            "count-date-filed-protest",
            "filed",
            "filed",
            "{}",
            None,
        )
        for filing, who in zip(filings, filed_by, strict=True)
    ]
    changed = ", ".join(f"{name} = excluded.{name}" for name in ("acted_on", "acted_at", "actor"))
    await bulk.insert(tx, protest_acts, names, rows, on_conflict=f"(filing_number, number) DO UPDATE SET {changed}")


async def note_filing_authority(tx: Transaction, filing_number: str, authority: str | None) -> None:
    """Note on which row of the table of authority a filing over HTTP rests."""
    statement = "UPDATE protest_acts SET authority = $2 WHERE filing_number = $1 AND number = 0"
    await bulk.execute(tx, statement, filing_number, authority)


async def load_filers(tx: Transaction, filing_numbers: Sequence[str]) -> dict[str, str]:
    """In which role each protest was filed."""
    statement = "SELECT filing_number, filed_by ->> 'role' AS role FROM protests WHERE filing_number = ANY($1::text[])"
    return {row["filing_number"]: row["role"] for row in await bulk.fetch(tx, statement, list(filing_numbers))}


async def write_acts(tx: Transaction, acts: Sequence[NumberedAct]) -> None:
    """Append acts; a number that is taken is an error."""
    names = tuple(column.name for column in protest_acts.columns)
    await bulk.insert(
        tx,
        protest_acts,
        names,
        [
            (
                each.filing_number,
                each.number,
                each.act.kind,
                each.act.on,
                each.acted_at,
                each.act.actor,
                each.act.acting_for,
                each.rule,
                each.from_stage,
                each.to_stage,
                orjson.dumps(dict(each.act.details)).decode(),
                each.authority,
            )
            for each in acts
        ],
    )


async def write_line_decisions(
    tx: Transaction, filing_number: str, act_number: int, decided: Sequence[LineDecision]
) -> None:
    """Append what a signed decision says of each entry and line."""
    names = tuple(column.name for column in protest_decisions.columns)
    rows = [
        (
            filing_number,
            act_number,
            each.entry_number,
            each.line_number,
            each.outcome,
            each.reasons,
            each.change_duty_cents,
            each.change_fees_cents,
        )
        for each in decided
    ]
    await bulk.insert(tx, protest_decisions, names, rows)


async def write_filing(
    tx: Transaction,
    filing: Filing,
    filed_by: Mapping[str, str],
    body: Mapping[str, Any],
    decide_by: date,
    origin: tuple[datetime, str, str],
) -> None:
    """Write a protest that was filed over HTTP; `origin`: time, source and id of the event that it would have been.

    Raises `Refused` for a key by which one was filed before.
    """
    await demand_new(tx.connection, protests.c.filing_number, filing.number)
    names = (
        "filing_number",
        "state",
        "importer_number",
        "filed_by",
        "entries",
        "received_at",
        "decide_by",
        "further_review",
        "body",
        "event_at",
        "event_source",
        "event_id",
    )
    row = (
        filing.number,
        "filed",
        filing.importer_number,
        orjson.dumps(dict(filed_by)).decode(),
        orjson.dumps(list(filing.entries)).decode(),
        filing.received_at,
        decide_by,
        filing.asks_further_review,
        orjson.dumps(dict(body)).decode(),
        *origin,
    )
    await bulk.insert(tx, protests, names, [row])


async def find_deciders(connection: AsyncConnection, entry_numbers: Collection[str]) -> frozenset[str]:
    """Who decided these entries: their reviews and reliquidations."""
    rows = await connection.execute(text(_DECIDED), {"numbers": sorted(set(entry_numbers))})
    return frozenset(name for row in rows for name in (row.who, row.whom) if name is not None)


async def find_missing_lines(tx: Transaction, lines: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Which of these lines (entry number, line number) the governing summary does not have."""
    numbers, lines_of = [number for number, _ in lines], [line for _, line in lines]
    found = await bulk.fetch(tx, _MISSING_LINES, numbers, lines_of)
    return [(row["entry_number"], row["line_number"]) for row in found]


async def find_waiting(tx: Transaction, after: str, limit: int) -> list[str]:
    """Protests after this number with an entry whose time is unknown although it is liquidated, in order."""
    return [row["filing_number"] for row in await bulk.fetch(tx, _WAITING, after, limit)]


async def find_unjudged(tx: Transaction, left_out: Sequence[str], limit: int) -> list[str]:
    """Protests that were stored before they were judged at all, but for those left out."""
    return [row["filing_number"] for row in await bulk.fetch(tx, _UNJUDGED, list(left_out), limit)]


async def find_law_acts(tx: Transaction, today: date, left_out: Sequence[str], limit: int) -> list[str]:
    """Protests on which the law acts because a day before today has passed, but for those left out."""
    return [row["filing_number"] for row in await bulk.fetch(tx, _LAW_ACTS, today, list(left_out), limit)]


async def count_overdue(connection: AsyncConnection, today: date) -> int:
    """How many open protests are past their two years (rule protest-decide-2y): an alarm, nothing in law."""
    query = select(func.count()).select_from(protests).where(protests.c.is_open, protests.c.decide_by < today)
    return int(await connection.scalar(query) or 0)
