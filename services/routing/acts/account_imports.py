"""Imports of importer accounts: a file applied chunk by chunk, resumed where it broke off."""

from collections.abc import AsyncIterator, Callable, Mapping
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.acts.accounts import Registration, open_registration
from services.routing.domain.account_imports import Fault, Format, Row
from services.routing.domain.accounts import GivenAccount
from services.routing.store import account_imports as store
from services.routing.store.account_imports import AccountImport, RowResult
from shared.customs.importer_number import InvalidImporterNumber, parse_importer_number
from shared.db.transaction import transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity

CHUNK_ROWS: Final = 1_000
"""Rows in one transaction: what is lost and read again when a send breaks off."""

ReadAccount = Callable[[Mapping[str, Any]], GivenAccount | Fault]
"""Reads the account of a row, or says what is wrong with it."""


async def import_accounts(
    engine: AsyncEngine,
    clock: Clock,
    caller: Identity,
    import_id: str,
    form: Format,
    rows: AsyncIterator[Row],
    read: ReadAccount,
) -> None:
    """Apply the rows of a file behind those that this import has applied already; only those are read as accounts.

    Each chunk is one transaction with the import's progress, so a row is applied once, whatever breaks off when.
    Raises `Refused` when the beginning is not what was sent before, `Conflict` when somebody else sends the same file
    at the same time, and whatever `rows` raises where the file cannot be read further.
    """
    async with transaction(engine) as tx:
        known = await store.begin_import(
            tx, import_id, started_by=caller.subject, acting_for=caller.acting_for, form=form, now=clock.now()
        )
    is_finished = known.state == "finished"
    digest = blake2b(digest_size=16)
    next_row = known.next_row
    chunk: list[Row] = []
    number = 0
    async for row in rows:
        if row.number == known.next_row:
            _check_same_content(known, digest.digest())
            if is_finished:
                raise _other_content()
        number = row.number
        digest.update(row.text.encode())
        if number < known.next_row:
            continue
        chunk.append(row)
        if len(chunk) == CHUNK_ROWS:
            next_row = await _apply_chunk(engine, clock, caller, import_id, chunk, read, digest.digest())
            chunk = []
    if number < known.next_row:
        if number + 1 < known.next_row:
            raise _other_content()
        _check_same_content(known, digest.digest())
    if chunk:
        next_row = await _apply_chunk(engine, clock, caller, import_id, chunk, read, digest.digest())
    if not is_finished:
        async with transaction(engine) as tx:
            if not await store.finish_import(tx, import_id, next_row=next_row, now=clock.now()):
                raise _sent_elsewhere()


async def _apply_chunk(
    engine: AsyncEngine,
    clock: Clock,
    caller: Identity,
    import_id: str,
    chunk: list[Row],
    read: ReadAccount,
    digest: bytes,
) -> int:
    """Apply some rows in one transaction; gives the number of the row behind them."""
    given = [(row, row.content if isinstance(row.content, Fault) else read(row.content)) for row in chunk]
    next_row = chunk[-1].number + 1
    async with transaction(engine) as tx:
        now = clock.now()
        accounts = [account for _, account in given if isinstance(account, GivenAccount)]
        registration = await open_registration(tx, caller, accounts, reason=f"Import {import_id}.", now=now)
        results = [_register(registration, row, account) for row, account in given]
        assignments = await registration.write(tx)
        is_next = await store.advance_import(
            tx,
            import_id,
            results,
            assignments=assignments,
            next_row=next_row,
            content_digest=digest,
            now=now,
        )
        if not is_next:
            raise _sent_elsewhere()
    return next_row


def _register(registration: Registration, row: Row, account: GivenAccount | Fault) -> RowResult:
    if isinstance(account, Fault):
        return RowResult(row.number, _number_of(row), "refused", account.code, account.detail, account.remedy)
    try:
        done = registration.register(account, keeps_absent=True)
    except Refused as error:
        return RowResult(row.number, account.importer_number, "refused", error.code, error.detail, error.remedy)
    outcome = "updated" if done.outcome == "unchanged" and done.assigned else done.outcome
    return RowResult(row.number, account.importer_number, outcome)


def _number_of(row: Row) -> str | None:
    """The importer number of a row that has no account, None when it has none of the three shapes."""
    if isinstance(row.content, Fault):
        return None
    try:
        return parse_importer_number(str(row.content.get("importer_number", "")))
    except InvalidImporterNumber:
        return None


def _check_same_content(known: AccountImport, digest: bytes) -> None:
    if known.next_row > 1 and known.content_digest != digest:
        raise _other_content()


def _other_content() -> Refused:
    return Refused(
        "The Idempotency-Key was used before, for another file.",
        rule="idempotency-key",
        code="idempotency-key-reused",
        remedy="Take a new key for a new file; send a file that broke off with its own key, unchanged.",
    )


def _sent_elsewhere() -> Conflict:
    return Conflict(
        "The same import is under way in another call.",
        rule="one-sender",
        code="import-under-way",
        remedy="Wait for that call, look at GET /importers/imports/{import_id}, and send again what is left.",
    )
