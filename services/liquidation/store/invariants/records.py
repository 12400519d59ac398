"""What must always hold of the record, each asked in one statement; those with a walk are asked of slices of it."""

from typing import Final

from services.liquidation.store.act_keys import is_liquidation_sql
from services.liquidation.store.walks import ENTRIES
from shared.runtime.invariants import QueryInvariant

RECORD_INVARIANTS: Final = (
    QueryInvariant(
        "liquidated-once",
        "At most one liquidation of an entry stands: its acts of liquidation are as many as stand and were voided.",
        f"""
        SELECT e.entry_number AS key, e.entry_number FROM entries e
        LEFT JOIN legal_events a ON a.entry_number = e.entry_number AND AMONG(a.entry_number)
            AND {is_liquidation_sql("a.event_key")}
        WHERE AMONG(e.entry_number)
        GROUP BY e.entry_number, e.liquidated_on
        HAVING count(a.entry_number) <> (CASE WHEN e.liquidated_on IS NULL THEN 0 ELSE 1 END)
            + (SELECT count(*) FROM voided_liquidations v WHERE v.entry_number = e.entry_number)
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "not-liquidated-while-suspended",
        "No entry is liquidated while it is suspended.",
        """
        SELECT entry_number, entry_number FROM entries
        WHERE AMONG(entry_number) AND liquidated_on IS NOT NULL AND is_suspended
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "every-summary-has-a-clock",
        "Every entry summary has a schedule, a suspension, no liquidation to come, or is listed as clock unknown.",
        """
        SELECT v.entry_number, v.entry_number || ' is ' || e.state
        FROM entry_versions v JOIN entries e ON e.entry_number = v.entry_number
        WHERE AMONG(v.entry_number) AND NOT (
            (e.state IN ('scheduled', 'extended') AND e.scheduled_on IS NOT NULL AND e.deemed_on IS NOT NULL)
            OR (e.state = 'suspended' AND e.is_suspended)
            OR (e.state = 'liquidated' AND e.liquidated_on IS NOT NULL)
            OR (e.state IN ('not-liquidating', 'clock-unknown') AND e.why IS NOT NULL)
        )
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "nothing-past-its-deemed-date",
        "After a cycle no running entry that was filed by then is past its deemed date, by the days recorded by then.",
        """
        SELECT e.entry_number || ' was deemed on ' || e.deemed_on FROM entries e
        JOIN (SELECT coalesce(posted_on, cycle_on) AS posted_on, run_at FROM cycles ORDER BY cycle_on DESC LIMIT 1) c
            ON e.deemed_on < c.posted_on AND e.governed_at < c.posted_on
        WHERE e.liquidated_on IS NULL AND NOT e.is_suspended AND least(e.act_by, e.deemed_on) < c.posted_on
            AND NOT EXISTS (
                SELECT 1 FROM entry_versions v WHERE v.entry_number = e.entry_number AND v.recorded_at > c.run_at
            )
            AND NOT EXISTS (
                SELECT 1 FROM clock_facts f WHERE f.entry_number = e.entry_number AND f.recorded_at > c.run_at
            )
        """,
    ),
    QueryInvariant(
        "posted-when-it-ran",
        "No cycle is posted after it ran, none of its liquidations on another day, none before its day in law.",
        """
        SELECT cycle_on::text AS key, 'cycle of ' || cycle_on || ' posted on ' || posted_on FROM cycles
        WHERE posted_on > (run_at AT TIME ZONE 'America/New_York')::date
        UNION ALL
        SELECT e.entry_number, e.entry_number || ' posted on ' || e.liquidation_posted_on FROM entries e
        LEFT JOIN cycles c ON c.cycle_on = e.liquidation_cycle_on
        WHERE AMONG(e.entry_number) AND (e.liquidation_posted_on < e.liquidated_on
            OR e.liquidation_posted_on <> coalesce(c.posted_on, e.liquidation_cycle_on))
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "suspended-has-a-ground",
        "No entry with a suspension on record that stands is scheduled, unless its period had ended before.",
        """
        SELECT s.entry_number, s.entry_number || ' is suspended by ' || s.ground
        FROM suspensions s JOIN entries e ON e.entry_number = s.entry_number
        WHERE AMONG(s.entry_number) AND s.lift_noticed_on IS NULL AND e.liquidated_on IS NULL AND NOT e.is_suspended
            AND e.state IN ('scheduled', 'extended') AND s.began_on <= e.deemed_on AND NOT e.is_informal
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "reliquidated-in-time",
        "The Center reliquidates within 90 days of the original liquidation only.",
        """
        SELECT r.entry_number, r.entry_number || ' on ' || r.reliquidated_on
        FROM reliquidations r JOIN entries e ON e.entry_number = r.entry_number
        WHERE AMONG(r.entry_number) AND r.writer = 'center' AND e.liquidated_on IS NOT NULL
            AND r.reliquidated_on > e.liquidated_on + 90
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "effect-has-a-decision",
        "A liquidation that changes money rests on a review decision that took effect.",
        """
        SELECT e.entry_number, e.entry_number FROM entries e
        WHERE AMONG(e.entry_number) AND e.liquidation_kind IN ('increase', 'refund')
            AND NOT EXISTS (
                SELECT 1 FROM review_decisions d WHERE d.entry_number = e.entry_number AND d.status = 'effective'
            )
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "deemed-has-a-case",
        "Every deemed liquidation has a case, open until a person closes it.",
        """
        SELECT e.entry_number, e.entry_number FROM entries e
        WHERE AMONG(e.entry_number) AND e.liquidation_kind = 'deemed'
            AND NOT EXISTS (SELECT 1 FROM deemed_cases c WHERE c.entry_number = e.entry_number)
        """,
        ENTRIES,
    ),
)
