"""What is known of how a payee can be paid, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.liquidation.domain.bill_clocks import ELECTRONIC_REFUNDS_FROM
from services.liquidation.domain.money.refunds import PayeeFacts, Unready, check_readiness


@dataclass(frozen=True, slots=True)
class AccountState:
    """How a payee could be paid from a day on."""

    effective_on: date
    payee: PayeeFacts


def describe_payee_spells(accounts: Sequence[AccountState], since: date) -> tuple[Unready, ...]:
    """The days since a day on which a refund could not be paid, by what was known of the payee on each.

    Rule refund-ach [S], 91 FR 21: for them CBP owes no interest on the delay.

    >>> ready = PayeeFacts(has_ach_enrollment=True, has_valid_bank_data=True)
    >>> describe_payee_spells([AccountState(date(2026, 3, 20), ready)], date(2026, 3, 1))
    (Unready(from_on=datetime.date(2026, 3, 1), until_on=datetime.date(2026, 3, 20)),)
    """
    changes = (*(account.effective_on for account in accounts), ELECTRONIC_REFUNDS_FROM)
    days = sorted({since, *(day for day in changes if day > since)})
    spells: list[Unready] = []
    for number, day in enumerate(days):
        until = days[number + 1] if number + 1 < len(days) else None
        if check_readiness(payee_on(accounts, day), day).state == "ready":
            continue
        if spells and spells[-1].until_on == day:
            spells[-1] = Unready(spells[-1].from_on, until)
        else:
            spells.append(Unready(day, until))
    return tuple(spells)


def payee_on(accounts: Sequence[AccountState], on: date) -> PayeeFacts:
    """What was known of a payee on a day: the last account that was in effect; nothing before the first."""
    known = [account for account in accounts if account.effective_on <= on]
    return known[-1].payee if known else PayeeFacts()
