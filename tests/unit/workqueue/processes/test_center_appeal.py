"""Appeals against a Center, as 19 CFR 101.10 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.center_appeal import CENTER_APPEAL
from tests.unit.workqueue.processes.walking import Line, barred, walk

FIELD_OPERATIONS, IMPORT, DIRECTOR = "office-of-trade", "import-specialist", "center-director"
OPENED_ON = date(2026, 3, 2)
VIEW_BY = date(2026, 3, 16)  # ten working days, a goal
VIEW: dict[str, Any] = {
    "predominant_heading": "8708",
    "highest_value_heading": "8501",
    "ground": "none",
    "view": "By number of goods the account is ours.",
}
WRITTEN = (
    Line(OPENED_ON, "ask-view", FIELD_OPERATIONS, "center-view", VIEW_BY, who="oda"),
    Line(
        date(2026, 3, 4),
        "supplement",
        IMPORT,
        "center-view",
        VIEW_BY,
        {"supplemented_on": date(2026, 3, 4), "supplement": "Imports of 2025."},
    ),
    Line(date(2026, 3, 9), "write-view", IMPORT, "view-signature", VIEW_BY, VIEW),
)
REVIEWED = (*WRITTEN, Line(date(2026, 3, 10), "sign-view", DIRECTOR, "under-ofo-review", who="dan"))


def test_field_operations_upholds_after_the_view_that_another_person_signs() -> None:
    written = walk(CENTER_APPEAL, OPENED_ON, *WRITTEN)
    assert barred(CENTER_APPEAL, written, "sign-view", DIRECTOR, "kim") == "second-person-required"
    assert barred(CENTER_APPEAL, written, "return-view", DIRECTOR, "kim") == "second-person-required"
    reviewed = walk(CENTER_APPEAL, OPENED_ON, *REVIEWED)
    assert barred(CENTER_APPEAL, reviewed, "uphold", DIRECTOR, "eve") == "process-role"
    assert barred(CENTER_APPEAL, reviewed, "uphold", FIELD_OPERATIONS, "dan") == "second-person-required"
    assert barred(CENTER_APPEAL, reviewed, "uphold", FIELD_OPERATIONS, "kim") == "second-person-required"
    assert barred(CENTER_APPEAL, reviewed, "reassign", FIELD_OPERATIONS, "oda") == "by-event"
    upheld = walk(
        CENTER_APPEAL,
        OPENED_ON,
        *REVIEWED,
        Line(
            date(2026, 4, 6),
            "uphold",
            FIELD_OPERATIONS,
            "upheld",
            None,
            {"decided_on": date(2026, 4, 6), "decision_reasons": "Number of goods."},
            who="oda",
        ),
    )
    assert upheld.outcome == "upheld"


def test_view_is_returned_and_field_operations_may_go_on_without() -> None:
    standing = walk(
        CENTER_APPEAL,
        OPENED_ON,
        *WRITTEN,
        Line(
            date(2026, 3, 10), "return-view", DIRECTOR, "center-view", VIEW_BY, {"return_reason": "Count."}, who="dan"
        ),
        Line(date(2026, 3, 17), "take-up", FIELD_OPERATIONS, "under-ofo-review", None, who="oda"),
    )
    assert standing.outcome is None


def test_account_that_is_assigned_anew_ends_the_appeal() -> None:
    reassigned = walk(
        CENTER_APPEAL,
        OPENED_ON,
        *REVIEWED,
        Line(
            date(2026, 4, 6), "reassign", "", "reassigned", None, {"center": "CEE010", "effective_on": date(2026, 5, 1)}
        ),
    )
    assert reassigned.outcome == "reassigned"


def test_appeal_is_withdrawn() -> None:
    withdrawn = walk(
        CENTER_APPEAL,
        OPENED_ON,
        *WRITTEN,
        Line(
            date(2026, 3, 12),
            "withdraw",
            FIELD_OPERATIONS,
            "withdrawn",
            None,
            {"withdrawn_on": date(2026, 3, 12)},
            who="oda",
        ),
    )
    assert withdrawn.outcome == "withdrawn"
