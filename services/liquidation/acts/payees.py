"""What people record of payees and deposits, and the money that waited for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.liquidation.acts.assessments import determine
from services.liquidation.acts.payments import recheck_payments
from services.liquidation.acts.refunds import recheck_refunds
from services.liquidation.acts.refusals import refused
from services.liquidation.domain.money.interest import payee_kind
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.store import payees as store
from services.liquidation.store import records
from services.liquidation.store.assessments import find_undetermined
from services.liquidation.store.payees import AccountRow, DepositRow
from services.liquidation.store.payments import PaymentRow, hold_open_of
from services.liquidation.store.refunds import find_entries_with_uncertified
from services.liquidation.store.sight import find_matter
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, attempt
from shared.runtime.access import demand, no_such
from shared.runtime.concurrency import IfMatch
from shared.runtime.identity import Identity

_TRIES: Final = 20
"""How often a payee and its entries are tried for together before waiting for them one after the other."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What is known of a payee from a day on; None where nothing is known."""

    effective_on: date
    is_corporation: bool | None
    pays_monthly: bool | None
    has_ach_enrollment: bool | None
    has_valid_bank_data: bool | None
    has_paper_waiver: bool
    designee_number: str | None = None
    """Whom the importer has on file to receive its refunds (CBP Form 4811); None: nobody."""


@dataclass(frozen=True, slots=True)
class DepositFacts:
    """When a deposit was required, a claim under 1520(d) made, an order on the case published; None: not known."""

    required_on: date | None
    claimed_on: date | None
    case_order_on: date | None


async def record_account(
    tx: Transaction,
    now: datetime,
    importer_number: str,
    meant: IfMatch,
    facts: AccountFacts,
    caller: Identity,
    policy: MoneyPolicy,
) -> AccountRow:
    """Record what is known of a payee; its waiting refunds are checked and what lacked it is assessed again.

    Raises `Stale`, and `Refused` for a day that has not come or is before what was recorded last.
    """
    today = legal_date(now)
    await records.exclude_cycles(tx)
    waiting, undetermined, unpaid = await _hold_payee(tx, importer_number)
    known = await store.load_accounts(tx.connection, importer_number)
    meant.check(known[-1].revision if known else 0)
    last_on = known[-1].effective_on if known else None
    if facts.effective_on > today or (last_on is not None and facts.effective_on < last_on):
        raise refused(
            "refund-ach",
            "account-day",
            f"In effect on {facts.effective_on}: the last record is of {last_on or 'no day'}, and today is {today}.",
            "Give the day since which it is so, not before the last record and not after today.",
        )
    row = AccountRow(
        importer_number,
        len(known) + 1,
        facts.effective_on,
        facts.is_corporation,
        facts.pays_monthly,
        facts.has_ach_enrollment,
        facts.has_valid_bank_data,
        facts.has_paper_waiver,
        caller.subject,
        caller.acting_for,
        facts.designee_number,
    )
    await store.write_account(tx, row)
    await recheck_refunds(tx, waiting, today, now)
    await recheck_payments(tx, unpaid, today, now)
    await determine(tx, undetermined, today, now, policy)
    return row


async def _hold_payee(tx: Transaction, importer_number: str) -> tuple[list[str], list[str], list[PaymentRow]]:
    """Hold a payee, its payments that wait, and its entries with a refund that waits or an assessment that lacks a
    fact; gives these entries and the payments.

    Assessments hold their entry first and then the payee as it is, so that none is judged beside a fact that comes in
    the same moment. This waits for either while it holds neither. Should entries be in use again and again, it waits
    for them with the payee held, and the server ends a deadlock, which is transient.
    """
    for _ in range(_TRIES):
        async with attempt(tx) as trying:
            await store.hold_account(tx, importer_number)
            unpaid = await hold_open_of(tx, importer_number)
            waiting, undetermined = await _find_waiting(tx, importer_number)
            if await records.try_lock_entries(tx, [*undetermined, *waiting]):
                trying.keep()
                return waiting, undetermined, unpaid
        async with attempt(tx):
            await records.lock_entries(tx, [*undetermined, *waiting], create=False)
    await store.hold_account(tx, importer_number)
    unpaid = await hold_open_of(tx, importer_number)
    waiting, undetermined = await _find_waiting(tx, importer_number)
    await records.lock_entries(tx, [*undetermined, *waiting], create=False)
    return waiting, undetermined, unpaid


async def _find_waiting(tx: Transaction, importer_number: str) -> tuple[list[str], list[str]]:
    waiting = await find_entries_with_uncertified(tx.connection, importer_number)
    return waiting, await find_undetermined(tx, importer_number)


async def record_deposit(
    tx: Transaction,
    now: datetime,
    entry_number: str,
    meant: IfMatch,
    facts: DepositFacts,
    caller: Identity,
    policy: MoneyPolicy,
) -> DepositRow:
    """Record what the summary does not say of a deposit, and assess what lacked it. Raises `NotFound`, `Stale`."""
    await records.exclude_cycles(tx)
    matter, what = await find_matter(tx.connection, entry_number), f"entry {entry_number} in liquidation"
    if matter is None:
        raise no_such(what)
    demand(caller, "entry.record-deposit-facts", legal_date(now), matter, what)
    await records.lock_entries(tx, [entry_number], create=False)
    known = await store.find_deposit(tx.connection, entry_number)
    revision = known.revision if known is not None else 0
    meant.check(revision)
    row = DepositRow(
        entry_number,
        revision + 1,
        facts.required_on,
        facts.claimed_on,
        facts.case_order_on,
        caller.subject,
        caller.acting_for,
    )
    await store.write_deposit(tx, row)
    await determine(tx, [entry_number], legal_date(now), now, policy)
    return row


def is_rate_known(importer_number: str, accounts: Sequence[AccountRow]) -> bool:
    """Whether it is known which rate an overpayment of an importer bears (int-rate-source [S])."""
    is_corporation = accounts[-1].is_corporation if accounts else None
    return payee_kind(importer_number, is_corporation=is_corporation) is not None
