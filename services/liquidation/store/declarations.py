"""Requests for entries of a program: declarations with their progress, their rows, and what becomes of each."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple, Protocol

from sqlalchemy.dialects.postgresql import insert

from services.liquidation.domain.facts import RefundLock
from services.liquidation.domain.program.judging import Answer, State
from services.liquidation.store.tables.programs import declarations, declared_entries
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.db.walks import Walk

DeclarationState = Literal["open", "judging", "judged", "refused"]

DECLARATION_ID: Final = "^[A-Za-z0-9._:-]{1,64}$"
"""What the id of a declaration is made of, which stands in paths."""
ROLL: Final = "roll:"
"""How the ids of rolls begin, on which programs put what they take by themselves; of nothing else."""

_LOCKS: Final = """
SELECT DISTINCT r.entry_number, r.program, r.declaration_id, r.locked_from, r.withdrawn_at FROM declared_entries r
WHERE r.entry_number = ANY($1::text[]) AND r.locked_from IS NOT NULL ORDER BY 1, 4, 3
"""
_DECLARED: Final = """
SELECT DISTINCT program, entry_number FROM declared_entries WHERE entry_number = ANY($1::text[]) ORDER BY 1, 2
"""
# By entry, never by declaration: each chunk of a long file would go through all of its rows.
_REQUESTS: Final = """
SELECT r.*, d.importers, d.filer_code,
    CASE WHEN r.offered_at IS NULL THEN d.received_at ELSE greatest(d.received_at,
        (SELECT min(v.filed_at) FROM entry_versions v WHERE v.entry_number = r.entry_number)) END AS received_at
FROM declared_entries r JOIN declarations d ON d.declaration_id = r.declaration_id || ''
WHERE r.entry_number = ANY($1::text[]) AND r.program = $2 AND r.code IS DISTINCT FROM 'repeated'
    AND d.state IN ('judging', 'judged')
ORDER BY r.entry_number, received_at, r.declaration_id, r.row_number FOR UPDATE OF r
"""
_JUDGED: Final = """
UPDATE declared_entries r SET state = given.state, code = given.code, cohort = given.cohort, act = given.act,
    writer = given.writer, removed_cents = given.removed_cents, notes = string_to_array(given.notes, ' '),
    last_day = given.last_day, earlier = given.earlier, locked_from = given.locked_from, revision = given.revision,
    judged_at = given.judged_at, due_on = given.due_on, act_by = given.act_by, looked_on = NULL
FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
    $9::text[], $10::date[], $11::text[], $12::timestamptz[], $13::integer[], $14::timestamptz[], $15::date[],
    $16::date[])
    AS given(declaration_id, row_number, state, code, cohort, act, writer, removed_cents, notes, last_day, earlier,
        locked_from, revision, judged_at, due_on, act_by)
WHERE r.declaration_id = given.declaration_id AND r.row_number = given.row_number
"""
_UNJUDGED: Final = """
SELECT row_number, entry_number FROM declared_entries
WHERE declaration_id = $1 AND state = 'read' ORDER BY row_number LIMIT $2
"""
_JUDGING: Final = """
SELECT declaration_id, program FROM declarations WHERE state = 'judging' ORDER BY received_at, declaration_id
"""
_FINISH: Final = """
UPDATE declarations SET state = 'judged', progressed_at = $2 WHERE declaration_id = $1 AND state = 'judging'
    AND NOT EXISTS (SELECT FROM declared_entries r WHERE r.declaration_id = $1 AND r.state = 'read')
"""
_COUNTS: Final = """
SELECT state, code, count(*) AS entries, sum(removed_cents)::bigint AS removed_cents
FROM declared_entries WHERE SCOPE GROUP BY state, code ORDER BY state, code
"""
# Of a declaration that others share: rows of entries of one's own. $W whole, $W+1 importers, $W+2 filer.
_SEEN: Final = """
({whole}::boolean OR left(entry_number, 3) = {filer}::text OR EXISTS (
    SELECT FROM entries mine WHERE mine.entry_number = declared_entries.entry_number
        AND mine.importer_number = ANY({importers}::text[])))
"""
# The last received first, along the index of the program; of a declarant those that `sight_of` shows some part of.
_DECLARATIONS: Final = """
SELECT * FROM declarations
WHERE program = $1 AND door <> 'program' AND ($2::timestamptz IS NULL OR (received_at, declaration_id) < ($2, $3::text))
    AND ($4::boolean OR importers && $5::text[] OR filer_code = $6::text OR made_by = $7::text)
ORDER BY received_at DESC, declaration_id DESC LIMIT $8
"""
_COUNTS_OF: Final = f"""
SELECT declaration_id, state, code, count(*) AS entries, sum(removed_cents)::bigint AS removed_cents
FROM declared_entries WHERE declaration_id = ANY($1::text[]) AND program = $5 AND {
    _SEEN.format(whole="(declaration_id = ANY($2::text[]))", importers="$3", filer="$4")
}
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_NOBODY: Final = """
SELECT NOT EXISTS (
    SELECT FROM declared_entries r LEFT JOIN entries e ON e.entry_number = r.entry_number
    WHERE r.declaration_id = $1 AND r.entry_number IS NOT NULL
        AND (e.importer_number IS NULL OR e.importer_number = ANY($2::text[]) OR left(r.entry_number, 3) = $3)
) AS is_nobody
"""
_RESULTS: Final = """
SELECT r.*, e.importer_number, e.surety_code, e.center FROM declared_entries r
LEFT JOIN entries e ON e.entry_number = r.entry_number
WHERE r.declaration_id = $1 AND r.program = $9 AND r.row_number > $2 AND ($3::text IS NULL OR r.code = $3)
    AND ($4::text IS NULL OR r.state = $4)
    AND ($6::boolean OR e.importer_number = ANY($7::text[]) OR left(r.entry_number, 3) = $8::text)
ORDER BY r.row_number LIMIT $5
"""
_OF_ENTRY: Final = """
SELECT r.*, e.importer_number, e.surety_code, e.center FROM declared_entries r
JOIN declarations d USING (declaration_id) LEFT JOIN entries e ON e.entry_number = r.entry_number
WHERE r.entry_number = $1 AND r.program = $2 ORDER BY d.received_at, r.declaration_id, r.row_number
"""
_WITHDRAW: Final = f"""
UPDATE declared_entries SET state = 'withdrawn', withdrawn_at = $3, code = NULL, notes = '{{}}', removed_cents = 0
WHERE declaration_id = $1 AND program = $7 AND state NOT IN ('posted', 'withdrawn') AND entry_number IS NOT NULL
    AND code IS DISTINCT FROM 'repeated' AND ($2::text[] IS NULL OR entry_number = ANY($2::text[]))
    AND {_SEEN.format(whole="$4", importers="$5", filer="$6")}
RETURNING entry_number
"""
_POSTED: Final = f"""
SELECT entry_number FROM declared_entries WHERE declaration_id = $1 AND program = $6 AND state = 'posted'
    AND ($2::text[] IS NULL OR entry_number = ANY($2::text[]))
    AND {_SEEN.format(whole="$3", importers="$4", filer="$5")} ORDER BY entry_number LIMIT 10
"""
_KNOWN_ROWS: Final = """
SELECT DISTINCT entry_number FROM declared_entries
WHERE entry_number = ANY($2::text[]) AND declaration_id || '' = $1
"""

REQUESTED: Final = Walk("declared-entries", ("declared_entries",), "entry_number", is_unique=False, size=1_000)
"""Entries that somebody asked for, in turn: what is not posted is judged again."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration and how far it has come: the rows before `next_row` are kept, `content_digest` is theirs.

    `importers` and `filer_code` are what the declarant speaks for; `code` says why a declaration by event is refused.
    """

    declaration_id: str
    program: str
    door: Literal["upload", "event", "program"]
    form: str
    state: DeclarationState
    code: str | None
    next_row: int
    content_digest: bytes
    received_at: datetime
    progressed_at: datetime
    importers: Sequence[str]
    filer_code: str | None
    made_by: str
    made_for: str | None

    @property
    def rows(self) -> int:
        """How many rows are kept."""
        return self.next_row - 1


@dataclass(frozen=True, slots=True)
class Sight:
    """Which rows of a declaration somebody sees: all, or those of entries of these importers or this filer."""

    is_whole: bool
    importers: tuple[str, ...] = ()
    filer_code: str | None = None

    @property
    def arguments(self) -> tuple[bool, list[str], str | None]:
        """As the statements take it."""
        return self.is_whole, list(self.importers), self.filer_code


WHOLE: Final = Sight(is_whole=True)


class DeclaredRow(NamedTuple):
    """A row as it was read: an entry number, or what is wrong with what came (`given`, shortened)."""

    row_number: int
    entry_number: str | None
    given: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A row of `declared_entries` with what decides whether its request may be made.

    Of what a program took by itself: since when (`offered_at`), and the importer's answer, if it did not decline. Of
    what is due: from which day a run takes it up, by which day the law has it acted on (None: none is known), and when
    a run last looked at it and could not post it.
    """

    declaration_id: str
    row_number: int
    program: str
    entry_number: str | None
    given: str | None
    state: State | Literal["read"]
    code: str | None
    cohort: str | None
    act: str | None
    writer: str | None
    removed_cents: int
    notes: tuple[str, ...]
    last_day: date | None
    earlier: str | None
    locked_from: datetime | None
    withdrawn_at: datetime | None
    revision: int | None
    judged_at: datetime | None
    answer: Answer | None = None
    answered_at: datetime | None = None
    offered_at: datetime | None = None
    due_on: date | None = None
    act_by: date | None = None
    looked_on: date | None = None
    received_at: datetime | None = None
    importers: tuple[str, ...] = ()
    filer_code: str | None = None
    importer_number: str | None = None
    surety_code: str | None = None
    center: str | None = None


class StateCount(NamedTuple):
    """How many rows are in a state, by code."""

    state: str
    code: str | None
    entries: int
    removed_cents: int


async def load_locks(tx: Transaction, entry_numbers: Sequence[str]) -> dict[str, list[RefundLock]]:
    """The refunds that let corrections of these entries wait; entries without one are absent."""
    found: defaultdict[str, list[RefundLock]] = defaultdict(list)
    if entry_numbers:
        for row in await bulk.fetch(tx, _LOCKS, list(entry_numbers)):
            lock = RefundLock(row["program"], row["declaration_id"], row["locked_from"], row["withdrawn_at"])
            found[row["entry_number"]].append(lock)
    return dict(found)


async def list_declared(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, list[str]]:
    """By program, which of these entries somebody asked for."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    if entry_numbers:
        for row in await bulk.fetch(tx, _DECLARED, sorted(entry_numbers)):
            found[row["program"]].append(row["entry_number"])
    return dict(found)


async def lock_requests(tx: Transaction, entry_numbers: Sequence[str], program: str) -> dict[str, list[RequestRow]]:
    """Every request for these entries in order of receipt, held; rows that only repeat another are not requests."""
    found: defaultdict[str, list[RequestRow]] = defaultdict(list)
    for row in await bulk.fetch(tx, _REQUESTS, list(entry_numbers), program):
        found[row["entry_number"]].append(_read(row))
    return dict(found)


async def load_requests(tx: Transaction, entry_numbers: Sequence[str], program: str) -> dict[str, list[RequestRow]]:
    """Every request for these entries in order of receipt, not held."""
    found: defaultdict[str, list[RequestRow]] = defaultdict(list)
    for row in await bulk.fetch(tx, _REQUESTS.replace("FOR UPDATE OF r", ""), list(entry_numbers), program):
        found[row["entry_number"]].append(_read(row))
    return dict(found)


async def write_judged(tx: Transaction, rows: Sequence[RequestRow]) -> None:
    """Write what becomes of requests."""
    if not rows:
        return
    columns: list[list[Any]] = [
        [each.declaration_id for each in rows],
        [each.row_number for each in rows],
        [each.state for each in rows],
        [each.code for each in rows],
        [each.cohort for each in rows],
        [each.act for each in rows],
        [each.writer for each in rows],
        [each.removed_cents for each in rows],
        [" ".join(each.notes) for each in rows],
        [each.last_day for each in rows],
        [each.earlier for each in rows],
        [each.locked_from for each in rows],
        [each.revision for each in rows],
        [each.judged_at for each in rows],
        [each.due_on for each in rows],
        [each.act_by for each in rows],
    ]
    await bulk.execute(tx, _JUDGED, *columns)


async def begin_declaration(tx: Transaction, declaration: Declaration) -> Declaration:
    """The declaration of this id, created when it is new."""
    values = {name: getattr(declaration, name) for name in Declaration.__dataclass_fields__}
    values["importers"] = list(declaration.importers)  # the driver takes a list for an array
    await tx.connection.execute(insert(declarations).values(values).on_conflict_do_nothing())
    begun = await find_declaration(tx, declaration.declaration_id)
    assert begun is not None  # just written, if it was not there
    return begun


async def begin_declarations(tx: Transaction, begun: Sequence[Declaration]) -> None:
    """Write new declarations, in one statement."""
    if begun:
        rows = [
            {name: getattr(each, name) for name in Declaration.__dataclass_fields__}
            | {"importers": list(each.importers)}
            for each in begun
        ]
        await tx.connection.execute(insert(declarations), rows)


async def find_declarations(tx: Transaction, declaration_ids: Sequence[str]) -> dict[str, Declaration]:
    """Those of these declarations that there are."""
    if not declaration_ids:
        return {}
    rows = await bulk.fetch(
        tx, "SELECT * FROM declarations WHERE declaration_id = ANY($1::text[])", sorted(declaration_ids)
    )
    return {row["declaration_id"]: Declaration(**dict(row)) for row in rows}


async def find_declaration(tx: Transaction, declaration_id: str) -> Declaration | None:
    """One declaration, or None."""
    rows = await bulk.fetch(tx, "SELECT * FROM declarations WHERE declaration_id = $1", declaration_id)
    return Declaration(**dict(rows[0])) if rows else None


class Speaker(Protocol):
    """Who asks for declarations: somebody, with the importers and the filer that are spoken for."""

    @property
    def subject(self) -> str: ...
    @property
    def importers(self) -> frozenset[str]: ...
    @property
    def filer_code(self) -> str | None: ...


async def list_declarations(
    tx: Transaction, program: str, speaker: Speaker | None, *, after: tuple[datetime, str] | None, limit: int
) -> list[Declaration]:
    """Declarations to a program, the last received first: those that somebody has part in, or all for None.

    What a program put on a roll by itself is no declaration.
    """
    whose: tuple[bool, list[str], str | None, str | None] = (True, [], None, None)
    if speaker is not None:
        whose = (False, sorted(speaker.importers), speaker.filer_code, speaker.subject)
    rows = await bulk.fetch(tx, _DECLARATIONS, program, *(after or (None, None)), *whose, limit)
    return [Declaration(**dict(row)) for row in rows]


async def list_known_rows(tx: Transaction, declaration_id: str, entry_numbers: Sequence[str]) -> set[str]:
    """Which of these entries the declaration names already."""
    rows = await bulk.fetch(tx, _KNOWN_ROWS, declaration_id, list(entry_numbers))
    return {row["entry_number"] for row in rows}


async def add_rows(
    tx: Transaction, declaration: Declaration, rows: Sequence[DeclaredRow], content_digest: bytes, now: datetime
) -> bool:
    """Keep some rows and move the progress behind them; False when somebody else sends the same file."""
    moved = await bulk.execute(
        tx,
        "UPDATE declarations SET next_row = $3, content_digest = $4, progressed_at = $5"
        " WHERE declaration_id = $1 AND next_row = $2 AND state = 'open'",
        declaration.declaration_id,
        rows[0].row_number,
        rows[-1].row_number + 1,
        content_digest,
        now,
    )
    if moved != 1:
        return False
    await write_rows(tx, [(declaration, rows)])
    return True


async def write_rows(tx: Transaction, rows: Sequence[tuple[Declaration, Sequence[DeclaredRow]]]) -> None:
    """Add rows of declarations as they were read; those that are no entry number are judged with that."""
    columns = ("declaration_id", "program", "state", *DeclaredRow._fields)
    values = [
        (of.declaration_id, of.program, "dropped" if row.code is not None else "read", *row)
        for of, some in rows
        for row in some
    ]
    await bulk.copy(tx, declared_entries, columns, values)


async def close_declaration(tx: Transaction, declaration_id: str, next_row: int, now: datetime) -> bool:
    """All rows are there: they are judged from now on. False when the declaration does not stand there."""
    moved = await bulk.execute(
        tx,
        "UPDATE declarations SET state = 'judging', progressed_at = $3"
        " WHERE declaration_id = $1 AND next_row = $2 AND state = 'open'",
        declaration_id,
        next_row,
        now,
    )
    return moved == 1


async def drop_declaration(tx: Transaction, declaration_id: str, next_row: int) -> None:
    """Forget a declaration that is refused while it is sent, if it still stands where that call left it."""
    dropped = await bulk.execute(
        tx,
        "DELETE FROM declarations WHERE declaration_id = $1 AND next_row = $2 AND state = 'open'",
        declaration_id,
        next_row,
    )
    if dropped:
        await bulk.execute(tx, "DELETE FROM declared_entries WHERE declaration_id = $1", declaration_id)


async def is_nobody_here(tx: Transaction, declaration: Declaration) -> bool:
    """Whether the declarant is importer or filer of not one row; an entry that nobody knows yet may be theirs."""
    (row,) = await bulk.fetch(
        tx, _NOBODY, declaration.declaration_id, list(declaration.importers), declaration.filer_code
    )
    return bool(row["is_nobody"])


async def list_judging(tx: Transaction) -> list[tuple[str, str]]:
    """Declarations of which rows are still to be judged, with their programs."""
    return [(row["declaration_id"], row["program"]) for row in await bulk.fetch(tx, _JUDGING)]


async def list_unjudged(tx: Transaction, declaration_id: str, limit: int) -> list[str]:
    """The next entries of a declaration that nobody has judged."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _UNJUDGED, declaration_id, limit)]


async def finish_judging(tx: Transaction, declaration_id: str, now: datetime) -> bool:
    """Every row is judged, if none is left; gives whether that was not so before."""
    return await bulk.execute(tx, _FINISH, declaration_id, now) == 1


async def count_states(tx: Transaction, declaration: Declaration, sight: Sight) -> list[StateCount]:
    """How many rows of a declaration, of those that are seen, are in which state."""
    scope = f"declaration_id = $1 AND program = $5 AND {_SEEN.format(whole='$2', importers='$3', filer='$4')}"
    given = (declaration.declaration_id, *sight.arguments, declaration.program)
    rows = await bulk.fetch(tx, _COUNTS.replace("SCOPE", scope), *given)
    return [StateCount(*row.values()) for row in rows]


async def count_states_of(tx: Transaction, program: str, sights: Mapping[str, Sight]) -> dict[str, list[StateCount]]:
    """How many rows of several declarations to a program are in which state, each as far as it is seen.

    One statement for all. Declarations that are not seen whole are seen by one speaker: they have the same importers
    and filer.
    """
    found: dict[str, list[StateCount]] = {name: [] for name in sights}
    parts = [each for each in sights.values() if not each.is_whole] or [WHOLE]
    _, importers, filer = parts[0].arguments
    whole = [name for name, each in sights.items() if each.is_whole]
    for row in await bulk.fetch(tx, _COUNTS_OF, list(sights), whole, importers, filer, program):
        name, *counts = row.values()
        found[name].append(StateCount(*counts))
    return found


async def count_program_states(tx: Transaction, program: str) -> list[StateCount]:
    """How many rows of all declarations to a program are in which state."""
    rows = await bulk.fetch(tx, _COUNTS.replace("SCOPE", "program = $1"), program)
    return [StateCount(*row.values()) for row in rows]


async def list_results(
    tx: Transaction,
    declaration: Declaration,
    sight: Sight,
    *,
    after: int,
    code: str | None,
    state: str | None,
    limit: int,
) -> list[RequestRow]:
    """Rows of a declaration that are seen, in their order, with whose each entry is."""
    given = (declaration.declaration_id, after, code, state, limit, *sight.arguments, declaration.program)
    return [_read(row) for row in await bulk.fetch(tx, _RESULTS, *given)]


async def list_requests_for(tx: Transaction, program: str, entry_number: str) -> list[RequestRow]:
    """Every request for an entry of a program, in order of receipt."""
    return [_read(row) for row in await bulk.fetch(tx, _OF_ENTRY, entry_number, program)]


async def find_posted(
    tx: Transaction, declaration: Declaration, entry_numbers: Sequence[str] | None, sight: Sight
) -> list[str]:
    """Which of these entries are posted: of those the request cannot be withdrawn any more."""
    given = list(entry_numbers) if entry_numbers is not None else None
    rows = await bulk.fetch(tx, _POSTED, declaration.declaration_id, given, *sight.arguments, declaration.program)
    return [row["entry_number"] for row in rows]


async def withdraw(
    tx: Transaction, declaration: Declaration, entry_numbers: Sequence[str] | None, now: datetime, sight: Sight
) -> list[str]:
    """Withdraw the requests for these entries of a declaration, or for all that are seen; gives the entries."""
    given = list(entry_numbers) if entry_numbers is not None else None
    scope = (declaration.declaration_id, given, now, *sight.arguments, declaration.program)
    rows = await bulk.fetch(tx, _WITHDRAW, *scope)
    return sorted({row["entry_number"] for row in rows})


def _read(row: Mapping[str, Any]) -> RequestRow:
    # Columns of a release to come are left out: both run side by side.
    known: dict[str, Any] = {name: value for name, value in row.items() if name in RequestRow.__dataclass_fields__}
    known["notes"] = tuple(known["notes"])
    if "importers" in known:
        known["importers"] = tuple(known["importers"])
    return RequestRow(**known)
