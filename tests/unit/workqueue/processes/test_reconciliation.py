"""Reconciliations, as 19 USC 1484(b) and 1504(a)(1)(D) and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.reconciliation import RECONCILIATION
from tests.unit.workqueue.processes.walking import Line, barred, walk

ENTRY, IMPORT, ASSISTANT = "entry-specialist", "import-specialist", "assistant-center-director"
OPENED_ON = date(2026, 3, 2)
FILING: dict[str, Any] = {
    "reconciliation_number": "B7600000016",
    "filed_on": date(2027, 11, 15),
    "period_from_on": date(2027, 11, 15),
    "is_change": True,
    "is_aggregate": False,
}
WATCHED = Line(
    OPENED_ON,
    "watch-other",
    ENTRY,
    "flagged",
    date(2027, 12, 2),  # 21 months from 2 March 2026
    {"issue": "value", "earliest_summary_on": OPENED_ON, "flagged_entries": ["B7600000024"]},
)
DUE = (
    WATCHED,
    Line(date(2027, 9, 3), "remind", ENTRY, "due-soon", date(2027, 12, 2), {"reminded_on": date(2027, 9, 3)}),
    Line(date(2027, 11, 2), "mark-due", ENTRY, "due", date(2027, 12, 2), {"due_noted_on": date(2027, 11, 2)}),
)
FILED = (
    *DUE,
    Line(
        date(2027, 11, 15),
        "record-filing",
        ENTRY,
        "filed",
        date(2028, 11, 15),  # one year from the earlier of filed and due
        FILING,
    ),
)
REVIEWED = (
    *FILED,
    Line(
        date(2028, 1, 10),
        "review",
        IMPORT,
        "reviewed",
        date(2028, 11, 15),
        {"liquidation_reason": "40", "due_usd": "-120.00", "review_reasons": "Price settled."},
    ),
)


def test_reconciliation_is_reminded_filed_reviewed_confirmed_by_another_and_liquidated() -> None:
    reviewed = walk(RECONCILIATION, OPENED_ON, *REVIEWED)
    assert barred(RECONCILIATION, reviewed, "confirm", ASSISTANT, "kim") == "second-person-required"
    assert barred(RECONCILIATION, reviewed, "return", ASSISTANT, "kim") == "second-person-required"
    assert barred(RECONCILIATION, reviewed, "liquidate", IMPORT) == "by-event"
    liquidated = walk(
        RECONCILIATION,
        OPENED_ON,
        *REVIEWED,
        Line(date(2028, 1, 11), "confirm", ASSISTANT, "awaiting-liquidation", date(2028, 11, 15), who="ann"),
        Line(date(2028, 1, 21), "liquidate", "", "liquidated", None, {"liquidated_on": date(2028, 1, 21)}),
    )
    assert liquidated.outcome == "liquidated"


def test_documents_are_asked_for_and_what_nobody_liquidates_is_deemed_liquidated() -> None:
    standing = walk(
        RECONCILIATION,
        OPENED_ON,
        *REVIEWED,
        Line(
            date(2028, 1, 11),
            "return",
            ASSISTANT,
            "filed",
            date(2028, 11, 15),
            {"return_reason": "The agreement is missing."},
            who="ann",
        ),
        Line(
            date(2028, 1, 12),
            "request-documents",
            IMPORT,
            "docs-requested",
            date(2028, 2, 11),  # 30 days
            {"documents": "Transfer pricing agreement.", "requested_on": date(2028, 1, 12)},
        ),
        Line(date(2028, 2, 12), "record-documents", IMPORT, "filed", date(2028, 11, 15), {"is_answered": False}),
        Line(date(2028, 11, 16), "deem-liquidated", "", "liquidated", None, {"deemed_on": date(2028, 11, 15)}),
    )
    assert standing.outcome == "deemed-liquidated"


def test_trade_claim_is_due_a_year_after_the_earliest_importation() -> None:
    walk(
        RECONCILIATION,
        OPENED_ON,
        Line(
            OPENED_ON,
            "watch-trade",
            ENTRY,
            "flagged",
            date(2027, 2, 20),
            {"earliest_import_on": date(2026, 2, 20), "flagged_entries": ["B7600000024"]},
        ),
    )


def test_time_to_file_is_extended_to_a_day_by_a_supervisor() -> None:
    standing = walk(
        RECONCILIATION,
        OPENED_ON,
        *DUE,
        Line(
            date(2027, 11, 20),
            "extend",
            ASSISTANT,
            "due",
            date(2028, 2, 1),
            {"extended_until": date(2028, 2, 1), "extension_reason": "Audit of the parent."},
        ),
    )
    assert barred(RECONCILIATION, standing, "extend", ENTRY) == "process-role"


def test_rejected_reconciliation_that_is_not_filed_again_leads_to_liquidated_damages() -> None:
    missed = (
        *FILED,
        Line(
            date(2027, 11, 20),
            "reject",
            ENTRY,
            "rejected",
            date(2027, 12, 2),
            {"uc_reason": "023", "reject_reasons": "Not flagged.", "extended_until": date(2027, 12, 2)},
        ),
        Line(date(2027, 12, 3), "find-missed", ENTRY, "missed", None, {"missed_on": date(2027, 12, 3)}),
    )
    standing = walk(RECONCILIATION, OPENED_ON, *missed)
    assert barred(RECONCILIATION, standing, "begin-damages", ASSISTANT, "kim") == "second-person-required"
    assert barred(RECONCILIATION, standing, "excuse", ASSISTANT, "kim") == "second-person-required"
    damages = walk(
        RECONCILIATION,
        OPENED_ON,
        *missed,
        Line(
            date(2027, 12, 6),
            "begin-damages",
            ASSISTANT,
            "liquidated-damages",
            None,
            {"claim_usd": "900.00"},
            who="ann",
        ),
    )
    assert damages.outcome == "liquidated-damages"
    assert RECONCILIATION.act("begin-damages").opens == "liquidated-damages-penalty"
    excused = walk(
        RECONCILIATION,
        OPENED_ON,
        *missed,
        Line(date(2027, 12, 6), "excuse", ASSISTANT, "excused", None, {"excuse_reason": "No change."}, who="ann"),
    )
    assert excused.outcome == "excused"
