"""People of the Centers as they stand, every version of them, and what stands between them and an item."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, any_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import cast as sql_cast
from sqlalchemy.types import Text

from services.workqueue.domain.item import Person
from services.workqueue.domain.staff import (
    Absence,
    Conflict,
    Decided,
    Demand,
    Employer,
    Member,
    Skill,
    conflicts_of,
    document_of,
)
from services.workqueue.store.tables.staff import (
    skill_demands,
    skips,
    staff,
    staff_changes,
    staff_conflicts,
    staff_skills,
)
from shared.db import bulk
from shared.db.reach import within
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_COLUMNS = ("subject", "version", "name", "center", "division", "roles", "teams", "minutes_a_day", "absences")
_CHANGE = ("subject", "version", "at", "done_by", "done_by_name", "acting_for", "authority", "document")
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('staff ' || given, 0)) FROM unnest($1::text[]) AS given"
_CONFLICTS = "SELECT subject, importer_number, kind, until_on FROM staff_conflicts WHERE subject = ANY($1::text[])"
_DECIDED = """
SELECT d.decided_by, d.decided_by_name, d.acting_for
FROM items r JOIN decisions d USING (item_id) WHERE r.entry_number = $1 AND r.kind = 'review'
"""


async def lock_members(tx: Transaction, subjects: Iterable[str]) -> dict[str, Member]:
    """People by subject, whether there or not nobody else writes them until the transaction ends."""
    wanted = sorted(set(subjects))
    await bulk.fetch(tx, _LOCK, wanted)
    return {each.subject: each for each in await load_members(tx.connection, wanted)}


async def write_members(tx: Transaction, members: Sequence[Member], by: Person, authority: str, at: datetime) -> None:
    """Write people who are locked, with their next version."""
    subjects = [each.subject for each in members]
    rows = [
        (
            each.subject,
            each.version,
            each.name,
            each.center,
            each.division,
            orjson.dumps(each.roles).decode(),
            orjson.dumps(each.teams).decode(),
            each.minutes_a_day,
            orjson.dumps(document_of(each)["absences"]).decode(),
        )
        for each in members
    ]
    replaced = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
    await bulk.insert(tx, staff, _COLUMNS, rows, on_conflict=f"(subject) DO UPDATE SET {replaced}")
    for table in ("staff_skills", "staff_conflicts"):
        await bulk.execute(tx, f"DELETE FROM {table} WHERE subject = ANY($1::text[])", subjects)
    skills = [(each.subject, skill.kind, skill.code, skill.level) for each in members for skill in each.skills]
    await bulk.insert(tx, staff_skills, ("subject", "kind", "code", "level"), skills)
    conflicts = [
        (found.subject, found.importer_number, found.kind, found.until_on)
        for each in members
        for found in conflicts_of(each)
    ]
    await bulk.insert(tx, staff_conflicts, ("subject", "importer_number", "kind", "until_on"), conflicts)
    changes = [
        (
            each.subject,
            each.version,
            at,
            by.subject,
            by.name,
            by.acting_for,
            authority,
            orjson.dumps(document_of(each)).decode(),
        )
        for each in members
    ]
    await bulk.insert(tx, staff_changes, _CHANGE, changes)


async def load_members(connection: AsyncConnection, subjects: Iterable[str]) -> list[Member]:
    """People by subject, those that there are."""
    wanted = sql_cast(sorted(set(subjects)), ARRAY(Text))
    return await _members(connection, _select().where(staff.c.subject == any_(wanted)))


async def list_members(
    connection: AsyncConnection,
    reach: Reach,
    *,
    center: str | None,
    division: str | None,
    team: str | None,
    after: str | None,
    limit: int,
) -> list[Member]:
    """People as far as the reach goes, by subject; None means any."""
    query = _select().where(within(reach, centers=(staff.c.center,), division=staff.c.division))
    for column, value in ((staff.c.center, center), (staff.c.division, division)):
        if value is not None:
            query = query.where(column == value)
    if team is not None:
        query = query.where(staff.c.teams.contains([team]))
    if after is not None:
        query = query.where(staff.c.subject > after)
    return await _members(connection, query.limit(limit))


async def list_of_center(connection: AsyncConnection, center: str) -> list[Member]:
    """Everybody of a Center, by subject."""
    return await _members(connection, _select().where(staff.c.center == center))


def _select() -> Select[Any]:
    return select(*(staff.c[name] for name in _COLUMNS)).order_by(staff.c.subject)


async def _members(connection: AsyncConnection, query: Select[Any]) -> list[Member]:
    rows = list(await connection.execute(query))
    subjects = sql_cast([row.subject for row in rows], ARRAY(Text))
    skills: dict[str, list[Skill]] = {}
    wanted = select(staff_skills).where(staff_skills.c.subject == any_(subjects))
    for subject, kind, code, level in await connection.execute(
        wanted.order_by(staff_skills.c.kind, staff_skills.c.code)
    ):
        skills.setdefault(subject, []).append(Skill(kind, code, level))
    interests: dict[str, list[str]] = {}
    employers: dict[str, list[Employer]] = {}
    against = select(staff_conflicts).where(staff_conflicts.c.subject == any_(subjects))
    for subject, number, kind, until_on in await connection.execute(
        against.order_by(staff_conflicts.c.importer_number)
    ):
        if kind == "interest":
            interests.setdefault(subject, []).append(number)
        else:
            employers.setdefault(subject, []).append(Employer(number, until_on))
    return [
        Member(
            subject=row.subject,
            name=row.name,
            center=row.center,
            division=row.division,
            roles=tuple(row.roles),
            teams=tuple(row.teams),
            skills=tuple(skills.get(row.subject, ())),
            minutes_a_day=row.minutes_a_day,
            absences=tuple(
                Absence(date.fromisoformat(each["from_on"]), date.fromisoformat(each["to_on"]), each["reason"])
                for each in row.absences
            ),
            interests=tuple(interests.get(row.subject, ())),
            employers=tuple(employers.get(row.subject, ())),
            version=row.version,
        )
        for row in rows
    ]


async def load_conflicts(tx: Transaction, people: Iterable[str]) -> list[Conflict]:
    """The importers whose work these people must not have."""
    return [Conflict(*row) for row in await bulk.fetch(tx, _CONFLICTS, sorted(people))]


async def load_decided(tx: Transaction, entry_number: str) -> list[Decided]:
    """Who decided the reviews of an entry."""
    return [Decided(*row) for row in await bulk.fetch(tx, _DECIDED, entry_number)]


async def write_demands(tx: Transaction, center: str, process: str, demands: Sequence[Demand]) -> None:
    """Put these in the place of everything that a process in a Center asked for."""
    await bulk.execute(tx, "DELETE FROM skill_demands WHERE center = $1 AND process = $2", center, process)
    rows = [
        (center, process, each.skill.kind, each.skill.code, each.skill.level, each.is_mandatory, each.relax_hours)
        for each in demands
    ]
    await bulk.insert(tx, skill_demands, tuple(skill_demands.c.keys()), rows)


async def list_demands(connection: AsyncConnection, center: str) -> list[Demand]:
    """What the processes of a Center ask for."""
    query = select(skill_demands).where(skill_demands.c.center == center).order_by(*skill_demands.primary_key.columns)
    return [
        Demand(center, process, Skill(kind, code, level), is_mandatory, relax_hours)
        for center, process, kind, code, level, is_mandatory, relax_hours in await connection.execute(query)
    ]


async def write_skip(tx: Transaction, subject: str, item_id: UUID, until: datetime) -> None:
    """Do not offer an item to a person until then."""
    await bulk.insert(
        tx,
        skips,
        ("subject", "item_id", "until"),
        [(subject, item_id, until)],
        on_conflict="(subject, item_id) DO UPDATE SET until = EXCLUDED.until",
    )
