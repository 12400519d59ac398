"""Filings that came before the request which they answer was known: whoever asked has them from then on."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from services.workqueue.acts.item import tell
from services.workqueue.domain.filing import Filing, askers_first, asking_center, review_filing, whose_filing
from services.workqueue.domain.item import Item
from services.workqueue.store import filings as filing_store
from services.workqueue.store import items as item_store
from services.workqueue.store import requests as request_store
from shared.customs.centers import PENDING
from shared.db.transaction import Transaction


async def lock_answers(tx: Transaction, request_id: UUID) -> Mapping[str, Filing]:
    """The filings that answer a request, and those that answer requests made on these, locked before any item is."""
    await request_store.lock_ids(tx, [request_id])
    return await _lock_all(tx, await filing_store.find_concerned(tx, request_ids=[request_id]))


async def lock_answers_on(tx: Transaction, item_id: UUID) -> Mapping[str, Filing]:
    """The same for every request that was made on an item."""
    asked = await request_store.find_requests(tx.connection, item_id)
    await request_store.lock_ids(tx, [letter.request_id for letter in asked])
    return await _lock_all(tx, await filing_store.find_concerned(tx, item_ids=[item_id]))


async def _lock_all(tx: Transaction, concerned: Collection[str]) -> Mapping[str, Filing]:
    filings = found = await filing_store.lock_filings(tx, concerned, importer_numbers=())
    while found:
        item_ids = await item_store.find_ids_of_filings(tx, found)
        answering = await filing_store.find_concerned(tx, item_ids=item_ids)
        found = await filing_store.lock_filings(tx, answering - filings.keys(), importer_numbers=())
        filings = filings | found
    return filings


async def hand_to_asker(tx: Transaction, filings: Mapping[str, Filing], now: datetime) -> None:
    """Give locked filings to whoever asked what they answer, as the handler does with what it hears later."""
    if not filings:
        return
    routes = [each.standing for each in filings.values() if each.standing is not None]
    answered = {route.answers_request for route in routes if route.answers_request is not None}
    asked = await request_store.load_asked(tx, answered)
    own = await item_store.find_ids_of_filings(tx, filings)
    items = await item_store.lock_items(tx, [*own, *(each.item_id for each in asked.values())])
    by_filing = {item.filing_number: item for item in items.values()}
    changed: dict[UUID, Item] = {}
    lines = []
    for filing in askers_first(filings, asked):
        item = by_filing.get(filing.filing_number)
        if filing.standing is None or item is None:
            continue
        asked_by = asking_center(filing.standing, item.item_id, asked, items | changed)
        if asked_by is None or asked_by.center == PENDING:
            continue  # nothing that is looked at here says whose it is
        whose = whose_filing(filing.standing, asked_by, entries={}, account_center=None)
        reviewed = review_filing(filing, (), whose, item, item.item_id, now)
        if reviewed is not None:
            changed[item.item_id], notes = reviewed
            lines += [(reviewed[0], note) for note in notes]
    await item_store.write_items(tx, [item for _, item in sorted(changed.items())])
    await tell(tx, lines)
