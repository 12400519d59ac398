"""Classification, as the rules of interpretation and the processes of the Centers write it out (3.9)."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.classification import CLASSIFICATION
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT = "import-specialist"
OPENED = date(2026, 3, 2)
QUESTION = Line(
    OPENED,
    "state-question",
    IMPORT,
    "facts",
    None,
    {
        "question": "Machine or part?",
        "product_key": "8473300000, board",
        "maker": "MID1",
        "origin": "CN",
        "entry_numbers": ["B7603245278"],
    },
)
FACTS = Line(OPENED, "record-facts", IMPORT, "facts", None, {"description": "A board.", "evidence": "Sample."})
RULE: dict[str, Any] = {
    "interpretation": "1",
    "tariff": "8473301180",
    "headings_weighed": "8471: not complete.",
    "rulings_searched": "N123456",
    "differences": "None.",
}
CHOSEN = (QUESTION, FACTS, Line(OPENED, "choose-rule", IMPORT, "method-chosen", None, RULE))
PROPOSED = (
    *CHOSEN,
    Line(
        OPENED,
        "propose",
        IMPORT,
        "proposed",
        date(2026, 3, 22),
        {"effect_usd": "900.00", "proposal_reasons": "Note 5.", "mailed_on": date(2026, 3, 2)},
    ),
    Line(date(2026, 3, 20), "record-reasons", IMPORT, "responded"),
)
DECISION = {"decided_tariff": "8473301180", "decision_reasons": "Note 5."}


def test_classification_is_decided_by_another_person_than_proposed_it() -> None:
    standing = walk(CLASSIFICATION, OPENED, *PROPOSED)
    assert barred(CLASSIFICATION, standing, "decide", IMPORT) == "second-person-required"
    ended = walk(
        CLASSIFICATION,
        OPENED,
        *PROPOSED,
        Line(date(2026, 3, 23), "decide", IMPORT, "decided", None, DECISION, who="lou"),
        Line(date(2026, 3, 23), "follow-refusal", "", "responded"),
        Line(date(2026, 3, 24), "decide", IMPORT, "decided", None, DECISION, who="lou"),
        Line(date(2026, 3, 24), "follow-application", "", "applied"),
    )
    assert ended.outcome == "reclassified"


def test_no_rule_is_chosen_before_it_is_known_what_the_goods_are() -> None:
    assert barred(CLASSIFICATION, walk(CLASSIFICATION, OPENED, QUESTION), "choose-rule", IMPORT) == "fact-missing"


def test_laboratory_national_specialist_and_headquarters_are_heard_and_the_declaration_is_right() -> None:
    ask = {"questions": "Use?", "issued_on": date(2026, 3, 2)}
    ended = walk(
        CLASSIFICATION,
        OPENED,
        QUESTION,
        Line(OPENED, "ask-party", IMPORT, "waiting-party", date(2026, 4, 1), ask),
        Line(date(2026, 4, 2), "record-silence", IMPORT, "facts"),
        Line(date(2026, 4, 2), "ask-party", IMPORT, "waiting-party", date(2026, 4, 1), ask),
        Line(date(2026, 4, 3), "record-answer", IMPORT, "facts"),
        Line(
            date(2026, 4, 3),
            "send-sample",
            IMPORT,
            "laboratory",
            None,
            {"sample": "Alloy?", "sample_sent_on": date(2026, 4, 3)},
        ),
        Line(
            date(2026, 5, 4),
            "record-report",
            IMPORT,
            "facts",
            None,
            {"report_number": "LA2026", "report_findings": "Copper."},
        ),
        Line(
            date(2026, 5, 4),
            "ask-national-specialist",
            IMPORT,
            "national-specialist",
            None,
            {"specialist_question": "Which?"},
        ),
        Line(
            date(2026, 5, 20),
            "record-opinion",
            "office-of-trade",
            "facts",
            None,
            {"opinion_tariff": "8473301180", "opinion": "Note 5."},
            who="nis",
        ),
        Line(date(2026, 5, 20), "ask-headquarters", IMPORT, "headquarters", None, {"advice_question": "Which?"}),
        Line(
            date(2026, 7, 1),
            "record-advice",
            "regulations-and-rulings",
            "facts",
            None,
            {"ruling_number": "H123456", "advice": "As declared."},
            who="hal",
        ),
        Line(date(2026, 7, 2), "confirm", IMPORT, "confirmed", None, {"decision_reasons": "As ruled."}),
    )
    assert ended.outcome == "as-declared"


@pytest.mark.parametrize("act", ["follow-liquidation", "follow-deemed-liquidation"])
def test_liquidation_overtakes_the_question(act: str) -> None:
    ended = walk(CLASSIFICATION, OPENED, *CHOSEN, Line(date(2026, 3, 13), act, "", "overtaken"))
    assert ended.outcome == "overtaken"
