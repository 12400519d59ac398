"""Saved views of items."""

from collections.abc import Collection
from dataclasses import astuple, fields
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.view import MOST_VIEWS, View
from services.workqueue.store.tables.views import views
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = tuple(each.name for each in fields(View))
_LOCK = f"SELECT {', '.join(_COLUMNS)} FROM views WHERE view_id = $1 FOR UPDATE"
_LISTED = 500


async def write_view(tx: Transaction, view: View) -> None:
    """Write a view that is new, or locked."""
    replaced = ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[1:])
    await bulk.insert(tx, views, _COLUMNS, [astuple(view)], on_conflict=f"(view_id) DO UPDATE SET {replaced}")


async def lock_view(tx: Transaction, view_id: UUID) -> View | None:
    """A view, locked for this transaction."""
    rows = await bulk.fetch(tx, _LOCK, view_id)
    return View(*rows[0]) if rows else None


async def delete_view(tx: Transaction, view_id: UUID) -> None:
    """Take a view away: it is a convenience, no record."""
    await bulk.execute(tx, "DELETE FROM views WHERE view_id = $1", view_id)


async def has_too_many(tx: Transaction, owner: str) -> bool:
    """Whether a person has as many views as one may have."""
    rows = await bulk.fetch(tx, "SELECT count(*) AS found FROM views WHERE owner = $1", owner)
    return bool(rows[0]["found"] >= MOST_VIEWS)


async def find_view(connection: AsyncConnection, view_id: UUID) -> View | None:
    """A view by its id."""
    query = select(*(views.c[name] for name in _COLUMNS)).where(views.c.view_id == view_id)
    row = (await connection.execute(query)).one_or_none()
    return View(*row) if row is not None else None


async def list_views(
    connection: AsyncConnection, owner: str, centers: Collection[str], roles: Collection[str]
) -> list[View]:
    """A person's views, those shared with their Centers, and those that their roles there begin with, by name."""
    shared = and_(views.c.center.in_(sorted(centers)), or_(views.c.role.is_(None), views.c.role.in_(sorted(roles))))
    query = select(*(views.c[name] for name in _COLUMNS)).where(or_(views.c.owner == owner, shared))
    return [
        View(*row) for row in await connection.execute(query.order_by(views.c.name, views.c.view_id).limit(_LISTED))
    ]
