"""Prior disclosures, as 19 CFR 162.74 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.prior_disclosure import PRIOR_DISCLOSURE
from tests.unit.workqueue.processes.walking import Line, barred, walk

FPF, ENTRY, IMPORT = "fpf-officer", "entry-specialist", "import-specialist"
RECEIVED: dict[str, Any] = {"received_on": date(2026, 3, 2), "is_oral": False}
COMPLETE = {"completed_on": date(2026, 3, 20)}
LOSS = {"loss_usd": "1200.00", "loss_computed_on": date(2026, 4, 1)}


def test_disclosure_is_completed_tendered_and_closed_with_interest_by_another_person() -> None:
    standing = walk(
        PRIOR_DISCLOSURE,
        date(2026, 3, 2),
        Line(date(2026, 3, 2), "acknowledge", ENTRY, "acknowledged", None, RECEIVED),
        Line(
            date(2026, 3, 3),
            "ask-for-data",
            IMPORT,
            "perfecting",
            date(2026, 4, 1),  # 30 days from 2 March
            {"missing": "The entries concerned.", "disclosed_on": date(2026, 3, 2)},
        ),
        Line(date(2026, 3, 20), "record-completion", IMPORT, "perfected", None, COMPLETE),
        Line(date(2026, 4, 1), "compute-loss", IMPORT, "loss-computed", None, LOSS),
        Line(
            date(2026, 4, 2),
            "request-tender",
            IMPORT,
            "tender-due",
            date(2026, 5, 2),  # 30 days from the day on which the party was told
            {"notified_on": date(2026, 4, 2)},
        ),
        Line(
            date(2026, 4, 20),
            "record-tender",
            ENTRY,
            "tendered",
            None,
            {"tendered_usd": "1200.00", "tendered_on": date(2026, 4, 20)},
            who="eve",
        ),
        Line(
            date(2026, 5, 4),
            "validate",
            FPF,
            "valid",
            None,
            {"culpability": "negligence", "validation_reasons": "Disclosed before any investigation."},
            who="fay",
        ),
    )
    assert (
        barred(PRIOR_DISCLOSURE, standing, "close-interest-only", "center-director", "fay") == "second-person-required"
    )
    assert barred(PRIOR_DISCLOSURE, standing, "close-reduced-penalty", "center-director", "dan") == "fact-missing"
    assert barred(PRIOR_DISCLOSURE, standing, "close-interest-only", IMPORT) == "process-role"
    assert barred(PRIOR_DISCLOSURE, standing, "close-interest-only", "center-director", "dan") is None


def test_oral_disclosure_is_written_within_ten_days_and_the_time_to_complete_is_extended_once() -> None:
    standing = walk(
        PRIOR_DISCLOSURE,
        date(2026, 3, 2),
        Line(date(2026, 3, 2), "acknowledge", FPF, "acknowledged", None, RECEIVED | {"is_oral": True}),
        Line(
            date(2026, 3, 2),
            "await-writing",
            IMPORT,
            "perfecting",
            date(2026, 3, 12),
            {"received_on": date(2026, 3, 2)},
        ),
        Line(date(2026, 3, 20), "record-completion", IMPORT, "perfected", None, COMPLETE),
        Line(
            date(2026, 3, 21),
            "ask-for-data",
            IMPORT,
            "perfecting",
            date(2026, 4, 1),
            {"missing": "The cost of assists.", "disclosed_on": date(2026, 3, 2)},
        ),
        Line(
            date(2026, 3, 30),
            "extend-completion",
            FPF,
            "perfecting",
            date(2026, 5, 29),  # 60 days from 30 March
            {"extension_granted_on": date(2026, 3, 30), "extension_reason": "Records abroad."},
        ),
    )
    assert standing.outcome is None


def test_investigation_that_came_first_must_be_on_record_before_the_disclosure_fails() -> None:
    standing = walk(
        PRIOR_DISCLOSURE,
        date(2026, 3, 2),
        Line(date(2026, 3, 2), "acknowledge", FPF, "acknowledged", None, RECEIVED),
    )
    assert barred(PRIOR_DISCLOSURE, standing, "find-invalid", FPF) == "fact-missing"
    ended = walk(
        PRIOR_DISCLOSURE,
        date(2026, 3, 2),
        Line(date(2026, 3, 2), "acknowledge", FPF, "acknowledged", None, RECEIVED),
        Line(
            date(2026, 3, 4),
            "record-investigation",
            FPF,
            "acknowledged",
            None,
            {"investigation_opened_at": "2026-02-20T15:04:09Z"},
        ),
        Line(date(2026, 3, 5), "find-invalid", FPF, "invalid", None, {"invalid_reasons": "Opened on 20 February."}),
    )
    assert ended.outcome == "investigation-first"
