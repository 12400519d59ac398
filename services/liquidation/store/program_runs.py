"""Runs of programs: posting days, the ranges of numbers that workers go through, and which entries are due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

from services.liquidation.domain.program.definition import Definition
from services.liquidation.store.program_sql import Given
from services.liquidation.store.programs import Standing
from shared.db import bulk
from shared.db.transaction import Transaction

RunKind = Literal["posting", "cycle"]
RunState = Literal["running", "done", "stopped"]
PartWalk = Literal["numbers", "days", "rest", "rest-by-days"]
"""How a range is gone through: in order of number, nearest legal day first, or what came due since in either order."""

READY_ON: Final = "coalesce(greatest(due_on, looked_on + 1), '-infinity'::date)"
"""From which day a run takes up a request that is due: not twice on a day on which it could not be posted."""
_ACT_BY: Final = "coalesce(act_by, 'infinity'::date)"

# Payments of the run's day are not being made.
_IS_OPEN: Final = """root IS NULL AND NOT EXISTS (SELECT FROM payment_closings c
    WHERE c.program = program_runs.program AND c.run = program_runs.run)"""
_HOLD_STANDING: Final = "SELECT standing FROM programs WHERE program = $1 FOR SHARE"
_SET_STANDING: Final = "UPDATE programs SET standing = $2, standing_since = $3, stayed_from = $4 WHERE program = $1"
_REOPEN: Final = f"""
UPDATE program_runs SET state = 'running', ended_at = NULL, why = NULL
WHERE program = $1 AND kind = 'posting' AND posted_on = $2 AND state = 'stopped' AND {_IS_OPEN}
"""
_GO_ON: Final = f"""
UPDATE program_runs SET state = 'running', ended_at = NULL
WHERE program = $1 AND run = $2 AND state = 'done' AND {_IS_OPEN}
"""
_HAS_READY: Final = f"""
SELECT EXISTS (SELECT FROM declared_entries WHERE program = $1 AND state = 'due' AND {READY_ON} <= $2) AS is_any
"""
# What an aborted program still has open: requests that are withdrawn with it.
_OPEN: Final = """
SELECT DISTINCT entry_number FROM declared_entries
WHERE program = $1 AND entry_number > $2 AND state NOT IN ('posted', 'withdrawn') AND code IS DISTINCT FROM 'repeated'
ORDER BY entry_number LIMIT $3
"""
_WITHDRAW: Final = """
UPDATE declared_entries SET state = 'withdrawn', withdrawn_at = $3, code = NULL, notes = '{}', removed_cents = 0
WHERE program = $1 AND entry_number = ANY($2::text[]) AND state NOT IN ('posted', 'withdrawn')
    AND code IS DISTINCT FROM 'repeated'
"""
# The last day of the law for request `r` of entry `e` in cohort `c`: the last one on which who writes the act has the
# power to, or on which an entry that is not liquidated is not liquidated by operation of law.
LAST_DAY: Final = """
CASE WHEN r.act = 'reliquidate' THEN e.liquidated_on + c.last_day
    WHEN r.act = 'liquidate' AND e.liquidated_on IS NULL THEN e.deemed_on END
"""
# Requests that wait for such a day.
_NEAR: Final = f"""
SELECT r.entry_number, r.act, e.importer_number, e.center, {LAST_DAY} AS last_day
FROM declared_entries r JOIN entries e ON e.entry_number = r.entry_number
JOIN unnest($2::text[], $3::integer[]) AS c(name, last_day) ON c.name = r.cohort
WHERE r.program = $1 AND r.state IN ('due', 'waiting') AND {LAST_DAY} <= $4::date
"""
_NEAR_LIST: Final = f"SELECT * FROM ({_NEAR}) AS near WHERE entry_number > $5 ORDER BY entry_number LIMIT $6"
_NEAR_COUNT: Final = f"SELECT count(*) AS entries, min(last_day) AS first FROM ({_NEAR}) AS near"
# Of the ranges that were begun together, the last of which something was posted: a run may rest for hours between.
_PACE: Final = """
SELECT coalesce(sum(posted), 0)::bigint AS posted,
    extract(epoch FROM max(progressed_at) - min(began_at)) AS seconds
FROM program_run_parts WHERE program = $1 AND run = $2 AND began_at = (
    SELECT max(began_at) FROM program_run_parts WHERE program = $1 AND run = $2 AND posted > 0)
"""
_UNDETERMINED: Final = """
SELECT count(*) AS entries FROM program_postings p
JOIN assessments a ON a.entry_number = p.entry_number AND a.act_key = p.act_key AND a.outcome = 'undetermined'
WHERE p.program = $1 AND p.outcome = 'undetermined'
"""
_POSTING: Final = """
SELECT p.program FROM programs p JOIN program_revisions r ON r.program = p.program AND r.state = 'released'
WHERE p.standing = 'running' ORDER BY p.program
"""
_FIND: Final = """
SELECT * FROM program_runs WHERE program = $1 AND posted_on = $2 AND kind = $3 AND cycle_on IS NOT DISTINCT FROM $4
"""
_LIST: Final = """
SELECT * FROM program_runs WHERE program = $1 AND ($2::integer IS NULL OR run < $2) ORDER BY run DESC LIMIT $3
"""
_BEGIN: Final = """
INSERT INTO program_runs (program, run, kind, posted_on, cycle_on, revision, state, began_at)
SELECT $1, 1 + coalesce(max(run), 0), $2, $3, $4, $5, 'running', $6 FROM program_runs WHERE program = $1
ON CONFLICT (program, posted_on, kind, cycle_on) DO NOTHING RETURNING *
"""
# The ends of so many ranges with about as many due entries each; the last one has no end.
_CUTS: Final = """
SELECT percentile_disc(share) WITHIN GROUP (ORDER BY r.entry_number) AS cut
FROM unnest($2::float8[]) AS share
CROSS JOIN declared_entries r WHERE r.program = $1 AND r.state = 'due' GROUP BY share ORDER BY share
"""
_ADD_PART: Final = """
INSERT INTO program_run_parts (program, run, part, reached, until_number, is_done, progressed_at, began_at, walk)
SELECT $1, $2, part, reached, until_number, false, $6, $6, $7
FROM unnest($3::integer[], $4::text[], $5::text[]) AS given(part, reached, until_number)
"""
_ADD_REST: Final = """
INSERT INTO program_run_parts (program, run, part, reached, is_done, progressed_at, began_at, walk)
SELECT $1, $2, 1 + coalesce(max(part), 0), '', false, $3, $3, $4 FROM program_run_parts WHERE program = $1 AND run = $2
"""
_TAKE_PART: Final = """
SELECT part, reached, until_number, walk FROM program_run_parts WHERE program = $1 AND run = $2 AND NOT is_done
ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_MOVE_PART: Final = """
UPDATE program_run_parts SET reached = $5, is_done = $6, chunks = chunks + 1, posted = posted + $8,
    progressed_at = CASE WHEN $6 THEN progressed_at ELSE $7 END
WHERE program = $1 AND run = $2 AND part = $3 AND reached = $4
"""
_ADD: Final = """
UPDATE program_runs SET set_based = set_based + $3, careful = careful + $4, dropped = dropped + $5,
    undetermined = undetermined + $6, removed_cents = removed_cents + $7, interest_cents = interest_cents + $8,
    refund_cents = refund_cents + $9
WHERE program = $1 AND run = $2
"""
_FINISH: Final = """
UPDATE program_runs r SET state = 'done', ended_at = $3 WHERE program = $1 AND run = $2 AND state = 'running'
    AND NOT EXISTS (SELECT FROM program_run_parts p WHERE p.program = $1 AND p.run = $2 AND NOT p.is_done)
"""
_STOP: Final = """
UPDATE program_runs SET state = 'stopped', ended_at = $3, why = $4
WHERE program = $1 AND state = 'running' AND ($2::integer IS NULL OR run = $2)
"""
_NUMBERS: Final = f"""
SELECT entry_number, NULL::date AS act_by FROM declared_entries
WHERE program = $1 AND state = 'due' AND entry_number > $4 AND ($5::text IS NULL OR entry_number <= $5)
    AND {READY_ON} <= $2
ORDER BY entry_number LIMIT $3
"""
# Along the index from where it was: what comes due behind that place meanwhile is taken up when the range is done.
_BY_DAYS: Final = f"""
SELECT entry_number, act_by FROM declared_entries
WHERE program = $1 AND state = 'due' AND ({_ACT_BY}, entry_number) > ($4::text::date, $5::text) AND {READY_ON} <= $2
ORDER BY {_ACT_BY}, entry_number LIMIT $3
"""
# Whatever a chunk takes is posted, dropped or looked at today: it needs no place.
_REST: Final = f"""
SELECT entry_number, act_by FROM declared_entries
WHERE program = $1 AND state = 'due' AND {READY_ON} <= $2
ORDER BY {READY_ON}, entry_number LIMIT $3
"""
_REST_BY_DAYS: Final = f"""
WITH rest AS MATERIALIZED (
    SELECT entry_number, act_by FROM declared_entries WHERE program = $1 AND state = 'due' AND {READY_ON} <= $2
)
SELECT * FROM rest ORDER BY {_ACT_BY}, entry_number LIMIT $3
"""
_LOOKED: Final = """
UPDATE declared_entries SET looked_on = $3 WHERE entry_number = ANY($2::text[]) AND program = $1 AND state = 'due'
"""
# What a program may post today of entries that are held: the row that stands, whether who asked for it may, and since
# when its cohort waited. What is liquidated is not liquidated again, and what the law has liquidated is the cycle's. A
# run posts an entry once: what it posted and was voided waits for that of another day.
_ASKED: Final = """
SELECT r.entry_number, received.on AS received_on,
    (r.offered_at IS NOT NULL OR ({by_filer} AND left(r.entry_number, 3) = d.filer_code)
        OR ({by_importer} AND e.importer_number = ANY(d.importers))) AS is_entitled,
    false AS is_behind, r.answer, (r.offered_at AT TIME ZONE 'America/New_York')::date AS offered_on, r.act, r.writer
FROM unnest(string_to_array({numbers}, ',')) AS named(entry_number)
JOIN declared_entries r ON r.entry_number = named.entry_number AND r.program = {program} AND r.state = 'due'
JOIN declarations d ON d.declaration_id = r.declaration_id
CROSS JOIN LATERAL (
    SELECT importer_number, state, is_informal, is_suspended, liquidated_on, deemed_on FROM entries n
    WHERE n.entry_number = r.entry_number OFFSET 0
) e
CROSS JOIN LATERAL (SELECT (CASE WHEN r.offered_at IS NULL THEN d.received_at ELSE greatest(d.received_at,
    (SELECT min(v.filed_at) FROM entry_versions v WHERE v.entry_number = r.entry_number)) END
    AT TIME ZONE 'America/New_York')::date AS on) received
"""
_DUE: Final = """
JOIN unnest({names}, {days}) AS c(name, after_days) ON c.name = r.cohort
WHERE received.on + c.after_days <= {today}
    AND CASE r.act WHEN 'reliquidate' THEN e.liquidated_on IS NOT NULL
        WHEN 'liquidate' THEN e.liquidated_on IS NULL AND NOT e.is_suspended AND NOT e.is_informal
            AND e.state IN ('scheduled', 'extended') AND e.deemed_on >= {today} ELSE false END
    AND NOT EXISTS (SELECT FROM program_voided_postings v WHERE v.entry_number = r.entry_number
        AND v.program = r.program AND v.posted_on = {today})
ORDER BY r.entry_number FOR UPDATE OF r
"""
_PLAN_ANEW: Final = """
SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_mergejoin', 'off', true)
"""
_STILL_DUE: Final = """
SELECT entry_number FROM declared_entries
WHERE program = $1 AND state = 'due' AND entry_number = ANY($2::text[]) ORDER BY entry_number
"""
_LOCK: Final = "SELECT entry_number FROM entries WHERE entry_number = ANY($1::text[]) ORDER BY entry_number FOR UPDATE"
# Each end by itself: as min and max of one statement they are planned once, mostly while little waits, and read all.
_WAITING_EVENTS: Final = """
SELECT coalesce(last.id - first.id + 1, 0) AS waiting,
    coalesce(extract(epoch FROM clock_timestamp() - first.added_at), 0)::bigint AS seconds
FROM (SELECT 1) AS always
LEFT JOIN (SELECT id, added_at FROM outbox ORDER BY id LIMIT 1) AS first ON true
LEFT JOIN (SELECT id FROM outbox ORDER BY id DESC LIMIT 1) AS last ON true
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A posting day of a program; amounts in cents.

    `cycle_on` is the Friday of the weekly cycle that posted, None: the program did. `set_based` and `careful` are
    entries by lane, `dropped` were due and not any more when they were looked at, of the `undetermined` a fact of the
    money is missing. `root` is the root of its proofs, None until they are sealed.
    """

    program: str
    run: int
    kind: RunKind
    posted_on: date
    cycle_on: date | None
    revision: int
    state: RunState
    set_based: int
    careful: int
    dropped: int
    undetermined: int
    removed_cents: int
    interest_cents: int
    refund_cents: int
    began_at: datetime
    ended_at: datetime | None
    why: str | None
    leaves: int | None
    root: bytes | None

    @property
    def posted(self) -> int:
        """Entries that were posted."""
        return self.set_based + self.careful


class Part(NamedTuple):
    """A range of a run, held by who goes through it: above `reached`, up to `until` (None: no end).

    By numbers `reached` is one. Nearest legal day first it is such a day and a number, as `2026-12-25/B7603245278`.
    """

    part: int
    reached: str
    until: str | None
    walk: PartWalk


class DueRow(NamedTuple):
    """A request that can be posted today: by which act, and by whose power."""

    entry_number: str
    act: Literal["liquidate", "reliquidate"]
    writer: str


class Done(NamedTuple):
    """What a chunk did: entries by lane, what was not due any more, money in cents."""

    set_based: int = 0
    careful: int = 0
    dropped: int = 0
    undetermined: int = 0
    removed_cents: int = 0
    interest_cents: int = 0
    refund_cents: int = 0


async def list_posting(tx: Transaction) -> list[str]:
    """Programs that are in force and neither paused, stayed, aborted nor ended."""
    return [row["program"] for row in await bulk.fetch(tx, _POSTING)]


async def plan_anew(tx: Transaction) -> None:
    """Have each statement of this transaction planned for what it is given, and find its rows by their keys.

    Plans for anything take a few rows. And a chunk is small beside every table that it touches: those that grow with
    the run are larger than the last statistics say, and reading them whole would cost more with every chunk.
    """
    await bulk.execute(tx, _PLAN_ANEW)


async def hold_standing(tx: Transaction, program: str) -> Standing | None:
    """How a program stands, kept so until the transaction ends; None: there is no such program."""
    rows = await bulk.fetch(tx, _HOLD_STANDING, program)
    return rows[0]["standing"] if rows else None


async def set_standing(
    tx: Transaction, program: str, standing: Standing, stayed_from: Standing | None, now: datetime
) -> None:
    """Note how a program stands from now on, and from where it is stayed; a chunk that is being posted ends first."""
    await bulk.execute(tx, _SET_STANDING, program, standing, now, stayed_from)


async def reopen_run(tx: Transaction, program: str, today: date) -> None:
    """Let the run of today go on where it was stopped: its day is not over."""
    await bulk.execute(tx, _REOPEN, program, today)


async def find_run(tx: Transaction, program: str, posted_on: date, cycle_on: date | None = None) -> Run | None:
    """The run of a program on a day, or that of a cycle which posted on it; None: there is none."""
    kind: RunKind = "posting" if cycle_on is None else "cycle"
    rows = await bulk.fetch(tx, _FIND, program, posted_on, kind, cycle_on)
    return Run(**dict(rows[0])) if rows else None


async def list_runs(tx: Transaction, program: str, *, before: int | None = None, limit: int = 100) -> list[Run]:
    """Runs of a program, newest first."""
    return [Run(**dict(row)) for row in await bulk.fetch(tx, _LIST, program, before, limit)]


async def go_on(tx: Transaction, run: Run, now: datetime, *, is_by_days: bool = False) -> bool:
    """Let a run that is through take up what came due since; False when somebody does, or its payments are being made.

    Its day is not over.
    """
    if await bulk.execute(tx, _GO_ON, run.program, run.run) != 1:
        return False
    await bulk.execute(tx, _ADD_REST, run.program, run.run, now, "rest-by-days" if is_by_days else "rest")
    return True


async def has_ready(tx: Transaction, program: str, today: date) -> bool:
    """Whether anything is due that no run has looked at today."""
    (row,) = await bulk.fetch(tx, _HAS_READY, program, today)
    return bool(row["is_any"])


async def begin_run(
    tx: Transaction,
    program: str,
    posted_on: date,
    revision: int,
    parts: int,
    now: datetime,
    *,
    is_by_days: bool = False,
) -> Run:
    """The run of a program on a day, begun if nobody has: with ranges of about as many due entries each.

    Nearest legal day first (`is_by_days`) there is one range.
    """
    rows = await bulk.fetch(tx, _BEGIN, program, "posting", posted_on, None, revision, now)
    if rows:
        shares = [number / parts for number in range(1, parts)] if not is_by_days else []
        found = await bulk.fetch(tx, _CUTS, program, shares) if shares else []
        cuts = sorted({row["cut"] for row in found if row["cut"] is not None})
        numbers = list(range(1, len(cuts) + 2))
        ends, walk = ["", *cuts], "days" if is_by_days else "numbers"
        await bulk.execute(tx, _ADD_PART, program, rows[0]["run"], numbers, ends, [*cuts, None], now, walk)
    run = await find_run(tx, program, posted_on)
    assert run is not None  # just written, if it was not there
    return run


async def begin_cycle_run(
    tx: Transaction, program: str, posted_on: date, cycle_on: date, revision: int, now: datetime
) -> Run:
    """The run of a program that a weekly cycle makes: it has no ranges, the cycle takes all at once."""
    await bulk.fetch(tx, _BEGIN, program, "cycle", posted_on, cycle_on, revision, now)
    run = await find_run(tx, program, posted_on, cycle_on)
    assert run is not None  # just written, if it was not there
    return run


async def take_part(tx: Transaction, run: Run) -> Part | None:
    """The next range that nobody goes through, held; None when none is left."""
    rows = await bulk.fetch(tx, _TAKE_PART, run.program, run.run)
    return Part(*rows[0].values()) if rows else None


async def move_part(
    tx: Transaction, run: Run, part: Part, reached: str, now: datetime, *, is_done: bool, posted: int = 0
) -> bool:
    """Note how far a range was gone through, and what was posted of it; False when somebody else went on with it."""
    given = (run.program, run.run, part.part, part.reached, reached, is_done, now, posted)
    return await bulk.execute(tx, _MOVE_PART, *given) == 1


async def add_done(tx: Transaction, run: Run, done: Done) -> None:
    """Add what a chunk did to the figures of its run."""
    if any(done):
        await bulk.execute(tx, _ADD, run.program, run.run, *done)


async def finish_run(tx: Transaction, run: Run, now: datetime) -> bool:
    """Note that a run is done when all of its ranges are."""
    return await bulk.execute(tx, _FINISH, run.program, run.run, now) == 1


async def stop_runs(tx: Transaction, program: str, run: int | None, why: str, now: datetime) -> None:
    """End a run of a program before it is through, or all that go on."""
    await bulk.execute(tx, _STOP, program, run, now, why)


async def list_next(tx: Transaction, program: str, part: Part, today: date, limit: int) -> tuple[list[str], str]:
    """The next entries of a range that are due and were not looked at today, and the place behind them."""
    if part.walk == "numbers":
        rows = await bulk.fetch(tx, _NUMBERS, program, today, limit, part.reached, part.until)
        return [row["entry_number"] for row in rows], rows[-1]["entry_number"] if rows else part.reached
    if part.walk != "days":
        rows = await bulk.fetch(tx, _REST if part.walk == "rest" else _REST_BY_DAYS, program, today, limit)
        return [row["entry_number"] for row in rows], part.reached
    day, _, number = part.reached.partition("/")
    rows = await bulk.fetch(tx, _BY_DAYS, program, today, limit, day or "-infinity", number)
    return [row["entry_number"] for row in rows], _name_place(rows[-1]) if rows else part.reached


def _name_place(row: Mapping[str, Any]) -> str:
    day: date | None = row["act_by"]
    return f"{day.isoformat() if day is not None else 'infinity'}/{row['entry_number']}"


async def note_looked(tx: Transaction, program: str, entry_numbers: Sequence[str], today: date) -> None:
    """What is still due of these entries could not be posted today: a run takes it up tomorrow, or once it changes."""
    await bulk.execute(tx, _LOOKED, program, list(entry_numbers), today)


async def lock_entries(tx: Transaction, entry_numbers: Sequence[str]) -> None:
    """Hold the rows of these entries, in order of number."""
    await bulk.fetch(tx, _LOCK, list(entry_numbers))


async def list_still_due(tx: Transaction, program: str, entry_numbers: Collection[str]) -> list[str]:
    """Which of these entries have a request that is due, whether it can be posted today or not."""
    rows = await bulk.fetch(tx, _STILL_DUE, program, sorted(entry_numbers))
    return [row["entry_number"] for row in rows]


async def load_due(
    tx: Transaction, program: Definition, entry_numbers: Sequence[str], today: date
) -> dict[str, DueRow]:
    """What can be posted today of these entries, which are held; the requests are held too."""
    given = Given()
    due = _DUE.format(
        names=given.add([each.name for each in program.cohorts], "text[]"),
        days=given.add([each.after_days or 0 for each in program.cohorts], "integer[]"),
        today=given.add(today, "date"),
    )
    rows = await bulk.fetch(tx, asked_sql(program, entry_numbers, given) + due, *given.arguments)
    return {row["entry_number"]: DueRow(row["entry_number"], row["act"], row["writer"]) for row in rows}


def asked_sql(program: Definition, entry_numbers: Sequence[str], given: Given) -> str:
    """The requests for these entries that are due, as the judgment in SQL takes what is asked."""
    return _ASKED.format(
        by_filer=given.add("filer-of-entry" in program.declaring.by, "boolean"),
        by_importer=given.add("importer" in program.declaring.by, "boolean"),
        numbers=given.add(",".join(entry_numbers), "text"),
        program=given.add(program.program, "text"),
    )


async def measure_waiting_events(tx: Transaction) -> tuple[int, int]:
    """About how many events are still to be published, at most, and for how many seconds the oldest of them waits."""
    (row,) = await bulk.fetch(tx, _WAITING_EVENTS)
    return int(row["waiting"]), int(row["seconds"])


class NearDay(NamedTuple):
    """An entry whose last day of the law comes near, or is over, while its refund waits."""

    entry_number: str
    act: str
    importer_number: str
    center: str | None
    last_day: date


async def list_near(
    tx: Transaction, program: Definition, until: date, *, after: str = "", limit: int = 100
) -> list[NearDay]:
    """Entries that wait with a last day until a day, in order of number."""
    rows = await bulk.fetch(tx, _NEAR_LIST, *cohort_arguments(program), until, after, limit)
    return [NearDay(*row.values()) for row in rows]


async def count_near(tx: Transaction, program: Definition, until: date) -> tuple[int, date | None]:
    """How many entries wait with a last day until a day, and the first of these days."""
    (row,) = await bulk.fetch(tx, _NEAR_COUNT, *cohort_arguments(program), until)
    return row["entries"], row["first"]


def cohort_arguments(program: Definition) -> tuple[str, list[str], list[int | None]]:
    """A program, its cohorts, and within how many days of a liquidation each may still act."""
    return program.program, [each.name for each in program.cohorts], [each.last_day for each in program.cohorts]


async def find_pace(tx: Transaction, run: Run) -> tuple[int, Decimal]:
    """What a run posted when it was last gone on with, in how many seconds; none while it has posted nothing."""
    (row,) = await bulk.fetch(tx, _PACE, run.program, run.run)
    return int(row["posted"]), Decimal(row["seconds"] or 0)


async def count_undetermined(tx: Transaction, program: str) -> int:
    """Entries that are posted and of which a fact of the money is still missing."""
    (row,) = await bulk.fetch(tx, _UNDETERMINED, program)
    return int(row["entries"])


async def list_open(tx: Transaction, program: str, after: str, limit: int) -> list[str]:
    """Entries of which a request is neither posted nor withdrawn, in order of number."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _OPEN, program, after, limit)]


async def withdraw_open(tx: Transaction, program: str, entry_numbers: Sequence[str], now: datetime) -> None:
    """Withdraw what is open of these entries."""
    await bulk.execute(tx, _WITHDRAW, program, list(entry_numbers), now)
