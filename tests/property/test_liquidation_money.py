"""Properties of the money of liquidation: nothing is lost between classes, segments, parts of a period and payments."""

from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from services.liquidation.domain.bill_clocks import count_delinquent_blocks
from services.liquidation.domain.money.amounts import (
    Amounts,
    CaseDeposit,
    FeeAmount,
    LineFacts,
    SummaryFacts,
    TariffAmount,
    add_amounts,
    amounts_of_entry,
    expected_mpf,
    subtract_amounts,
    total_cents,
)
from services.liquidation.domain.money.assessment import (
    MINIMUM_CENTS,
    Assessment,
    Deposit,
    LiquidationFacts,
    apply_minimum,
    assess,
    find_changes,
    foresee_outcome,
)
from services.liquidation.domain.money.bills import Bill, BillStanding, Payment, settle
from services.liquidation.domain.money.interest import Interest, Movement, Segment, accrue_segments, find_segments
from services.liquidation.domain.money.refunds import Delay, Refund, Unready, delay_of
from services.liquidation.domain.money.settings import MONEY, DelinquencyBase, MoneySettings
from shared.customs.calendar import add_days
from shared.customs.interest import InterestKind, accrue_unrounded, growth_factor, rate_on

FIRST, LAST = date(2016, 1, 1), date(2026, 12, 31)
known_days = st.dates(FIRST, LAST)
cents = st.integers(0, 10**9)
kinds: st.SearchStrategy[InterestKind] = st.sampled_from(["underpayment", "overpayment", "corporate-overpayment"])
divisors: st.SearchStrategy[Literal[365, 366]] = st.sampled_from([365, 366])
amounts = st.dictionaries(st.sampled_from(["duty", "additional-duty", "499", "501", "022"]), cents, max_size=5)
lines = st.builds(
    LineFacts,
    line_number=st.integers(1, 999),
    tariffs=st.lists(
        st.builds(
            TariffAmount, st.sampled_from(["8471300100", "99038815", "9802008068"]), st.integers(0, 10**7), cents
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    cases=st.lists(st.builds(CaseDeposit, st.sampled_from(["A570012000", "C570013000"]), cents), max_size=2).map(tuple),
    fees=st.lists(st.builds(FeeAmount, st.sampled_from(["499", "501"]), cents), max_size=3).map(tuple),
)
LIQUIDATED = date(2025, 1, 10)


@given(st.lists(lines, max_size=5))
def test_the_classes_of_an_entry_add_up_to_all_that_its_lines_say(of: list[LineFacts]) -> None:
    said = sum(
        sum(tariff.duty_cents for tariff in line.tariffs)
        + sum(case.deposit_cents for case in line.cases)
        + sum(fee.cents for fee in line.fees)
        for line in of
    )
    assert total_cents(amounts_of_entry(of)) == said
    assert amounts_of_entry(of) == add_amounts(*(amounts_of_entry([line]) for line in reversed(of)))


@given(amounts, amounts)
def test_adding_undoes_subtracting(left: Amounts, right: Amounts) -> None:
    assert add_amounts(subtract_amounts(left, right), right) == add_amounts(left)


@given(amounts, amounts)
def test_an_increase_is_the_refund_of_the_way_back(before: Amounts, found: Amounts) -> None:
    there = apply_minimum(
        find_changes(before, found), Interest(0, ()), "liquidation", is_informal=False, assessed_interest_cents=0
    )
    back = apply_minimum(
        find_changes(found, before), Interest(0, ()), "liquidation", is_informal=False, assessed_interest_cents=0
    )
    assert there.total_cents == -back.total_cents
    assert there.is_disregarded == back.is_disregarded
    assert {there.outcome, back.outcome} in ({"increase", "refund"}, {"no-change"})
    assert add_amounts(there.principal, back.principal) == {}
    assert sum(there.principal.values()) == there.change_cents == total_cents(found) - total_cents(before)


@given(amounts, amounts, st.integers(-5000, 5000), st.booleans())
def test_the_limit_disregards_only_small_totals_and_never_a_large_one(
    before: Amounts, found: Amounts, interest: int, is_informal: bool
) -> None:
    result = apply_minimum(
        find_changes(before, found),
        Interest(interest, ()),
        "liquidation",
        is_informal=is_informal,
        assessed_interest_cents=0,
    )
    if abs(result.total_cents) >= MINIMUM_CENTS:
        assert result.outcome == ("increase" if result.total_cents > 0 else "refund")
    elif not is_informal:
        assert result.outcome == "no-change"
        assert result.is_disregarded == (result.total_cents != 0)


@given(st.integers(0, 10**7), st.integers(0, 10**6), known_days)
def test_a_processing_fee_grows_with_value_and_stays_within_its_limits(value: int, more: int, on: date) -> None:
    if on >= date(2026, 10, 1):
        return

    def fee(of: int) -> int:
        found = expected_mpf(SummaryFacts("01", on, (LineFacts(1, (TariffAmount("8471300100", of, 0),)),)), MONEY)
        assert found.cents is not None
        return found.cents

    assert fee(0) <= fee(value) <= fee(value + more) <= fee(10**9)


@given(st.lists(known_days, min_size=3, max_size=3).map(sorted), kinds, divisors)
def test_the_growth_of_a_period_is_the_product_of_its_parts(
    days: list[date], kind: InterestKind, divisor: Literal[365, 366]
) -> None:
    start, middle, end = days

    def grown(a: date, b: date) -> Decimal:
        return growth_factor(a, b, kind=kind, days_in_leap_year=divisor)

    with localcontext(prec=60):
        assert abs(grown(start, end) - grown(start, middle) * grown(middle, end)) < Decimal("1e-45")


@given(known_days, st.integers(0, 800), kinds, divisors)
def test_growth_is_that_of_compounding_every_single_day(
    start: date, length: int, kind: InterestKind, divisor: Literal[365, 366]
) -> None:
    end = min(start + timedelta(length), LAST)
    grown, day = Decimal(1), start
    with localcontext(prec=60):
        while day < end:
            day += timedelta(1)
            is_leap = day.year % 4 == 0  # no century year is among the days
            grown *= 1 + rate_on(day).rate_pct(kind) / (100 * (366 if is_leap and divisor == 366 else 365))
        assert abs(grown - growth_factor(start, end, kind=kind, days_in_leap_year=divisor)) < Decimal("1e-45")


@given(cents, cents, st.lists(known_days, min_size=3, max_size=3).map(sorted), kinds)
def test_unrounded_interest_is_additive_in_principal_and_rises_with_time(
    one: int, other: int, days: list[date], kind: InterestKind
) -> None:
    start, middle, end = days

    def interest(principal: int, until: date) -> Decimal:
        return accrue_unrounded(principal, start, until, kind=kind, days_in_leap_year=365)

    with localcontext(prec=60):
        assert abs(interest(one, end) + interest(other, end) - interest(one + other, end)) < Decimal("1e-30")
        assert interest(one, middle) <= interest(one, end)


@given(cents, known_days, st.integers(0, 800), kinds, st.integers(1, 9))
def test_interest_does_not_depend_on_the_precision_of_the_caller(
    principal: int, start: date, length: int, kind: InterestKind, digits: int
) -> None:
    end = min(start + timedelta(length), LAST)
    segment = Segment("importer" if kind == "underpayment" else "cbp", principal, start, end)
    with localcontext(prec=digits):
        growth_factor.cache_clear()
        found = accrue_segments([segment], "corporate", MONEY)
    growth_factor.cache_clear()
    assert found == accrue_segments([segment], "corporate", MONEY)


movements = st.lists(
    st.builds(Movement, st.dates(date(2024, 1, 1), date(2024, 12, 1)), st.integers(-(10**6), 10**7)), max_size=6
)


@given(st.integers(0, 10**7), movements, st.dates(date(2024, 1, 1), date(2024, 6, 1)))
def test_on_every_day_the_segments_make_up_what_was_short_or_too_much(
    found: int, moves: list[Movement], required_on: date
) -> None:
    until = date(2024, 12, 31)
    segments = find_segments(found, moves, required_on=required_on, until=until)
    assert all(segment.cents > 0 and segment.start < segment.end <= until for segment in segments)
    for day in {required_on, *(move.on for move in moves)}:
        held = sum(move.cents for move in moves if move.on <= day)
        balance = held - found if day >= required_on else max(held - found, 0)
        standing = [segment for segment in segments if segment.start <= day < segment.end]
        signed = sum(segment.cents if segment.debtor == "cbp" else -segment.cents for segment in standing)
        assert signed == balance
        assert len({segment.debtor for segment in standing}) <= 1, "never short and too much at once"


@given(st.integers(0, 10**7), movements.flatmap(lambda moves: st.tuples(st.just(moves), st.permutations(moves))))
def test_the_order_in_which_movements_are_known_does_not_matter(
    found: int, moves: tuple[list[Movement], list[Movement]]
) -> None:
    day, until = date(2024, 3, 1), date(2024, 12, 31)
    one, other = (find_segments(found, each, required_on=day, until=until) for each in moves)
    assert accrue_segments(one, "corporate", MONEY) == accrue_segments(other, "corporate", MONEY)


@given(amounts, amounts, st.sampled_from(["entry", "class"]))
def test_one_deposit_bears_interest_on_the_side_of_the_change(
    before: Amounts, found: Amounts, netting: Literal["entry", "class"]
) -> None:
    on = date(2024, 3, 1)
    facts = LiquidationFacts(on, LIQUIDATED, before, found, (Deposit(on, before),), on, "corporate")
    result = assess(facts, MoneySettings(netting=netting))
    assert isinstance(result, Assessment)
    if netting == "entry":
        assert result.interest.cents * result.change_cents >= 0
    owed = sum(each.cents if each.debtor == "importer" else -each.cents for each in result.interest.segments)
    assert owed == result.change_cents
    assert foresee_outcome(facts, MoneySettings(netting=netting)) in {None, result.outcome}
    if abs(result.change_cents) >= MINIMUM_CENTS and netting == "entry":
        assert foresee_outcome(facts, MONEY) == result.outcome


def standing(bill: Bill, payments: list[Payment], on: date, base: DelinquencyBase) -> BillStanding:
    found = settle(
        bill, payments, on, MoneySettings(delinquency_base="billed" if base == "billed" else "unpaid-balance")
    )
    assert isinstance(found, BillStanding)
    return found


bases: st.SearchStrategy[DelinquencyBase] = st.sampled_from(["billed", "unpaid-balance"])
bills = st.builds(
    lambda cents, late: Bill(
        LIQUIDATED, add_days(LIQUIDATED, late), add_days(LIQUIDATED, late + 30), {"duty": cents}, 0
    ),
    st.integers(1, 10**9),
    st.integers(0, 90),
)
payments = st.lists(st.builds(Payment, st.dates(LIQUIDATED, date(2026, 6, 1)), st.integers(1, 10**9)), max_size=5)
days_after = st.integers(0, 600)


@given(bills, payments, days_after, bases)
def test_every_cent_paid_settles_something_or_is_a_surplus(
    bill: Bill, paid: list[Payment], days: int, base: DelinquencyBase
) -> None:
    on = add_days(LIQUIDATED, days)
    at = standing(bill, paid, on, base)
    received = sum(payment.cents for payment in paid if payment.received_on <= on)
    assert received - at.surplus_cents + at.open_cents == bill.billed_cents + at.delinquency_cents
    assert min(at.billed_open_cents, at.delinquency_open_cents, at.surplus_cents) >= 0


@given(bills, payments, days_after, bases)
def test_what_is_open_on_a_day_settles_the_bill_when_paid_on_that_day(
    bill: Bill, paid: list[Payment], days: int, base: DelinquencyBase
) -> None:
    on = add_days(LIQUIDATED, days)
    before = [payment for payment in paid if payment.received_on <= on]
    owed = standing(bill, before, on, base).open_cents
    if owed == 0:
        return
    settled = standing(bill, [*before, Payment(on, owed)], add_days(LIQUIDATED, 600), base)
    assert (settled.open_cents, settled.surplus_cents, settled.settled_on) == (0, 0, on)


@given(bills, days_after, days_after, bases)
def test_an_unpaid_bill_never_shrinks_and_its_blocks_are_those_of_the_clock(
    bill: Bill, days: int, more: int, base: DelinquencyBase
) -> None:
    on = add_days(LIQUIDATED, days)
    earlier = standing(bill, [], on, base)
    assert earlier.open_cents <= standing(bill, [], min(add_days(on, more), date(2026, 12, 1)), base).open_cents
    assert len(earlier.blocks) == count_delinquent_blocks(LIQUIDATED, bill.issued_on, on)
    assert earlier.is_delinquent == (on > bill.due_on)


@given(bills, payments, bases, st.integers(1, 10**8))
def test_paying_more_never_leaves_more_open(bill: Bill, paid: list[Payment], base: DelinquencyBase, more: int) -> None:
    on = date(2026, 6, 1)
    extra = Payment(add_days(LIQUIDATED, 45), more)
    assert standing(bill, [*paid, extra], on, base).open_cents <= standing(bill, paid, on, base).open_cents


@given(st.integers(1, 10**9), days_after, days_after, st.integers(0, 200), days_after)
def test_delay_of_a_refund_rises_with_time_and_falls_with_every_unready_day(
    owed: int, days: int, more: int, from_day: int, to_day: int
) -> None:
    refund = Refund(LIQUIDATED, add_days(LIQUIDATED, 30), {"duty": owed}, 0)
    spell = Unready(add_days(LIQUIDATED, from_day), add_days(LIQUIDATED, to_day))

    def delay(day: int, *spells: Unready) -> Delay:
        found = delay_of(refund, add_days(LIQUIDATED, min(day, 700)), "corporate", MONEY, unready=spells)
        assert isinstance(found, Delay)
        return found

    assert delay(days).interest_cents <= delay(days + more).interest_cents
    with_spell = delay(days, spell)
    assert with_spell.interest_cents <= delay(days).interest_cents
    assert len(with_spell.blocks) + len(with_spell.skipped) == len(delay(days).blocks)
