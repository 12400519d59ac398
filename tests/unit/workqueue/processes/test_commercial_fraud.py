"""Commercial fraud, as the processes of the Centers write it out, with the limitation of 19 USC 1621."""

from dataclasses import replace
from datetime import date

import pytest

from services.workqueue.domain.processes.commercial_fraud import COMMERCIAL_FRAUD
from tests.unit.workqueue.processes.walking import Line, barred, walk

COORDINATOR, HSI, HEAD = "trade-enforcement-coordinator", "hsi", "assistant-center-director"
MONDAY = date(2026, 3, 2)
WATCH, LIMITATION = date(2029, 2, 2), date(2031, 2, 2)  # three and five years from discovery on 2 February 2026
LEAD = Line(
    MONDAY,
    "take-as-lead",
    COORDINATOR,
    "lead",
    WATCH,
    {"indicator": "Same goods, other origin.", "discovered_on": date(2026, 2, 2), "need_to_know": "Two people."},
)
DEVELOP = Line(
    date(2026, 3, 20),
    "develop",
    COORDINATOR,
    "developed",
    WATCH,
    {"pattern": "Relabelled.", "entities": "Two firms.", "exhibits": "E-1", "loss_usd": "400000.00"},
)
NOMINATE = Line(date(2026, 3, 23), "nominate", COORDINATOR, "cear", WATCH)
REFER = Line(
    date(2026, 4, 1),
    "refer",
    COORDINATOR,
    "referred-hsi",
    WATCH,
    {"board_matter": "C-1", "referred_on": date(2026, 4, 1)},
)
REFERRED = (LEAD, DEVELOP, NOMINATE, REFER)
ACCEPT = Line(date(2026, 4, 8), "accept", HSI, "accepted", WATCH, {"hsi_reference": "H-1"}, "hal")


@pytest.mark.parametrize("result", ["criminal", "civil", "administrative", "none"])
def test_accepted_referral_ends_with_its_result_by_another_person(result: str) -> None:
    record = Line(
        date(2026, 9, 1),
        "record-outcome",
        HSI,
        "outcome",
        WATCH,
        {"result": result, "result_reference": "R-1"},
        "hal",
    )
    recorded = walk(COMMERCIAL_FRAUD, MONDAY, *REFERRED, ACCEPT, record)
    for other in {"criminal", "civil", "administrative", "none"} - {result}:
        assert barred(COMMERCIAL_FRAUD, recorded, f"close-{other}", HEAD, "ada") == "fact-missing"
    assert barred(COMMERCIAL_FRAUD, recorded, f"close-{result}", HEAD, "hal") == "second-person-required"
    close = Line(date(2026, 9, 2), f"close-{result}", HEAD, "closed", None, who="ada")
    assert walk(COMMERCIAL_FRAUD, MONDAY, *REFERRED, ACCEPT, record, close).outcome == result


def test_declined_referral_returns_to_the_board_and_the_limitation_runs_on() -> None:
    standing = walk(
        COMMERCIAL_FRAUD,
        MONDAY,
        *REFERRED,
        Line(date(2026, 4, 8), "decline", HSI, "declined", WATCH, {"declined_reasons": "Too small."}, "hal"),
        Line(date(2026, 4, 9), "return-to-board", COORDINATOR, "cear", WATCH),
        Line(
            date(2026, 4, 20),
            "end-administratively",
            COORDINATOR,
            "outcome",
            WATCH,
            {"result": "administrative", "result_reference": "P-1"},
        ),
        Line(date(2026, 4, 21), "close-administrative", HEAD, "closed", None, who="ada"),
    )
    assert standing.outcome == "administrative"
    assert standing.clocks["fraud-limitation"].due_on == LIMITATION
    assert COMMERCIAL_FRAUD.act("return-to-board").opens == "cear"


def test_support_is_asked_for_and_given_in_a_joint_case() -> None:
    walk(
        COMMERCIAL_FRAUD,
        MONDAY,
        *REFERRED,
        Line(date(2026, 4, 8), "accept-jointly", HSI, "joint", WATCH, {"hsi_reference": "H-1"}, "hal"),
        Line(date(2026, 4, 9), "ask-support", HSI, "support-requests", WATCH, {"support_asked": "The entries."}, "hal"),
        Line(
            date(2026, 4, 15),
            "give-support",
            COORDINATOR,
            "support-requests",
            WATCH,
            {"support_given": "S-1", "support_hours": "6.5"},
        ),
    )


def test_quiet_is_ended_only_after_it_was_asked_for() -> None:
    accepted = walk(COMMERCIAL_FRAUD, MONDAY, *REFERRED, ACCEPT)
    assert barred(COMMERCIAL_FRAUD, accepted, "end-quiet", HSI) == "fact-missing"
    quiet = {"quiet_since": date(2026, 4, 9), "quiet_reasons": "A search is planned."}
    walk(
        COMMERCIAL_FRAUD,
        MONDAY,
        *REFERRED,
        ACCEPT,
        Line(date(2026, 4, 9), "go-quiet", HSI, "accepted", WATCH, quiet, "hal"),
        Line(date(2026, 5, 9), "end-quiet", HSI, "accepted", WATCH, {"quiet_ended_on": date(2026, 5, 9)}, "hal"),
    )


def test_waiver_moves_the_limitation_to_its_day() -> None:
    waiver = {"waived_until": date(2033, 2, 2), "waiver_reference": "W-1"}
    walk(COMMERCIAL_FRAUD, MONDAY, LEAD, Line(MONDAY, "record-waiver", COORDINATOR, "lead", date(2033, 2, 2), waiver))
    none = {"no_waiver_reasons": "Not asked for."}
    walk(COMMERCIAL_FRAUD, MONDAY, LEAD, Line(MONDAY, "record-no-waiver", COORDINATOR, "lead", LIMITATION, none))


def test_indicator_that_does_not_bear_out_is_dropped() -> None:
    dropped = {"dropped_reasons": "A typing error."}
    ended = walk(COMMERCIAL_FRAUD, MONDAY, Line(MONDAY, "drop", COORDINATOR, "closed", None, dropped))
    assert ended.outcome == "dropped"


def test_no_party_learns_of_the_matter() -> None:
    assert COMMERCIAL_FRAUD.is_sensitive
    telling = replace(COMMERCIAL_FRAUD.act("nominate"), tells=("N-03",))
    with pytest.raises(ValueError, match="act nominate tells a party"):
        replace(COMMERCIAL_FRAUD, acts=tuple(telling if a.code == "nominate" else a for a in COMMERCIAL_FRAUD.acts))
