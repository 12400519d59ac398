"""Which items are in the calendar of an officer, and who is in their team."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.item import WAITING, Item
from services.workqueue.store.filters import items_within
from services.workqueue.store.items import ITEM_COLUMNS, item_of
from services.workqueue.store.tables import items
from services.workqueue.store.tables.staff import staff
from shared.db.reach import is_one_of
from shared.runtime.access import Reach


async def find_team(connection: AsyncConnection, center: str, teams: Sequence[str]) -> frozenset[str]:
    """The people of a Center that are in one of these teams."""
    if not teams:
        return frozenset()
    is_in_one = or_(*(staff.c.teams.contains([team]) for team in teams))
    rows = await connection.scalars(select(staff.c.subject).where(staff.c.center == center, is_in_one))
    return frozenset(rows)


async def list_held(connection: AsyncConnection, reach: Reach, subjects: Collection[str], *, limit: int) -> list[Item]:
    """What waits and is held by one of these people or assigned to one, as far as the reach goes; nothing sensitive."""
    of_them = or_(is_one_of(items.c.holder, subjects), is_one_of(items.c.assigned_to, subjects))
    query = select(*(items.c[name] for name in ITEM_COLUMNS)).where(
        of_them, items.c.state.in_(WAITING), items_within(reach), items.c.knowers.is_(None)
    )
    return [item_of(row) for row in await connection.execute(query.order_by(items.c.item_id).limit(limit))]


async def find_reached(connection: AsyncConnection, reach: Reach, item_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the items that the reach covers and that are not sensitive, waiting or ended."""
    query = select(items.c.item_id).where(
        items.c.item_id.in_(sorted(item_ids)), items_within(reach), items.c.knowers.is_(None)
    )
    return frozenset(await connection.scalars(query))
