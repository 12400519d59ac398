"""Claims under 19 USC 1520(d), as the statute and the processes of the Centers write them out."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.preference_claim import PREFERENCE_CLAIM
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, ENTRY = "import-specialist", "entry-specialist"
OPENED = date(2026, 3, 2)
TIME = Line(
    OPENED,
    "check-time",
    ENTRY,
    "timeliness",
    date(2026, 3, 10),  # the anniversary of the importation
    {"filed_on": date(2026, 3, 2), "imported_on": date(2025, 3, 10)},
)
TIMELY = Line(OPENED, "find-timely", ENTRY, "assigned", None, {"timeliness": "timely", "program": "USMCA"})
GRANT: dict[str, Any] = {
    "recommendation": "grant",
    "recommendation_reasons": "Certified before.",
    "refund_usd": "900.00",
}
DECIDED = Line(date(2026, 5, 4), "follow-decision", "", "decided")
DECIDED_ON = {"decided_on": date(2026, 5, 4)}


def _begun(papers: str = "complete", reconciliation: str = "no") -> tuple[Line, ...]:
    found = {"papers": papers, "reconciliation": reconciliation}
    return TIME, TIMELY, Line(date(2026, 3, 3), "begin-review", IMPORT, "in-review", None, found)


GRANTED = (
    *_begun(),
    Line(date(2026, 4, 1), "recommend-grant", IMPORT, "recommended", None, GRANT),
    DECIDED,
)


def test_claim_in_its_year_is_granted_and_reliquidated() -> None:
    ended = walk(
        PREFERENCE_CLAIM,
        OPENED,
        *GRANTED,
        Line(date(2026, 5, 4), "record-grant", IMPORT, "approved", None, DECIDED_ON),
        Line(date(2026, 5, 8), "follow-reliquidation", "", "reliquidated"),
    )
    assert ended.outcome == "reliquidated"


def test_entry_that_is_not_liquidated_liquidates_with_what_is_granted_in_part() -> None:
    ended = walk(
        PREFERENCE_CLAIM,
        OPENED,
        *GRANTED,
        Line(
            date(2026, 5, 4),
            "record-grant-in-part",
            IMPORT,
            "part-approved",
            date(2026, 10, 31),  # 180 days to protest the rest
            DECIDED_ON | {"denied_part": "Line 2."},
        ),
        Line(date(2026, 5, 8), "follow-liquidation", "", "reliquidated"),
    )
    assert ended.outcome == "liquidated"


def test_late_claim_is_denied() -> None:
    ended = walk(
        PREFERENCE_CLAIM,
        OPENED,
        TIME,
        Line(OPENED, "find-untimely", ENTRY, "untimely", None, {"timeliness": "untimely"}),
        Line(
            OPENED,
            "recommend-denial",
            IMPORT,
            "recommended",
            None,
            {"recommendation": "deny", "recommendation_reasons": "After the year."},
        ),
        DECIDED,
        Line(
            date(2026, 5, 4), "record-denial", IMPORT, "denied", None, DECIDED_ON | {"protest_by": date(2026, 10, 31)}
        ),
    )
    assert ended.outcome == "denied"


@pytest.mark.parametrize(("papers", "reconciliation"), [("incomplete", "no"), ("complete", "yes")])
def test_grant_needs_the_papers_and_no_reconciliation_flag(papers: str, reconciliation: str) -> None:
    standing = walk(PREFERENCE_CLAIM, OPENED, *_begun(papers, reconciliation))
    assert barred(PREFERENCE_CLAIM, standing, "recommend-grant", IMPORT) == "fact-missing"


def test_party_is_asked_for_thirty_days_and_a_lead_matter_is_awaited() -> None:
    ended = walk(
        PREFERENCE_CLAIM,
        OPENED,
        *_begun("incomplete"),
        Line(
            date(2026, 3, 4),
            "ask-party",
            IMPORT,
            "waiting-party",
            date(2026, 4, 3),
            {"questions": "Certification?", "issued_on": date(2026, 3, 4)},
        ),
        Line(date(2026, 4, 4), "record-silence", IMPORT, "in-review"),
        Line(
            date(2026, 4, 6),
            "ask-party",
            IMPORT,
            "waiting-party",
            date(2026, 5, 6),
            {"questions": "Certification?", "issued_on": date(2026, 4, 6)},
        ),
        Line(date(2026, 4, 20), "record-answer", IMPORT, "in-review"),
        Line(date(2026, 4, 20), "check-papers", IMPORT, "in-review", None, {"papers": "complete"}),
        Line(date(2026, 4, 21), "suspend", IMPORT, "suspended", None, {"lead_matter": "P-1"}),
        Line(date(2026, 4, 28), "resume", IMPORT, "in-review"),
        Line(date(2026, 4, 29), "withdraw", IMPORT, "withdrawn", None, {"withdrawn_on": date(2026, 4, 29)}),
    )
    assert ended.outcome == "withdrawn"


def test_nobody_decides_in_the_queue_what_the_legal_record_decides() -> None:
    standing = walk(PREFERENCE_CLAIM, OPENED, *GRANTED[:-1])
    assert barred(PREFERENCE_CLAIM, standing, "follow-decision", "center-director") == "by-event"
