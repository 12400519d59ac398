"""The rules as they are kept: how the event path learns that they changed, and how it reads them."""

import asyncio
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.rulebook import RuleBook
from services.routing.store import criteria, directory, policies, tariff_maps
from services.routing.store.tables.rulebook import rule_changes
from shared.db.transaction import Connections, Transaction, reading


class RulesInForce:
    """Every version with its dates, kept between batches. One statement asks whether anything changed."""

    def __init__(self, floor_basis_points: int) -> None:
        self.floor_basis_points: Final = floor_basis_points
        self._changes = -1
        self._book: RuleBook | None = None
        self._loading = asyncio.Lock()

    async def read(self, connection: AsyncConnection) -> RuleBook:
        """The rules as they stand for this transaction, or newer ones: all of one state of the database.

        They are read in a snapshot of their own, because a change that is committed between two statements of this
        transaction would mix its versions with those before it. One reader at a time, who reads for the others: the
        pool of the event path has a connection for it beside those that batches hold.
        """
        return await self._read(await count_changes(connection), connection.engine)

    async def read_ahead(self, database: Connections) -> RuleBook:
        """The same before a transaction, for calls: none holds a connection while it waits for another one."""
        async with reading(database) as connection:
            changes = await count_changes(connection)
        return await self._read(changes, database)

    async def _read(self, changes: int, database: Connections) -> RuleBook:
        if self._book is None or changes != self._changes:
            async with self._loading:
                if self._book is None or changes != self._changes:
                    async with reading(database) as snapshot:
                        self._changes, self._book = await self._load(snapshot)
        return self._book

    async def _load(self, snapshot: AsyncConnection) -> tuple[int, RuleBook]:
        """How many changes there have been, and the rules with all of them."""
        changes = await count_changes(snapshot)
        book = RuleBook(
            await tariff_maps.load_published(snapshot),
            await criteria.load_timeline(snapshot, self.floor_basis_points),
            await policies.load_confirmed(snapshot),
            await directory.load(snapshot),
        )
        return changes, book


async def note_change(tx: Transaction, kind: str, reference: str, changed_by: str) -> None:
    """Say in the transaction that changes a rule what changed; the event path reads the rules anew for its next batch.

    `kind` is one of `tariff-map`, `criterion`, `assignment-policy`, `center`, `unit-values`.
    """
    await tx.connection.execute(rule_changes.insert().values(kind=kind, reference=reference, changed_by=changed_by))


async def count_changes(connection: AsyncConnection) -> int:
    """How many changes there have been. A count, because changes become visible in another order than numbered."""
    return int(await connection.scalar(select(func.count()).select_from(rule_changes)) or 0)
