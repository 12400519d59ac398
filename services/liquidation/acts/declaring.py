"""Declarations to programs: a file kept row by row and resumed where it broke off, or one event; then judged."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.programs import closed, find_asked_for
from services.liquidation.domain.program.rows import GIVEN, read_number
from services.liquidation.store import declarations as store
from services.liquidation.store import programs as program_store
from services.liquidation.store.declarations import Declaration, DeclaredRow
from services.liquidation.store.programs import Revision
from shared.contracts.envelope import Event
from shared.contracts.post_entry import PostEntryFiled
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.runtime.logging import mask_importer_numbers

CHUNK_ROWS: Final = 1_000
"""Rows in one transaction: what is read again when a send breaks off."""
JUDGED_AT_ONCE: Final = 10_000
"""A declaration of so many rows is judged before its answer; a longer one by the job."""
_RULE: Final = "refund-declaration"


class FileRow(NamedTuple):
    """A row of the file as it was sent, and the cell that is to be an entry number. Rows count from 1."""

    number: int
    text: str
    cell: str


@dataclass(frozen=True, slots=True)
class Declarant:
    """Who asks, and for whom: the importers and the filer that the caller speaks for."""

    caller: Identity
    importers: frozenset[str]
    filer_code: str | None


def declarant_of(caller: Identity) -> Declarant:
    """A declarant with what the token names."""
    return Declarant(caller, frozenset(caller.importer_numbers), caller.filer_code)


def name_declaration(program: str, caller: Identity, key: str) -> str:
    """The id of the declaration that a call sends: the same when it is sent again."""
    return event_id("refund-declaration", program, caller.subject, key)


async def declare_file(
    engine: AsyncEngine,
    clock: Clock,
    declarant: Declarant,
    program: str,
    declaration_id: str,
    form: str,
    rows: AsyncIterator[FileRow],
    *,
    is_certified: bool,
) -> Declaration:
    """Keep the rows of a file behind those that this declaration has already; only the whole file is judged.

    A file is received when its first byte is, and nothing of one that is refused is kept. Raises `Conflict`
    (program-closed), `Refused` (not-certified, too-many-rows, empty, nobody-here, or another file under the same key),
    and whatever `rows` raises where the file cannot be read further.
    """
    now = clock.now()
    async with transaction(engine) as tx:
        in_force = await find_asked_for(tx, program)
        known = await store.find_declaration(tx, declaration_id)
        if known is None:
            _demand_open(in_force, now)
            if not is_certified:
                raise not_certified()
        begun = await store.begin_declaration(
            tx, _new(declaration_id, program, "upload", form, now, declarant, in_force)
        )
    sending = _Sending(engine, clock, begun, in_force.rules.declaring.max_rows)
    try:
        async for row in rows:
            await sending.take(row)
        await sending.end()
    except Refused as refused:
        if refused.code in _DISMISSED and not sending.is_finished:
            async with transaction(engine) as tx:
                await store.drop_declaration(tx, declaration_id)
        raise
    async with transaction(engine) as tx:
        found = await store.find_declaration(tx, declaration_id)
    assert found is not None  # kept above
    return found


class _Sending:
    """A file on its way: what was kept before is compared, what is new is kept a thousand rows at a time."""

    def __init__(self, engine: AsyncEngine, clock: Clock, begun: Declaration, most: int) -> None:
        self._engine, self._clock, self._begun, self._most = engine, clock, begun, most
        self._digest = blake2b(digest_size=16)
        self._chunk: list[FileRow] = []
        self._number, self._next_row = 0, begun.next_row
        self.is_finished = begun.state != "open"

    async def take(self, row: FileRow) -> None:
        """Compare a row that is kept already, or keep it."""
        if row.number == self._begun.next_row:
            self._demand_same()
            if self.is_finished:
                raise _other_file()
        if row.number > self._most:
            raise _too_many(self._most)
        self._number = row.number
        self._digest.update(row.text.encode("utf-8", "surrogatepass"))
        if row.number >= self._begun.next_row:
            self._chunk.append(row)
            if len(self._chunk) == CHUNK_ROWS:
                await self._keep()

    async def end(self) -> None:
        """The file has come to its end: what is left is kept, and the declaration is closed."""
        if self._number == 0:
            raise _empty()
        if self._number < self._begun.next_row:
            if self._number + 1 < self._begun.next_row:
                raise _other_file()
            self._demand_same()
        if self._chunk:
            await self._keep()
        if self.is_finished:
            return
        async with transaction(self._engine) as tx:
            if await store.is_nobody_here(tx, self._begun):
                raise _nobody()
            closing = self._begun.declaration_id, self._next_row, self._clock.now()
            if not await store.close_declaration(tx, *closing):
                raise _sent_elsewhere()

    async def _keep(self) -> None:
        async with transaction(self._engine) as tx:
            cells = [(row.number, row.cell) for row in self._chunk]
            rows = await _read_rows(tx, self._begun.declaration_id, cells)
            if not await store.add_rows(tx, self._begun, rows, self._digest.digest(), self._clock.now()):
                raise _sent_elsewhere()
        self._next_row = self._chunk[-1].number + 1
        self._chunk = []

    def _demand_same(self) -> None:
        if self._begun.next_row > 1 and self._begun.content_digest != self._digest.digest():
            raise _other_file()


_DISMISSED: Final = frozenset({"declaration-empty", "unreadable", "no-entry-column", "too-many-rows", "nobody-here"})
"""Reasons for which nothing of a file is kept."""


def read_cells(cells: Sequence[tuple[int, str]]) -> list[DeclaredRow]:
    """Rows with their entry numbers, or what is wrong; the second of two rows for one entry is a repetition."""
    rows, seen = [], set()
    for row, cell in cells:
        number, code = read_number(cell)
        if number is None:
            rows.append(DeclaredRow(row, None, mask_importer_numbers(_printable(cell))[:GIVEN], code))
            continue
        rows.append(DeclaredRow(row, number, None, "repeated" if number in seen else None))
        seen.add(number)
    return rows


async def _read_rows(tx: Transaction, declaration_id: str, cells: Sequence[tuple[int, str]]) -> list[DeclaredRow]:
    """Rows as `read_cells` gives them, repetitions of rows that the declaration has already among them."""
    rows = read_cells(cells)
    named = sorted({row.entry_number for row in rows if row.entry_number is not None})
    known = await store.list_known_rows(tx, declaration_id, named)
    return [row._replace(code="repeated") if row.entry_number in known else row for row in rows]


def _printable(cell: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in cell[: GIVEN * 2])


async def declare_by_event(tx: Transaction, events: Sequence[Event[PostEntryFiled]], now: datetime) -> set[str]:
    """Keep declarations that came as events; gives the entries to be judged at once, long ones are left to the job.

    One that cannot be taken is kept with the reason: the program takes none on its day, or nobody certified it.
    """
    asked: set[str] = set()
    for event in sorted(events, key=lambda each: (each.time, each.source, each.id)):
        data = event.data
        if await store.find_declaration(tx, data.filing_number) is not None:
            continue
        program = data.body.get("program")
        code = await _find_refusal(tx, program, data)
        filer = data.filed_by.id[:3] if data.filed_by.role in ("broker", "filer") else None
        importers = [data.importer_number] if filer is None else []
        declaration = Declaration(
            data.filing_number,
            program if isinstance(program, str) else "",
            "event",
            "event",
            "refused" if code is not None else "judging",
            code,
            1 if code is not None else len(data.entries) + 1,
            b"",
            data.received_at,
            now,
            importers,
            filer,
            data.filed_by.id,
            None,
        )
        await store.begin_declaration(tx, declaration)
        if code is None:
            rows = await _read_rows(tx, data.filing_number, list(enumerate(data.entries, 1)))
            await store.write_rows(tx, data.filing_number, declaration.program, rows)
            if len(rows) <= CHUNK_ROWS:
                asked |= set(data.entries)
    return asked


async def _find_refusal(tx: Transaction, program: object, data: PostEntryFiled) -> str | None:
    in_force = await program_store.find_released(tx.connection, program) if isinstance(program, str) else None
    if in_force is None or not in_force.rules.declaring.is_open(legal_date(data.received_at)):
        return "program-closed"
    if not in_force.rules.is_asked_for:
        return "program-takes-itself"
    if not data.entries:
        return "declaration-empty"
    if len(data.entries) > in_force.rules.declaring.max_rows:
        return "too-many-rows"
    return None if data.body.get("certified") is True else "not-certified"


async def withdraw_requests(
    tx: Transaction,
    now: datetime,
    program: str,
    declaration_id: str,
    entry_numbers: Sequence[str] | None,
    declarant: Declarant,
) -> list[str]:
    """Take back the requests for some entries of a declaration, or for all; gives the entries.

    Corrections filed from now on are taken again. Raises `Conflict` for entries that are posted: what is posted is
    protested. Whose declaration it is not learns nothing of it.
    """
    found = await find_own(tx, program, declaration_id, declarant)
    if posted := await store.find_posted(tx, found.declaration_id, entry_numbers):
        raise Conflict(
            f"Posted already: {', '.join(posted)}.",
            rule=_RULE,
            code="declaration-posted",
            remedy="Withdraw the others; against what is posted, protest within 180 days (19 USC 1514).",
        )
    withdrawn = await store.withdraw(tx, declaration_id, entry_numbers, now)
    missing = sorted(set(entry_numbers or ()) - set(withdrawn))
    if missing:
        raise NotFound(
            f"The declaration has no request that stands for {', '.join(missing[:10])}.",
            remedy="GET …/results lists its rows.",
        )
    return withdrawn


async def find_own(tx: Transaction, program: str, declaration_id: str, declarant: Declarant) -> Declaration:
    """A declaration that the caller made, or that was made for whom the caller speaks; raises `NotFound`."""
    found = await store.find_declaration(tx, declaration_id)
    if found is None or found.program != program or not is_own(found, declarant):
        raise no_declaration(declaration_id)
    return found


def is_own(found: Declaration, declarant: Declarant) -> bool:
    """Whether a declaration was made by the caller, or for an importer or filer that the caller speaks for."""
    return (
        found.made_by == declarant.caller.subject
        or not declarant.importers.isdisjoint(found.importers)
        or (found.filer_code is not None and found.filer_code == declarant.filer_code)
    )


def no_declaration(declaration_id: str) -> NotFound:
    """There is no such declaration that the caller may read; to be raised."""
    return NotFound(
        f"There is no declaration {declaration_id}.", remedy="POST /programs/{code}/declarations answers with its id."
    )


def _new(
    declaration_id: str,
    program: str,
    door: str,
    form: str,
    now: datetime,
    declarant: Declarant,
    in_force: Revision,
) -> Declaration:
    by = in_force.rules.declaring.by
    return Declaration(
        declaration_id,
        program,
        "upload" if door == "upload" else "event",
        form,
        "open",
        None,
        1,
        b"",
        now,
        now,
        sorted(declarant.importers) if "importer" in by else [],
        declarant.filer_code if "filer-of-entry" in by else None,
        declarant.caller.subject,
        declarant.caller.acting_for,
    )


def _demand_open(in_force: Revision, now: datetime) -> None:
    declaring = in_force.rules.declaring
    if not declaring.is_open(legal_date(now)):
        until = f" to {declaring.until}" if declaring.until is not None else ""
        raise closed(in_force.program, f"it takes them from {declaring.since}{until}")


def _empty() -> Refused:
    return _refused("declaration-empty", "The file has no row.", "Send an entry number on each row.")


def not_certified() -> Refused:
    """Nobody certified the declaration; to be raised."""
    return _refused(
        "not-certified",
        "The declaration is not certified.",
        "Send certified=true: the entries are the importer's, or you filed them, and they may be reliquidated.",
    )


def _too_many(most: int) -> Refused:
    return _refused(
        "too-many-rows",
        f"The file has more than {most} rows.",
        "Send several files, each with a key of its own. Nothing of this one was stored.",
    )


def _nobody() -> Refused:
    return _refused(
        "nobody-here",
        "You are importer or filer of not one entry of the file.",
        "Sign in for the importer, or as the filer of the entries. Nothing of this file was stored.",
    )


def _refused(code: str, detail: str, remedy: str) -> Refused:
    return Refused(detail, rule=_RULE, code=code, remedy=remedy)


def _other_file() -> Refused:
    return Refused(
        "The Idempotency-Key was used before, for another file.",
        rule="idempotency-key",
        code="idempotency-key-reused",
        remedy="Take a new key for a new file; send a file that broke off with its own key, unchanged.",
    )


def _sent_elsewhere() -> Conflict:
    return Conflict(
        "The same declaration is under way in another call.",
        rule="one-sender",
        code="declaration-under-way",
        remedy="Wait for that call, and send again what is left.",
    )
