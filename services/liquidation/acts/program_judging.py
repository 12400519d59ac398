"""Requests for entries judged by all that is known, and the records of the entries that follow from it.

Everything is derived anew each time, so no order of events matters. A request that is accepted lets corrections wait
(`RefundLock`): those dated after its receipt do not govern, those dated before it do, whenever they come.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from services.liquidation.acts.declaration_results import tell_judged
from services.liquidation.acts.derived_records import derive_records
from services.liquidation.acts.entries import KnownFacts, load_known_facts
from services.liquidation.acts.program_rolls import enrol_reached
from services.liquidation.domain.facts import EntryFacts, RefundLock, Version
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.money.amounts import duty_class, sum_amounts
from services.liquidation.domain.plan import UsualPlans
from services.liquidation.domain.program.definition import Definition
from services.liquidation.domain.program.judging import (
    LASTING,
    AfterFact,
    Asked,
    ProgramEntry,
    Request,
    SpecialDuty,
    Verdict,
    find_due_days,
    judge_all,
    list_after_facts,
    list_removed,
)
from services.liquidation.domain.program.refunds import terms_of
from services.liquidation.domain.protest.timeliness import liquidation_window
from services.liquidation.domain.record import Record, derive
from services.liquidation.publishing import SOURCE
from services.liquidation.store import declarations as store
from services.liquidation.store import program_facts
from services.liquidation.store import program_rolls as roll_store
from services.liquidation.store import programs as program_store
from services.liquidation.store import records as record_store
from services.liquidation.store.declarations import RequestRow
from services.liquidation.store.program_effects import Effect, write_effects
from services.liquidation.store.program_facts import KnownEntry
from services.liquidation.store.records import EntryRow
from shared.bus import outbox
from shared.bus.refusals import tell_once
from shared.customs.calendar import legal_date
from shared.db import walks
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.clock import Clock
from shared.runtime.slices import do_or_set_aside, work_through

CHUNK: Final = 1_000
_UNANSWERED: Final = frozenset({"waits-answer", "waits-contest"})

Judged = tuple[list[tuple[Request, Verdict | None]], RefundLock | None, ProgramEntry | None]
"""Every request for an entry with its verdict, the lock of the one that stands, and the entry as it was looked at."""


async def judge_entries(
    tx: Transaction,
    program: str,
    entry_numbers: Collection[str],
    now: datetime,
    policy: CyclePolicy,
    law: LawSettings,
) -> int:
    """Judge every request for these entries by the revision in force; gives how many changed.

    Nothing while none is in force. The records of entries whose lock changes are derived anew, and who filed a
    correction that waits from now on is told.
    """
    released = await program_store.find_released(tx.connection, program)
    numbers = sorted(entry_numbers)
    if released is None or not numbers:
        return 0
    await record_store.exclude_cycles(tx)
    rows = await record_store.lock_entries(tx, numbers, create=False)
    requests = await store.lock_requests(tx, numbers, program)
    known = await load_known_facts(tx, rows)
    entries = await program_facts.load_known_entries(tx, numbers, released.rules, legal_date(now))
    duties = await program_facts.load_duties(tx, numbers)
    rules, today = released.rules, legal_date(now)
    changed: list[RequestRow] = []
    relocked: list[str] = []
    after: dict[str, list[tuple[str, str, AfterFact]]] = {}
    effects: dict[str, Effect] = {}
    for number, asked in requests.items():
        row = rows.get(number)
        facts = known.of(row) if row is not None else EntryFacts(())
        entry = Seen(rules, entries.get(number), duties.get(number, {}), facts, policy, law)
        judged, lock, seen = judge_requests(rules, entry, asked, today)
        if (posted := next((each for each in asked if each.state == "posted"), None)) is not None:
            facts_of_after = list_after_facts(rules, seen, posted.removed_cents) if seen is not None else []
            after[number] = [(number, posted.declaration_id, each) for each in facts_of_after]
        elif seen is not None and (effect := _find_effect(rules, seen, judged)) is not None:
            effects[number] = effect
        changed += _list_changed(rules, seen, asked, judged, lock, released.revision, now)
        before = [each for each in facts.locks if each.program == program and each.until is None]
        if before != ([lock] if lock is not None else []):
            relocked.append(number)
    await store.write_judged(tx, changed)
    without = [each for each in requests if each not in effects and each not in after]
    await write_effects(tx, program, terms_of(rules).as_json(), effects, without, SOURCE, now)
    if after:
        found = [each for facts_of_entry in after.values() for each in facts_of_entry]
        await roll_store.write_after_facts(tx, program, after, found, now)
    if relocked:
        await _derive_again(tx, [rows[each] for each in relocked if each in rows], policy, law, now)
    return len(changed)


def _find_effect(
    program: Definition, entry: ProgramEntry, judged: Sequence[tuple[Request, Verdict | None]]
) -> Effect | None:
    """What waits for the liquidation of an entry, for whatever else it may wait; None: nothing does.

    Not while the importer has not answered or contests, and not before a person found that the goods are meant.
    """
    verdict = next((each for _, each in judged if each is not None and each.is_accepted), None)
    if verdict is None or verdict.act == "reliquidate" or entry.liquidated_on is not None or not verdict.removed_cents:
        return None
    if not _UNANSWERED.isdisjoint(verdict.notes) or (program.goods.product is not None and not entry.is_product):
        return None
    removed = list_removed(program, entry)
    by_class = sum_amounts((duty_class(each.hts), each.duty_cents) for each in removed)
    return Effect(by_class, entry.importer_number, tuple(sorted({each.hts for each in removed})))


class Seen:
    """One entry as a program sees it, by the version that governs under some locks."""

    def __init__(
        self,
        program: Definition,
        known: KnownEntry | None,
        duties: Mapping[int, tuple[SpecialDuty, ...]],
        facts: EntryFacts,
        policy: CyclePolicy,
        law: LawSettings,
    ) -> None:
        self._program, self._known, self._duties, self._facts = program, known, duties, facts
        self._policy, self._law = policy, law
        self._standing = tuple(
            each for each in facts.locks if each.program != program.program or each.until is not None
        )

    def under(self, lock: RefundLock | None) -> tuple[ProgramEntry | None, Version | None]:
        """The entry, and its governing version, were this the lock of the program."""
        known = self._known
        if known is None:
            return None, None
        locks = (*self._standing, lock) if lock is not None else self._standing
        record = derive(replace(self._facts, locks=locks), self._policy, self._law)
        governing = record.governing
        if governing is None:
            return None, None
        return self._read(known, governing, record), governing

    def _read(self, known: KnownEntry, governing: Version, record: Record) -> ProgramEntry:
        liquidated_on, posted_on = known.liquidated_on, known.liquidation_posted_on
        protest_by = None
        if liquidated_on is not None:
            protest_by = liquidation_window(liquidated_on, posted_on, None, self._law).safe
        is_suspended = known.is_suspended
        if known.version != governing.number and record.plan is not None:
            is_suspended = record.plan.is_suspended
        return ProgramEntry(
            known.entry_number,
            governing.importer_number,
            governing.entry_type,
            governing.entry_date,
            is_suspended,
            known.is_informal,
            liquidated_on,
            protest_by,
            self._duties.get(governing.number, ()),
            known.standing,
            known.has_overlap,
            known.is_in_review,
            known.is_payment_known,
            known.readiness,
            known.is_product,
            known.lifted_on,
            known.deemed_on,
        )


def judge_requests(program: Definition, entry: Seen, asked: Sequence[RequestRow], today: date) -> Judged:
    """Verdicts on the requests for one entry, and the lock that follows.

    The entry is looked at as it was when the first request was received: with corrections of after it waiting. Only if
    that is dropped, and what was corrected since makes it good, that correction stands, and later ones wait. Nothing
    waits for what a program took by itself until its importer accepts it. What is posted is looked at as it was locked.
    """
    requests = [_request(each) for each in asked]
    for row in asked:
        if row.state == "posted":
            kept = _lock(program, row.declaration_id, row.locked_from)
            seen, _ = entry.under(kept)
            return judge_all(program, seen, requests, today), kept, seen
    standing = [each for each in requests if each.withdrawn_at is None]
    for first in standing:
        lock = _lock(program, first.asked.declaration_id, first.locks_since)
        seen, _ = entry.under(lock)
        judged = judge_all(program, seen, requests, today)
        if _is_accepted(judged, first):
            return judged, lock if _locks(program, seen) else None, seen
    seen, governing = entry.under(None)
    judged = judge_all(program, seen, requests, today)
    for request in standing:
        if _is_accepted(judged, request) and governing is not None and _locks(program, seen):
            since = max(request.locks_since, governing.origin.at) if request.locks_since is not None else None
            return judged, _lock(program, request.asked.declaration_id, since), seen
    return judged, None, seen


def _lock(program: Definition, declaration_id: str, since: datetime | None) -> RefundLock | None:
    return RefundLock(program.program, declaration_id, since) if since is not None else None


def _is_accepted(judged: Sequence[tuple[Request, Verdict | None]], request: Request) -> bool:
    return any(each is not None and each.is_accepted and found.order == request.order for found, each in judged)


def _locks(program: Definition, entry: ProgramEntry | None) -> bool:
    """Whether corrections wait: by setting not for types that are corrected as long as they are suspended."""
    if entry is None or not program.corrections.lock:
        return False
    return not (entry.is_suspended and entry.entry_type in program.corrections.free_while_suspended)


def _request(row: RequestRow) -> Request:
    assert row.received_at is not None  # requests come with their declaration
    asked = Asked(
        row.declaration_id,
        row.received_at,
        legal_date(row.received_at),
        frozenset(row.importers),
        row.filer_code,
        answer=row.answer,
        offered_on=legal_date(row.offered_at) if row.offered_at is not None else None,
    )
    return Request(asked, row.row_number, row.withdrawn_at, _asked_at(row), row.state == "posted")


def _asked_at(row: RequestRow) -> datetime | None:
    """When somebody asked for the refund; what a program took by itself is asked for when its importer accepts it."""
    if row.offered_at is None:
        return row.received_at
    return row.answered_at if row.answer == "accept" else None


def name_earlier(judged: Sequence[tuple[Request, Verdict | None]]) -> Iterator[tuple[Request, Verdict, str | None]]:
    """What is neither posted nor withdrawn with its verdict, and the declaration that stands before it, if one does."""
    standing = next((each.asked.declaration_id for each, _ in judged if each.is_posted), None)
    for request, verdict in judged:
        if verdict is None:
            continue
        yield request, verdict, standing if verdict.code == "already-declared" else None
        if standing is None and verdict.code not in LASTING:
            standing = request.asked.declaration_id


def _list_changed(
    program: Definition,
    entry: ProgramEntry | None,
    asked: Sequence[RequestRow],
    judged: Sequence[tuple[Request, Verdict | None]],
    lock: RefundLock | None,
    revision: int,
    now: datetime,
) -> list[RequestRow]:
    """The rows whose verdict differs from what is written; one that is posted is never judged again."""
    rows = {(each.declaration_id, each.row_number): each for each in asked}
    changed: list[RequestRow] = []
    for request, verdict, earlier in name_earlier(judged):
        row = rows[request.asked.declaration_id, request.row_number]
        is_locking = lock is not None and verdict.is_accepted and lock.declaration_id == row.declaration_id
        due_on, act_by = find_due_days(program, entry, verdict, request.asked.received_on)
        anew = replace(
            row,
            state=verdict.state,
            code=verdict.code,
            cohort=verdict.cohort,
            act=verdict.act,
            writer=verdict.by,
            removed_cents=verdict.removed_cents,
            notes=tuple(verdict.notes),
            last_day=verdict.last_day,
            earlier=earlier,
            locked_from=lock.since if lock is not None and is_locking else None,
            due_on=due_on,
            act_by=act_by,
        )
        if anew != row or row.revision is None:
            changed.append(replace(anew, revision=revision, judged_at=now))
    return changed


async def _derive_again(
    tx: Transaction, rows: Sequence[EntryRow], policy: CyclePolicy, law: LawSettings, now: datetime
) -> None:
    known: KnownFacts = await load_known_facts(tx, [each.entry_number for each in rows])
    records = derive_records(rows, known, policy, law, UsualPlans(policy, law), now)
    await record_store.write_entries(tx, rows)
    versions = [(number, row) for number, found in known.versions.items() for row in found.values()]
    await record_store.write_versions(tx, versions)
    await record_store.write_legal_events(tx, [*records.acts, *records.acts_again])
    answers = await tell_once(tx, SOURCE, records.answers)
    await outbox.add(tx, SOURCE, [*records.changes, *answers])


async def judge_touched(
    tx: Transaction, entry_numbers: Collection[str], now: datetime, policy: CyclePolicy, law: LawSettings
) -> None:
    """Judge again what was asked for of these entries, whose facts have just changed.

    Programs that take entries by themselves take first which of them they reach by now.
    """
    await enrol_reached(tx, entry_numbers, now)
    for program, numbers in (await store.list_declared(tx, entry_numbers)).items():
        await judge_entries(tx, program, numbers, now, policy, law)


async def judge_declared(
    database: Connections, clock: Clock, policy: CyclePolicy, law: LawSettings, *, declaration_id: str | None = None
) -> int:
    """Judge the rows of declarations that are read and not judged, of one or of all; gives how many changed."""
    async with transaction(database) as tx:
        judging = await store.list_judging(tx)
    total = 0
    for each, program in judging:
        if declaration_id in (None, each):
            total += await _judge_one(database, each, program, clock, policy, law)
    return total


async def _judge_one(
    database: Connections, declaration_id: str, program: str, clock: Clock, policy: CyclePolicy, law: LawSettings
) -> int:
    async def list_next(tx: Transaction, _: str | None, __: Sequence[str]) -> Sequence[str]:
        return await store.list_unjudged(tx, declaration_id, CHUNK)

    async def judge_some(tx: Transaction, numbers: Sequence[str]) -> int:
        return await judge_entries(tx, program, numbers, clock.now(), policy, law)

    total = await work_through(database, list_next, judge_some)
    async with transaction(database) as tx:
        if await store.finish_judging(tx, declaration_id, clock.now()):
            await tell_judged(tx, declaration_id, clock.now())
    return total


async def judge_again(
    database: Connections, clock: Clock, policy: CyclePolicy, law: LawSettings, *, slices: int = 50
) -> int:
    """Judge the next entries in turn that somebody asked for, to the end of the round at most; gives how many changed.

    What people do to protests, instructions and days, a new revision, and time itself change verdicts without an event.
    """
    total = 0
    for _ in range(slices):
        async with transaction(database) as tx:
            place = await walks.hold_place(tx, store.REQUESTED, clock.now())
            numbers, place = await walks.take_next(tx, store.REQUESTED, place, clock.now())

        async def judge_some(tx: Transaction, some: Sequence[str]) -> int:
            declared = await store.list_declared(tx, some)
            changed = [
                await judge_entries(tx, program, found, clock.now(), policy, law) for program, found in declared.items()
            ]
            return sum(changed)

        if numbers:
            total += await do_or_set_aside(database, numbers, judge_some)
        async with transaction(database) as tx:
            await walks.keep_place(tx, store.REQUESTED, place)
        if not place.reached:
            break
    return total
