"""One act on many entries: in chunks that can be stopped anywhere, with a result for each entry.

Each chunk is a transaction with the results of its entries. What is next to be done is asked of the database every
time, and an entry with a result is not asked for again, so an act that was killed goes on where it was.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from services.liquidation.acts.entries import HeldEntry, hold_entries
from services.liquidation.publishing import SOURCE
from services.liquidation.store import records
from services.liquidation.store.records import LegalEvent
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.db.transaction import Connections, Transaction
from shared.runtime.slices import work_through

CHUNK: Final = 500
"""Entries that one transaction takes."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Applied(Generic[Result]):
    """What was done to one entry: its result, and the act with its event, None when the record stays as it was."""

    result: Result
    act: tuple[LegalEvent, Outgoing] | None = None


async def apply_in_chunks(
    database: Connections,
    next_chunk: Callable[[Transaction, str, int], Awaitable[Sequence[str]]],
    apply_to: Callable[[HeldEntry], Applied[Result]],
    write_results: Callable[[Transaction, Sequence[Result]], Awaitable[None]],
    *,
    name: str,
    chunks: int | None,
) -> int:
    """Do to each entry what `apply_to` says, some chunks of them or all; gives how many entries were reached.

    `next_chunk` gives entries without a result after an entry number, in order of number, so many at most. `apply_to`
    may change the row of the entry, which is written when it gives an act. `name` tells the act from
    others where an entry is set aside for it.
    """

    async def list_next(tx: Transaction, after: str | None, _: Sequence[str]) -> Sequence[str]:
        return await next_chunk(tx, after or "", CHUNK)

    async def apply(tx: Transaction, numbers: Sequence[str]) -> int:
        held = await hold_entries(tx, numbers)
        applied = {number: apply_to(held[number]) for number in numbers}
        acts = {number: each.act for number, each in applied.items() if each.act is not None}
        await write_results(tx, [each.result for each in applied.values()])
        await records.write_entries(tx, [held[number].row for number in acts])
        await records.write_legal_events(tx, [act for act, _ in acts.values()])
        await outbox.add(tx, SOURCE, [event for _, event in acts.values()])
        return len(numbers)

    return await work_through(database, list_next, apply, key_of=lambda number: f"{name} {number}", slices=chunks)
