"""Extensions of a temporary importation, as 19 CFR 10.37 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.tib_extension import TIB_EXTENSION
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, DIRECTOR = "import-specialist", "center-director"
OPENED_ON = date(2026, 3, 2)
PERIOD_ENDS = date(2026, 4, 30)
TAKEN_UP: dict[str, Any] = {
    "requested_on": date(2026, 2, 27),
    "imported_on": date(2025, 4, 30),
    "period_ends_on": PERIOD_ENDS,
    "extended_years": 0,
    "cause": "The exhibition goes on.",
}
TAKE_UP = Line(OPENED_ON, "take-up", IMPORT, "in-review", PERIOD_ENDS, TAKEN_UP)
DENIED = {"denial_reasons": "The goods are offered for sale.", "denied_on": date(2026, 3, 4), "leave_by": PERIOD_ENDS}


def test_the_director_decides_while_the_period_runs_and_a_denial_tells_the_importer() -> None:
    standing = walk(TIB_EXTENSION, OPENED_ON, TAKE_UP)
    assert barred(TIB_EXTENSION, standing, "deny", IMPORT) is not None
    assert barred(TIB_EXTENSION, standing, "deny", DIRECTOR, "dan") is None
    decided = (TAKE_UP, Line(date(2026, 3, 4), "deny", DIRECTOR, "denied", PERIOD_ENDS, DENIED, who="dan"))
    left = Line(date(2026, 4, 29), "record-export", IMPORT, "left", None, {"left_on": date(2026, 4, 28)})
    assert walk(TIB_EXTENSION, OPENED_ON, *decided, left).stage == "left"
    breach = Line(date(2026, 5, 4), "find-breach", IMPORT, "breached")
    assert walk(TIB_EXTENSION, OPENED_ON, *decided, breach).stage == "breached"
    assert TIB_EXTENSION.act("find-breach").opens == "liquidated-damages-penalty"
    assert (TIB_EXTENSION.act("deny").tells, TIB_EXTENSION.act("grant").tells) == (("N-38",), ())
