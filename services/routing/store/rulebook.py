"""The rules as they are kept: how the event path learns that they changed, and how it reads them."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.store.tables import rule_changes
from shared.db.transaction import Transaction


async def note_change(tx: Transaction, kind: str, reference: str, changed_by: str) -> None:
    """Say in the transaction that changes a rule what changed; the event path reads the rules anew for its next batch.

    `kind` is one of `tariff-map`, `criterion`, `assignment-policy`, `center`, `unit-values`.
    """
    await tx.connection.execute(rule_changes.insert().values(kind=kind, reference=reference, changed_by=changed_by))


async def count_changes(connection: AsyncConnection) -> int:
    """How many changes there have been. A count, because changes become visible in another order than numbered."""
    return int(await connection.scalar(select(func.count()).select_from(rule_changes)) or 0)
