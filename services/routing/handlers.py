"""Batches of upstream events in; routing decisions as rows and events out."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from prometheus_client import Counter

from services.routing.domain.decision import Decision, Rules, decide
from services.routing.domain.facts import Account, EntryFacts, LineFacts
from services.routing.store import decisions as store
from services.routing.store.decisions import AccountRow, Conflict, DecidedVersion, Filing, KnownVersion, Origin, Release
from shared.bus.outbox import Encoded, Outgoing
from shared.contracts import lean
from shared.contracts.entry import EntryBody, EntryCorrected, EntryFiled, EntryReleased
from shared.contracts.envelope import Event
from shared.contracts.post_entry import PostEntryFiled
from shared.contracts.registry import TOPIC_OF_DATA, carries
from shared.contracts.routing import EntryRouted
from shared.customs.calendar import legal_date
from shared.customs.centers import PENDING
from shared.customs.money import format_cents, to_cents
from shared.customs.programs import programs_for
from shared.db.transaction import Transaction
from shared.runtime.ids import event_id

TOPICS = ("entry-filed", "entry-released", "entry-corrected", "post-entry-filed")

VersionKey = tuple[str, int]

_EntryRouted: Callable[..., Any] = lean.lean_type(EntryRouted)
_CONTRACT = TOPIC_OF_DATA[EntryRouted]


class EntryOutcome(NamedTuple):
    """What filed and corrected entries lead to; `adopted`: known versions that an earlier event filed as well."""

    decided: list[DecidedVersion]
    adopted: dict[VersionKey, Origin]
    conflicts: list[Conflict]


class RoutingHandler:
    """Applies upstream events with the rules in force."""

    def __init__(self, rules: Rules, conflicts: Counter) -> None:
        self._rules = rules
        self._conflicts = conflicts
        self._rule_versions = dict(rules.versions)

    async def __call__(self, tx: Transaction, events: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
        """Load what the batch needs, decide, write."""
        filed = [event for event in events if carries(event, EntryFiled, EntryCorrected)]
        released = [event.data for event in events if carries(event, EntryReleased)]
        post_entry = [event for event in events if carries(event, PostEntryFiled)]

        importers = {event.data.importer_number for event in (*filed, *post_entry)}
        accounts = await store.load_accounts(tx, sorted(importers)) if importers else {}
        known = await store.load_known_versions(tx, [event.data.entry_number for event in filed]) if filed else {}

        outcome = self.on_entries(filed, accounts, dict(known))

        await store.write_decisions(tx, outcome.decided, known.keys())
        await store.adopt_origins(tx, outcome.adopted)
        await store.write_conflicts(tx, outcome.conflicts)
        for conflict in outcome.conflicts:
            self._conflicts.labels(kind=conflict.kind).inc()
        await store.write_releases(tx, [_release(data) for data in released])
        await store.write_filings(tx, [on_post_entry_filed(event, accounts) for event in post_entry])
        return [_entry_routed(item) for item in outcome.decided]

    def on_entries(
        self, events: Sequence[Event[Any]], accounts: dict[str, AccountRow], known: dict[VersionKey, KnownVersion]
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
            before = known.get(key)
            if before is not None:
                if before.digest == digest:
                    # A repeat under another id changes nothing but which event the version is known by.
                    if origin < before.origin:
                        known[key] = KnownVersion(digest, origin)
                        if key in chosen:
                            chosen[key] = chosen[key]._replace(origin=origin)
                        else:
                            adopted[key] = origin
                    continue
                stands, falls = sorted((before.origin, origin))
                conflicts.append(_contradiction(key, stands, falls))
                if stands == before.origin:
                    continue
            facts = entry_facts(body)
            account = account_on(body.importer_number, body.entry_date)
            decision = decide(facts, account, self._rules)
            published = self._publish(facts, account, decision)
            chosen[key] = DecidedVersion(facts, decision, published, digest, origin)
            known[key] = KnownVersion(digest, origin)
        return EntryOutcome(list(chosen.values()), adopted, conflicts)

    def _publish(self, facts: EntryFacts, account: Account | None, decision: Decision) -> bytes:
        """The data of entry-routed, as it is published and kept."""
        return lean.encode(
            _EntryRouted(
                entry_number=facts.entry_number,
                version=facts.version,
                importer_number=facts.importer_number,
                entry_type=facts.entry_type,
                port_of_entry=facts.port_of_entry,
                entry_date=facts.entry_date,
                center=decision.center,
                basis=decision.basis,
                division=decision.division,
                lane=decision.lane,
                processes=decision.processes,
                reasons=decision.reasons,
                rule_versions=self._rule_versions,
                value_usd=facts.value_usd,
                duty_usd=format_cents(facts.duty_cents),
                line_count=len(facts.lines),
                predominant_tariff=decision.predominant_tariff,
                origins=tuple(sorted({line.origin for line in facts.lines})),
                programs=_program_names(facts),
                trusted_programs=account.trusted_programs if account else (),
            )
        )


def on_post_entry_filed(event: Event[PostEntryFiled], accounts: dict[str, AccountRow]) -> Filing:
    """The Center of record for a filing: the importer's on the day of receipt, pending without one."""
    data = event.data
    account = accounts.get(data.importer_number)
    center = account.on(legal_date(data.received_at)).center if account else None
    return Filing(
        filing_number=data.filing_number,
        kind=data.kind.value,
        importer_number=data.importer_number,
        entries=data.entries,
        received_at=data.received_at,
        center=center or PENDING,
        basis="account" if center else "pending",
    )


def entry_facts(body: EntryBody) -> EntryFacts:
    """What routing looks at in an entry as filed."""
    lines = []
    value, duty = 0, 0
    for line in body.lines:
        underlying: str | None = None
        special = []
        line_value = 0
        for tariff in line.tariffs:
            line_value += tariff.value_usd
            duty += to_cents(tariff.duty_usd)
            if tariff.hts.startswith(("98", "99")):
                special.append(tariff.hts)
            elif underlying is None:
                underlying = tariff.hts
        value += line_value
        lines.append(
            LineFacts(
                line.line_number,
                underlying,
                tuple(special),
                line_value,
                line.country_of_origin,
                line.preference,
                tuple([case.case_number for case in line.cases]),
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
    return hashlib.blake2b(lean.encode(body), digest_size=16).digest()


def _contradiction(key: VersionKey, stands: Origin, falls: Origin) -> Conflict:
    return Conflict(
        entry_number=key[0],
        kind="contradicting-version",
        origin=falls,
        detail=f"version {key[1]} was filed twice with different content; the earlier event {stands.id} stands",
    )


def _release(data: EntryReleased) -> Release:
    return Release(data.entry_number, data.released_at, data.port_of_release, data.release_kind)


def _entry_routed(item: DecidedVersion) -> Outgoing:
    facts = item.facts
    identifier = event_id("entry-routed", facts.entry_number, str(facts.version), item.digest.hex())
    return Outgoing(identifier, Encoded(_CONTRACT, facts.entry_number, item.published), item.origin.filed_at)


def _program_names(facts: EntryFacts) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for line in facts.lines:
        for tariff in line.special_tariffs:
            names.update(_names_of(tariff, facts.entry_date))
    return tuple(names)


@lru_cache(maxsize=65_536)
def _names_of(tariff: str, on: date) -> Mapping[str, None]:
    return dict.fromkeys(program.name for program in programs_for(tariff, on))
