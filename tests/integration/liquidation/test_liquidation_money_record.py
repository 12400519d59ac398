"""The money of liquidations on a real database: assessed once, billed, refunded, carried over, or waiting."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.assessments import CycleMoney, assess_act, assess_cycle, determine, void_assessment
from services.liquidation.acts.bills import run_bill_clocks
from services.liquidation.acts.cycles import cycle_day
from services.liquidation.domain.money.balance import name_effects
from services.liquidation.domain.money.settings import POLICY, MoneyPolicy, MoneySettings
from services.liquidation.publishing import CYCLE_EVENTS
from services.liquidation.store.bills import PaymentRow
from services.liquidation.store.bills import write_payment as record_payment
from services.liquidation.store.cycles import run_statements
from services.liquidation.store.invariants.money import MONEY_INVARIANTS
from services.liquidation.store.payees import AccountRow, DepositRow, write_account, write_deposit
from services.liquidation.store.tables.assessments import assessments
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.money_acts import money_acts
from services.liquidation.store.tables.records import entries, legal_events
from services.liquidation.store.tables.refunds import refunds
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from tests.integration.liquidation.builders import apply, published, review_decided, rows
from tests.support.events import decoded, entry_body, entry_number
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

# Entered on 3 March 2025, paid on the 12th, due on the 17th; liquidated on Friday 16 January 2026.
FRIDAY = date(2026, 1, 16)
IMPORTER = "07-345678900"


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("liquidation")


async def file(engine: AsyncEngine, filed_at: str = "2025-03-03T19:00:00Z", **changes: Any) -> str:
    number = entry_number()
    body = {"entry_date": "2025-03-03", "import_date": "2025-03-02", "paid_on": "2025-03-12"} | changes
    await apply(engine, [decoded("entry-filed", entry_body(number, **body), time=filed_at)])
    return number


async def decide(engine: AsyncEngine, number: str, duty_usd: str, decided_at: str = "2025-06-02T15:00:00Z") -> None:
    outcome = "refund" if duty_usd.startswith("-") else "increase"
    event = review_decided(
        number, outcome, duty_usd, decision_id=f"d-{number}", item_id=f"i-{number}", decided_at=decided_at
    )
    await apply(engine, [event])


async def liquidate(engine: AsyncEngine, friday: date = FRIDAY, policy: MoneyPolicy = POLICY) -> CycleMoney:
    """The cycle with what it assesses, each in a transaction of its own so that the figures come out."""
    now = datetime(friday.year, friday.month, friday.day, 18, tzinfo=UTC)
    day = cycle_day(friday, friday)
    async with transaction(engine) as tx:
        await run_statements(tx, day, now, "tests", CYCLE_EVENTS)
    async with transaction(engine) as tx:
        return await assess_cycle(tx, day, now, policy)


async def act(
    engine: AsyncEngine, number: str, key: str, on: date, duty_cents: int, occasion: Any = "reliquidation"
) -> Any:
    async with transaction(engine) as tx:
        return await assess_act(tx, number, key, on, name_effects(duty_cents, 0), POLICY, occasion=occasion)


async def enroll(engine: AsyncEngine, *, revision: int = 1, on: date = date(2025, 1, 1), **changes: Any) -> None:
    known: dict[str, Any] = {
        "is_corporation": False,
        "pays_monthly": None,
        "has_ach_enrollment": True,
        "has_valid_bank_data": True,
        "has_paper_waiver": False,
    }
    async with transaction(engine) as tx:
        row = AccountRow(IMPORTER, revision, on, **(known | changes), recorded_by="kim", recorded_for=None)
        await write_account(tx, row)


async def pay(engine: AsyncEngine, bill_number: str, on: date, cents: int, number: int = 1) -> None:
    async with transaction(engine) as tx:
        await record_payment(tx, PaymentRow(bill_number, number, on, cents, "importer", "ACH", "kim", None))


async def violations(engine: AsyncEngine) -> dict[str, list[str]]:
    found = await find_violations(engine, MONEY_INVARIANTS)
    return {name: lines for name, lines in found.items() if lines}


async def test_entries_as_entered_leave_nothing_and_an_increase_is_billed_with_interest(engine: AsyncEngine) -> None:
    await file(engine)
    number = await file(engine)
    await decide(engine, number, "1000.00")
    figures = await liquidate(engine)
    (row,) = await rows(engine, assessments)
    # 1,000.00 from 17 March 2025 to 16 January 2026: 305 days at 7 %.
    assert (row.outcome, row.change_cents, row.interest_cents, row.total_cents) == ("increase", 100_000, 60_23, 106_023)
    assert (row.required_on, row.required_basis) == (date(2025, 3, 17), "summary-due")
    assert row.found["duty-unspecified"] == 100_000
    (bill,) = await rows(engine, bills)
    assert (bill.bill_number, bill.billed_cents, bill.due_on) == (f"{number}-B01", 106_023, date(2026, 2, 15))
    assert figures == CycleMoney(increases=1, billed_cents=106_023)
    assert await violations(engine) == {}


async def test_event_of_the_liquidation_tells_the_bill_and_running_again_changes_nothing(engine: AsyncEngine) -> None:
    number = await file(engine)
    await decide(engine, number, "1000.00")
    await liquidate(engine)
    before = [await rows(engine, table) for table in (assessments, bills)], await published(engine)
    async with transaction(engine) as tx:
        assert (
            await assess_cycle(tx, cycle_day(FRIDAY, FRIDAY), datetime(2026, 1, 16, 19, tzinfo=UTC), POLICY)
            == CycleMoney()
        )
    assert ([await rows(engine, table) for table in (assessments, bills)], await published(engine)) == before
    data = before[1][-1].data
    assert (data.change, data.kind, data.effect.duty_usd, data.interest_usd) == (
        "liquidated",
        "increase",
        "1000.00",
        "60.23",
    )
    assert (data.bill_number, data.bill_due_on) == (f"{number}-B01", date(2026, 2, 15))


async def test_difference_under_twenty_dollars_is_liquidated_as_entered(engine: AsyncEngine) -> None:
    number = await file(engine)
    await decide(engine, number, "5.00")
    figures = await liquidate(engine)
    assert figures == CycleMoney(disregarded=1)
    (row,) = [each for each in await rows(engine, entries) if each.entry_number == number]
    assert (row.liquidation_kind, row.effect_duty_cents) == ("no-change", 0)
    (event,) = [each for each in await rows(engine, legal_events) if each.event_key == "liquidation"]
    assert event.kind == "no-change"
    data = (await published(engine))[-1].data
    assert (data.kind, data.effect.duty_usd, data.bill_number) == ("no-change", "0.00", None)
    assert (await rows(engine, assessments))[0].rule == "min-20-liquidation"
    assert await rows(engine, bills) == []


async def test_refund_waits_until_it_is_known_whether_the_importer_is_a_corporation(engine: AsyncEngine) -> None:
    number = await file(
        engine, lines=[entry_body()["lines"][0] | {"fees": [{"class_code": "499", "amount_usd": "500.00"}]}]
    )
    await decide(engine, number, "-300.00")
    assert (await liquidate(engine)).undetermined == 1
    (row,) = await rows(engine, assessments)
    assert (row.outcome, row.missing, row.foreseen, row.total_cents) == ("undetermined", "payee-kind", "refund", None)
    assert (await published(engine))[-1].data.missing == "payee-kind"
    await enroll(engine, has_ach_enrollment=False)
    now = datetime(2026, 3, 2, 17, tzinfo=UTC)
    async with transaction(engine) as tx:
        assert await determine(tx, [number], date(2026, 3, 2), now, POLICY) == 1
    (refund,) = await rows(engine, refunds)
    # 300.00 from 12 March 2025 for 310 days at 7 %, not a corporation: 18.37.
    assert (refund.refund_cents, refund.state, refund.missing) == (318_37, "waiting-for-enrollment", ["ach-enrollment"])
    assert (refund.liquidated_on, refund.due_on) == (FRIDAY, date(2026, 2, 15))
    data = (await published(engine))[-1].data
    assert (data.change, data.refund_state, data.sequence) == ("refund-changed", "waiting-for-enrollment", 40_000_001)
    assert await violations(engine) == {}
    async with transaction(engine) as tx:
        assert await determine(tx, [number], date(2026, 3, 3), now, POLICY) == 0


async def test_late_or_monthly_deposit_leaves_the_increase_open_until_its_day_is_recorded(engine: AsyncEngine) -> None:
    number = await file(engine, paid_on="2025-04-21")
    await decide(engine, number, "1000.00")
    await liquidate(engine)
    (row,) = await rows(engine, assessments)
    assert (row.missing, row.required_basis) == ("deposit-due-date", "unknown")
    async with transaction(engine) as tx:
        await write_deposit(tx, DepositRow(number, 1, date(2025, 4, 21), None, None, "kim", None))
        await determine(tx, [number], date(2026, 2, 2), datetime(2026, 2, 2, 17, tzinfo=UTC), POLICY)
    (bill,) = await rows(engine, bills)
    assert (bill.liquidated_on, bill.issued_on, bill.due_on) == (FRIDAY, date(2026, 2, 2), date(2026, 3, 4))
    told = (await published(engine))[-1].data
    # The decision named no class, and the event of the bill names none, as that of a liquidation with its bill does.
    assert (told.change, told.effect.duty_usd, told.effect.by_class) == ("billed", "1000.00", ())


async def test_corrections_that_assert_other_amounts_leave_the_deposits_unknown(engine: AsyncEngine) -> None:
    number = await file(engine)
    line = entry_body()["lines"][0] | {"tariffs": [{"hts": "8471300100", "value_usd": 1000, "duty_usd": "80.00"}]}
    body = entry_body(number, version=2, reasons=["H06"], entry_date="2025-03-03", paid_on="2025-03-12", lines=[line])
    await apply(engine, [decoded("entry-corrected", body, time="2025-05-05T19:00:00Z")])
    await decide(engine, number, "1000.00")
    await liquidate(engine)
    (row,) = await rows(engine, assessments)
    assert (row.outcome, row.missing, row.before["duty"]) == ("undetermined", "deposit-date", 80_00)


async def test_reliquidation_is_assessed_once_and_replaces_the_unpaid_bill(engine: AsyncEngine) -> None:
    number = await file(engine)
    await decide(engine, number, "1000.00")
    await liquidate(engine)
    first = await act(engine, number, "reliquidation:1", date(2026, 3, 2), -400_00)
    assert await act(engine, number, "reliquidation:1", date(2026, 3, 2), -400_00) == first
    old, new = await rows(engine, bills)
    assert (old.state, old.replaced_by, old.open_cents, old.next_step_on) == ("replaced", "reliquidation:1", 0, None)
    # 600.00 was short from 17 March 2025 to the reliquidation, 350 days at 7 %: 41.65.
    assert (new.bill_number, new.billed_cents, new.interest_cents) == (f"{number}-B02", 641_65, 41_65)
    assert (first.outcome, first.total_cents, first.bill_number) == ("refund", 641_65 - 1060_23, f"{number}-B02")
    assert await violations(engine) == {}


async def test_allowed_protest_cancels_the_unpaid_bill(engine: AsyncEngine) -> None:
    number = await file(engine)
    await decide(engine, number, "1000.00")
    await liquidate(engine)
    done = await act(engine, number, "reliquidation:1", date(2026, 3, 2), -1000_00, "reliquidation-on-request")
    assert (done.bill_number, done.refund_number) == (None, None)
    assert [bill.state for bill in await rows(engine, bills)] == ["replaced"]
    assert await violations(engine) == {}


async def test_allowed_protest_refunds_a_paid_bill_with_interest_since_its_payment(engine: AsyncEngine) -> None:
    await enroll(engine)
    number = await file(engine)
    await decide(engine, number, "1000.00")
    await liquidate(engine)
    await pay(engine, f"{number}-B01", date(2026, 2, 2), 1060_23)
    await act(engine, number, "reliquidation:1", date(2026, 3, 2), -1000_00, "reliquidation-on-request")
    (refund,) = await rows(engine, refunds)
    # 1,000.00 from 2 February to 2 March 2026, 28 days at 7 %: 5.38 beside the 60.23 that was assessed and paid; the
    # importer was short until it paid, and is not by what is found now.
    assert refund.principal == {"duty-unspecified": 1000_00}
    assert refund.interest_cents == 60_23 + 5_38
    assert (refund.state, refund.refund_cents) == ("ready", 1065_61)
    assert await violations(engine) == {}


async def test_bill_paid_in_parts_leaves_a_later_act_open(engine: AsyncEngine) -> None:
    number = await file(engine)
    await decide(engine, number, "1000.00")
    await liquidate(engine)
    await pay(engine, f"{number}-B01", date(2026, 2, 2), 500_00)
    done = await act(engine, number, "reliquidation:1", date(2026, 3, 2), -400_00)
    assert (done.outcome, done.missing) == ("undetermined", "deposit-date")
    later = await act(engine, number, "reliquidation:2", date(2026, 3, 9), -100_00)
    assert (later.outcome, later.missing) == ("undetermined", "deposit-date")
    assert (await rows(engine, bills))[0].state == "open"


async def test_reliquidation_of_an_entry_as_entered_starts_from_what_was_asserted(engine: AsyncEngine) -> None:
    number = await file(engine)
    await liquidate(engine)
    done = await act(engine, number, "reliquidation:1", date(2026, 3, 2), 100_00)
    (row,) = await rows(engine, assessments)
    assert (row.ordinal, row.before, done.bill_number) == (1, {"499": 33_58, "duty": 25_00}, f"{number}-B01")


async def test_reliquidation_after_a_late_payment_reads_leap_years_as_the_policy_says(engine: AsyncEngine) -> None:
    policy = replace(POLICY, settings=MoneySettings(days_in_leap_year=366))
    number = await file(
        engine, "2023-03-01T19:00:00Z", entry_date="2023-03-01", import_date="2023-02-28", paid_on="2023-03-10"
    )
    await decide(engine, number, "100000.00", "2023-06-02T15:00:00Z")
    await liquidate(engine, date(2024, 1, 12), policy)
    await run_bill_clocks(engine, FixedClock(datetime(2024, 2, 12, 17, tzinfo=UTC)), policy)
    (bill,) = await rows(engine, bills)
    # One block of 30 days at 8 % on all that was billed, a day of 2024 bearing one 366th part.
    part = (1 + Decimal("0.08") / 366) ** 30 - 1
    assert bill.delinquency_cents == int((bill.billed_cents * part).quantize(Decimal(1), ROUND_HALF_UP))
    await pay(engine, f"{number}-B01", date(2024, 2, 12), bill.open_cents)
    async with transaction(engine) as tx:
        effects = name_effects(500_00, 0)
        done = await assess_act(
            tx, number, "reliquidation:1", date(2024, 3, 1), effects, policy, occasion="reliquidation"
        )
    assert (done.outcome, done.missing) == ("increase", None)


async def test_more_taken_back_than_was_asserted_is_kept_open_and_not_refunded(engine: AsyncEngine) -> None:
    number = await file(engine)
    await decide(engine, number, "-300.00")
    assert (await liquidate(engine)).undetermined == 1
    (row,) = await rows(engine, assessments)
    assert (row.missing, row.rule) == ("finding", "refund-due")
    assert await rows(engine, refunds) == []


async def test_void_liquidation_takes_its_unpaid_bill_with_it(engine: AsyncEngine) -> None:
    number = await file(engine)
    await decide(engine, number, "1000.00")
    await liquidate(engine)
    async with transaction(engine) as tx:
        await void_assessment(tx, number)
    assert [(row.outcome, row.bill_number) for row in await rows(engine, assessments)] == [("void", f"{number}-B01")]
    assert [bill.state for bill in await rows(engine, bills)] == ["replaced"]
    # Only the money was taken back here: the record still shows the liquidation.
    assert list(await violations(engine)) == ["effect-is-assessed"]


async def test_unpaid_bill_is_delinquent_bears_blocks_and_is_noticed_on_its_days(engine: AsyncEngine) -> None:
    number = await file(engine)
    await decide(engine, number, "1000.00")
    await liquidate(engine)

    async def on(day: date) -> Any:
        await run_bill_clocks(engine, FixedClock(datetime(day.year, day.month, day.day, 17, tzinfo=UTC)), POLICY)
        return (await rows(engine, bills))[0]

    assert (await on(date(2026, 2, 15))).state == "open"
    late = await on(date(2026, 2, 16))
    # The first block of 30 days on 1,060.23 at 7 %: 6.12.
    assert (late.state, late.open_cents, late.delinquency_cents) == ("delinquent", 1066_35, 6_12)
    await on(date(2026, 5, 20))
    assert await run_bill_clocks(engine, FixedClock(datetime(2026, 5, 20, 20, tzinfo=UTC)), POLICY) == 0
    acts = [(each.change, each.occurred_on, each.rule) for each in await rows(engine, money_acts)]
    # Of what was missed the last of each kind goes out, on the day on which the job runs.
    assert sorted(acts, key=lambda each: (each[1], each[2])) == [
        ("bill-overdue", date(2026, 5, 20), "bill-dunning"),
        ("bill-overdue", date(2026, 5, 20), "bill-notice-principal"),
        ("surety-billed", date(2026, 5, 20), "bill-notice-surety"),
    ]
    changes = [event.data for event in await published(engine) if hasattr(event.data, "change")]
    told = [data for data in changes if data.change == "surety-billed"]
    assert (told[0].occurred_on, told[0].bill_number) == (date(2026, 5, 20), f"{number}-B01")
    # The demands went out when the job ran, on 20 May: a surety has 180 days from the mailing (protest-surety [S]).
    assert {data.protest_by for data in told} == {date(2026, 11, 16)}
    assert len({data.sequence for data in changes}) == len(changes) == 5


async def test_daily_job_run_late_sends_the_last_notice_of_each_kind_and_says_when_it_fell_due(
    service_engine: MakeEngine,
) -> None:
    found, details, number = [], [], entry_number()
    for days in ((date(2026, 2, 16), date(2026, 3, 17), date(2026, 4, 16), date(2026, 4, 17)), (date(2026, 4, 18),)):
        engine = await service_engine("liquidation")
        body = entry_body(number, entry_date="2025-03-03", import_date="2025-03-02", paid_on="2025-03-12")
        await apply(engine, [decoded("entry-filed", body, time="2025-03-03T19:00:00Z")])
        await decide(engine, number, "1000.00")
        await liquidate(engine)
        for day in days:
            await run_bill_clocks(engine, FixedClock(datetime(day.year, day.month, day.day, 17, tzinfo=UTC)), POLICY)
        sent = await rows(engine, money_acts)
        found.append([(act.change, act.occurred_on) for act in sent])
        details.append([act.detail.partition(", which fell due on ")[2] for act in sent])
    on_time, late = found
    assert sorted(on for _, on in on_time) == [
        date(2026, 3, 17),
        date(2026, 3, 17),
        date(2026, 4, 16),
        date(2026, 4, 17),
    ]
    assert set(details[0]) == {""}
    assert sorted(late) == [("bill-overdue", date(2026, 4, 18)), ("surety-billed", date(2026, 4, 18))]
    assert sorted(details[1]) == ["2026-04-16", "2026-04-17"]


async def test_cycle_finds_what_to_assess_by_its_index(engine: AsyncEngine) -> None:
    async with transaction(engine) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO entries "
                "(entry_number, state, liquidation_cycle_on, effect_duty_cents, effect_fees_cents) "
                "SELECT 'X' || n, 'liquidated', '2026-01-16', CASE WHEN n % 500 = 0 THEN 100 ELSE 0 END, 0 "
                "FROM generate_series(1, 50000) n"
            )
        )
        await tx.connection.execute(text("ANALYZE entries"))
        plan = await tx.connection.execute(
            text(
                "EXPLAIN SELECT entry_number FROM entries e WHERE e.liquidation_cycle_on = '2026-01-16' "
                "AND (e.effect_duty_cents <> 0 OR e.effect_fees_cents <> 0) AND e.entry_number > '' "
                "ORDER BY e.entry_number LIMIT 2000"
            )
        )
        assert "entries_assessable" in "\n".join(row[0] for row in plan)
