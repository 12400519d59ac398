"""A batch of upstream events: load what it needs, decide, write, and give the events that follow."""

from collections.abc import Sequence
from typing import Any, Final

from prometheus_client import Counter

from services.routing.acts.accounts import hear_admissions
from services.routing.acts.deciding import on_entries
from services.routing.handlers.admissions import on_program_admitted
from services.routing.handlers.entries import on_entry_released, write_entries
from services.routing.handlers.filings import on_center_appeal_filed, on_post_entry_filed
from services.routing.handlers.outcomes import on_review_decided
from services.routing.publishing import entry_routed, filing_routed
from services.routing.store import appeals as appeal_store
from services.routing.store import decisions as decision_store
from services.routing.store import filings as filing_store
from services.routing.store import moves as move_store
from services.routing.store import outcomes as outcome_store
from services.routing.store.rulebook import RulesInForce
from shared.bus.outbox import Outgoing
from shared.contracts.entry import EntryCorrected, EntryFiled, EntryReleased
from shared.contracts.envelope import Event
from shared.contracts.post_entry import FilingKind, PostEntryFiled
from shared.contracts.registry import carries
from shared.contracts.work import ProgramAdmitted, ReviewDecided
from shared.db.transaction import Transaction

TOPICS: Final = (
    "entry-filed",
    "entry-released",
    "entry-corrected",
    "post-entry-filed",
    "review-decided",
    "program-admitted",
)


class RoutingHandler:
    """Applies upstream events with the rules in force on the day of each entry."""

    def __init__(self, rules: RulesInForce, conflicts: Counter) -> None:
        self._rules = rules
        self._conflicts = conflicts

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        """Load what the batch needs, decide, write."""
        filed = [event for event in events if carries(event, EntryFiled, EntryCorrected)]
        released = [event for event in events if carries(event, EntryReleased)]
        post_entry = [event for event in events if carries(event, PostEntryFiled)]
        reviewed = [event for event in events if carries(event, ReviewDecided)]
        admitted = [event for event in events if carries(event, ProgramAdmitted)]

        await hear_admissions(tx, [on_program_admitted(event) for event in admitted])
        book = await self._rules.read(tx.connection)
        importers = {event.data.importer_number for event in (*filed, *post_entry)}
        accounts = await decision_store.load_accounts(tx, sorted(importers)) if importers else {}
        known = (
            await decision_store.load_known_versions(tx, [event.data.entry_number for event in filed]) if filed else {}
        )
        moved = await move_store.load(tx, {number for number, _ in known})

        entries = on_entries(filed, book, accounts, dict(known), moved)
        releases = [on_entry_released(event) for event in released]
        reviews = [on_review_decided(event) for event in reviewed]
        routed = [on_post_entry_filed(event, accounts, book) for event in post_entry]
        appeals = [on_center_appeal_filed(event) for event in post_entry if event.data.kind is FilingKind.CENTER_APPEAL]

        await write_entries(tx, entries, known)
        await decision_store.write_releases(tx, releases)
        await outcome_store.write(tx, reviews)
        standing = await filing_store.write(tx, routed)
        await appeal_store.write_filed(tx, appeals)
        for conflict in entries.conflicts:
            self._conflicts.labels(kind=conflict.kind).inc()
        return [
            *(entry_routed(item) for item in entries.decided),
            *(filing_routed(filing, at=None) for filing in standing),
        ]
