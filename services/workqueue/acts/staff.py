"""People of the Centers: written by their supervisors, their interests and absences by themselves as well."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.reach import person_of
from services.workqueue.domain.staff import Absence, Demand, Member
from services.workqueue.store import staff as store
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, judge, no_such, refusal_of
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import PreconditionMissing, Stale
from shared.runtime.identity import Identity


def matter_of(member: Member) -> Matter:
    """Whose a person is: of their Center and division."""
    return Matter(centers=frozenset({member.center}), division=member.division)


async def write_member(
    tx: Transaction, caller: Identity, given: Member, if_match: IfMatch | None, now: datetime
) -> Member:
    """Add a person or change them.

    Raises `Forbidden` for another's Center, whether the person is there or is to come there, `PreconditionMissing` or
    `Stale` for a person who is known.
    """
    await demand_acting(tx, caller, now)
    before = (await store.lock_members(tx, [given.subject])).get(given.subject)
    row = _demand_write(caller, before, given, now)
    if before is not None:
        if if_match is None:
            raise PreconditionMissing("The person is known: the change must say which version it is meant for.")
        if_match.check(before.version)
    elif if_match is not None:
        raise Stale("The person is not known yet.", remedy="Leave If-Match out to add them.")
    after = replace(given, version=before.version + 1 if before is not None else 1)
    await store.write_members(tx, [after], person_of(caller), row, now)
    return after


async def import_members(tx: Transaction, caller: Identity, given: Sequence[Member], now: datetime) -> tuple[int, int]:
    """Add or change all these people; gives how many are new and how many changed. What is the same stays as it is."""
    await demand_acting(tx, caller, now)
    known = await store.lock_members(tx, [each.subject for each in given])
    rows: dict[str, list[Member]] = {}
    added = 0
    for each in given:
        before = known.get(each.subject)
        row = _demand_write(caller, before, each, now)
        if before is None:
            added += 1
        elif replace(each, version=before.version) == before:
            continue
        rows.setdefault(row, []).append(replace(each, version=before.version + 1 if before is not None else 1))
    for row, members in sorted(rows.items()):
        await store.write_members(tx, members, person_of(caller), row, now)
    return added, sum(map(len, rows.values())) - added


async def declare(
    tx: Transaction,
    caller: Identity,
    subject: str,
    now: datetime,
    *,
    interests: Sequence[str] | None = None,
    absences: Sequence[Absence] | None = None,
) -> Member:
    """Write a person's interests or absences: by themselves, or by a supervisor; None leaves them as they are."""
    await demand_acting(tx, caller, now)
    before = (await store.lock_members(tx, [subject])).get(subject)
    if before is None:
        raise no_such(f"person {subject}")
    on = legal_date(now)
    action = "staff.declare" if subject == caller.subject else "staff.write"
    row = demand(caller, action, on, matter_of(before), f"person {subject}")
    after = replace(
        before,
        interests=before.interests if interests is None else tuple(sorted(set(interests))),
        absences=before.absences if absences is None else tuple(absences),
        version=before.version + 1,
    )
    await store.write_members(tx, [after], person_of(caller), row, now)
    return after


async def write_demands(
    tx: Transaction, caller: Identity, center: str, process: str, demands: Sequence[Demand], now: datetime
) -> None:
    """Say what a process in a Center asks of people, in the place of what it asked before."""
    await demand_acting(tx, caller, now)
    permission = judge(caller, "staff.write", legal_date(now), Matter(centers=frozenset({center})))
    if not permission.is_given:
        raise refusal_of(permission)
    await store.write_demands(tx, center, process, demands)


def _demand_write(caller: Identity, before: Member | None, after: Member, now: datetime) -> str:
    """The row by which the caller writes a person, where they are and where they are to be."""
    on = legal_date(now)
    if before is not None:
        demand(caller, "staff.write", on, matter_of(before), f"person {after.subject}")
    permission = judge(caller, "staff.write", on, matter_of(after))
    if permission.row_id is None:
        raise refusal_of(permission)
    return permission.row_id
