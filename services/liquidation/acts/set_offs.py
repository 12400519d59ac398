"""Set-off of bills against payments of programs: told first, applied later, only while the bill may be."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from services.liquidation.acts.bills import PaymentRequest, may_be_set_off, record_on
from services.liquidation.acts.refusals import conflict
from services.liquidation.domain.money.bills import ProtestDays, find_holding_protest, settle
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.domain.money.settings import MoneyPolicy, PaymentPolicy
from services.liquidation.store import payments as store
from services.liquidation.store.bills import BillRow, build_bill, load_protest_days
from services.liquidation.store.money_cases import MoneyCase, load_cases
from services.liquidation.store.payments import OffsetRow, OffsetState, PaymentRow
from shared.customs.calendar import add_days
from shared.customs.money import format_cents
from shared.db.transaction import Transaction
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity

RULE: Final = "bill-setoff-hold"
_CERTIFIED: Final[tuple[OffsetState, ...]] = ("certified",)
_UNAPPLIED: Final[tuple[OffsetState, ...]] = ("intended", "certified")


class Open(NamedTuple):
    """What may be set off of a bill, in cents; where that is nothing, why."""

    cents: int
    why: str | None = None


async def intend_set_offs(
    tx: Transaction, rows: Sequence[PaymentRow], today: date, money: MoneyPolicy, policy: PaymentPolicy
) -> dict[str, list[OffsetRow]]:
    """Bills of the importers of these payments that are to be set off, with the first day on which they are.

    Only delinquent ones that may be set off today (rule bill-setoff-hold [S], 19 CFR 24.72), up to what the payment
    comes to, the oldest first. Gives the new ones by payment; they are to be told.
    """
    bills: defaultdict[str, list[BillRow]] = defaultdict(list)
    for found in await store.list_settable(tx, [row.importer_number for row in rows]):
        bills[found["importer_number"]].append(build_bill(found))
    if not bills:
        return {}
    protests = await load_protest_days(tx, [bill.entry_number for each in bills.values() for bill in each])
    known: defaultdict[str, int] = defaultdict(int)
    applied: set[tuple[str, str]] = set()
    for offset in await store.list_offsets(tx.connection, [row.payment for row in rows]):
        known[offset.payment] += offset.cents if offset.state != "released" else 0
        if offset.state == "applied":
            # What a payment has settled of a bill is kept with it: what is open since is for another payment.
            applied.add((offset.payment, offset.bill_number))
    intended: dict[str, list[OffsetRow]] = {}
    for row in rows:
        left = row.refund_cents - known[row.payment]
        waiting = bills[row.importer_number]
        for bill in [each for each in waiting if (row.payment, each.bill_number) not in applied]:
            if left <= 0:
                break
            waiting.remove(bill)
            if not may_be_set_off(bill, find_holding_protest(protests.get(bill.entry_number, [])), today, money.law):
                continue
            cents = min(bill.open_cents, left)
            offset = OffsetRow(
                row.payment,
                bill.bill_number,
                bill.entry_number,
                today,
                add_days(today, policy.set_off_days),
                bill.open_cents,
                "intended",
                cents,
            )
            intended.setdefault(row.payment, []).append(offset)
            left -= cents
    await store.write_offsets(tx, [each for offsets in intended.values() for each in offsets])
    return intended


async def certify_set_offs(tx: Transaction, row: PaymentRow, today: date, money: MoneyPolicy) -> list[OffsetRow]:
    """What is set off against a payment that is certified today, on entries that this transaction holds.

    A bill that was paid, replaced or protested since it was told is released. What an earlier part of the payment has
    set off stays. Raises `Conflict` while the payee's days to answer run, and while what is open on a bill is not
    known: that is no reason to release it.
    """
    offsets = await store.list_offsets(tx.connection, [row.payment])
    cases = await load_cases(tx, [each.entry_number for each in offsets])
    protests = await load_protest_days(tx, [each.entry_number for each in offsets])
    left = row.refund_cents - sum(each.cents for each in offsets if each.state == "applied")
    for offset in offsets:
        if offset.state in ("applied", "released"):
            continue
        bill = _bill_of(cases, offset)
        found = _find_open(cases, offset, protests, today, money) if left > 0 else Open(0)
        if (isinstance(found, Undetermined) or found.cents > 0) and offset.apply_from > today:
            raise conflict(
                RULE,
                "set-off-pending",
                f"Bill {bill.bill_number} was told to the payee on {offset.told_on}, and is not set off before"
                f" {offset.apply_from}.",
                f"Certify the payment on {offset.apply_from} or later, or when the bill is paid.",
            )
        if isinstance(found, Undetermined):
            raise undetermined(row, _tell_unknown(offset, found))
        offset.cents = min(found.cents, left)
        if offset.cents > 0:
            offset.state, offset.why = "certified", None
            left -= offset.cents
        else:
            offset.state, offset.cents, offset.settled_on = "released", 0, today
            offset.why = found.why or "nothing of the payment is left"
    await store.write_offsets(tx, offsets)
    return [each for each in offsets if each.state in ("certified", "applied")]


async def find_outdated(tx: Transaction, row: PaymentRow, today: date, money: MoneyPolicy) -> str | None:
    """Why a payment cannot settle what it was certified to set off, as its bills stand today; None: it can.

    Of a bill of which it is not known what is open `find_waits` tells.
    """
    offsets, cases, protests = await _load_standing(tx, [row], _CERTIFIED)
    for offset in offsets:
        if isinstance(why := _find_short(cases, offset, protests, today, money), str):
            return why
    return None


async def find_waits(tx: Transaction, rows: Sequence[PaymentRow], today: date, money: MoneyPolicy) -> dict[str, str]:
    """Which of these payments wait because it is not known what is open on a bill that they settle, and on what.

    Each is certified, or sent, once that is known. Those that wait for nothing of the kind are absent.
    """
    unsent = [row for row in rows if row.is_open or row.state == "certified"]
    offsets, cases, protests = await _load_standing(tx, unsent, _UNAPPLIED)
    waits: dict[str, str] = {}
    for offset in offsets:
        if isinstance(found := _find_open(cases, offset, protests, today, money), Undetermined):
            waits.setdefault(offset.payment, _tell_unknown(offset, found))
    return waits


def demand_known(row: PaymentRow, waits: str | None) -> None:
    """Raise `Conflict` while it is not known what is open on a bill that a payment settles (`find_waits`)."""
    if waits is not None:
        raise undetermined(row, waits)


async def apply_set_offs(
    tx: Transaction,
    row: PaymentRow,
    paid_on: date,
    today: date,
    caller: Identity,
    authority: str,
    money: MoneyPolicy,
) -> list[OffsetRow]:
    """Pay the bills with what was certified to be set off, as of the day on which the payment is made.

    On entries that this transaction holds. Raises `Conflict` where a bill can no longer bear what was certified: the
    payment is then certified again, because what the bank was given to pay is another amount; and while it is not known
    what is open on it.
    """
    offsets, cases, protests = await _load_standing(tx, [row], _CERTIFIED)
    for offset in offsets:
        why = _find_short(cases, offset, protests, today, money)
        if isinstance(why, Undetermined):
            raise undetermined(row, _tell_unknown(offset, why))
        if why is not None:
            raise outdated(row, why)
        bill, payments = _bill_of(cases, offset), cases[offset.entry_number].payments[offset.bill_number]
        request = PaymentRequest(paid_on, offset.cents, "importer", f"set off against payment {row.remittance}")
        recorded = await record_on(tx, bill, payments, request, today, caller, authority, money)
        offset.state, offset.settled_on, offset.bill_payment = "applied", paid_on, recorded.payment.number
    await store.write_offsets(tx, offsets)
    return offsets


async def release_set_offs(tx: Transaction, row: PaymentRow, today: date, why: str) -> None:
    """A payment of which nothing is left settles no bill: what was to be set off is for another one."""
    offsets = await store.list_offsets(tx.connection, [row.payment])
    released = [
        replace(each, state="released", cents=0, settled_on=today, why=why)
        for each in offsets
        if each.state in ("intended", "certified")
    ]
    await store.write_offsets(tx, released)


def outdated(row: PaymentRow, why: str) -> Conflict:
    """What was certified is not what would be paid now; to be raised."""
    return conflict(
        "refund-due",
        "payment-outdated",
        f"Payment {row.payment} changed since it was certified: {why}.",
        "Certify it again, then pay it.",
    )


def _bill_of(cases: dict[str, MoneyCase], offset: OffsetRow) -> BillRow:
    return next(each for each in cases[offset.entry_number].bills if each.bill_number == offset.bill_number)


def undetermined(row: PaymentRow, why: str) -> Conflict:
    """What is open on a bill that a payment settles is not known; to be raised."""
    return conflict(
        RULE,
        "set-off-undetermined",
        f"Payment {row.payment} waits: {why}.",
        "Certify or send it once the rate is known, which a release brings, or when the bill is paid.",
    )


def _tell_unknown(offset: OffsetRow, found: Undetermined) -> str:
    return f"it is not known what is open on bill {offset.bill_number}, which is to be set off: {found.why}"


async def _load_standing(
    tx: Transaction, rows: Sequence[PaymentRow], states: Collection[OffsetState]
) -> tuple[list[OffsetRow], dict[str, MoneyCase], dict[str, list[ProtestDays]]]:
    """What payments are to set off, in these states, with the money and the protests of the entries of the bills."""
    known = await store.list_offsets(tx.connection, [row.payment for row in rows]) if rows else []
    offsets = [each for each in known if each.state in states]
    numbers = [each.entry_number for each in offsets]
    return offsets, await load_cases(tx, numbers), await load_protest_days(tx, numbers)


def _find_short(
    cases: dict[str, MoneyCase],
    offset: OffsetRow,
    protests: dict[str, list[ProtestDays]],
    today: date,
    money: MoneyPolicy,
) -> str | Undetermined | None:
    """Why a bill can no longer bear what was certified to be set off, or what is not known of it; None: it can."""
    found = _find_open(cases, offset, protests, today, money)
    if isinstance(found, Undetermined):
        return found
    if found.cents >= offset.cents:
        return None
    return f"of bill {offset.bill_number} {format_cents(found.cents)} is open: {found.why or 'less'}"


def _find_open(
    cases: dict[str, MoneyCase],
    offset: OffsetRow,
    protests: dict[str, list[ProtestDays]],
    today: date,
    money: MoneyPolicy,
) -> Open | Undetermined:
    """What may be set off of a bill today; `Undetermined` while it bears interest at a rate that is not known."""
    bill = _bill_of(cases, offset)
    if bill.state in ("paid", "replaced"):
        return Open(0, f"the bill is {bill.state}")
    if not may_be_set_off(bill, find_holding_protest(protests.get(bill.entry_number, [])), today, money.law):
        return Open(0, "the bill is protested, or not delinquent")
    payments = cases[offset.entry_number].payments[offset.bill_number]
    standing = settle(bill.bill, payments, today, money.settings)
    return standing if isinstance(standing, Undetermined) else Open(standing.open_cents)
