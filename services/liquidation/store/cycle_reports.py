"""What a cycle did with each entry against what its cut sheet had said, compared in SQL, with why the two differ."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from services.liquidation.domain.cycle_cut import Unseen
from services.liquidation.store.sight import centers_within, in_centers
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

Way = Literal["left-out", "added", "otherwise"]
"""How an entry differs: the cycle did not take what the sheet names, took what it does not name, or treated it
otherwise."""

_LEGAL_DAY: Final = "({} AT TIME ZONE 'America/New_York')::date"
_TAKEN: Final = "('deemed', 'by-decision', 'as-entered')"

# $1 the Friday, $2 the dry run of its cut sheet, $3 when that was made, $4 when the cycle ran, $5 the Wednesday cut.
# What was voided later was done all the same.
_DONE: Final = f"""
WITH given AS (SELECT $1::date, $2::integer, $3::timestamptz, $4::timestamptz, $5::timestamptz),
by_hand AS MATERIALIZED (
    SELECT DISTINCT entry_number FROM legal_events
    WHERE change = 'liquidated' AND actor IS NOT NULL
        AND occurred_on BETWEEN least($1, {_LEGAL_DAY.format("$3")}) AND {_LEGAL_DAY.format("$4")}
),
taken AS (
    SELECT e.entry_number, CASE WHEN e.liquidation_kind = 'deemed' THEN 'deemed'
        WHEN (
            SELECT true FROM review_decisions d
            WHERE d.entry_number = e.entry_number AND d.status = 'effective' LIMIT 1
        ) THEN 'by-decision' ELSE 'as-entered' END AS did
    FROM entries e WHERE e.liquidation_cycle_on = $1
    UNION ALL
    SELECT v.entry_number, CASE WHEN v.liquidation_kind = 'deemed' THEN 'deemed'
        WHEN v.liquidation_kind <> 'no-change' OR EXISTS (
            SELECT FROM review_decisions d WHERE d.entry_number = v.entry_number AND d.decided_at <= $5
                AND d.status IN ('applied', 'effective') AND d.outcome IN ('no-change', 'increase', 'refund')
        ) THEN 'by-decision' ELSE 'as-entered' END
    FROM voided_liquidations v WHERE v.liquidation_cycle_on = $1
),
held AS (
    SELECT DISTINCT entry_number FROM held_entries
    WHERE first_held_on <= $1 AND (last_held_on > $1 OR (last_held_on = $1 AND NOT is_overridden))
),
done AS (
    SELECT coalesce(t.entry_number, h.entry_number) AS entry_number, coalesce(t.did, 'held') AS did
    FROM taken t FULL JOIN held h ON h.entry_number = t.entry_number
),
compared AS (
    SELECT coalesce(s.entry_number, x.entry_number) AS entry_number, s.disposition AS said, x.did,
        CASE WHEN s.disposition IS NOT DISTINCT FROM x.did THEN NULL
            WHEN s.disposition IN {_TAKEN} AND coalesce(x.did, 'held') = 'held' THEN 'left-out'
            WHEN x.did IN {_TAKEN} AND coalesce(s.disposition, 'held') = 'held' THEN 'added'
            ELSE 'otherwise' END AS way
    FROM (SELECT entry_number, disposition FROM forecast_entries WHERE cycle_on = $1 AND number = $2) s
    FULL JOIN done x ON x.entry_number = s.entry_number
)"""
# Each question is asked of the few entries that differ, one by one and only when those before it said no. An extension
# of the very period in which the Friday lies came after the sheet, whenever it says that it was posted; a summary is
# new when it was filed since, or came late.
_SINCE: Final = "> $3 AND {0} <= $4"
_IS_BY_HAND: Final = "(SELECT true FROM by_hand b WHERE b.entry_number = c.entry_number LIMIT 1)"
_IS_SUSPENDED: Final = f"""(
    SELECT true FROM suspensions s WHERE s.entry_number = c.entry_number AND s.began_on <= {_LEGAL_DAY.format("$4")}
        AND (s.lift_noticed_on IS NULL OR s.lift_noticed_on > {_LEGAL_DAY.format("$4")}) LIMIT 1
)"""
_IS_EXTENDED: Final = f"""(
    SELECT true FROM extensions x WHERE x.entry_number = c.entry_number
        AND x.period_ended_on >= $1 AND x.posted_on <= {_LEGAL_DAY.format("$4")} LIMIT 1
)"""
_NEW_VERSION: Final = f"""(
    SELECT max(v.version) FROM entry_versions v WHERE v.entry_number = c.entry_number
        AND (v.filed_at {_SINCE.format("v.filed_at")} OR v.recorded_at {_SINCE.format("v.recorded_at")})
)"""
_HAS_NEW_FACTS: Final = f"""(
    SELECT true FROM clock_facts f
    WHERE f.entry_number = c.entry_number AND f.recorded_at {_SINCE.format("f.recorded_at")} LIMIT 1
)"""
_IS_VOIDED: Final = f"""(
    SELECT true FROM voided_liquidations v WHERE v.entry_number = c.entry_number
        AND v.voided_on BETWEEN {_LEGAL_DAY.format("$3")} AND {_LEGAL_DAY.format("$4")} LIMIT 1
)"""
_IS_LIFTED: Final = f"""(
    SELECT true FROM suspensions s JOIN instructions i ON i.instruction_id = s.lift_instruction_id
    WHERE s.entry_number = c.entry_number AND i.confirmed_at {_SINCE.format("i.confirmed_at")} LIMIT 1
)"""
_WHY: Final = f"""
CASE WHEN c.did = 'deemed' THEN 'period ended'
    WHEN c.did = 'held' THEN 'held'
    WHEN c.did IS NOT NULL AND c.said = 'held' THEN 'no longer held'
    WHEN c.did = 'by-decision' AND c.said IS NOT NULL THEN 'decision came'
    WHEN c.did IS NOT NULL AND c.said = 'by-decision' THEN 'decision without effect'
    WHEN c.did IS NOT NULL AND c.said = 'deemed' THEN 'period had not ended'
    WHEN c.did IS NOT NULL AND {_IS_VOIDED} THEN 'liquidation voided since'
    WHEN c.did IS NOT NULL AND {_IS_LIFTED} THEN 'suspension lifted since'
    WHEN c.did IS NOT NULL AND {_NEW_VERSION} = 1 THEN 'filed since'
    WHEN c.did IS NULL AND {_IS_BY_HAND} THEN 'liquidated by hand'
    WHEN c.did IS NULL AND {_IS_SUSPENDED} THEN 'suspended since'
    WHEN c.did IS NULL AND {_IS_EXTENDED} THEN 'extended since'
    WHEN c.did IS NULL AND e.is_suspended THEN 'suspended since'
    WHEN {_NEW_VERSION} IS NOT NULL THEN 'corrected since'
    WHEN {_HAS_NEW_FACTS} THEN 'clock facts recorded since'
    WHEN c.did IS NOT NULL THEN 'became due since'
    ELSE 'no longer due' END"""
_COUNT: Final = f"""
{_DONE}
SELECT said, did, way, why, count(*) AS entries FROM (
    SELECT c.said, c.did, c.way, {_WHY} AS why
    FROM compared c JOIN entries e ON e.entry_number = c.entry_number WHERE c.way IS NOT NULL
    UNION ALL
    SELECT said, did, NULL, NULL FROM compared WHERE way IS NULL
) counted GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 4
"""
_LIST: Final = f"""
{_DONE}
SELECT * FROM (
    SELECT c.entry_number, c.said, c.did, c.way, {_WHY} AS why, e.state, e.center
    FROM compared c JOIN entries e ON e.entry_number = c.entry_number
    WHERE c.way = coalesce($6::text, c.way) AND c.entry_number > $8::text AND {in_centers("$10")}
) differing
WHERE why = coalesce($7::text, why) ORDER BY entry_number LIMIT $9::integer
"""


@dataclass(frozen=True, slots=True)
class Basis:
    """The cut sheet that two people confirmed, by its dry run, and the run that it is compared with."""

    friday: date
    revision: int
    forecast_number: int
    made_at: datetime
    run_at: datetime
    cutoff: datetime
    unseen: Unseen

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The parameters of the comparison."""
        return self.friday, self.forecast_number, self.made_at, self.run_at, self.cutoff


@dataclass(frozen=True, slots=True)
class Compared:
    """Entries of which the sheet said and the cycle did the same things; `way` and `why` are None where these agree.

    None for `said`: not on the sheet; for `did`: neither taken nor held back.
    """

    said: str | None
    did: str | None
    way: Way | None
    why: str | None
    entries: int


@dataclass(frozen=True, slots=True)
class DifferingEntry:
    """An entry that the cycle did not treat as the sheet said, and why; its state and Center now."""

    entry_number: str
    said: str | None
    did: str | None
    way: Way
    why: str
    state: str
    center: str | None


async def count_compared(tx: Transaction, basis: Basis) -> list[Compared]:
    """What a cut sheet said against what the cycle did, counted; the most entries first."""
    return [Compared(**dict(row)) for row in await bulk.fetch(tx, _COUNT, *basis.arguments)]


async def list_differing(
    tx: Transaction, basis: Basis, reach: Reach, *, way: Way | None, why: str | None, after: str | None, limit: int
) -> list[DifferingEntry]:
    """The entries reached that differ, in order of number; of one way and reason when these are given."""
    rows = await bulk.fetch(tx, _LIST, *basis.arguments, way, why, after or "", limit, centers_within(reach))
    return [DifferingEntry(**dict(row)) for row in rows]
