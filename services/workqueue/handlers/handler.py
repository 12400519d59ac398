"""The handler: load what a batch of events needs, decide, write."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from services.workqueue.acts.request import count_answers
from services.workqueue.domain.decision import RefusedDecision
from services.workqueue.domain.exception import Oversight, open_exception, oversight_of
from services.workqueue.domain.fact import Fact, of_decision, of_entry, of_importer, of_item, of_protest, subjects_of
from services.workqueue.domain.filing import (
    NOT_QUEUED,
    Asked,
    Filing,
    FilingRoute,
    Held,
    askers_first,
    asking_center,
    review_filing,
    whose_filing,
)
from services.workqueue.domain.filing import absorb as absorb_routing
from services.workqueue.domain.item import WAITING, Item, Note
from services.workqueue.domain.matter import KeptAct, end_by_event, follow_all, placed
from services.workqueue.domain.processes.liquidation_exception import LIQUIDATION_EXCEPTION
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.domain.protest import REOPENING, Protest, ProtestAct, review_protest
from services.workqueue.domain.protest import absorb as absorb_protest_act
from services.workqueue.domain.review import (
    LegalAct,
    LegalDates,
    RoutedVersion,
    Work,
    holder_of,
    review_entry,
    work_called_for,
    work_of,
)
from services.workqueue.domain.review import absorb as absorb_legal_act
from services.workqueue.handlers.facts import fact_of
from services.workqueue.handlers.item_ids import entry_item_id, exception_item_id, protest_item_id
from services.workqueue.handlers.liquidation import (
    on_decision_applied,
    on_decision_refused,
    on_deemed_liquidation,
    on_entry_changed,
    on_protest_changed,
)
from services.workqueue.handlers.routing import on_account_assigned, on_entry_routed, on_filing_routed
from services.workqueue.publishing import work_item_changed
from services.workqueue.store import decided_goods as decided_goods_store
from services.workqueue.store import decisions as decision_store
from services.workqueue.store import entries as entry_store
from services.workqueue.store import facts as fact_store
from services.workqueue.store import filings as filing_store
from services.workqueue.store import importers as importer_store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as matter_store
from services.workqueue.store import protests as protest_store
from services.workqueue.store import requests as request_store
from services.workqueue.store.importers import Importer
from shared.bus.outbox import Outgoing
from shared.contracts.envelope import Event
from shared.contracts.liquidation import EntryChanged
from shared.contracts.party import PartyChanged
from shared.contracts.registry import TYPES
from shared.customs.centers import PENDING
from shared.db.transaction import Transaction
from shared.parties import store as party_store
from shared.parties.heard import Heard, on_party_changed
from shared.runtime.ids import filing_item_id

TOPICS: Final = (
    "entry-routed",
    "filing-routed",
    "account-assigned",
    "party-changed",
    "entry-changed",
    "protest-changed",
    "decision-applied",
    "decision-refused",
)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Batch:
    """What the events of a batch say, in the words of the domain, by the key of what they change.

    `filings` are to be looked at anew without an event, `applied` are decisions with their entry and when they were.
    `at` is the time of the latest: when a claim ends because of what the batch says, it ends then.
    """

    versions: defaultdict[str, list[RoutedVersion]] = field(default_factory=lambda: defaultdict(list))
    legal_acts: defaultdict[str, list[LegalAct]] = field(default_factory=lambda: defaultdict(list))
    protest_acts: defaultdict[str, list[ProtestAct]] = field(default_factory=lambda: defaultdict(list))
    filing_routes: defaultdict[str, list[FilingRoute]] = field(default_factory=lambda: defaultdict(list))
    filings: set[str] = field(default_factory=set)
    refused: defaultdict[str, list[RefusedDecision]] = field(default_factory=lambda: defaultdict(list))
    oversights: list[Oversight] = field(default_factory=list)
    applied: dict[UUID, tuple[str, datetime]] = field(default_factory=dict)
    importers: dict[str, Importer] = field(default_factory=dict)
    parties: list[PartyChanged] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    at: datetime = _LONG_AGO


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say of everything that a batch touches, locked for the transaction.

    `holders` are the Centers of entries that protests and filings name, `asked` the requests that filings answer,
    `completed_by` the items that the refused and applied decisions completed, by decision.
    `facts` by subject are those of the batch among them, `acts` by item those of people, `filed_on` the entry of a
    filing's item whose filing names exactly one.
    """

    dates: Mapping[str, LegalDates]
    importers: Mapping[str, Importer]
    protests: Mapping[str, Protest]
    filings: Mapping[str, Filing]
    asked: Mapping[UUID, Asked]
    holders: Mapping[str, Held]
    versions: Mapping[str, list[RoutedVersion]]
    items: Mapping[UUID, Item]
    completed_by: Mapping[UUID, UUID]
    facts: Mapping[str, Sequence[Fact]]
    acts: Mapping[UUID, Sequence[KeptAct]]
    filed_on: Mapping[UUID, str]


@dataclass(slots=True)
class Changes:
    """What a batch leads to."""

    versions: list[RoutedVersion] = field(default_factory=list)
    dates: list[LegalDates] = field(default_factory=list)
    importers: list[Importer] = field(default_factory=list)
    parties: Heard = field(default_factory=Heard)
    facts: list[Fact] = field(default_factory=list)
    protests: list[Protest] = field(default_factory=list)
    filings: list[Filing] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    refused: list[RefusedDecision] = field(default_factory=list)
    notes: list[tuple[Item, Note]] = field(default_factory=list)


async def handle(tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
    """Load what the batch needs, decide, write."""
    return await _apply(tx, read_batch(events))


async def derive_filings(tx: Transaction, filing_numbers: Iterable[str], at: datetime) -> Sequence[Outgoing]:
    """Look anew whose filings are, by what is known; gives the events that follow."""
    return await _apply(tx, Batch(filings=set(filing_numbers), at=at))


async def _apply(tx: Transaction, batch: Batch) -> Sequence[Outgoing]:
    known = await _load(tx, batch)
    changes = decide(batch, known)
    await _write(tx, known, changes)
    routes = [route for found in batch.filing_routes.values() for route in found]
    answered = {route.answers_request for route in routes if route.answers_request is not None}
    await count_answers(tx, sorted(answered & known.asked.keys()), batch.at)
    return [work_item_changed(item, note) for item, note in changes.notes if item.knowers is None]


def read_batch(events: Sequence[Event[Any]]) -> Batch:
    """Sort a batch by what its events are about."""
    batch = Batch(at=max((event.time for event in events), default=_LONG_AGO))
    for event in events:
        topic = TYPES[event.type].topic
        if (fact := fact_of(topic, event)) is not None:
            batch.facts.append(fact)
        match topic:
            case "entry-routed":
                version = on_entry_routed(event)
                batch.versions[version.entry_number].append(version)
            case "entry-changed":
                _read_legal_act(batch, event)
            case "protest-changed":
                protest_act = on_protest_changed(event)
                batch.protest_acts[protest_act.protest_number].append(protest_act)
            case "decision-applied" | "decision-refused":
                _read_decision(batch, topic, event)
            case "filing-routed":
                if event.data.kind not in NOT_QUEUED:
                    route = on_filing_routed(event)
                    batch.filing_routes[route.filing_number].append(route)
            case "account-assigned":
                importer = on_account_assigned(event)
                before = batch.importers.setdefault(importer.importer_number, importer)
                if before.sequence < importer.sequence:
                    batch.importers[importer.importer_number] = importer
            case "party-changed":
                batch.parties.append(event.data)
            case _:
                raise ValueError(f"the work queue does not read {topic}")
    return batch


def _read_legal_act(batch: Batch, event: Event[EntryChanged]) -> None:
    act = on_entry_changed(event)
    batch.legal_acts[act.entry_number].append(act)
    if (oversight := on_deemed_liquidation(event)) is not None:
        batch.oversights.append(oversight)


def _read_decision(batch: Batch, topic: str, event: Event[Any]) -> None:
    if topic == "decision-refused":
        batch.refused[event.data.entry_number] += on_decision_refused(event)
    elif (decision_id := on_decision_applied(event)) is not None:
        batch.applied[decision_id] = (event.data.entry_number, event.time)


async def _load(tx: Transaction, batch: Batch) -> Known:
    """Lock in one order, and read what a row follows from after that.

    The order is: ids of requests that filings answer, entries, importers, protests, filings, items. A filing holds the
    entries and the asking matter that its Center may follow from, so that what is said of them at the same time is
    not missed.
    """
    acts = [act for found in batch.protest_acts.values() for act in found]
    routes = [route for found in batch.filing_routes.values() for route in found]
    protested = {act.entry_number for act in acts if act.entry_number is not None}
    filed_on = {number for route in routes if route.looks_for_center for number in route.entry_numbers}
    answered = {route.answers_request for route in routes if route.answers_request is not None}
    await request_store.lock_ids(tx, answered)
    asked = await request_store.load_asked(tx, answered)
    asked_about = {each.entry_number for each in asked.values()}
    dates = await entry_store.lock_entries(
        tx, {*batch.versions, *batch.legal_acts, *batch.refused, *protested, *filed_on, *asked_about}
    )
    parties = {act.importer_number for act in acts} | {route.importer_number for route in routes}
    importers = await importer_store.lock_importers(tx, {*batch.importers, *parties})
    protests = await protest_store.lock_protests(
        tx,
        {*batch.protest_acts, *(each.protest_number for each in asked.values() if each.protest_number is not None)},
        entry_numbers=batch.versions,
        importer_numbers=batch.importers,
    )
    protest_items = _items_of_protests(protests.values(), acts)
    concerned = await filing_store.find_concerned(tx, entry_numbers=batch.versions, item_ids=protest_items)
    concerned |= {each.filing_number for each in asked.values() if each.filing_number is not None}
    filings = await _lock_filings(tx, {*batch.filing_routes, *batch.filings, *concerned}, batch.importers)
    known_routes = [each.standing for each in filings.values() if each.standing is not None]
    answered = {route.answers_request for route in known_routes if route.answers_request is not None}
    asked |= await request_store.load_asked(tx, answered - asked.keys())
    holders = {each.importer_number for each in protests.values() if each.importer_number is not None}
    holders |= {route.importer_number for route in known_routes}
    if holders - importers.keys():
        importers |= await importer_store.load_importers(tx, holders - importers.keys())
    named = {each.entry_number for each in protests.values() if each.entry_number is not None}
    named |= {number for route in known_routes if route.looks_for_center for number in route.entry_numbers}
    standing = await entry_store.load_versions(tx, (named | protested | filed_on) - batch.versions.keys())
    said_of = {fact.subject for fact in batch.facts}
    followers = await fact_store.find_followers(
        tx,
        [number for number in batch.legal_acts if of_entry(number) in said_of],
        [number for number in batch.protest_acts if of_protest(number) in said_of],
        [number for number in batch.importers if of_importer(number) in said_of],
    )
    late = [each.decision_id for found in batch.refused.values() for each in found]
    exceptions = {exception_item_id(key) for key in (*(each.key for each in batch.oversights), *map(str, late))}
    items = await item_store.lock_items(
        tx,
        [
            *protest_items,
            *map(filing_item_id, filings),
            *(each.item_id for each in asked.values()),
            *followers,
            *exceptions,
        ],
        entry_numbers={
            *batch.versions,
            *batch.legal_acts,
            *batch.refused,
            *(entry_number for entry_number, _ in batch.applied.values()),
        },
    )
    # After the items are locked nobody completes them.
    completed_by = await decision_store.load_standing(tx, [*batch.applied, *late])
    said_of |= {of_item(item_id) for item_id in completed_by.values()}
    named_alone = await fact_store.find_filed_on(tx, [item for item in items.values() if item.kind == "filing"])
    subjects = {of_entry(number) for number, added in batch.versions.items() if any(map(work_called_for, added))}
    subjects |= {of_entry(route.entry_numbers[0]) for route in routes if len(route.entry_numbers) == 1}
    subjects |= set(map(of_protest, batch.protest_acts))
    subjects |= {of_entry(number) for number in (*(each.entry_number for each in batch.oversights), *batch.refused)}
    for item in items.values():
        followed = subjects_of(item, named_alone.get(item.item_id))
        if not said_of.isdisjoint(followed):
            subjects |= set(followed)
    reviewed = {item.reviewed_entry for item in items.values() if item.reviewed_entry is not None}
    return Known(
        dates=dates,
        importers=importers,
        protests=protests,
        filings=filings,
        asked=asked,
        holders={number: holder_of(versions) for number, versions in standing.items()},
        versions=await entry_store.load_versions(tx, {*batch.versions, *reviewed}),
        items=items,
        completed_by=completed_by,
        facts=await fact_store.load_facts(tx, subjects),
        acts=await matter_store.load_acts(tx, [item.item_id for item in items.values() if item.stage is not None]),
        filed_on=named_alone,
    )


async def _lock_filings(
    tx: Transaction, filing_numbers: Iterable[str], importer_numbers: Iterable[str]
) -> dict[str, Filing]:
    """Filings by number, those of the importers without a Center, and all that answer what was asked on one of them."""
    filings = found = await filing_store.lock_filings(tx, filing_numbers, importer_numbers=importer_numbers)
    while found:
        answering = await filing_store.find_concerned(tx, item_ids=map(filing_item_id, found))
        found = await filing_store.lock_filings(tx, answering - filings.keys(), importer_numbers=())
        filings = filings | found
    return filings


def _items_of_protests(protests: Iterable[Protest], acts: Iterable[ProtestAct]) -> set[UUID]:
    """The items that protests have, or get by these acts."""
    openings = {(each.protest_number, act.sequence if act else None) for each in protests for act in each.openings}
    openings |= {(act.protest_number, act.sequence) for act in acts if act.change == REOPENING}
    return {protest_item_id(*opening) for opening in openings}


def decide(batch: Batch, known: Known) -> Changes:
    """Everything that follows from the batch and what is known."""
    changes = Changes(parties=on_party_changed(batch.parties))
    for importer in batch.importers.values():
        if importer.sequence > known.importers[importer.importer_number].sequence:
            changes.importers.append(importer)
    _decide_entries(batch, known, changes)
    importers = {**known.importers, **{each.importer_number: each for each in changes.importers}}
    holders = dict(known.holders)
    for number, added in batch.versions.items():
        holders[number] = holder_of([*known.versions.get(number, []), *added])
    _open_exceptions(batch, known, changes)
    _decide_protests(batch, known, importers, holders, changes)
    _decide_filings(batch, known, importers, holders, changes)
    _follow_facts(batch, known, changes)
    changes.items.sort(key=lambda item: item.item_id)
    return changes


def _decide_entries(batch: Batch, known: Known, changes: Changes) -> None:
    items: defaultdict[str, dict[Work, Item]] = defaultdict(dict)
    for item in known.items.values():
        if item.reviewed_entry is not None:
            items[item.reviewed_entry][work_of(item)] = item
    for number in sorted({*batch.versions, *batch.legal_acts, *batch.refused}):
        before = after = known.dates[number]
        for act in batch.legal_acts.get(number, ()):
            after = absorb_legal_act(after, act)
        if after != before:
            changes.dates.append(after)
        versions = known.versions.get(number, [])
        seen = {version.event_id for version in versions}
        added = {
            version.event_id: version for version in batch.versions.get(number, ()) if version.event_id not in seen
        }
        changes.versions.extend(added.values())
        called_for: set[Work] = set()
        for version in added.values():
            called_for.update(work_called_for(version))
        if not called_for and number not in items:
            continue
        ids = {work: entry_item_id(number, *work) for work in called_for}
        refused = {
            known.completed_by[each.decision_id]: each
            for each in sorted(batch.refused.get(number, ()), key=lambda each: (each.at, each.rule), reverse=True)
            if known.completed_by.get(each.decision_id) in known.items
        }
        changes.refused.extend(refused.values())
        for reviewed in review_entry(
            versions, list(added.values()), before, after, items.get(number, {}), ids, batch.at, refused
        ):
            _note_item(changes, known, reviewed.item, reviewed.notes)


def _open_exceptions(batch: Batch, known: Known, changes: Changes) -> None:
    """Open a matter for what the legal record left to be judged, once, and where no person has opened one already."""
    by_people = {
        item.entry_number
        for item in known.items.values()
        if item.process == LIQUIDATION_EXCEPTION.code and item.authority is not None and item.state in WAITING
    }
    late = (oversight_of(each, known.items[known.completed_by[each.decision_id]]) for each in changes.refused)
    found = [*batch.oversights, *(each for each in late if each is not None)]
    for oversight in {each.key: each for each in sorted(found, key=lambda each: each.at, reverse=True)}.values():
        item_id = exception_item_id(oversight.key)
        if item_id not in known.items and oversight.entry_number not in by_people:
            _note_item(changes, known, *open_exception(oversight, item_id))


def _decide_protests(
    batch: Batch, known: Known, importers: Mapping[str, Importer], holders: Mapping[str, Held], changes: Changes
) -> None:
    for number, before in known.protests.items():
        after = before
        for act in batch.protest_acts.get(number, ()):
            after = absorb_protest_act(after, act)
        if after != before:
            changes.protests.append(after)
        entry = holders.get(after.entry_number or "")
        center = _protest_center(after, entry, importers)
        for opening in after.openings:
            item_id = protest_item_id(number, opening.sequence if opening else None)
            result = review_protest(before, after, opening, center, entry, known.items.get(item_id), item_id, batch.at)
            if result is not None:
                _note_item(changes, known, *result)


def _protest_center(protest: Protest, entry: Held | None, importers: Mapping[str, Importer]) -> str:
    """The Center of the first protested entry, else the importer's, else pending."""
    if entry is not None:
        return entry.center
    importer = importers.get(protest.importer_number or "")
    return importer.center if importer is not None and importer.center is not None else PENDING


def _decide_filings(
    batch: Batch, known: Known, importers: Mapping[str, Importer], holders: Mapping[str, Held], changes: Changes
) -> None:
    added: dict[str, dict[str, FilingRoute]] = {}
    filings: dict[str, Filing] = {}
    for number, before in known.filings.items():
        heard = batch.filing_routes.get(number, ())
        added[number] = {route.event_id: route for route in heard if route.event_id not in before.heard}
        after = before
        for route in added[number].values():
            after = absorb_routing(after, route)
        if after != before:
            changes.filings.append(after)
        filings[number] = after
    items = {**known.items, **{item.item_id: item for item in changes.items}}
    for filing in askers_first(filings, known.asked):
        if filing.standing is None:
            continue
        account = importers.get(filing.standing.importer_number)
        account_center = account.center if account is not None else None
        item_id = filing_item_id(filing.filing_number)
        asked_by = asking_center(filing.standing, item_id, known.asked, items)
        whose = whose_filing(filing.standing, asked_by, holders, account_center)
        new = added[filing.filing_number].values()
        result = review_filing(filing, new, whose, known.items.get(item_id), item_id, batch.at)
        if result is not None:
            items[item_id] = result[0]
            _note_item(changes, known, *result)


def _follow_facts(batch: Batch, known: Known, changes: Changes) -> None:
    """Bring the stages of items to what the legal record and the accounts say, whenever it was heard."""
    facts = {subject: list(heard) for subject, heard in known.facts.items()}
    told = [*batch.facts, *_facts_of_decisions(batch, known)]
    for fact in told:
        facts.setdefault(fact.subject, []).append(fact)
    said_of = {fact.subject for fact in told}
    filed_on = dict(known.filed_on)
    for filing in changes.filings:
        if filing.standing is not None and len(filing.standing.entry_numbers) == 1:
            filed_on[filing_item_id(filing.filing_number)] = filing.standing.entry_numbers[0]
    changed = {item.item_id: item for item in changes.items}
    followed_by: set[str] = set()
    moved: dict[UUID, Item] = {}
    for item in {**known.items, **changed}.values():
        subjects = subjects_of(item, filed_on.get(item.item_id))
        followed_by.update(subjects)
        if item.item_id in known.items and said_of.isdisjoint(subjects):
            continue
        heard = [fact for subject in subjects for fact in facts.get(subject, ())]
        process = PROCESSES.get(item.process)
        if process is None or not heard:
            continue
        after = follow_all(process, item, known.acts.get(item.item_id, ()), heard)
        if after.events or item.stage is not None:
            led, notes = end_by_event(placed(item, process, after.kept), process, after)
            moved[item.item_id] = led
            changes.notes.extend((led, note) for note in notes)
    changes.items = [moved.get(item.item_id, item) for item in changes.items]
    changes.items += [
        item for item_id, item in moved.items() if item_id not in changed and item != known.items[item_id]
    ]
    changes.notes = [(moved.get(item.item_id, item), note) for item, note in changes.notes]
    changes.facts = [fact for fact in told if not fact.subject.startswith("importer:") or fact.subject in followed_by]


def _facts_of_decisions(batch: Batch, known: Known) -> Iterator[Fact]:
    """What the legal record made of decisions, for the items that follow it."""
    for decision_id, (_, at) in batch.applied.items():
        item = known.items.get(known.completed_by.get(decision_id, decision_id))
        if item is not None and item.process in PROCESSES:
            yield of_decision(item.item_id, "decision-applied", decision_id, at, {})
    for each in (each for found in batch.refused.values() for each in found):
        item = known.items.get(known.completed_by.get(each.decision_id, each.decision_id))
        if item is not None and item.process in PROCESSES:
            said = {"rule": each.rule, "citation": each.citation, "remedy": each.remedy}
            yield of_decision(item.item_id, "decision-refused", each.decision_id, each.at, said)


def _note_item(changes: Changes, known: Known, item: Item, notes: Sequence[Note]) -> None:
    if known.items.get(item.item_id) != item:
        changes.items.append(item)
    changes.notes.extend((item, note) for note in notes)


async def _write(tx: Transaction, known: Known, changes: Changes) -> None:
    await entry_store.write_versions(tx, changes.versions)
    await entry_store.write_dates(tx, changes.dates)
    await importer_store.write_importers(tx, changes.importers)
    await party_store.write_heard(tx, changes.parties)
    await fact_store.write_facts(tx, changes.facts)
    await protest_store.write_protests(tx, changes.protests)
    await filing_store.write_filings(tx, changes.filings)
    await item_store.create_items(
        tx,
        [item for item in changes.items if item.item_id not in known.items],
        [(item, note) for item, note in changes.notes if item.item_id not in known.items],
    )
    await decision_store.write_refused(tx, changes.refused)
    await decided_goods_store.mark_refused(tx, [each.decision_id for each in changes.refused])
    there = [item for item in changes.items if item.item_id in known.items]
    await item_store.write_items(tx, there, known.items)
    await item_store.append_notes(tx, [(item, note) for item, note in changes.notes if item.item_id in known.items])
