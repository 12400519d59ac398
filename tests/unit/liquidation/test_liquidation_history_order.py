"""Days that cannot both be right are found, all at once; days that only look so are left alone."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from services.liquidation.api.calculator_facts import CalculatorIn
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.calculator.history import list_days
from services.liquidation.domain.clock_facts import ClockFacts
from services.liquidation.domain.clock_facts import list_days as list_recorded_days
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.history_order import ORDERS, find_disorder, tell_all
from services.liquidation.domain.liquidation_acts import ReliquidationAct
from services.liquidation.domain.liquidation_period import DesignatedImport
from services.liquidation.domain.rules.table import RULES
from services.liquidation.domain.suspension import Suspension
from shared.customs.entry_types import entry_type

EARLY, LATE = date(2026, 3, 2), date(2026, 6, 30)


def found_in(code: str = "01", **facts: Any) -> list[tuple[str, str]]:
    known = CalculatorFacts(entry_type=code, **facts)
    return [(each.later.field, each.earlier.field) for each in find_disorder(list_days(known), entry_type(code))]


def facts_of(order: str, on: date) -> dict[str, Any]:
    """The facts of the calculator that give one fact of the table a day."""
    grouped: dict[str, Callable[[], dict[str, Any]]] = {
        "extension_posted_on": lambda: {"extensions": (ExtensionRequest("information-needed", 12, on),)},
        "suspension_began_on": lambda: {"suspensions": (Suspension("case", "agency", on),)},
        "import_liquidated_on": lambda: {"designated_imports": (DesignatedImport(on, None),)},
    }
    return grouped[order]() if order in grouped else {order: on}


PLAIN = [
    order
    for order in ORDERS
    if {order.earlier, order.later} <= {each.name for each in fields(CalculatorFacts)} | {"extension_posted_on"}
]


@pytest.mark.parametrize("order", PLAIN, ids=lambda order: f"{order.earlier}-{order.later}")
def test_each_pair_is_found_only_when_the_later_fact_comes_first(order: Any) -> None:
    code = "21" if order.of == "warehouse" else "01"
    pair = {"extension_posted_on": "extensions.0.posted_on"}
    named = (pair.get(order.later, order.later), pair.get(order.earlier, order.earlier))
    assert named in found_in(code, **facts_of(order.earlier, LATE) | facts_of(order.later, EARLY))
    assert found_in(code, **facts_of(order.earlier, EARLY) | facts_of(order.later, LATE)) == []
    assert found_in(code, **facts_of(order.earlier, EARLY) | facts_of(order.later, EARLY)) == []


def test_every_pair_names_a_rule_and_is_in_the_table_once() -> None:
    assert [order.rule for order in ORDERS if order.rule not in RULES] == []
    pairs = [(order.earlier, order.later) for order in ORDERS]
    assert len(set(pairs)) == len(pairs)


def test_all_disorders_are_told_at_once_with_both_fields_and_both_days() -> None:
    facts = CalculatorFacts(
        entry_type="01", entry_date=LATE, liquidated_on=EARLY, protest_received_on=LATE, denied_on=EARLY
    )
    disorders = find_disorder(list_days(facts), entry_type("01"))
    assert [each.rule for each in disorders] == ["liquidation-date", "protest-denial-notice"]
    text = tell_all(disorders)
    assert "Liquidated_on 2026-03-02 is before entry_date 2026-06-30: an entry is liquidated after its time." in text
    assert "Denied_on 2026-03-02 is before protest_received_on 2026-06-30" in text


def test_each_of_several_is_compared_with_its_own() -> None:
    standing = Suspension("a", "agency", LATE)
    over = Suspension("b", "agency", date(2026, 1, 5), EARLY)
    assert found_in(suspensions=(standing, over)) == []
    wrong = Suspension("c", "agency", LATE, EARLY)
    assert found_in(suspensions=(over, wrong)) == [("suspensions.1.lift_noticed_on", "suspensions.1.began_on")]
    again = (ReliquidationAct(LATE), ReliquidationAct(EARLY))
    assert found_in(liquidated_on=date(2026, 4, 1), reliquidations=again) == [("reliquidations.1.on", "liquidated_on")]
    asked = ExtensionRequest("importer-request", 12, EARLY, LATE)
    assert found_in(extensions=(asked,)) == [("extensions.0.posted_on", "extensions.0.requested_on")]


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("01", {"liquidated_on": LATE, "protest_received_on": EARLY}),
        ("01", {"liquidated_on": LATE, "preference_claimed_on": EARLY}),
        ("01", {"entry_date": EARLY, "imported_on": LATE}),
        ("01", {"liquidated_on": EARLY, "corrected_on": LATE}),
        ("01", {"acceleration_mailed_on": EARLY, "protest_received_on": EARLY, "denied_on": EARLY}),
        ("11", {"liquidated_on": EARLY, "released_on": LATE, "imported_on": LATE}),
        ("31", {"entry_date": LATE, "withdrawn_on": EARLY}),
    ],
)
def test_what_only_looks_out_of_order_is_left_alone(code: str, facts: dict[str, Any]) -> None:
    assert found_in(code, **facts) == []


def test_final_import_is_final_after_its_liquidation_not_on_the_day() -> None:
    same = (DesignatedImport(EARLY, EARLY),)
    named = ("designated_imports.0.final_1514_on", "designated_imports.0.liquidated_on")
    assert found_in("41", designated_imports=same) == [named]
    assert found_in("41", designated_imports=(DesignatedImport(EARLY, LATE),)) == []


@pytest.mark.parametrize(
    ("code", "recorded"),
    [
        ("21", {"final_withdrawal_on": EARLY}),
        ("21", {"final_withdrawal_on": LATE, "withdrawn_on": EARLY}),
        ("31", {"withdrawn_on": EARLY}),
        ("41", {"designated_imports": (DesignatedImport(LATE, EARLY), DesignatedImport(EARLY, LATE))}),
        ("09", {"reconciliation_due_on": EARLY}),
    ],
)
def test_record_and_calculator_find_the_same(code: str, recorded: dict[str, Any]) -> None:
    kind, entered_on = entry_type(code), date(2026, 4, 1)
    in_record = find_disorder(list_recorded_days(ClockFacts(**recorded), entered_on), kind)
    known = CalculatorFacts(entry_type=code, entry_date=entered_on, **recorded)
    in_calculator = find_disorder(list_days(known), kind)
    assert (tell_all(in_record), [each.rule for each in in_record]) == (
        tell_all(in_calculator),
        [each.rule for each in in_calculator],
    )


def test_request_with_a_lift_before_its_suspension_is_read_and_judged_by_the_table() -> None:
    given = {"ground": "A570012000", "authority": "agency", "began_on": str(LATE), "lift_noticed_on": str(EARLY)}
    assert CalculatorIn.model_validate({"entry_type": "03", "suspensions": [given]}).suspensions[0].began_on == LATE
