"""Evasion investigations, as 19 USC 1517, 19 CFR 165 and CBP's timeline write them out."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.eapa import EAPA
from tests.unit.workqueue.processes.walking import Line, barred, walk

TRADE, RULINGS, TEAM = "office-of-trade", "regulations-and-rulings", "adcvd-team"
OPENED = date(2026, 2, 9)
PROPER = Line(
    OPENED,
    "receive",
    TRADE,
    "proper",
    date(2026, 3, 3),  # 15 business days, 16 February being a holiday
    {
        "alleger": "Domestic Industry",
        "importers": "07-345678900",
        "orders": ["A-570-001"],
        "received_on": date(2026, 2, 9),
    },
)
INITIATED = (
    PROPER,
    Line(
        date(2026, 3, 2),
        "initiate",
        TRADE,
        "investigating",
        date(2026, 5, 31),  # 90 days
        {"initiated_on": date(2026, 3, 2), "case_number": "7900"},
    ),
)
FACTS, ARGUMENTS, REPLIES = date(2026, 9, 18), date(2026, 10, 18), date(2026, 11, 2)
DETERMINATION = date(2026, 12, 27)
MEASURES: dict[str, Any] = {
    "measures_on": date(2026, 5, 29),
    "suspicion_reasons": "Transshipped.",
    "measures": "Suspension, live entry.",
}
MEASURED = (
    *INITIATED,
    Line(date(2026, 5, 29), "order-measures", TRADE, "interim-measures", date(2026, 6, 5), MEASURES, who="hal"),
)
TOLD = (
    *MEASURED,
    Line(
        date(2026, 6, 3),
        "tell-measures",
        TEAM,
        "interim-measures",
        FACTS,
        {"measures_told_on": date(2026, 6, 3)},
    ),
)
DETERMINED: dict[str, Any] = {"determined_on": date(2026, 12, 21), "determination_reasons": "Transshipped."}
REVIEWED: dict[str, Any] = {"review_decided_on": date(2027, 4, 1), "review_reasons": "Substantial evidence."}
EVASION = (
    *TOLD,
    Line(
        date(2026, 12, 21),
        "determine-evasion",
        TRADE,
        "evasion",
        date(2026, 12, 29),  # five business days, Christmas left out
        DETERMINED,
        who="hal",
    ),
    Line(
        date(2026, 12, 23),
        "tell-determination",
        TEAM,
        "evasion",
        date(2027, 2, 4),  # 30 business days: without 25 December, 1 and 18 January
        {"determination_told_on": date(2026, 12, 23)},
    ),
)
UNDER_REVIEW = (
    *EVASION,
    Line(
        date(2027, 1, 5),
        "record-review-request",
        TEAM,
        "under-review",
        date(2027, 4, 1),  # 60 business days: without 18 January and 15 February
        {"review_requested_by": "Importer", "review_requested_on": date(2027, 1, 5)},
    ),
)


def test_record_closes_for_facts_arguments_and_replies_and_the_case_is_determined_by_day_300() -> None:
    walk(
        EAPA,
        OPENED,
        *TOLD,
        Line(
            date(2026, 6, 3), "apply-measures", TEAM, "interim-measures", FACTS, {"suspended_entries": ["B7603245278"]}
        ),
        Line(FACTS, "close-facts", TEAM, "interim-measures", ARGUMENTS),
        Line(ARGUMENTS, "close-arguments", TEAM, "interim-measures", REPLIES),
        Line(REPLIES, "close-replies", TEAM, "interim-measures", DETERMINATION),
        Line(
            date(2026, 12, 20),
            "extend-determination",
            TRADE,
            "interim-measures",
            date(2027, 2, 25),  # day 360
            {"counted_from": date(2026, 3, 2), "extension_reasons": "Many exporters."},
        ),
    )


def test_time_to_determine_stands_still_while_commerce_looks_at_the_scope() -> None:
    standing = walk(
        EAPA,
        OPENED,
        *TOLD,
        Line(REPLIES, "close-replies", TEAM, "interim-measures", DETERMINATION),
        Line(
            date(2026, 11, 3),
            "refer-scope-under-measures",
            TRADE,
            "scope-referral-under-measures",
            None,
            {"scope_question": "Parts?"},
        ),
        Line(
            date(2026, 12, 3),
            "record-scope-under-measures",
            TRADE,
            "interim-measures",
            date(2027, 1, 26),  # 30 days later
            {"scope_answer": "In scope."},
        ),
    )
    assert standing.stage == "interim-measures"


def test_case_without_measures_is_referred_and_determined_as_no_evasion() -> None:
    lines = (
        *INITIATED,
        Line(
            date(2026, 5, 29),
            "find-no-suspicion",
            TRADE,
            "investigating",
            FACTS,
            {"no_suspicion_reasons": "Own production."},
        ),
        Line(date(2026, 6, 1), "refer-scope", TRADE, "scope-referral", FACTS, {"scope_question": "Parts?"}),
        Line(date(2026, 7, 1), "record-scope", TRADE, "investigating", FACTS, {"scope_answer": "Out of scope."}),
        Line(date(2026, 12, 21), "determine-no-evasion", TRADE, "no-evasion", date(2026, 12, 29), DETERMINED),
    )
    standing = walk(EAPA, OPENED, *lines)
    assert barred(EAPA, standing, "close-no-evasion", TEAM) == "fact-missing"
    ended = walk(
        EAPA,
        OPENED,
        *lines,
        Line(
            date(2026, 12, 23),
            "tell-determination",
            TEAM,
            "no-evasion",
            date(2027, 2, 4),
            {"determination_told_on": date(2026, 12, 23)},
        ),
        Line(date(2027, 2, 5), "close-no-evasion", TEAM, "closed"),
    )
    assert ended.outcome == "no-evasion"


def test_allegation_is_not_initiated_and_the_alleger_told_in_five_business_days() -> None:
    ended = walk(
        EAPA,
        OPENED,
        PROPER,
        Line(
            date(2026, 3, 2),
            "decline",
            TRADE,
            "not-initiated",
            date(2026, 3, 9),
            {"declined_on": date(2026, 3, 2), "decline_reasons": "No order."},
        ),
        Line(date(2026, 3, 4), "tell-alleger", TEAM, "closed", None, {"told_on": date(2026, 3, 4)}),
    )
    assert ended.outcome == "not-initiated"


def test_allegation_is_not_proper_or_withdrawn() -> None:
    returned = walk(
        EAPA, OPENED, Line(OPENED, "return", TRADE, "closed", None, {"return_reasons": "No importer named."})
    )
    withdrawn = walk(
        EAPA,
        OPENED,
        PROPER,
        Line(date(2026, 2, 20), "withdraw", TEAM, "closed", None, {"withdrawn_on": date(2026, 2, 20)}),
    )
    assert (returned.outcome, withdrawn.outcome) == ("not-proper", "withdrawn")


def test_evasion_without_a_request_for_review_is_closed_after_the_parties_are_told() -> None:
    assert barred(EAPA, walk(EAPA, OPENED, *EVASION[:-1]), "close-evasion", TEAM) == "fact-missing"
    ended = walk(EAPA, OPENED, *EVASION, Line(date(2027, 2, 5), "close-evasion", TEAM, "closed"))
    assert ended.outcome == "evasion"


@pytest.mark.parametrize("act", ["affirm", "reverse"])
def test_review_is_decided_by_others_and_closed_when_nobody_sues(act: str) -> None:
    standing = walk(EAPA, OPENED, *UNDER_REVIEW)
    assert barred(EAPA, standing, act, TEAM) == "process-role"
    assert barred(EAPA, standing, act, RULINGS, "hal") == "second-person-required"
    ended = walk(
        EAPA,
        OPENED,
        *UNDER_REVIEW,
        Line(date(2027, 4, 1), act, RULINGS, "review-decided", date(2027, 5, 13), REVIEWED, who="rue"),
        Line(date(2027, 5, 14), "close-reviewed", TEAM, "closed"),
    )
    assert ended.outcome == "reviewed"


@pytest.mark.parametrize("act", ["affirm", "reverse"])
def test_who_determined_that_there_is_no_evasion_does_not_review_it(act: str) -> None:
    standing = walk(
        EAPA,
        OPENED,
        *TOLD,
        Line(
            date(2026, 12, 21), "determine-no-evasion", TRADE, "no-evasion", date(2026, 12, 29), DETERMINED, who="hal"
        ),
        Line(
            date(2027, 1, 5),
            "record-review-request",
            TEAM,
            "under-review",
            date(2026, 12, 29),  # the parties have still to be told
            {"review_requested_by": "Alleger", "review_requested_on": date(2027, 1, 5)},
        ),
    )
    assert barred(EAPA, standing, act, RULINGS, "hal") == "second-person-required"


def test_suit_ends_with_the_judgment() -> None:
    ended = walk(
        EAPA,
        OPENED,
        *UNDER_REVIEW,
        Line(date(2027, 4, 1), "affirm", RULINGS, "review-decided", date(2027, 5, 13), REVIEWED, who="rue"),
        Line(
            date(2027, 5, 3),
            "record-suit",
            "chief-counsel",
            "in-court",
            None,
            {"court_number": "27-00001", "sued_on": date(2027, 5, 3)},
        ),
        Line(date(2028, 5, 1), "record-judgment", "chief-counsel", "closed", None, {"judgment": "Sustained."}),
    )
    assert ended.outcome == "judgment"


def test_center_does_not_decide_on_evasion() -> None:
    standing = walk(EAPA, OPENED, *TOLD)
    for act in ("determine-evasion", "determine-no-evasion", "extend-determination", "refer-scope-under-measures"):
        assert barred(EAPA, standing, act, TEAM) == "process-role"
