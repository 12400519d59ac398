"""Summaries under quota, as 19 CFR 132 and the statuses of CATAIR UC write them out."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.quota import QUOTA
from tests.unit.workqueue.processes.walking import Line, barred, walk

ENTRY, TRADE = "entry-specialist", "office-of-trade"
OPENED = date(2026, 3, 2)
PRESENTED: dict[str, Any] = {
    "presented_at": "2026-03-02T17:00:00Z",
    "office_hours": "yes",
    "opening": "noon",
    "deposit": "deposited",
}
REPORT: dict[str, Any] = {"reported_on": date(2026, 3, 5), "requested_quantity": "1000 kg"}
CHECKED = Line(OPENED, "check-presentation", ENTRY, "proper", None, PRESENTED)
SENT = Line(OPENED, "send", ENTRY, "pending", date(2026, 3, 12), {"sent_on": date(2026, 3, 2), "line_numbers": [1]})


def _report(act: str, stage: str, **fields: str) -> Line:
    return Line(date(2026, 3, 5), act, TRADE, stage, None, REPORT | fields, who="tom")


APPORTIONED = _report("report-apportioned", "q02-apportioned", reserved_quantity="400 kg")


def _refiled(check: str) -> Line:
    return Line(
        date(2026, 3, 9),
        "record-refiling",
        ENTRY,
        "refiled",
        None,
        {"refiled_quantity": "400 kg", "quantity_check": check},
    )


def test_nothing_is_sent_to_the_quota_without_a_deposit() -> None:
    undeposited = Line(OPENED, "check-presentation", ENTRY, "proper", None, PRESENTED | {"deposit": "missing"})
    assert barred(QUOTA, walk(QUOTA, OPENED, undeposited), "send", ENTRY) == "fact-missing"
    deposited = Line(
        date(2026, 3, 3),
        "record-deposit",
        ENTRY,
        "proper",
        None,
        {"deposit": "deposited", "presented_at": "2026-03-03T17:00:00Z"},
    )
    assert barred(QUOTA, walk(QUOTA, OPENED, undeposited, deposited), "send", ENTRY) is None


def test_line_pending_more_than_ten_days_is_accepted_later() -> None:
    ended = walk(
        QUOTA,
        OPENED,
        CHECKED,
        SENT,
        Line(date(2026, 3, 13), "report-pending", TRADE, "q17-pending-over-10-days", None, REPORT, who="tom"),
        Line(date(2026, 3, 16), "report-accepted", TRADE, "q01-accepted", None, REPORT, who="tom"),
        Line(date(2026, 3, 16), "accept", ENTRY, "accepted"),
    )
    assert ended.outcome == "accepted"


def test_quantity_filed_again_must_not_exceed_the_quantity_reserved() -> None:
    above = walk(QUOTA, OPENED, CHECKED, SENT, APPORTIONED, _refiled("above"))
    assert barred(QUOTA, above, "accept-refiled", ENTRY) == "fact-missing"
    within = walk(QUOTA, OPENED, CHECKED, SENT, APPORTIONED, _refiled("within"))
    assert barred(QUOTA, within, "return-refiled", ENTRY) == "fact-missing"
    ended = walk(
        QUOTA,
        OPENED,
        CHECKED,
        SENT,
        APPORTIONED,
        _refiled("above"),
        Line(date(2026, 3, 9), "return-refiled", ENTRY, "q02-apportioned"),
        _refiled("within"),
        Line(date(2026, 3, 9), "accept-refiled", ENTRY, "accepted"),
    )
    assert ended.outcome == "accepted"


@pytest.mark.parametrize(
    ("act", "stage"),
    [
        ("report-filled", "q03-filled"),
        ("report-filled-or-expired", "q04-filled-or-expired"),
        ("report-banned", "q05-banned-import"),
    ],
)
def test_goods_over_the_quota_are_disposed_of_otherwise(act: str, stage: str) -> None:
    ended = walk(
        QUOTA,
        OPENED,
        CHECKED,
        SENT,
        _report(act, stage),
        Line(date(2026, 3, 9), "record-disposition", ENTRY, "not-admitted", None, {"disposition": "warehouse"}),
    )
    assert ended.outcome == "not-admitted"


def test_quantity_of_zero_and_missing_licence_are_presented_again() -> None:
    ended = walk(
        QUOTA,
        OPENED,
        CHECKED,
        SENT,
        _report("report-quantity", "q15-quantity-not-positive"),
        Line(date(2026, 3, 6), "record-quantity", ENTRY, "presented"),
        Line(date(2026, 3, 6), "check-presentation", ENTRY, "proper", None, PRESENTED),
        Line(
            date(2026, 3, 6),
            "send",
            ENTRY,
            "pending",
            date(2026, 3, 16),
            {"sent_on": date(2026, 3, 6), "line_numbers": [1]},
        ),
        Line(
            date(2026, 3, 9),
            "report-licence",
            TRADE,
            "q25-q28-licence",
            None,
            REPORT | {"licence_status": "Q26"},
            who="tom",
        ),
        Line(date(2026, 3, 10), "record-licence", ENTRY, "presented", None, {"licence_number": "9-AB-123"}),
        Line(date(2026, 3, 11), "withdraw", ENTRY, "withdrawn", None, {"withdrawn_on": date(2026, 3, 11)}),
    )
    assert ended.outcome == "withdrawn"


def test_status_comes_from_headquarters() -> None:
    assert barred(QUOTA, walk(QUOTA, OPENED, CHECKED, SENT), "report-accepted", ENTRY) == "process-role"


@pytest.mark.parametrize("act", ["follow-liquidation", "follow-deemed-liquidation"])
def test_liquidation_overtakes_the_quota(act: str) -> None:
    ended = walk(QUOTA, OPENED, CHECKED, SENT, Line(date(2026, 3, 6), act, "", "overtaken"))
    assert ended.outcome == "overtaken"
