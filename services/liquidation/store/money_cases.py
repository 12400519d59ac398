"""The money cases of entries: all that their money rests on, loaded with one query for each table."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from services.liquidation.domain.money.amounts import CaseDeposit, FeeAmount, LineFacts, TariffAmount
from services.liquidation.domain.money.bills import Payment
from services.liquidation.store.assessments import AssessmentRow, build_assessment, write_assessments
from services.liquidation.store.bills import BillRow, build_bill, write_bills
from services.liquidation.store.payees import AccountRow, DepositRow
from services.liquidation.store.refunds import RefundRow, build_refund, write_refunds
from services.liquidation.store.tables.assessments import assessments
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.refunds import refunds
from shared.customs.money import to_cents
from shared.db import bulk
from shared.db.transaction import Transaction

_ENTRIES: Final = """
SELECT entry_number, state, turns, version, importer_number, surety_code, entry_type, port_of_entry, entry_date, center,
    is_informal, (released_at AT TIME ZONE 'America/New_York')::date AS released_on, scheduled_on, deemed_on,
    liquidated_on
FROM entries WHERE entry_number = ANY($1::text[]) AND version IS NOT NULL ORDER BY entry_number
"""
_BODIES: Final = """
SELECT v.entry_number, v.version, v.paid_on, v.body FROM entry_versions v JOIN entries e USING (entry_number)
WHERE v.entry_number = ANY($1::text[]) AND v.version <= e.version AND (v.barred_as IS NULL OR v.version = e.version)
ORDER BY v.entry_number, v.version
"""
_OF_ENTRIES: Final = {
    table.name: f"SELECT * FROM {table.name} WHERE entry_number = ANY($1::text[]) ORDER BY entry_number, {order}"
    for table, order in ((assessments, "ordinal"), (bills, "bill_number"), (refunds, "refund_number"))
}
_PAYMENTS: Final = """
SELECT p.bill_number, p.received_on, p.cents FROM bill_payments p JOIN bills b USING (bill_number)
WHERE b.entry_number = ANY($1::text[]) ORDER BY p.bill_number, p.number
"""
_SETTLED: Final = """
SELECT entry_number, refund_number, settled_on, cents FROM payment_settlements WHERE entry_number = ANY($1::text[])
ORDER BY refund_number, part
"""
_ACCOUNTS: Final = "SELECT * FROM importer_refund_accounts WHERE importer_number = ANY($1::text[]) ORDER BY 1, 2"
_DEPOSITS: Final = """
SELECT DISTINCT ON (entry_number) * FROM deposit_facts WHERE entry_number = ANY($1::text[])
ORDER BY entry_number, revision DESC
"""


@dataclass(frozen=True, slots=True)
class MoneyEntry:
    """What the record says of an entry whose money is judged; a summary of it has come."""

    entry_number: str
    state: str
    turns: int
    version: int
    importer_number: str
    surety_code: str | None
    entry_type: str
    port_of_entry: str
    entry_date: date
    center: str | None
    is_informal: bool
    released_on: date | None
    scheduled_on: date | None
    deemed_on: date | None
    liquidated_on: date | None


@dataclass(frozen=True, slots=True)
class VersionMoney:
    """What one version of a summary asserts and when it was paid."""

    number: int
    paid_on: date | None
    lines: tuple[LineFacts, ...]


@dataclass(slots=True)
class MoneyCase:
    """All that the money of an entry rests on; `accounts` are of its importer, in order. Judging an act adds to it.

    `settled` is what was set off of each refund, by its number.
    """

    entry: MoneyEntry
    versions: list[VersionMoney] = field(default_factory=list)
    assessments: list[AssessmentRow] = field(default_factory=list)
    bills: list[BillRow] = field(default_factory=list)
    payments: dict[str, list[Payment]] = field(default_factory=dict)
    refunds: list[RefundRow] = field(default_factory=list)
    settled: dict[str, list[Payment]] = field(default_factory=dict)
    accounts: list[AccountRow] = field(default_factory=list)
    deposit: DepositRow | None = None


@dataclass(slots=True)
class MoneyRows:
    """What one transaction writes: rows that are new, or stand otherwise than before."""

    assessments: list[AssessmentRow] = field(default_factory=list)
    bills: list[BillRow] = field(default_factory=list)
    refunds: list[RefundRow] = field(default_factory=list)


async def load_cases(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, MoneyCase]:
    """The money of these entries, one query for each table; those without a summary are absent."""
    numbers = sorted(set(entry_numbers))
    if not numbers:
        return {}
    cases = {row["entry_number"]: MoneyCase(MoneyEntry(**dict(row))) for row in await bulk.fetch(tx, _ENTRIES, numbers)}
    for row in await bulk.fetch(tx, _BODIES, numbers):
        version = VersionMoney(row["version"], row["paid_on"], read_lines(row["body"]))
        cases[row["entry_number"]].versions.append(version)
    for row in await bulk.fetch(tx, _OF_ENTRIES["assessments"], numbers):
        cases[row["entry_number"]].assessments.append(build_assessment(dict(row)))
    for row in await bulk.fetch(tx, _OF_ENTRIES["bills"], numbers):
        cases[row["entry_number"]].bills.append(build_bill(dict(row)))
    for row in await bulk.fetch(tx, _OF_ENTRIES["refunds"], numbers):
        cases[row["entry_number"]].refunds.append(build_refund(dict(row)))
    for row in await bulk.fetch(tx, _SETTLED, numbers):
        settled = cases[row["entry_number"]].settled.setdefault(row["refund_number"], [])
        settled.append(Payment(row["settled_on"], row["cents"]))
    for row in await bulk.fetch(tx, _DEPOSITS, numbers):
        if (case := cases.get(row["entry_number"])) is not None:
            case.deposit = DepositRow(**dict(row))
    payments = await _load_payments(tx, numbers)
    accounts = await load_accounts(tx, {case.entry.importer_number for case in cases.values()})
    for case in cases.values():
        case.payments = {each.bill_number: payments.get(each.bill_number, []) for each in case.bills}
        case.accounts = accounts.get(case.entry.importer_number, [])
    return cases


async def write_money(tx: Transaction, rows: MoneyRows) -> None:
    """Write what was judged; a bill or refund that was noted more than once is written as it stands last."""
    await write_assessments(tx, rows.assessments)
    await write_bills(tx, list({bill.bill_number: bill for bill in rows.bills}.values()))
    await write_refunds(tx, list({refund.refund_number: refund for refund in rows.refunds}.values()))


def read_lines(body: Mapping[str, Any]) -> tuple[LineFacts, ...]:
    """The money of the lines of a summary as it was filed."""
    return tuple(
        LineFacts(
            line["line_number"],
            tuple(TariffAmount(each["hts"], each["value_usd"], to_cents(each["duty_usd"])) for each in line["tariffs"]),
            tuple(CaseDeposit(each["case_number"], to_cents(each["deposit_usd"])) for each in line.get("cases") or ()),
            tuple(FeeAmount(each["class_code"], to_cents(each["amount_usd"])) for each in line.get("fees") or ()),
            line.get("preference"),
        )
        for line in body["lines"]
    )


async def _load_payments(tx: Transaction, entry_numbers: list[str]) -> dict[str, list[Payment]]:
    found: dict[str, list[Payment]] = {}
    for row in await bulk.fetch(tx, _PAYMENTS, entry_numbers):
        found.setdefault(row["bill_number"], []).append(Payment(row["received_on"], row["cents"]))
    return found


async def load_accounts(tx: Transaction, importer_numbers: Collection[str]) -> dict[str, list[AccountRow]]:
    """What is recorded of these importers as payees, oldest first; those of whom nothing is are absent."""
    found: dict[str, list[AccountRow]] = {}
    for row in await bulk.fetch(tx, _ACCOUNTS, sorted(importer_numbers)):
        found.setdefault(row["importer_number"], []).append(AccountRow(**dict(row)))
    return found
