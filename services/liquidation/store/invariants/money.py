"""What must always hold of the money, each asked in one statement."""

from typing import Final

from services.liquidation.store.assessments import FACT_IS_KNOWN
from services.liquidation.store.walks import ENTRIES
from shared.runtime.invariants import QueryInvariant

MONEY_INVARIANTS: Final = (
    QueryInvariant(
        "assessments-are-billed-or-refunded",
        "What was assessed on an entry, less what is disregarded, is what its standing bills and refunds come to.",
        """
        SELECT entry_number AS key, entry_number || ': ' || sum(cents) FROM (
            SELECT entry_number, total_cents AS cents FROM assessments
            WHERE AMONG(entry_number) AND outcome IN ('increase', 'refund')
            UNION ALL
            SELECT b.entry_number, -b.billed_cents FROM bills b JOIN assessments a USING (entry_number, act_key)
            WHERE AMONG(b.entry_number) AND b.state <> 'replaced' AND a.outcome <> 'void'
            UNION ALL
            SELECT r.entry_number, r.refund_cents FROM refunds r JOIN assessments a USING (entry_number, act_key)
            WHERE AMONG(r.entry_number) AND r.state <> 'replaced' AND a.outcome <> 'void'
        ) AS moved
        WHERE NOT EXISTS (
            SELECT 1 FROM assessments v WHERE v.entry_number = moved.entry_number AND v.outcome = 'void'
        )
        GROUP BY entry_number HAVING sum(cents) <> 0
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "effect-is-assessed",
        "A liquidation or reliquidation with an effect is assessed, or waits for a fact that is named.",
        """
        SELECT e.entry_number, e.entry_number FROM entries e
        WHERE AMONG(e.entry_number) AND (e.effect_duty_cents <> 0 OR e.effect_fees_cents <> 0)
            AND NOT EXISTS (SELECT 1 FROM assessments a WHERE a.entry_number = e.entry_number AND a.outcome <> 'void')
        """,
        ENTRIES,
    ),
    QueryInvariant(
        "undetermined-names-what-lacks",
        "Money that is not known says which fact is missing, and nothing is billed or refunded for it.",
        """
        SELECT entry_number || ' ' || act_key FROM assessments
        WHERE outcome = 'undetermined' AND (missing IS NULL OR bill_number IS NOT NULL OR refund_number IS NOT NULL)
        """,
    ),
    QueryInvariant(
        "known-fact-is-assessed",
        "No assessment lacks a fact that is on record.",
        f"SELECT entry_number || ' ' || act_key || ': ' || missing FROM ({FACT_IS_KNOWN}) AS known",
    ),
    QueryInvariant(
        "refund-is-paid-by-two",
        "A refund that was paid was certified by somebody else.",
        """
        SELECT entry_number, refund_number FROM refunds
        WHERE AMONG(entry_number) AND state = 'paid'
            AND (certified_by IS NULL OR paid_by IN (certified_by, certified_for))
        """,
        ENTRIES,
    ),
)
