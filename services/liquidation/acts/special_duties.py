"""Duties by heading of summaries that came before they were kept: read from the bodies, a chunk in each transaction."""

from collections.abc import Sequence
from typing import Final

from services.liquidation.domain.program.duties import lines_of_json, read_duties, sum_classes
from services.liquidation.store import special_duties as store
from services.liquidation.store.special_duties import UnreadVersion
from shared.db.transaction import Connections, Transaction
from shared.runtime.slices import work_through

CHUNK: Final = 1_000
_FIRST: Final = ("", 0)


async def read_special_duties(database: Connections, *, slices: int | None = None) -> int:
    """Read what is unread; gives how many versions. What is stopped goes on; programs wait until nothing is left."""

    async def list_next(tx: Transaction, last: UnreadVersion | None, _: Sequence[str]) -> Sequence[UnreadVersion]:
        return await store.list_unread(tx, (last.entry_number, last.version) if last is not None else _FIRST, CHUNK)

    async def read(tx: Transaction, versions: Sequence[UnreadVersion]) -> int:
        lines = [(each, lines_of_json(each.body)) for each in versions]
        duties = [(each.entry_number, each.version, False, read_duties(read)) for each, read in lines]
        await store.write_special_duties(tx, duties)
        await store.write_classes(tx, [(each.entry_number, each.version, sum_classes(read)) for each, read in lines])
        return len(versions)

    return await work_through(
        database, list_next, read, key_of=lambda each: f"{each.entry_number}/{each.version}", slices=slices
    )
