"""Entries with AD/CVD cases, as 19 USC 1504(d) and the processes of the Centers write them out (3.7)."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.ad_cvd import AD_CVD
from tests.unit.workqueue.processes.walking import Line, barred, walk

TEAM, IMPORT, ENTRY, ASSISTANT = "adcvd-team", "import-specialist", "entry-specialist", "assistant-center-director"
OPENED = date(2026, 3, 2)
CHECKED = Line(
    OPENED,
    "check-entry",
    IMPORT,
    "entered",
    None,
    {
        "case_numbers": ["A-570-001"],
        "maker": "MID1",
        "exporter": "Export Co",
        "deposit_rate": "25.00 %",
        "scope_findings": "In scope.",
    },
)
LIFTED = (
    CHECKED,
    Line(OPENED, "follow-suspension", "", "suspended"),
    Line(
        date(2026, 6, 2),
        "follow-lift",
        "",
        "lifted",
        date(2026, 12, 1),  # six months from the notice of 1 June
        {"occurred_on": date(2026, 6, 1)},
    ),
)
PERIOD, TARGET = date(2026, 12, 1), date(2026, 9, 6)
INSTRUCTION: dict[str, Any] = {
    "instruction_number": "6159301",
    "instructed_on": date(2026, 6, 8),
    "period_from": date(2025, 2, 1),
    "period_to": date(2026, 3, 31),
    "instruction_rate": "31.70 %",
}
RATE: dict[str, Any] = {"maker": "MID1", "exporter": "Export Co", "liquidation_rate": "31.70 %"}
INSTRUCTED = Line(date(2026, 6, 8), "record-instruction", TEAM, "lifted", TARGET, INSTRUCTION)  # 90 days from 8 June


def _rated(match: str) -> tuple[Line, ...]:
    rate = Line(date(2026, 6, 9), "set-rate", TEAM, "rate-set", TARGET, RATE | {"rate_match": match})
    return *LIFTED, INSTRUCTED, rate


CONFIRMED = (
    *_rated("equal"),
    Line(date(2026, 6, 9), "confirm-rate", TEAM, "certificate-check", TARGET, who="lou"),
)


def _statement(found: str) -> Line:
    return Line(date(2026, 6, 10), "check-certificate", TEAM, "certificate-check", TARGET, {"statement": found})


DECIDED = (
    *CONFIRMED,
    _statement("on-file"),
    Line(
        date(2026, 6, 11),
        "decide",
        TEAM,
        "set-to-liquidate",
        PERIOD,
        {"effect_usd": "670.00", "decision_reasons": "As instructed."},
    ),
)
LIQUIDATED = (*DECIDED, Line(date(2026, 6, 19), "follow-liquidation", "", "liquidated"))
BILLED = (
    *LIQUIDATED,
    Line(date(2026, 6, 19), "follow-bill", "", "billed", date(2026, 7, 19), {"bill_due_on": date(2026, 7, 19)}),
)
COLLECTED: dict[str, Any] = {
    "collected_usd": "670.00",
    "collected_on": date(2026, 7, 15),
    "collected_from": "importer",
}


def test_rate_that_differs_from_the_instruction_is_explained_and_confirmed_by_another_person() -> None:
    bare = walk(AD_CVD, OPENED, *LIFTED)
    assert barred(AD_CVD, bare, "set-rate", TEAM) == "fact-missing"
    different = walk(AD_CVD, OPENED, *_rated("different"))
    assert barred(AD_CVD, different, "confirm-rate", TEAM, "lou") == "fact-missing"
    explained = walk(AD_CVD, OPENED, *_rated("explained"))
    assert barred(AD_CVD, explained, "confirm-rate", TEAM) == "second-person-required"
    assert barred(AD_CVD, explained, "return-rate", TEAM) == "second-person-required"
    assert barred(AD_CVD, explained, "confirm-rate", TEAM, "lou") is None
    walk(
        AD_CVD,
        OPENED,
        *_rated("different"),
        Line(date(2026, 6, 9), "return-rate", ASSISTANT, "lifted", TARGET, {"return_reasons": "Explain."}, who="ada"),
    )


def test_entry_liquidates_at_the_rate_and_its_bill_is_collected() -> None:
    ended = walk(
        AD_CVD,
        OPENED,
        *BILLED,
        Line(date(2026, 7, 15), "record-collection", ENTRY, "collected", None, COLLECTED, who="eve"),
    )
    assert ended.outcome == "collected"


def test_missing_statement_is_asked_for_before_the_entry_is_set_to_liquidate() -> None:
    missing = walk(AD_CVD, OPENED, *CONFIRMED, _statement("missing"))
    assert barred(AD_CVD, missing, "decide", TEAM) == "fact-missing"
    on_file = walk(AD_CVD, OPENED, *CONFIRMED, _statement("on-file"))
    assert barred(AD_CVD, on_file, "request-certificate", TEAM) == "fact-missing"
    standing = walk(
        AD_CVD,
        OPENED,
        *CONFIRMED,
        _statement("missing"),
        Line(
            date(2026, 6, 12),
            "request-certificate",
            TEAM,
            "waiting-certificate",
            date(2026, 6, 16),  # Friday, and two working days
            {"certificate_asked_on": date(2026, 6, 12)},
        ),
        Line(date(2026, 6, 17), "record-certificate", TEAM, "certificate-check", TARGET, {"statement": "none"}),
    )
    assert barred(AD_CVD, standing, "decide", TEAM) is None


def test_evasion_and_injunction_suspend_beside_the_case_and_another_ground_holds_a_lift() -> None:
    standing = walk(
        AD_CVD,
        OPENED,
        CHECKED,
        Line(OPENED, "follow-suspension", "", "suspended"),
        Line(OPENED, "note-suspension-codes", TEAM, "suspended", None, {"suspension_code": "44"}),
        Line(
            date(2026, 3, 9),
            "note-evasion-case",
            TEAM,
            "eapa",
            None,
            {"suspension_code": "65", "evasion_case": "7900"},
        ),
        Line(
            date(2026, 4, 6),
            "note-injunction",
            TEAM,
            "injunction",
            None,
            {"suspension_code": "66", "court_number": "26-00001"},
        ),
        Line(date(2026, 5, 4), "note-return", TEAM, "suspended", None, {"suspension_code": "44"}),
        Line(date(2026, 6, 1), "follow-lift", "", "lifted", date(2026, 12, 1), {"occurred_on": date(2026, 6, 1)}),
        Line(date(2026, 6, 2), "note-other-suspension", TEAM, "suspended", None, {"suspension_code": "43"}),
    )
    assert standing.outcome is None


def test_deemed_liquidation_is_reported() -> None:
    ended = walk(
        AD_CVD,
        OPENED,
        *LIFTED,
        Line(date(2026, 12, 2), "follow-deemed-liquidation", "", "deemed-liquidated"),
        Line(
            date(2026, 12, 3),
            "report-deemed",
            TEAM,
            "closed",
            None,
            {"deemed_reasons": "Instruction overlooked.", "rate_difference_usd": "670.00"},
        ),
    )
    assert ended.outcome == "deemed-liquidated"


def test_unpaid_bill_becomes_delinquent_is_demanded_of_the_surety_and_left_to_others() -> None:
    demanded = (
        *BILLED,
        Line(date(2026, 7, 20), "follow-overdue", "", "delinquent"),
        Line(
            date(2026, 8, 18),
            "follow-surety-bill",
            "",
            "surety-demand",
            date(2027, 2, 14),  # 180 days from the demand
            {"protest_by": date(2027, 2, 14)},
        ),
    )
    standing = walk(AD_CVD, OPENED, *demanded)
    assert barred(AD_CVD, standing, "close-uncollected", TEAM) == "process-role"
    ended = walk(
        AD_CVD,
        OPENED,
        *demanded,
        Line(
            date(2027, 3, 1),
            "close-uncollected",
            ASSISTANT,
            "closed",
            None,
            {"uncollected_reasons": "Referred for suit."},
            who="ada",
        ),
    )
    assert ended.outcome == "uncollected"


def test_entry_without_a_change_is_closed_and_a_voided_liquidation_opens_it_again() -> None:
    closed = (
        *LIQUIDATED,
        Line(date(2026, 6, 19), "close-without-bill", TEAM, "closed", None, {"why_no_bill": "refund"}),
    )
    assert walk(AD_CVD, OPENED, *closed).outcome == "no-bill"
    again = walk(AD_CVD, OPENED, *closed, Line(date(2026, 7, 1), "follow-voiding", "", "suspended"))
    assert again.outcome is None


def test_entry_without_a_case_is_closed_after_a_look_at_the_scope() -> None:
    assert barred(AD_CVD, walk(AD_CVD, OPENED), "remove-case", IMPORT) == "fact-missing"
    ended = walk(
        AD_CVD,
        OPENED,
        CHECKED,
        Line(OPENED, "remove-case", IMPORT, "closed", None, {"no_case_reasons": "Out of scope."}),
    )
    assert ended.outcome == "no-case"


@pytest.mark.parametrize(
    ("act", "stage"),
    [("follow-refusal", "lifted"), ("follow-suspension", "suspended"), ("follow-liquidation", "liquidated")],
)
def test_what_is_set_to_liquidate_follows_the_legal_record(act: str, stage: str) -> None:
    due = PERIOD if act == "follow-refusal" else None
    walk(AD_CVD, OPENED, *DECIDED, Line(date(2026, 6, 19), act, "", stage, due))


def test_reliquidation_replaces_the_bill() -> None:
    walk(AD_CVD, OPENED, *BILLED, Line(date(2026, 7, 10), "follow-reliquidation", "", "liquidated"))
