"""Visits, calls and trainings: planned, held, reported."""

from datetime import date

from services.workqueue.domain.processes.engagement import ENGAGEMENT
from tests.unit.workqueue.processes.walking import Line, barred, walk

MANAGER = "national-account-manager"
MONDAY, DAY, LATER = date(2026, 3, 2), date(2026, 3, 20), date(2026, 3, 27)
PLAN = {"kind": "visit", "topics": "Marking.", "guests": "The importer."}
SET = Line(MONDAY, "set-day", MANAGER, "planned", DAY, PLAN | {"planned_on": DAY})
MOVE = Line(date(2026, 3, 18), "set-day", MANAGER, "planned", LATER, PLAN | {"planned_on": LATER})
HOLD = Line(LATER, "hold", MANAGER, "held", None, {"held_on": LATER})


def test_engagement_is_planned_moved_held_and_reported_with_hours_and_attendees() -> None:
    said = {"hours": "6.0", "attendees": 14, "findings": "Labels were moved."}
    ended = walk(ENGAGEMENT, MONDAY, SET, MOVE, HOLD, Line(LATER, "report", MANAGER, "reported", None, said))
    assert ended.outcome == "reported"
    assert barred(ENGAGEMENT, walk(ENGAGEMENT, MONDAY, SET), "report", MANAGER) == "other-stage"


def test_engagement_is_cancelled() -> None:
    why = {"cancelled_by": "guest", "cancelled_reason": "A strike."}
    ended = walk(ENGAGEMENT, MONDAY, SET, Line(MONDAY, "cancel", MANAGER, "cancelled", None, why))
    assert ended.outcome == "cancelled"
