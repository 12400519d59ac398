"""Advice to a port that holds goods, as 19 CFR 151.16 and 12.43, 12.44 count its days."""

from datetime import date
from typing import Any

import pytest

from services.workqueue.domain.processes.admissibility_advice import ADMISSIBILITY_ADVICE
from tests.unit.workqueue.processes.walking import Line, barred, walk

IMPORT, HEAD, PORT, STAFF = "import-specialist", "assistant-center-director", "port-director", "port-staff"
MONDAY = date(2026, 3, 2)
FIVE_WORKING_DAYS, THIRTY_DAYS = date(2026, 3, 9), date(2026, 4, 1)
UFLPA: dict[str, Any] = {"ground": "uflpa", "presented_on": MONDAY, "goods": "Cotton shirts."}
WRO = UFLPA | {"ground": "withhold-release-order"}
ACCEPT = Line(MONDAY, "accept", IMPORT, "accepted", FIVE_WORKING_DAYS, UFLPA)
DETAIN = Line(
    date(2026, 3, 4),
    "record-detention",
    STAFF,
    "accepted",
    date(2026, 3, 11),  # five working days for the notice
    {"detained_on": date(2026, 3, 4), "detention_reason": "Cotton of unknown origin."},
)
NOTICE = Line(
    date(2026, 3, 5),
    "record-detention-notice",
    STAFF,
    "accepted",
    THIRTY_DAYS,
    {"detention_noticed_on": date(2026, 3, 5), "detention_days": 30, "detention_asks": "Where the cotton was grown."},
)
REVIEW = Line(date(2026, 3, 5), "begin-review", IMPORT, "in-review", THIRTY_DAYS)


def _advised(advice: str) -> tuple[Line, ...]:
    recommended = {"recommended": advice, "recommended_reasons": "The documents."}
    given = {"advice": advice, "advice_reasons": "The documents.", "advised_on": date(2026, 3, 20)}
    return (
        ACCEPT,
        DETAIN,
        NOTICE,
        REVIEW,
        Line(date(2026, 3, 19), "recommend", IMPORT, "in-review", THIRTY_DAYS, recommended),
        Line(date(2026, 3, 20), "advise", HEAD, "advised", THIRTY_DAYS, given, who="ada"),
    )


@pytest.mark.parametrize("decision", ["release", "exclude", "seize", "exception"])
def test_port_that_follows_the_advice_ends_the_matter_as_followed(decision: str) -> None:
    followed = {"followed_on": date(2026, 3, 23)}
    standing = walk(
        ADMISSIBILITY_ADVICE,
        MONDAY,
        *_advised(decision),
        Line(date(2026, 3, 23), f"follow-with-{decision}", PORT, "port-decided", None, followed, who="pat"),
    )
    assert barred(ADMISSIBILITY_ADVICE, standing, "close-differed", IMPORT) == "fact-missing"
    ended = walk(
        ADMISSIBILITY_ADVICE,
        MONDAY,
        *_advised(decision),
        Line(date(2026, 3, 23), f"follow-with-{decision}", PORT, "port-decided", None, followed, who="pat"),
        Line(date(2026, 3, 24), "close-followed", IMPORT, "closed"),
    )
    assert ended.outcome == "followed"


@pytest.mark.parametrize(
    ("advice", "decision"),
    [("exclude", "release"), ("exception", "exclude"), ("exclude", "seize"), ("seize", "exception")],
)
def test_port_that_departs_from_the_advice_says_why(advice: str, decision: str) -> None:
    standing = walk(ADMISSIBILITY_ADVICE, MONDAY, *_advised(advice))
    assert barred(ADMISSIBILITY_ADVICE, standing, f"follow-with-{decision}", PORT) == "fact-missing"
    assert barred(ADMISSIBILITY_ADVICE, standing, f"depart-with-{advice}", PORT) == "fact-missing"
    assert barred(ADMISSIBILITY_ADVICE, standing, f"depart-with-{decision}", HEAD) == "process-role"
    departs = Line(
        date(2026, 3, 23),
        f"depart-with-{decision}",
        PORT,
        "port-decided",
        None,
        {"departed_on": date(2026, 3, 23), "difference": "new-facts", "difference_reasons": "A test of the fibre."},
    )
    decided = walk(ADMISSIBILITY_ADVICE, MONDAY, *_advised(advice), departs)
    assert barred(ADMISSIBILITY_ADVICE, decided, "close-followed", IMPORT) == "fact-missing"
    closes = Line(date(2026, 3, 24), "close-differed", IMPORT, "closed")
    assert walk(ADMISSIBILITY_ADVICE, MONDAY, *_advised(advice), departs, closes).outcome == "differed"


def test_party_learns_of_a_release_and_of_an_exclusion() -> None:
    tells = {act.code: act.tells for act in ADMISSIBILITY_ADVICE.acts if act.tells}
    assert tells == {
        "record-detention-notice": ("N-22",),
        "follow-with-release": ("N-22",),
        "depart-with-release": ("N-22",),
        "follow-with-exclude": ("N-23",),
        "depart-with-exclude": ("N-23",),
        "record-deemed-exclusion": ("N-23",),
    }


def test_advice_needs_a_recommendation_and_another_person() -> None:
    standing = walk(ADMISSIBILITY_ADVICE, MONDAY, ACCEPT, DETAIN, NOTICE, REVIEW)
    assert barred(ADMISSIBILITY_ADVICE, standing, "advise", HEAD, "ada") == "fact-missing"
    recommended = walk(ADMISSIBILITY_ADVICE, MONDAY, *_advised("release")[:-1])
    assert barred(ADMISSIBILITY_ADVICE, recommended, "advise", HEAD, "kim") == "second-person-required"
    assert barred(ADMISSIBILITY_ADVICE, recommended, "advise", HEAD, "ada") is None


def test_notice_of_detention_needs_the_decision_to_detain() -> None:
    standing = walk(ADMISSIBILITY_ADVICE, MONDAY, ACCEPT)
    assert barred(ADMISSIBILITY_ADVICE, standing, "record-detention-notice", STAFF) == "fact-missing"


def test_documents_are_waited_for_thirty_days_and_longer_when_the_importer_asks() -> None:
    asked = {"asked_on": date(2026, 3, 2), "documents": "Records of the mill."}
    longer = {"packet_extended_to": date(2026, 3, 27), "packet_extension_reason": "Translations."}
    pages = {"packet_received_on": date(2026, 3, 26), "packet_pages": 412, "packet_has_index": True}
    standing = walk(
        ADMISSIBILITY_ADVICE,
        MONDAY,
        ACCEPT,
        DETAIN,
        NOTICE,
        Line(date(2026, 3, 5), "await-packet", IMPORT, "packet-pending", THIRTY_DAYS, asked),
        Line(date(2026, 3, 20), "extend-packet", IMPORT, "packet-pending", date(2026, 3, 27), longer),
        Line(date(2026, 3, 26), "record-packet", IMPORT, "in-review", THIRTY_DAYS, pages),
        Line(
            date(2026, 3, 27),
            "record-audit-help",
            "regulatory-audit",
            "in-review",
            THIRTY_DAYS,
            {"audit_findings": "The bales agree with the invoices."},
        ),
    )
    assert standing.clocks["packet"].due_on == date(2026, 4, 1)
    silent = Line(date(2026, 3, 31), "record-silence", IMPORT, "in-review", THIRTY_DAYS, {"silent_on": MONDAY})
    waits = Line(date(2026, 3, 5), "await-packet", IMPORT, "packet-pending", THIRTY_DAYS, asked)
    assert walk(ADMISSIBILITY_ADVICE, MONDAY, ACCEPT, DETAIN, NOTICE, waits, silent).outcome is None


def test_withhold_release_order_gives_three_months_for_proof_and_sixty_days_after_exclusion() -> None:
    imported = {"imported_on": MONDAY, "order": "Order on palm oil."}
    started = walk(ADMISSIBILITY_ADVICE, MONDAY, ACCEPT)
    assert barred(ADMISSIBILITY_ADVICE, started, "record-importation", IMPORT) == "fact-missing"
    accept = Line(MONDAY, "accept", IMPORT, "accepted", FIVE_WORKING_DAYS, WRO)
    importation = Line(MONDAY, "record-importation", IMPORT, "accepted", FIVE_WORKING_DAYS, imported)
    assert walk(ADMISSIBILITY_ADVICE, MONDAY, accept, importation).clocks["wro-proof"].due_on == date(2026, 6, 2)
    _, *rest = _advised("exclude")
    follow = Line(
        date(2026, 3, 23), "follow-with-exclude", PORT, "port-decided", None, {"followed_on": date(2026, 3, 23)}
    )
    mailed = {"exclusion_mailed_on": date(2026, 3, 24)}
    walk(
        ADMISSIBILITY_ADVICE,
        MONDAY,
        accept,
        *rest,
        follow,
        Line(date(2026, 3, 24), "mail-exclusion-advice", STAFF, "port-decided", date(2026, 5, 23), mailed),
        Line(
            date(2026, 4, 20),
            "record-disposal",
            STAFF,
            "port-decided",
            None,
            {"disposal": "exported", "disposed_on": date(2026, 4, 20)},
        ),
        Line(date(2026, 4, 21), "close-followed", IMPORT, "closed"),
    )
    other_ground = walk(ADMISSIBILITY_ADVICE, MONDAY, *_advised("exclude"), follow)
    assert barred(ADMISSIBILITY_ADVICE, other_ground, "mail-exclusion-advice", STAFF) == "fact-missing"


def test_goods_on_which_nobody_decides_in_thirty_days_are_excluded() -> None:
    deemed = {"deemed_excluded_on": THIRTY_DAYS}
    ended = walk(
        ADMISSIBILITY_ADVICE,
        MONDAY,
        *_advised("release"),
        Line(date(2026, 4, 2), "record-deemed-exclusion", IMPORT, "closed", None, deemed),
    )
    assert ended.outcome == "deemed-excluded"


def test_other_ends_of_a_request() -> None:
    alone = {"decided_alone": "release", "decided_alone_on": MONDAY}
    ends = {
        "declined": Line(MONDAY, "decline", IMPORT, "closed", None, {"decline_reasons": "Ask the other Center."}),
        "withdrawn": Line(MONDAY, "withdraw", STAFF, "closed", None, {"withdrawal_reason": "Exported."}),
        "decided-without-advice": Line(MONDAY, "record-decision-without-advice", PORT, "closed", None, alone),
    }
    for outcome, line in ends.items():
        assert walk(ADMISSIBILITY_ADVICE, MONDAY, line).outcome == outcome
