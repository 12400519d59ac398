"""Facts that the processes of items follow, out of the events of liquidation and routing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.workqueue.domain.fact import FIELD_NAMES, Fact, is_followed, of_entry, of_importer, of_protest
from shared.contracts.envelope import Event
from shared.contracts.liquidation import EntryChanged, ProtestChanged
from shared.contracts.routing import AccountAssigned


def fact_of_entry(event: Event[EntryChanged]) -> Fact | None:
    """A legal act on an entry, where a process follows it."""
    data = event.data
    return _fact(event, "entry-changed", data.change, of_entry(data.entry_number), data.sequence)


def fact_of_protest(event: Event[ProtestChanged]) -> Fact | None:
    """An act on a protest, where the process follows it; the filing opens the item and is none."""
    data = event.data
    return _fact(event, "protest-changed", data.act or data.change, of_protest(data.protest_number), data.sequence)


def facts_of_account(event: Event[AccountAssigned]) -> Iterable[Fact]:
    """An account that has got a Center."""
    data = event.data
    if data.center is None:
        return ()
    fact = _fact(event, "account-assigned", data.basis, of_importer(data.importer_number), data.sequence)
    return () if fact is None else (fact,)


def _fact(event: Event[Any], topic: str, word: str, subject: str, sequence: int) -> Fact | None:
    if not is_followed(topic, word):
        return None
    said = {name: getattr(event.data, name, None) for name in FIELD_NAMES}
    fields = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
        if value is not None
    }
    return Fact(subject, event.id, topic, word, event.time, sequence, fields)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
