"""The weekly liquidation cycle: set-based statements over every due entry, and the cycles that have run.

Each statement liquidates, writes the acts and puts the events into the outbox in one pass: nothing travels to the
process but counts, so a million entries cost a few times what updating them costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.clocks import RELIQUIDATION_DAYS
from services.liquidation.domain.cycle_cut import UNKNOWN, Unseen
from services.liquidation.store import hold_sets as holds
from services.liquidation.store.act_keys import liquidation_key_sql, liquidation_sequence_sql
from services.liquidation.store.cycle_cuts import read_unseen, write_unseen
from services.liquidation.store.hold_sets import NOT_HELD, HoldSet
from services.liquidation.store.tables.cycles import cycles
from services.liquidation.store.tables.records import RUNS
from shared.db import bulk
from shared.db.engine import Patience
from shared.db.transaction import Transaction, be_patient

DRY_RUN_PATIENCE: Final = Patience(lock=30, statement=600)
"""What looking at every due entry may take, longer than a call otherwise has."""

# Parameters of every statement: $1 the Friday, $2 the end of the day of posting, $3 that day, $4 the Wednesday cut-off,
# $5 the time of the run as text. What is due is due by the Friday; what is done is done on the day of posting.
_RUNS: Final = f"{RUNS} AND governed_at < $2"
_DUE: Final = f"{_RUNS} AND scheduled_on <= $1"
_TAKEN: Final = f"{_DUE} AND {NOT_HELD}"
# The index is of the day by which CBP acts, which is never after the other; that of all periods (whence + 0) has every
# entry that was ever liquidated.
_IS_EXPIRED: Final = "least(act_by, deemed_on) < $3 AND deemed_on + 0 < $3 AND NOT is_informal"
_EXPIRED: Final = f"{_RUNS} AND {_IS_EXPIRED}"
_IN_TIME: Final = (
    "d.decided_at <= $4 AND (NOT e.is_informal"
    " OR d.decided_at < (e.scheduled_on + 1)::timestamp AT TIME ZONE 'America/New_York')"
)
_DECIDES: Final = "d.outcome IN ('no-change', 'increase', 'refund')"
# Of several decisions on one work item the earliest counts; items are different matters, so their effects add up.
_WAITING: Final = f"""
SELECT DISTINCT ON (d.entry_number, d.item_id) d.entry_number, d.decision_id, d.duty_cents, d.fees_cents
FROM review_decisions d JOIN entries e ON e.entry_number = d.entry_number
WHERE d.status = 'applied' AND {_DECIDES} AND {_IN_TIME} AND {_DUE} AND {NOT_HELD}
ORDER BY d.entry_number, d.item_id, d.decided_at, d.decision_id
"""
_USED_PARAMETERS: Final = "$1::date, $2::timestamptz, $3::date, $4::timestamptz, $5::text"


# The sequence of a liquidation as text: after every version and extension, in the turn that the entry is in.
SEQUENCE: Final = liquidation_sequence_sql("turns")
# What an act and an event are made of: the rows that an UPDATE gives are kept aside until both are written.
_OF_ENTRY: Final = ", ".join(
    f"e.{name}"
    for name in (
        "entry_number",
        "importer_number",
        "surety_code",
        "entry_type",
        "port_of_entry",
        "entry_date",
        "center",
        "extensions",
        "scheduled_on",
        "deemed_on",
        "liquidated_on",
        "liquidation_posted_on",
        "liquidation_kind",
        "liquidation_rule",
        "effect_duty_cents",
        "effect_fees_cents",
        "governed_at",
        "turns",
    )
)


@dataclass(frozen=True, slots=True)
class EventSql:
    """An event that a statement writes for each of its rows: its topic, and its bytes as an SQL expression."""

    topic: str
    value: str


@dataclass(frozen=True, slots=True)
class CycleEvents:
    """The events of a cycle, each over the columns of the rows that its statement has.

    `liquidated` tells of an entry that changes no money, `assessed` of one with `told.members`, JSON members that go on
    where those of the record end, and `refused` of a review decision. The time of the run, as text, is $5 in
    `liquidated` and `refused`, $3 in `assessed`.
    """

    liquidated: EventSql
    assessed: EventSql
    refused: EventSql


def _liquidate(update: str, event: EventSql, also: str = "", then: str = "") -> str:
    """A statement that runs an UPDATE of entries and records each row; one that changes no money is published too.

    The others, and those after a liquidation without effect on which something may have been paid, are published by
    `publish_assessed`, when it is known what is billed or refunded.
    """
    return f"""
WITH given AS (SELECT {_USED_PARAMETERS}),
{also}
done AS ({update} RETURNING {_OF_ENTRY}),
acts AS (
    INSERT INTO legal_events
        (entry_number, event_key, sequence, change, to_state, occurred_on, rule, detail, scheduled_on, deemed_on, kind)
    SELECT entry_number, {liquidation_key_sql("turns")}, ({SEQUENCE})::bigint,
        CASE liquidation_kind WHEN 'deemed' THEN 'deemed-liquidated' ELSE 'liquidated' END, 'liquidated',
        liquidated_on, liquidation_rule, NULL, scheduled_on, deemed_on, liquidation_kind
    FROM done
),
sent AS (
    INSERT INTO outbox (topic, key, value) SELECT '{event.topic}', entry_number, {event.value} FROM done
    WHERE effect_duty_cents = 0 AND effect_fees_cents = 0 AND (turns = 0 OR NOT EXISTS (
        SELECT FROM assessments v WHERE v.entry_number = done.entry_number AND v.outcome = 'void'
    ))
){then}
SELECT count(*) AS entries FROM done
"""


# Nobody means an entry to be deemed liquidated: each one is a case, with what the record says of how it came about.
_OPEN_CASES: Final = """,
cases AS (
    INSERT INTO deemed_cases (entry_number, deemed_on, found_on, cause)
    SELECT entry_number, deemed_on, $3,
        CASE WHEN (governed_at AT TIME ZONE 'America/New_York')::date > deemed_on THEN 'filed-after-its-period'
            WHEN scheduled_on > deemed_on THEN 'scheduled-after-its-period' ELSE 'not-taken-in-time' END
    FROM done
    ON CONFLICT (entry_number) DO UPDATE SET revision = deemed_cases.revision + 1, state = 'open',
        deemed_on = excluded.deemed_on, found_on = excluded.found_on, cause = excluded.cause,
        closed_at = NULL, closed_by = NULL, closed_because = NULL
)"""
_DEEM: Final = f"""
    UPDATE entries e SET state = 'liquidated', liquidated_on = deemed_on, liquidation_posted_on = $3,
        liquidation_cycle_on = $1, liquidation_kind = 'deemed', liquidation_rule = 'liquidation-date-deemed',
        effect_duty_cents = 0, effect_fees_cents = 0
    WHERE {_EXPIRED}
"""
_LIQUIDATION: Final = """state = 'liquidated',
        liquidated_on = CASE WHEN is_informal THEN scheduled_on ELSE $3 END, liquidation_posted_on = $3,
        liquidation_cycle_on = $1,
        liquidation_rule = CASE WHEN is_informal THEN 'liquidation-date-informal' ELSE 'liquidation-date' END"""
_AS_DECIDED: Final = f"""
    UPDATE entries e SET {_LIQUIDATION},
        liquidation_kind = CASE WHEN effect.total > 0 THEN 'increase' WHEN effect.total < 0 THEN 'refund'
            ELSE 'no-change' END,
        effect_duty_cents = effect.duty_cents, effect_fees_cents = effect.fees_cents
    FROM effect WHERE e.entry_number = effect.entry_number
"""
_DECIDED: Final = f"""
waiting AS MATERIALIZED ({_WAITING}),
effect AS (
    SELECT entry_number, sum(duty_cents)::bigint AS duty_cents, sum(fees_cents)::bigint AS fees_cents,
        sum(duty_cents + fees_cents) AS total
    FROM waiting GROUP BY entry_number
),
used AS (
    UPDATE review_decisions SET status = 'effective' FROM waiting
    WHERE review_decisions.decision_id = waiting.decision_id
),
"""
_AS_ENTERED: Final = f"""
    UPDATE entries e SET {_LIQUIDATION}, liquidation_kind = 'no-change', effect_duty_cents = 0, effect_fees_cents = 0
    WHERE {_TAKEN}
"""
_REMEDY: Final = f"""
'The entry was ' || CASE e.liquidation_kind WHEN 'deemed' THEN 'deemed liquidated' ELSE 'liquidated' END
    || ' on ' || e.liquidated_on || ': reliquidation within {RELIQUIDATION_DAYS} days, by '
    || (e.liquidated_on + {RELIQUIDATION_DAYS}) || '.'
"""


# What was waiting and had no effect: a second decision on an item, or one that came after the cut or the deemed date.
# A program is not told that it came too late: it judges the entry again, as one that is liquidated.
_IS_ANSWERED: Final = f"(e.liquidation_kind <> 'deemed' AND {_IN_TIME} OR d.item_id LIKE 'program:%')"


def _settle(event: EventSql) -> str:
    return f"""
WITH given AS (SELECT {_USED_PARAMETERS}),
settled AS (
    UPDATE review_decisions d SET
        status = CASE WHEN {_IS_ANSWERED} THEN 'superseded' ELSE 'refused' END,
        rule = CASE e.liquidation_kind WHEN 'deemed' THEN 'liq-after-deemed' ELSE 'reliq-1501' END,
        remedy = CASE WHEN {_IS_ANSWERED} THEN NULL ELSE {_REMEDY} END
    FROM entries e
    WHERE d.status = 'applied' AND e.entry_number = d.entry_number AND e.liquidated_on IS NOT NULL
    RETURNING d.decision_id, d.entry_number, d.body ->> 'importer_number' AS importer_number, d.status, d.rule, d.remedy
),
refused AS (SELECT * FROM settled WHERE status = 'refused'),
sent AS (
    INSERT INTO outbox (topic, key, value)
    SELECT '{event.topic}', entry_number, {event.value}
    FROM refused
)
SELECT count(*) AS entries FROM refused
"""


def _judge(in_force: list[HoldSet]) -> tuple[str, tuple[Any, ...]]:
    """What the cycle would do with each entry that is due or past its period, as `judged`; and further arguments.

    The conditions are those of the statements above, but what is held is asked of the sets instead of being noted.
    """
    matched = holds.select_held(in_force, first=6)
    statement = f"""
WITH given AS (SELECT {_USED_PARAMETERS}),
waiting AS MATERIALIZED (
    SELECT DISTINCT ON (d.entry_number, d.item_id) d.entry_number, d.duty_cents, d.fees_cents
    FROM review_decisions d JOIN entries e ON e.entry_number = d.entry_number
    WHERE d.status = 'applied' AND {_DECIDES} AND {_IN_TIME} AND {_DUE}
    ORDER BY d.entry_number, d.item_id, d.decided_at, d.decision_id
),
effect AS (
    SELECT entry_number, sum(duty_cents)::bigint AS duty_cents, sum(fees_cents)::bigint AS fees_cents,
        sum(duty_cents + fees_cents) AS total
    FROM waiting GROUP BY entry_number
),
held AS MATERIALIZED ({matched.sql}),
touched AS (
    SELECT entry_number, center, duty_cents, fees_cents, {_IS_EXPIRED} AS is_expired FROM entries e WHERE {_DUE}
    UNION ALL
    SELECT entry_number, center, duty_cents, fees_cents, true FROM entries e WHERE {_EXPIRED} AND scheduled_on > $1
),
judged AS (
    SELECT t.entry_number, t.center, t.duty_cents, t.fees_cents, held.is_overridden,
        CASE WHEN t.is_expired THEN 'deemed' WHEN NOT held.is_overridden THEN 'held'
            WHEN effect.entry_number IS NOT NULL THEN 'by-decision' ELSE 'as-entered' END AS disposition,
        effect.total, effect.duty_cents AS effect_duty_cents, effect.fees_cents AS effect_fees_cents
    FROM touched t LEFT JOIN effect ON effect.entry_number = t.entry_number
    LEFT JOIN held ON held.entry_number = t.entry_number
)"""
    return statement, matched.arguments


_FORECAST: Final = """
SELECT disposition, center,
    CASE WHEN disposition = 'deemed' THEN 'deemed' WHEN disposition <> 'by-decision' OR total = 0 THEN 'no-change'
        WHEN total > 0 THEN 'increase' ELSE 'refund' END AS kind,
    count(*) AS entries, count(*) FILTER (WHERE is_overridden AND disposition <> 'deemed') AS despite_hold,
    sum(duty_cents)::bigint AS duty_cents, sum(fees_cents)::bigint AS fees_cents,
    coalesce(sum(effect_duty_cents) FILTER (WHERE disposition = 'by-decision'), 0)::bigint AS effect_duty_cents,
    coalesce(sum(effect_fees_cents) FILTER (WHERE disposition = 'by-decision'), 0)::bigint AS effect_fees_cents
FROM judged GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_LATE: Final = f"""
WITH given AS (SELECT {_USED_PARAMETERS})
SELECT count(*) AS entries FROM review_decisions d JOIN entries e ON e.entry_number = d.entry_number
WHERE d.status = 'applied' AND {_DECIDES} AND NOT ({_IN_TIME}) AND {_DUE}
"""
_SUSPENDED: Final = "SELECT count(*) AS entries FROM entries WHERE is_suspended AND liquidated_on IS NULL"


@dataclass(frozen=True, slots=True)
class CycleDay:
    """The Friday of a cycle with its Wednesday cut, and the day on which it is posted with its end.

    They are the same day unless the cycle missed its Friday: it then posts on the day on which it really runs.
    """

    friday: date
    cutoff: datetime
    posted_on: date
    end: datetime

    def arguments(self, run_at: str) -> tuple[Any, ...]:
        """The parameters of the statements of a cycle that runs at this time, given as text."""
        return self.friday, self.end, self.posted_on, self.cutoff, run_at


@dataclass(frozen=True, slots=True)
class CycleFigures:
    """What one cycle did; `liquidated` counts all but the deemed, `with_decision` those of them by a decision.

    `posted_on` is the day on which all of it was posted, later than `cycle_on` when the cycle missed its Friday. Of
    these, `increases` and `refunds` were billed or refunded (cents, with interest), `disregarded` were under 20
    dollars, and of the `undetermined` a fact is missing. `unseen` are the events on their way that it did not see.
    """

    cycle_on: date
    posted_on: date
    liquidated: int
    with_decision: int
    deemed: int
    decisions_refused: int
    run_at: datetime
    run_by: str
    increases: int = 0
    refunds: int = 0
    disregarded: int = 0
    undetermined: int = 0
    billed_cents: int = 0
    refund_cents: int = 0
    unseen: Unseen = UNKNOWN


# The release before posted every cycle as of its Friday and has no word for the day: what it runs during a roll-out.
_FIGURES: Final = tuple(
    func.coalesce(cycles.c.posted_on, cycles.c.cycle_on) if each.name == "posted_on" else cycles.c[each.name]
    for each in fields(CycleFigures)
)


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """Entries of one disposition (deemed, by-decision, as-entered, held), Center and kind; money in cents.

    `duty_cents` and `fees_cents` are as asserted, the effects what decisions change; `despite_hold` counts those that
    are taken although a hold set matches, because their period would end before the next cycle.
    """

    disposition: str
    center: str | None
    kind: str
    entries: int
    despite_hold: int
    duty_cents: int
    fees_cents: int
    effect_duty_cents: int
    effect_fees_cents: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a cycle would do with the record as it is now.

    `suspended` are those that no cycle takes; `late_decisions` came after the Wednesday cut and have no effect in it.
    """

    lines: tuple[ForecastLine, ...]
    late_decisions: int
    suspended: int

    def count(self, *dispositions: str) -> int:
        """Entries of these dispositions."""
        return sum(each.entries for each in self.lines if each.disposition in dispositions)

    def total(self, amount: str) -> int:
        """An amount of the lines, summed over what the cycle takes, in cents."""
        return sum(getattr(each, amount) for each in self.lines if each.disposition != "held")

    @property
    def deemed(self) -> int:
        """Entries past the end of their period."""
        return self.count("deemed")

    @property
    def liquidated(self) -> int:
        """Entries that the cycle liquidates, by decision or as entered."""
        return self.count("by-decision", "as-entered")

    @property
    def with_decision(self) -> int:
        """Those of them that a review decision determines."""
        return self.count("by-decision")

    @property
    def held(self) -> int:
        """Entries that are due and held back."""
        return self.count("held")

    @property
    def despite_hold(self) -> int:
        """Entries taken although a hold set matches."""
        return sum(each.despite_hold for each in self.lines)


async def run_statements(
    tx: Transaction, day: CycleDay, run_at: datetime, run_by: str, events: CycleEvents
) -> CycleFigures:
    """Hold back, deem, liquidate by decision, liquidate as entered, settle what came too late; note the cycle."""
    await bulk.execute(tx, "SET LOCAL work_mem = '64MB'")
    await holds.hold_back(tx, day.friday, day.end, day.posted_on, await holds.find_in_force(tx, day.cutoff))
    arguments = day.arguments(run_at.isoformat())
    told = events.liquidated
    deemed = await _count(tx, _liquidate(_DEEM, told, then=_OPEN_CASES), arguments)
    with_decision = await _count(tx, _liquidate(_AS_DECIDED, told, also=_DECIDED), arguments)
    as_entered = await _count(tx, _liquidate(_AS_ENTERED, told), arguments)
    refused = await _count(tx, _settle(events.refused), arguments)
    figures = CycleFigures(
        day.friday, day.posted_on, as_entered + with_decision, with_decision, deemed, refused, run_at, run_by
    )
    columns = tuple(each.name for each in fields(CycleFigures) if each.name != "unseen")
    await bulk.insert(tx, cycles, columns, [tuple([getattr(figures, name) for name in columns])])
    return figures


async def publish_assessed(
    tx: Transaction, event: EventSql, told: Mapping[str, Mapping[str, Any]], run_at: datetime
) -> None:
    """Publish liquidations of a cycle that change money, with what follows from each: members of its event by entry."""
    if told:
        members = [
            "".join(f",{orjson.dumps({name: value}).decode()[1:-1]}" for name, value in each.items()) + "}"
            for each in told.values()
        ]
        statement = f"""
            INSERT INTO outbox (topic, key, value)
            SELECT '{event.topic}', entry_number, {event.value}
            FROM entries JOIN unnest($1::text[], $2::text[]) AS told(number, members) ON entry_number = told.number
            ORDER BY entry_number
        """
        await bulk.execute(tx, statement, list(told), members, run_at.isoformat())


async def write_money(tx: Transaction, friday: date, money: Mapping[str, int]) -> None:
    """Note what a cycle came to in money, by column."""
    await tx.connection.execute(update(cycles).where(cycles.c.cycle_on == friday).values(money))


async def note_unseen(tx: Transaction, friday: date, unseen: Unseen) -> None:
    """Note what a cycle did not see."""
    await tx.connection.execute(update(cycles).where(cycles.c.cycle_on == friday).values(unseen=write_unseen(unseen)))


async def forecast(tx: Transaction, day: CycleDay) -> Forecast:
    """What the cycle of a Friday would do; changes nothing."""
    await be_patient(tx, DRY_RUN_PATIENCE)
    arguments = day.arguments("")
    judge, also = _judge(await holds.find_in_force(tx, day.cutoff))
    lines = await bulk.fetch(tx, judge + _FORECAST, *arguments, *also)
    return Forecast(
        tuple(ForecastLine(**dict(row)) for row in lines),
        late_decisions=await _count(tx, _LATE, arguments),
        suspended=await _count(tx, _SUSPENDED, ()),
    )


async def write_forecast_entries(tx: Transaction, day: CycleDay, number: int) -> int:
    """Keep what the cycle would do with each entry as dry run `number` of the Friday; gives how many they are."""
    await be_patient(tx, DRY_RUN_PATIENCE)
    judge, also = _judge(await holds.find_in_force(tx, day.cutoff))
    statement = f"""
{judge},
written AS (
    INSERT INTO forecast_entries (cycle_on, number, entry_number, disposition)
    SELECT $1, ${6 + len(also)}::integer, entry_number, disposition FROM judged
    RETURNING 1
)
SELECT count(*) AS entries FROM written
"""
    return await _count(tx, statement, (*day.arguments(""), *also, number))


async def find_cycle(connection: AsyncConnection, friday: date) -> CycleFigures | None:
    """The cycle of a Friday, or None when it has not run."""
    row = (await connection.execute(select(*_FIGURES).where(cycles.c.cycle_on == friday))).one_or_none()
    return _read_figures(row) if row is not None else None


async def find_last_cycle(connection: AsyncConnection) -> date | None:
    """The Friday of the newest cycle that has run."""
    query = select(cycles.c.cycle_on).order_by(cycles.c.cycle_on.desc()).limit(1)
    friday: date | None = await connection.scalar(query)
    return friday


async def list_cycles(connection: AsyncConnection, *, before: date | None, limit: int) -> list[CycleFigures]:
    """Cycles that have run, newest first."""
    query = select(*_FIGURES).order_by(cycles.c.cycle_on.desc()).limit(limit)
    if before is not None:
        query = query.where(cycles.c.cycle_on < before)
    return [_read_figures(row) for row in await connection.execute(query)]


def _read_figures(row: Row[Any]) -> CycleFigures:
    unseen = read_unseen(row.unseen) if row.unseen is not None else UNKNOWN
    return replace(CycleFigures(*tuple(row)[:-1]), unseen=unseen)


async def _count(tx: Transaction, statement: str, arguments: tuple[Any, ...]) -> int:
    (row,) = await bulk.fetch(tx, statement, *arguments)
    return int(row["entries"])
