"""What reviews decided, and how well each criterion selects: hits, findings, money, reviewed shares."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.outcomes import FINDINGS, REVIEWED, Performance, Week
from services.routing.store.tables.outcomes import review_outcomes
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS: Final = ("decision_id", "entry_number", "process", "outcome", "effect_cents", "decided_at", "judged")
# A decision says one thing; should two events differ, the same one stands whichever came first.
_KEEP_LOWEST: Final = (
    "(decision_id) DO UPDATE SET entry_number = excluded.entry_number, process = excluded.process,"
    " outcome = excluded.outcome, effect_cents = excluded.effect_cents, decided_at = excluded.decided_at,"
    " judged = excluded.judged"
    " WHERE (excluded.decided_at, excluded.entry_number, excluded.process, excluded.outcome, excluded.effect_cents) <"
    " (review_outcomes.decided_at, review_outcomes.entry_number, review_outcomes.process, review_outcomes.outcome,"
    " review_outcomes.effect_cents)"
)
# A decision counts for a criterion that opened its process; for the random floor any does, since whatever is found in
# an entry drawn at random tells how much there is to find. What was found although the criterion was wrong is not its
# finding.
_MEASURE: Final = text("""
WITH hit AS (
    SELECT * FROM criterion_hits
    WHERE entry_date BETWEEN :first AND :last AND criterion_id = ANY(CAST(:criterion_ids AS text[]))
), counted AS (
    SELECT criterion_id, count(DISTINCT entry_number) FILTER (WHERE mode <> 'shadow') AS hits,
        count(DISTINCT entry_number) FILTER (WHERE mode = 'shadow') AS shadow_hits
    FROM hit GROUP BY criterion_id
), by_week AS (
    SELECT criterion_id, jsonb_agg(jsonb_build_array(week, hits) ORDER BY week) AS weeks
    FROM (
        SELECT criterion_id, date_trunc('week', entry_date)::date AS week, count(DISTINCT entry_number) AS hits
        FROM hit WHERE mode <> 'shadow' GROUP BY criterion_id, week
    ) AS weekly GROUP BY criterion_id
), decided AS (
    SELECT DISTINCT h.criterion_id, o.decision_id, o.outcome, o.effect_cents,
        coalesce(o.judged ->> h.criterion_id, '') AS judged
    FROM hit h JOIN review_outcomes o USING (entry_number)
        LEFT JOIN criteria c ON c.criterion_id = h.criterion_id AND c.revision = h.revision
    WHERE h.mode = 'floor' OR (h.mode = 'live' AND c.definition -> 'processes' @> to_jsonb(o.process))
), found AS (
    SELECT criterion_id, count(*) FILTER (WHERE outcome = ANY(CAST(:reviewed AS text[]))) AS reviewed,
        count(*) FILTER (WHERE outcome = 'refer') AS referred,
        count(*) FILTER (WHERE outcome = ANY(CAST(:findings AS text[])) AND judged <> 'wrong') AS findings,
        count(*) FILTER (WHERE judged = 'right') AS found_right,
        count(*) FILTER (WHERE judged = 'wrong') AS found_wrong,
        coalesce(sum(effect_cents) FILTER (WHERE effect_cents > 0 AND judged <> 'wrong'), 0) AS increase_cents,
        coalesce(-sum(effect_cents) FILTER (WHERE effect_cents < 0 AND judged <> 'wrong'), 0) AS refund_cents
    FROM decided GROUP BY criterion_id
)
SELECT criterion_id, hits, shadow_hits, coalesce(reviewed, 0) AS reviewed, coalesce(referred, 0) AS referred,
    coalesce(findings, 0) AS findings, coalesce(increase_cents, 0) AS increase_cents,
    coalesce(refund_cents, 0) AS refund_cents, coalesce(found_right, 0) AS found_right,
    coalesce(found_wrong, 0) AS found_wrong, coalesce(weeks, '[]') AS weeks
FROM counted LEFT JOIN by_week USING (criterion_id) LEFT JOIN found USING (criterion_id)
""")
_COUNT_ENTRIES: Final = text(
    "SELECT count(DISTINCT entry_number) FROM routing_decisions WHERE entry_date BETWEEN :first AND :last"
)
_REVIEWED_SHARES: Final = text("""
SELECT to_char(d.entry_date, 'YYYY-MM') AS month,
    coalesce(d.decision -> 'trusted_programs', '[]') <> '[]' AS is_trusted,
    count(*) AS entries, count(*) FILTER (WHERE d.lane <> 'no-review') AS reviewed
FROM routing_decisions d
WHERE d.entry_date BETWEEN :first AND :last AND NOT EXISTS (
    SELECT FROM routing_decisions newer WHERE newer.entry_number = d.entry_number AND newer.version > d.version
)
GROUP BY month, is_trusted ORDER BY month, is_trusted
""")


class Outcome(NamedTuple):
    """A review decided; the effect is on duty and fees in cents, positive for an increase.

    `judged` says of criteria whether the reviewer found them `right` or `wrong`.
    """

    decision_id: str
    entry_number: str
    process: str
    outcome: str
    effect_cents: int
    decided_at: datetime
    judged: Mapping[str, str]


class ReviewedShare(NamedTuple):
    """How many entries of a month were selected for review, of trusted accounts or of the others."""

    month: str
    is_trusted: bool
    entries: int
    reviewed: int


async def write(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Write outcomes, each decision once."""
    lowest: dict[str, Outcome] = {}
    for item in sorted(outcomes, key=_order):
        lowest.setdefault(item.decision_id, item)
    rows = [(*item[:-1], orjson.dumps(dict(item.judged)).decode()) for item in lowest.values()]
    await bulk.insert(tx, review_outcomes, _COLUMNS, rows, on_conflict=_KEEP_LOWEST)


async def measure(
    connection: AsyncConnection, first: date, last: date, criterion_ids: Sequence[str]
) -> dict[str, Performance]:
    """These criteria, by id, over the entry dates of a period, both days included."""
    span = {"first": first, "last": last}
    entries = int(await connection.scalar(_COUNT_ENTRIES, span) or 0)
    asked = {"criterion_ids": list(criterion_ids), "findings": list(FINDINGS), "reviewed": list(REVIEWED)}
    measured = {item: Performance(item, entries) for item in criterion_ids}
    for row in await connection.execute(_MEASURE, {**span, **asked}):
        measured[row.criterion_id] = _performance(row, entries)
    return measured


async def count_reviewed(connection: AsyncConnection, first: date, last: date) -> list[ReviewedShare]:
    """Entries and those selected for review by month, of trusted accounts and of the others, by newest decision."""
    rows = await connection.execute(_REVIEWED_SHARES, {"first": first, "last": last})
    return [ReviewedShare(row.month, row.is_trusted, row.entries, row.reviewed) for row in rows]


def _performance(row: Row[Any], entries: int) -> Performance:
    return Performance(
        criterion_id=row.criterion_id,
        entries=entries,
        hits=row.hits,
        shadow_hits=row.shadow_hits,
        reviewed=row.reviewed,
        referred=row.referred,
        findings=row.findings,
        increase_cents=int(row.increase_cents),
        refund_cents=int(row.refund_cents),
        found_right=row.found_right,
        found_wrong=row.found_wrong,
        weeks=tuple(Week(date.fromisoformat(begins_on), hits) for begins_on, hits in row.weeks),
    )


def _order(item: Outcome) -> tuple[str, datetime, str, str, str, int]:
    return item.decision_id, item.decided_at, item.entry_number, item.process, item.outcome, item.effect_cents
