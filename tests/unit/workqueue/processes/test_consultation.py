"""Consultations: the Center of record decides, the one that knows the goods is heard."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.consultation import CONSULTATION
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT = "import-specialist"
OPENED = date(2026, 3, 2)
TAKEN_UP = Line(
    OPENED,
    "take-up",
    IMPORT,
    "in-review",
    date(2026, 3, 16),  # ten working days
    {"asked_on": date(2026, 3, 2), "issue": "classification"},
)
ADVICE: dict[str, Any] = {"advice": "differ", "advice_reasons": "Parts of engines."}


def test_advice_is_followed_by_another_person_and_stands_still_while_facts_are_owed() -> None:
    lines = (
        TAKEN_UP,
        Line(date(2026, 3, 4), "ask-back", IMPORT, "waiting-asking-center", None, {"facts_wanted": "Use."}),
        Line(date(2026, 3, 9), "give-facts", IMPORT, "in-review", date(2026, 3, 21), {"facts": "Engines."}, who="rae"),
        Line(date(2026, 3, 10), "advise", IMPORT, "advised", None, ADVICE),
    )
    standing = walk(CONSULTATION, OPENED, *lines)
    assert barred(CONSULTATION, standing, "follow", IMPORT) == "second-person-required"
    assert barred(CONSULTATION, standing, "depart", IMPORT) == "second-person-required"
    ended = walk(CONSULTATION, OPENED, *lines, Line(date(2026, 3, 11), "follow", IMPORT, "used", who="rae"))
    assert ended.outcome == "followed"


def test_center_of_record_departs_from_the_advice_with_reasons() -> None:
    ended = walk(
        CONSULTATION,
        OPENED,
        TAKEN_UP,
        Line(date(2026, 3, 10), "advise", IMPORT, "advised", None, ADVICE),
        Line(date(2026, 3, 11), "depart", IMPORT, "used", None, {"departure_reasons": "A ruling says so."}, who="rae"),
    )
    assert ended.outcome == "departed"


def test_goods_of_another_center_are_sent_back() -> None:
    ended = walk(
        CONSULTATION, OPENED, Line(OPENED, "decline", IMPORT, "declined", None, {"decline_reasons": "Machinery."})
    )
    assert ended.outcome == "declined"


@pytest.mark.parametrize("act", ["follow-liquidation", "follow-deemed-liquidation"])
def test_liquidation_ends_what_was_asked(act: str) -> None:
    ended = walk(CONSULTATION, OPENED, TAKEN_UP, Line(date(2026, 3, 13), act, "", "overtaken"))
    assert ended.outcome == "overtaken"
