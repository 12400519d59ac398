"""The deadline radar: running entries by cause and by the days left in which CBP acts (`act_by`).

Counts go by the index of these days alone; what is rarer (decisions that wait, requests, holds) is counted from its
own side and joined to it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, get_args

from services.liquidation.domain.clocks import MAX_EXTENDED_MONTHS
from services.liquidation.store.hold_sets import HORIZONS, HoldSet
from services.liquidation.store.predicates import compile_predicate
from services.liquidation.store.sight import centers_within, in_centers
from services.liquidation.store.tables.records import ACT_BY, RUNS
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

Horizon = Literal["past", "1", "7", "14", "30", "60", "90"]
Cause = Literal["any", "review-open", "request-open", "suspension-lifted", "held", "extension-needed"]

DRAFTED_DAYS: Final = 60
"""An extension is drafted so many days before the period ends, so that its notice can be posted in time."""

_FARTHEST: Final = HORIZONS[-1]
_REQUEST_DAYS: Final = 366  # no period is longer than a year, and a request is for the period in which it is made

# $1 is today in every statement.
ENDS_SOON: Final = f"{RUNS} AND NOT e.is_informal AND {ACT_BY} <= $1::date + {_FARTHEST}"
_IN_REVIEW: Final = "e.lane IN ('document-review', 'enforcement')"
_WAITS: Final = "d.status = 'applied' AND d.outcome IN ('no-change', 'increase', 'refund')"
_UNDECIDED: Final = (
    f"{_IN_REVIEW} AND NOT EXISTS (SELECT FROM review_decisions d WHERE d.entry_number = e.entry_number AND {_WAITS})"
)
_MAY_EXTEND: Final = f"e.extended_months < {MAX_EXTENDED_MONTHS} AND {ACT_BY} <= $1::date + {DRAFTED_DAYS}"
_REQUESTED: Final = f"""
SELECT named AS entry_number, min((f.received_at AT TIME ZONE 'America/New_York')::date) AS requested_on
FROM post_entry_filings f CROSS JOIN LATERAL jsonb_array_elements_text(f.entries) AS named
WHERE f.kind = 'extension-request' AND f.received_at >= $1::date - {_REQUEST_DAYS}
    AND NOT EXISTS (
        SELECT FROM extensions x WHERE x.entry_number = named
            AND x.posted_on >= (f.received_at AT TIME ZONE 'America/New_York')::date
    )
GROUP BY named
"""
# What is open by entry: the importer's written request, and CBP's own to the importer (CBP 28, CBP 29). Of these only a
# CBP 28 says that CBP lacks information (ext-reasons): a CBP 29 proposes an action on what it has.
_ASKED: Final = f"""
SELECT coalesce(importers.entry_number, own.entry_number) AS entry_number, importers.requested_on, own.lacks_information
FROM ({_REQUESTED}) importers
FULL JOIN (
    SELECT r.entry_number, bool_or(r.form = 'CBP-28') AS lacks_information
    FROM information_requests r WHERE r.closed_on IS NULL GROUP BY r.entry_number
) own ON own.entry_number = importers.entry_number
"""
OF_ASKED: Final = f"JOIN ({_ASKED}) asked ON asked.entry_number = e.entry_number"
_HAS_REASON: Final = "(asked.requested_on IS NOT NULL OR asked.lacks_information)"
_IS_LIFTED: Final = "e.deemed_rule IN ('susp-lift-6mo', 'susp-lift-extended')"
_COUNT_ALL: Final = f"""
SELECT {ACT_BY} AS act_by, count(*) AS any, count(*) FILTER (WHERE {_IN_REVIEW}) AS in_review,
    count(*) FILTER (WHERE {_IN_REVIEW} AND {_MAY_EXTEND}) AS extendable,
    count(*) FILTER (WHERE {_IS_LIFTED}) AS lifted
FROM entries e WHERE {ENDS_SOON} AND {in_centers("$2")} GROUP BY {ACT_BY}
"""
_COUNT_DECIDED: Final = f"""
SELECT {ACT_BY} AS act_by, count(*) AS in_review, count(*) FILTER (WHERE {_MAY_EXTEND}) AS extendable
FROM (SELECT DISTINCT d.entry_number FROM review_decisions d WHERE {_WAITS}) decided
JOIN entries e ON e.entry_number = decided.entry_number WHERE {ENDS_SOON} AND {_IN_REVIEW} AND {in_centers("$2")}
GROUP BY {ACT_BY}
"""
_COUNT_REQUESTED: Final = f"""
SELECT {ACT_BY} AS act_by, count(*) AS requested,
    count(*) FILTER (WHERE {_MAY_EXTEND} AND {_HAS_REASON} AND ({_UNDECIDED}) IS NOT TRUE) AS extendable
FROM entries e {OF_ASKED} WHERE {ENDS_SOON} AND {in_centers("$2")} GROUP BY {ACT_BY}
"""
# What is joined to an entry `e`, and what holds of it; each branch finds its entries from its own side.
CAUSES: Final[dict[Cause, tuple[tuple[str, str], ...]]] = {
    "any": (("", "true"),),
    "review-open": (("", _UNDECIDED),),
    "request-open": ((OF_ASKED, "true"),),
    "suspension-lifted": (("", _IS_LIFTED),),
    "extension-needed": ((OF_ASKED, f"{_MAY_EXTEND} AND {_HAS_REASON}"), ("", f"{_MAY_EXTEND} AND {_UNDECIDED}")),
}


@dataclass(frozen=True, slots=True)
class RadarCount:
    """Entries of one cause whose period ends within a horizon and not within the one before it."""

    horizon: Horizon
    cause: Cause
    entries: int


@dataclass(frozen=True, slots=True)
class RadarEntry:
    """A running entry whose period ends soon: `act_by` by the earliest plausible reading, `deemed_on` by that in force.

    `requested_on`: when the importer asked for an extension in writing.
    """

    act_by: date
    entry_number: str
    deemed_on: date
    state: str
    scheduled_on: date | None
    deemed_rule: str | None
    lane: str | None
    center: str | None
    importer_number: str | None
    extensions: int
    duty_cents: int | None
    fees_cents: int | None
    requested_on: date | None


async def count_radar(tx: Transaction, today: date, in_force: Sequence[HoldSet], reach: Reach) -> list[RadarCount]:
    """Running entries of the Centers reached, by horizon and cause; one may have several, or none (it is in `any`)."""
    counts: dict[tuple[Horizon, Cause], int] = defaultdict(int)
    centers = centers_within(reach)
    for row in await bulk.fetch(tx, _COUNT_ALL, today, centers):
        horizon = horizon_of(row["act_by"], today)
        counts[horizon, "any"] += row["any"]
        counts[horizon, "review-open"] += row["in_review"]
        counts[horizon, "extension-needed"] += row["extendable"]
        counts[horizon, "suspension-lifted"] += row["lifted"]
    for row in await bulk.fetch(tx, _COUNT_DECIDED, today, centers):
        horizon = horizon_of(row["act_by"], today)
        counts[horizon, "review-open"] -= row["in_review"]
        counts[horizon, "extension-needed"] -= row["extendable"]
    for row in await bulk.fetch(tx, _COUNT_REQUESTED, today, centers):
        horizon = horizon_of(row["act_by"], today)
        counts[horizon, "request-open"] += row["requested"]
        counts[horizon, "extension-needed"] += row["extendable"]
    for horizon, entries in (await count_held_by_horizon(tx, today, in_force, reach)).items():
        counts[horizon, "held"] += entries
    return [
        RadarCount(horizon, cause, counts[horizon, cause]) for horizon in get_args(Horizon) for cause in get_args(Cause)
    ]


async def list_radar(
    tx: Transaction,
    today: date,
    in_force: Sequence[HoldSet],
    reach: Reach,
    *,
    horizon: Horizon,
    cause: Cause,
    after: tuple[date, str] | None,
    limit: int,
) -> list[RadarEntry]:
    """Entries of a horizon and cause, those that end first before the others, then by number."""
    begins, ends = window_of(horizon, today)
    arguments: list[Any] = [today, begins, ends, *(after or (date.min, "")), limit, centers_within(reach)]
    if cause == "held":
        condition, of_sets = _held(in_force, first=8)
        arguments.extend(of_sets)
        branches: tuple[tuple[str, str], ...] = (("", condition),)
    else:
        branches = CAUSES[cause]
    statement = f"""
        SELECT page.*, importers.requested_on FROM ({" UNION ".join(_page(*each) for each in branches)}) page
        LEFT JOIN ({_REQUESTED}) importers ON importers.entry_number = page.entry_number
        ORDER BY page.act_by, page.entry_number LIMIT $6::integer
    """
    return [RadarEntry(**dict(row)) for row in await bulk.fetch(tx, statement, *arguments)]


def _page(joined: str, condition: str) -> str:
    return f"""(
        SELECT {ACT_BY} AS act_by, e.entry_number, e.deemed_on, e.state, e.scheduled_on, e.deemed_rule, e.lane,
            e.center, e.importer_number, e.extensions, e.duty_cents, e.fees_cents
        FROM entries e {joined}
        WHERE {ENDS_SOON} AND {ACT_BY} BETWEEN $2::date AND $3::date AND {ACT_BY} >= $4::date
            AND ({ACT_BY}, e.entry_number) > ($4::date, $5::text) AND {in_centers("$7")} AND {condition}
        ORDER BY {ACT_BY}, e.entry_number LIMIT $6::integer
    )"""


def horizon_of(act_by: date, today: date) -> Horizon:
    """The shortest horizon within which a period ends.

    >>> horizon_of(date(2026, 3, 9), date(2026, 3, 2)), horizon_of(date(2026, 3, 1), date(2026, 3, 2))
    ('7', 'past')
    """
    days = (act_by - today).days
    if days < 0:
        return "past"
    found: Horizon = next(
        horizon for horizon, limit in zip(get_args(Horizon)[1:], HORIZONS, strict=True) if days <= limit
    )
    return found


def window_of(horizon: Horizon, today: date) -> tuple[date, date]:
    """The first and last day of a horizon.

    >>> window_of("7", date(2026, 3, 2))
    (datetime.date(2026, 3, 4), datetime.date(2026, 3, 9))
    """
    if horizon == "past":
        return date.min, today - timedelta(days=1)
    position = HORIZONS.index(int(horizon))
    nearest = HORIZONS[position - 1] + 1 if position else 0
    return today + timedelta(days=nearest), today + timedelta(days=HORIZONS[position])


async def count_held_by_horizon(
    tx: Transaction, today: date, in_force: Sequence[HoldSet], reach: Reach
) -> dict[Horizon, int]:
    """Held entries whose period ends within 90 days, by horizon: the alarm long before a hold is overridden."""
    found: dict[Horizon, int] = {}
    if not in_force:
        return found
    held, arguments = _held(in_force, first=3)
    statement = (
        f"SELECT {ACT_BY} AS act_by, count(*) AS held FROM entries e"
        f" WHERE {ENDS_SOON} AND {in_centers('$2')} AND {held} GROUP BY {ACT_BY}"
    )
    for row in await bulk.fetch(tx, statement, today, centers_within(reach), *arguments):
        horizon = horizon_of(row["act_by"], today)
        found[horizon] = found.get(horizon, 0) + int(row["held"])
    return found


def _held(in_force: Sequence[HoldSet], first: int) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    arguments: list[Any] = []
    for each in in_force:
        condition = compile_predicate(each.predicate, first + len(arguments))
        arguments.extend(condition.arguments)
        conditions.append(f"({condition.sql})")
    return f"({' OR '.join(conditions) or 'false'})", arguments
