"""Petitions, as 19 CFR parts 171 and 172 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.petition import PETITION
from tests.unit.workqueue.processes.walking import Line, barred, walk

FPF, IMPORT, DIRECTOR = "fpf-officer", "import-specialist", "center-director"
OPENED_ON = date(2026, 3, 2)
TAKEN_UP: dict[str, Any] = {
    "case_number": "2026-2704-300001-01",
    "notice_kind": "penalty",
    "notice_mailed_on": date(2026, 1, 5),
    "petition_due_on": date(2026, 3, 6),
    "petitioned_on": date(2026, 2, 27),
    "assessed_usd": "40000.00",
}
OPINION: dict[str, Any] = {
    "advice": "mitigate",
    "advised_usd": "8000.00",
    "loss_usd": "4000.00",
    "is_repeat": False,
    "opinion": "Negligence, first violation.",
}
DECISION: dict[str, Any] = {
    "decision": "mitigated",
    "owed_usd": "8000.00",
    "decided_on": date(2026, 4, 1),
    "decision_reasons": "First violation.",
}
TAKE_UP = Line(OPENED_ON, "take-up", FPF, "taken-up", None, TAKEN_UP, who="fay")
OPINED = (
    TAKE_UP,
    Line(
        OPENED_ON,
        "ask-opinion",
        FPF,
        "center-opinion",
        date(2026, 3, 23),  # 15 working days
        {"question": "Was the value known?"},
        who="fay",
    ),
    Line(date(2026, 3, 10), "write-opinion", IMPORT, "opinion-signature", date(2026, 3, 23), OPINION),
)
DECIDED = (
    *OPINED,
    Line(date(2026, 3, 11), "sign-opinion", DIRECTOR, "decision", None, who="dan"),
    Line(date(2026, 4, 1), "decide", FPF, "decided", date(2026, 5, 31), DECISION, who="fay"),  # 60 days
)


def test_petition_is_decided_after_the_opinion_that_another_person_signs_and_is_paid() -> None:
    opined = walk(PETITION, OPENED_ON, *OPINED)
    assert barred(PETITION, opined, "sign-opinion", DIRECTOR, "kim") == "second-person-required"
    assert barred(PETITION, opined, "return-opinion", DIRECTOR, "kim") == "second-person-required"
    assert barred(PETITION, opined, "sign-opinion", IMPORT, "lee") == "process-role"
    back = walk(
        PETITION,
        OPENED_ON,
        *OPINED,
        Line(
            date(2026, 3, 11),
            "return-opinion",
            DIRECTOR,
            "center-opinion",
            date(2026, 3, 23),
            {"return_reason": "Say more."},
            who="dan",
        ),
    )
    assert back.outcome is None
    paid = walk(
        PETITION,
        OPENED_ON,
        *DECIDED,
        Line(
            date(2026, 5, 4),
            "record-payment",
            "entry-specialist",
            "paid",
            None,
            {"paid_usd": "8000.00", "paid_on": date(2026, 5, 4)},
        ),
    )
    assert paid.outcome == "paid"


def test_who_wrote_or_signed_the_opinion_does_not_decide() -> None:
    signed = walk(
        PETITION, OPENED_ON, *OPINED, Line(date(2026, 3, 11), "sign-opinion", DIRECTOR, "decision", who="dan")
    )
    for person in ("kim", "dan"):
        assert barred(PETITION, signed, "decide", FPF, person) == "second-person-required"
        assert barred(PETITION, signed, "cancel", FPF, person) == "second-person-required"


def test_supplemental_petition_is_decided_by_another_officer_and_may_cancel_all() -> None:
    again = (
        *DECIDED,
        Line(
            date(2026, 5, 20),
            "record-supplemental",
            FPF,
            "supplemental",
            None,
            {"supplemental_on": date(2026, 5, 19), "new_grounds": "A ruling."},
            who="fay",
        ),
    )
    standing = walk(PETITION, OPENED_ON, *again)
    for person in ("kim", "dan", "fay"):
        assert barred(PETITION, standing, "decide-supplemental", FPF, person) == "second-person-required"
        assert barred(PETITION, standing, "cancel", FPF, person) == "second-person-required"
    walk(
        PETITION,
        OPENED_ON,
        *again,
        Line(
            date(2026, 6, 1),
            "decide-supplemental",
            "regulations-and-rulings",
            "decided",
            date(2026, 7, 31),  # 60 days again
            {"owed_usd": "4000.00", "decided_on": date(2026, 6, 1), "decision_reasons": "As before."},
            who="gil",
        ),
    )
    cancelled = walk(
        PETITION,
        OPENED_ON,
        *again,
        Line(
            date(2026, 6, 1),
            "cancel",
            FPF,
            "cancelled",
            None,
            {"cancelled_on": date(2026, 6, 1), "decision_reasons": "No violation."},
            who="gil",
        ),
    )
    assert cancelled.outcome == "cancelled"


def test_limitation_is_watched_and_waived_until_the_matter_is_referred() -> None:
    standing = walk(
        PETITION,
        OPENED_ON,
        TAKE_UP,
        Line(
            date(2026, 3, 3),
            "watch-limitation",
            "trade-enforcement-coordinator",
            "taken-up",
            date(2026, 6, 1),  # five years
            {"limitation_from_on": date(2021, 6, 1)},
        ),
        Line(
            date(2026, 3, 4),
            "record-waiver",
            "trade-enforcement-coordinator",
            "taken-up",
            date(2028, 6, 1),
            {"waived_until": date(2028, 6, 1)},
        ),
        Line(
            date(2026, 3, 5),
            "decide-without-opinion",
            FPF,
            "decision",
            date(2028, 6, 1),
            {"no_opinion_reason": "The facts are agreed."},
        ),
        Line(date(2026, 4, 1), "decide", FPF, "decided", date(2026, 5, 31), DECISION),
        Line(
            date(2026, 6, 8),
            "refer",
            "chief-counsel",
            "referred-doj",
            None,
            {"referred_on": date(2026, 6, 8), "claimed_usd": "40000.00"},
        ),
    )
    assert standing.outcome == "referred-doj"


def test_offer_in_compromise_is_answered_by_another_person_than_records_it() -> None:
    offered = (
        *DECIDED,
        Line(
            date(2026, 5, 4),
            "record-offer",
            FPF,
            "offer-in-compromise",
            None,
            {"offered_usd": "5000.00", "offered_on": date(2026, 5, 4)},
            who="fay",
        ),
    )
    standing = walk(PETITION, OPENED_ON, *offered)
    assert barred(PETITION, standing, "accept-offer", FPF, "fay") == "second-person-required"
    assert barred(PETITION, standing, "refuse-offer", FPF, "fay") == "second-person-required"
    accepted = walk(
        PETITION,
        OPENED_ON,
        *offered,
        Line(
            date(2026, 6, 1),
            "accept-offer",
            "office-of-trade",
            "compromised",
            None,
            {"accepted_on": date(2026, 6, 1)},
            who="gil",
        ),
    )
    assert accepted.outcome == "offer-in-compromise"
    refused = walk(
        PETITION,
        OPENED_ON,
        *offered,
        Line(
            date(2026, 6, 1),
            "refuse-offer",
            "office-of-trade",
            "decision",
            None,
            {"offer_refused_reason": "Too little."},
            who="gil",
        ),
    )
    assert refused.outcome is None


def test_late_and_withdrawn_petitions_end() -> None:
    late = walk(
        PETITION,
        OPENED_ON,
        Line(
            OPENED_ON,
            "find-late",
            FPF,
            "late",
            None,
            {"notice_mailed_on": date(2025, 12, 1), "petitioned_on": date(2026, 2, 27)},
        ),
    )
    assert late.outcome == "late"
    withdrawn = walk(
        PETITION,
        OPENED_ON,
        TAKE_UP,
        Line(date(2026, 3, 9), "withdraw", FPF, "withdrawn", None, {"withdrawn_on": date(2026, 3, 9)}),
    )
    assert withdrawn.outcome == "withdrawn"


def test_center_does_not_decide_a_petition() -> None:
    signed = walk(
        PETITION, OPENED_ON, *OPINED, Line(date(2026, 3, 11), "sign-opinion", DIRECTOR, "decision", who="dan")
    )
    assert barred(PETITION, signed, "decide", DIRECTOR, "eve") == "process-role"


def test_nothing_is_referred_before_something_is_owed() -> None:
    taken_up = walk(PETITION, OPENED_ON, TAKE_UP)
    assert barred(PETITION, taken_up, "refer", FPF) == "other-stage"
