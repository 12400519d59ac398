"""What must always hold of protests."""

from typing import Final

from services.liquidation.store.walks import PROTESTS
from shared.runtime.invariants import QueryInvariant

PROTEST_INVARIANTS: Final = (
    QueryInvariant(
        "protest-stands-where-its-acts-lead",
        "The state of a protest is where its last act led, and acts follow each other without a gap.",
        """
        SELECT p.filing_number AS key, p.filing_number || ' is ' || p.state || ' after ' || p.acts FROM protests p
        LEFT JOIN LATERAL (
            SELECT a.number, a.to_state FROM protest_acts a WHERE a.filing_number = p.filing_number
            ORDER BY a.number DESC LIMIT 1
        ) last ON true
        WHERE AMONG(p.filing_number) AND p.issue <> ''
            AND (last.number IS DISTINCT FROM p.acts OR last.to_state IS DISTINCT FROM p.state)
        """,
        PROTESTS,
    ),
    QueryInvariant(
        "denied-protest-says-until-when-to-sue",
        "Every denial, also one by law or in part, has its day and the last day to sue.",
        """
        SELECT filing_number, filing_number FROM protests
        WHERE AMONG(filing_number) AND state IN ('denied', 'deemed-denied', 'allowed-in-part')
            AND (denied_on IS NULL OR sue_by IS NULL)
        """,
        PROTESTS,
    ),
    QueryInvariant(
        "nothing-after-a-deemed-denial",
        "After a deemed denial nobody decides a protest; after a summons nothing is done on it at all.",
        """
        SELECT later.filing_number, later.filing_number || ' ' || later.kind FROM protest_acts first
        JOIN protest_acts later ON later.filing_number = first.filing_number AND later.number > first.number
        WHERE AMONG(first.filing_number) AND (first.kind = 'summon'
            OR (first.kind = 'deem-denied' AND later.kind IN ('recommend', 'allow', 'allow-in-part', 'deny', 'reject')))
        """,
        PROTESTS,
    ),
    QueryInvariant(
        "signed-by-another",
        "Nobody signs the decision on a protest that he or she recommended.",
        """
        SELECT signed.filing_number, signed.filing_number FROM protest_acts signed
        JOIN LATERAL (
            SELECT r.actor, r.acting_for FROM protest_acts r
            WHERE r.filing_number = signed.filing_number AND r.kind = 'recommend' AND r.number < signed.number
            ORDER BY r.number DESC LIMIT 1
        ) recommended ON true
        WHERE AMONG(signed.filing_number) AND signed.kind IN ('allow', 'allow-in-part', 'deny')
            AND (signed.actor IN (recommended.actor, recommended.acting_for)
                OR signed.acting_for IN (recommended.actor, recommended.acting_for))
        """,
        PROTESTS,
    ),
    QueryInvariant(
        "allowed-protest-was-in-time",
        "Nothing is allowed on an entry that was not protested in time, unless its liquidation was found void later.",
        """
        SELECT filing_number, filing_number || ' ' || entry_number FROM protest_entries p
        WHERE AMONG(p.filing_number) AND outcome IN ('allowed', 'allowed-in-part')
            AND timeliness IN ('untimely', 'too-early')
            AND NOT EXISTS (SELECT FROM voided_liquidations v WHERE v.entry_number = p.entry_number)
        """,
        PROTESTS,
    ),
)
