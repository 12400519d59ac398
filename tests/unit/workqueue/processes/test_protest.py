"""Protests, as 19 USC 1514 and 1515, 19 CFR part 174 and the processes of the Centers write them out."""

from datetime import UTC, date, datetime
from typing import Any

from services.workqueue.domain.processes.protest import PROTEST
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, DIRECTOR = "import-specialist", "center-director"
FILED_ON = date(2026, 3, 2)
DECIDE_BY = date(2028, 3, 2)  # two years from filing
RECEIVED: dict[str, Any] = {"received_at": datetime(2026, 3, 2, 15, tzinfo=UTC)}
PROTESTED: dict[str, Any] = {
    "protested_on": date(2025, 12, 5),
    "protested": "classification",
    "protestant": "The importer of record.",
}


def event(on: date, act: str, stage: str, due_on: date | None = None, fields: dict[str, Any] | None = None) -> Line:
    """What liquidation tells."""
    return Line(on, act, "", stage, due_on, fields or {})


FILED = event(FILED_ON, "record-filing", "filed", DECIDE_BY, RECEIVED)
REVIEW = event(date(2026, 3, 4), "begin-review", "in-review", DECIDE_BY)
RECOMMENDED = event(date(2026, 5, 1), "recommend", "awaiting-signature", DECIDE_BY)


def test_protest_is_checked_assigned_reviewed_allowed_and_reliquidated() -> None:
    standing = walk(
        PROTEST,
        FILED_ON,
        FILED,
        Line(date(2026, 3, 3), "check-timeliness", IMPORT, "timeliness", DECIDE_BY, PROTESTED),
        Line(date(2026, 3, 3), "assign", DIRECTOR, "assigned", DECIDE_BY, {"assigned_to": "lee"}, who="dan"),
        REVIEW,
        event(date(2026, 3, 5), "ask-party", "waiting-party", DECIDE_BY),
        event(date(2026, 3, 20), "party-answered", "in-review", DECIDE_BY),
        event(date(2026, 3, 21), "suspend", "suspended", DECIDE_BY, {"lead_protest": "270426100001"}),
        event(date(2026, 4, 20), "resume", "in-review", DECIDE_BY),
        event(date(2026, 4, 21), "recommend", "awaiting-signature", DECIDE_BY),
        event(date(2026, 4, 22), "return", "in-review", DECIDE_BY),
        RECOMMENDED,
        event(date(2026, 5, 2), "allow", "approved"),
        event(
            date(2026, 5, 4),
            "reliquidate",
            "reliquidated",
            date(2026, 6, 3),  # 30 days to refund
            {"liquidated_on": date(2026, 5, 4)},
        ),
        Line(date(2026, 5, 29), "close-approved", IMPORT, "final", None, {"settled_on": date(2026, 5, 28)}),
    )
    assert standing.outcome == "approved"


def test_headquarters_answers_further_review_and_what_is_denied_in_part_becomes_final() -> None:
    answered = (
        FILED,
        REVIEW,
        Line(
            date(2026, 3, 5),
            "take-up-further-review",
            IMPORT,
            "afr-requested",
            date(2026, 5, 1),  # 60 days, believed
            {"applied_on": FILED_ON},
        ),
        event(date(2026, 3, 20), "grant-further-review", "afr-granted", date(2026, 5, 1)),
        event(date(2026, 3, 21), "forward", "at-hq", DECIDE_BY),
        event(date(2026, 4, 20), "answer-further-review", "hq-decided", DECIDE_BY),
        RECOMMENDED,
        event(
            date(2026, 5, 4),
            "allow-in-part",
            "part-approved",
            date(2026, 8, 2),  # 90 days to ask that the denial be voided
            {"denied_on": date(2026, 5, 4), "sue_by": date(2026, 10, 31)},
        ),
    )
    standing = walk(PROTEST, FILED_ON, *answered)
    assert standing.clocks["summons"].due_on == date(2026, 10, 31)  # 180 days
    assert barred(PROTEST, standing, "close-part-approved", IMPORT) == "fact-missing"
    ended = walk(
        PROTEST,
        FILED_ON,
        *answered,
        event(
            date(2026, 5, 15),
            "reliquidate-in-part",
            "part-approved",
            date(2026, 6, 14),
            {"liquidated_on": date(2026, 5, 15)},
        ),
        Line(date(2026, 11, 2), "close-part-approved", IMPORT, "final", None, {"final_on": date(2026, 11, 1)}),
    )
    assert ended.outcome == "part-approved"


def test_refusal_of_further_review_may_be_set_aside_within_its_times() -> None:
    asked = (
        FILED,
        REVIEW,
        event(
            date(2026, 3, 10),
            "refuse-further-review",
            "afr-denied",
            date(2026, 5, 9),  # 60 days to ask
            {"occurred_on": date(2026, 3, 10)},
        ),
        event(
            date(2026, 4, 1),
            "request-set-aside",
            "afr-denied",
            date(2026, 5, 31),  # 60 days to answer
            {"occurred_on": date(2026, 4, 1)},
        ),
    )
    granted = walk(PROTEST, FILED_ON, *asked, event(date(2026, 4, 20), "set-aside", "afr-granted", DECIDE_BY))
    assert granted.outcome is None
    walk(PROTEST, FILED_ON, *asked, event(date(2026, 4, 20), "refuse-set-aside", "afr-denied", DECIDE_BY))
    later = event(date(2026, 4, 2), "recommend", "awaiting-signature", date(2026, 5, 31))
    walk(
        PROTEST,
        FILED_ON,
        *asked,
        later,
        event(date(2026, 4, 20), "set-aside-elsewhere", "awaiting-signature", DECIDE_BY),
    )


def test_denial_is_voided_denied_again_and_sued_on() -> None:
    denial = {"denied_on": date(2026, 5, 4), "sue_by": date(2026, 10, 31)}
    standing = walk(
        PROTEST,
        FILED_ON,
        FILED,
        REVIEW,
        RECOMMENDED,
        event(date(2026, 5, 4), "deny", "denied", date(2026, 8, 2), denial),
        event(date(2026, 6, 1), "request-void", "denied", date(2026, 10, 31)),
        event(date(2026, 6, 15), "void-denial", "denial-voided", DECIDE_BY, RECEIVED),
        event(date(2026, 7, 1), "recommend", "awaiting-signature", DECIDE_BY),
        event(date(2026, 7, 6), "deny", "denied", date(2026, 10, 4), {"denied_on": date(2026, 7, 6)}),
        event(date(2026, 9, 1), "summon", "summons"),
        Line(
            date(2028, 2, 1),
            "record-judgment",
            "chief-counsel",
            "final",
            None,
            {"judged_on": date(2028, 1, 20), "judgment": "For the United States."},
        ),
    )
    assert standing.outcome == "judged"


def test_denial_that_nobody_sues_on_is_final() -> None:
    standing = walk(
        PROTEST,
        FILED_ON,
        FILED,
        REVIEW,
        RECOMMENDED,
        event(date(2026, 5, 4), "deny", "denied", date(2026, 8, 2), {"denied_on": date(2026, 5, 4)}),
        Line(date(2026, 11, 2), "close-denied", IMPORT, "final", None, {"final_on": date(2026, 11, 1)}),
    )
    assert standing.outcome == "denied"


def test_protest_against_an_exclusion_is_deemed_denied_on_day_thirty() -> None:
    standing = walk(
        PROTEST,
        FILED_ON,
        FILED,
        Line(FILED_ON, "record-exclusion", IMPORT, "filed", date(2026, 4, 1), {"filed_on": FILED_ON}),
        event(
            date(2026, 4, 2),
            "deem-denied",
            "deemed-denied",
            date(2026, 9, 28),  # 180 days from 1 April
            {"denied_on": date(2026, 4, 1)},
        ),
        Line(date(2026, 10, 1), "close-deemed-denied", IMPORT, "final", None, {"final_on": date(2026, 9, 29)}),
    )
    assert standing.outcome == "deemed-denied"


def test_accelerated_protest_is_to_be_decided_by_the_day_that_liquidation_gives() -> None:
    standing = walk(
        PROTEST,
        FILED_ON,
        FILED,
        event(date(2026, 3, 3), "amend", "filed", DECIDE_BY),
        event(date(2026, 3, 3), "add-grounds", "filed", DECIDE_BY),
        event(date(2026, 3, 3), "apply-further-review", "filed", DECIDE_BY),
        event(
            date(2026, 3, 16),
            "request-acceleration",
            "filed",
            date(2026, 4, 11),  # 30 days from mailing on 12 March
            {"deemed_denied_on": date(2026, 4, 11)},
        ),
    )
    assert standing.outcome is None


def test_legal_acts_on_a_protest_are_for_liquidation_alone() -> None:
    standing = walk(PROTEST, FILED_ON, FILED, REVIEW, RECOMMENDED)
    for act in ("allow", "allow-in-part", "deny", "withdraw", "deem-denied"):
        assert barred(PROTEST, standing, act, DIRECTOR) == "by-event"


def test_protest_is_rejected_or_withdrawn() -> None:
    rejected = walk(PROTEST, FILED_ON, FILED, event(date(2026, 3, 9), "reject", "untimely"))
    assert rejected.outcome == "rejected"
    withdrawn = walk(PROTEST, FILED_ON, FILED, REVIEW, event(date(2026, 3, 9), "withdraw", "withdrawn"))
    assert withdrawn.outcome == "withdrawn"
