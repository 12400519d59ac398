"""What people record of payees and of deposits: each record stands until the next, none is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.money.payees import AccountState
from services.liquidation.domain.money.refunds import PayeeFacts
from services.liquidation.store.money_rows import append_row
from services.liquidation.store.tables.payees import deposit_facts, importer_refund_accounts
from shared.db import bulk
from shared.db.transaction import Transaction

_ACCOUNT: Final = "refund-account:"
_HOLD_UNCHANGED: Final = f"""
SELECT pg_advisory_xact_lock_shared(payee.key) FROM (
    SELECT DISTINCT hashtextextended('{_ACCOUNT}' || importer_number, 0) AS key FROM entries
    WHERE entry_number = ANY($1::text[]) AND importer_number IS NOT NULL ORDER BY key
) AS payee
"""

_HOLD_PAYEES: Final = f"""
SELECT pg_advisory_xact_lock_shared(payee.key) FROM (
    SELECT DISTINCT hashtextextended('{_ACCOUNT}' || number, 0) AS key FROM unnest($1::text[]) AS number ORDER BY key
) AS payee
"""


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
    designee_number: str | None = None

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


async def hold_account(tx: Transaction, importer_number: str) -> None:
    """Keep others from recording something of this payee, and from assessing by what they read of it before.

    It waits for those that assess, and they hold entries: take it while none is held.
    """
    await bulk.fetch(tx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{_ACCOUNT}{importer_number}")


async def hold_payees_unchanged(tx: Transaction, importer_numbers: Sequence[str]) -> None:
    """Keep what is known of these payees as it is until the transaction ends; take it while no entry is held."""
    await bulk.fetch(tx, _HOLD_PAYEES, list(importer_numbers))


async def hold_accounts_unchanged(tx: Transaction, entry_numbers: Sequence[str]) -> None:
    """Keep what is known of the payees of these held entries as it is until the transaction ends.

    To be called before accounts are read for an assessment: what is recorded meanwhile waits, and finds it then.
    """
    await bulk.fetch(tx, _HOLD_UNCHANGED, list(entry_numbers))


async def write_account(tx: Transaction, row: AccountRow) -> None:
    """Append what is known of a payee."""
    await append_row(tx, importer_refund_accounts, row)


async def write_deposit(tx: Transaction, row: DepositRow) -> None:
    """Append what is known of an entry's deposit."""
    await append_row(tx, deposit_facts, row)


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
