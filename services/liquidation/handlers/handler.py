"""The handler: load what a batch of events needs, decide, write."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.liquidation.acts.declaring import declare_by_event
from services.liquidation.acts.derived_records import derive_records
from services.liquidation.acts.entries import KnownFacts, load_known_facts
from services.liquidation.acts.program_judging import judge_touched
from services.liquidation.acts.protest_judging import judge_protests
from services.liquidation.domain.facts import Origin
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.plan import UsualPlans
from services.liquidation.handlers.entries import on_entries_filed, on_entries_released
from services.liquidation.handlers.filings import on_post_entry_filed
from services.liquidation.handlers.requests import on_requests
from services.liquidation.handlers.reviews import on_reviews_decided
from services.liquidation.handlers.routing import on_accounts_assigned, on_entries_routed
from services.liquidation.publishing import SOURCE
from services.liquidation.store import filings as filing_store
from services.liquidation.store import records as store
from services.liquidation.store import reviews as review_store
from services.liquidation.store.filings import FilingRow
from services.liquidation.store.records import AccountRow, ContradictingEvent, EntryRow, LegalEvent
from services.liquidation.store.reviews import DecisionRow
from shared.bus.outbox import Outgoing
from shared.bus.refusals import tell_once
from shared.contracts.entry import EntryBody, EntryCorrected, EntryFiled, EntryReleased
from shared.contracts.envelope import Event
from shared.contracts.party import PartyChanged
from shared.contracts.post_entry import FilingKind, PostEntryFiled
from shared.contracts.registry import carries
from shared.contracts.routing import AccountAssigned, EntryRouted
from shared.contracts.work import ReviewDecided
from shared.db.transaction import Transaction
from shared.parties import store as party_store
from shared.parties.heard import Heard, on_party_changed
from shared.runtime.clock import Clock

GROUP = "liquidation"
TOPICS = (
    "entry-filed",
    "entry-released",
    "entry-corrected",
    "post-entry-filed",
    "entry-routed",
    "account-assigned",
    "party-changed",
    "review-decided",
    "request-issued",
    "request-changed",
    "work-item-changed",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """The events of a batch by what they are about; `filed` are entries as filed and as corrected."""

    filed: Sequence[Event[EntryBody]]
    released: Sequence[EntryReleased]
    routed: Sequence[Event[EntryRouted]]
    decided: Sequence[Event[ReviewDecided]]
    post_entry: Sequence[Event[PostEntryFiled]]
    assigned: Sequence[AccountAssigned]
    parties: Sequence[PartyChanged]

    @property
    def derived_entries(self) -> set[str]:
        """The entries whose record follows anew from the batch."""
        return {event.data.entry_number for event in self.filed} | {data.entry_number for data in self.released}

    @property
    def touched_entries(self) -> set[str]:
        """Every entry that the batch is about."""
        routed = {event.data.entry_number for event in self.routed}
        return self.derived_entries | routed | {event.data.entry_number for event in self.decided}

    @property
    def refund_declarations(self) -> list[Event[PostEntryFiled]]:
        """Declarations to programs of mass change."""
        return [event for event in self.post_entry if event.data.kind is FilingKind.REFUND_DECLARATION]

    @property
    def named_entries(self) -> set[str]:
        """The entries that protests and claims of the batch are about; what a program makes of them may change."""
        kinds = (FilingKind.PROTEST, FilingKind.DRAWBACK_CLAIM, FilingKind.RECONCILIATION)
        return {number for event in self.post_entry if event.data.kind in kinds for number in event.data.entries}

    @property
    def protest_numbers(self) -> list[str]:
        """The protests that the batch files."""
        return [event.data.filing_number for event in self.post_entry if event.data.kind is FilingKind.PROTEST]


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say of everything that a batch touches; the entries are held by the transaction."""

    entries: dict[str, EntryRow]
    facts: KnownFacts
    decisions: Mapping[str, Origin]
    protests: AbstractSet[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a batch leads to, beside the rows of its entries and their versions; `answers` go back to filers, once.

    `acts` are of versions that came with the batch, `acts_again` of others, some of which had theirs before.
    """

    acts: Sequence[LegalEvent]
    acts_again: Sequence[LegalEvent]
    contradictions: Sequence[ContradictingEvent]
    decisions: Sequence[DecisionRow]
    filings: Sequence[FilingRow]
    accounts: Sequence[AccountRow]
    parties: Heard
    events: Sequence[Outgoing]
    answers: Sequence[Outgoing]


class LiquidationHandler:
    """Applies events by the cycle and the readings of the law in force; the clock says when a notice is posted."""

    def __init__(self, policy: CyclePolicy, law: LawSettings, clock: Clock) -> None:
        self._policy = policy
        self._law = law
        self._clock = clock
        self._plans = UsualPlans(policy, law)

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        """Load what the batch needs, decide, write."""
        batch = read_batch(events)
        known = await _load(tx, batch)
        changes = decide(batch, known, self._policy, self._law, self._plans, self._clock.now())
        await _write(tx, batch, known, changes, self._law)
        asked = await declare_by_event(tx, batch.refund_declarations, self._clock.now())
        # Facts of the batch stand in the tables by now; what was asked for is judged by them in the same transaction.
        touched = batch.touched_entries | batch.named_entries | asked
        await judge_touched(tx, touched, self._clock.now(), self._policy, self._law)
        await on_requests(tx, events)
        return [*changes.events, *await tell_once(tx, SOURCE, changes.answers)]


def read_batch(events: Sequence[Event[Any]]) -> Batch:
    """Sort a batch by what its events are about; requests and work items have their own steps (`on_requests`)."""
    return Batch(
        filed=[event for event in events if carries(event, EntryFiled, EntryCorrected)],
        released=[event.data for event in events if carries(event, EntryReleased)],
        routed=[event for event in events if carries(event, EntryRouted)],
        decided=[event for event in events if carries(event, ReviewDecided)],
        post_entry=[event for event in events if carries(event, PostEntryFiled)],
        assigned=[event.data for event in events if carries(event, AccountAssigned)],
        parties=[event.data for event in events if carries(event, PartyChanged)],
    )


def decide(
    batch: Batch, known: Known, policy: CyclePolicy, law: LawSettings, plans: UsualPlans, now: datetime
) -> Changes:
    """What follows from a batch; the rows of entries and versions in `known` are changed in place."""
    derived = sorted(batch.derived_entries)
    contradictions = on_entries_filed(batch.filed, known.facts.versions)
    on_entries_released(batch.released, known.entries)
    on_entries_routed(batch.routed, known.entries)
    rows = [known.entries[number] for number in derived]
    records = derive_records(rows, known.facts, policy, law, plans, now)
    decisions, answers = on_reviews_decided(batch.decided, known.entries, known.decisions)
    filings, protested = on_post_entry_filed(batch.post_entry, known.protests, now)
    accounts = on_accounts_assigned(batch.assigned)
    parties = on_party_changed(batch.parties)
    events = [*records.changes, *answers, *protested]
    return Changes(
        records.acts,
        records.acts_again,
        contradictions,
        decisions,
        filings,
        accounts,
        parties,
        events,
        records.answers,
    )


async def _load(tx: Transaction, batch: Batch) -> Known:
    await store.exclude_cycles(tx)
    return Known(
        entries=await store.lock_entries(tx, list(batch.touched_entries)),
        facts=await load_known_facts(tx, batch.derived_entries),
        decisions=await review_store.load_decision_origins(tx, [event.data.decision_id for event in batch.decided]),
        protests=await filing_store.load_known_protests(tx, batch.protest_numbers),
    )


async def _write(tx: Transaction, batch: Batch, known: Known, changes: Changes, law: LawSettings) -> None:
    versions = known.facts.versions
    await store.write_entries(tx, list(known.entries.values()))
    await store.write_versions(tx, [(number, row) for number in versions for row in versions[number].values()])
    await store.append_legal_events(tx, changes.acts)
    await store.write_legal_events(tx, changes.acts_again)
    await store.write_contradictions(tx, changes.contradictions)
    await review_store.write_decisions(tx, changes.decisions)
    await filing_store.write_filings(tx, changes.filings)
    # A protest is judged by what stands in the tables, its own filing and its entries among them.
    await judge_protests(tx, batch.protest_numbers, law)
    await store.write_accounts(tx, changes.accounts)
    await party_store.write_heard(tx, changes.parties)
