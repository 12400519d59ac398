"""Days that no summary carries: the record and the calculator start the same clock from them."""

import doctest
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.liquidation.domain import clock_facts
from services.liquidation.domain.calculator import CalculatorFacts, calculate
from services.liquidation.domain.clock_facts import ClockFacts
from services.liquidation.domain.clocks import CyclePolicy
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.liquidation_period import DesignatedImport
from services.liquidation.domain.record import Record, derive
from services.liquidation.domain.suspension import Suspension

ENTERED = date(2025, 3, 3)
FINAL = DesignatedImport(date(2025, 6, 6), date(2025, 12, 4))
POLICY = CyclePolicy()


def version(entry_type: str, **changes: object) -> Version:
    origin = Origin(datetime(2025, 3, 14, 17, tzinfo=UTC), "urn:filer:B76", "e")
    made = Version(1, entry_type, "07-345678900", None, "2704", ENTERED, None, 0, 0, None, UUID(int=1), origin)
    return replace(made, **changes)  # type: ignore[arg-type]


def record_of(entry_type: str, clock: ClockFacts, law: LawSettings | None = None) -> Record:
    return derive(EntryFacts((version(entry_type),), clock=clock), POLICY, law or LawSettings())


@pytest.mark.parametrize(
    ("entry_type", "clock", "facts", "rule", "deemed_on"),
    [
        (
            "21",
            ClockFacts(final_withdrawal_on=date(2026, 9, 1)),
            CalculatorFacts(entry_type="21", entry_date=ENTERED, final_withdrawal_on=date(2026, 9, 1)),
            "liq-1yr-warehouse",
            date(2027, 9, 1),
        ),
        (
            "09",
            ClockFacts(reconciliation_due_on=date(2025, 2, 3)),
            CalculatorFacts(entry_type="09", reconciliation_filed_on=ENTERED, reconciliation_due_on=date(2025, 2, 3)),
            "liq-1yr-recon",
            date(2026, 2, 3),
        ),
        (
            "09",
            ClockFacts(reconciliation_due_on=date(2025, 6, 3)),
            CalculatorFacts(entry_type="09", reconciliation_filed_on=ENTERED, reconciliation_due_on=date(2025, 6, 3)),
            "liq-1yr-recon",
            date(2026, 3, 3),
        ),
    ],
)
def test_record_and_calculator_start_the_same_year(
    entry_type: str, clock: ClockFacts, facts: CalculatorFacts, rule: str, deemed_on: date
) -> None:
    record = record_of(entry_type, clock)
    assert record.plan is not None
    assert (record.state, record.plan.deemed_rule, record.plan.deemed_on) == ("scheduled", rule, deemed_on)
    assert {each.rule: each.safe for each in calculate(facts).clocks}[rule] == deemed_on


def test_drawback_runs_when_its_imports_are_final_and_else_only_with_request_and_waiver() -> None:
    final = record_of("41", ClockFacts(designated_imports=(FINAL,)))
    assert final.plan is not None
    assert (final.plan.deemed_rule, final.plan.deemed_on) == ("liq-1yr-drawback", date(2026, 3, 3))
    open_import = ClockFacts(designated_imports=(FINAL, DesignatedImport(None, None)))
    assert (record_of("41", open_import).state, record_of("41", ClockFacts()).state) == ("clock-unknown",) * 2
    waived = replace(open_import, deposited_on=date(2026, 5, 4), waived_on=date(2026, 5, 11))
    plan = record_of("41", waived).plan
    assert plan is not None
    assert (plan.rule, plan.deemed_on) == ("liq-drawback-unliquidated", date(2026, 5, 11))


def test_finality_of_imports_is_read_as_set() -> None:
    late = ClockFacts(designated_imports=(DesignatedImport(date(2026, 1, 2), date(2026, 7, 2)),))
    assert record_of("41", late).state == "clock-unknown"
    assert record_of("41", late, LawSettings(drawback_finality="liquidated")).state == "scheduled"


@pytest.mark.parametrize(
    ("clock", "day"),
    [
        (ClockFacts(entry_basis="quota", presented_on=date(2025, 4, 1)), date(2025, 4, 1)),
        (ClockFacts(entry_basis="immediate-delivery"), date(2025, 3, 14)),
        (ClockFacts(entry_basis="release"), date(2025, 3, 5)),
        (ClockFacts(entry_basis="filing-elected"), ENTERED),
    ],
)
def test_recorded_basis_gives_the_time_of_entry_when_its_day_is_known(clock: ClockFacts, day: date) -> None:
    facts = EntryFacts((version("02"),), released_on=date(2025, 3, 5), clock=clock)
    record = derive(facts, POLICY)
    assert record.governing is not None
    assert record.plan is not None
    assert (record.governing.entry_date, record.plan.deemed_on) == (day, day.replace(year=2026))


def test_time_of_entry_moves_the_window_of_corrections() -> None:
    late = version("01", number=2, origin=Origin(datetime(2026, 1, 5, 17, tzinfo=UTC), "urn:filer:B76", "late"))
    facts = EntryFacts((version("01"), late))
    assert set(derive(facts, POLICY).barred) == {2}
    presented = ClockFacts(entry_basis="quota", presented_on=date(2025, 4, 1))
    assert derive(replace(facts, clock=presented), POLICY).barred == {}


def test_suspended_warehouse_entry_has_six_months_from_the_lift() -> None:
    injunction = Suspension("injunction:1", "court", date(2025, 4, 1), date(2027, 12, 1))
    clock = ClockFacts(final_withdrawal_on=date(2026, 9, 1))
    record = derive(EntryFacts((version("21"),), suspensions=(injunction,), clock=clock), POLICY)
    assert record.plan is not None
    assert (record.plan.deemed_rule, record.plan.deemed_on) == ("susp-lift-6mo", date(2028, 6, 1))


def test_worked_examples_of_clock_facts_hold() -> None:
    assert doctest.testmod(clock_facts).failed == 0
