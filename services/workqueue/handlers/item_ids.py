"""The ids of items: they follow from what an item is for, so that whatever is learned again finds the same item."""

from uuid import UUID

from services.workqueue.domain.protest import PROCESS
from shared.runtime.ids import event_id


def entry_item_id(entry_number: str, process: str, consulted: str | None = None) -> UUID:
    """The id of the item for one process of an entry, or for the advice of one consulted Center on it."""
    parts = (entry_number, process) if consulted is None else (entry_number, process, consulted)
    return UUID(event_id("work-item", *parts))


def protest_item_id(protest_number: str, reopened: int | None = None) -> UUID:
    """The id of the item for a protest, or for its reopening by the act with that sequence.

    "protest" is no entry number, so it meets no entry's item.
    """
    parts = (protest_number,) if reopened is None else (protest_number, str(reopened))
    return UUID(event_id("work-item", PROCESS, *parts))


def exception_item_id(key: str) -> UUID:
    """The id of the matter for an exception of liquidation, by what made it."""
    return UUID(event_id("work-item", "liquidation-exception", key))
