"""CBP's requests to importers (CBP 28, CBP 29) by entry, what became of them, and the work items that they came from.

A request is open until its letter is answered or has ended; of one of which nothing else was told, until its item has
ended. A decision ends an item of a review only; what ends advice, filings and items that are called for no more is told
by the changes of the item alone, so these are read. What waits for the importer by a form that is not known here has no
rule, so it is not kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.liquidation.domain.facts import Origin
from services.liquidation.domain.information_request import (
    ItemChange,
    LetterChange,
    merge_letter_changes,
    read_change,
    read_form,
    read_letter_change,
    reply_due_on,
    standing_change,
    tells_where_it_stands,
)
from services.liquidation.store import requests as store
from services.liquidation.store.requests import RequestRow
from shared.contracts.envelope import Event
from shared.contracts.registry import carries
from shared.contracts.work import RequestChanged, RequestIssued, WorkItemChanged
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction


async def on_requests(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Keep each request by entry, open or closed as its letter says, with the day to which that was extended.

    To be called last in its transaction: items are locked after entries, by everyone, so that batches cannot deadlock.
    """
    issued = [event for event in events if carries(event, RequestIssued) and read_form(event.data.form)]
    changed = [
        event
        for event in events
        if carries(event, WorkItemChanged) and tells_where_it_stands(event.data.change, event.data.state)
    ]
    letters = [event for event in events if carries(event, RequestChanged) and read_form(event.data.form)]
    if not issued and not changed and not letters:
        return
    known = await store.lock_items(tx, {event.data.item_id for event in (*issued, *changed, *letters)})
    moved = on_work_items_changed(changed, known)
    requests = on_requests_issued(issued)
    await store.write_items(tx, moved)
    await store.write_requests(tx, requests)
    before = await store.load_letters(tx, {event.data.request_id for event in letters})
    await store.write_letters(tx, on_requests_changed(letters, before))
    await store.close_requests(tx, (known | {item.item_id: item for item in moved}).values())


def on_work_items_changed(
    changed: Iterable[Event[WorkItemChanged]], known: Mapping[str, ItemChange]
) -> list[ItemChange]:
    """The changes by which items stand otherwise than known, in order of item."""
    moved: dict[str, ItemChange] = {}
    for event in changed:
        item = event.data
        change = read_change(item.item_id, item.sequence, item.change, item.state, legal_date(item.at), event.id)
        stood = moved.get(item.item_id, known[item.item_id])
        if standing_change((stood, change)) is not stood:
            moved[item.item_id] = change
    return [moved[item_id] for item_id in sorted(moved)]


def on_requests_changed(
    changed: Iterable[Event[RequestChanged]], known: Mapping[str, LetterChange]
) -> list[LetterChange]:
    """What the letters come to with these changes, in order of letter."""
    letters: dict[str, LetterChange] = {}
    for event in changed:
        told = event.data
        on = legal_date(told.at)
        change = read_letter_change(told.request_id, told.item_id, told.sequence, told.state, told.due_on, on)
        before = letters.get(told.request_id, known.get(told.request_id))
        letters[told.request_id] = change if before is None else merge_letter_changes(before, change)
    return [letters[request_id] for request_id in sorted(letters)]


def on_requests_issued(issued: Iterable[Event[RequestIssued]]) -> list[RequestRow]:
    """Each request on each of its entries, by the earliest event that tells of it."""
    requests: dict[tuple[str, str], RequestRow] = {}
    for event in sorted(issued, key=lambda each: (each.time, each.source, each.id)):
        data, origin = event.data, Origin(event.time, event.source, event.id)
        form = read_form(data.form)
        if form is None:
            continue
        due_on = reply_due_on(form, data.issued_on, data.due_on)
        for number in data.entry_numbers:
            row = RequestRow(data.request_id, number, form, data.item_id, data.center, data.issued_on, due_on, origin)
            requests.setdefault((data.request_id, number), row)
    return [row for _, row in sorted(requests.items())]
