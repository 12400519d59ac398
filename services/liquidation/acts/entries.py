"""One entry and its legal record: held with its facts, derived anew, and what an act on it writes and publishes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import EntryFacts, RefundLock, Version
from services.liquidation.domain.grounds import join_grounds
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.plan import Plan
from services.liquidation.domain.record import Record, derive
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import Suspension, judge_deemed_posting, judge_liquidation
from services.liquidation.publishing import SOURCE, as_held, entry_changed, reason_of
from services.liquidation.store import records as store
from services.liquidation.store.clock_facts import load_clock_facts
from services.liquidation.store.declarations import load_locks
from services.liquidation.store.extensions import load_extensions
from services.liquidation.store.records import EntryRow, LegalEvent, VersionRow
from services.liquidation.store.sight import matter_of
from services.liquidation.store.suspensions import load_suspensions
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.liquidation import EntryChange
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import demand, no_such
from shared.runtime.identity import Identity


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """An entry held by this transaction with what its record is derived from."""

    row: EntryRow
    facts: EntryFacts


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What is on record of some entries, by entry number; entries without one are absent."""

    versions: dict[str, dict[int, VersionRow]]
    extensions: Mapping[str, Sequence[ExtensionRequest]]
    suspensions: Mapping[str, Sequence[Suspension]]
    clocks: Mapping[str, ClockFacts]
    locks: Mapping[str, Sequence[RefundLock]]

    def of(self, row: EntryRow) -> EntryFacts:
        """What the record of one of these entries is derived from."""
        number = row.entry_number
        versions, extensions = self.versions.get(number, {}), self.extensions.get(number, ())
        return EntryFacts(
            versions=tuple(versions[each].version for each in sorted(versions)),
            released_on=legal_date(row.released_at) if row.released_at is not None else None,
            extended_months=sum(each.months for each in extensions),
            liquidated_version=row.version if row.liquidated_on is not None else None,
            extensions=tuple(extensions),
            suspensions=tuple(self.suspensions.get(number, ())),
            clock=self.clocks.get(number, NO_CLOCK_FACTS),
            liquidated_on=row.liquidated_on,
            locks=tuple(self.locks.get(number, ())),
        )


async def load_known_facts(tx: Transaction, entry_numbers: Collection[str]) -> KnownFacts:
    """Read what the records of these entries, which this transaction holds, are derived from."""
    numbers = sorted(entry_numbers)
    return KnownFacts(
        versions=await store.load_versions(tx, numbers),
        extensions=await load_extensions(tx, numbers),
        suspensions=await load_suspensions(tx, numbers),
        clocks=await load_clock_facts(tx, numbers),
        locks=await load_locks(tx, numbers),
    )


async def hold_entries(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, HeldEntry]:
    """Lock these entries in order of number, without cycles beside, and load their facts; unknown ones are absent."""
    await store.exclude_cycles(tx)
    rows = await store.lock_entries(tx, entry_numbers, create=False)
    known = await load_known_facts(tx, rows)
    return {number: HeldEntry(row, known.of(row)) for number, row in rows.items()}


async def hold_entry(
    tx: Transaction, entry_number: str, caller: Identity, action: str, on: date
) -> tuple[HeldEntry, str]:
    """Lock one entry with its facts for an act of the caller's, with the row of authority that the act rests on.

    Raises `NotFound` when there is none that the caller may read, `Forbidden` when the act is not the caller's.
    """
    held, what = (await hold_entries(tx, [entry_number])).get(entry_number), f"entry {entry_number} in liquidation"
    if held is None:
        raise no_such(what)
    row = held.row
    matter = matter_of(entry_number, row.importer_number, row.surety_code, row.center)
    return held, demand(caller, action, on, matter, what)


def judge_worth(held: HeldEntry) -> Finding | None:
    """What the liquidation of an entry is worth, by the suspensions that stood on its day; None: there is none.

    Rules susp-injunction-breach, susp-statutory-breach, susp-false-deemed [S], as in `judge_liquidation` and
    `judge_deemed_posting`.
    """
    row = held.row
    if row.liquidated_on is None:
        return None
    (governing,) = [each for each in held.facts.versions if each.number == row.version]
    judge = judge_deemed_posting if row.liquidation_kind == "deemed" else judge_liquidation
    return judge(join_grounds(governing, held.facts.suspensions), row.liquidated_on)


def rederive(row: EntryRow, facts: EntryFacts, policy: CyclePolicy, law: LawSettings) -> Record:
    """Derive the record anew and put it into the row, unless the entry is liquidated."""
    record = derive(facts, policy, law)
    if row.liquidated_on is None:
        apply_record(row, record)
    return record


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
    row.act_by = outcome.act_by if outcome.act_by != outcome.deemed_on else None


def record_act(
    row: EntryRow,
    *,
    event_key: str,
    sequence: int,
    change: EntryChange,
    from_state: str,
    occurred_on: date,
    rule: str,
    text: str,
    actor: str,
    now: datetime,
    authority: str | None = None,
    kind: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> tuple[LegalEvent, Outgoing]:
    """An act in the history of an entry and the event that tells of it; the row shows the state after it.

    `authority` is the row of the table on which a person's act rests, `told` what only some acts say: effect, bill,
    refund, the day for which it was scheduled before.
    """
    act = LegalEvent(
        row.entry_number,
        event_key,
        sequence,
        change,
        row.state,
        occurred_on,
        rule,
        text,
        row.scheduled_on,
        row.deemed_on,
        kind,
        actor,
        authority,
    )
    reasons = (reason_of(rule, text),)
    return act, entry_changed(as_held(row), act, now, from_state=from_state, reasons=reasons, told=told or {})


async def write_act(tx: Transaction, row: EntryRow, act: LegalEvent, event: Outgoing) -> None:
    """Write an entry with one act in its history, and publish the event that tells of it."""
    await store.write_entries(tx, [row])
    await store.write_legal_events(tx, [act])
    await outbox.add(tx, SOURCE, [event])
