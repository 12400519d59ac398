"""Days that no summary carries: the record and the calculator start the same clock from them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.liquidation.domain.calculator.answers import calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.clock_facts import ClockFacts, find_unfit, weigh_entry_dates
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.liquidation_period import DesignatedImport, PeriodStart, reckon_period
from services.liquidation.domain.record import Record, derive
from services.liquidation.domain.suspension import Suspension

ENTERED = date(2025, 3, 3)
FINAL = DesignatedImport(date(2025, 6, 6), date(2025, 12, 4))
POLICY = LAW.cycle


def version(entry_type: str, **changes: object) -> Version:
    origin = Origin(datetime(2025, 3, 14, 17, tzinfo=UTC), "urn:filer:B76", "e")
    made = Version(1, entry_type, "07-345678900", None, "2704", ENTERED, None, 0, 0, None, UUID(int=1), origin)
    return replace(made, **changes)  # type: ignore[arg-type]


def record_of(entry_type: str, clock: ClockFacts, law: LawSettings = LAW) -> Record:
    return derive(EntryFacts((version(entry_type),), clock=clock), POLICY, law)


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
    assert {each.rule: each.safe for each in calculate(facts, LAW).clocks}[rule] == deemed_on


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


def named(record: Record) -> str:
    assert record.plan is not None
    return record.plan.why


def test_claim_whose_imports_are_not_fully_known_asks_for_the_facts_that_the_calculator_asks_for() -> None:
    for known, missing in (
        (DesignatedImport(date(2025, 6, 6)), "designated_imports[1].is_protested"),
        (DesignatedImport(date(2025, 6, 6), is_protested=True), "designated_imports[1].final_1514_on"),
        (DesignatedImport(), "designated_imports[1].liquidated_on"),
    ):
        imports = (FINAL, known)
        record = record_of("41", ClockFacts(designated_imports=imports))
        assert (record.state, missing in named(record)) == ("clock-unknown", True)
        asked = calculate(
            CalculatorFacts(entry_type="41", drawback_claimed_on=ENTERED, designated_imports=imports), LAW
        ).unknown
        assert [each.missing for each in asked if each.rule == "liq-1yr-drawback"] == [(missing,)]


def test_claim_whose_imports_nobody_protested_has_its_year() -> None:
    unprotested = ClockFacts(designated_imports=(DesignatedImport(date(2025, 6, 6), is_protested=False),))
    plan = record_of("41", unprotested).plan
    assert plan is not None
    assert (plan.state, plan.deemed_rule, plan.deemed_on) == ("scheduled", "liq-1yr-drawback", date(2026, 3, 3))


def test_derived_finality_is_told_as_one_that_a_protest_would_move() -> None:
    known = CalculatorFacts(
        entry_type="47",
        drawback_claimed_on=date(2025, 10, 16),
        designated_imports=(FINAL, DesignatedImport(date(2025, 5, 2), is_protested=False)),
    )
    (finding,) = [each for each in calculate(known, LAW).findings if each.rule == "liq-1yr-drawback"]
    assert finding.why.endswith("designated_imports[1] on 2025-10-30, if it stays unprotested")
    assert "designated_imports[0]" not in finding.why


def test_claim_has_no_limit_of_time_only_when_that_is_known() -> None:
    late = record_of("41", ClockFacts(designated_imports=(DesignatedImport(date(2025, 12, 5)),)))
    assert named(late).startswith("no time limit runs")
    # 180 days from 4 September end on 3 March, so it could be final a day after the anniversary only.
    assert named(record_of("41", ClockFacts(designated_imports=(DesignatedImport(date(2025, 9, 4)),)))) == named(late)
    assert "is_protested" in named(
        record_of("41", ClockFacts(designated_imports=(DesignatedImport(date(2025, 9, 3)),)))
    )


def test_old_claim_is_deemed_liquidated_a_year_after_3_december_2004() -> None:
    filed = version("41", entry_date=date(2003, 5, 19))
    assert deemed(EntryFacts((filed,))) == ("scheduled", "liq-drawback-old", date(2005, 12, 3))


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
    record = derive(facts, POLICY, LAW)
    assert record.governing is not None
    assert record.plan is not None
    assert (record.governing.entry_date, record.plan.deemed_on) == (day, day.replace(year=2026))


def test_time_of_entry_moves_the_window_of_corrections() -> None:
    late = version("01", number=2, origin=Origin(datetime(2026, 1, 5, 17, tzinfo=UTC), "urn:filer:B76", "late"))
    facts = EntryFacts((version("01"), late))
    assert set(derive(facts, POLICY, LAW).barred) == {2}
    presented = ClockFacts(entry_basis="quota", presented_on=date(2025, 4, 1))
    assert derive(replace(facts, clock=presented), POLICY, LAW).barred == {}


def test_suspended_warehouse_entry_has_six_months_from_the_lift() -> None:
    injunction = Suspension("injunction:1", "court", date(2025, 4, 1), date(2027, 12, 1))
    clock = ClockFacts(final_withdrawal_on=date(2026, 9, 1))
    record = derive(EntryFacts((version("21"),), suspensions=(injunction,), clock=clock), POLICY, LAW)
    assert record.plan is not None
    assert (record.plan.deemed_rule, record.plan.deemed_on) == ("susp-lift-6mo", date(2028, 6, 1))


IN_2025 = datetime(2025, 12, 24, 17, tzinfo=UTC)
WITHDRAWN = ClockFacts(final_withdrawal_on=date(2026, 9, 1))
UNLIQUIDATED = (DesignatedImport(None, None),)
WAIVED = ClockFacts(designated_imports=UNLIQUIDATED, deposited_on=date(2026, 5, 4), waived_on=date(2026, 5, 11))
CASE = "adcvd-case:A570012000/CNSYNTH123SHE"


def of_case(entry_type: str) -> Version:
    return version(entry_type, case="A570012000", cases=("A570012000/CNSYNTH123SHE",))


def deemed(facts: EntryFacts) -> tuple[str, str, date | None]:
    record = derive(facts, POLICY, LAW)
    assert record.plan is not None
    return record.state, record.plan.deemed_rule or record.plan.rule, record.plan.deemed_on


def test_warehouse_entry_whose_case_was_lifted_waits_for_its_final_withdrawal() -> None:
    lifted = (Suspension(CASE, "agency", ENTERED, date(2025, 9, 1)),)
    facts = EntryFacts((of_case("21"),), suspensions=lifted)
    assert deemed(facts) == ("suspended", "liq-1yr-warehouse", None)
    assert deemed(replace(facts, clock=WITHDRAWN)) == ("scheduled", "liq-1yr-warehouse", date(2027, 9, 1))


def test_suspension_that_was_over_before_the_final_withdrawal_does_not_touch_the_year() -> None:
    over = Suspension("injunction:1", "court", date(2025, 4, 1), date(2025, 6, 2))
    facts = EntryFacts((version("21"),), suspensions=(over,), clock=WITHDRAWN)
    assert deemed(facts) == ("scheduled", "liq-1yr-warehouse", date(2027, 9, 1))
    start = PeriodStart("liq-1yr-warehouse", date(2026, 9, 1))
    assert reckon_period(start, suspensions=[over], law=LAW).ends_on == date(2027, 9, 1)
    known = CalculatorFacts(entry_type="21", final_withdrawal_on=date(2026, 9, 1), suspensions=(over,))
    assert {each.rule: each.safe for each in calculate(known, LAW).clocks}["liq-1yr-warehouse"] == date(2027, 9, 1)


@pytest.mark.parametrize("entry_type", ["09", "21", "41"])
def test_entry_without_its_clock_is_suspended_by_what_stands(entry_type: str) -> None:
    standing = (Suspension("injunction:1", "court", date(2025, 4, 1)),)
    assert deemed(EntryFacts((version(entry_type),), suspensions=standing)) == ("suspended", "susp-grounds", None)


@pytest.mark.parametrize(
    ("began_on", "lifted_on", "expected"),
    [
        (date(2025, 4, 1), None, ("suspended", "susp-grounds", None)),
        (date(2025, 4, 1), date(2026, 6, 1), ("scheduled", "susp-lift-6mo", date(2026, 12, 1))),
        (date(2025, 4, 1), date(2026, 5, 11), ("scheduled", "liq-drawback-unliquidated", date(2026, 5, 11))),
        (date(2026, 5, 12), None, ("scheduled", "liq-drawback-unliquidated", date(2026, 5, 11))),
    ],
)
def test_waived_claim_is_never_deemed_liquidated_on_a_day_of_suspension(
    began_on: date, lifted_on: date | None, expected: tuple[str, str, date | None]
) -> None:
    grounds = (Suspension("injunction:1", "court", began_on, lifted_on),)
    assert deemed(EntryFacts((version("41"),), suspensions=grounds, clock=WAIVED)) == expected


def test_recorded_time_of_entry_never_bars_a_correction_that_was_taken() -> None:
    correction = version("01", number=2, origin=Origin(IN_2025, "urn:filer:B76", "later"))
    facts = EntryFacts((version("01"), correction), released_on=date(2025, 2, 3))
    by_release = derive(replace(facts, clock=ClockFacts(entry_basis="release")), POLICY, LAW)
    assert by_release.barred == derive(facts, POLICY, LAW).barred == {}
    assert by_release.governing is not None
    assert (by_release.governing.number, by_release.governing.entry_date) == (2, date(2025, 2, 3))


def test_announcement_of_a_version_does_not_hang_on_a_release_that_a_basis_names() -> None:
    correction = version("01", number=2, origin=Origin(IN_2025, "urn:filer:B76", "later"))
    facts = EntryFacts((version("01"), correction), clock=ClockFacts(entry_basis="release"))
    days = (None, date(2025, 2, 3), date(2025, 3, 20))
    assert len({derive(replace(facts, released_on=on), POLICY, LAW).settled for on in days}) == 1


def test_time_of_entry_is_weighed_with_every_candidate() -> None:
    asserted = [(1, date(2025, 3, 3)), (2, date(2025, 3, 4))]
    clock = ClockFacts(entry_basis="withdrawal", withdrawn_on=date(2025, 3, 7), entry_filed_on=date(2025, 3, 1))
    found = weigh_entry_dates(asserted, 2, clock, imported_on=date(2025, 2, 27))
    assert [(each.source, each.governs) for each in found.candidates] == [
        ("importation", False),
        ("entry-filed", False),
        ("version 1", False),
        ("version 2", False),
        ("withdrawal", True),
    ]
    assert (found.governs_on, found.asserted_on, found.differs) == (date(2025, 3, 7), date(2025, 3, 4), True)
    unknown = weigh_entry_dates(asserted, 2, ClockFacts(entry_basis="release"))
    assert (unknown.governs_on, unknown.differs, unknown.is_day_missing) == (date(2025, 3, 4), False, True)


@pytest.mark.parametrize(
    ("entry_type", "clock", "rule", "outcome"),
    [
        ("01", WITHDRAWN, "liq-1yr-warehouse", "not-of-this-type"),
        ("24", WITHDRAWN, "liq-1yr-warehouse", "not-of-this-type"),
        ("21", ClockFacts(reconciliation_due_on=date(2026, 9, 1)), "liq-1yr-recon", "not-of-this-type"),
        ("09", WAIVED, "liq-1yr-drawback", "not-of-this-type"),
        ("21", ClockFacts(final_withdrawal_on=date(2026, 9, 3)), "liq-1yr-warehouse", "in-the-future"),
        ("41", replace(WAIVED, waived_on=date(2026, 9, 3)), "liq-drawback-unliquidated", "in-the-future"),
        (
            "41",
            ClockFacts(designated_imports=(DesignatedImport(None, date(2026, 1, 2)),)),
            "liq-1yr-drawback",
            "contradiction",
        ),
        ("02", ClockFacts(presented_on=date(2026, 9, 3)), "entry-date", "in-the-future"),
        ("02", ClockFacts(entry_basis="quota"), "entry-date", "missing-fact"),
        ("31", ClockFacts(entry_basis="withdrawal"), "entry-date", "missing-fact"),
        ("01", ClockFacts(entry_basis="filing-elected"), "entry-date", "missing-fact"),
    ],
)
def test_facts_that_cannot_be_those_of_the_entry_are_unfit(
    entry_type: str, clock: ClockFacts, rule: str, outcome: str
) -> None:
    finding = find_unfit(clock, entry_type, date(2026, 9, 2))
    assert finding is not None
    assert (finding.rule, finding.outcome) == (rule, outcome)


@pytest.mark.parametrize(
    ("entry_type", "clock"),
    [
        ("21", WITHDRAWN),
        ("09", ClockFacts(reconciliation_due_on=date(2027, 9, 1))),
        ("41", WAIVED),
        ("41", ClockFacts(designated_imports=(FINAL,))),
        ("01", ClockFacts(entry_basis="release")),
        ("01", ClockFacts()),
    ],
)
def test_facts_of_the_entry_fit(entry_type: str, clock: ClockFacts) -> None:
    assert find_unfit(clock, entry_type, date(2026, 9, 2)) is None


@pytest.mark.parametrize("entry_type", ["01", "21"])
def test_suspension_after_the_six_months_leaves_the_day_on_which_they_ended(entry_type: str) -> None:
    first = Suspension("injunction:1", "court", date(2025, 4, 1), date(2027, 12, 1))
    again = Suspension("injunction:2", "court", date(2028, 6, 2))
    clock = WITHDRAWN if entry_type == "21" else ClockFacts()
    facts = EntryFacts((version(entry_type),), suspensions=(first, again), clock=clock)
    assert deemed(facts) == ("scheduled", "susp-lift-6mo", date(2028, 6, 1))
