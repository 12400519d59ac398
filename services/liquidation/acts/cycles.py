"""The weekly cycle: one run for each Friday, whoever asks and however often."""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.assessments import assess_cycle
from services.liquidation.acts.cut_sheets import demand_confirmed
from services.liquidation.acts.protest_judging import judge_waiting_protests
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.clocks import nearest_fridays
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.publishing import CYCLE_EVENTS
from services.liquidation.store import cycles as store
from services.liquidation.store.cycles import CycleDay, CycleFigures
from services.liquidation.store.records import exclude_everyone
from shared.customs.calendar import (
    end_of_legal_day,
    friday_on_or_after,
    friday_on_or_before,
    legal_date,
    wednesday_cutoff,
)
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.clock import Clock


def cycle_day(friday: date) -> CycleDay:
    """The instants of a cycle; raises `Refused` when the day is no Friday."""
    before, after = nearest_fridays(friday)
    if before != after:
        raise refused(
            "liq-cycle-314",
            "not-a-friday",
            f"{friday} is not a Friday: automatic liquidations post on Fridays.",
            f"Name the cycle by its Friday: {before} or {after}.",
        )
    return CycleDay(friday, end_of_legal_day(friday), wednesday_cutoff(friday))


async def run_cycle(
    tx: Transaction, now: datetime, friday: date, run_by: str, *, needs_cut_sheet: bool, policy: MoneyPolicy
) -> CycleFigures:
    """Run the cycle of a Friday, or give the figures of its run; a second caller waits for the first.

    What decisions change is assessed with it. `needs_cut_sheet` is the policy by which two people confirm first.
    Raises `Refused` for a day that is no Friday or has not come, `Conflict` when a later cycle has run or the cut sheet
    is not confirmed.
    """
    day = cycle_day(friday)
    today = legal_date(now)
    if friday > today:
        raise refused(
            "liquidation-date",
            "cycle-in-the-future",
            f"{friday} has not come: today is {today}.",
            "Run it on its day; GET /cycles/forecast says what it would do.",
        )
    await exclude_everyone(tx)
    before = await store.find_cycle(tx.connection, friday)
    if before is not None:
        return before
    last = await store.find_last_cycle(tx.connection)
    if last is not None and last > friday:
        raise conflict(
            "liquidation-date",
            "cycle-out-of-order",
            f"The cycle of {last} has run already: none can be posted before it.",
            "Run the next Friday's cycle: it takes what is due by then.",
        )
    if needs_cut_sheet:
        await demand_confirmed(tx, friday)
    figures = await store.run_statements(tx, day, now, run_by, CYCLE_EVENTS)
    money = asdict(await assess_cycle(tx, friday, now, policy))
    await store.write_money(tx, friday, money)
    await judge_waiting_protests(tx, policy.law)
    return replace(figures, **money)


async def run_due_cycles(engine: AsyncEngine, clock: Clock, policy: MoneyPolicy) -> list[CycleFigures]:
    """Run each cycle from the Friday after the last one to the latest Friday; only that one when none has run.

    For the policy by which cycles run by themselves: none waits for a cut sheet.
    """
    latest = friday_on_or_before(legal_date(clock.now()))
    async with reading(engine) as connection:
        last = await store.find_last_cycle(connection)
    friday = latest if last is None else last + timedelta(days=7)
    done = []
    while friday <= latest:
        async with transaction(engine) as tx:
            figures = await run_cycle(
                tx, clock.now(), friday, "system:automatic-cycle", needs_cut_sheet=False, policy=policy
            )
        done.append(figures)
        friday += timedelta(days=7)
    return done


def next_cycle(now: datetime) -> date:
    """The Friday of the first cycle whose Wednesday cut is still to come."""
    friday = friday_on_or_after(legal_date(now))
    return friday if now <= wednesday_cutoff(friday) else friday + timedelta(days=7)
