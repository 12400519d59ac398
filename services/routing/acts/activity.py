"""Import activity: what the event path appended becomes part of the figures."""

from typing import Final

from services.routing.store import activity as store
from shared.db.transaction import Connections, transaction

CHANGES_AT_ONCE: Final = 20_000
"""Changes that one transaction folds: about half a second."""


async def fold(database: Connections) -> None:
    """Fold every change that is there, in slices; one that two runs come to at once is folded by one of them."""
    while True:
        async with transaction(database) as tx:
            if await store.fold(tx, CHANGES_AT_ONCE) < CHANGES_AT_ONCE:
                return
