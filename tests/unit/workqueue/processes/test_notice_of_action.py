"""Notices of action, as 19 CFR 152.2 and the processes of the Centers write them out."""

from datetime import date
from typing import Any

from services.workqueue.domain.processes.notice_of_action import NOTICE_OF_ACTION
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT = "import-specialist"
OPENED = date(2026, 3, 2)
TAKEN: dict[str, Any] = {"taken_on": date(2026, 3, 30), "action_reasons": "Heading 8473."}


def _computed(increase: str) -> Line:
    effect = {
        "entry_numbers": ["B7603245278"],
        "change": "Classification",
        "liquidation_reason": "02",
        "effect_usd": "900.00",
        "increase": increase,
    }
    return Line(OPENED, "compute-effect", IMPORT, "draft", None, effect)


PROPOSED = Line(
    OPENED,
    "propose",
    IMPORT,
    "proposed",
    date(2026, 3, 22),  # 20 days from the mailing on 2 March
    {"mailed_on": date(2026, 3, 2), "proposal_reasons": "Heading 8473."},
)


def test_increase_of_more_than_15_dollars_is_proposed_and_taken_after_twenty_silent_days() -> None:
    standing = walk(NOTICE_OF_ACTION, OPENED, _computed("over-15-usd"))
    assert barred(NOTICE_OF_ACTION, standing, "take-action-directly", IMPORT) == "fact-missing"
    ended = walk(
        NOTICE_OF_ACTION,
        OPENED,
        _computed("over-15-usd"),
        PROPOSED,
        Line(date(2026, 3, 23), "record-silence", IMPORT, "silent"),
        Line(date(2026, 3, 30), "take-action", IMPORT, "action-taken", None, TAKEN | {"reply_to_importer": "None."}),
    )
    assert ended.outcome == "action-taken"


def test_reasons_of_the_importer_by_the_day_on_the_form_end_the_matter() -> None:
    ended = walk(
        NOTICE_OF_ACTION,
        OPENED,
        _computed("over-15-usd"),
        PROPOSED,
        Line(OPENED, "set-day-on-form", IMPORT, "proposed", date(2026, 4, 1), {"answer_by": date(2026, 4, 1)}),
        Line(date(2026, 3, 31), "record-reasons", IMPORT, "responded", None, {"responded_on": date(2026, 3, 31)}),
        Line(date(2026, 4, 2), "withdraw", IMPORT, "withdrawn", None, {"withdrawal_reason": "The importer is right."}),
    )
    assert ended.outcome == "withdrawn"


def test_small_increase_is_taken_directly() -> None:
    ended = walk(
        NOTICE_OF_ACTION,
        OPENED,
        _computed("up-to-15-usd"),
        Line(date(2026, 3, 30), "take-action-directly", IMPORT, "action-taken", None, TAKEN),
    )
    assert ended.outcome == "action-taken"


def test_nothing_is_proposed_before_its_effect_is_computed() -> None:
    assert barred(NOTICE_OF_ACTION, walk(NOTICE_OF_ACTION, OPENED), "propose", IMPORT) == "fact-missing"
