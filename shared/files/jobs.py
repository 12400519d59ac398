"""What runs by itself for files: scans that could not be made at once, and bytes that no row came to name."""

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from shared.db.transaction import Connections, reading, transaction
from shared.files import store
from shared.files.depot import Depot
from shared.files.file import File
from shared.files.scan import Found
from shared.runtime.platform import Job, Platform
from shared.runtime.slices import JobSession

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

ORPHAN_AGE: Final = timedelta(days=2)
"""Bytes that no row names are swept when they are older: long after any call that wrote them has ended."""

_AT_ONCE: Final = 50
_SPOOL: Final = 1_048_576


def file_jobs(platform: Platform, depot: Depot) -> Sequence[Job]:
    """The jobs of a service that takes files."""

    async def scan_files(session: JobSession) -> None:
        if depot.scanner.scans and depot.is_open:
            await scan_unscanned(session, depot, platform.clock.now())

    async def sweep_files(session: JobSession) -> None:
        if depot.is_open:
            await sweep_orphans(session, depot, platform.clock.now() - ORPHAN_AGE)

    return (
        Job("scan-files", timedelta(minutes=1), scan_files),
        Job("sweep-files", timedelta(days=1), sweep_files),
    )


async def scan_unscanned(session: Connections, depot: Depot, now: datetime) -> int:
    """Scan what was not scanned when it came; gives how many files are known to be clean or infected now."""
    known = 0
    after: UUID | None = None
    while True:
        async with reading(session) as connection:
            files = await store.list_unscanned(connection, after, _AT_ONCE)
        for file in files:
            found = await _scan(depot, file)
            if found.scan == "received":
                return known  # the scanner is away: the others meet the same
            known += 1
            async with transaction(session) as tx:
                await store.write_scan(tx, file.file_id, found, now)
            if found.scan == "infected":
                log.warning("file_infected", file_id=str(file.file_id), found=found.detail)
        if len(files) < _AT_ONCE:
            return known
        after = files[-1].file_id


async def _scan(depot: Depot, file: File) -> Found:
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
        async for piece in await depot.open(file.sha256):
            spool.write(piece)
        return await depot.scanner.scan(spool)  # type: ignore[arg-type]  # typeshed: not a BinaryIO, though it is one


async def sweep_orphans(session: Connections, depot: Depot, before: datetime) -> int:
    """Drop bytes that were written before a time and that no row names; gives how many.

    Each is looked at again under its lock, since a call that adds the same content takes that too.
    """
    swept = 0
    async for page in depot.list():
        old = {each.sha256 for each in page if each.written_at < before}
        if not old:
            continue
        async with reading(session) as connection:
            named = await store.find_named(connection, old)
        for sha256 in sorted(old - named):
            async with transaction(session) as tx:
                await store.lock_content(tx, sha256)
                if not await store.find_named(tx.connection, [sha256]):
                    await depot.delete(sha256)
                    swept += 1
    if swept:
        log.info("orphans_swept", files=swept)
    return swept
