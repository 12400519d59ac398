"""Bills and the payments on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.money.bills import Bill, Block, ProtestDays
from services.liquidation.store.money_rows import Wanted, append_row, list_wanted, write_rows
from services.liquidation.store.tables.bills import bill_payments, bills
from services.liquidation.store.tables.protests import protest_entries
from services.liquidation.store.tables.records import protests
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

BillState = Literal["open", "delinquent", "paid", "replaced"]
Payer = Literal["importer", "surety"]

_STEPPING: Final = """
SELECT bill_number, entry_number FROM bills WHERE next_step_on <= $1 AND bill_number <> ALL($2::text[])
ORDER BY next_step_on, bill_number LIMIT $3
"""

_PROTEST_DAYS: Final = """
SELECT e.entry_number, (p.received_at AT TIME ZONE 'America/New_York')::date AS filed_on, p.settled_on
FROM protest_entries e JOIN protests p USING (filing_number)
WHERE e.entry_number = ANY($1::text[]) AND e.timeliness IN ('timely', 'arguable')
ORDER BY e.entry_number, filed_on, e.filing_number
"""


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
    state: BillState
    replaced_by: str | None
    stood_on: date
    open_cents: int
    delinquency_cents: int
    surplus_cents: int
    settled_on: date | None
    blocks: list[Block]
    unknown_because: str | None
    noticed_through: date
    next_step_on: date | None

    @property
    def bill(self) -> Bill:
        """The bill as the rules take it."""
        return Bill(self.liquidated_on, self.issued_on, self.due_on, self.principal, self.interest_cents)

    @property
    def has_surety(self) -> bool:
        """Whether a surety stands behind it."""
        return self.surety_code is not None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A row of `bill_payments`."""

    bill_number: str
    number: int
    received_on: date
    cents: int
    payer: Payer
    reference: str
    recorded_by: str
    recorded_for: str | None


@dataclass(frozen=True, slots=True)
class SteppingBill:
    """A bill that changes by a day, with its entry."""

    bill_number: str
    entry_number: str


def build_bill(row: Mapping[str, Any]) -> BillRow:
    """A bill from its columns."""
    return BillRow(**{**row, "blocks": build_blocks(row["blocks"])})


def build_blocks(kept: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Blocks of 30 days from their column."""
    return [
        Block(each["number"], date.fromisoformat(each["ended_on"]), each["base_cents"], each["interest_cents"])
        for each in kept
    ]


async def find_stepping(tx: Transaction, until: date, left_out: Sequence[str], limit: int) -> list[SteppingBill]:
    """Unpaid bills that change by a day, the earliest first, but for those left out."""
    return [SteppingBill(**dict(row)) for row in await bulk.fetch(tx, _STEPPING, until, list(left_out), limit)]


async def write_bills(tx: Transaction, rows: Sequence[BillRow]) -> None:
    """Write bills and how they stand."""
    await write_rows(tx, bills, rows)


async def write_payment(tx: Transaction, row: PaymentRow) -> None:
    """Append a payment."""
    await append_row(tx, bill_payments, row)


async def find_bill(connection: AsyncConnection, bill_number: str) -> BillRow | None:
    """One bill, or None."""
    found = await connection.execute(select(bills).where(bills.c.bill_number == bill_number))
    row = found.mappings().one_or_none()
    return build_bill(dict(row)) if row is not None else None


async def list_bills(
    connection: AsyncConnection, reach: Reach, wanted: Wanted, *, after: str | None, limit: int
) -> list[BillRow]:
    """Bills in order of number."""
    return [build_bill(row) for row in await list_wanted(connection, bills, reach, wanted, after, limit)]


async def list_payments(connection: AsyncConnection, bill_number: str) -> list[PaymentRow]:
    """Payments on a bill, in the order in which they were recorded."""
    query = select(bill_payments).where(bill_payments.c.bill_number == bill_number).order_by(bill_payments.c.number)
    return [PaymentRow(*row) for row in await connection.execute(query)]


async def load_protest_days(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, list[ProtestDays]]:
    """The same as `list_protest_days` of these entries, in one statement; those without a protest are absent."""
    found: dict[str, list[ProtestDays]] = {}
    if entry_numbers:
        for row in await bulk.fetch(tx, _PROTEST_DAYS, sorted(set(entry_numbers))):
            found.setdefault(row["entry_number"], []).append(ProtestDays(row["filed_on"], row["settled_on"]))
    return found


async def list_protest_days(connection: AsyncConnection, entry_number: str) -> list[ProtestDays]:
    """When protests that came in time against an entry were filed and settled, oldest first."""
    zone = "America/New_York"
    filed_on = cast(func.timezone(zone, protests.c.received_at), Date)
    query = (
        select(filed_on.label("filed_on"), protests.c.settled_on)
        .join(protest_entries, protest_entries.c.filing_number == protests.c.filing_number)
        .where(protest_entries.c.entry_number == entry_number, protest_entries.c.timeliness.in_(("timely", "arguable")))
        .order_by("filed_on", protests.c.filing_number)
    )
    return [ProtestDays(row.filed_on, row.settled_on) for row in await connection.execute(query)]
