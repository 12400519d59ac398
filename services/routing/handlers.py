"""Batches of upstream events in; routing decisions as rows and events out."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import orjson
from prometheus_client import Counter

from services.routing.domain.activity import Standing, contribution, deltas
from services.routing.domain.appeal import read_contents
from services.routing.domain.decision import Move, decide
from services.routing.domain.facts import Account, EntryFacts, LineFacts
from services.routing.domain.filing import FilingFacts, route_filing
from services.routing.domain.rulebook import RuleBook
from services.routing.publishing import entry_routed, filing_routed, publish_decision
from services.routing.rules import RulesInForce
from services.routing.store import activity as activity_store
from services.routing.store import appeals as appeal_store
from services.routing.store import criteria as criteria_store
from services.routing.store import decisions as store
from services.routing.store import filings as filing_store
from services.routing.store import moves as move_store
from services.routing.store import outcomes as outcome_store
from services.routing.store.appeals import FiledAppeal
from services.routing.store.criteria import HitRow, hit_rows
from services.routing.store.decisions import AccountRow, Conflict, DecidedVersion, KnownVersion, Origin, Release
from services.routing.store.filings import FilingRow
from services.routing.store.outcomes import Outcome
from shared.bus.outbox import Outgoing
from shared.contracts import lean
from shared.contracts.entry import EntryBody, EntryCorrected, EntryFiled, EntryReleased, encode_body
from shared.contracts.envelope import Event
from shared.contracts.post_entry import FilingKind, PostEntryFiled
from shared.contracts.registry import carries
from shared.contracts.work import ReviewDecided
from shared.customs.calendar import legal_date
from shared.customs.money import to_cents
from shared.db.transaction import Transaction

TOPICS = ("entry-filed", "entry-released", "entry-corrected", "post-entry-filed", "review-decided")

VersionKey = tuple[str, int]


class EntryOutcome(NamedTuple):
    """What filed and corrected entries lead to; `adopted`: known versions that an earlier event filed as well."""

    decided: list[DecidedVersion]
    adopted: dict[VersionKey, Origin]
    conflicts: list[Conflict]


class RoutingHandler:
    """Applies upstream events with the rules in force on the day of each entry."""

    def __init__(self, rules: RulesInForce, conflicts: Counter) -> None:
        self._rules = rules
        self._conflicts = conflicts

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        """Load what the batch needs, decide, write."""
        filed = [event for event in events if carries(event, EntryFiled, EntryCorrected)]
        released = [event.data for event in events if carries(event, EntryReleased)]
        post_entry = [event for event in events if carries(event, PostEntryFiled)]
        reviewed = [event.data for event in events if carries(event, ReviewDecided)]

        book = await self._rules.read(tx.connection)
        importers = {event.data.importer_number for event in (*filed, *post_entry)}
        accounts = await store.load_accounts(tx, sorted(importers)) if importers else {}
        known = await store.load_known_versions(tx, [event.data.entry_number for event in filed]) if filed else {}
        moved = await move_store.load(tx, {number for number, _ in known})

        outcome = on_entries(filed, book, accounts, dict(known), moved)

        await store.write_decisions(tx, outcome.decided, known.keys())
        await store.adopt_origins(tx, outcome.adopted)
        await store.write_conflicts(tx, outcome.conflicts)
        for conflict in outcome.conflicts:
            self._conflicts.labels(kind=conflict.kind).inc()
        await count_activity(tx, outcome.decided, known)
        await criteria_store.write_hits(
            tx, _hits(outcome.decided), known.keys() & {item.key for item in outcome.decided}
        )
        await store.write_releases(tx, [_release(data) for data in released])
        await outcome_store.write(tx, [_review_outcome(data) for data in reviewed])
        filings = await filing_store.write(tx, [on_post_entry_filed(event, accounts, book) for event in post_entry])
        appeals = [event for event in post_entry if event.data.kind is FilingKind.CENTER_APPEAL]
        await appeal_store.write_filed(tx, [on_center_appeal_filed(event) for event in appeals])
        return [*(entry_routed(item) for item in outcome.decided), *(filing_routed(filing) for filing in filings)]


def on_entries(
    events: Sequence[Event[Any]],
    book: RuleBook,
    accounts: Mapping[str, AccountRow],
    known: dict[VersionKey, KnownVersion],
    moved: Mapping[str, Move],
) -> EntryOutcome:
    """Decide each version that is new; of two that contradict each other the earlier event stands."""

    @cache
    def account_on(importer_number: str, day: date) -> Account | None:
        account = accounts.get(importer_number)
        return account.on(day) if account else None

    chosen: dict[VersionKey, DecidedVersion] = {}
    adopted: dict[VersionKey, Origin] = {}
    conflicts: list[Conflict] = []
    for event in events:
        body: EntryBody = event.data
        key = (body.entry_number, body.version)
        origin = Origin(event.time, event.source, event.id)
        digest = content_digest(body)
        earlier = known.get(key)
        if earlier is not None:
            if earlier.digest == digest:
                # A repeat under another id changes nothing but which event the version is known by.
                if origin < earlier.origin:
                    known[key] = earlier._replace(origin=origin)
                    if key in chosen:
                        chosen[key] = chosen[key]._replace(origin=origin)
                    else:
                        adopted[key] = origin
                continue
            stands, falls = sorted((earlier.origin, origin))
            conflicts.append(_contradiction(key, stands, falls))
            if stands == earlier.origin:
                continue
        facts = entry_facts(body)
        account = account_on(body.importer_number, body.entry_date)
        rules = book.on(body.entry_date)
        decision = decide(facts, account, rules, moved.get(body.entry_number))
        standing = Standing(body.importer_number, body.entry_date, contribution(facts))
        published = publish_decision(facts, account, decision, rules.versions)
        chosen[key] = DecidedVersion(facts, decision, published, standing, digest, origin)
        known[key] = KnownVersion(digest, origin, standing)
    return EntryOutcome(list(chosen.values()), adopted, conflicts)


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


def on_post_entry_filed(event: Event[PostEntryFiled], accounts: Mapping[str, AccountRow], book: RuleBook) -> FilingRow:
    """A filing with where it goes, by the importer's account and the Centers open on the day of receipt."""
    data = event.data
    received_on = legal_date(data.received_at)
    row = accounts.get(data.importer_number)
    account = row.on(received_on) if row else None
    facts = FilingFacts(data.kind.value, received_on, data.body)
    return FilingRow(
        filing_number=data.filing_number,
        kind=data.kind.value,
        importer_number=data.importer_number,
        entries=data.entries,
        received_at=data.received_at,
        route=route_filing(facts, account, book.on(received_on).open_centers),
        filed_by=lean.encode(data.filed_by).decode(),
        body=lean.encode(data.body).decode(),
        digest=filing_digest(data),
        origin=Origin(event.time, event.source, event.id),
    )


def on_center_appeal_filed(event: Event[PostEntryFiled]) -> FiledAppeal:
    """An appeal against the assigned Center, as it was filed."""
    data = event.data
    return FiledAppeal(
        appeal_number=data.filing_number,
        importer_number=data.importer_number,
        contents=read_contents(data.importer_number, data.body),
        filed_by=lean.encode(data.filed_by).decode(),
        received_at=data.received_at,
        digest=filing_digest(data),
        origin=Origin(event.time, event.source, event.id),
    )


def entry_facts(body: EntryBody) -> EntryFacts:
    """What routing looks at in an entry as filed."""
    lines = []
    value, duty = 0, 0
    for line in body.lines:
        special, goods = [], []
        line_value, line_duty = 0, 0
        for tariff in line.tariffs:
            line_value += tariff.value_usd
            line_duty += to_cents(tariff.duty_usd)
            if tariff.hts.startswith(("98", "99")):
                special.append(tariff.hts)
            else:
                goods.append((tariff.hts, tariff.value_usd))
        value += line_value
        duty += line_duty
        quantity = line.quantities[0] if line.quantities else None
        lines.append(
            LineFacts(
                line.line_number,
                goods[0][0] if goods else None,
                tuple(special),
                line_value,
                line.country_of_origin,
                line.preference,
                tuple([case.case_number for case in line.cases]) if line.cases else (),
                tuple(goods),
                line_duty,
                line.country_of_export,
                line.manufacturer_id,
                (quantity.amount, quantity.unit) if quantity is not None else None,
            )
        )
    return EntryFacts(
        entry_number=body.entry_number,
        version=body.version,
        importer_number=body.importer_number,
        entry_type=body.entry_type,
        port_of_entry=body.port_of_entry,
        entry_date=body.entry_date,
        lines=tuple(lines),
        value_usd=value,
        duty_cents=duty,
    )


def content_digest(body: EntryBody) -> bytes:
    """A fingerprint of what was filed, blind to fields that the contract does not know; 16 bytes."""
    return hashlib.blake2b(encode_body(body), digest_size=16).digest()


def filing_digest(data: PostEntryFiled) -> bytes:
    """A fingerprint of a filing; its body is free, so the order of the fields must not matter. 16 bytes."""
    fields = orjson.dumps(orjson.loads(lean.encode(data)), option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(fields, digest_size=16).digest()


def _contradiction(key: VersionKey, stands: Origin, falls: Origin) -> Conflict:
    return Conflict(
        entry_number=key[0],
        kind="contradicting-version",
        origin=falls,
        detail=f"version {key[1]} was filed twice with different content; the earlier event {stands.id} stands",
    )


def _release(data: EntryReleased) -> Release:
    return Release(data.entry_number, data.released_at, data.port_of_release, data.release_kind)


def _hits(decided: Iterable[DecidedVersion]) -> list[HitRow]:
    return [
        row
        for item in decided
        for row in hit_rows(item.decision.selection, item.facts.entry_number, item.facts.version, item.facts.entry_date)
    ]


def _review_outcome(data: ReviewDecided) -> Outcome:
    effect = to_cents(data.effect.duty_usd) + to_cents(data.effect.fees_usd)
    return Outcome(data.decision_id, data.entry_number, data.process, data.outcome, effect, data.decided_at)
