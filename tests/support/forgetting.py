"""First answers that are forgotten, as they are after some days."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.idempotency import forget
from shared.db.transaction import transaction

REUSED: Final = (422, "idempotency-key-reused")
"""What is said to whoever makes something under a key by which something was made."""


async def forget_answers(engine: AsyncEngine, before: datetime) -> None:
    """Forget every first answer that was given before a time."""
    async with transaction(engine) as tx:
        assert await forget(tx.connection, before), "there was an answer to forget"
