"""Filters of the queue under a name: kept, listed, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.console.store.tables.core import views
from shared.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class View:
    """A view as its list shows it."""

    view_id: int
    subject: str
    center: str | None
    name: str
    query: str


async def keep(tx: Transaction, subject: str, center: str | None, name: str, query: str, now: datetime) -> None:
    """Keep a view, instead of the one that had this name."""
    row = {"subject": subject, "center": center, "name": name, "query": query, "made_at": now}
    changed = {"center": center, "query": query, "made_at": now}
    await tx.connection.execute(
        insert(views).values(row).on_conflict_do_update(constraint="views_subject_name_key", set_=changed)
    )


async def listing(tx: Transaction, subject: str, centers: Sequence[str]) -> list[View]:
    """The views of somebody and those of their Centers, by name."""
    rows = await tx.connection.execute(
        select(views.c.view_id, views.c.subject, views.c.center, views.c.name, views.c.query)
        .where(or_(views.c.subject == subject, views.c.center.in_(centers)))
        .order_by(views.c.name, views.c.view_id)
        .limit(50)
    )
    return [View(*row) for row in rows]


async def drop(tx: Transaction, subject: str, view_id: int) -> None:
    """Take away somebody's own view."""
    await tx.connection.execute(delete(views).where(views.c.subject == subject, views.c.view_id == view_id))
