"""What routing decides: which Center, division and lane an entry goes to, and which Center has an account."""

from collections.abc import Mapping, Sequence

from services.liquidation.store.records import AccountRow, EntryRow
from shared.contracts.envelope import Event
from shared.contracts.routing import AccountAssigned, EntryRouted


def on_entries_routed(routed: Sequence[Event[EntryRouted]], entries: Mapping[str, EntryRow]) -> None:
    """Note Center, division and lane: of the highest version the last move stands, else the earlier event."""
    for event in routed:
        data, row = event.data, entries[event.data.entry_number]
        if row.routed_version is not None and row.routed_at is not None and row.routed_by_event is not None:
            known = (-row.routed_version, -row.routed_move, row.routed_at, row.routed_by_event)
            if known <= (-data.version, -data.move, event.time, event.id):
                continue
        row.center, row.division, row.lane = data.center, data.division, data.lane
        row.routed_version, row.routed_move = data.version, data.move
        row.routed_at, row.routed_by_event = event.time, event.id


def on_accounts_assigned(assigned: Sequence[AccountAssigned]) -> list[AccountRow]:
    """The latest assignment of each account, in order of importer number."""
    newest: dict[str, AccountAssigned] = {}
    for data in assigned:
        known = newest.get(data.importer_number)
        if known is None or data.sequence > known.sequence:
            newest[data.importer_number] = data
    return [
        AccountRow(data.importer_number, data.sequence, data.name, data.center) for _, data in sorted(newest.items())
    ]
