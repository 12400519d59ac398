"""The board of Commercial Enforcement Analysis and Response, as the processes of the Centers write it out."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.cear import CEAR
from tests.unit.workqueue.processes.walking import Line, barred, walk

COORDINATOR, CHAIR = "trade-enforcement-coordinator", "assistant-center-director"
MONDAY = date(2026, 3, 2)
HEARING_BY = date(2026, 3, 23)  # 15 working days from 2 March
WATCH, LIMITATION = date(2028, 5, 4), date(2030, 5, 4)  # three and five years from 4 May 2025
SCREENED: dict[str, Any] = {
    "statute": "19 USC 1592",
    "violation": "Undervalued.",
    "loss_usd": "90000.00",
    "prior_record": "None.",
    "disclosure_status": "none",
    "is_trusted_trader": False,
}
SCREEN = Line(
    date(2026, 3, 4),
    "screen",
    COORDINATOR,
    "screened",
    HEARING_BY,
    SCREENED | {"culpability": "negligence", "violation_on": date(2025, 5, 4)},
)
SCHEDULE = Line(
    date(2026, 3, 5),
    "schedule",
    COORDINATOR,
    "scheduled",
    HEARING_BY,
    {"scheduled_on": date(2026, 3, 12), "members": "Chair, counsel, audit."},
)
HEAR = Line(
    date(2026, 3, 12),
    "hear",
    COORDINATOR,
    "heard",
    WATCH,
    {"heard_on": date(2026, 3, 12), "present": "Chair, counsel, audit.", "quorum": "reached"},
)
COMPARE = Line(
    date(2026, 3, 12), "show-comparables", COORDINATOR, "heard", WATCH, {"comparables": "Twenty of 19 USC 1592."}
)
HEARD = (SCREEN, SCHEDULE, HEAR, COMPARE)

ACTED_ON = {
    "informed-compliance",
    "warning-letter",
    "notice-of-action",
    "audit-referral",
    "liquidated-damages",
    "penalty-referral",
    "hsi-referral",
    "seizure",
}


def _dispose(disposition: str) -> Line:
    vote = {
        "disposition": disposition,
        "disposition_reason": "loss-of-revenue",
        "disposition_reasons": "As heard.",
        "votes_for": 3,
        "votes_against": 0,
        "disposed_on": date(2026, 3, 12),
    }
    return Line(date(2026, 3, 12), "dispose", CHAIR, "disposed", WATCH, vote, who="ada")


@pytest.mark.parametrize(
    ("disposition", "opens"),
    [
        ("informed-compliance", None),
        ("warning-letter", None),
        ("notice-of-action", None),
        ("audit-referral", None),
        ("liquidated-damages", "liquidated-damages-penalty"),
        ("penalty-referral", "liquidated-damages-penalty"),
        ("hsi-referral", "commercial-fraud"),
        ("seizure", "port-hand-over"),
    ],
)
def test_disposition_is_acted_on_reported_and_closed(disposition: str, opens: str | None) -> None:
    assert CEAR.act(f"begin-{disposition}").opens == opens
    disposed = walk(CEAR, MONDAY, *HEARD, _dispose(disposition))
    assert barred(CEAR, disposed, "close-no-action", COORDINATOR) == "fact-missing"
    others = ACTED_ON - {disposition}
    assert {barred(CEAR, disposed, f"begin-{other}", COORDINATOR) for other in others} == {"fact-missing"}
    begin = Line(
        date(2026, 3, 13), f"begin-{disposition}", COORDINATOR, "action-open", WATCH, {"action_reference": "A-1"}
    )
    result = {"result": "Done.", "reported_on": date(2026, 5, 4)}
    report = Line(date(2026, 5, 4), "report-result", COORDINATOR, "result-reported", WATCH, result)
    reported = walk(CEAR, MONDAY, *HEARD, _dispose(disposition), begin, report)
    assert {barred(CEAR, reported, f"close-{other}", COORDINATOR) for other in others} == {"fact-missing"}
    close = Line(date(2026, 5, 5), f"close-{disposition}", COORDINATOR, "closed")
    assert walk(CEAR, MONDAY, *HEARD, _dispose(disposition), begin, report, close).outcome == disposition


def test_no_action_closes_at_once() -> None:
    close = Line(date(2026, 3, 13), "close-no-action", COORDINATOR, "closed")
    assert walk(CEAR, MONDAY, *HEARD, _dispose("no-action"), close).outcome == "no-action"


def test_nomination_is_heard_within_fifteen_working_days_or_not_taken() -> None:
    assert walk(CEAR, MONDAY).due_on() == date(2026, 3, 23)
    out = {"screen_out": "no-violation", "screen_out_reasons": "Entered as ruled."}
    ended = walk(CEAR, MONDAY, Line(date(2026, 3, 4), "screen-out", COORDINATOR, "closed", None, out))
    assert ended.outcome == "not-taken"


def test_nothing_is_voted_on_without_quorum_comparables_and_another_person() -> None:
    empty = {"heard_on": date(2026, 3, 12), "present": "Chair.", "quorum": "not-reached"}
    without = walk(
        CEAR, MONDAY, SCREEN, SCHEDULE, Line(date(2026, 3, 12), "hear", COORDINATOR, "heard", WATCH, empty), COMPARE
    )
    assert barred(CEAR, without, "dispose", CHAIR, "ada") == "fact-missing"
    unseen = walk(CEAR, MONDAY, SCREEN, SCHEDULE, HEAR)
    assert barred(CEAR, unseen, "dispose", CHAIR, "ada") == "fact-missing"
    heard = walk(CEAR, MONDAY, *HEARD)
    assert barred(CEAR, heard, "dispose", CHAIR, "kim") == "second-person-required"
    assert barred(CEAR, heard, "dispose", COORDINATOR, "ada") == "process-role"
    assert barred(CEAR, heard, "dispose", CHAIR, "ada") is None


def test_hearing_is_deferred_and_held_again() -> None:
    standing = walk(
        CEAR,
        MONDAY,
        *HEARD,
        Line(date(2026, 3, 12), "recuse", "chief-counsel", "heard", WATCH, {"recused": "Counsel, a relative."}, "cal"),
        # 15 working days from 12 March
        Line(date(2026, 3, 12), "defer", COORDINATOR, "deferred", date(2026, 4, 2), {"deferred_for": "The audit."}),
        Line(
            date(2026, 3, 20),
            "schedule",
            COORDINATOR,
            "scheduled",
            date(2026, 4, 2),
            {"scheduled_on": date(2026, 3, 27), "members": "As before."},
        ),
    )
    assert standing.outcome is None


def test_limitation_runs_five_years_from_the_violation_and_from_discovery_of_fraud() -> None:
    screened = walk(CEAR, MONDAY, SCREEN)
    assert screened.clocks["limitation"].due_on == LIMITATION
    assert screened.clocks["waiver-watch"].due_on == WATCH
    fraud = Line(
        date(2026, 3, 4),
        "screen-as-fraud",
        COORDINATOR,
        "screened",
        HEARING_BY,
        SCREENED | {"discovered_on": date(2026, 1, 15)},
    )
    as_fraud = walk(CEAR, MONDAY, fraud)
    assert as_fraud.clocks["fraud-limitation"].due_on == date(2031, 1, 15)
    assert as_fraud.clocks["fraud-waiver-watch"].due_on == date(2029, 1, 15)


def test_waiver_moves_the_limitation_to_its_day() -> None:
    waiver = {"waived_until": date(2032, 5, 4), "waiver_reference": "W-1"}
    standing = walk(
        CEAR, MONDAY, *HEARD, Line(date(2026, 3, 13), "record-waiver", COORDINATOR, "heard", date(2032, 5, 4), waiver)
    )
    assert standing.clocks["limitation"].ended_on == date(2026, 3, 13)
    refused = {"no_waiver_reasons": "The party declined."}
    walk(CEAR, MONDAY, *HEARD, Line(date(2026, 3, 13), "record-no-waiver", COORDINATOR, "heard", LIMITATION, refused))


def test_fraud_matter_goes_on_instead_of_a_new_one() -> None:
    disposed = walk(CEAR, MONDAY, *HEARD, _dispose("seizure"))
    assert barred(CEAR, disposed, "return-to-fraud-matter", COORDINATOR) == "fact-missing"
    back = Line(date(2026, 3, 13), "return-to-fraud-matter", COORDINATOR, "action-open", WATCH, {"fraud_matter": "F-1"})
    walk(CEAR, MONDAY, *HEARD, _dispose("hsi-referral"), back)
    assert CEAR.act("return-to-fraud-matter").opens is None


def test_no_party_learns_of_the_board() -> None:
    assert CEAR.is_sensitive
    assert [act.code for act in CEAR.acts if act.tells] == []
