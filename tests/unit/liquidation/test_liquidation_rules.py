"""The rules of liquidation, each with worked examples."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.liquidation.domain import plan
from services.liquidation.domain.clocks import correction_deadline, deemed_date, scheduled_date
from services.liquidation.domain.correction_window import CorrectionWindow
from services.liquidation.domain.decision import Liquidation, refuse_decision
from services.liquidation.domain.extension import Extended, ExtensionRequest, NotExtended, OpenPeriod, extend
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.law import LAW
from services.liquidation.domain.liquidation_acts import JudgedLiquidation, StandingLiquidation
from services.liquidation.domain.protest.timeliness import protest_window
from services.liquidation.domain.record import derive
from services.liquidation.domain.rules.table import RULES
from services.liquidation.domain.timeline import Coming, TimelineFacts, coming_dates
from shared.customs.entry_types import entry_types

POLICY = LAW.cycle


def version(number: int = 1, *, at: datetime | None = None, **changes: Any) -> Version:
    facts: dict[str, Any] = {
        "number": number,
        "entry_type": "01",
        "importer_number": "07-345678900",
        "surety_code": "036",
        "port_of_entry": "2704",
        "entry_date": date(2026, 3, 2),
        "paid_on": date(2026, 3, 12),
        "duty_cents": 2500,
        "fees_cents": 3358,
        "case": None,
        "digest": UUID(int=number),
        "origin": Origin(at or datetime(2026, 3, number, 15, tzinfo=UTC), "urn:filer:B76", f"event-{number}"),
    }
    return Version(**(facts | changes))


def test_scheduled_date_is_the_friday_on_or_after_day_314() -> None:
    assert scheduled_date(date(2026, 3, 2), POLICY) == date(2027, 1, 15), "day 314 is Sunday 10 January"
    assert scheduled_date(date(2026, 3, 7), POLICY) == date(2027, 1, 15), "day 314 is that Friday itself"


def test_deemed_date_is_the_anniversary_and_28_february_for_a_leap_day() -> None:
    assert deemed_date(date(2026, 3, 2)) == date(2027, 3, 2)
    assert deemed_date(date(2028, 2, 29)) == date(2029, 2, 28)


def test_deemed_date_never_passes_four_years() -> None:
    assert deemed_date(date(2026, 3, 2), 36) == deemed_date(date(2026, 3, 2), 60) == date(2030, 3, 2)


def test_correction_window_closes_with_the_earlier_limb() -> None:
    entered = date(2026, 3, 2)
    assert correction_deadline(entered, date(2027, 1, 15), is_extended=False, is_suspended=False) == date(2026, 12, 27)
    assert correction_deadline(entered, date(2027, 1, 8), is_extended=False, is_suspended=False) == date(2026, 12, 24)
    assert correction_deadline(entered, None, is_extended=False, is_suspended=True) is None


def test_protest_window_rolls_only_in_its_arguable_reading() -> None:
    window = protest_window(date(2026, 1, 5), None, LAW)
    assert (window.safe, window.last_arguable) == (date(2026, 7, 4), date(2026, 7, 6))


@pytest.mark.parametrize("kind", ["03", "07", "34", "38"])
def test_antidumping_types_are_suspended_without_a_case_on_a_line(kind: str) -> None:
    outcome = plan.plan(version(entry_type=kind), POLICY, law=LAW)
    assert (outcome.state, outcome.rule, outcome.deemed_on) == ("suspended", "susp-grounds", None)


@pytest.mark.parametrize("kind", ["01", "02", "06"])
def test_other_types_are_suspended_only_with_a_case(kind: str) -> None:
    assert plan.plan(version(entry_type=kind), POLICY, law=LAW).state == "scheduled"
    suspended = plan.plan(version(entry_type=kind, case="A570012000"), POLICY, law=LAW)
    assert (suspended.state, "A570012000" in suspended.why) == ("suspended", True)


@pytest.mark.parametrize("kind", ["21", "22"])
def test_warehouse_entry_is_suspended_and_has_no_deemed_date(kind: str) -> None:
    outcome = plan.plan(version(entry_type=kind), POLICY, law=LAW)
    assert (outcome.state, outcome.rule, outcome.deemed_on) == ("suspended", "liq-1yr-warehouse", None)


def test_warehouse_withdrawal_has_its_own_year() -> None:
    assert plan.plan(version(entry_type="31"), POLICY, law=LAW).deemed_rule == "liq-1yr-withdrawal"


@pytest.mark.parametrize(
    ("kind", "rule"), [("23", "tib-no-liq"), ("86", "entry-type-no-liq"), ("61", "entry-type-no-liq")]
)
def test_some_types_never_liquidate(kind: str, rule: str) -> None:
    outcome = plan.plan(version(entry_type=kind), POLICY, law=LAW)
    assert (outcome.state, outcome.rule) == ("not-liquidating", rule)


@pytest.mark.parametrize(("kind", "rule"), [("09", "liq-1yr-recon"), ("47", "liq-1yr-drawback")])
def test_clock_that_depends_on_a_missing_fact_is_unknown(kind: str, rule: str) -> None:
    outcome = plan.plan(version(entry_type=kind), POLICY, law=LAW)
    assert (outcome.state, outcome.rule, outcome.scheduled_on) == ("clock-unknown", rule, None)


def test_every_entry_type_gets_a_plan_with_a_known_rule() -> None:
    for code in entry_types():
        outcome = plan.plan(version(entry_type=code), POLICY, law=LAW)
        assert outcome.rule in RULES
        assert outcome.why
        assert (outcome.scheduled_on is None) == (outcome.state not in ("scheduled", "extended"))


def test_informal_entry_is_dated_by_payment_then_release() -> None:
    informal = version(entry_type="11", paid_on=None)
    assert plan.plan(informal, POLICY, law=LAW).state == "clock-unknown"
    assert plan.plan(informal, POLICY, law=LAW, released_on=date(2026, 3, 4)).scheduled_on == date(2026, 3, 4)
    paid = plan.plan(version(entry_type="11"), POLICY, law=LAW, released_on=date(2026, 3, 4))
    assert (paid.scheduled_on, paid.is_informal) == (date(2026, 3, 12), True)


def test_highest_version_governs() -> None:
    facts = EntryFacts((version(1), version(2, duty_cents=1), version(4, duty_cents=3)))
    outcome = derive(facts, POLICY, LAW)
    assert outcome.governing is not None
    assert (outcome.governing.number, outcome.settled) == (4, frozenset({1, 2, 4}))


def test_nothing_but_the_first_version_is_announced_before_it_is_known() -> None:
    assert derive(EntryFacts((version(2),)), POLICY, LAW).settled == frozenset()
    assert derive(EntryFacts((version(1), version(2))), POLICY, LAW).settled == frozenset({1, 2})


def test_correction_that_changes_importer_or_type_is_barred() -> None:
    facts = EntryFacts((version(1), version(2, importer_number="12-345678900"), version(3, entry_type="11")))
    outcome = derive(facts, POLICY, LAW)
    assert outcome.barred == {2: "correction-changes-importer", 3: "correction-changes-type"}
    assert outcome.governing == facts.versions[0]


def test_type_may_change_from_01_to_03_and_back() -> None:
    facts = EntryFacts((version(1), version(2, entry_type="03"), version(3, entry_type="01")))
    assert derive(facts, POLICY, LAW).barred == {}


def test_correction_after_liquidation_is_barred_and_what_was_liquidated_stands() -> None:
    facts = EntryFacts((version(1), version(2), version(3)), liquidated_version=2)
    outcome = derive(facts, POLICY, LAW)
    assert (outcome.barred, outcome.governing) == ({3: "correction-after-liquidation"}, facts.versions[1])


def test_informal_entry_cannot_be_corrected_after_its_payment() -> None:
    first = version(1, entry_type="11", paid_on=date(2026, 3, 12))
    in_time = version(2, entry_type="11", at=datetime(2026, 3, 12, 15, tzinfo=UTC))
    late = version(2, entry_type="11", at=datetime(2026, 3, 13, 15, tzinfo=UTC))
    assert derive(EntryFacts((first, in_time)), POLICY, LAW).barred == {}
    assert derive(EntryFacts((first, late)), POLICY, LAW).barred == {2: "correction-after-liquidation"}


def test_correction_after_the_release_that_liquidated_an_informal_entry_is_barred_but_announced_all_the_same() -> None:
    first = version(1, entry_type="11", paid_on=None)
    late = version(2, entry_type="11", paid_on=None, at=datetime(2026, 3, 13, 15, tzinfo=UTC))
    outcome = derive(EntryFacts((first, late), released_on=date(2026, 3, 4)), POLICY, LAW)
    assert outcome.barred == {2: "correction-after-liquidation"}
    assert outcome.settled == derive(EntryFacts((first, late)), POLICY, LAW).settled == frozenset({1, 2})


def test_release_without_summary_is_unknown_and_nothing_at_all_is_recorded() -> None:
    assert derive(EntryFacts((), released_on=date(2026, 3, 2)), POLICY, LAW).state == "clock-unknown"
    assert derive(EntryFacts(()), POLICY, LAW).state == "recorded"


OPEN = OpenPeriod(date(2026, 3, 2), date(2027, 3, 2), 0, 0)


def test_extension_moves_both_dates_by_its_length() -> None:
    outcome = extend(OPEN, ExtensionRequest("information-needed", 12, date(2027, 3, 2)), POLICY)
    assert outcome == Extended(1, 12, date(2028, 1, 14), date(2028, 3, 2))


@pytest.mark.parametrize(
    ("period", "request_", "rule"),
    [
        (OPEN, ExtensionRequest("information-needed", 12, date(2027, 3, 3)), "ext-notice"),
        (OPEN, ExtensionRequest("information-needed", 13, date(2027, 1, 3)), "ext-length"),
        (OPEN, ExtensionRequest("information-needed", 0, date(2027, 1, 3)), "ext-length"),
        (OPEN, ExtensionRequest("importer-request", 12, date(2027, 1, 3)), "ext-reasons"),
        (OPEN, ExtensionRequest("importer-request", 12, date(2027, 1, 3), date(2027, 1, 4)), "ext-request-late"),
        (
            OpenPeriod(date(2026, 3, 2), date(2030, 3, 2), 36, 3),
            ExtensionRequest("information-needed", 12, date(2029, 1, 3)),
            "ext-max",
        ),
    ],
)
def test_extension_against_a_rule_is_void(period: OpenPeriod, request_: ExtensionRequest, rule: str) -> None:
    outcome = extend(period, request_, POLICY)
    assert isinstance(outcome, NotExtended)
    assert outcome.rule == rule


def test_decision_after_liquidation_names_the_way_that_is_left() -> None:
    liquidated = Liquidation(date(2026, 8, 14), is_deemed=False)
    assert refuse_decision(None, date(2026, 8, 1)) is None
    late = refuse_decision(liquidated, date(2026, 11, 13))
    assert late is not None
    assert "ended on 2026-11-12" in late.remedy
    deemed = refuse_decision(Liquidation(date(2026, 8, 14), is_deemed=True), date(2026, 8, 20))
    assert deemed is not None
    assert deemed.rule == "liq-after-deemed"


def of_rule(found: tuple[Coming, ...], rule: str) -> Coming:
    return next(each for each in found if each.rule == rule)


def test_timeline_of_a_scheduled_entry_has_correction_schedule_and_deemed_date() -> None:
    facts = TimelineFacts(
        "scheduled",
        "liq-cycle-314",
        "",
        entry_date=date(2026, 3, 2),
        scheduled_on=date(2027, 1, 15),
        deemed_on=date(2027, 3, 2),
        deemed_rule="liq-1yr-entry",
        correction_window=CorrectionWindow("psc-window", date(2026, 12, 27)),
    )
    found = coming_dates(facts, LAW)
    assert [each.rule for each in found] == ["psc-window", "liq-cycle-314", "liq-1yr-entry"]
    assert of_rule(found, "liq-1yr-entry").inputs == {"entry_date": "2026-03-02"}


def test_timeline_of_a_deemed_liquidation_shows_both_starts_of_the_protest_window() -> None:
    facts = TimelineFacts(
        "liquidated",
        "liq-cycle-314",
        "",
        liquidation=JudgedLiquidation(StandingLiquidation(date(2027, 3, 2), date(2027, 3, 5), is_deemed=True), ()),
    )
    window = of_rule(coming_dates(facts, LAW), "protest-deemed")
    assert (window.safe, window.last_arguable) == (date(2027, 8, 29), date(2027, 9, 1))
    assert of_rule(coming_dates(facts, LAW), "liq-after-deemed").safe == date(2027, 5, 31)


def test_timeline_of_an_unknown_clock_names_what_is_missing() -> None:
    facts = TimelineFacts("clock-unknown", "es-file", "no summary", released_on=date(2026, 3, 2))
    due, unknown = coming_dates(facts, LAW)
    assert (due.safe, unknown.safe, unknown.inputs) == (date(2026, 3, 16), None, {"missing": "no summary"})


def test_every_rule_has_a_citation() -> None:
    assert all(rule.citation and rule.text for rule in RULES.values())
