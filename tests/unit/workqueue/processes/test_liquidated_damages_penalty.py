"""Liquidated damages, penalties and seizures, as 19 CFR 162.78, 171 and 172 count their days."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.liquidated_damages_penalty import LIQUIDATED_DAMAGES_PENALTY as PENALTY
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, COORDINATOR, FPF, HEAD = (
    "import-specialist",
    "trade-enforcement-coordinator",
    "fpf-officer",
    "assistant-center-director",
)
MONDAY = date(2026, 3, 2)
WATCH, LIMITATION = date(2028, 5, 4), date(2030, 5, 4)  # three and five years from 4 May 2025


def _package(kind: str) -> dict[str, Any]:
    return {
        "claim_kind": kind,
        "statute": "1592",
        "violation": "Undervalued.",
        "loss_usd": "90000.00",
        "proposed_usd": "180000.00",
        "exhibits": "E-1",
        "violation_on": date(2025, 5, 4),
    }


def _opened(kind: str) -> tuple[Line, ...]:
    return (
        Line(MONDAY, "package", IMPORT, "package", WATCH, _package(kind) | {"culpability": "negligence"}),
        Line(date(2026, 3, 3), "approve", HEAD, "supervisor-ok", WATCH, who="ada"),
        Line(date(2026, 3, 4), "send", COORDINATOR, "sent-fpf", WATCH, {"sent_on": date(2026, 3, 4)}, "tec"),
        Line(date(2026, 3, 5), "record-case-number", FPF, "monitored", WATCH, {"case_number": "2026-1"}, "fay"),
        Line(date(2026, 3, 6), "open-case", FPF, "opened", WATCH, {"opened_on": date(2026, 3, 6)}, "fay"),
    )


ISSUED: dict[str, Any] = {"assessed_usd": "180000.00", "noticed_on": MONDAY}
PRE_PENALTY = Line(
    MONDAY,
    "issue-pre-penalty",
    FPF,
    "pre-penalty",
    date(2026, 4, 1),  # 30 days from 2 March
    {"contemplated_usd": "180000.00", "pre_penalty_mailed_on": MONDAY},
    "fay",
)
RESPONSE = Line(
    date(2026, 4, 1),
    "record-response",
    FPF,
    "response",
    WATCH,
    {"responded_on": date(2026, 4, 1), "asks_for_meeting": False},
    "fay",
)
SIXTY, THIRTY = date(2026, 5, 1), date(2026, 4, 1)  # from 2 March
PENALTY_NOTICE = Line(date(2026, 4, 2), "issue-penalty-notice", FPF, "notice", SIXTY, ISSUED, "fay")
PETITION = Line(
    date(2026, 4, 20),
    "record-petition",
    FPF,
    "petition",
    WATCH,
    {"petitioned_on": date(2026, 4, 20), "petitioner": "The importer."},
    "fay",
)
ASK = Line(date(2026, 4, 21), "ask-opinion", FPF, "center-opinion", WATCH, {}, "fay")
OPINION = Line(
    date(2026, 4, 30),
    "give-opinion",
    IMPORT,
    "center-opinion",
    WATCH,
    {"opinion": "mitigate", "opinion_reasons": "First violation."},
)
DECISION: dict[str, Any] = {
    "relief": "mitigated",
    "decided_usd": "90000.00",
    "decision_reasons": "First violation.",
    "decided_on": date(2026, 5, 4),
}
AFTER_DECISION = date(2026, 7, 3)  # 60 days from 4 May
DECIDE = Line(date(2026, 5, 4), "decide-petition", FPF, "decision", AFTER_DECISION, DECISION, "fay")
DECIDED = (*_opened("penalty"), PRE_PENALTY, RESPONSE, PENALTY_NOTICE, PETITION, ASK, OPINION, DECIDE)
PAID = {"paid_usd": "90000.00", "paid_on": date(2026, 6, 1)}


def test_penalty_is_answered_petitioned_decided_and_paid() -> None:
    paid = Line(date(2026, 6, 1), "record-payment", FPF, "paid", None, PAID, "fay")
    ended = walk(PENALTY, MONDAY, *DECIDED, paid)
    assert ended.outcome == "paid"
    told = ["issue-pre-penalty", "issue-penalty-notice", "decide-petition", "ask-waiver"]
    assert [PENALTY.act(code).tells for code in told] == [("N-29",), ("N-30",), ("N-31",), ("N-32",)]


def test_package_needs_the_approval_of_another_person() -> None:
    packaged = walk(PENALTY, MONDAY, _opened("penalty")[0])
    assert packaged.clocks["limitation"].due_on == LIMITATION
    assert barred(PENALTY, packaged, "approve", HEAD, "kim") == "second-person-required"
    assert barred(PENALTY, packaged, "return-package", HEAD, "kim") == "second-person-required"
    assert barred(PENALTY, packaged, "approve", COORDINATOR, "ada") == "process-role"
    returned = {"returned_reasons": "No bond named."}
    walk(
        PENALTY,
        MONDAY,
        _opened("penalty")[0],
        Line(date(2026, 3, 3), "return-package", HEAD, "breach-detected", None, returned, "ada"),
    )


def test_fraud_runs_from_discovery() -> None:
    fields = _package("penalty") | {"discovered_on": date(2026, 2, 2)}
    standing = walk(PENALTY, MONDAY, Line(MONDAY, "package-as-fraud", COORDINATOR, "package", date(2029, 2, 2), fields))
    assert standing.clocks["fraud-limitation"].due_on == date(2031, 2, 2)
    assert barred(PENALTY, standing, "approve", HEAD, "kim") == "second-person-required"


def test_shorter_times_end_on_the_day_that_the_officer_set() -> None:
    short = {"contemplated_usd": "1.00", "pre_penalty_mailed_on": MONDAY, "reply_by": date(2026, 3, 9)}
    walk(
        PENALTY,
        MONDAY,
        *_opened("penalty"),
        Line(MONDAY, "issue-short-pre-penalty", FPF, "pre-penalty", date(2026, 3, 9), short, "fay"),
        Line(
            date(2026, 3, 10),
            "issue-short-penalty-notice",
            FPF,
            "notice",
            date(2026, 3, 19),
            ISSUED | {"petition_by": date(2026, 3, 19)},
            "fay",
        ),
        Line(
            date(2026, 3, 18),
            "extend-petition",
            FPF,
            "notice",
            date(2026, 4, 2),
            {"petition_by": date(2026, 4, 2), "extension_reason": "Illness."},
            "fay",
        ),
    )


@pytest.mark.parametrize(
    ("kind", "act", "due_on"),
    [
        ("penalty", "issue-penalty-notice", SIXTY),
        ("liquidated-damages", "issue-damages-notice", SIXTY),
        ("seizure", "issue-seizure-notice", THIRTY),
    ],
)
def test_each_kind_of_case_has_its_notice_and_its_time_to_petition(kind: str, act: str, due_on: date) -> None:
    walk(PENALTY, MONDAY, *_opened(kind), Line(date(2026, 3, 6), act, FPF, "notice", due_on, ISSUED, "fay"))
    opened = walk(PENALTY, MONDAY, *_opened("seizure" if kind == "penalty" else "penalty"))
    assert barred(PENALTY, opened, act, FPF) == "fact-missing"


@pytest.mark.parametrize("act", ["issue-pre-penalty", "issue-short-pre-penalty", "issue-short-penalty-notice"])
def test_pre_penalty_notice_is_of_penalties_alone(act: str) -> None:
    assert barred(PENALTY, walk(PENALTY, MONDAY, *_opened("liquidated-damages")), act, FPF) == "fact-missing"


def test_damages_are_decided_for_sixty_days_and_the_surety_is_asked() -> None:
    notice = Line(date(2026, 4, 2), "issue-damages-notice", FPF, "notice", SIXTY, ISSUED, "fay")
    demand = Line(
        date(2026, 4, 3),
        "demand-on-surety",
        FPF,
        "notice",
        SIXTY,
        {"surety_demanded_on": date(2026, 4, 3)},
        "fay",
    )
    before = (*_opened("liquidated-damages"), notice, demand, PETITION, ASK)
    asked = walk(PENALTY, MONDAY, *before)
    assert barred(PENALTY, asked, "decide-damages-petition", FPF) == "fact-missing"
    told = walk(PENALTY, MONDAY, *before, OPINION)
    assert barred(PENALTY, told, "decide-petition", FPF) == "fact-missing"
    decide = Line(date(2026, 5, 4), "decide-damages-petition", FPF, "decision", AFTER_DECISION, DECISION, "fay")
    decided = walk(PENALTY, MONDAY, *before, OPINION, decide)
    assert decided.clocks["ld-decision-life"].due_on == AFTER_DECISION
    penalty = walk(PENALTY, MONDAY, *_opened("penalty"), PRE_PENALTY, RESPONSE, PENALTY_NOTICE)
    assert barred(PENALTY, penalty, "demand-on-surety", FPF) == "fact-missing"


def test_petition_is_decided_after_the_opinion_of_the_center() -> None:
    asked = walk(PENALTY, MONDAY, *DECIDED[:-2])
    assert barred(PENALTY, asked, "decide-petition", FPF) == "fact-missing"
    told = walk(PENALTY, MONDAY, *DECIDED[:-1])
    assert barred(PENALTY, told, "decide-damages-petition", FPF) == "fact-missing"


def test_supplemental_petition_is_decided_by_another_officer_and_paid_by_the_day_named() -> None:
    supplemental = Line(
        date(2026, 6, 1),
        "record-supplemental",
        FPF,
        "supplemental",
        WATCH,
        {"supplemental_on": date(2026, 6, 1)},
        "fay",
    )
    standing = walk(PENALTY, MONDAY, *DECIDED, supplemental)
    assert barred(PENALTY, standing, "decide-supplemental", FPF, "fay") == "second-person-required"
    walk(
        PENALTY,
        MONDAY,
        *DECIDED,
        supplemental,
        Line(
            date(2026, 6, 15),
            "decide-supplemental",
            FPF,
            "decision",
            date(2026, 7, 15),
            DECISION | {"pay_by": date(2026, 7, 15)},
            "flo",
        ),
    )


def test_offer_in_compromise_is_refused_or_ends_the_case_and_stops_no_clock() -> None:
    offered = Line(
        date(2026, 6, 1),
        "record-offer",
        FPF,
        "offer-in-compromise",
        AFTER_DECISION,
        {"offered_usd": "40000.00", "offered_on": date(2026, 6, 1)},
        "fay",
    )
    refused = {"offer_refused_reasons": "Too little."}
    walk(
        PENALTY,
        MONDAY,
        *DECIDED,
        offered,
        Line(date(2026, 6, 9), "refuse-offer", FPF, "decision", AFTER_DECISION, refused, "fay"),
    )
    accepted = {"offer_accepted_on": date(2026, 6, 9)}
    accept = Line(date(2026, 6, 9), "accept-offer", FPF, "paid", None, accepted, "fay")
    assert walk(PENALTY, MONDAY, *DECIDED, offered, accept).outcome == "compromised"


def test_limitation_is_waived_when_the_party_was_asked() -> None:
    asked = Line(
        date(2026, 3, 9), "ask-waiver", FPF, "opened", LIMITATION, {"waiver_asked_on": date(2026, 3, 9)}, "fay"
    )
    waiver = {"waived_until": date(2032, 5, 4), "waiver_reference": "W-1"}
    waived = Line(date(2026, 3, 20), "record-waiver", FPF, "opened", date(2032, 5, 4), waiver, "fay")
    walk(PENALTY, MONDAY, *_opened("penalty"), asked, waived)


def test_other_ends() -> None:
    penalty = _opened("penalty")
    no_violation = {"no_violation_reasons": "The value was right.", "party_told_on": date(2026, 4, 3)}
    doj = {"doj_referred_on": date(2026, 5, 4)}
    ends = {
        "dropped": (Line(MONDAY, "drop", IMPORT, "cancelled", None, {"dropped_reasons": "No breach."}),),
        "not-opened": (
            *penalty[:3],
            Line(date(2026, 3, 5), "decline", FPF, "cancelled", None, {"declined_reasons": "No loss."}, "fay"),
        ),
        "no-violation": (
            *penalty,
            PRE_PENALTY,
            RESPONSE,
            Line(date(2026, 4, 3), "find-no-violation", FPF, "cancelled", None, no_violation, "fay"),
        ),
        "cancelled": (
            *DECIDED,
            Line(date(2026, 5, 5), "cancel", FPF, "cancelled", None, {"cancelled_reasons": "As decided."}, "fay"),
        ),
        "referred-to-justice": (
            *penalty,
            PRE_PENALTY,
            RESPONSE,
            PENALTY_NOTICE,
            Line(date(2026, 5, 4), "refer-to-justice", FPF, "referred-doj", None, doj, "fay"),
        ),
    }
    for outcome, lines in ends.items():
        assert walk(PENALTY, MONDAY, *lines).outcome == outcome
