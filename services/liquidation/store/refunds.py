"""Refunds and how far they have come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.money.bills import Block
from services.liquidation.domain.money.refunds import Refund, RefundWay
from services.liquidation.store.bills import build_blocks
from services.liquidation.store.money_rows import Wanted, list_wanted, write_rows
from services.liquidation.store.tables.payments import payment_refunds
from services.liquidation.store.tables.refunds import refunds
from shared.contracts.liquidation import RefundState
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

UNCERTIFIED: Final[tuple[RefundState, ...]] = ("waiting-for-enrollment", "ready")


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
    state: RefundState
    way: RefundWay
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
    delay_blocks: list[Block] = field(default_factory=list)

    @property
    def refund(self) -> Refund:
        """The refund as the rules take it."""
        return Refund(self.liquidated_on, self.due_on, self.principal, self.interest_cents)

    @property
    def is_uncertified(self) -> bool:
        """Whether it waits for enrollment or is ready: it can be certified, and still moves with the account."""
        return self.state in UNCERTIFIED

    @property
    def is_unpaid(self) -> bool:
        """Whether it is still to be paid; a later act takes its place."""
        return self.state not in ("replaced", "paid")


def build_refund(row: Mapping[str, Any]) -> RefundRow:
    """A refund from its columns."""
    return RefundRow(**{**row, "delay_blocks": build_blocks(row["delay_blocks"])})


async def write_refunds(tx: Transaction, rows: Sequence[RefundRow]) -> None:
    """Write refunds and how they stand."""
    await write_rows(tx, refunds, rows)


async def find_refund(connection: AsyncConnection, refund_number: str) -> RefundRow | None:
    """One refund, or None."""
    found = await connection.execute(select(refunds).where(refunds.c.refund_number == refund_number))
    row = found.mappings().one_or_none()
    return build_refund(dict(row)) if row is not None else None


async def list_refunds(
    connection: AsyncConnection, reach: Reach, wanted: Wanted, *, after: str | None, limit: int
) -> list[RefundRow]:
    """Refunds in order of number."""
    return [build_refund(row) for row in await list_wanted(connection, refunds, reach, wanted, after, limit)]


async def find_entries_with_uncertified(connection: AsyncConnection, importer_number: str) -> list[str]:
    """The entries of an importer with a refund that is not certified yet; those of payments move with these."""
    in_payment = select(payment_refunds.c.payment).where(payment_refunds.c.refund_number == refunds.c.refund_number)
    query = select(refunds.c.entry_number).where(
        refunds.c.importer_number == importer_number, refunds.c.state.in_(UNCERTIFIED), ~in_payment.exists()
    )
    return [row.entry_number for row in await connection.execute(query)]
