"""Facts that the processes of items follow, out of the events of liquidation and routing."""

from datetime import date
from typing import Any

from services.workqueue.domain.fact import FIELD_NAMES, Fact, is_followed, of_entry, of_importer, of_protest
from shared.contracts.envelope import Event


def fact_of(topic: str, event: Event[Any]) -> Fact | None:
    """A legal act on an entry or a protest, or an account that has got a Center, where a process follows it.

    The filing of a protest opens its item and is none; neither is an account without a Center.
    """
    data = event.data
    match topic:
        case "entry-changed":
            word, subject = data.change, of_entry(data.entry_number)
        case "protest-changed":
            word, subject = data.act or data.change, of_protest(data.protest_number)
        case "account-assigned" if data.center is not None:
            word, subject = data.basis, of_importer(data.importer_number)
        case _:
            return None
    if not is_followed(topic, word):
        return None
    said = ((name, getattr(data, name, None)) for name in FIELD_NAMES)
    fields = {name: _json(value) for name, value in said if value is not None}
    return Fact(subject, event.id, topic, word, event.time, data.sequence, fields)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
