"""Drawback claims, as 19 USC 1313 and 1504(a)(2) and the processes of the Centers write them out."""

from datetime import UTC, date, datetime
from typing import Any

from services.workqueue.domain.processes.drawback_claim import DRAWBACK_CLAIM
from tests.unit.workqueue.processes.walking import Line, barred, walk

DRAWBACK, DIRECTOR = "drawback-specialist", "center-director"
OPENED_ON = date(2026, 3, 2)
LIQUIDATE_BY = date(2027, 3, 2)  # one year
VALIDATION: dict[str, Any] = {
    "claim_type": "42",
    "earliest_imported_on": date(2021, 6, 1),
    "completed_on": OPENED_ON,
    "claimed_usd": "9900.00",
    "has_accelerated_payment": True,
}
ACCELERATED: dict[str, Any] = {
    "accelerated_usd": "9900.00",
    "accelerated_on": date(2026, 3, 16),
    "privilege": "Letter of 4 May 2024.",
}
FILED = Line(
    OPENED_ON,
    "record-filing",
    DRAWBACK,
    "filed",
    LIQUIDATE_BY,
    {"received_at": datetime(2026, 3, 2, 15, tzinfo=UTC)},
)
VALID = (FILED, Line(date(2026, 3, 9), "validate", DRAWBACK, "validated", LIQUIDATE_BY, VALIDATION))
PAID = (*VALID, Line(date(2026, 3, 16), "pay-accelerated", DRAWBACK, "ap-paid", LIQUIDATE_BY, ACCELERATED, who="dot"))
VERIFIED = (
    *PAID,
    Line(date(2026, 4, 1), "select", DRAWBACK, "selected", LIQUIDATE_BY, {"selection_reason": "Sample."}),
    Line(
        date(2026, 4, 1),
        "request-documents",
        DRAWBACK,
        "docs",
        date(2026, 5, 1),  # 30 days
        {"documents": "Bills of lading.", "requested_on": date(2026, 4, 1)},
    ),
    Line(date(2026, 4, 20), "record-documents", DRAWBACK, "selected", LIQUIDATE_BY, {"is_answered": True}),
    Line(
        date(2026, 5, 4),
        "verify",
        DRAWBACK,
        "verified",
        LIQUIDATE_BY,
        {"liquidation_reason": "55", "due_usd": "9000.00", "findings": "Part not exported."},
    ),
)
CONFIRMED = (*VERIFIED, Line(date(2026, 5, 5), "confirm", DRAWBACK, "awaiting-liquidation", LIQUIDATE_BY, who="dot"))
LIQUIDATED = (
    *CONFIRMED,
    Line(date(2026, 5, 15), "liquidate", "", "liquidated", None, {"liquidated_on": date(2026, 5, 15)}),
)


def test_claim_is_paid_ahead_verified_confirmed_by_another_liquidated_and_billed() -> None:
    assert barred(DRAWBACK_CLAIM, walk(DRAWBACK_CLAIM, OPENED_ON, *VALID), "pay-accelerated", DRAWBACK) == (
        "second-person-required"
    )
    verified = walk(DRAWBACK_CLAIM, OPENED_ON, *VERIFIED)
    assert barred(DRAWBACK_CLAIM, verified, "confirm", DRAWBACK, "kim") == "second-person-required"
    assert barred(DRAWBACK_CLAIM, verified, "return", DIRECTOR, "kim") == "second-person-required"
    assert barred(DRAWBACK_CLAIM, verified, "liquidate", DRAWBACK, "dot") == "by-event"
    billed = walk(
        DRAWBACK_CLAIM,
        OPENED_ON,
        *LIQUIDATED,
        Line(date(2026, 5, 15), "bill", "", "bill", None, {"bill_number": "45000001"}),
    )
    assert billed.outcome == "bill"


def test_claim_is_refunded_or_ends_without_money() -> None:
    refunded = walk(
        DRAWBACK_CLAIM,
        OPENED_ON,
        *LIQUIDATED,
        Line(date(2026, 5, 15), "refund", "", "refund", None, {"refund_number": "R1"}),
    )
    assert refunded.outcome == "refund"
    closed = walk(
        DRAWBACK_CLAIM,
        OPENED_ON,
        *LIQUIDATED,
        Line(date(2026, 5, 16), "close", DRAWBACK, "no-money", None, {"closed_reason": "As paid ahead."}),
    )
    assert closed.outcome == "no-money"


def test_claims_are_verified_together_by_a_sample_and_returned() -> None:
    sampled = (
        *VALID,
        Line(
            date(2026, 3, 20),
            "verify-by-sample",
            DRAWBACK,
            "verified",
            LIQUIDATE_BY,
            {
                "criteria": "Claims under 10,000 dollars of one claimant.",
                "batch": ["D1", "D2", "D3"],
                "sampled": ["D2"],
                "liquidation_reason": "58",
                "due_usd": "9900.00",
            },
        ),
    )
    standing = walk(DRAWBACK_CLAIM, OPENED_ON, *sampled)
    assert barred(DRAWBACK_CLAIM, standing, "confirm", DRAWBACK, "kim") == "second-person-required"
    assert barred(DRAWBACK_CLAIM, standing, "return", DIRECTOR, "kim") == "second-person-required"
    walk(
        DRAWBACK_CLAIM,
        OPENED_ON,
        *sampled,
        Line(date(2026, 3, 21), "return", DIRECTOR, "selected", LIQUIDATE_BY, {"return_reason": "Wider."}, who="dan"),
    )


def test_claim_is_deemed_liquidated_after_its_year() -> None:
    standing = walk(
        DRAWBACK_CLAIM,
        OPENED_ON,
        *CONFIRMED,
        Line(
            date(2026, 6, 1),
            "record-deposit",
            DRAWBACK,
            "awaiting-liquidation",
            LIQUIDATE_BY,
            {"deposited_on": date(2026, 6, 1), "waiver": "Letter of 1 June 2026."},
        ),
        Line(date(2027, 3, 3), "deem-liquidated", "", "liquidated", None, {"deemed_on": date(2027, 3, 2)}),
    )
    assert standing.outcome is None


def test_claim_that_is_not_complete_within_five_years_is_abandoned() -> None:
    filed = walk(DRAWBACK_CLAIM, OPENED_ON, FILED)
    assert barred(DRAWBACK_CLAIM, filed, "abandon", DRAWBACK) == "fact-missing"
    abandoned = walk(
        DRAWBACK_CLAIM,
        OPENED_ON,
        FILED,
        Line(
            date(2026, 3, 3),
            "ask-to-complete",
            DRAWBACK,
            "filed",
            date(2026, 6, 1),  # five years from 1 June 2021
            {"missing": "Proof of export.", "earliest_imported_on": date(2021, 6, 1)},
        ),
        Line(date(2026, 6, 2), "abandon", DRAWBACK, "abandoned", None, {"abandoned_on": date(2026, 6, 2)}),
    )
    assert abandoned.outcome == "abandoned"


def test_claim_is_withdrawn() -> None:
    withdrawn = walk(
        DRAWBACK_CLAIM,
        OPENED_ON,
        *VALID,
        Line(date(2026, 3, 10), "withdraw", DRAWBACK, "abandoned", None, {"withdrawn_on": date(2026, 3, 10)}),
    )
    assert withdrawn.outcome == "withdrawn"
