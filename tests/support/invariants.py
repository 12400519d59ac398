"""What contradicts the invariants of a service, as tests ask for it."""

from collections.abc import Iterable
from contextlib import nullcontext

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.transaction import reading
from shared.runtime.invariants import Invariant, check_all


async def find_violations(engine: AsyncEngine, invariants: Iterable[Invariant]) -> dict[str, list[str]]:
    """One line for each contradiction, by invariant; all are asked of one state of the database, in one transaction."""
    async with reading(engine) as connection:
        return await check_all(lambda: nullcontext(connection), invariants)
