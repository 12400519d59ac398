"""Entries filed, corrected and released: written as decided, and counted in their importers' activity."""

from collections.abc import Iterable, Mapping, Sequence

from services.routing.acts.deciding import DecidedEntries, VersionKey
from services.routing.domain.activity import deltas
from services.routing.domain.decided import DecidedVersion, KnownVersion
from services.routing.store import activity as activity_store
from services.routing.store import criteria as criteria_store
from services.routing.store import decisions as store
from services.routing.store.criteria import HitRow, hit_rows
from services.routing.store.decisions import Release
from shared.contracts.entry import EntryReleased
from shared.contracts.envelope import Event
from shared.db.transaction import Transaction


def on_entry_released(event: Event[EntryReleased]) -> Release:
    """A release of an entry's cargo."""
    data = event.data
    return Release(data.entry_number, data.released_at, data.port_of_release, data.release_kind)


async def write_entries(tx: Transaction, outcome: DecidedEntries, known: Mapping[VersionKey, KnownVersion]) -> None:
    """Write what filed and corrected entries led to: decisions, conflicts, activity, hits of criteria."""
    await store.write_decisions(tx, outcome.decided, known.keys())
    await store.adopt_origins(tx, outcome.adopted)
    await store.write_conflicts(tx, outcome.conflicts)
    await count_activity(tx, outcome.decided, known)
    again = known.keys() & {item.key for item in outcome.decided} if known else frozenset()
    await criteria_store.write_hits(tx, _hits(outcome.decided), again)


async def count_activity(
    tx: Transaction, decided: Sequence[DecidedVersion], known: Mapping[VersionKey, KnownVersion]
) -> None:
    """Count what entries add to their importers' activity: that of the highest version of each, and no other.

    Two versions of an entry come on two topics and may be applied by two members at once, each blind to the other's.
    Taking the place of the standing version is where they meet: the second waits, and learns which one it replaces.
    """
    standings = {item.key: item.standing for item in decided}
    highest: dict[str, int] = {}
    for number, version in standings:
        highest[number] = max(version, highest.get(number, 0))
    taken = await store.take_standing(tx, sorted(highest.items()))
    replaced = {(item.entry_number, item.previous) for item in taken if item.previous is not None}
    unseen = sorted(key for key in replaced if key not in known)
    before = {key: known[key].standing for key in replaced if key in known}
    before |= await store.load_standings(tx, unseen) if unseen else {}
    changes = (
        (
            before[item.entry_number, item.previous] if item.previous is not None else None,
            standings[item.entry_number, item.version],
        )
        for item in taken
    )
    await activity_store.add(tx, deltas(changes))


def _hits(decided: Iterable[DecidedVersion]) -> list[HitRow]:
    return [
        row
        for item in decided
        for row in hit_rows(item.decision.selection, item.facts.entry_number, item.facts.version, item.facts.entry_date)
    ]
