"""Clocks from recorded days: record and calculator agree, and nothing is deemed too early or while suspended."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain.calculator.answers import calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.clock_facts import ClockFacts, find_unfit, weigh_entry_dates
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.grounds import join_grounds
from services.liquidation.domain.law import LAW
from services.liquidation.domain.liquidation_period import DesignatedImport
from services.liquidation.domain.record import derive
from services.liquidation.domain.start_dates import EntryBasis
from services.liquidation.domain.suspension import Suspension, is_suspended

ENTERED, TODAY = date(2025, 3, 3), date(2031, 3, 3)
POLICY = LAW.cycle
BASES: tuple[EntryBasis, ...] = ("release", "filing-elected", "immediate-delivery", "withdrawal", "quota")
days = st.dates(ENTERED, ENTERED + timedelta(days=1200))
maybe_days = st.none() | days
imports = st.lists(
    st.builds(
        lambda liquidated_on, after, is_protested: DesignatedImport(
            liquidated_on, liquidated_on + timedelta(days=after) if liquidated_on and after else None, is_protested
        ),
        maybe_days,
        st.none() | st.integers(1, 400),
        st.none() | st.booleans(),
    ),
    max_size=3,
)
suspensions = st.builds(
    lambda ground, began_on, after: Suspension(
        ground, "court", began_on, began_on + timedelta(days=after) if after is not None else None
    ),
    st.sampled_from(["injunction:1", "court-order:2"]),
    days,
    st.none() | st.integers(0, 900),
)


def version(entry_type: str, case: str | None = None) -> Version:
    origin = Origin(datetime(2025, 3, 14, 17, tzinfo=UTC), "urn:filer:B76", "e")
    cases = (f"{case}/CNSYNTH123SHE",) if case else ()
    return Version(1, entry_type, "07-345678900", None, "2704", ENTERED, None, 0, 0, case, UUID(int=1), origin, cases)


@st.composite
def facts_of_entries(draw: st.DrawFn) -> EntryFacts:
    """An entry of a kind whose clock needs a recorded day, with or without it, and suspensions."""
    kind = draw(st.sampled_from(["21", "22", "09", "41", "47"]))
    clock = ClockFacts()
    if kind in ("21", "22"):
        clock = ClockFacts(final_withdrawal_on=draw(maybe_days))
    elif kind == "09":
        clock = ClockFacts(reconciliation_due_on=draw(maybe_days))
    else:
        clock = ClockFacts(
            designated_imports=tuple(draw(imports)), deposited_on=draw(maybe_days), waived_on=draw(maybe_days)
        )
    case = draw(st.sampled_from([None, "A570012000"])) if kind in ("21", "22") else None
    standing = draw(st.lists(suspensions, max_size=3, unique_by=lambda each: (each.ground, each.began_on)))
    return EntryFacts((version(kind, case),), suspensions=tuple(standing), clock=clock)


def calculated(facts: EntryFacts, grounds: tuple[Suspension, ...]) -> dict[str, date]:
    (filed,), clock = facts.versions, facts.clock
    answer = calculate(
        CalculatorFacts(
            entry_type=filed.entry_type,
            entry_date=filed.entry_date,
            final_withdrawal_on=clock.final_withdrawal_on,
            reconciliation_filed_on=filed.entry_date,
            reconciliation_due_on=clock.reconciliation_due_on,
            drawback_claimed_on=filed.entry_date,
            designated_imports=clock.designated_imports,
            drawback_deposited_on=clock.deposited_on,
            drawback_waived_on=clock.waived_on,
            suspensions=grounds,
        ),
        LAW,
    )
    return {each.rule: each.safe for each in answer.clocks}


@given(facts=facts_of_entries())
def test_record_and_calculator_give_the_same_day_of_a_recorded_clock(facts: EntryFacts) -> None:
    record = derive(facts, POLICY, LAW)
    assert record.plan is not None
    grounds = join_grounds(facts.versions[0], facts.suspensions) if facts.suspensions else ()
    if record.plan.deemed_on is None:
        return
    assert record.plan.deemed_rule is not None
    assert calculated(facts, grounds)[record.plan.deemed_rule] == record.plan.deemed_on


@given(facts=facts_of_entries())
def test_recorded_clock_is_never_deemed_before_it_starts_nor_on_a_day_of_suspension(facts: EntryFacts) -> None:
    record = derive(facts, POLICY, LAW)
    assert record.plan is not None
    plan, clock = record.plan, facts.clock
    grounds = join_grounds(facts.versions[0], facts.suspensions)
    if plan.deemed_on is None:
        assert record.state in ("suspended", "clock-unknown")
        assert record.state == "suspended" or all(each.lift_noticed_on is not None for each in facts.suspensions)
        return
    assert plan.scheduled_on is not None
    if clock.final_withdrawal_on is not None:
        assert plan.deemed_on > clock.final_withdrawal_on
    assert not is_suspended(grounds, plan.deemed_on)


@given(
    asserted=st.lists(days, min_size=1, max_size=3),
    basis=st.none() | st.sampled_from(BASES),
    released_on=maybe_days,
    filed_on=maybe_days,
    imported_on=maybe_days,
    recorded=st.tuples(maybe_days, maybe_days, maybe_days),
)
def test_exactly_one_candidate_governs_and_it_is_the_day_that_is_named(
    asserted: list[date],
    basis: EntryBasis | None,
    released_on: date | None,
    filed_on: date | None,
    imported_on: date | None,
    recorded: tuple[date | None, date | None, date | None],
) -> None:
    clock = ClockFacts(
        entry_basis=basis, entry_filed_on=recorded[0], presented_on=recorded[1], withdrawn_on=recorded[2]
    )
    found = weigh_entry_dates(
        list(enumerate(asserted, 1)),
        len(asserted),
        clock,
        released_on=released_on,
        summary_filed_on=filed_on,
        imported_on=imported_on,
    )
    (governing,) = [each for each in found.candidates if each.governs]
    assert governing.on == found.governs_on
    assert governing.source != "importation"
    assert found.differs == (found.governs_on != asserted[-1])
    assert found.is_day_missing is (basis is not None and governing.source.startswith("version"))


@given(facts=facts_of_entries())
def test_facts_of_a_kind_fit_that_kind_only(facts: EntryFacts) -> None:
    own = find_unfit(facts.clock, facts.versions[0].entry_type, TODAY)
    assert own is None or own.outcome == "contradiction"
    other = find_unfit(facts.clock, "01", TODAY)
    assert (other is None) is (facts.clock == ClockFacts())
