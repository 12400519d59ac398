"""Work handed over between port and Center: offered, accepted or refused, with its clocks running on."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.port_hand_over import PORT_HAND_OVER
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, HEAD, PORT, STAFF = "import-specialist", "assistant-center-director", "port-director", "port-staff"
FRIDAY, TUESDAY = date(2026, 3, 6), date(2026, 3, 10)  # two working days
WORK: dict[str, Any] = {"work": "A redelivery.", "received_first_on": date(2026, 3, 2), "offered_on": FRIDAY}
TO_PORT = Line(FRIDAY, "offer-to-port", IMPORT, "offered-to-port", TUESDAY, WORK | {"port": "1703"})
TO_CENTER = Line(FRIDAY, "offer-to-center", STAFF, "offered-to-center", TUESDAY, WORK | {"center": "CEE004"}, "sam")
ACCEPTED = {"accepted_on": TUESDAY, "taken_by": "Exam team."}
REFUSED = {"refusal": "not-ours", "refusal_reasons": "The port of Charleston.", "refused_on": TUESDAY}


@pytest.mark.parametrize(
    ("offer", "office", "role", "giver"),
    [(TO_PORT, "port", PORT, "kim"), (TO_CENTER, "center", HEAD, "sam")],
)
def test_other_office_accepts_or_refuses(offer: Line, office: str, role: str, giver: str) -> None:
    offered = walk(PORT_HAND_OVER, FRIDAY, offer)
    for act in (f"accept-at-{office}", f"refuse-at-{office}"):
        assert barred(PORT_HAND_OVER, offered, act, role, giver) == "second-person-required"
        assert barred(PORT_HAND_OVER, offered, act, IMPORT, "ola") == "process-role"
    accept = Line(TUESDAY, f"accept-at-{office}", role, "accepted", None, ACCEPTED, "ola")
    assert walk(PORT_HAND_OVER, FRIDAY, offer, accept).outcome == "accepted"
    refuse = Line(TUESDAY, f"refuse-at-{office}", role, "refused", None, REFUSED, "ola")
    assert walk(PORT_HAND_OVER, FRIDAY, offer, refuse).outcome == "refused"
    other = "center" if office == "port" else "port"
    assert barred(PORT_HAND_OVER, offered, f"accept-at-{other}", HEAD if other == "center" else PORT) == "other-stage"


def test_day_that_is_due_in_the_work_stays_due_while_it_is_offered() -> None:
    due = {"next_due_on": date(2026, 3, 9), "next_due_what": "The demand for redelivery."}
    standing = walk(
        PORT_HAND_OVER,
        FRIDAY,
        Line(FRIDAY, "name-due-day", IMPORT, "draft", date(2026, 3, 9), due),
        Line(FRIDAY, "offer-to-port", IMPORT, "offered-to-port", date(2026, 3, 9), WORK | {"port": "1703"}),
    )
    assert standing.clocks["answer"].due_on == TUESDAY


def test_offer_is_taken_back_by_the_office_that_made_it() -> None:
    why = {"withdrawn_reasons": "Solved."}
    own = Line(FRIDAY, "withdraw-from-port", IMPORT, "withdrawn", None, why)
    assert walk(PORT_HAND_OVER, FRIDAY, TO_PORT, own).outcome == "withdrawn"
    ports = Line(FRIDAY, "withdraw-from-center", STAFF, "withdrawn", None, why, "sam")
    assert walk(PORT_HAND_OVER, FRIDAY, TO_CENTER, ports).outcome == "withdrawn"
    assert barred(PORT_HAND_OVER, walk(PORT_HAND_OVER, FRIDAY, TO_PORT), "withdraw-from-port", PORT) == "process-role"
