"""Exceptions of liquidation, as 19 USC 1501 and 1504 and the fail-safes of the Centers write them out."""

from datetime import date

from services.workqueue.domain.processes.liquidation_exception import LIQUIDATION_EXCEPTION
from tests.unit.workqueue.processes.walking import Line, barred, walk

RUN, ASSISTANT = "liquidation-specialist", "assistant-center-director"
OPENED_ON = date(2026, 3, 2)
PERIOD_ENDS = date(2026, 5, 15)
TAKE_UP = Line(
    OPENED_ON,
    "take-up",
    RUN,
    "in-work",
    PERIOD_ENDS,
    {"cause": "money-unknown", "period_ends_on": PERIOD_ENDS, "cause_text": "The rate of a line is missing."},
)
ASKED = (
    TAKE_UP,
    Line(
        date(2026, 3, 3),
        "ask-party",
        RUN,
        "waiting-party",
        date(2026, 4, 2),  # 30 days
        {"question": "Which alloy?", "requested_on": date(2026, 3, 3)},
    ),
    Line(date(2026, 3, 20), "record-answer", RUN, "in-work", PERIOD_ENDS, {"answer": "6061."}),
)
READY = (
    *ASKED,
    Line(
        date(2026, 3, 23),
        "put-right",
        RUN,
        "ready",
        PERIOD_ENDS,
        {"remedy": "The rate was recorded.", "next_run_on": date(2026, 3, 27)},
    ),
)
DEEMED = (
    TAKE_UP,
    Line(
        date(2026, 5, 18),
        "deem-liquidated",
        "",
        "deemed",
        date(2026, 8, 13),  # 90 days from 15 May
        {"deemed_on": PERIOD_ENDS},
    ),
)
PROPOSED = (
    *DEEMED,
    Line(
        date(2026, 5, 19),
        "propose-reliquidation",
        RUN,
        "reliquidation-proposed",
        date(2026, 8, 13),
        {"oversight": "Held by a hold set.", "change_usd": "900.00", "proposal_reasons": "Rate of the line."},
    ),
)


def test_entry_is_put_right_and_taken_by_the_next_run() -> None:
    again = walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        *READY,
        Line(date(2026, 3, 30), "reopen", RUN, "in-work", PERIOD_ENDS, {"cause_text": "Still held."}),
    )
    assert again.outcome is None
    standing = walk(LIQUIDATION_EXCEPTION, OPENED_ON, *READY)
    assert barred(LIQUIDATION_EXCEPTION, standing, "liquidate", RUN) == "by-event"
    liquidated = walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        *READY,
        Line(date(2026, 3, 27), "liquidate", "", "liquidated", None, {"liquidated_on": date(2026, 3, 27)}),
    )
    assert liquidated.outcome == "liquidated"


def test_entry_is_extended_or_suspended_meanwhile() -> None:
    extended = walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        TAKE_UP,
        Line(date(2026, 5, 4), "extend", "", "extended", None, {"posted_on": date(2026, 5, 4)}),
    )
    assert extended.outcome == "extended"
    suspended = walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        TAKE_UP,
        Line(date(2026, 5, 4), "suspend", "", "suspended", None, {"occurred_on": date(2026, 5, 4)}),
    )
    assert suspended.outcome == "suspended"


def test_removal_of_a_suspension_gives_six_months() -> None:
    walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        TAKE_UP,
        Line(date(2026, 3, 3), "await-commerce", RUN, "waiting-commerce", PERIOD_ENDS, {"case_numbers": ["A570900"]}),
        Line(
            date(2026, 3, 31),
            "note-lift",
            "",
            "waiting-commerce",
            date(2026, 9, 30),  # September has no 31st
            {"occurred_on": date(2026, 3, 31)},
        ),
        Line(date(2026, 4, 1), "record-answer", RUN, "in-work", date(2026, 9, 30), {"answer": "Message 6090301."}),
        Line(date(2026, 4, 2), "await-court", RUN, "waiting-court", date(2026, 9, 30), {"court_case": ["26-00001"]}),
    )


def test_deemed_liquidation_is_reliquidated_within_ninety_days_when_another_person_approves() -> None:
    standing = walk(LIQUIDATION_EXCEPTION, OPENED_ON, *PROPOSED)
    for act in ("approve-reliquidation", "return", "leave"):
        assert barred(LIQUIDATION_EXCEPTION, standing, act, ASSISTANT, "kim") == "second-person-required"
    reliquidated = walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        *PROPOSED,
        Line(date(2026, 5, 20), "approve-reliquidation", ASSISTANT, "reliquidation-due", date(2026, 8, 13), who="ann"),
        Line(date(2026, 5, 29), "reliquidate", "", "reliquidated", None, {"liquidated_on": date(2026, 5, 29)}),
    )
    assert reliquidated.outcome == "reliquidated"


def test_deemed_liquidation_is_left_or_has_no_effect() -> None:
    left = walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        *PROPOSED,
        Line(
            date(2026, 5, 20), "return", ASSISTANT, "deemed", date(2026, 8, 13), {"return_reason": "Small."}, who="ann"
        ),
        Line(
            date(2026, 5, 21),
            "leave",
            ASSISTANT,
            "final",
            None,
            {"oversight": "Held by a hold set.", "revenue_usd": "12.00", "leave_reasons": "Under the threshold."},
            who="ann",
        ),
    )
    assert left.outcome == "left"
    voided = walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        *DEEMED,
        Line(date(2026, 6, 1), "void", "", "in-work", None, {"voided_liquidation_on": PERIOD_ENDS}),
    )
    assert voided.outcome is None


def test_what_is_no_exception_is_dismissed() -> None:
    dismissed = walk(
        LIQUIDATION_EXCEPTION,
        OPENED_ON,
        Line(OPENED_ON, "dismiss", RUN, "dismissed", None, {"dismissed_reason": "Liquidated on Friday."}),
    )
    assert dismissed.outcome == "dismissed"
