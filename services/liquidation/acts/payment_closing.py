"""Payments of programs made when a posting day has ended, and looked at each day until they are certified."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from services.liquidation.acts.payments import note, restate_payments, write_notes
from services.liquidation.acts.refunds import find_readiness
from services.liquidation.acts.set_offs import RULE, intend_set_offs
from services.liquidation.domain.money.settings import MoneyPolicy, PaymentPolicy
from services.liquidation.store import payments as store
from services.liquidation.store import records
from services.liquidation.store.money_cases import load_accounts
from services.liquidation.store.payees import AccountRow, hold_payees_unchanged
from services.liquidation.store.payments import PaymentRow, ReadyRow, RunToClose
from services.liquidation.store.program_runs import stop_runs
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.clock import Clock
from shared.runtime.slices import work_through

CHUNK: Final = 500
"""Importers, or payments, of one transaction."""


async def close_payments(database: Connections, clock: Clock, money: MoneyPolicy, policy: PaymentPolicy) -> int:
    """Make the payments of posting days that have ended, and look at those that wait; gives how many were made.

    A job: killed anywhere it goes on behind the last importer, and running it again makes none twice. All refunds of
    one program to one payee of one posting day go together. What becomes known after the posting goes into a payment of
    its own, of the day on which it did, once that day is over: a day's statement never changes.
    """
    now = clock.now()
    today = legal_date(now)
    made = 0
    async with transaction(database) as tx:
        runs = await store.list_runs_to_close(tx, today)
    for run in runs:
        made += await _close_run(database, run, now, money, policy)
    made += await _close_late(database, now, money, policy)
    await _look_again(database, now, money, policy)
    return made


async def _close_run(
    database: Connections, run: RunToClose, now: datetime, money: MoneyPolicy, policy: PaymentPolicy
) -> int:
    made = 0
    while True:
        async with transaction(database) as tx:
            if not run.reached:
                await store.await_chunks(tx, run.program)
                await stop_runs(tx, run.program, run.run, "its day is over", now)
            payees = await store.list_payees_of_run(tx, run, CHUNK)
            reached = payees[-1] if payees else run.reached
            if not await store.note_reached(tx, run, reached, None if payees else now):
                return made
            if not payees:
                return made
            designees, ready = await _find_ready(tx, payees, legal_date(now))
            rows = await store.make_payments_of_run(tx, run, designees, ready, now)
            await _tell_made(tx, rows, now, money, policy)
            made += len(rows)
        run = RunToClose(run.program, run.run, run.posted_on, reached)


async def _close_late(database: Connections, now: datetime, money: MoneyPolicy, policy: PaymentPolicy) -> int:
    today, made = legal_date(now), 0
    while True:
        async with transaction(database) as tx:
            await store.forget_late(tx, today)
            days = await store.list_late_days(tx, today, CHUNK)
            if not days:
                return made
            done = 0
            for (program, opened_on), payees in days.items():
                designees, ready = await _find_ready(tx, payees, today)
                rows = await store.make_late_payments(tx, program, opened_on, designees, ready, now)
                await _tell_made(tx, rows, now, money, policy)
                done += len(rows)
            made += done
            if done == 0:
                return made


async def _find_ready(
    tx: Transaction, importers: Sequence[str], today: date
) -> tuple[dict[str, str | None], list[ReadyRow]]:
    """The designee that each importer has on file today, and how each importer and designee can be paid today."""
    await hold_payees_unchanged(tx, importers)
    accounts = await load_accounts(tx, importers)
    designees = {each: _designee_on(accounts.get(each, []), today) for each in importers}
    named = sorted({each for each in designees.values() if each is not None} - set(importers))
    if named:
        await hold_payees_unchanged(tx, named)
        accounts |= await load_accounts(tx, named)
    ready: list[ReadyRow] = []
    for payee in (*importers, *named):
        found = find_readiness(accounts.get(payee, []), today)
        ready.append(ReadyRow(payee, found.state, found.way, found.missing, found.remedy))
    return designees, ready


def _designee_on(accounts: Sequence[AccountRow], on: date) -> str | None:
    known = [each for each in accounts if each.effective_on <= on]
    return known[-1].designee_number if known else None


async def _tell_made(
    tx: Transaction, rows: list[PaymentRow], now: datetime, money: MoneyPolicy, policy: PaymentPolicy
) -> None:
    """Tell the payee of each payment that was made, and of bills that are to be set off against it."""
    today = legal_date(now)
    notes = [
        note(row, "closed", today, "refund-due", f"{row.refunds} refunds of {format_cents(row.refund_cents)}", now)
        for row in rows
    ]
    intended = await intend_set_offs(tx, rows, today, money, policy)
    for row in rows:
        if offsets := intended.get(row.payment):
            says = f"{len(offsets)} bills are to be set off from {offsets[0].apply_from} on"
            notes.append(note(row, "set-off-intended", today, RULE, says, now, offsets=offsets))
    await write_notes(tx, rows, notes)


async def _look_again(database: Connections, now: datetime, money: MoneyPolicy, policy: PaymentPolicy) -> None:
    """Once a day: what later acts left of payments that were not sent, and bills that are delinquent by now."""
    today = legal_date(now)

    async def list_next(tx: Transaction, _: str | None, left_out: Sequence[str]) -> Sequence[str]:
        return await store.list_next_open(tx, today, left_out, CHUNK)

    async def look(tx: Transaction, numbers: Sequence[str]) -> int:
        await records.exclude_cycles(tx)
        held = await store.load_payments(tx, numbers, hold=True)
        rows = [row for row in held if row.is_open or row.state == "certified"]
        rows = await restate_payments(tx, rows, today, now)
        intended = await intend_set_offs(tx, rows, today, money, policy)
        notes = [
            note(
                row,
                "set-off-intended",
                today,
                RULE,
                f"{len(intended[row.payment])} bills are to be set off",
                now,
                offsets=intended[row.payment],
            )
            for row in rows
            if row.payment in intended
        ]
        await write_notes(tx, rows, notes)
        return len(numbers)

    await work_through(database, list_next, look)
