"""The enforcement board at work: set by its Center, members stand aside, see comparable matters, and vote."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.reach import demand_known, person_of, seen
from services.workqueue.domain.board import (
    ActOfMember,
    Board,
    BoardAct,
    Comparable,
    NotOnTheBoard,
    demand_member,
    demand_vote,
    panel,
    tally_of,
)
from services.workqueue.domain.item import Item
from services.workqueue.store import boards as store
from services.workqueue.store import items as item_store
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, take_turn
from shared.runtime.access import Matter, demand, judge, no_such, refusal_of
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity

CEAR = "cear"


async def set_board(
    tx: Transaction,
    caller: Identity,
    center: str,
    now: datetime,
    *,
    quorum: int,
    members: Mapping[str, str],
    reason: str,
    if_match: IfMatch | None,
) -> Board:
    """Set who sits on the board of a Center and how many have to vote, from now on.

    Raises `Forbidden` for another's Center, `Refused` for a quorum that the members cannot reach, `Stale` where another
    version stands than the caller means.
    """
    permission = judge(caller, "board.set", legal_date(now), Matter(centers=frozenset({center})))
    if permission.row_id is None:
        raise refusal_of(permission)
    await demand_acting(tx, caller, now)
    if quorum > len(members):
        raise Refused(
            f"{len(members)} members cannot reach a quorum of {quorum}.",
            rule="board",
            code="quorum-out-of-reach",
            remedy="Name more members, or a smaller quorum.",
        )
    await take_turn(tx, f"board of {center}")
    before = await store.find_board(tx.connection, center)
    if if_match is not None:
        if_match.check(before.version if before is not None else 0)
    version = before.version + 1 if before is not None else 1
    person = person_of(caller)
    board = Board(center, version, quorum, members, reason, person.subject, person.name, now, permission.row_id)
    await store.write_board(tx, board)
    return board


async def stand_aside(tx: Transaction, item_id: UUID, caller: Identity, now: datetime, reason: str) -> None:
    """A member takes no part in a matter; what they voted no longer counts."""
    item, board, acts, authority = await _lock(tx, item_id, caller, now)
    with _refusals():
        demand_member(board, acts, caller.subject)
    await _write(tx, item, acts, caller, now, authority, "recused", {"reason": reason})


async def show_comparables(
    tx: Transaction, item_id: UUID, caller: Identity, now: datetime
) -> list[tuple[Comparable, tuple[str, ...]]]:
    """The comparable matters for a member, who has then seen them in this hearing.

    Raises `Refused` for a matter that was not screened: nothing is known to compare it by.
    """
    item, board, acts, authority = await _lock(tx, item_id, caller, now)
    with _refusals():
        demand_member(board, acts, caller.subject)
    violation = await store.find_violation(tx, item_id)
    if violation is None:
        raise Refused(
            "The nomination has not been screened.", rule="board", code="not-screened", remedy="Screen it first."
        )
    found = panel(violation, await store.list_disposed(tx, item_id))
    await _write(tx, item, acts, caller, now, authority, "shown", {"matters": len(found)})
    return found


async def vote(
    tx: Transaction, item_id: UUID, caller: Identity, now: datetime, *, disposition: str, reason: str, opinion: str
) -> None:
    """A member votes for a disposition, for a reason; one that does not carry stands on record as a dissent.

    Raises `Conflict` for who does not sit on the board, stands aside, has voted, or was not shown comparable matters,
    and before the hearing.
    """
    item, board, acts, authority = await _lock(tx, item_id, caller, now)
    with _refusals():
        demand_member(board, acts, caller.subject)
        demand_vote(acts, caller.subject, await store.count_hearings(tx, item_id))
    if item.stage != "heard":
        raise Conflict("The board votes after a hearing.", rule="board", code="not-heard", remedy="Record the hearing.")
    fields = {"disposition": disposition, "reason": reason, "opinion": opinion}
    await _write(tx, item, acts, caller, now, authority, "voted", fields)


async def demand_carried(tx: Transaction, item: Item, fields: Mapping[str, Any]) -> None:
    """Raise `Conflict` unless the board of the matter's Center voted for what is recorded as its vote."""
    board = await store.find_board(tx.connection, item.center)
    acts = await store.list_acts(tx.connection, item.item_id)
    if board is None:
        raise Conflict(
            "The Center has no board.",
            rule="board",
            code="board-not-set",
            remedy=f"Set it with PUT /centers/{item.center}/board.",
        )
    tally = tally_of(board, acts, await store.count_hearings(tx, item.item_id))
    if tally.carried is None:
        raise Conflict(
            f"{tally.cast} of a quorum of {tally.quorum} voted, and no disposition has more votes than any other.",
            rule="board",
            code="not-carried",
            remedy="Let the members vote: POST /items/{id}/votes.",
        )
    for_it = tally.votes[tally.carried]
    told = (fields.get("disposition"), fields.get("votes_for"), fields.get("votes_against"))
    if told != (tally.carried, for_it, tally.cast - for_it):
        raise Conflict(
            f"The board voted for {tally.carried}, {for_it} to {tally.cast - for_it}.",
            rule="board",
            code="another-vote",
            remedy="Record what the board voted.",
        )
    if tally.cast > for_it and not fields.get("dissent"):
        raise Conflict(
            "Not all voted for it, and no dissent is recorded.",
            rule="board",
            code="dissent-needed",
            remedy="Record the dissent: GET /items/{id}/votes has the opinions.",
        )


async def _lock(
    tx: Transaction, item_id: UUID, caller: Identity, now: datetime
) -> tuple[Item, Board | None, list[ActOfMember], str]:
    item = (await item_store.lock_items(tx, [item_id])).get(item_id)
    what = f"item {item_id}"
    if item is None:
        raise no_such(what)
    demand_known(caller, item)
    authority = demand(caller, "item.act", legal_date(now), seen(item), what, sight=seen(item))
    await demand_acting(tx, caller, now)
    if item.process != CEAR:
        raise Refused(
            "No board hears this matter.", rule="board", code="not-of-board", remedy="Act on it with POST …/acts."
        )
    board = await store.find_board(tx.connection, item.center)
    return item, board, await store.list_acts(tx.connection, item_id), authority


async def _write(
    tx: Transaction,
    item: Item,
    acts: list[ActOfMember],
    caller: Identity,
    now: datetime,
    authority: str,
    act: BoardAct,
    fields: Mapping[str, str | int | None],
) -> None:
    number = acts[-1].number + 1 if acts else 1
    hearing = await store.count_hearings(tx, item.item_id)
    done = ActOfMember(item.item_id, number, hearing, act, caller.subject, caller.name, now, fields, authority)
    await store.write_act(tx, done)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except NotOnTheBoard as refusal:
        raise Conflict(str(refusal), rule="board", code=refusal.code, remedy=refusal.remedy) from refusal
