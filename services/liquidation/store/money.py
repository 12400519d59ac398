"""What money is assessed from and what follows: assessments, bills, payments, refunds, accounts, acts about them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final, Literal

import orjson
from sqlalchemy import ColumnElement, Date, Table, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.money.amounts import (
    Amounts,
    CaseDeposit,
    FeeAmount,
    LineFacts,
    TariffAmount,
    add_amounts,
)
from services.liquidation.domain.money.assessment import Occasion, Outcome
from services.liquidation.domain.money.balance import AccountState, name_effects
from services.liquidation.domain.money.bills import Bill, Block, Payment
from services.liquidation.domain.money.interest import Missing, Segment
from services.liquidation.domain.money.refunds import PayeeFacts
from services.liquidation.store.standing_effects import STANDING_EFFECT, join_standing
from services.liquidation.store.tables.money import (
    assessments,
    bill_payments,
    bills,
    deposit_facts,
    importer_refund_accounts,
    money_acts,
    refunds,
)
from services.liquidation.store.tables.protests import protest_entries
from services.liquidation.store.tables.records import entries, protests
from shared.customs.money import to_cents
from shared.db import bulk
from shared.db.transaction import Transaction

# Only entries that a decision changed in this cycle, whose acts name nobody: all others are liquidated as entered and
# leave nothing here, or were liquidated by hand on that Friday and are assessed by their own acts. And those whose
# liquidation before had no effect: what was paid on it is taken into account.
_ASSESSABLE: Final = """
SELECT e.entry_number FROM entries e JOIN legal_events a ON a.entry_number = e.entry_number
    AND a.event_key = CASE e.turns WHEN 0 THEN 'liquidation' ELSE 'liquidation:' || e.turns END AND a.actor IS NULL
WHERE e.liquidation_posted_on = $1 AND (e.effect_duty_cents <> 0 OR e.effect_fees_cents <> 0)
    AND e.entry_number > $2 AND NOT EXISTS (
        SELECT 1 FROM assessments m WHERE m.entry_number = e.entry_number AND m.act_key = a.event_key
    )
UNION
SELECT e.entry_number FROM assessments v JOIN entries e USING (entry_number)
JOIN legal_events a ON a.entry_number = e.entry_number AND a.event_key = 'liquidation:' || e.turns AND a.actor IS NULL
WHERE v.outcome = 'void' AND e.liquidation_posted_on = $1 AND e.entry_number > $2 AND NOT EXISTS (
        SELECT 1 FROM assessments m WHERE m.entry_number = e.entry_number AND m.act_key = a.event_key
    )
ORDER BY entry_number LIMIT $3
"""
_ENTRIES: Final = """
SELECT entry_number, state, turns, version, importer_number, surety_code, entry_type, port_of_entry, entry_date, center,
    paid_on, is_informal, (released_at AT TIME ZONE 'America/New_York')::date AS released_on, scheduled_on, deemed_on,
    liquidated_on, liquidation_posted_on, effect_duty_cents, effect_fees_cents
FROM entries WHERE entry_number = ANY($1::text[]) ORDER BY entry_number
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
_ACCOUNTS: Final = "SELECT * FROM importer_refund_accounts WHERE importer_number = ANY($1::text[]) ORDER BY 1, 2"
_DEPOSITS: Final = """
SELECT DISTINCT ON (entry_number) * FROM deposit_facts WHERE entry_number = ANY($1::text[])
ORDER BY entry_number, revision DESC
"""
# What was liquidated as if the difference stood, but is as entered because it is disregarded.
_DISREGARD: Final = """
WITH given AS (SELECT unnest($1::text[]) AS entry_number),
changed AS (
    UPDATE entries e SET liquidation_kind = 'no-change', effect_duty_cents = 0, effect_fees_cents = 0
    FROM given WHERE e.entry_number = given.entry_number
    RETURNING e.entry_number, CASE e.turns WHEN 0 THEN 'liquidation' ELSE 'liquidation:' || e.turns END AS event_key
)
UPDATE legal_events a SET kind = 'no-change' FROM changed
WHERE a.entry_number = changed.entry_number AND a.event_key = changed.event_key
"""
# A reliquidation whose difference is disregarded changes nothing: what stood before it, stands.
_NOT_RELIQUIDATED: Final = f"""
WITH last AS (
    SELECT DISTINCT ON (r.entry_number) r.entry_number, r.number, e.turns FROM reliquidations r
    JOIN entries e USING (entry_number)
    WHERE r.entry_number = ANY($1::text[]) ORDER BY r.entry_number, r.number DESC
),
stood AS (
    SELECT l.entry_number, l.number,
{STANDING_EFFECT}
    FROM last l
    JOIN legal_events a ON a.entry_number = l.entry_number
        AND a.event_key = CASE l.turns WHEN 0 THEN 'liquidation' ELSE 'liquidation:' || l.turns END
{join_standing("done.number < l.number")}
),
noted AS (
    UPDATE reliquidations r SET kind = 'no-change', change_duty_cents = 0, change_fees_cents = 0,
        effect_duty_cents = s.effect_duty_cents, effect_fees_cents = s.effect_fees_cents
    FROM stood s WHERE r.entry_number = s.entry_number AND r.number = s.number
    RETURNING r.entry_number, 'reliquidation:' || r.number AS event_key
),
changed AS (
    UPDATE entries e SET effect_duty_cents = s.effect_duty_cents, effect_fees_cents = s.effect_fees_cents
    FROM stood s WHERE e.entry_number = s.entry_number
)
UPDATE legal_events a SET kind = 'no-change' FROM noted
WHERE a.entry_number = noted.entry_number AND a.event_key = noted.event_key
"""
_EFFECTS: Final = """
SELECT entry_number, duty_cents, fees_cents, body -> 'effect' -> 'by_class' AS by_class FROM review_decisions
WHERE entry_number = ANY($1::text[]) AND status = 'effective' AND (duty_cents <> 0 OR fees_cents <> 0)
ORDER BY entry_number, decision_id
"""
_UNDETERMINED: Final = """
SELECT DISTINCT entry_number FROM assessments
WHERE outcome = 'undetermined' AND importer_number = $1 ORDER BY entry_number
"""
_STEPPING: Final = """
SELECT bill_number, entry_number FROM bills WHERE next_step_on <= $1 ORDER BY next_step_on, bill_number LIMIT $2
"""
_LAST_ACTS: Final = """
SELECT entry_number, max(number) AS number FROM money_acts WHERE entry_number = ANY($1::text[]) GROUP BY entry_number
"""

AssessmentOutcome = Outcome | Literal["undetermined", "void"]


@dataclass(slots=True)
class AssessmentRow:
    """A row of `assessments`."""

    entry_number: str
    act_key: str
    ordinal: int
    occasion: Occasion
    liquidated_on: date
    assessed_on: date
    importer_number: str
    before: Amounts
    found: Amounts
    outcome: AssessmentOutcome
    rule: str
    change_cents: int
    interest_cents: int | None
    interest_change_cents: int | None
    total_cents: int | None
    segments: list[dict[str, Any]]
    is_disregarded: bool
    reason_code: str | None
    missing: Missing | None
    why: str | None
    foreseen: Outcome | None
    required_on: date | None
    required_basis: str
    payee: str | None
    bill_number: str | None = None
    refund_number: str | None = None
    claimed_on: date | None = None


@dataclass(slots=True)
class BillRow:
    """A row of `bills`."""

    bill_number: str
    entry_number: str
    act_key: str
    importer_number: str
    surety_code: str | None
    principal: dict[str, int]
    interest_cents: int
    billed_cents: int
    liquidated_on: date
    issued_on: date
    due_on: date
    state: str
    replaced_by: str | None
    stood_on: date
    open_cents: int
    delinquency_cents: int
    surplus_cents: int
    settled_on: date | None
    blocks: list[dict[str, Any]]
    unknown_because: str | None
    noticed_through: date
    next_step_on: date | None

    @property
    def bill(self) -> Bill:
        """The bill as the rules take it."""
        return Bill(self.liquidated_on, self.issued_on, self.due_on, self.principal, self.interest_cents)


@dataclass(slots=True)
class RefundRow:
    """A row of `refunds`."""

    refund_number: str
    entry_number: str
    act_key: str
    importer_number: str
    surety_code: str | None
    principal: dict[str, int]
    interest_cents: int
    refund_cents: int
    liquidated_on: date
    opened_on: date
    due_on: date
    revision: int
    state: str
    way: str
    missing: list[str]
    reason: str
    replaced_by: str | None = None
    certified_on: date | None = None
    certified_by: str | None = None
    certified_for: str | None = None
    paid_on: date | None = None
    paid_by: str | None = None
    paid_for: str | None = None
    delay_cents: int | None = None
    delay_blocks: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A row of `bill_payments`."""

    bill_number: str
    number: int
    received_on: date
    cents: int
    payer: str
    reference: str
    recorded_by: str
    recorded_for: str | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A row of `importer_refund_accounts`."""

    importer_number: str
    revision: int
    effective_on: date
    is_corporation: bool | None
    pays_monthly: bool | None
    has_ach_enrollment: bool | None
    has_valid_bank_data: bool | None
    has_paper_waiver: bool
    recorded_by: str
    recorded_for: str | None

    @property
    def state(self) -> AccountState:
        """How the payee could be paid from the day on which this was in effect."""
        return AccountState(
            self.effective_on,
            PayeeFacts(
                has_ach_enrollment=self.has_ach_enrollment,
                has_valid_bank_data=self.has_valid_bank_data,
                has_paper_waiver=self.has_paper_waiver,
            ),
        )


@dataclass(frozen=True, slots=True)
class DepositRow:
    """A row of `deposit_facts`."""

    entry_number: str
    revision: int
    required_on: date | None
    claimed_on: date | None
    case_order_on: date | None
    recorded_by: str
    recorded_for: str | None


@dataclass(frozen=True, slots=True)
class MoneyAct:
    """A row of `money_acts`."""

    entry_number: str
    event_key: str
    number: int
    change: str
    occurred_on: date
    rule: str
    detail: str
    bill_number: str | None = None
    refund_number: str | None = None
    cents: int | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class VersionMoney:
    """What one version of a summary asserts and when it was paid."""

    number: int
    paid_on: date | None
    lines: tuple[LineFacts, ...]


@dataclass(slots=True)
class MoneyCase:
    """All that the money of an entry rests on. `entry` is the record's row; `accounts` of its importer, in order."""

    entry: Any
    versions: list[VersionMoney] = field(default_factory=list)
    assessments: list[AssessmentRow] = field(default_factory=list)
    bills: list[BillRow] = field(default_factory=list)
    payments: dict[str, list[Payment]] = field(default_factory=dict)
    refunds: list[RefundRow] = field(default_factory=list)
    accounts: list[AccountRow] = field(default_factory=list)
    deposit: DepositRow | None = None


async def find_assessable(tx: Transaction, friday: date, after: str, limit: int) -> list[str]:
    """Entries posted on a Friday whose decisions changed money and that are not assessed yet, in order of number."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _ASSESSABLE, friday, after, limit)]


async def find_undetermined(tx: Transaction, importer_number: str) -> list[str]:
    """Entries of an importer with an assessment that lacks a fact."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _UNDETERMINED, importer_number)]


async def hold_account(tx: Transaction, importer_number: str) -> None:
    """Keep others from recording something of this payee until the transaction ends."""
    key = f"refund-account:{importer_number}"
    await bulk.fetch(tx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)


async def find_stepping(tx: Transaction, until: date, limit: int) -> list[tuple[str, str]]:
    """Unpaid bills that change by a day, with their entries."""
    return [(row["bill_number"], row["entry_number"]) for row in await bulk.fetch(tx, _STEPPING, until, limit)]


async def load_cases(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, MoneyCase]:
    """The money of these entries, one query for each table; unknown entries are absent."""
    numbers = sorted(set(entry_numbers))
    if not numbers:
        return {}
    cases = {row["entry_number"]: MoneyCase(row) for row in await bulk.fetch(tx, _ENTRIES, numbers)}
    for row in await bulk.fetch(tx, _BODIES, numbers):
        version = VersionMoney(row["version"], row["paid_on"], read_lines(row["body"]))
        cases[row["entry_number"]].versions.append(version)
    for row in await bulk.fetch(tx, _OF_ENTRIES["assessments"], numbers):
        cases[row["entry_number"]].assessments.append(AssessmentRow(**dict(row)))
    for row in await bulk.fetch(tx, _OF_ENTRIES["bills"], numbers):
        cases[row["entry_number"]].bills.append(BillRow(**dict(row)))
    payments: dict[str, list[Payment]] = {}
    for row in await bulk.fetch(tx, _PAYMENTS, numbers):
        payments.setdefault(row["bill_number"], []).append(Payment(row["received_on"], row["cents"]))
    for row in await bulk.fetch(tx, _OF_ENTRIES["refunds"], numbers):
        cases[row["entry_number"]].refunds.append(RefundRow(**dict(row)))
    importers = sorted({case.entry["importer_number"] for case in cases.values() if case.entry["importer_number"]})
    accounts: dict[str, list[AccountRow]] = {}
    for row in await bulk.fetch(tx, _ACCOUNTS, importers):
        accounts.setdefault(row["importer_number"], []).append(AccountRow(**dict(row)))
    for row in await bulk.fetch(tx, _DEPOSITS, numbers):
        cases[row["entry_number"]].deposit = DepositRow(**dict(row))
    for case in cases.values():
        case.payments = {each.bill_number: payments.get(each.bill_number, []) for each in case.bills}
        case.accounts = accounts.get(case.entry["importer_number"], [])
    return cases


async def load_effects(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, Amounts]:
    """What the decisions that took effect change of each entry, by class as far as they say."""
    found: dict[str, Amounts] = {}
    for row in await bulk.fetch(tx, _EFFECTS, sorted(set(entry_numbers))):
        named = {each["class_code"]: to_cents(each["change_usd"]) for each in row["by_class"] or ()}
        effect = named or name_effects(row["duty_cents"], row["fees_cents"])
        found[row["entry_number"]] = add_amounts(found.get(row["entry_number"], {}), effect)
    return found


async def load_last_acts(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, int]:
    """The number of the last act about the money of each of these entries; absent where there is none."""
    found = await bulk.fetch(tx, _LAST_ACTS, sorted(set(entry_numbers)))
    return {row["entry_number"]: row["number"] for row in found}


async def write_assessments(tx: Transaction, rows: Sequence[AssessmentRow]) -> None:
    """Write assessments; one that lacked a fact is written again when it is known."""
    await _write(tx, assessments, AssessmentRow, rows)


async def write_bills(tx: Transaction, rows: Sequence[BillRow]) -> None:
    """Write bills and how they stand."""
    await _write(tx, bills, BillRow, rows)


async def write_refunds(tx: Transaction, rows: Sequence[RefundRow]) -> None:
    """Write refunds and how they stand."""
    await _write(tx, refunds, RefundRow, rows)


async def write_acts(tx: Transaction, acts: Sequence[MoneyAct]) -> None:
    """Append what was done about money."""
    columns = tuple(each.name for each in fields(MoneyAct))
    await bulk.insert(tx, money_acts, columns, [tuple([getattr(act, name) for name in columns]) for act in acts])


async def write_payment(tx: Transaction, row: PaymentRow) -> None:
    """Append a payment."""
    await tx.connection.execute(insert(bill_payments).values(_values(row)))


async def write_account(tx: Transaction, row: AccountRow) -> None:
    """Append what is known of a payee."""
    await tx.connection.execute(insert(importer_refund_accounts).values(_values(row)))


async def write_deposit(tx: Transaction, row: DepositRow) -> None:
    """Append what is known of an entry's deposit."""
    await tx.connection.execute(insert(deposit_facts).values(_values(row)))


async def mark_disregarded(tx: Transaction, entry_numbers: Sequence[str]) -> None:
    """Put entries and their acts of liquidation down as liquidated as entered."""
    if entry_numbers:
        await bulk.execute(tx, _DISREGARD, list(entry_numbers))


async def mark_not_reliquidated(tx: Transaction, entry_numbers: Sequence[str]) -> None:
    """Put the last reliquidation of each of these entries down as one that changed nothing."""
    if entry_numbers:
        await bulk.execute(tx, _NOT_RELIQUIDATED, list(entry_numbers))


async def load_accounts(connection: AsyncConnection, importer_number: str) -> list[AccountRow]:
    """What was recorded of a payee, in order."""
    table = importer_refund_accounts
    query = select(table).where(table.c.importer_number == importer_number).order_by(table.c.revision)
    return [AccountRow(*row) for row in await connection.execute(query)]


async def find_deposit(connection: AsyncConnection, entry_number: str) -> DepositRow | None:
    """What was recorded last of an entry's deposit."""
    table = deposit_facts
    query = select(table).where(table.c.entry_number == entry_number).order_by(table.c.revision.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return DepositRow(*row) if row is not None else None


async def find_bill(connection: AsyncConnection, bill_number: str) -> BillRow | None:
    """One bill, or None."""
    row = (await connection.execute(select(bills).where(bills.c.bill_number == bill_number))).one_or_none()
    return BillRow(*row) if row is not None else None


async def find_refund(connection: AsyncConnection, refund_number: str) -> RefundRow | None:
    """One refund, or None."""
    row = (await connection.execute(select(refunds).where(refunds.c.refund_number == refund_number))).one_or_none()
    return RefundRow(*row) if row is not None else None


async def list_payments(connection: AsyncConnection, bill_number: str) -> list[PaymentRow]:
    """Payments on a bill, in the order in which they were recorded."""
    query = select(bill_payments).where(bill_payments.c.bill_number == bill_number).order_by(bill_payments.c.number)
    return [PaymentRow(*row) for row in await connection.execute(query)]


async def list_acts(connection: AsyncConnection, entry_number: str) -> list[MoneyAct]:
    """What was done about the money of an entry, in order."""
    query = select(money_acts).where(money_acts.c.entry_number == entry_number).order_by(money_acts.c.number)
    return [MoneyAct(*row) for row in await connection.execute(query)]


async def list_protest_days(connection: AsyncConnection, entry_number: str) -> list[tuple[date, date | None]]:
    """When protests that came in time against an entry were filed and settled, oldest first."""
    zone = "America/New_York"
    filed_on = cast(func.timezone(zone, protests.c.received_at), Date)
    query = (
        select(filed_on.label("filed_on"), protests.c.settled_on)
        .join(protest_entries, protest_entries.c.filing_number == protests.c.filing_number)
        .where(protest_entries.c.entry_number == entry_number, protest_entries.c.timeliness.in_(("timely", "arguable")))
        .order_by("filed_on", protests.c.filing_number)
    )
    return [(row.filed_on, row.settled_on) for row in await connection.execute(query)]


async def list_refunds_to_check(connection: AsyncConnection, importer_number: str) -> list[tuple[str, str]]:
    """Refunds of an importer that are not certified yet, with their entries."""
    query = select(refunds.c.refund_number, refunds.c.entry_number).where(
        refunds.c.importer_number == importer_number, refunds.c.state.in_(("waiting-for-enrollment", "ready"))
    )
    return [(row.refund_number, row.entry_number) for row in await connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose bills and refunds are listed; None everywhere means all."""

    importer_numbers: frozenset[str] | None = None
    filer_code: str | None = None
    surety_code: str | None = None


async def list_bills(
    connection: AsyncConnection,
    sight: Sight,
    *,
    state: str | None,
    importer_number: str | None,
    entry_number: str | None,
    after: str | None,
    limit: int,
) -> list[Any]:
    """Bills in order of number."""
    return await _list(
        connection, bills, bills.c.bill_number, sight, state, importer_number, entry_number, after, limit
    )


async def list_refunds(
    connection: AsyncConnection,
    sight: Sight,
    *,
    state: str | None,
    importer_number: str | None,
    entry_number: str | None,
    after: str | None,
    limit: int,
) -> list[Any]:
    """Refunds in order of number."""
    key = refunds.c.refund_number
    return await _list(connection, refunds, key, sight, state, importer_number, entry_number, after, limit)


async def find_entry_sight(connection: AsyncConnection, entry_number: str) -> Any | None:
    """Whose entry it is: importer and surety; None when there is none."""
    from_entries = select(entries.c.entry_number, entries.c.importer_number, entries.c.surety_code)
    return (await connection.execute(from_entries.where(entries.c.entry_number == entry_number))).one_or_none()


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


def show_segment(segment: Segment) -> dict[str, Any]:
    """A segment of interest as it is kept."""
    return {
        "debtor": segment.debtor,
        "cents": segment.cents,
        "start": str(segment.start),
        "end": str(segment.end),
    }


def show_block(block: Block) -> dict[str, Any]:
    """A block of 30 days as it is kept."""
    return {
        "number": block.number,
        "ended_on": str(block.ended_on),
        "base_cents": block.base_cents,
        "interest_cents": block.interest_cents,
    }


async def _list(
    connection: AsyncConnection,
    table: Table,
    key: Any,
    sight: Sight,
    state: str | None,
    importer_number: str | None,
    entry_number: str | None,
    after: str | None,
    limit: int,
) -> list[Any]:
    query = select(table).order_by(key).limit(limit)
    if sight.importer_numbers is not None:
        mine: ColumnElement[bool] = table.c.importer_number.in_(sorted(sight.importer_numbers))
        if sight.filer_code is not None:
            mine |= table.c.entry_number.startswith(sight.filer_code, autoescape=True)
        if sight.surety_code is not None:
            mine |= table.c.surety_code == sight.surety_code
        query = query.where(mine)
    for column, wanted in (("state", state), ("importer_number", importer_number), ("entry_number", entry_number)):
        if wanted is not None:
            query = query.where(table.c[column] == wanted)
    if after is not None:
        query = query.where(key > after)
    return list(await connection.execute(query))


async def _write(tx: Transaction, table: Table, kind: type[Any], rows: Sequence[Any]) -> None:
    columns = tuple(each.name for each in fields(kind))
    key = [column.name for column in table.primary_key.columns]
    values = [tuple([_plain(getattr(row, name)) for name in columns]) for row in rows]
    assignments = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    await bulk.insert(tx, table, columns, values, on_conflict=f"({', '.join(key)}) DO UPDATE SET {assignments}")


def _plain(value: Any) -> Any:
    """JSON columns travel as text."""
    if isinstance(value, Mapping):
        return orjson.dumps(dict(value)).decode()
    return orjson.dumps(value).decode() if isinstance(value, list) else value


def _values(row: Any) -> dict[str, Any]:
    return {each.name: getattr(row, each.name) for each in fields(row)}
