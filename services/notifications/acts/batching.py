"""Batches of letters for a print shop: opened by people or by the schedule, made by a job, ready once and for good.

A letter is in one batch. Its bytes go into the store of files first, then its row is written, with the line in its
ledger; a run that is cut off leaves a batch that is being made, and the next one goes on behind its last row. What
cannot be printed is set aside with a reason, and the others go on.
"""

import asyncio
import csv
import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

import orjson
import structlog

from services.notifications.acts.letters import matter_of_center
from services.notifications.acts.typesetting import LetterRules, typeset
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.letters import why_set_aside
from services.notifications.store import letters as store
from services.notifications.store.letters import (
    Batch,
    BatchedLetter,
    PrintedLetter,
    SetAsideLetter,
    WaitingLetter,
)
from shared.customs.calendar import EASTERN, legal_date
from shared.customs.centers import centers
from shared.customs.postal import MOST_LINES
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import Connections, Transaction, reading, transaction
from shared.files.depot import Depot
from shared.runtime.access import demand
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.runtime.slices import describe

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MOST_IN_BATCH: Final = 2000
"""Letters of one batch: a box of paper, and a file that a print shop can take. The rest waits for the next one."""
AT_ONCE: Final = 25
"""Letters that are written in one transaction."""

_SCHEDULE: Final = "schedule"
_BEGIN: Final = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_SPOOL: Final = 16_777_216


@dataclass(frozen=True, slots=True)
class BatchRules:
    """How batches are made: the letters' own rules, and the hour in Eastern time at which the schedule opens them."""

    letters: LetterRules
    hour: int | None


async def open_batch(
    tx: Transaction, caller: Identity, call: IdempotentCall, center: str | None, depot: Depot, now: datetime
) -> Batch:
    """Ask for a batch of all letters of a Center, or of none, that wait; the job makes it.

    Raises `Refused` for a Center that there is none of, `Forbidden` for one that is not the caller's, `Conflict` while
    another is being made, when no letter waits, and where there is no store of files.
    """
    if center is not None and center not in centers():
        raise Refused(
            f"{center} is not a Center.",
            rule="center-exists",
            code="unknown-center",
            remedy="Take a code from GET /centers of routing, or null for letters of no Center.",
        )
    today = legal_date(now)
    authority = demand(caller, "letter.batch", today, matter_of_center(center), f"letters of {center or 'no Center'}")
    if not depot.is_open:
        raise Conflict(
            "There is no store of files, into which letters could be put.",
            rule="letter-batch-store",
            code="not-possible",
            remedy="An operator sets CENTERLINE_FILES_URL; GET /notices/{id}/letter.pdf gives each letter alone.",
        )
    if not await store.is_any_waiting(tx.connection, center):
        raise Conflict(
            "No letter waits for a batch.",
            rule="letter-waits",
            code="not-possible",
            remedy="GET /letters lists those that are to be mailed; those in a batch name it.",
        )
    batch = Batch(
        batch_id=UUID(event_id("letter-batch", call.identity, call.key)),
        center=center,
        state="making",
        is_scheduled=False,
        opened_on=today,
        opened_at=now,
        opened_by=caller.subject,
        authority=authority,
    )
    if not await store.open_batch(tx, batch):
        raise Conflict(
            "A batch of this Center is being made.",
            rule="letter-batch-one",
            code="not-possible",
            remedy="What waits now goes into it; GET /letter-batches says when it is ready.",
        )
    return batch


async def open_scheduled(database: Connections, rules: BatchRules, now: datetime) -> int:
    """Open the batches of the day, one for each Center whose letters wait, once its hour has come; gives how many."""
    if rules.hour is None or now.astimezone(EASTERN).hour < rules.hour:
        return 0
    today = legal_date(now)
    opened = 0
    async with transaction(database) as tx:
        for center in await store.list_centers_waiting(tx, today, MOST_IN_BATCH):
            batch = Batch(
                batch_id=UUID(event_id("letter-batch", _SCHEDULE, center or "", now.isoformat())),
                center=center,
                state="making",
                is_scheduled=True,
                opened_on=today,
                opened_at=now,
                opened_by=_SCHEDULE,
                authority=_SCHEDULE,
            )
            opened += await store.open_batch(tx, batch)
    return opened


async def make_batches(database: Connections, depot: Depot, rules: BatchRules, clock: Clock) -> int:
    """Make every batch that is under way; gives how many are ready now."""
    async with reading(database) as connection:
        batches = await store.list_being_made(connection)
    for batch in batches:
        await _make(database, depot, rules.letters, clock, batch)
    return len(batches)


async def _make(database: Connections, depot: Depot, rules: LetterRules, clock: Clock, batch: Batch) -> None:
    after = _BEGIN
    set_aside = 0
    while True:
        async with transaction(database) as tx:
            room = MOST_IN_BATCH - await store.count_letters(tx.connection, batch.batch_id)
            waiting = await store.list_waiting(tx, batch.center, after, min(AT_ONCE, room)) if room > 0 else []
        if not waiting:
            break
        after = (waiting[-1].queued_at, waiting[-1].notice.notice_id)
        printed, aside = await _print(waiting, depot, rules)
        now = clock.now()
        async with transaction(database) as tx:
            if not await store.lock_being_made(tx, batch.batch_id):
                return  # somebody else has made it
            await store.add_letters(tx, batch.batch_id, printed, now)
            await store.set_aside(tx, aside, now)
        set_aside += len(aside)
    await _close(database, depot, clock, batch, set_aside)


async def _print(
    waiting: Sequence[WaitingLetter], depot: Depot, rules: LetterRules
) -> tuple[list[PrintedLetter], list[SetAsideLetter]]:
    """Letters whose bytes are in the store, and those that cannot go out, each with why."""
    printed: list[PrintedLetter] = []
    aside: list[SetAsideLetter] = []
    for letter in waiting:
        why = why_set_aside(letter.addressee)
        made = None
        if why is None:
            try:
                made = await asyncio.to_thread(typeset, letter.notice, letter.addressee, rules)
            except Exception as error:
                log.error("letter_not_typeset", key=letter.key, exc_info=error)
                why = ("not-typeset", describe(error))
        if made is not None:
            await depot.put(made.sha256, io.BytesIO(made.pdf))
            printed.append(
                PrintedLetter(
                    notice_id=letter.notice.notice_id,
                    recipient_role=letter.recipient_role,
                    language=made.language,
                    address=made.address,
                    pages=made.pages,
                    size_bytes=len(made.pdf),
                    sha256=made.sha256,
                )
            )
        elif why is not None:
            aside.append(SetAsideLetter(letter.notice.notice_id, letter.recipient_role, *why, letter.account))
    return printed, aside


async def _close(database: Connections, depot: Depot, clock: Clock, batch: Batch, set_aside: int) -> None:
    """Put manifest and archive into the store, and say that the batch is ready."""
    async with reading(database) as connection:
        letters = await store.list_batched(connection, batch.batch_id)
    manifest = manifest_json(batch, letters)
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
        file = cast("BinaryIO", spool)
        await _archive(file, letters, manifest, depot)
        size = spool.tell()
        digest = await asyncio.to_thread(_digest, file)
        await depot.put(digest, file)
    await depot.put(sha256(manifest).digest(), io.BytesIO(manifest))
    async with transaction(database) as tx:
        await store.close_batch(
            tx,
            batch,
            letters_in=len(letters),
            pages=sum(each.pages for each in letters),
            set_aside_by=set_aside,
            manifest_sha256=sha256(manifest).digest(),
            archive_sha256=digest,
            archive_bytes=size,
            now=clock.now(),
        )
    log.info("letter_batch_ready", batch=str(batch.batch_id), letters=len(letters), set_aside=set_aside)


async def _archive(file: BinaryIO, letters: Sequence[BatchedLetter], manifest: bytes, depot: Depot) -> None:
    """A ZIP of manifest and letters, the same bytes each time: no times, no compression that a version may change."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry("manifest.json"), manifest)
        archive.writestr(_entry("manifest.csv"), manifest_csv(letters))
        for letter in letters:
            content = b"".join([piece async for piece in await depot.open(letter.sha256)])
            await asyncio.to_thread(archive.writestr, _entry(file_name(letter)), content)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_TIME)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def _digest(file: BinaryIO) -> bytes:
    file.seek(0)
    digest = sha256()
    while piece := file.read(1_048_576):
        digest.update(piece)
    return digest.digest()


def file_name(letter: BatchedLetter) -> str:
    """The name of a letter's file in its batch: its place, and the number of its notice."""
    return f"{letter.position:04d}-{letter.kind}-{letter.notice_id}.pdf"


_COLUMNS: Final[tuple[tuple[str, Callable[[BatchedLetter], Any]], ...]] = (
    ("position", lambda letter: letter.position),
    ("number", lambda letter: str(letter.notice_id)),
    ("kind", lambda letter: letter.kind),
    ("notice", lambda letter: CATALOGUE[letter.kind].name),
    ("issued_on", lambda letter: letter.issued_on.isoformat()),
    ("language", lambda letter: letter.language),
    ("file", file_name),
    ("pages", lambda letter: letter.pages),
    ("bytes", lambda letter: letter.size_bytes),
    ("sha256", lambda letter: letter.sha256.hex()),
)


def manifest_json(batch: Batch, letters: Sequence[BatchedLetter]) -> bytes:
    """What is in a batch, as JSON."""
    rows = [{name: read(each) for name, read in _COLUMNS} | {"address": list(each.address)} for each in letters]
    return orjson.dumps(
        {
            "batch_id": str(batch.batch_id),
            "center": batch.center,
            "opened_at": batch.opened_at.isoformat(),
            "letters": rows,
            "pages": sum(each.pages for each in letters),
        },
        option=orjson.OPT_INDENT_2,
    )


def manifest_csv(letters: Sequence[BatchedLetter]) -> str:
    """What is in a batch, as a table: the address in a column for each of its lines."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([*(name for name, _ in _COLUMNS), *(f"address_{line}" for line in range(1, MOST_LINES + 1))])
    for letter in letters:
        lines = (*letter.address, *[""] * (MOST_LINES - len(letter.address)))
        table.writerow([*(read(letter) for _, read in _COLUMNS), *lines])
    return text.getvalue()
