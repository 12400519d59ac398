"""What was done about the money of entries: notices, demands, payments, certifications, each once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.store.tables.money_acts import money_acts
from shared.db import bulk
from shared.db.transaction import Transaction

MoneyChange = Literal["determined", "billed", "bill-paid", "bill-overdue", "surety-billed", "refund-changed"]

_LAST_NUMBERS: Final = """
SELECT entry_number, max(number) AS number FROM money_acts WHERE entry_number = ANY($1::text[]) GROUP BY entry_number
"""


@dataclass(frozen=True, slots=True)
class MoneyAct:
    """A row of `money_acts`."""

    entry_number: str
    event_key: str
    number: int
    change: MoneyChange
    occurred_on: date
    rule: str
    detail: str
    bill_number: str | None = None
    refund_number: str | None = None
    cents: int | None = None
    actor: str | None = None
    authority: str | None = None


class ActNumbers:
    """The numbers of acts about money, one after the other on each entry that the transaction holds."""

    def __init__(self, last: Counter[str]) -> None:
        self._last = last

    def next(self, entry_number: str) -> int:
        """The number of the next act on an entry."""
        self._last[entry_number] += 1
        return self._last[entry_number]


async def number_acts(tx: Transaction, entry_numbers: Sequence[str]) -> ActNumbers:
    """Numbers that go on after the last act of each of these entries."""
    found = await bulk.fetch(tx, _LAST_NUMBERS, sorted(set(entry_numbers)))
    return ActNumbers(Counter({row["entry_number"]: row["number"] for row in found}))


async def write_acts(tx: Transaction, acts: Sequence[MoneyAct]) -> None:
    """Append what was done."""
    columns = tuple(each.name for each in fields(MoneyAct))
    await bulk.insert(tx, money_acts, columns, [tuple([getattr(act, name) for name in columns]) for act in acts])


async def list_acts(connection: AsyncConnection, entry_number: str) -> list[MoneyAct]:
    """What was done about the money of an entry, in order."""
    query = select(money_acts).where(money_acts.c.entry_number == entry_number).order_by(money_acts.c.number)
    return [MoneyAct(*row) for row in await connection.execute(query)]
