"""Batches of events in; the legal record as rows, and what changed as events out."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal
from uuid import UUID

import orjson

from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts
from services.liquidation.domain.clocks import CyclePolicy, protest_decision_due
from services.liquidation.domain.decision import Liquidation, refuse_decision
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import EntryFacts, Origin, Version
from services.liquidation.domain.grounds import name_case
from services.liquidation.domain.information_request import (
    REPLY_RULES,
    ItemChange,
    read_change,
    reply_due_on,
    standing_change,
    tells_where_it_stands,
)
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.plan import Plan, plan
from services.liquidation.domain.record import Record, derive
from services.liquidation.domain.rules import RULES
from services.liquidation.domain.suspension import Suspension
from services.liquidation.protest_handlers import judge_protests
from services.liquidation.store import acts as acts_store
from services.liquidation.store import records as store
from services.liquidation.store import requests as request_store
from services.liquidation.store.clock_facts import load_clock_facts
from services.liquidation.store.records import Conflict, DecisionRow, EntryRow, FilingRow, LegalEvent, VersionRow
from shared.bus.outbox import Outgoing
from shared.contracts import lean
from shared.contracts.decision import LegalBasis, Reason
from shared.contracts.entry import EntryBody, EntryCorrected, EntryFiled, EntryReleased, encode_body
from shared.contracts.envelope import Event
from shared.contracts.liquidation import DecisionApplied, DecisionRefused, EntryChanged, ProtestChanged
from shared.contracts.post_entry import FilingKind, PostEntryFiled
from shared.contracts.registry import carries
from shared.contracts.routing import AccountAssigned, EntryRouted
from shared.contracts.words import known_words
from shared.contracts.work import RequestIssued, ReviewDecided, ReviewOutcome, WorkItemChanged
from shared.customs.calendar import legal_date
from shared.customs.money import to_cents
from shared.db.transaction import Transaction
from shared.runtime.ids import event_id

TOPICS = (
    "entry-filed",
    "entry-released",
    "entry-corrected",
    "post-entry-filed",
    "entry-routed",
    "account-assigned",
    "review-decided",
    "request-issued",
    "work-item-changed",
)
SOURCE = "urn:centerline:liquidation"
_OUTCOMES: Final = frozenset(known_words(ReviewOutcome))

SEQUENCE_OF_VERSION = 1_000
"""A version n is act n x 1000 of its entry, so that a number is known before the versions below it have come."""

Versions = dict[str, dict[int, VersionRow]]


class LiquidationHandler:
    """Applies events with the policy in force."""

    def __init__(self, policy: CyclePolicy, law: LawSettings = LAW) -> None:
        self._policy = policy
        self._law = law

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        """Load what the batch needs, decide, write."""
        filed = [event for event in events if carries(event, EntryFiled, EntryCorrected)]
        released = [event.data for event in events if carries(event, EntryReleased)]
        routed = [event for event in events if carries(event, EntryRouted)]
        decided = [event for event in events if carries(event, ReviewDecided)]
        post_entry = [event for event in events if carries(event, PostEntryFiled)]
        assigned = [event.data for event in events if carries(event, AccountAssigned)]

        await store.exclude_cycles(tx)
        rederived = {event.data.entry_number for event in filed} | {data.entry_number for data in released}
        touched = rederived | {event.data.entry_number for event in (*routed, *decided)}
        entries = await store.lock_entries(tx, list(touched))
        versions = await store.load_versions(tx, sorted(rederived))
        extensions = await acts_store.load_extensions(tx, sorted(rederived))
        suspensions = await acts_store.load_suspensions(tx, sorted(rederived))
        clocks = await load_clock_facts(tx, rederived)
        known_decisions = await store.load_decision_origins(tx, [event.data.decision_id for event in decided])
        protests = [event for event in post_entry if event.data.kind is FilingKind.PROTEST]
        known_protests = await store.load_known_protests(tx, [event.data.filing_number for event in protests])

        conflicts = self.on_entries(filed, versions)
        on_entries_released(released, entries)
        on_entries_routed(routed, entries)
        acts, changes = self.on_facts(sorted(rederived), entries, versions, extensions, suspensions, clocks)
        decisions, answers = on_reviews_decided(decided, entries, known_decisions)
        filings, protested = on_post_entry_filed(post_entry, known_protests)

        await store.write_entries(tx, list(entries.values()))
        await store.write_versions(tx, [(number, row) for number in versions for row in versions[number].values()])
        await store.write_legal_events(tx, acts)
        await store.write_conflicts(tx, conflicts)
        await store.write_decisions(tx, decisions)
        await store.write_filings(tx, filings)
        await judge_protests(tx, [event.data.filing_number for event in protests], self._law)
        await store.write_accounts(tx, on_accounts_assigned(assigned))
        await on_requests_issued(tx, events)
        return [*changes, *answers, *protested]

    def on_entries(self, events: Sequence[Event[Any]], versions: Versions) -> list[Conflict]:
        """Add each version that is new; of two that contradict each other the earlier event stands."""
        conflicts: list[Conflict] = []
        for event in events:
            body: EntryBody = event.data
            known = versions.setdefault(body.entry_number, {})
            version, text = read_version(event)
            before = known.get(version.number)
            if before is not None:
                if before.version.digest == version.digest:
                    # A repeat under another id changes nothing but which event the version is known by.
                    if version.origin.order < before.version.origin.order:
                        known[version.number] = replace(before, version=version, body=text)
                    continue
                stands, falls = sorted((before.version.origin, version.origin), key=lambda each: each.order)
                conflicts.append(_contradiction(body.entry_number, version.number, falls))
                if stands == before.version.origin:
                    continue
            known[version.number] = VersionRow(version, barred_as=None, is_announced=False, body=text)
        return conflicts

    def on_facts(
        self,
        entry_numbers: Iterable[str],
        entries: dict[str, EntryRow],
        versions: Versions,
        extensions: Mapping[str, Sequence[ExtensionRequest]],
        suspensions: Mapping[str, Sequence[Suspension]],
        clocks: Mapping[str, ClockFacts],
    ) -> tuple[list[LegalEvent], list[Outgoing]]:
        """Derive the record of each entry anew; give the acts and events of versions whose effect is now settled."""
        acts: list[LegalEvent] = []
        changes: list[Outgoing] = []
        for number in entry_numbers:
            row, known = entries[number], versions.get(number, {})
            facts = facts_of(
                row,
                known,
                extensions.get(number, ()),
                suspensions.get(number, ()),
                clocks.get(number, NO_CLOCK_FACTS),
            )
            record = derive(facts, self._policy, self._law)
            for version_number, version_row in known.items():
                self._mark(version_row, record.barred.get(version_number))
                if version_number in record.settled and not version_row.is_announced:
                    version_row.is_announced = version_row.is_remarked = True
                    act, change = self._announce(number, version_row.version)
                    acts.append(act)
                    changes.append(change)
            if row.liquidated_on is not None:
                continue
            apply_record(row, record)
        return acts, changes

    def _mark(self, row: VersionRow, bar: str | None) -> None:
        if row.barred_as != bar:
            row.barred_as, row.is_remarked = bar, True

    def _announce(self, entry_number: str, version: Version) -> tuple[LegalEvent, Outgoing]:
        """The one act and event of a version, taken by itself: what else is known must not change it."""
        outcome = plan(version, self._policy, law=self._law)
        change: Literal["scheduled", "suspended", "recorded"] = (
            outcome.state if outcome.state in ("scheduled", "suspended") else "recorded"
        )
        sequence = version.number * SEQUENCE_OF_VERSION
        occurred_on = legal_date(version.origin.at)
        act = LegalEvent(
            entry_number,
            f"version:{version.number}",
            sequence,
            change,
            outcome.state,
            occurred_on,
            outcome.rule,
            outcome.why,
            outcome.scheduled_on,
            outcome.deemed_on,
        )
        data = EntryChanged(
            entry_number=entry_number,
            sequence=sequence,
            change=change,
            importer_number=version.importer_number,
            filer_code=entry_number[:3],
            surety_code=version.surety_code,
            entry_type=version.entry_type,
            port_of_entry=version.port_of_entry,
            entry_date=version.entry_date,
            to_state=outcome.state,
            occurred_on=occurred_on,
            scheduled_on=outcome.scheduled_on,
            deemed_on=outcome.deemed_on,
            corrected_by=_find_other_filer(entry_number, version),
            legal_basis=legal_basis(outcome.rule),
            reasons=(
                Reason(code=outcome.rule, text=outcome.why, citation=RULES[outcome.rule].citation),
                *_tell_other_filer(entry_number, version),
            ),
        )
        identifier = event_id("entry-changed", entry_number, str(sequence), version.digest.hex)
        return act, Outgoing(identifier, data, version.origin.at)


def on_entries_released(released: Sequence[EntryReleased], entries: dict[str, EntryRow]) -> None:
    """Note releases; of several the earliest stands, whichever came first."""
    for data in released:
        row = entries[data.entry_number]
        given = (data.released_at, data.port_of_release, data.release_kind)
        if row.released_at is None or given < (row.released_at, row.port_of_release or "", row.release_kind or ""):
            row.released_at, row.port_of_release, row.release_kind = given


def on_entries_routed(routed: Sequence[Event[EntryRouted]], entries: dict[str, EntryRow]) -> None:
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


def on_reviews_decided(
    decided: Sequence[Event[ReviewDecided]], entries: dict[str, EntryRow], known: dict[str, Origin]
) -> tuple[list[DecisionRow], list[Outgoing]]:
    """Keep each decision; it is applied to an entry that is not liquidated, refused with its remedy otherwise.

    One with an outcome that is not known here decides nothing and is not answered: it is kept whole, and the review
    stays open.
    """
    chosen: dict[str, DecisionRow] = {}
    answers: list[Outgoing] = []
    for event in decided:
        data, origin = event.data, Origin(event.time, event.source, event.id)
        before = known.get(data.decision_id)
        if before is not None and before.order <= origin.order:
            continue
        row = entries[data.entry_number]
        liquidation = (
            Liquidation(row.liquidated_on, row.liquidation_kind == "deemed") if row.liquidated_on is not None else None
        )
        refusal = refuse_decision(liquidation, legal_date(data.decided_at))
        changes_money, is_known = data.outcome in ("increase", "refund"), data.outcome in _OUTCOMES
        chosen[data.decision_id] = DecisionRow(
            decision_id=data.decision_id,
            entry_number=data.entry_number,
            item_id=data.item_id,
            process=data.process,
            outcome=data.outcome,
            duty_cents=to_cents(data.effect.duty_usd) if changes_money else 0,
            fees_cents=to_cents(data.effect.fees_usd) if changes_money else 0,
            decided_at=data.decided_at,
            origin=origin,
            status="refused" if refusal else "applied" if is_known else "unknown-outcome",
            rule=refusal.rule if refusal else None,
            remedy=refusal.remedy if refusal else None,
            body=lean.encode(data).decode(),
        )
        known[data.decision_id] = origin
        if before is not None:
            continue
        if refusal is None and is_known:
            applied = DecisionApplied(
                decision_id=data.decision_id,
                entry_number=data.entry_number,
                importer_number=data.importer_number,
                legal_basis=legal_basis("liquidation-date"),
            )
            answers.append(Outgoing(event_id("decision-applied", data.decision_id), applied, event.time))
        elif refusal is not None:
            refused = DecisionRefused(
                decision_id=data.decision_id,
                entry_number=data.entry_number,
                importer_number=data.importer_number,
                rule=refusal.rule,
                legal_basis=legal_basis(refusal.rule),
                remedy=refusal.remedy,
            )
            answers.append(Outgoing(event_id("decision-refused", data.decision_id), refused, event.time))
    return list(chosen.values()), answers


def on_post_entry_filed(
    post_entry: Sequence[Event[PostEntryFiled]], known_protests: set[str]
) -> tuple[list[FilingRow], list[Outgoing]]:
    """Keep each filing; a protest that is new is announced with the day by which it is to be decided."""
    chosen: dict[str, FilingRow] = {}
    announced = []
    for event in post_entry:
        data, origin = event.data, Origin(event.time, event.source, event.id)
        before = chosen.get(data.filing_number)
        if before is not None and before.origin.order <= origin.order:
            continue
        row = FilingRow(
            filing_number=data.filing_number,
            kind=data.kind.value,
            importer_number=data.importer_number,
            filed_by=lean.encode(data.filed_by).decode(),
            entries=orjson.dumps(data.entries).decode(),
            received_at=data.received_at,
            body=orjson.dumps(data.body).decode(),
            origin=origin,
            decide_by=protest_decision_due(legal_date(data.received_at)),
            further_review=data.body.get("further_review") is True,
        )
        chosen[data.filing_number] = row
        if data.kind is FilingKind.PROTEST and before is None and data.filing_number not in known_protests:
            announced.append(row.filing_number)
    return list(chosen.values()), [_protest_filed(chosen[number]) for number in announced]


def on_accounts_assigned(assigned: Sequence[AccountAssigned]) -> list[tuple[str, int, str, str | None]]:
    """The latest assignment of each account."""
    newest: dict[str, AccountAssigned] = {}
    for data in assigned:
        known = newest.get(data.importer_number)
        if known is None or data.sequence > known.sequence:
            newest[data.importer_number] = data
    return [(data.importer_number, data.sequence, data.name, data.center) for _, data in sorted(newest.items())]


async def on_requests_issued(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Keep each request (CBP 28, CBP 29) by entry; it is open until the item that it was issued from has ended.

    A decision ends an item of a review only; what ends advice, filings and items that are called for no more is told by
    the changes of the item alone, so these are read. What waits for the importer by a form that is not known here has
    no rule, so it is not kept.
    """
    issued = [event for event in events if carries(event, RequestIssued) and event.data.form in REPLY_RULES]
    changed = [
        event
        for event in events
        if carries(event, WorkItemChanged) and tells_where_it_stands(event.data.change, event.data.state)
    ]
    if not issued and not changed:
        return
    items = await request_store.lock_items(tx, {event.data.item_id for event in (*issued, *changed)})
    moved: dict[str, ItemChange] = {}
    for event in changed:
        item = event.data
        change = read_change(item.item_id, item.sequence, item.change, item.state, legal_date(item.at), event.id)
        stood = items[item.item_id]
        items[item.item_id] = standing_change((stood, change))
        if items[item.item_id] is not stood:
            moved[item.item_id] = change
    requests: dict[tuple[str, str], request_store.RequestRow] = {}
    for event in sorted(issued, key=lambda each: (each.time, each.source, each.id)):
        data, origin = event.data, Origin(event.time, event.source, event.id)
        due_on = reply_due_on(data.form, data.issued_on, data.due_on)
        for number in data.entry_numbers:
            row = request_store.RequestRow(
                data.request_id, number, data.form, data.item_id, data.center, data.issued_on, due_on, origin
            )
            requests.setdefault((data.request_id, number), row)
    await request_store.write_items(tx, [moved[item_id] for item_id in sorted(moved)])
    await request_store.write_requests(tx, [row for _, row in sorted(requests.items())])
    await request_store.close_requests(tx, items.values())


def read_version(event: Event[Any]) -> tuple[Version, str]:
    """What liquidation looks at in an entry as filed, and the whole body as JSON."""
    body: EntryBody = event.data
    duty, fees = 0, 0
    case: str | None = None
    cases: set[str] = set()
    for line in body.lines:
        for tariff in line.tariffs:
            duty += to_cents(tariff.duty_usd)
        for fee in line.fees:
            fees += to_cents(fee.amount_usd)
        if case is None and line.cases:
            case = line.cases[0].case_number
        cases.update(name_case(each.case_number, line.manufacturer_id, line.exporter_id) for each in line.cases)
    text = encode_body(body).decode()
    version = Version(
        number=body.version,
        entry_type=body.entry_type,
        importer_number=body.importer_number,
        surety_code=body.surety_code,
        port_of_entry=body.port_of_entry,
        entry_date=body.entry_date,
        paid_on=body.paid_on,
        duty_cents=duty,
        fees_cents=fees,
        case=case,
        digest=UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest()),
        origin=Origin(event.time, event.source, event.id),
        cases=tuple(sorted(cases)),
        is_flagged=bool(body.reconciliation_issues),
    )
    return version, text


def legal_basis(rule: str) -> LegalBasis:
    """A rule of the table as events name it."""
    return LegalBasis(rule=rule, citation=RULES[rule].citation)


def facts_of(
    row: EntryRow,
    known: Mapping[int, VersionRow],
    extensions: Sequence[ExtensionRequest],
    suspensions: Sequence[Suspension],
    clock: ClockFacts,
) -> EntryFacts:
    """What the record of an entry is derived from."""
    return EntryFacts(
        versions=tuple(known[number].version for number in sorted(known)),
        released_on=legal_date(row.released_at) if row.released_at is not None else None,
        extended_months=sum(each.months for each in extensions),
        liquidated_version=row.version if row.liquidated_on is not None else None,
        extensions=tuple(extensions),
        suspensions=tuple(suspensions),
        clock=clock,
    )


def apply_record(row: EntryRow, record: Record) -> None:
    """Put what follows from the facts into the row of an entry that is not liquidated."""
    row.state = record.state
    if record.governing is not None and record.plan is not None:
        _apply(row, record.governing, record.plan)
    else:
        row.why, row.rule = record.unknown_because, "es-file" if record.unknown_because else None


def _apply(row: EntryRow, governing: Version, outcome: Plan) -> None:
    row.version = governing.number
    row.governed_at = governing.origin.at
    row.importer_number = governing.importer_number
    row.entry_type = governing.entry_type
    row.surety_code = governing.surety_code
    row.port_of_entry = governing.port_of_entry
    row.entry_date = governing.entry_date
    row.paid_on = governing.paid_on
    row.duty_cents = governing.duty_cents
    row.fees_cents = governing.fees_cents
    row.rule, row.why = outcome.rule, outcome.why
    row.is_informal, row.is_suspended = outcome.is_informal, outcome.is_suspended
    row.scheduled_on, row.deemed_on, row.deemed_rule = outcome.scheduled_on, outcome.deemed_on, outcome.deemed_rule


def _find_other_filer(entry_number: str, version: Version) -> str | None:
    """Who corrected the summary, if not the first filer, whose code begins the entry number."""
    filer = version.origin.source.removeprefix("urn:filer:")
    return filer if filer not in (version.origin.source, entry_number[:3]) else None


def _tell_other_filer(entry_number: str, version: Version) -> tuple[Reason, ...]:
    """What the first filer is told when somebody else corrects the summary."""
    filer = _find_other_filer(entry_number, version)
    if filer is None:
        return ()
    text = f"version {version.number} was filed by {filer}, the entry by {entry_number[:3]}"
    return (Reason(code="corrected-by-other-filer", text=text, citation=RULES["psc-window"].citation),)


def _contradiction(entry_number: str, version: int, falls: Origin) -> Conflict:
    detail = f"version {version} was filed more than once with different content; the earliest event stands"
    return Conflict(entry_number, "contradicting-version", falls, "version-once", detail)


def _protest_filed(row: FilingRow) -> Outgoing:
    filed_by = orjson.loads(row.filed_by)
    data = ProtestChanged(
        protest_number=row.filing_number,
        sequence=1,
        change="filed",
        state="filed",
        importer_number=row.importer_number,
        entries=tuple(orjson.loads(row.entries)),
        received_at=row.received_at,
        decide_by=row.decide_by,
        further_review=row.further_review,
        filer_role=filed_by["role"],
        filer_id=filed_by["id"],
        legal_basis=legal_basis("protest-decide-2y"),
    )
    return Outgoing(event_id("protest-changed", row.filing_number, "1"), data, row.origin.at)
