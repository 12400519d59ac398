"""What the legal record and the accounts say: kept once an event, read by what it is about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.fact import ACCOUNT_PROCESS, Fact
from services.workqueue.domain.item import Item
from services.workqueue.store.tables.facts import heard_facts
from services.workqueue.store.tables.filings import filings
from shared.db import bulk
from shared.db.pieces import rows_of_each
from shared.db.transaction import Transaction
from shared.runtime.ids import filing_item_id

_COLUMNS = ("subject", "event_id", "topic", "word", "at", "sequence", "fields")
_LOAD = rows_of_each("heard_facts", ", ".join(_COLUMNS), "subject")
# The item of a filing follows from its number, so that items and filings need not be joined: they have other keys.
FIND_FOLLOWERS = f"""
SELECT item_id, NULL AS filing_number FROM items WHERE entry_number = ANY($1::text[])
UNION SELECT item_id, NULL FROM items WHERE protest_number = ANY($2::text[])
UNION SELECT item_id, NULL FROM items WHERE importer_number = ANY($3::text[]) AND process = '{ACCOUNT_PROCESS}'
UNION SELECT NULL, f.filing_number FROM unnest($1::text[]) AS given(entry_number)
      JOIN filings f ON f.entry_numbers @> jsonb_build_array(given.entry_number)
      WHERE jsonb_array_length(f.entry_numbers) = 1
"""
_EARLIEST = (
    "(subject, event_id) DO UPDATE SET at = excluded.at, fields = excluded.fields WHERE heard_facts.at > excluded.at"
)
_FILED_ON = """
SELECT filing_number, entry_numbers ->> 0 AS entry_number FROM filings
WHERE filing_number = ANY($1::text[]) AND jsonb_array_length(entry_numbers) = 1
"""


async def find_followers(
    tx: Transaction,
    entry_numbers: Collection[str],
    protest_numbers: Collection[str],
    importer_numbers: Collection[str],
) -> list[UUID]:
    """The items whose stage may follow from what is said of these entries, protests and importers.

    Of a filing it is the item that it gets, whether it has it yet or not.
    """
    if not entry_numbers and not protest_numbers and not importer_numbers:
        return []
    numbers = (sorted(entry_numbers), sorted(protest_numbers), sorted(importer_numbers))
    found = await bulk.fetch(tx, FIND_FOLLOWERS, *numbers)
    return [row["item_id"] or filing_item_id(row["filing_number"]) for row in found]


async def find_filed_on(tx: Transaction, items: Iterable[Item]) -> dict[UUID, str]:
    """By item the entry that its filing names, of those whose filing names exactly one."""
    filed = {item.item_id: item.filing_number for item in items if item.filing_number is not None}
    rows = await bulk.fetch(tx, _FILED_ON, sorted(set(filed.values()))) if filed else ()
    entries = {row["filing_number"]: row["entry_number"] for row in rows}
    return {item_id: entries[number] for item_id, number in filed.items() if number in entries}


async def load_facts(tx: Transaction, subjects: Iterable[str]) -> Mapping[str, list[Fact]]:
    """What was heard of each subject."""
    found: defaultdict[str, list[Fact]] = defaultdict(list)
    wanted = sorted(set(subjects))
    for row in await bulk.fetch(tx, _LOAD, wanted) if wanted else ():
        found[row["subject"]].append(Fact(*row))
    return found


async def list_facts(connection: AsyncConnection, subjects: Iterable[str]) -> list[Fact]:
    """What was heard of some subjects, to show."""
    query = select(*(heard_facts.c[name] for name in _COLUMNS)).where(heard_facts.c.subject.in_(sorted(set(subjects))))
    return [Fact(*row) for row in await connection.execute(query)]


async def entry_of_filing(connection: AsyncConnection, filing_number: str | None) -> str | None:
    """The entry of a filing that names exactly one; None of any other."""
    if filing_number is None:
        return None
    query = select(filings.c.entry_numbers).where(filings.c.filing_number == filing_number)
    numbers = (await connection.execute(query)).scalar_one_or_none()
    return numbers[0] if numbers is not None and len(numbers) == 1 else None


async def write_facts(tx: Transaction, heard: Sequence[Fact], *, earliest: bool = False) -> None:
    """Keep facts; one that is there stays as it is, or with `earliest` is moved to the earlier instant."""
    rows = [
        (each.subject, each.event_id, each.topic, each.word, each.at, each.sequence, orjson.dumps(each.fields).decode())
        for each in heard
    ]
    on_conflict = _EARLIEST if earliest else "DO NOTHING"
    await bulk.insert(tx, heard_facts, _COLUMNS, rows, on_conflict=on_conflict)
