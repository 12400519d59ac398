"""The weekly cycle: one run for each Friday, whoever asks and however often."""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Final

from services.liquidation.acts.assessments import assess_cycle
from services.liquidation.acts.cut_sheets import demand_confirmed
from services.liquidation.acts.program_cycles import note_taken
from services.liquidation.acts.protest_judging import judge_waiting_protests
from services.liquidation.acts.rederivations import follow_readings
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.clocks import nearest_fridays
from services.liquidation.domain.cycle_cut import UNKNOWN, Unseen
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.publishing import CYCLE_EVENTS
from services.liquidation.store import cycles as store
from services.liquidation.store.cycles import CycleDay, CycleFigures
from services.liquidation.store.records import exclude_everyone
from shared.customs.calendar import (
    end_of_legal_day,
    friday_on_or_after,
    legal_date,
    wednesday_cutoff,
)
from shared.db.engine import Patience
from shared.db.transaction import Transaction, be_patient

CYCLE_PATIENCE: Final = Patience(lock=120, statement=None)
"""A cycle over a million entries takes minutes, whoever runs it. It waits for writers to end, who wait behind it."""


def cycle_day(friday: date, today: date) -> CycleDay:
    """The days of a cycle that runs today, or on its Friday when that is still to come.

    Rule liquidation-date [S], 19 CFR 159.9(c)(1): the day of liquidation is that of the posting. The cycle of 15
    January 2027 that runs on the 25th posts on the 25th: no day to protest is lost. Raises `Refused` when the day is
    no Friday.

    >>> cycle_day(date(2027, 1, 15), date(2027, 1, 25)).posted_on
    datetime.date(2027, 1, 25)
    >>> cycle_day(date(2027, 1, 15), date(2027, 1, 4)).posted_on
    datetime.date(2027, 1, 15)
    """
    before, after = nearest_fridays(friday)
    if before != after:
        raise refused(
            "liq-cycle-314",
            "not-a-friday",
            f"{friday} is not a Friday: automatic liquidations post on Fridays.",
            f"Name the cycle by its Friday: {before} or {after}.",
        )
    posted_on = max(friday, today)
    return CycleDay(friday, wednesday_cutoff(friday), posted_on, end_of_legal_day(posted_on))


async def find_run(tx: Transaction, now: datetime, friday: date, *, needs_cut_sheet: bool) -> CycleFigures | None:
    """The figures of the cycle of a Friday if it has run, None if it can run now; raises what `run_cycle` raises."""
    today = legal_date(now)
    cycle_day(friday, today)
    if friday > today:
        raise refused(
            "liquidation-date",
            "cycle-in-the-future",
            f"{friday} has not come: today is {today}.",
            "Run it on its day; GET /cycles/forecast says what it would do.",
        )
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
    return None


async def run_cycle(
    tx: Transaction,
    now: datetime,
    friday: date,
    run_by: str,
    *,
    needs_cut_sheet: bool,
    policy: MoneyPolicy,
    unseen: Unseen = UNKNOWN,
) -> CycleFigures:
    """Run the cycle of a Friday, or give the figures of its run; a second caller waits for the first.

    It takes what is due by its Friday and posts it on the day of `now`: nobody names the day of posting. What decisions
    change is assessed with it. `needs_cut_sheet` is the policy by which two people confirm first; `unseen` is what the
    caller found to be on its way. Raises `Refused` for a day that is no Friday or has not come, `Conflict` when a later
    cycle has run or the cut sheet is not confirmed.
    """
    await be_patient(tx, CYCLE_PATIENCE)
    await exclude_everyone(tx)
    before = await find_run(tx, now, friday, needs_cut_sheet=needs_cut_sheet)
    if before is not None:
        return before
    day = cycle_day(friday, legal_date(now))
    await follow_readings(tx, now, policy.law.cycle, policy.law)
    figures = await store.run_statements(tx, day, now, run_by, CYCLE_EVENTS)
    money = asdict(await assess_cycle(tx, day, now, policy))
    await store.write_money(tx, friday, money)
    await note_taken(tx, day, now)
    await store.note_unseen(tx, friday, unseen)
    await judge_waiting_protests(tx, policy.law)
    return replace(figures, **money, unseen=unseen)


def next_cycle(now: datetime) -> date:
    """The Friday of the first cycle whose Wednesday cut is still to come."""
    friday = friday_on_or_after(legal_date(now))
    return friday if now <= wednesday_cutoff(friday) else friday + timedelta(days=7)
