"""What operators asked for, with who and why, and how far it is: a run that is interrupted goes on from here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal

import orjson

from shared.db import bulk
from shared.db.transaction import Transaction

ActState = Literal["going-on", "done", "failed"]

_COLUMNS: Final = "act_id, act, asked, reason, asked_by, asked_at, state, total, reached, done, result, ended_at"
_WRITE: Final = f"""
INSERT INTO operator_acts (act, asked, reason, asked_by, asked_at, total)
VALUES ($1, $2::jsonb, $3, $4, $5, $6) RETURNING {_COLUMNS}
"""
_MOVE: Final = f"""
UPDATE operator_acts SET reached = $2, done = $3, result = $4::jsonb, state = $5, ended_at = $6
WHERE act_id = $1 AND state = 'going-on' RETURNING {_COLUMNS}
"""
_NEXT: Final = f"""
SELECT {_COLUMNS} FROM operator_acts
WHERE state = 'going-on' AND act_id > $1 AND act = ANY($2::text[])
ORDER BY act_id LIMIT 1
"""
_HOLD: Final = f"""
SELECT {_COLUMNS} FROM operator_acts WHERE act_id = $1 AND state = 'going-on' FOR UPDATE SKIP LOCKED
"""
_LIST: Final = f"""
SELECT {_COLUMNS} FROM operator_acts WHERE ($1::bigint IS NULL OR act_id < $1) ORDER BY act_id DESC LIMIT $2
"""
_LAST: Final = f"SELECT {_COLUMNS} FROM operator_acts WHERE act = $1 ORDER BY act_id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class OperatorAct:
    """An act of an operator. `total` is what it was asked for, `done` what it changed, `reached` the last id of it."""

    act_id: int
    act: str
    asked: Mapping[str, Any]
    reason: str
    asked_by: str
    asked_at: datetime
    state: ActState
    total: int
    reached: int
    done: int
    result: Mapping[str, Any]
    ended_at: datetime | None


async def write(
    tx: Transaction, act: str, asked: Mapping[str, Any], *, reason: str, by: str, at: datetime, total: int
) -> OperatorAct:
    """Record that somebody asked for an act; it goes on until it is moved to its end."""
    (row,) = await bulk.fetch(tx, _WRITE, act, orjson.dumps(dict(asked)).decode(), reason, by, at, total)
    return _read(row)


async def move(
    tx: Transaction,
    act_id: int,
    *,
    reached: int,
    done: int,
    result: Mapping[str, Any],
    state: ActState,
    at: datetime,
) -> OperatorAct | None:
    """Note how far an act is; None when it has ended already."""
    ended_at = None if state == "going-on" else at
    rows = await bulk.fetch(tx, _MOVE, act_id, reached, done, orjson.dumps(dict(result)).decode(), state, ended_at)
    return _read(rows[0]) if rows else None


async def find_next(tx: Transaction, after: int, kinds: Collection[str]) -> OperatorAct | None:
    """The first act of these kinds behind an id that goes on; None when there is none."""
    rows = await bulk.fetch(tx, _NEXT, after, list(kinds))
    return _read(rows[0]) if rows else None


async def hold(tx: Transaction, act_id: int) -> OperatorAct | None:
    """An act that goes on, for this transaction alone; None when it has ended or another has it."""
    rows = await bulk.fetch(tx, _HOLD, act_id)
    return _read(rows[0]) if rows else None


async def find(tx: Transaction, act_id: int) -> OperatorAct | None:
    """One act."""
    rows = await bulk.fetch(tx, f"SELECT {_COLUMNS} FROM operator_acts WHERE act_id = $1", act_id)
    return _read(rows[0]) if rows else None


async def find_last(tx: Transaction, act: str) -> OperatorAct | None:
    """The newest act of a kind."""
    rows = await bulk.fetch(tx, _LAST, act)
    return _read(rows[0]) if rows else None


async def listing(tx: Transaction, *, before: int | None, limit: int) -> Sequence[OperatorAct]:
    """Acts, the newest first, from before an id on."""
    return [_read(row) for row in await bulk.fetch(tx, _LIST, before, limit)]


def _read(row: Any) -> OperatorAct:
    return OperatorAct(*(row[each.name] for each in fields(OperatorAct)))
