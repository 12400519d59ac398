"""Programs of mass change: their revisions, what people did with them, their trials, what was found of goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.program.definition import Definition, definition_from_json
from services.liquidation.store.tables.programs import (
    program_events,
    program_findings,
    program_revisions,
    program_trials,
    programs,
)
from shared.db.transaction import Transaction

Standing = Literal["running", "paused", "stayed", "ended", "aborted"]
RevisionState = Literal["draft", "confirmed", "released", "superseded"]


@dataclass(frozen=True, slots=True)
class Program:
    """A program; `released_revision` judges what is asked (None: nothing is taken yet), `events` how many there are.

    `standing` says whether it posts: running, paused, stayed (nothing is paid either), ended or aborted (for good).
    `stayed_from` is how it stood when an order stayed it, None: none does. Who aborts it meanwhile lifts no stay.
    """

    program: str
    released_revision: int | None
    events: int
    made_at: datetime
    made_by: str
    standing: Standing = "running"
    standing_since: datetime | None = None
    stayed_from: Standing | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing is asked of it or posted by it any more."""
        return not {self.standing, self.stayed_from}.isdisjoint(("ended", "aborted"))

    @property
    def is_aborted(self) -> bool:
        """Whether what it has not posted is withdrawn."""
        return "aborted" in (self.standing, self.stayed_from)


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision of a program, whole as it was drafted; `edits` counts how often it was written.

    Of a program that takes entries by itself: to which one those of before are on its roll, and when all were.
    """

    program: str
    revision: int
    edits: int
    state: RevisionState
    definition: Mapping[str, Any]
    reason: str
    made_at: datetime
    made_by: str
    tried_at: datetime | None = None
    released_at: datetime | None = None
    enrolled_to: str = ""
    enrolled_at: datetime | None = None

    @property
    def rules(self) -> Definition:
        """The definition as the judgment takes it."""
        return definition_from_json(self.definition)


@dataclass(frozen=True, slots=True)
class ProgramEvent:
    """What a person did with a revision; `authority` is the row of the table on which it rests."""

    program: str
    number: int
    revision: int
    change: str
    at: datetime
    actor: str
    acting_for: str | None
    detail: str | None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a revision would do as of a day, by lines that add up, with an example of each.

    `likely_cents` is what would be refunded, with interest (None: of a trial of before that was reckoned).
    """

    program: str
    number: int
    revision: int
    edits: int
    as_of: date
    tried_at: datetime
    tried_by: str
    entries: int
    accepted: int
    removed_cents: int
    likely_cents: int | None
    lines: Sequence[Mapping[str, Any]]
    examples: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class GoodsFinding:
    """What a person found of the goods of an entry: whether they are the product that the order describes."""

    program: str
    entry_number: str
    number: int
    is_product: bool
    explanation: str
    found_at: datetime
    found_by: str
    found_for: str | None


_PROGRAM: Final = tuple(programs.c[each.name] for each in fields(Program))
_REVISION: Final = tuple(program_revisions.c[each.name] for each in fields(Revision))
_EVENT: Final = tuple(program_events.c[each.name] for each in fields(ProgramEvent))
_TRIAL: Final = tuple(program_trials.c[each.name] for each in fields(Trial))


async def list_programs(
    connection: AsyncConnection, *, after: str | None, limit: int, drafts: bool = True
) -> list[Program]:
    """Programs in order of their codes; without `drafts` those of which a revision was released."""
    query = select(*_PROGRAM).order_by(programs.c.program).limit(limit)
    if not drafts:
        query = query.where(programs.c.released_revision.is_not(None))
    if after is not None:
        query = query.where(programs.c.program > after)
    return [Program(*row) for row in await connection.execute(query)]


async def find_program(connection: AsyncConnection, program: str, *, is_held: bool = False) -> Program | None:
    """A program, or None; held until the transaction ends when that is asked."""
    query = select(*_PROGRAM).where(programs.c.program == program)
    row = (await connection.execute(query.with_for_update() if is_held else query)).one_or_none()
    return Program(*row) if row is not None else None


async def list_revisions(connection: AsyncConnection, program: str) -> list[Revision]:
    """The revisions of a program, oldest first."""
    query = select(*_REVISION).where(program_revisions.c.program == program).order_by(program_revisions.c.revision)
    return [Revision(*row) for row in await connection.execute(query)]


async def read_revisions(connection: AsyncConnection, condition: str) -> list[Revision]:
    """The revisions of which a condition in SQL holds."""
    return [Revision(*row) for row in await connection.execute(select(*_REVISION).where(text(condition)))]


async def find_revision(connection: AsyncConnection, program: str, revision: int) -> Revision | None:
    """One revision, or None."""
    table = program_revisions
    query = select(*_REVISION).where(table.c.program == program, table.c.revision == revision)
    row = (await connection.execute(query)).one_or_none()
    return Revision(*row) if row is not None else None


async def find_released(connection: AsyncConnection, program: str) -> Revision | None:
    """The revision of a program that is in force, or None."""
    table = program_revisions
    query = select(*_REVISION).where(table.c.program == program, table.c.state == "released")
    row = (await connection.execute(query)).one_or_none()
    return Revision(*row) if row is not None else None


async def write_program(tx: Transaction, program: Program) -> bool:
    """Add a program; False when there is one of this code."""
    if await find_program(tx.connection, program.program) is not None:
        return False
    await tx.connection.execute(programs.insert().values(_values(program)))
    return True


async def write_revision(tx: Transaction, revision: Revision) -> None:
    """Add a revision, or change one whose program is held."""
    table = program_revisions
    known = await find_revision(tx.connection, revision.program, revision.revision)
    statement: Any = (
        table.insert()
        if known is None
        else table.update().where(table.c.program == revision.program, table.c.revision == revision.revision)
    )
    await tx.connection.execute(statement.values(_values(revision)))


async def release_revision(tx: Transaction, revision: Revision, now: datetime) -> None:
    """Put a revision in force in place of the one before it."""
    table = program_revisions
    superseded = table.update().where(table.c.program == revision.program, table.c.state == "released")
    await tx.connection.execute(superseded.values(state="superseded"))
    released = table.update().where(table.c.program == revision.program, table.c.revision == revision.revision)
    await tx.connection.execute(released.values(state="released", released_at=now))
    program = programs.update().where(programs.c.program == revision.program)
    await tx.connection.execute(program.values(released_revision=revision.revision))


async def append_event(tx: Transaction, event: ProgramEvent) -> None:
    """Add what a person did; its number is the next one of its program, which is held."""
    number = await tx.connection.scalar(
        programs.update()
        .where(programs.c.program == event.program)
        .values(events=programs.c.events + 1)
        .returning(programs.c.events)
    )
    await tx.connection.execute(program_events.insert().values(_values(event) | {"number": number}))


async def list_events(connection: AsyncConnection, program: str) -> list[ProgramEvent]:
    """What people did with a program, in order."""
    query = select(*_EVENT).where(program_events.c.program == program).order_by(program_events.c.number)
    return [ProgramEvent(*row) for row in await connection.execute(query)]


async def add_trial(tx: Transaction, trial: Trial) -> Trial:
    """Keep a trial under the next number of its program, which is held."""
    table = program_trials
    last = await tx.connection.scalar(select(func.max(table.c.number)).where(table.c.program == trial.program))
    values = _values(trial) | {"number": (last or 0) + 1}
    await tx.connection.execute(table.insert().values(values))
    return Trial(**values)


async def list_trials(connection: AsyncConnection, program: str, revision: int, limit: int) -> list[Trial]:
    """The last trials of a revision, newest first."""
    table = program_trials
    query = select(*_TRIAL).where(table.c.program == program, table.c.revision == revision)
    rows = await connection.execute(query.order_by(table.c.number.desc()).limit(limit))
    return [Trial(*row) for row in rows]


async def add_finding(tx: Transaction, finding: GoodsFinding) -> GoodsFinding:
    """Keep what a person found of the goods of an entry; the program is held."""
    table = program_findings
    query = select(func.max(table.c.number)).where(
        table.c.program == finding.program, table.c.entry_number == finding.entry_number
    )
    values = _values(finding) | {"number": (await tx.connection.scalar(query) or 0) + 1}
    await tx.connection.execute(table.insert().values(values))
    return GoodsFinding(**values)


def _values(row: Any) -> dict[str, Any]:
    return {each.name: cast("Any", getattr(row, each.name)) for each in fields(row)}
