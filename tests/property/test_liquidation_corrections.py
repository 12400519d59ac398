"""Random corrections: the record and the deadline calculator give one window and the same bars."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain.calculator.case import open_case
from services.liquidation.domain.calculator.corrections import find, find_window
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.grounds import join_grounds
from services.liquidation.domain.law import LAW
from services.liquidation.domain.plan import UsualPlans, plan
from services.liquidation.domain.record import derive, find_bars, find_correction_window
from services.liquidation.domain.suspension import Suspension
from shared.customs.entry_types import entry_types

ENTERED = date(2026, 3, 2)
CASE = "A570012000/MAKER"
days = st.dates(ENTERED, ENTERED + timedelta(days=1600))
TYPES = ("01", "02", "03", "06", "07", "11", "21", "23", "31", "09", "41", "04")


def version(number: int, filed_on: date, entry_type: str, cases: tuple[str, ...]) -> Version:
    at = datetime(filed_on.year, filed_on.month, filed_on.day, 17, tzinfo=UTC)
    case = cases[0].partition("/")[0] if cases else None
    origin = Origin(at, "urn:filer:B76", f"v{number}")
    return Version(
        number, entry_type, "07-345678900", None, "2704", ENTERED, None, 100, 10, case, UUID(int=number), origin, cases
    )


@st.composite
def extensions(draw: st.DrawFn) -> ExtensionRequest:
    """Some are void: too long, or posted when the period had ended."""
    posted_on = draw(st.dates(ENTERED, ENTERED + timedelta(days=700)))
    if draw(st.booleans()):
        return ExtensionRequest("importer-request", draw(st.integers(1, 13)), posted_on, posted_on)
    return ExtensionRequest("information-needed", draw(st.integers(1, 13)), posted_on)


@st.composite
def suspensions(draw: st.DrawFn) -> Suspension:
    began_on = draw(days)
    lifted_on = draw(st.none() | st.integers(0, 900).map(lambda after: began_on + timedelta(days=after)))
    ground = draw(st.sampled_from(["injunction:1", "eapa:2", "other-statute:3", f"adcvd-case:{CASE}"]))
    authority = {"injunction:1": "court", "other-statute:3": "statute"}.get(ground, "agency")
    return Suspension(ground, authority, began_on, lifted_on)  # type: ignore[arg-type]


@st.composite
def histories(draw: st.DrawFn) -> EntryFacts:
    """A summary, a correction of it, and what was done to the entry."""
    kind = draw(st.sampled_from(TYPES))
    cases = (CASE,) if kind in ("03", "06", "01") and draw(st.booleans()) else ()
    first = version(1, ENTERED, kind, cases)
    correction = version(2, draw(days), draw(st.sampled_from([kind, kind, "01", "03", "23"])), cases)
    correction = replace(
        correction,
        importer_number=draw(st.sampled_from([first.importer_number, first.importer_number, "12-345678900"])),
        port_of_entry=draw(st.sampled_from(["2704", "2704", "1101"])),
        is_flagged=draw(st.sampled_from([False, False, True])),
    )
    granted = tuple(draw(st.lists(extensions(), max_size=3)))
    recorded = draw(st.lists(suspensions(), max_size=2, unique_by=lambda each: each.ground))
    return EntryFacts(
        (first, correction),
        extended_months=sum(each.months for each in granted),
        extensions=granted,
        # A case that the summary names is recorded since entry, when its removal is.
        suspensions=tuple(
            replace(each, began_on=ENTERED) if cases and each.ground.endswith(CASE) else each for each in recorded
        ),
    )


def told_to_calculator(facts: EntryFacts) -> CalculatorFacts:
    """What a caller would say of the same entry and the same correction."""
    first, correction = facts.versions
    changed = (
        ("importer-number", correction.importer_number != first.importer_number),
        ("port", correction.port_of_entry != first.port_of_entry),
        ("reconciliation-flag", correction.is_flagged != first.is_flagged),
    )
    return CalculatorFacts(
        entry_type=first.entry_type,
        entry_date=first.entry_date,
        has_case=first.case is not None,
        extensions=facts.extensions,
        suspensions=join_grounds(first, facts.suspensions),
        corrected_on=correction.origin.at.date(),
        corrected_entry_type=correction.entry_type,
        corrected_fields=tuple(name for name, is_changed in changed if is_changed),
    )


@given(facts=histories(), by=st.none() | days)
def test_calculator_and_record_give_one_window(facts: EntryFacts, by: date | None) -> None:
    case = open_case(told_to_calculator(facts), LAW)
    assert find_window(case, LAW.cycle.friday, by=by) == find_correction_window(
        facts.versions[0], facts, LAW.cycle, LAW, by=by
    )


@given(facts=histories())
def test_calculator_and_event_path_agree_on_what_may_be_corrected(facts: EntryFacts) -> None:
    bars = find_bars(facts, LAW.cycle, LAW).get(2, ())
    told = [each for each in find(open_case(told_to_calculator(facts), LAW)) if each.outcome != "open"]
    if bars:
        assert [(each.rule, each.outcome) for each in told] == [(bar.rule, bar.kind) for bar in bars]
    else:
        assert [each.outcome for each in told] == ["may-be-corrected"]
    assert (2 in derive(facts, LAW.cycle, LAW).barred) == bool(bars)


@given(facts=histories(), data=st.data())
def test_void_extension_opens_no_window(facts: EntryFacts, data: st.DataObject) -> None:
    posted_on = data.draw(st.dates(date(2031, 1, 1), date(2035, 1, 1)))
    void = ExtensionRequest("importer-request", 12, posted_on, posted_on)
    plain = replace(facts, suspensions=())
    more = replace(plain, extensions=(*plain.extensions, void), extended_months=plain.extended_months + 12)
    first = facts.versions[0]
    assert find_correction_window(first, more, LAW.cycle, LAW) == find_correction_window(first, plain, LAW.cycle, LAW)


@given(facts=histories())
def test_bar_of_the_window_names_its_day_and_the_window_that_closed(facts: EntryFacts) -> None:
    for bar in find_bars(facts, LAW.cycle, LAW).get(2, ()):
        if bar.kind == "correction-outside-window":
            filed_on = facts.versions[1].origin.at.date()
            window = find_correction_window(facts.versions[0], facts, LAW.cycle, LAW, by=filed_on)
            assert window is not None
            assert window.closes_on is not None
            assert window.closes_on < filed_on
            assert bar.why == f"filed on {filed_on}, after the window closed on {window.closes_on}"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(entry_types())),
            st.sampled_from([ENTERED, date(2026, 3, 3)]),
            st.none() | st.just(date(2026, 3, 12)),
            st.sampled_from([(), (CASE,)]),
            st.none() | st.just(date(2026, 3, 5)),
            st.sampled_from([0, 12]),
            st.sampled_from([NO_CLOCK_FACTS, ClockFacts(final_withdrawal_on=date(2026, 9, 1))]),
        ),
        min_size=2,
        max_size=12,
    )
)
def test_a_plan_that_is_remembered_is_the_one_that_would_be_made(asked: list[Any]) -> None:
    plans = UsualPlans(LAW.cycle, LAW)
    for entry_type, entered_on, paid_on, cases, released_on, extended_months, clock in asked:
        one = replace(version(1, entered_on, entry_type, cases), entry_date=entered_on, paid_on=paid_on)
        found = plans.of(one, released_on=released_on, extended_months=extended_months, clock=clock)
        assert found == plan(
            one, LAW.cycle, released_on=released_on, extended_months=extended_months, clock=clock, law=LAW
        )
