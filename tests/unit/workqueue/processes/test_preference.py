"""Reviews of preference, as the processes of the Centers write them out (3.8)."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.preference import PREFERENCE
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, ASSISTANT = "import-specialist", "assistant-center-director"
OPENED = date(2026, 3, 2)
ASKED = (
    Line(
        OPENED,
        "select",
        IMPORT,
        "selected",
        None,
        {"selected_for": "claim", "program": "USMCA", "entry_numbers": ["B7603245278"]},
    ),
    Line(
        OPENED,
        "ask-importer",
        IMPORT,
        "cf28-origin",
        date(2026, 4, 1),
        {"questions": "Certificate?", "issued_on": date(2026, 3, 2)},
    ),
)
ANSWERED = Line(date(2026, 3, 20), "record-answer", IMPORT, "answered", None, {"answer": "Certificate."})
SILENT = Line(date(2026, 4, 2), "record-silence", IMPORT, "silent")
QUALIFIED = Line(date(2026, 6, 1), "qualify", IMPORT, "qualified", None, {"decision_reasons": "Cut and sewn there."})
INTENT = Line(
    date(2026, 4, 6),
    "tell-intent",
    IMPORT,
    "intent-to-deny",
    date(2026, 5, 6),
    {"intent_facts": "No certificate.", "intent_on": date(2026, 4, 6), "pattern_of_conduct": "no"},
)
NO_COMMENT = Line(date(2026, 5, 7), "record-comments", IMPORT, "comment", None, {"comments": "None."})
DENIAL: dict[str, Any] = {
    "denied_entries": ["B7603245278"],
    "decision_reasons": "No certificate.",
    "duty_usd": "900.00",
    "processing_fee_usd": "34.64",
}


def test_silent_importer_is_told_the_intent_hears_nothing_and_another_person_denies() -> None:
    lines = (*ASKED, SILENT, INTENT, NO_COMMENT)
    standing = walk(PREFERENCE, OPENED, *lines)
    assert barred(PREFERENCE, standing, "deny", IMPORT) == "process-role"
    assert barred(PREFERENCE, standing, "deny", ASSISTANT) == "second-person-required"
    ended = walk(
        PREFERENCE,
        OPENED,
        *lines,
        Line(date(2026, 5, 8), "deny", ASSISTANT, "denied", None, DENIAL, who="ada"),
        Line(date(2026, 5, 8), "follow-denial", "", "applied"),
    )
    assert ended.outcome == "denied"


def test_producer_answers_and_auditors_visit_before_the_goods_qualify() -> None:
    ended = walk(
        PREFERENCE,
        OPENED,
        *ASKED,
        ANSWERED,
        Line(
            date(2026, 3, 23),
            "ask-producer",
            IMPORT,
            "producer-questionnaire",
            date(2026, 4, 22),
            {"producer": "Tejidos", "questionnaire_on": date(2026, 3, 23)},
        ),
        Line(date(2026, 4, 20), "record-producer", IMPORT, "answered", None, {"producer_findings": "Bills of yarn."}),
        Line(
            date(2026, 4, 21),
            "order-visit",
            ASSISTANT,
            "visit",
            None,
            {"visit_to": "Tejidos", "visit_reasons": "Capacity."},
            who="ada",
        ),
        Line(
            date(2026, 5, 28),
            "report-visit",
            "regulatory-audit",
            "answered",
            None,
            {"visited_on": date(2026, 5, 20), "visit_findings": "Looms."},
            who="aud",
        ),
        QUALIFIED,
        Line(date(2026, 6, 1), "follow-qualification", "", "applied"),
    )
    assert ended.outcome == "qualified"


def test_nothing_is_denied_whose_intent_was_not_told_also_after_a_refused_finding() -> None:
    standing = walk(
        PREFERENCE, OPENED, *ASKED, ANSWERED, QUALIFIED, Line(date(2026, 6, 2), "follow-refusal", "", "comment")
    )
    assert barred(PREFERENCE, standing, "deny", ASSISTANT, "ada") == "fact-missing"


def test_importer_corrects_the_claim() -> None:
    ended = walk(
        PREFERENCE,
        OPENED,
        *ASKED,
        Line(
            date(2026, 3, 10),
            "record-correction",
            IMPORT,
            "corrected",
            None,
            {"corrected_on": date(2026, 3, 10), "is_prompt": "yes", "tendered_usd": "900.00"},
        ),
    )
    assert ended.outcome == "corrected"


@pytest.mark.parametrize("act", ["follow-liquidation", "follow-deemed-liquidation"])
def test_liquidation_overtakes_the_review(act: str) -> None:
    ended = walk(PREFERENCE, OPENED, *ASKED, Line(date(2026, 3, 13), act, "", "overtaken"))
    assert ended.outcome == "overtaken"
