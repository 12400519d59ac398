"""Declarations to programs: a file kept row by row and resumed where it broke off, or one event; then judged."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.programs import closed, find_asked_for
from services.liquidation.domain.program.rows import GIVEN, read_number
from services.liquidation.store import declarations as store
from services.liquidation.store import programs as program_store
from services.liquidation.store.declarations import DECLARATION_ID, ROLL, Declaration, DeclaredRow, Sight
from services.liquidation.store.programs import Revision
from shared.contracts.envelope import Event
from shared.contracts.post_entry import PostEntryFiled
from shared.customs.calendar import legal_date
from shared.customs.filers import filer_of
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
_NAME: Final = re.compile(DECLARATION_ID)


class FileRow(NamedTuple):
    """A row of the file as it was sent, and the cell that is to be an entry number. Rows count from 1.

    The text is for the digest alone, and no row's is held when the next one comes.
    """

    number: int
    text: str
    cell: str


@dataclass(frozen=True, slots=True)
class Declarant:
    """Who asks, and for whom: the importers and the filer that the caller speaks for."""

    caller: Identity
    importers: frozenset[str]
    filer_code: str | None

    @property
    def subject(self) -> str:
        """The caller's name."""
        return self.caller.subject


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

    A file is received when its first byte is, and nothing of one that is refused at once is kept; of one that broke off
    what was kept stays, whatever is sent under its key afterwards. Raises `Conflict`
    (program-closed), `Refused` (not-certified, too-many-rows, empty, nobody-here, or another file under the same key),
    and whatever `rows` raises where the file cannot be read further.
    """
    now = clock.now()
    async with transaction(engine) as tx:
        in_force = await find_asked_for(tx, program)
        known = await store.find_declaration(tx, declaration_id)
        if known is None:
            demand_open(in_force, now)
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
        # What an earlier call has kept was received then: a resend that is refused takes nothing of it away.
        if refused.code in _DISMISSED and known is None:
            async with transaction(engine) as tx:
                await store.drop_declaration(tx, declaration_id, sending.next_row)
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
        self._chunk: list[tuple[int, str]] = []
        self._number, self.next_row = 0, begun.next_row
        self.is_finished = begun.state != "open"

    async def take(self, row: FileRow) -> None:
        """Compare a row that is kept already, or keep it."""
        if row.number == self._begun.next_row:
            self._demand_same()
            if self.is_finished:
                raise _other_file()
        if row.number > self._most:
            raise too_many(self._most)
        self._number = row.number
        self._digest.update(row.text.encode("utf-8", "surrogatepass"))
        if row.number >= self._begun.next_row:
            self._chunk.append((row.number, row.cell))
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
            closing = self._begun.declaration_id, self.next_row, self._clock.now()
            if not await store.close_declaration(tx, *closing):
                raise _sent_elsewhere()

    async def _keep(self) -> None:
        async with transaction(self._engine) as tx:
            rows = await _read_rows(tx, self._begun.declaration_id, self._chunk)
            if not await store.add_rows(tx, self._begun, rows, self._digest.digest(), self._clock.now()):
                raise _sent_elsewhere()
        self.next_row = self._chunk[-1][0] + 1
        self._chunk = []

    def _demand_same(self) -> None:
        if self._begun.next_row > 1 and self._begun.content_digest != self._digest.digest():
            raise _other_file()


_DISMISSED: Final = frozenset({"declaration-empty", "unreadable", "no-entry-column", "too-many-rows", "nobody-here"})
"""Reasons for which nothing of a file that nobody sent before is kept."""


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

    One that cannot be taken is kept with the reason: the program takes none on its day, nobody certified it, or the
    filer that it names is not the one who sent it. A filing number is its declarant's: under one that another took,
    or that can be no id of a declaration, the declaration has an id of its own. Statements go by programs and not by
    events.
    """
    ordered = sorted(events, key=lambda each: (each.time, each.source, each.id))
    names = {event.data.filing_number for event in ordered} | set(map(_own_name, ordered))
    kept = await store.find_declarations(tx, sorted(names))
    codes = {code for event in ordered if isinstance(code := event.data.body.get("program"), str)}
    in_force = {code: await program_store.find_released(tx.connection, code) for code in sorted(codes)}
    new: list[tuple[Declaration, list[DeclaredRow]]] = []
    for event in ordered:
        declaration = _declaration_of(event, in_force, now)
        held = kept.get(declaration.declaration_id)
        if held is not None and not _is_same(held, declaration):
            declaration = replace(declaration, declaration_id=_own_name(event))
            held = kept.get(declaration.declaration_id)
        if held is not None:
            continue
        kept[declaration.declaration_id] = declaration
        cells = list(enumerate(event.data.entries, 1)) if declaration.code is None else []
        new.append((declaration, read_cells(cells)))
    await store.begin_declarations(tx, [declaration for declaration, _ in new])
    await store.write_rows(tx, new)
    asked: set[str] = set()
    for _, rows in new:
        numbers = {row.entry_number for row in rows if row.entry_number is not None}
        if len(asked) + len(numbers) <= CHUNK_ROWS:
            asked |= numbers
    return asked


def _own_name(event: Event[PostEntryFiled]) -> str:
    """The id of a declaration that cannot have its filing number: another declarant's has it, or it is none."""
    data = event.data
    return event_id("refund-declaration", event.source, data.filed_by.id, data.importer_number, data.filing_number)


def _is_name(filing_number: str) -> bool:
    """Whether a declaration may have a filing number as its id: it stands in a path, and rolls are not anybody's."""
    return _NAME.fullmatch(filing_number) is not None and not filing_number.startswith((ROLL, "."))


def _is_same(held: Declaration, declared: Declaration) -> bool:
    """Whether two declarations of one number are of the same declarant: then the second repeats the first."""
    return (held.made_by, list(held.importers), held.filer_code) == (
        declared.made_by,
        list(declared.importers),
        declared.filer_code,
    )


def _declaration_of(
    event: Event[PostEntryFiled], in_force: Mapping[str, Revision | None], now: datetime
) -> Declaration:
    data, program = event.data, event.data.body.get("program")
    is_filer = data.filed_by.role in ("broker", "filer")
    code = _find_refusal(in_force.get(program) if isinstance(program, str) else None, data)
    if code is None and is_filer and not _is_sender(event):
        code = "not-the-sender"
    return Declaration(
        data.filing_number if _is_name(data.filing_number) else _own_name(event),
        program if isinstance(program, str) else "",
        "event",
        "event",
        "refused" if code is not None else "judging",
        code,
        1 if code is not None else len(data.entries) + 1,
        b"",
        data.received_at,
        now,
        [] if is_filer else [data.importer_number],
        data.filed_by.id[:3] if is_filer else None,
        data.filed_by.id,
        None,
    )


def _is_sender(event: Event[PostEntryFiled]) -> bool:
    """Whether a filer asks under its own name: `source` says whose system sent it, as POST /events demands."""
    return filer_of(event.source) in (None, event.data.filed_by.id[:3])


def _find_refusal(in_force: Revision | None, data: PostEntryFiled) -> str | None:
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
    """Take back the requests for some entries of a declaration, or for all that are the caller's; gives the entries.

    Corrections filed from now on are taken again. Raises `Conflict` for entries that are posted: what is posted is
    protested. Whose declaration it is not learns nothing of it.
    """
    found, sight = await find_own(tx, program, declaration_id, declarant)
    if posted := await store.find_posted(tx, found, entry_numbers, sight):
        raise Conflict(
            f"Posted already: {', '.join(posted)}.",
            rule=_RULE,
            code="declaration-posted",
            remedy="Withdraw the others; against what is posted, protest within 180 days (19 USC 1514).",
        )
    withdrawn = await store.withdraw(tx, found, entry_numbers, now, sight)
    missing = sorted(set(entry_numbers or ()) - set(withdrawn))
    if missing:
        raise NotFound(
            f"The declaration has no request that stands for {', '.join(missing[:10])}.",
            remedy="GET …/results lists its rows.",
        )
    return withdrawn


async def find_own(
    tx: Transaction, program: str, declaration_id: str, declarant: Declarant
) -> tuple[Declaration, Sight]:
    """A declaration of the caller's, and which rows of it are; raises `NotFound`."""
    found = await store.find_declaration(tx, declaration_id)
    sight = sight_of(found, declarant) if found is not None and found.program == program else None
    if found is None or sight is None:
        raise no_declaration(declaration_id)
    return found, sight


def sight_of(found: Declaration, declarant: Declarant) -> Sight | None:
    """Which rows of a declaration are the caller's: all to whoever speaks for everybody it was made for.

    A declaration may be for several importers. Who speaks for some of them sees the rows of these, and so does who made
    it and has lost a client since. None: it is no declaration of the caller's.
    """
    is_filer = found.filer_code is not None and found.filer_code == declarant.filer_code
    is_shared = is_filer or not declarant.importers.isdisjoint(found.importers)
    if not is_shared and found.made_by != declarant.caller.subject:
        return None
    is_whole = declarant.importers.issuperset(found.importers) and (found.filer_code is None or is_filer)
    return Sight(is_whole, tuple(sorted(declarant.importers)), declarant.filer_code)


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


def demand_open(in_force: Revision, now: datetime) -> None:
    """Raise `Conflict` (program-closed) unless a program takes declarations on this day."""
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


def too_many(most: int) -> Refused:
    """The file is longer than the program takes; to be raised."""
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
