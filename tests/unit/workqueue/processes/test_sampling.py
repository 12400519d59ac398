"""Laboratory samples: asked for, taken, sent, at the laboratory, reported, the rest disposed of."""

from datetime import date

from services.workqueue.domain.processes.sampling import SAMPLING
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, STAFF = "import-specialist", "port-staff"
MONDAY, EXPECTED, LATER = date(2026, 3, 2), date(2026, 4, 10), date(2026, 4, 24)
SAY = Line(
    MONDAY,
    "say-what",
    IMPORT,
    "asked",
    None,
    {"goods": "Woven fabric.", "questions": "Fibre by weight.", "quantity": "One metre."},
)
TAKE = Line(
    date(2026, 3, 4),
    "take",
    STAFF,
    "taken",
    None,
    {
        "taken_on": date(2026, 3, 4),
        "taken_where": "Container 1, roll 7.",
        "taken_quantity": "One metre.",
        "seal": "S-1",
        "taken_by": "cbp",
    },
    "sam",
)
SEND = Line(
    date(2026, 3, 5),
    "send",
    STAFF,
    "sent",
    None,
    {
        "laboratory_kind": "cbp",
        "laboratory": "Savannah laboratory",
        "sent_on": date(2026, 3, 5),
        "carrier": "By hand, 1.",
    },
    "sam",
)
ARRIVE = Line(
    date(2026, 3, 9),
    "record-arrival",
    IMPORT,
    "at-the-laboratory",
    EXPECTED,
    {
        "arrived_on": date(2026, 3, 9),
        "seal_state": "whole",
        "laboratory_number": "L-1",
        "report_expected_on": EXPECTED,
    },
)
DELAY = Line(
    date(2026, 4, 9),
    "record-delay",
    IMPORT,
    "at-the-laboratory",
    LATER,
    {"delay_reason": "A queue.", "report_expected_on": LATER},
)


def test_sample_is_reported_by_the_day_named_and_the_rest_is_disposed_of() -> None:
    report = {
        "reported_on": LATER,
        "report": "L-1/R",
        "finding": "differs",
        "findings": "60 percent polyester.",
        "is_remnant": True,
    }
    rest = {"disposal": "destroyed", "disposed_on": date(2026, 6, 1)}
    ended = walk(
        SAMPLING,
        MONDAY,
        SAY,
        TAKE,
        SEND,
        ARRIVE,
        DELAY,
        Line(LATER, "record-report", IMPORT, "reported", None, report),
        Line(date(2026, 6, 1), "dispose", IMPORT, "remnant-disposed", None, rest),
    )
    assert ended.outcome == "reported"


def test_lost_sample_is_taken_again() -> None:
    lost = Line(date(2026, 3, 9), "record-loss", IMPORT, "asked", None, {"lost": "The seal was broken."})
    standing = walk(SAMPLING, MONDAY, SAY, TAKE, SEND, ARRIVE, lost)
    assert barred(SAMPLING, standing, "take", STAFF) is None
    assert barred(SAMPLING, standing, "take", "hsi") == "process-role"


def test_sample_is_cancelled() -> None:
    why = {"cancelled_reasons": "The goods were exported."}
    ended = walk(SAMPLING, MONDAY, SAY, Line(MONDAY, "cancel", IMPORT, "cancelled", None, why))
    assert ended.outcome == "cancelled"
