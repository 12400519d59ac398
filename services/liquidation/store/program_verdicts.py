"""Verdicts of a program over any number of entries as one statement: the same as `judge`, by a property test.

Trials use it: nothing is written, and a revision that is not released can be tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.assessment import MINIMUM_CENTS
from services.liquidation.domain.money.settings import MoneySettings
from services.liquidation.domain.program.definition import Cohort, Definition, Exclusion
from services.liquidation.domain.program.judging import Answer
from services.liquidation.domain.program.refunds import UNKNOWN_PAYEE, Growth, drops_small, list_growths
from services.liquidation.domain.protest.timeliness import liquidation_window
from services.liquidation.store.program_facts import LIQUIDATED_ON, facts_sql
from services.liquidation.store.program_rolls import RECEIVED_ON
from services.liquidation.store.program_runs import asked_sql
from services.liquidation.store.program_sql import (
    Given,
    covered_sql,
    meant_sql,
    removed_sql,
    revives_sql,
    undeclared_sql,
    within_sql,
)
from shared.customs.entry_types import entry_types
from shared.db import bulk
from shared.db.engine import Patience
from shared.db.transaction import Transaction, be_patient

TRIAL_PATIENCE: Final = Patience(lock=5, statement=3_600)
"""A trial looks at every entry that a program reaches: minutes for a nation."""

_LIQUIDATIONS: Final = f"""
SELECT DISTINCT {LIQUIDATED_ON} AS liquidated_on, e.liquidation_posted_on AS posted_on
FROM entries e WHERE {LIQUIDATED_ON} IS NOT NULL
"""
_LIQUIDATIONS_OF: Final = f"{_LIQUIDATIONS} AND e.entry_number = ANY(string_to_array($1, ','))"


_PAYMENTS: Final = """
SELECT DISTINCT e.paid_on FROM special_duties d
JOIN entries e ON e.entry_number = d.entry_number AND e.version = d.version
WHERE {within} AND e.paid_on IS NOT NULL
"""
_GROWTHS: Final = ("date[]", "text[]", "numeric[]")
_NATURAL_PERSON: Final = "^[0-9]{3}-[0-9]{2}-[0-9]{4}$"
"""A social security number, as `kind_of` tells it."""


class AskedRow(NamedTuple):
    """An entry that is asked for: when received, whether by somebody who may, whether behind another request.

    Of what a program offers, on which day, and what the importer answered.
    """

    entry_number: str
    received_on: date
    is_entitled: bool
    is_behind: bool
    answer: Answer | None = None
    offered_on: date | None = None


class VerdictRow(NamedTuple):
    """What the statement says of an entry."""

    entry_number: str
    code: str | None
    cohort: str | None
    removed_cents: int
    notes: tuple[str, ...]
    last_day: date | None


@dataclass(frozen=True, slots=True)
class TrialLine:
    """Entries of one cohort, code, Center, month of entry and readiness of the payee; an example stands for them.

    `likely_cents` is what would be refunded: the duty that is removed with interest to the day of the trial, without
    what is small and disregarded.
    """

    cohort: str | None
    code: str | None
    state: str
    center: str | None
    month: str | None
    readiness: str | None
    entries: int
    removed_cents: int
    likely_cents: int
    example: str


async def judge_in_sql(
    tx: Transaction, program: Definition, asked: Sequence[AskedRow], today: date, law: LawSettings
) -> list[VerdictRow]:
    """The verdict of each entry that is asked for, in order of number."""
    given = Given()
    kinds = ("text[]", "date[]", "boolean[]", "boolean[]", "text[]", "date[]")
    columns = [list(each) for each in zip(*asked, strict=True)] or [[] for _ in kinds]
    arrays = ", ".join(given.add(column, kind) for column, kind in zip(columns, kinds, strict=True))
    source = f"SELECT * FROM unnest({arrays}) AS a({', '.join(AskedRow._fields)})"
    windows = await _list_windows(tx, law, [each.entry_number for each in asked])
    verdicts = _verdicts_sql(program, source, today, given, windows)
    sql = f"""{verdicts}
        SELECT entry_number, code, cohort, removed_cents, notes, last_day FROM verdicts ORDER BY entry_number"""
    rows = await bulk.fetch(tx, sql, *given.arguments)
    return [
        VerdictRow(
            row["entry_number"],
            row["code"],
            row["cohort"],
            row["removed_cents"],
            tuple(row["notes"]),
            row["last_day"],
        )
        for row in rows
    ]


async def list_differing(
    tx: Transaction, program: Definition, entry_numbers: Sequence[str], today: date, law: LawSettings
) -> set[str]:
    """Which of these entries, whose requests can be posted today as it is written, are not due so by what is known."""
    given = Given()
    source = asked_sql(program, entry_numbers, given)
    verdicts = _verdicts_sql(program, source, today, given, await _list_windows(tx, law, entry_numbers), is_chunk=True)
    sql = f"""{verdicts}
        SELECT v.entry_number FROM verdicts v
        JOIN declared_entries r ON r.entry_number = v.entry_number AND r.state = 'due'
            AND r.program = {given.add(program.program, "text")}
        WHERE (v.state, v.cohort, v.removed_cents) IS DISTINCT FROM ('due', r.cohort, r.removed_cents)"""
    return {row["entry_number"] for row in await bulk.fetch(tx, sql, *given.arguments)}


async def try_program(
    tx: Transaction,
    program: Definition,
    today: date,
    law: LawSettings,
    money: MoneySettings,
    *,
    is_of_undeclared: bool = False,
) -> list[TrialLine]:
    """What the program would do if today every importer asked for all that it reaches, or all that nobody declared.

    Interest is reckoned for each day of payment and kind of payee, as assessments do it, and multiplied in SQL. Without
    a known payment there is none, and an importer of unknown kind is reckoned at the lower rate.
    """
    await be_patient(tx, TRIAL_PATIENCE)
    given = Given()
    within = within_sql("d.hts", ((each.headings.first, each.headings.last) for each in program.removes), given)
    day = given.add(today, "date")
    received = day if program.is_asked_for else RECEIVED_ON.format(since=given.add(program.declaring.since, "date"))
    source = f"""SELECT DISTINCT d.entry_number, {received} AS received_on, true AS is_entitled,
        false AS is_behind, NULL::text AS answer, {day} AS offered_on
        FROM special_duties d JOIN entries e ON e.entry_number = d.entry_number AND e.version = d.version
        WHERE {within}"""
    if is_of_undeclared:
        source += f" AND {undeclared_sql(program, 'd.entry_number', given)}"
    verdicts = _verdicts_sql(program, source, today, given, await _list_windows(tx, law))
    sql = f"""{verdicts},
refunds AS ({_refunds_sql(program, today, await _list_growths(tx, program, today, money), given)})
        SELECT cohort, code, state, center, to_char(entry_date, 'YYYY-MM') AS month, readiness,
            count(*) AS entries, sum(removed_cents)::bigint AS removed_cents, sum(likely_cents)::bigint AS likely_cents,
            min(entry_number) AS example
        FROM refunds GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 2 NULLS FIRST, 1, 4, 5, 6"""
    return [TrialLine(**dict(row)) for row in await bulk.fetch(tx, sql, *given.arguments)]


async def _list_growths(tx: Transaction, program: Definition, today: date, money: MoneySettings) -> list[Growth]:
    given = Given()
    within = within_sql("d.hts", ((each.headings.first, each.headings.last) for each in program.removes), given)
    rows = await bulk.fetch(tx, _PAYMENTS.format(within=within), *given.arguments)
    return list_growths(program.money, [row["paid_on"] for row in rows], today, money)


def _refunds_sql(program: Definition, today: date, growths: Sequence[Growth], given: Given) -> str:
    """Verdicts with what would be refunded: duty and interest, or nothing where that is small and disregarded."""
    days, payees, shares = (given.add([each[place] for each in growths], kind) for place, kind in enumerate(_GROWTHS))
    names = given.add([each.name for each in program.cohorts], "text[]")
    of_formal, of_informal = (
        given.add([drops_small(program, each, is_informal=is_informal) for each in program.cohorts], "boolean[]")
        for is_informal in (False, True)
    )
    return f"""
    SELECT reckoned.*,
        CASE WHEN drops AND total_cents < {MINIMUM_CENTS} THEN 0 ELSE total_cents END AS likely_cents
    FROM (
        SELECT v.*, CASE WHEN e.is_informal THEN c.of_informal ELSE c.of_formal END AS drops,
            (v.removed_cents + round(v.removed_cents * coalesce(g.share, 0)))::bigint AS total_cents
        FROM verdicts v LEFT JOIN entries e ON e.entry_number = v.entry_number
        LEFT JOIN unnest({names}, {of_formal}, {of_informal}) AS c(name, of_formal, of_informal) ON c.name = v.cohort
        LEFT JOIN LATERAL (SELECT a.is_corporation FROM importer_refund_accounts a
            WHERE a.importer_number = e.importer_number AND a.effective_on <= {given.add(today, "date")}
            ORDER BY a.revision DESC LIMIT 1) AS account ON true
        LEFT JOIN unnest({days}, {payees}, {shares}) AS g(paid_on, payee, share)
            ON g.paid_on = e.paid_on AND NOT 'money-open' = ANY(v.notes) AND g.payee = CASE
                WHEN NOT coalesce(account.is_corporation, e.importer_number !~ '{_NATURAL_PERSON}')
                THEN 'non-corporate' ELSE '{UNKNOWN_PAYEE}' END
    ) AS reckoned"""


async def _list_windows(
    tx: Transaction, law: LawSettings, entry_numbers: Sequence[str] | None = None
) -> list[tuple[date, date | None, date]]:
    """Until when each liquidation is protested: as many as there are days of liquidation, so reckoned once each."""
    rows = (
        await bulk.fetch(tx, _LIQUIDATIONS)
        if entry_numbers is None
        else await bulk.fetch(tx, _LIQUIDATIONS_OF, ",".join(entry_numbers))
    )
    days = [(row["liquidated_on"], row["posted_on"]) for row in rows]
    return [(on, posted, liquidation_window(on, posted, None, law).safe) for on, posted in days]


def _verdicts_sql(
    program: Definition,
    asked: str,
    today: date,
    given: Given,
    windows: Sequence[tuple[date, date | None, date]],
    *,
    is_chunk: bool = False,
) -> str:
    """Verdicts of a program over any number of entries, as a statement; of a chunk the facts are found once."""
    day = given.add(today, "date")
    liquidated, posted, protest_by = (given.add([each[place] for each in windows], "date[]") for place in range(3))
    cohorts = list(program.cohorts)
    chosen = " ".join(f"WHEN {_fits(each, given)} THEN {place}" for place, each in enumerate(cohorts))
    names, acts = given.add([each.name for each in cohorts], "text[]"), given.add([c.act for c in cohorts], "text[]")
    ons, untils = given.add([c.on for c in cohorts], "date[]"), given.add([c.until for c in cohorts], "date[]")
    lasts = given.add([each.last_day for each in cohorts], "integer[]")
    excludes = "\n            ".join(f"WHEN {_excludes(each)} THEN '{each}'" for each in program.excludes)
    exclude_types = given.add(list(program.exclude_types), "text[]")
    base = "coalesce(sums.lacks_base, false)" if program.money.base_check == "review" else "false"
    is_offered = "true" if program.intake == "offered" else "false"
    answer_by = f"(known.offered_on + {given.add(program.offering.answer_days, 'integer')})"
    silent = f"coalesce({is_offered} AND known.answer IS NULL AND {answer_by} < {day}, false)"
    unanswered = silent if program.offering.silence == "drop" else "false"
    product = "known.is_product IS FALSE" if program.goods.product is not None else "false"
    unlooked = "is_product IS NULL" if program.goods.product is not None else "false"
    unknown_days = given.add(program.unknown_days, "integer")
    return f"""
WITH asked AS ({asked}),
meant AS (
    SELECT d.entry_number, d.duty_cents, {removed_sql(program, given)} AS is_removed,
        (d.preference IS NULL AND d.base_owed_cents IS NOT NULL AND d.base_duty_cents < d.base_owed_cents
            AND d.duty_cents > 0) AS lacks_base,
        {revives_sql(program, given)} AS revives
    FROM asked a JOIN entries e ON e.entry_number = a.entry_number
    JOIN special_duties d ON d.entry_number = e.entry_number AND d.version = e.version
    WHERE {meant_sql(program, given)}
),
sums AS (
    SELECT entry_number, count(*) FILTER (WHERE is_removed) AS removed,
        coalesce(sum(duty_cents) FILTER (WHERE is_removed), 0)::bigint AS removed_cents,
        bool_or(is_removed AND lacks_base) AS lacks_base, bool_or(is_removed AND revives) AS revives
    FROM meant GROUP BY entry_number
),
facts AS {"MATERIALIZED" if is_chunk else ""} (
    SELECT {facts_sql(program, given, day)}
    FROM asked a JOIN entries e ON e.entry_number = a.entry_number AND e.version IS NOT NULL
),
known AS (
    SELECT asked.received_on, asked.is_entitled, asked.is_behind, asked.answer, asked.offered_on,
        asked.entry_number AS number, facts.*, w.protest_by,
        (CASE {chosen or "WHEN false THEN 0"} END) AS place
    FROM asked LEFT JOIN facts ON facts.entry_number = asked.entry_number
    LEFT JOIN unnest({liquidated}, {posted}, {protest_by}) AS w(liquidated_on, posted_on, protest_by)
        ON w.liquidated_on = facts.liquidated_on AND w.posted_on IS NOT DISTINCT FROM facts.liquidation_posted_on
),
placed AS (
    SELECT known.*, c.name AS cohort, c.act, c.last_day AS acts_within,
        coalesce(c.opens_on <= known.received_on, false)
            AND (c.until IS NULL OR known.received_on <= c.until) AS is_open
    FROM known LEFT JOIN unnest({names}, {acts}, {ons}, {untils}, {lasts})
        WITH ORDINALITY AS c(name, act, opens_on, until, last_day, place) ON c.place = known.place + 1
),
coded AS (
    SELECT known.*, coalesce(sums.removed_cents, 0) AS found_cents, CASE
            WHEN known.entry_number IS NULL THEN 'unknown-entry'
            WHEN NOT known.is_entitled THEN 'not-yours'
            WHEN known.is_behind THEN 'already-declared'
            WHEN NOT {covered_sql(program, "known.entry_date", given)} THEN 'entered-outside'
            WHEN sums.entry_number IS NULL THEN 'no-heading'
            WHEN sums.removed = 0 THEN 'heading-out-of-dates'
            WHEN known.entry_type = ANY({exclude_types}) THEN 'entry-type'
            {excludes}
            WHEN known.has_overlap THEN 'effects-overlap'
            WHEN coalesce(sums.revives, false) THEN 'stacking-revives'
            WHEN {base} THEN 'base-duty-missing'
            WHEN {product} THEN 'not-the-product'
            WHEN known.cohort IS NULL AND known.liquidated_on IS NULL THEN 'cohort-off'
            WHEN known.cohort IS NULL AND (known.protest_by IS NULL OR known.received_on > known.protest_by)
                THEN 'final-1514'
            WHEN known.cohort IS NULL THEN 'final-1501'
            WHEN NOT known.is_open THEN 'cohort-off'
            WHEN known.act = 'refuse' THEN 'entry-type'
            WHEN {day} > known.liquidated_on + known.acts_within THEN 'too-near-day-90'
            WHEN {unanswered} THEN 'not-answered'
        END AS code, {silent} AS is_silent, {answer_by} AS answer_by
    FROM placed AS known LEFT JOIN sums ON sums.entry_number = known.entry_number
),
noted AS (
    SELECT coded.*,
        CASE WHEN code IS NULL THEN array_remove(ARRAY[
            CASE WHEN found_cents = 0 THEN 'nothing-to-refund' END,
            CASE WHEN act = 'at-cycle' THEN 'waits-suspension' END,
            CASE WHEN act = 'with-warehouse-entry' THEN 'waits-warehouse' END,
            CASE WHEN is_in_review OR {unlooked} THEN 'waits-review' END,
            CASE WHEN {is_offered} AND answer IS NULL AND NOT is_silent THEN 'waits-answer' END,
            CASE WHEN answer = 'contest' THEN 'waits-contest' END,
            CASE WHEN NOT is_payment_known THEN 'money-open' END,
            CASE WHEN readiness = 'not-ready' THEN 'payee-not-ready' END,
            CASE WHEN readiness = 'unknown' THEN 'payee-unknown' END
        ], NULL) ELSE '{{}}'::text[] END AS notes
    FROM coded
),
verdicts AS (
    SELECT number AS entry_number, code, center, entry_date, readiness, notes,
        CASE WHEN code IS NULL OR code IN ('cohort-off', 'too-near-day-90', 'not-answered')
            OR (code = 'entry-type' AND act = 'refuse' AND NOT entry_type = ANY({exclude_types}))
            THEN cohort END AS cohort,
        CASE WHEN code IS NULL THEN found_cents ELSE 0 END AS removed_cents,
        CASE WHEN code = 'unknown-entry' THEN received_on + {unknown_days}
            WHEN code IS NULL AND 'waits-answer' = ANY(notes) THEN answer_by
            WHEN code = 'cohort-off' AND (cohort IS NULL OR act = 'refuse') THEN NULL
            WHEN code IN ('no-heading', 'heading-out-of-dates', 'entered-outside', 'base-duty-missing', 'final-1501',
                'cohort-off', 'too-near-day-90', 'not-answered') THEN protest_by
        END AS last_day,
        CASE WHEN code IS NOT NULL THEN 'dropped' WHEN 'nothing-to-refund' = ANY(notes) THEN 'nothing'
            WHEN notes && ARRAY['waits-suspension', 'waits-warehouse', 'waits-review', 'waits-answer',
                'waits-contest'] THEN 'waiting'
            ELSE 'due' END AS state
    FROM noted
)"""


def _excludes(exclusion: Exclusion) -> str:
    if exclusion == "lifted-pending":
        # What was suspended when it was asked for was taken as such.
        return """known."lifted-pending" AND known.lifted_on <= known.received_on"""
    return f'known."{exclusion}"'


def _fits(cohort: Cohort, given: Given) -> str:
    when = cohort.when
    parts = []
    if when.category is not None:
        codes = [code for code, kind in entry_types().items() if kind.category == when.category]
        parts.append(f"facts.entry_type = ANY({given.add(codes, 'text[]')})")
    if when.entry_types:
        parts.append(f"facts.entry_type = ANY({given.add(list(when.entry_types), 'text[]')})")
    for column, wanted in (("facts.is_suspended", when.is_suspended), ("facts.is_informal", when.is_informal)):
        if wanted is not None:
            parts.append(column if wanted else f"NOT {column}")
    if when.is_liquidated is not None:
        parts.append(f"facts.liquidated_on IS {'NOT ' if when.is_liquidated else ''}NULL")
    if cohort.importers:
        parts.append(f"facts.importer_number = ANY({given.add(list(cohort.importers), 'text[]')})")
    if when.liquidated_days is not None:
        first, last = when.liquidated_days
        # greatest() leaves a null out: an entry that is not liquidated is in no days.
        parts.append("facts.liquidated_on IS NOT NULL")
        parts.append(f"greatest(asked.received_on - facts.liquidated_on, 0) >= {given.add(first, 'integer')}")
        if last is not None:
            parts.append(f"greatest(asked.received_on - facts.liquidated_on, 0) <= {given.add(last, 'integer')}")
    return " AND ".join(parts) or "true"
