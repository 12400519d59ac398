"""Protests as people read them: one whole, lists by what is asked for, and the questions that they have in common."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Row, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.protest.filing import Filing, read_filing
from services.liquidation.domain.protest.record import Act, LineDecision, ProtestRecord, replay_acts
from services.liquidation.domain.protest.stages import ActKind, FurtherReview, Stage
from services.liquidation.domain.protest.timeliness import Timeliness, Verdict
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.store.sight import protests_within
from services.liquidation.store.tables.protests import (
    protest_acts,
    protest_decisions,
    protest_entries,
)
from services.liquidation.store.tables.records import protests
from shared.customs.calendar import Due
from shared.db.reach import is_one_of
from shared.runtime.access import Reach


@dataclass(frozen=True, slots=True)
class ProtestRow:
    """A protest as filed, and where it stands as last judged; `acts` is its version."""

    filing_number: str
    state: Stage
    importer_number: str
    filed_by: Mapping[str, Any]
    entries: tuple[str, ...]
    received_at: datetime
    body: Mapping[str, Any]
    acts: int
    is_open: bool
    timeliness: Timeliness
    further_review: FurtherReview
    issue: str
    decide_by: date
    due_on: date | None
    due_rule: str | None
    denied_on: date | None
    sue_by: date | None
    lead_protest: str | None
    defects: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act on a protest, the filing first: number 0, kind `file`."""

    number: int
    kind: ActKind | Literal["file"]
    acted_on: date
    acted_at: datetime
    actor: str
    acting_for: str | None
    rule: str
    from_state: str
    to_state: str
    details: Mapping[str, Any]
    authority: str | None


@dataclass(frozen=True, slots=True)
class ProtestPicture:
    """A protest whole: each entry with its time and outcome, acts, signed decisions by act, those that wait for it."""

    protest: ProtestRow
    record: ProtestRecord
    verdicts: tuple[Verdict, ...]
    outcomes: Mapping[str, str | None]
    acts: tuple[ActRow, ...]
    decisions: tuple[tuple[int, LineDecision], ...]
    followers: tuple[str, ...]
    lead_state: Stage | None


@dataclass(frozen=True, slots=True)
class RunningProtest:
    """What the clocks of a protest hang on."""

    record: ProtestRecord
    verdicts: tuple[Verdict, ...]
    decide_by: date


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A question common to protests, how many ask it, and the first day on which one of them is due."""

    issue: str
    protests: int
    open: int
    suspended: int
    due_on: date | None


async def find_protest(connection: AsyncConnection, filing_number: str) -> ProtestRow | None:
    """One protest, or None."""
    found = await connection.execute(select(protests).where(protests.c.filing_number == filing_number))
    row = found.one_or_none()
    return _read_protest(row) if row is not None else None


async def load_picture(connection: AsyncConnection, protest: ProtestRow, reach: Reach) -> ProtestPicture:
    """Everything that is stored of a protest; of the others that wait with it only what is reached."""
    number = protest.filing_number
    verdicts, outcomes = await list_entries_of(connection, number)
    acts = await list_acts_of(connection, number)
    filing = _read_filing(protest)
    named = {str(each.details["lead"]) for each in acts if "lead" in each.details} | {protest.lead_protest} - {None}
    leads = await _find_states(connection, named, reach)
    return ProtestPicture(
        _without_hidden_lead(protest, leads),
        replay_acts(
            filing,
            [
                Act(each.kind, each.acted_on, each.actor, each.acting_for, each.details)
                for each in acts
                if each.kind != "file"
            ],
        ),
        verdicts,
        outcomes,
        tuple(_without_hidden_lead_in(each, leads) for each in acts),
        await list_decisions_of(connection, number),
        await list_followers(connection, number, reach),
        leads.get(protest.lead_protest or ""),
    )


async def load_running(
    connection: AsyncConnection, filing_numbers: Collection[str], reach: Reach
) -> dict[str, RunningProtest]:
    """What the clocks of these protests hang on, as far as they are reached."""
    wanted = is_one_of(protests.c.filing_number, filing_numbers)
    found = [
        _read_protest(row) for row in await connection.execute(select(protests).where(wanted, protests_within(reach)))
    ]
    numbers = [each.filing_number for each in found]
    acts: defaultdict[str, list[Act]] = defaultdict(list)
    query = select(protest_acts).where(is_one_of(protest_acts.c.filing_number, numbers), protest_acts.c.number > 0)
    for row in await connection.execute(query.order_by(protest_acts.c.filing_number, protest_acts.c.number)):
        acts[row.filing_number].append(Act(row.kind, row.acted_on, row.actor, row.acting_for, row.details))
    verdicts: defaultdict[str, list[Verdict]] = defaultdict(list)
    of_protests = select(protest_entries).where(is_one_of(protest_entries.c.filing_number, numbers))
    for row in await connection.execute(of_protests.order_by(protest_entries.c.entry_number)):
        verdicts[row.filing_number].append(_read_verdict(row))
    return {
        each.filing_number: RunningProtest(
            replay_acts(_read_filing(each), acts[each.filing_number]),
            tuple(verdicts[each.filing_number]),
            each.decide_by,
        )
        for each in found
    }


async def list_entries_of(
    connection: AsyncConnection, filing_number: str
) -> tuple[tuple[Verdict, ...], Mapping[str, str | None]]:
    """The verdict on the time of each protested entry, in order of number, and what was decided on each."""
    query = select(protest_entries).where(protest_entries.c.filing_number == filing_number)
    rows = list(await connection.execute(query.order_by(protest_entries.c.entry_number)))
    verdicts = tuple(_read_verdict(row) for row in rows)
    return verdicts, {row.entry_number: row.outcome for row in rows}


async def list_acts_of(connection: AsyncConnection, filing_number: str) -> tuple[ActRow, ...]:
    """The acts on a protest, the filing first."""
    query = select(protest_acts).where(protest_acts.c.filing_number == filing_number)
    return tuple(
        ActRow(
            row.number,
            row.kind,
            row.acted_on,
            row.acted_at,
            row.actor,
            row.acting_for,
            row.rule,
            row.from_state,
            row.to_state,
            row.details,
            row.authority,
        )
        for row in await connection.execute(query.order_by(protest_acts.c.number))
    )


async def list_decisions_of(connection: AsyncConnection, filing_number: str) -> tuple[tuple[int, LineDecision], ...]:
    """What signed decisions say of each entry and line, in order, each with the number of its act."""
    table = protest_decisions
    query = select(table).where(table.c.filing_number == filing_number)
    found = await connection.execute(query.order_by(table.c.act_number, table.c.entry_number, table.c.line_number))
    return tuple(
        (
            row.act_number,
            LineDecision(
                row.entry_number,
                row.line_number,
                row.outcome,
                row.reasons,
                row.change_duty_cents,
                row.change_fees_cents,
            ),
        )
        for row in found
    )


async def _find_states(
    connection: AsyncConnection, filing_numbers: Collection[str | None], reach: Reach
) -> dict[str, Stage]:
    """Where those of these protests stand that are reached."""
    if not filing_numbers:
        return {}
    query = select(protests.c.filing_number, protests.c.state).where(protests_within(reach))
    found = await connection.execute(query.where(protests.c.filing_number.in_(filing_numbers)))
    return {row.filing_number: row.state for row in found}


def _without_hidden_lead(protest: ProtestRow, reached: Collection[str]) -> ProtestRow:
    return protest if protest.lead_protest in reached else replace(protest, lead_protest=None)


def _without_hidden_lead_in(act: ActRow, reached: Collection[str]) -> ActRow:
    if "lead" not in act.details or act.details["lead"] in reached:
        return act
    return replace(act, details={name: value for name, value in act.details.items() if name != "lead"})


async def list_followers(connection: AsyncConnection, filing_number: str, reach: Reach) -> tuple[str, ...]:
    """The protests reached that are suspended behind this one."""
    query = select(protests.c.filing_number).where(protests.c.lead_protest == filing_number, protests_within(reach))
    return tuple((await connection.execute(query.order_by(protests.c.filing_number))).scalars())


async def list_protests(
    connection: AsyncConnection,
    *,
    after: str | None,
    limit: int,
    reach: Reach,
    state: str | None = None,
    is_open: bool | None = None,
    importer_number: str | None = None,
    entry_number: str | None = None,
    issue: str | None = None,
    due_before: date | None = None,
    overdue_on: date | None = None,
) -> list[ProtestRow]:
    """Protests by number, by any of these, as far as the caller's reach goes, and so the leads that they wait for."""
    query = select(protests).where(protests_within(reach)).order_by(protests.c.filing_number).limit(limit)
    if after is not None:
        query = query.where(protests.c.filing_number > after)
    conditions = [
        (state, protests.c.state == state),
        (is_open, protests.c.is_open == is_open),
        (importer_number, protests.c.importer_number == importer_number),
        (issue, protests.c.issue == issue),
    ]
    for given, condition in conditions:
        if given is not None:
            query = query.where(condition)
    if entry_number is not None:
        named = cast(cast(orjson.dumps([entry_number]).decode(), Text), JSONB)
        query = query.where(protests.c.entries.op("@>")(named))
    if due_before is not None:
        query = query.where(protests.c.is_open, protests.c.due_on < due_before)
    if overdue_on is not None:
        query = query.where(protests.c.is_open, protests.c.decide_by < overdue_on)
    found = [_read_protest(row) for row in await connection.execute(query)]
    leads = await _find_states(connection, {each.lead_protest for each in found} - {None}, reach)
    return [_without_hidden_lead(each, leads) for each in found]


async def list_issues(connection: AsyncConnection, *, reach: Reach, after: str | None, limit: int) -> list[IssueRow]:
    """Issues with how many protests each has, how many of them open, and the first day on which one is due."""
    is_open = protests.c.is_open
    query = select(
        protests.c.issue,
        func.count().label("protests"),
        func.count().filter(is_open).label("open"),
        func.count().filter(protests.c.state == "suspended").label("suspended"),
        func.min(protests.c.due_on).filter(is_open).label("due_on"),
    ).where(protests_within(reach))
    if after is not None:
        query = query.where(protests.c.issue > after)
    found = await connection.execute(query.group_by(protests.c.issue).order_by(protests.c.issue).limit(limit))
    return [IssueRow(row.issue, row.protests, row.open, row.suspended, row.due_on) for row in found]


def _read_filing(row: ProtestRow) -> Filing:
    return read_filing(row.filing_number, row.importer_number, row.filed_by, row.entries, row.received_at, row.body)


def _read_verdict(row: Row[Any]) -> Verdict:
    return Verdict(
        row.entry_number,
        row.timeliness,
        row.rule,
        row.why,
        row.decided_on,
        Due(row.protest_by, row.arguable_by) if row.protest_by is not None else None,
    )


def _read_protest(row: Row[Any]) -> ProtestRow:
    return ProtestRow(
        row.filing_number,
        row.state,
        row.importer_number,
        row.filed_by,
        tuple(row.entries),
        row.received_at,
        row.body,
        row.acts,
        row.is_open,
        row.timeliness,
        row.further_review_state,
        row.issue,
        row.decide_by,
        row.due_on,
        row.due_rule,
        row.denied_on,
        row.sue_by,
        row.lead_protest,
        tuple(Finding(each["rule"], each["outcome"], each["why"]) for each in row.defects),
    )
