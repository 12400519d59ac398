"""Selection criteria: drafted, edited, put on trial, live with two people, retired."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from services.routing.domain import criteria_lifecycle as lifecycle
from services.routing.domain.criteria import Criterion
from services.routing.domain.criteria_lifecycle import Act, ActRefused, Person, Revision, SecondPersonRequired
from services.routing.store import criteria as store
from services.routing.store import rulebook
from services.routing.store.criteria import Change
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity
from shared.runtime.two_people import second_person_required


async def draft_criterion(
    tx: Transaction, caller: Identity, criterion: Criterion, *, reason: str, now: datetime
) -> Revision:
    """Keep a criterion as a draft, which selects nothing; raises `Conflict` when there is one of that id."""
    revision = Revision(criterion, await store.next_position(tx))
    if not await store.write_revision(tx, revision):
        raise Conflict(
            f"There is a criterion {criterion.id} already.",
            rule="criterion-id",
            code="criterion-exists",
            remedy="Take another id, or change the one that there is with PATCH.",
        )
    await store.note_acts(tx, criterion.id, [Change(1, "drafted", reason, None, criterion)], _person(caller), now)
    return revision


async def edit_criterion(
    tx: Transaction,
    caller: Identity,
    criterion_id: str,
    expected: IfMatch,
    revise: Callable[[Criterion, int], Criterion],
    *,
    reason: str,
    now: datetime,
) -> list[Revision]:
    """Change a draft in place; what is no draft any more stays, and the change is a draft of the next revision.

    `revise` gives the criterion as it becomes, under the number of its revision, or raises what is wrong with it.
    """
    revisions = await _lock(tx, criterion_id, expected)
    newest = revisions[-1]
    number = newest.criterion.revision
    if newest.state == "draft":
        criterion = revise(newest.criterion, number)
        revisions[-1] = Revision(criterion, newest.position)
        await store.update_revision(tx, revisions[-1])
    else:
        criterion = revise(newest.criterion, number + 1)
        revisions.append(Revision(criterion, newest.position))
        await store.write_revision(tx, revisions[-1])
    act: Act = "edited" if newest.state == "draft" else "drafted"
    change = Change(criterion.revision, act, reason, None, criterion)
    await store.note_acts(tx, criterion_id, [change], _person(caller), now)
    return revisions


async def put_on_trial(
    tx: Transaction,
    caller: Identity,
    criterion_id: str,
    expected: IfMatch,
    *,
    effective_on: date | None,
    reason: str,
    now: datetime,
) -> list[Revision]:
    """Note its hits from a day on, tomorrow unless named; they change nothing. One on trial before it ends that day."""
    today = legal_date(now)
    day = effective_on or today + timedelta(days=1)
    revisions = await _lock(tx, criterion_id, expected)
    after = _judge(lambda: lifecycle.shadow(revisions[-1], day, today))
    return await _write(tx, caller, revisions, after, "shadow", reason, day, now)


async def ask_for_live(
    tx: Transaction, caller: Identity, criterion_id: str, expected: IfMatch, *, reason: str, now: datetime
) -> list[Revision]:
    """Ask for a criterion on trial to go live; somebody else confirms, and until then it stays on trial."""
    revisions = await _lock(tx, criterion_id, expected)
    after = _judge(lambda: lifecycle.request_live(revisions[-1], _person(caller)))
    return await _write(tx, caller, revisions, after, "request-live", reason, None, now)


async def confirm_live(
    tx: Transaction,
    caller: Identity,
    criterion_id: str,
    expected: IfMatch,
    *,
    effective_on: date | None,
    reason: str,
    now: datetime,
) -> list[Revision]:
    """Let it select from a day on, tomorrow unless named, in place of older revisions.

    Raises `Forbidden` for whoever asked.
    """
    today = legal_date(now)
    day = effective_on or today + timedelta(days=1)
    revisions = await _lock(tx, criterion_id, expected)
    after = _judge(lambda: lifecycle.confirm_live(revisions[-1], _person(caller), day, today))
    return await _write(tx, caller, revisions, after, "confirm-live", reason, day, now)


async def retire_criterion(
    tx: Transaction,
    caller: Identity,
    criterion_id: str,
    expected: IfMatch,
    *,
    revision: int | None,
    effective_on: date | None,
    reason: str,
    now: datetime,
) -> list[Revision]:
    """Let a revision, the newest unless named, select no more from a day on, tomorrow unless named."""
    today = legal_date(now)
    day = effective_on or today + timedelta(days=1)
    revisions = await _lock(tx, criterion_id, expected)
    before = revisions[-1] if revision is None else _demand_revision(revisions, revision)
    after = _judge(lambda: lifecycle.retire(before, day, today))
    return await _write(tx, caller, revisions, after, "retire", reason, day, now)


def demand_revisions(criterion_id: str, revisions: list[Revision]) -> list[Revision]:
    """The revisions of a criterion; raises `NotFound` when there are none."""
    if not revisions:
        raise NotFound(f"There is no criterion {criterion_id}.", remedy="Take an id from GET /selection-criteria.")
    return revisions


async def _lock(tx: Transaction, criterion_id: str, expected: IfMatch) -> list[Revision]:
    revisions = demand_revisions(criterion_id, await store.lock_revisions(tx, criterion_id))
    expected.check(await store.count_changes(tx.connection, criterion_id))
    return revisions


def _judge(change: Callable[[], Revision]) -> Revision:
    try:
        return change()
    except ActRefused as error:
        raise Conflict(str(error), rule="criterion-lifecycle", code=error.code, remedy=error.remedy) from None
    except SecondPersonRequired as error:
        raise second_person_required(str(error)) from None


async def _write(
    tx: Transaction,
    caller: Identity,
    revisions: list[Revision],
    after: Revision,
    act: Act,
    reason: str,
    effective_on: date | None,
    now: datetime,
) -> list[Revision]:
    """Write the changed revision, end the older ones that it supersedes, and tell the event path."""
    criterion_id, number = after.criterion.id, after.criterion.revision
    ended = lifecycle.supersede(revisions[: number - 1], after) if act != "retire" else []
    acts = [
        Change(number, act, reason, effective_on, None),
        *(Change(item.criterion.revision, "superseded", reason, item.retired_on, None) for item in ended),
    ]
    for item in sorted([after, *ended], key=lambda item: item.criterion.revision):
        await store.update_revision(tx, item)
        revisions[item.criterion.revision - 1] = item
    await store.note_acts(tx, criterion_id, acts, _person(caller), now)
    await rulebook.note_change(tx, "criterion", f"{criterion_id} {act}", caller.signature)
    return revisions


def _demand_revision(revisions: Sequence[Revision], number: int) -> Revision:
    if number > len(revisions):
        raise NotFound(f"There is no revision {number}.", remedy=f"The newest one is {len(revisions)}.")
    return revisions[number - 1]


def _person(caller: Identity) -> Person:
    return Person(caller.subject, caller.acting_for)
