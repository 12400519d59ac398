"""When a liquidation is final for everyone: by the window for protests, a denial, a suit, and several protests."""

from datetime import date
from typing import Any

import pytest

from services.liquidation.domain.law import LAW
from services.liquidation.domain.liquidation_acts import JudgedLiquidation, StandingLiquidation
from services.liquidation.domain.protest.stages import OPEN
from services.liquidation.domain.reliquidation import Contest, final_1514_on
from services.liquidation.domain.timeline import ProtestFact, TimelineFacts, coming_dates, find_contest, find_finality
from shared.customs.calendar import Due

LIQUIDATED, DENIED = date(2026, 1, 2), date(2026, 6, 1)
STANDING = StandingLiquidation(LIQUIDATED, LIQUIDATED, is_deemed=False)
AFTER_SUIT = final_1514_on(LIQUIDATED, [Contest(DENIED)], law=LAW)
AFTER_WINDOW = final_1514_on(LIQUIDATED, law=LAW)


def protest(stage: Any = "filed", **changes: Any) -> ProtestFact:
    given = {"timeliness": "timely"} | changes
    return ProtestFact("P-1", date(2026, 3, 2), date(2028, 3, 2), stage, **given)


def final(*protests: ProtestFact) -> Due | None:
    return find_finality(STANDING, protests, entered_on=None, law=LAW)


@pytest.mark.parametrize("stage", [*OPEN, "allowed"])
def test_open_or_allowed_protest_keeps_the_liquidation_from_becoming_final(stage: str) -> None:
    assert final(protest(stage)) is None


@pytest.mark.parametrize("stage", ["denied", "deemed-denied", "allowed-in-part"])
def test_denied_protest_lets_it_become_final_after_the_time_to_sue(stage: str) -> None:
    assert final(protest(stage, denied_on=DENIED)) == AFTER_SUIT


def test_denial_that_was_voided_counts_no_more() -> None:
    reopened = protest("in-review", denied_on=DENIED)
    assert find_contest(reopened) == Contest()
    assert final(reopened) is None
    assert final(protest("allowed", denied_on=DENIED)) is None


def test_denial_of_other_entries_of_the_protest_is_none_of_this_entry() -> None:
    assert final(protest("allowed-in-part", outcome="allowed", denied_on=DENIED)) is None


def test_suit_keeps_it_open_whatever_was_found_of_the_protest() -> None:
    assert final(protest("in-court", timeliness="untimely", denied_on=DENIED)) is None


@pytest.mark.parametrize(
    "gone",
    [
        protest("withdrawn"),
        protest("rejected"),
        protest(timeliness="untimely"),
        protest(timeliness="too-early"),
        protest(is_against_exclusion=True),
    ],
)
def test_protest_that_does_not_attack_the_liquidation_in_time_does_not_keep_it_open(gone: ProtestFact) -> None:
    assert find_contest(gone) is None
    assert final(gone) == AFTER_WINDOW


def test_protest_whose_time_is_not_known_keeps_it_open() -> None:
    assert final(protest(timeliness="unknown")) is None


def test_of_several_protests_the_last_decides() -> None:
    first, last = protest("denied", denied_on=DENIED), protest("deemed-denied", denied_on=date(2026, 7, 1))
    assert final(last, first) == final_1514_on(LIQUIDATED, [Contest(date(2026, 7, 1))], law=LAW)
    assert final(first, protest()) is None


def of(protests: tuple[ProtestFact, ...]) -> dict[str, tuple[str, date | None]]:
    facts = TimelineFacts(
        "liquidated",
        None,
        None,
        liquidation=JudgedLiquidation(STANDING, ()),
        protests=protests,
        final=final(*protests),
    )
    return {each.rule: (each.what, each.safe) for each in coming_dates(facts, LAW)}


def test_timeline_has_the_last_day_to_sue_after_a_denial_and_nothing_to_decide() -> None:
    found = of((protest("denied", denied_on=DENIED),))
    assert found["summons-180"] == ("last day to sue", date(2026, 11, 28))
    assert found["final-1514"] == ("final for everyone", date(2026, 11, 29))
    assert "protest-decide-2y" not in found


@pytest.mark.parametrize(
    ("stage", "why"),
    [("filed", "a protest is open"), ("in-court", "a suit is pending"), ("allowed", "what was allowed is carried out")],
)
def test_timeline_says_why_the_liquidation_is_not_final(stage: str, why: str) -> None:
    found = of((protest(stage, denied_on=DENIED if stage == "in-court" else None),))
    assert found["final-1514"] == (f"final for everyone: not while {why}", None)
    assert ("protest-decide-2y" in found) is (stage == "filed")
    assert "summons-180" not in found


def test_timeline_counts_the_cap_from_the_day_from_which_the_year_runs() -> None:
    facts = TimelineFacts(
        "extended",
        "liq-cycle-314",
        "",
        entry_date=date(2025, 3, 3),
        extended_months=12,
        scheduled_on=date(2028, 7, 14),
        deemed_on=date(2028, 9, 1),
        deemed_rule="liq-1yr-warehouse",
        start=("final_withdrawal_on", date(2026, 9, 1)),
    )
    found = {each.rule: each for each in coming_dates(facts, LAW)}
    assert found["liq-4yr-cap"].safe == date(2030, 9, 1)
    assert found["liq-1yr-warehouse"].inputs == {"final_withdrawal_on": "2026-09-01", "extended_months": "12"}
    assert not {"psc-window", "psc-window-extended"} & found.keys()
