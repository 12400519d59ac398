"""Criteria tried on entries that were filed: asked for, worked off one by one from the archive, withdrawn.

The archive is read frame by frame in a thread; entries are looked up in batches, each a transaction with the counts so
far. A process that dies leaves a back-test that the next begins again. Nothing but the back-test itself is written.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from services.routing.acts.criteria import demand_revisions
from services.routing.acts.deciding import content_digest, read_facts
from services.routing.domain.backtests import (
    FILED_BEFORE,
    MOST_DAYS,
    MOST_WAITING,
    Backtest,
    Limits,
    Tally,
    Trial,
    is_drawn,
    share_of,
)
from services.routing.domain.criteria import from_document, to_document
from services.routing.store import backtests as store
from services.routing.store import criteria as criteria_store
from services.routing.store.decisions import load_accounts
from services.routing.store.rulebook import RulesInForce
from shared.archive.folder import frames_in_order, list_partitions
from shared.archive.partition import ArchivedPartition, Damaged, Frame
from shared.contracts.decode import Rejection, decode
from shared.contracts.entry import EntryBody, EntryCorrected, EntryFiled
from shared.contracts.registry import carries
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.access import no_such
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict, Malformed, Transient
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.runtime.slices import describe

TOPICS: Final = frozenset({"entry-filed", "entry-corrected"})
_AT_ONCE: Final = 500
"""Entries that are looked up in one transaction."""
_TOLD_AFTER: Final = 50
"""Frames after which it is told how far a back-test is, when none of them had an entry to look up."""
_MOST_BYTES: Final = 2**31
"""Whatever was on the bus was small enough for it."""
_SAID: Final = 300


def is_kept(archive: Path | None) -> bool:
    """Whether there is an archive in the folder that is set for it."""
    return archive is not None and bool(list_partitions(archive))


async def ask(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    *,
    key: str,
    criterion_id: str,
    revision: int | None,
    first: date,
    last: date,
    has_archive: bool,
) -> Backtest:
    """Put a back-test of a revision, the newest unless named, in the line of those that wait.

    Raises `NotFound` for a criterion or revision that there is not, `Malformed` for a period that ends before it
    begins, after today, or is too long, `Conflict` where no archive is kept and where too many wait.
    """
    revisions = demand_revisions(criterion_id, await criteria_store.find_revisions(tx.connection, criterion_id))
    found = [each for each in revisions if revision in (None, each.criterion.revision)]
    if not found:
        raise no_such(f"revision {revision} of criterion {criterion_id}")
    if not first <= last <= legal_date(now) or (last - first).days >= MOST_DAYS:
        raise Malformed(
            f"The period from {first} to {last} cannot be tried.",
            rule="period",
            code="bad-period",
            remedy=f"Let `from` be the earlier day, `to` be no day to come, and both at most {MOST_DAYS} days apart.",
        )
    if not has_archive:
        raise Conflict(
            "No archive of what was filed is kept where routing could read it.",
            rule="criterion-backtest",
            code="no-archive",
            remedy="Let the operator keep one (`centerline archive run`), and name its folder to routing.",
        )
    if await store.count_going(tx) >= MOST_WAITING:
        raise Conflict(
            f"{MOST_WAITING} back-tests wait or run.",
            rule="criterion-backtest",
            code="backtests-waiting",
            remedy="Ask again when one of them is done, or withdraw one that is not needed any more.",
        )
    criterion = found[-1].criterion
    backtest = Backtest(
        backtest_id=UUID(event_id("criterion-backtest", caller.subject, key)),
        criterion_id=criterion_id,
        revision=criterion.revision,
        definition=to_document(criterion),
        first=first,
        last=last,
        signature=caller.signature,
        asked_at=now,
        state="waiting",
    )
    await store.write(tx, backtest)
    return backtest


async def withdraw(tx: Transaction, criterion_id: str, backtest_id: UUID, now: datetime) -> Backtest:
    """End a back-test that waits or runs; what it has counted stays.

    Raises `NotFound`, and `Conflict` for one that ended.
    """
    backtest = await store.lock(tx, backtest_id)
    if backtest is None or backtest.criterion_id != criterion_id:
        raise no_such(f"back-test {backtest_id} of criterion {criterion_id}")
    if backtest.state not in ("waiting", "running"):
        raise Conflict(
            f"The back-test is {backtest.state}.",
            rule="criterion-backtest",
            code="backtest-ended",
            remedy="Ask for another one.",
        )
    backtest = replace(backtest, state="withdrawn", ended_at=now)
    await store.write(tx, backtest)
    return backtest


async def go_on(database: Connections, clock: Clock, rules: RulesInForce, archive: Path | None, limits: Limits) -> int:
    """Do the oldest back-test that waits; gives how many were done: none or one.

    One that cannot be done is failed with its fault; raises what it was, where that is not the archive.
    """
    async with transaction(database) as tx:
        backtest = await store.lock_next(tx)
        if backtest is None:
            return 0
        if archive is None:
            await store.write(tx, _failed(backtest, "No archive of what was filed is kept here any more.", clock.now()))
            return 1
        known = await store.count_entries(tx, backtest.first, backtest.last)
        share, now = share_of(known, limits.most_entries), clock.now()
        backtest = replace(
            backtest, state="running", known=known, share_basis_points=share, frames_read=0, counts={}, begun_at=now
        )
        await store.write(tx, backtest)
    try:
        await _run(database, clock, rules, archive, backtest, limits)
    except Damaged as damage:
        await _fail(database, backtest, str(damage), clock.now())
    except Transient:
        raise
    except Exception as error:
        await _fail(database, backtest, describe(error), clock.now())  # else it would stand before the others for ever
        raise
    return 1


async def _fail(database: Connections, backtest: Backtest, fault: str, now: datetime) -> None:
    async with transaction(database) as tx:
        standing = await store.lock(tx, backtest.backtest_id)
        if standing is not None and standing.state == "running":
            await store.write(tx, _failed(standing, fault, now))


def _failed(backtest: Backtest, fault: str, now: datetime) -> Backtest:
    return replace(backtest, state="failed", fault=fault[:_SAID], ended_at=now)


async def _run(
    database: Connections, clock: Clock, rules: RulesInForce, archive: Path, backtest: Backtest, limits: Limits
) -> None:
    """Read every frame that may have an entry of the period, until the time is over or somebody withdraws it."""
    frames = await asyncio.to_thread(_frames_since, archive, backtest.first - FILED_BEFORE)
    trial = Trial(from_document(backtest.criterion_id, backtest.revision, backtest.definition))
    tally, seen = Tally(), set[str]()
    batch: list[EntryBody] = []
    told_at = 0
    for number, (frame, partition) in enumerate(frames, start=1):
        batch += await asyncio.to_thread(_entries_in, partition, frame, backtest)
        is_cut = (clock.now() - (backtest.begun_at or clock.now())).total_seconds() >= limits.most_seconds
        is_last = number == len(frames) or is_cut
        if len(batch) < _AT_ONCE and number - told_at < _TOLD_AFTER and not is_last:
            continue
        async with transaction(database) as tx:
            standing = await store.lock(tx, backtest.backtest_id)
            if standing is None or standing.state != "running":
                return
            await _count(tx, rules, backtest.criterion_id, trial, tally, batch, seen)
            backtest = replace(backtest, frames=len(frames), frames_read=number, is_cut=is_cut and number < len(frames))
            await store.write(tx, replace(backtest, counts=tally.document()))
        batch, told_at = [], number
        if is_last:
            break
    async with transaction(database) as tx:
        standing = await store.lock(tx, backtest.backtest_id)
        if standing is not None and standing.state == "running":
            ended = replace(backtest, state="done", counts=tally.document(), ended_at=clock.now())
            await store.write(tx, ended)


async def _count(
    tx: Transaction,
    rules: RulesInForce,
    criterion_id: str,
    trial: Trial,
    tally: Tally,
    bodies: Sequence[EntryBody],
    seen: set[str],
) -> None:
    """Count the entries whose standing version is among these and was not seen before, and what reviews found there."""
    fresh = [body for body in bodies if body.entry_number not in seen]
    if not fresh:
        return
    book = await rules.read(tx.connection)
    kept = await store.load_kept(tx, [body.entry_number for body in fresh])
    accounts = await load_accounts(tx, sorted({body.importer_number for body in fresh}))
    hits = []
    for body in fresh:
        standing = kept.get(body.entry_number)
        if body.entry_number in seen or standing is None or standing.version != body.version:
            continue
        if standing.digest != content_digest(body):
            continue  # an event that contradicts it, and fell
        seen.add(body.entry_number)
        facts, account = read_facts(body), accounts.get(body.importer_number)
        unit_values = book.on(body.entry_date).criteria.unit_values
        is_hit = trial.hits(facts, account.on(body.entry_date) if account is not None else None, unit_values)
        tally.count(facts, standing, criterion_id, is_hit=is_hit)
        if is_hit:
            hits.append(body.entry_number)
    tally.count_reviews(await store.load_reviewed(tx, hits) if hits else [])


def _frames_since(archive: Path, first: date) -> list[tuple[Frame, ArchivedPartition]]:
    """The frames of filed and corrected entries archived on a day or later, in the order in which they were written."""
    partitions = [each for each in list_partitions(archive) if each.topic in TOPICS]
    return [
        (frame, partition)
        for frame, partition in frames_in_order(partitions)
        if frame.segment.removesuffix(".zst") >= first.isoformat()
    ]


def _entries_in(partition: ArchivedPartition, frame: Frame, backtest: Backtest) -> list[EntryBody]:
    """The entries of a frame that are tried; raises `Damaged`. What was refused when it came is refused again."""
    return list(_drawn_of(partition, frame, backtest))


def _drawn_of(partition: ArchivedPartition, frame: Frame, backtest: Backtest) -> Iterator[EntryBody]:
    for record in partition.read(frame):
        if not record.key or not record.value:
            continue
        if not is_drawn(record.key.decode(errors="replace"), backtest.share_basis_points):
            continue
        event = decode(record.topic, record.key, record.value, record.headers, _MOST_BYTES)
        if isinstance(event, Rejection) or not carries(event, EntryFiled, EntryCorrected):
            continue
        body: EntryBody = event.data
        if backtest.first <= body.entry_date <= backtest.last:
            yield body
