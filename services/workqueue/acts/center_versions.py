"""Setting what a Center sets for itself: by who may there, one version after the other."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.reach import person_of
from services.workqueue.domain.center_version import CenterVersion
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, take_turn
from shared.runtime.access import Matter, judge, refusal_of
from shared.runtime.concurrency import IfMatch
from shared.runtime.identity import Identity


async def next_version(
    tx: Transaction,
    caller: Identity,
    center: str,
    now: datetime,
    *,
    action: str,
    reason: str,
    find: Callable[[AsyncConnection, str], Awaitable[CenterVersion | None]],
    if_match: IfMatch | None,
) -> dict[str, Any]:
    """The fields of `CenterVersion` for the version that the caller sets; others wait until it is written.

    Raises `Forbidden` for another's Center, and without the acting authority that the token claims; `Stale` where
    another version stands than the caller means.
    """
    permission = judge(caller, action, legal_date(now), Matter(centers=frozenset({center})))
    if permission.row_id is None:
        raise refusal_of(permission)
    await demand_acting(tx, caller, now)
    await take_turn(tx, f"{action} of {center}")
    before = await find(tx.connection, center)
    if if_match is not None:
        if_match.check(before.version if before is not None else 0)
    person = person_of(caller)
    return {
        "center": center,
        "version": before.version + 1 if before is not None else 1,
        "reason": reason,
        "set_by": person.subject,
        "set_by_name": person.name,
        "set_at": now,
        "authority": permission.row_id,
    }
