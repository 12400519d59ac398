"""Drawback privileges, as 19 CFR 190.91 and 190.92 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.drawback_privilege import DRAWBACK_PRIVILEGE
from tests.unit.workqueue.processes.walking import Line, barred, walk

DRAWBACK, DIRECTOR = "drawback-specialist", "center-director"
OPENED_ON = date(2026, 3, 2)
MARK = date(2026, 5, 31)  # 90 days
TAKEN_UP = Line(
    OPENED_ON,
    "take-up",
    DRAWBACK,
    "review",
    MARK,
    {"privilege": "accelerated-payment", "applied_on": OPENED_ON},
)


def recommended(what: str) -> tuple[Line, ...]:
    """Taken up, asked, answered, recommended."""
    return (
        TAKEN_UP,
        Line(
            date(2026, 3, 10),
            "ask",
            DRAWBACK,
            "waiting-claimant",
            date(2026, 4, 9),  # 30 days
            {"missing": "Exports of the year before.", "requested_on": date(2026, 3, 10)},
        ),
        Line(date(2026, 3, 30), "record-answer", DRAWBACK, "review", MARK, {"is_answered": True}),
        Line(
            date(2026, 4, 6),
            "recommend",
            DRAWBACK,
            "recommended",
            MARK,
            {"recommendation": what, "recommendation_reasons": "Records in order."},
        ),
    )


def test_privilege_is_granted_by_another_person_than_recommends_it() -> None:
    standing = walk(DRAWBACK_PRIVILEGE, OPENED_ON, *recommended("grant"))
    assert barred(DRAWBACK_PRIVILEGE, standing, "grant", DIRECTOR, "kim") == "second-person-required"
    assert barred(DRAWBACK_PRIVILEGE, standing, "return", DIRECTOR, "kim") == "second-person-required"
    assert barred(DRAWBACK_PRIVILEGE, standing, "deny", DIRECTOR, "dan") == "fact-missing"
    fields: dict[str, Any] = {"granted_from": date(2026, 5, 1)}
    granted = walk(
        DRAWBACK_PRIVILEGE,
        OPENED_ON,
        *recommended("grant"),
        Line(date(2026, 4, 20), "grant", DIRECTOR, "granted", None, fields, who="dan"),
    )
    assert granted.outcome == "granted"


def test_privilege_is_denied_as_recommended_or_returned() -> None:
    standing = walk(DRAWBACK_PRIVILEGE, OPENED_ON, *recommended("deny"))
    assert barred(DRAWBACK_PRIVILEGE, standing, "grant", DIRECTOR, "dan") == "fact-missing"
    assert barred(DRAWBACK_PRIVILEGE, standing, "deny", DIRECTOR, "kim") == "second-person-required"
    denied = walk(
        DRAWBACK_PRIVILEGE,
        OPENED_ON,
        *recommended("deny"),
        Line(date(2026, 4, 20), "deny", DIRECTOR, "denied", None, {"denial_reasons": "Open bills."}, who="dan"),
    )
    assert denied.outcome == "denied"
    walk(
        DRAWBACK_PRIVILEGE,
        OPENED_ON,
        *recommended("deny"),
        Line(date(2026, 4, 20), "return", DIRECTOR, "review", MARK, {"return_reason": "Bills are paid."}, who="dan"),
    )


def test_revocation_is_proposed_answered_and_decided_by_another() -> None:
    answered = (
        Line(
            OPENED_ON,
            "propose-revocation",
            DRAWBACK,
            "revocation-proposed",
            date(2026, 4, 1),  # 30 days
            {
                "privilege": "waiver-of-notice",
                "revocation_reasons": "Exports were not examined.",
                "proposed_on": OPENED_ON,
            },
        ),
        Line(
            date(2026, 3, 20), "record-revocation-answer", DRAWBACK, "revocation-answered", None, {"is_answered": True}
        ),
    )
    standing = walk(DRAWBACK_PRIVILEGE, OPENED_ON, *answered)
    assert barred(DRAWBACK_PRIVILEGE, standing, "revoke", DIRECTOR, "kim") == "second-person-required"
    assert barred(DRAWBACK_PRIVILEGE, standing, "keep", DIRECTOR, "kim") == "second-person-required"
    decision: dict[str, Any] = {"decision_reasons": "As proposed."}
    revoked = walk(
        DRAWBACK_PRIVILEGE,
        OPENED_ON,
        *answered,
        Line(
            date(2026, 4, 2),
            "revoke",
            DIRECTOR,
            "revoked",
            None,
            decision | {"revoked_from": date(2026, 5, 1)},
            who="dan",
        ),
    )
    assert revoked.outcome == "revoked"
    kept = walk(
        DRAWBACK_PRIVILEGE,
        OPENED_ON,
        *answered,
        Line(date(2026, 4, 2), "keep", DIRECTOR, "kept", None, decision, who="dan"),
    )
    assert kept.outcome == "kept"


def test_application_is_withdrawn() -> None:
    withdrawn = walk(
        DRAWBACK_PRIVILEGE,
        OPENED_ON,
        TAKEN_UP,
        Line(date(2026, 3, 9), "withdraw", DRAWBACK, "withdrawn", None, {"withdrawn_on": date(2026, 3, 9)}),
    )
    assert withdrawn.outcome == "withdrawn"
