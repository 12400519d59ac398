"""The directory: what a day's fold says, which changes are refused, how they read."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.routing.domain.directory import (
    DIVISIONS,
    Action,
    Change,
    UnitKey,
    UnitKind,
    build_directory,
    check_change,
    describe_change,
    units_on,
)
from shared.customs.centers import centers

TODAY = date(2026, 3, 2)
TOMORROW = TODAY + timedelta(days=1)
NEW_YEAR = date(2027, 1, 1)
DETAILS: dict[str, Any] = {"name": "SYNTHETIC Goods", "numeric_code": "011", "office_city": "Denver", "state": "CO"}


def change(
    action: Action = "open",
    kind: UnitKind = "center",
    code: str = "CEE011",
    center: str | None = None,
    effective_on: date = NEW_YEAR,
    **body: Any,
) -> Change:
    return Change(kind, code, center or code, action, effective_on, body)


def opening(code: str = "CEE011", effective_on: date = NEW_YEAR, **changes: Any) -> Change:
    return change("open", code=code, effective_on=effective_on, **(DETAILS | changes))


def closing(code: str = "CEE009", successor: str = "CEE011", effective_on: date = NEW_YEAR) -> Change:
    return change("close", code=code, effective_on=effective_on, successor=successor)


def code_of(wanted: Change, *before: Change) -> str | None:
    fault = check_change(wanted, before, TODAY)
    return fault.code if fault else None


def test_shipped_directory_has_the_centers_of_the_reference_data_open() -> None:
    assert build_directory(()).open_centers(TODAY) == {code: code for code in centers()}


def test_every_center_has_its_office_and_divisions_from_its_first_day() -> None:
    units = units_on([opening()], NEW_YEAR)
    for center in (*centers(), "CEE011"):
        assert {key.code for key in units if key.kind == "division" and key.center == center} == set(DIVISIONS)
    assert units[UnitKey("office", "CEE011", "management")].details["city"] == "Denver"
    assert UnitKey("office", "CEE011", "management") not in units_on([opening()], NEW_YEAR - timedelta(days=1))


def test_one_directory_answers_for_days_before_and_after_a_closing() -> None:
    directory = build_directory([opening(), closing()])
    last = NEW_YEAR - timedelta(days=1)
    assert (directory.open_center("CEE009", last), directory.open_center("CEE009", NEW_YEAR)) == ("CEE009", "CEE011")
    assert (directory.open_center("CEE011", last), directory.open_center("CEE011", NEW_YEAR)) == (None, "CEE011")
    assert directory.days_of_change() >= {NEW_YEAR}


def test_center_announced_and_cancelled_has_no_work_to_hand_over_before_its_day() -> None:
    directory = build_directory([opening(), closing("CEE011", "CEE010")])
    assert directory.open_center("CEE011", NEW_YEAR - timedelta(days=1)) is None
    assert directory.open_center("CEE011", NEW_YEAR) == "CEE010"


def test_work_goes_down_the_line_of_successors() -> None:
    later = NEW_YEAR + timedelta(days=30)
    directory = build_directory([opening(), closing(), closing("CEE011", "CEE010", later)])
    assert directory.open_center("CEE009", later) == "CEE010"


def test_withdrawn_closing_counts_for_no_day_and_the_center_may_close_on_an_earlier_one() -> None:
    late, early = closing(successor="CEE010", effective_on=NEW_YEAR), closing(successor="CEE005", effective_on=TOMORROW)
    stays = change("stay-open", code="CEE009", effective_on=TOMORROW)
    assert code_of(stays, late) is None
    assert build_directory([late, stays]).open_center("CEE009", NEW_YEAR) == "CEE009"
    assert code_of(early, late, stays) is None
    assert build_directory([late, stays, early]).open_center("CEE009", TOMORROW) == "CEE005"


def test_details_hold_from_their_day_whatever_was_recorded_first() -> None:
    renamed = change("change", code="CEE007", effective_on=NEW_YEAR, name="SYNTHETIC Electronics")
    earlier = change("change", code="CEE007", effective_on=TODAY, name="SYNTHETIC Interim")
    changes = [renamed, earlier]

    def name_on(on: date) -> str:
        return str(units_on(changes, on)[UnitKey("center", "CEE007", "CEE007")].details["name"])

    assert name_on(TODAY - timedelta(days=1)) == "Electronics"
    assert name_on(TODAY) == "SYNTHETIC Interim"
    assert name_on(NEW_YEAR) == "SYNTHETIC Electronics"


def test_staffing_and_people_may_be_recorded_for_days_past() -> None:
    past = TODAY - timedelta(days=90)
    assert code_of(change("open", "staffing", "is", "CEE007", past, position="import-specialist", count=40)) is None
    assert code_of(change("open", "person", "p1", "CEE007", past, name="SYNTHETIC P", position="director")) is None


@pytest.mark.parametrize(
    ("wanted", "before", "code"),
    [
        (opening(effective_on=TODAY), (), "not-after-today"),
        (closing(successor="CEE010", effective_on=TODAY), (), "not-after-today"),
        (opening("CEE009", numeric_code="012"), (), "already-open"),
        (opening(numeric_code="009"), (), "numeric-code-taken"),
        (change("change", code="CEE007", numeric_code="009"), (), "numeric-code-taken"),
        (change("open", name="SYNTHETIC"), (), "details-missing"),
        (opening(phone="555"), (), "details-unknown"),
        (change("change", code="CEE007"), (), "details-missing"),
        (change("change", code="CEE007", name=None), (), "details-missing"),
        (change("change", code="CEE011", name="X"), (), "unknown-unit"),
        (change("change", code="CEE011", name="X", effective_on=TODAY), (opening(),), "unit-not-open"),
        (closing("CEE012", "CEE010"), (), "unknown-unit"),
        (change("close", code="CEE009"), (), "successor-missing"),
        (closing(successor="CEE012"), (), "unknown-center"),
        (closing(successor="CEE009"), (), "successor-not-open"),
        (closing(effective_on=TOMORROW), (opening(),), "successor-not-open"),
        (closing("CEE010", "CEE009"), (opening(), closing()), "successor-not-open"),
        (closing("CEE010", "CEE009", TOMORROW), (closing(successor="CEE010"),), "nobody-takes-over"),
        (closing(), (opening(), closing()), "already-closed"),
        (closing("CEE011", "CEE010", TOMORROW), (opening(),), "closed-before-open"),
        (opening("CEE009", NEW_YEAR + timedelta(days=1)), (opening(), closing()), "already-open"),
        (change("stay-open", code="CEE009"), (), "no-announced-closing"),
        (change("stay-open", code="CEE012"), (), "unknown-unit"),
        (change("open", "center", "CEE011", "CEE010", **DETAILS), (), "center-mismatch"),
        (change("open", "office", "o1", "CEE012", name="X", city="Y", state="CO"), (), "unknown-center"),
        (
            change("open", "office", "o1", "CEE011", TODAY, name="X", city="Y", state="CO"),
            (opening(),),
            "center-not-open",
        ),
        (change("open", "team", "t1", "CEE007", name="X", division="none"), (), "unknown-division"),
        (change("open", "person", "p", "CEE007", name="X", position="y", team="t9"), (), "unknown-team"),
        (change("open", "division", "enforcement", "CEE007", name="X"), (), "already-open"),
        (change("close", "team", "t1", "CEE007"), (), "unknown-unit"),
    ],
)
def test_change_that_cannot_stand_is_refused_with_what_to_do(
    wanted: Change, before: tuple[Change, ...], code: str
) -> None:
    fault = check_change(wanted, before, TODAY)
    assert fault is not None
    assert (fault.code, bool(fault.detail), bool(fault.remedy)) == (code, True, True)


def test_team_that_closed_may_open_again_from_that_day_on() -> None:
    first = change("open", "team", "t1", "CEE007", TODAY, name="X", division="enforcement")
    last = change("close", "team", "t1", "CEE007", NEW_YEAR)
    again = change("open", "team", "t1", "CEE007", NEW_YEAR, name="Y", division="enforcement")
    assert code_of(again, first, last) is None
    assert code_of(change("open", "team", "t1", "CEE007", TOMORROW, name="Y", division="enforcement"), first, last) == (
        "still-open"
    )
    unit = units_on([first, last, again], NEW_YEAR)[again.key]
    assert (unit.details["name"], unit.closed_on) == ("Y", None)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            opening(),
            "CEE011 (SYNTHETIC Goods) opens on 2027-01-01: numeric code 011, office city Denver, state CO.",
        ),
        (closing(), "CEE009 closes on 2027-01-01; CEE011 takes over its work."),
        (change("stay-open", code="CEE009"), "CEE009 stays open: the closing that was announced is withdrawn."),
        (
            change("change", "contact", "protests", "CEE007", phone="555 0100"),
            "contact protests of CEE007 changes on 2027-01-01: phone 555 0100.",
        ),
    ],
)
def test_change_reads_as_a_sentence(told: Change, sentence: str) -> None:
    assert describe_change(told) == sentence
