"""Boards of enforcement, what their members did, and what boards disposed of before."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.board import ActOfMember, Board, Comparable, Violation
from services.workqueue.store.tables.boards import board_acts, boards
from shared.db import bulk
from shared.db.transaction import Transaction

_BOARD = tuple(each.name for each in fields(Board))
_ACT = tuple(each.name for each in fields(ActOfMember))
_DISPOSED = """
SELECT DISTINCT ON (d.item_id) d.fields AS disposed, s.fields AS screened, s.act AS screened_by
FROM item_acts d JOIN item_acts s ON s.item_id = d.item_id AND s.act IN ('screen', 'screen-as-fraud')
WHERE d.act = 'dispose' AND d.item_id <> $1
ORDER BY d.item_id, d.number DESC, s.number DESC
"""
_SCREENED = """
SELECT fields, act FROM item_acts WHERE item_id = $1 AND act IN ('screen', 'screen-as-fraud')
ORDER BY number DESC LIMIT 1
"""
# When the newest hearing ended by a disposition; none while it has not.
_DISPOSED_AT = """
SELECT d.at FROM item_acts d WHERE d.item_id = $1 AND d.act = 'dispose'
    AND NOT EXISTS (SELECT FROM item_acts h WHERE h.item_id = $1 AND h.act = 'hear' AND h.number > d.number)
ORDER BY d.number DESC LIMIT 1
"""
_HEARINGS = "SELECT count(*) AS hearings FROM item_acts WHERE item_id = $1 AND act = 'hear'"


async def write_board(tx: Transaction, board: Board) -> None:
    """Keep a new version of a Center's board."""
    row = tuple(
        orjson.dumps(dict(board.members)).decode() if name == "members" else getattr(board, name) for name in _BOARD
    )
    await bulk.insert(tx, boards, _BOARD, [row])


async def find_board(connection: AsyncConnection, center: str, at: datetime | None = None) -> Board | None:
    """The board of a Center as it stands, or stood at an instant; None before one was set."""
    query = select(*(boards.c[name] for name in _BOARD)).where(boards.c.center == center)
    if at is not None:
        query = query.where(boards.c.set_at <= at)
    row = (await connection.execute(query.order_by(boards.c.version.desc()).limit(1))).one_or_none()
    return None if row is None else Board(*row)


async def write_act(tx: Transaction, act: ActOfMember) -> None:
    """Keep what a member did in a matter that is locked."""
    row = tuple(orjson.dumps(dict(act.fields)).decode() if name == "fields" else getattr(act, name) for name in _ACT)
    await bulk.insert(tx, board_acts, _ACT, [row])


async def list_acts(connection: AsyncConnection, item_id: UUID) -> list[ActOfMember]:
    """What members did in a matter, the first first."""
    query = select(*(board_acts.c[name] for name in _ACT)).where(board_acts.c.item_id == item_id)
    return [ActOfMember(*row) for row in await connection.execute(query.order_by(board_acts.c.number))]


async def count_hearings(tx: Transaction, item_id: UUID) -> int:
    """How many hearings a matter had."""
    return int((await bulk.fetch(tx, _HEARINGS, item_id))[0]["hearings"])


async def find_disposed_at(tx: Transaction, item_id: UUID) -> datetime | None:
    """When the board disposed of a matter after its newest hearing; None while it has not."""
    rows = await bulk.fetch(tx, _DISPOSED_AT, item_id)
    return rows[0]["at"] if rows else None


async def find_violation(tx: Transaction, item_id: UUID) -> Violation | None:
    """What a matter was screened as; None before."""
    rows = await bulk.fetch(tx, _SCREENED, item_id)
    return _violation(rows[0]["fields"], rows[0]["act"]) if rows else None


async def list_disposed(tx: Transaction, but: UUID) -> list[Comparable]:
    """Every matter that a board disposed of, but this one; of whom is not told."""
    found = []
    for row in await bulk.fetch(tx, _DISPOSED, but):
        disposed, screened = row["disposed"], row["screened"]
        found.append(
            Comparable(
                _violation(screened, row["screened_by"]),
                screened.get("disclosure_status"),
                disposed["disposition"],
                disposed["disposition_reason"],
                date.fromisoformat(disposed["disposed_on"]),
            )
        )
    return found


def _violation(fields: dict[str, object], act: str) -> Violation:
    loss, prior = fields.get("loss_usd"), fields.get("prior_violations")
    return Violation(
        str(fields["statute"]),
        "fraud" if act == "screen-as-fraud" else str(fields["culpability"]),
        Decimal(str(loss)) if loss is not None else None,
        int(str(prior)) if prior is not None else None,
    )
