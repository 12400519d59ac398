"""The cut of a cycle: where the topics ended when it began, and how far the service has read since."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.cycle_cut import StandingLetters, UnreadPartition, Unseen
from services.liquidation.store.tables.cycles import cycle_cuts
from shared.bus import dead_letters
from shared.bus.lag import count_unread
from shared.bus.protocol import TopicPartition
from shared.db.transaction import Transaction

Ends = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Cut:
    """When a cycle began, and the ends of its topics as they were read then or later; None: the bus was away."""

    cycle_on: date
    began_at: datetime
    ends: Ends | None
    ends_read_at: datetime | None


async def find_cut(connection: AsyncConnection, friday: date) -> Cut | None:
    """The cut of a Friday; None while its cycle has not begun."""
    row = (await connection.execute(select(cycle_cuts).where(cycle_cuts.c.cycle_on == friday))).one_or_none()
    if row is None:
        return None
    ends = None if row.ends is None else {TopicPartition(topic, number): end for topic, number, end in row.ends}
    return Cut(row.cycle_on, row.began_at, ends, row.ends_read_at)


async def write_cut(tx: Transaction, cut: Cut, instead_of: Cut | None) -> None:
    """Write a cut, unless another one than the caller knows of has been written meanwhile."""
    values = {
        "cycle_on": cut.cycle_on,
        "began_at": cut.began_at,
        "ends": None if cut.ends is None else [[*at, end] for at, end in sorted(cut.ends.items())],
        "ends_read_at": cut.ends_read_at,
    }
    statement = insert(cycle_cuts).values(values)
    if instead_of is None:
        await tx.connection.execute(statement.on_conflict_do_nothing())
        return
    is_same = (cycle_cuts.c.began_at == instead_of.began_at) & cycle_cuts.c.ends_read_at.is_not_distinct_from(
        instead_of.ends_read_at
    )
    await tx.connection.execute(
        statement.on_conflict_do_update(index_elements=[cycle_cuts.c.cycle_on], set_=values, where=is_same)
    )


async def find_unseen(tx: Transaction, cut: Cut, group: str, topics: Collection[str]) -> Unseen:
    """What of a cut the group has not applied, and the dead letters that stand."""
    behind = await count_unread(tx, cut.ends, group) if cut.ends is not None else {}
    standing = await dead_letters.count_standing(tx, group, topics)
    return Unseen(
        cut.ends_read_at if cut.ends is not None else None,
        tuple(UnreadPartition(*at, events) for at, events in sorted(behind.items()) if events),
        tuple(StandingLetters(*each) for each in standing.items()),
    )


def write_unseen(unseen: Unseen) -> dict[str, Any]:
    """As it is kept with the cycle."""
    return {
        "as_of": unseen.as_of.isoformat() if unseen.as_of is not None else None,
        "unread": [[each.topic, each.partition, each.events] for each in unseen.unread],
        "letters": [[each.topic, each.letters] for each in unseen.letters],
    }


def read_unseen(kept: Mapping[str, Any]) -> Unseen:
    """What was kept with a cycle."""
    return Unseen(
        datetime.fromisoformat(kept["as_of"]) if kept["as_of"] is not None else None,
        tuple(UnreadPartition(*each) for each in kept["unread"]),
        tuple(StandingLetters(*each) for each in kept["letters"]),
    )
