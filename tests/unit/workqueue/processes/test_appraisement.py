"""Appraisement, as 19 USC 1401a and the processes of the Centers write it out (3.9)."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.appraisement import APPRAISEMENT
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
        "question": "Is the price influenced?",
        "product_key": "8471300100, 14 inch",
        "maker": "MID1",
        "origin": "CN",
        "entry_numbers": ["B7603245278"],
    },
)
SALE: dict[str, Any] = {
    "price_usd": "1000.00",
    "terms": "FOB",
    "assists_usd": "50.00",
    "royalties_usd": "0.00",
    "commissions_usd": "0.00",
    "proceeds_usd": "0.00",
    "related_parties": "yes",
}
METHOD: dict[str, Any] = {
    "method": "transaction-value",
    "passed_over": "None.",
    "rulings_searched": "H123456",
    "differences": "None.",
}
CHOSEN = (
    QUESTION,
    Line(OPENED, "record-facts", IMPORT, "facts", None, SALE),
    Line(OPENED, "choose-method", IMPORT, "method-chosen", None, METHOD),
)
PROPOSED = (
    *CHOSEN,
    Line(
        OPENED,
        "propose",
        IMPORT,
        "proposed",
        date(2026, 3, 22),
        {
            "value_usd": "1050.00",
            "effect_usd": "20.00",
            "proposal_reasons": "Assists.",
            "mailed_on": date(2026, 3, 2),
        },
    ),
    Line(date(2026, 3, 20), "record-reasons", IMPORT, "responded"),
)
DECISION = {"decided_value_usd": "1050.00", "decision_reasons": "Assists belong to the price."}


def test_value_is_decided_by_another_person_than_proposed_it() -> None:
    standing = walk(APPRAISEMENT, OPENED, *PROPOSED)
    assert barred(APPRAISEMENT, standing, "decide", IMPORT) == "second-person-required"
    ended = walk(
        APPRAISEMENT,
        OPENED,
        *PROPOSED,
        Line(date(2026, 3, 23), "decide", IMPORT, "decided", None, DECISION, who="lou"),
        Line(date(2026, 3, 23), "follow-refusal", "", "responded"),
        Line(date(2026, 3, 24), "decide", "center-director", "decided", None, DECISION, who="dan"),
        Line(date(2026, 3, 24), "follow-application", "", "applied"),
    )
    assert ended.outcome == "value-changed"


def test_no_method_is_chosen_before_the_facts_of_the_sale_are_known() -> None:
    assert barred(APPRAISEMENT, walk(APPRAISEMENT, OPENED, QUESTION), "choose-method", IMPORT) == "fact-missing"


def test_importer_and_headquarters_are_asked_and_the_value_stays_as_declared() -> None:
    ask = {"questions": "Assists?", "issued_on": date(2026, 3, 2)}
    ended = walk(
        APPRAISEMENT,
        OPENED,
        QUESTION,
        Line(OPENED, "ask-party", IMPORT, "waiting-party", date(2026, 4, 1), ask),
        Line(date(2026, 4, 2), "record-silence", IMPORT, "facts"),
        Line(date(2026, 4, 2), "ask-party", IMPORT, "waiting-party", date(2026, 4, 1), ask),
        Line(date(2026, 4, 3), "record-answer", IMPORT, "facts", None, {"answer": "None."}),
        Line(date(2026, 4, 3), "ask-headquarters", IMPORT, "headquarters", None, {"advice_question": "Related?"}),
        Line(
            date(2026, 6, 1),
            "record-advice",
            "regulations-and-rulings",
            "facts",
            None,
            {"ruling_number": "H123456", "advice": "Not influenced."},
            who="hal",
        ),
        Line(date(2026, 6, 2), "leave", IMPORT, "dropped", None, {"decision_reasons": "Not influenced."}),
    )
    assert ended.outcome == "as-declared"


@pytest.mark.parametrize("act", ["follow-liquidation", "follow-deemed-liquidation"])
def test_liquidation_overtakes_the_question(act: str) -> None:
    assert walk(APPRAISEMENT, OPENED, *CHOSEN, Line(date(2026, 3, 13), act, "", "overtaken")).outcome == "overtaken"
