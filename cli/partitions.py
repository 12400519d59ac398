"""Tables in pieces: which there are, and a large one taken into pieces with everything going on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from cli.environment import Environment
from cli.not_there import NotThere
from cli.operations import service_engine
from services.liquidation.store.partitions import PIECES as OF_LIQUIDATION
from services.notifications.store.partitions import PIECES as OF_NOTIFICATIONS
from services.routing.store.partitions import PIECES as OF_ROUTING
from services.workqueue.store.partitions import PIECES as OF_WORKQUEUE
from shared.db.pieces import Pieces, Standing, abandon, adopt, look
from shared.db.transaction import exclusive_session, transaction

PIECES: Final[Mapping[str, Sequence[Pieces]]] = {
    "routing": OF_ROUTING,
    "workqueue": OF_WORKQUEUE,
    "liquidation": OF_LIQUIDATION,
    "notifications": OF_NOTIFICATIONS,
}
"""By service the tables that can be in pieces."""
ROWS: Final = 5_000
"""Rows that are copied, and compared, in a transaction."""


async def list_pieces(environment: Environment, services: Sequence[str]) -> dict[str, list[Standing]]:
    """By service its tables that can be in pieces, with how far each is."""
    found = {}
    for service in services:
        async with service_engine(environment, service) as engine, transaction(engine) as tx:
            found[service] = [await look(tx, each) for each in PIECES[service]]
    return found


async def take_into_pieces(
    environment: Environment, service: str, table: str, *, rows: int, told: Callable[[Standing], None]
) -> Standing:
    """Take a table into pieces, or go on with it; `told` is called after each step.

    Raises `NotThere` for a table that cannot be in pieces, and while somebody else takes it.
    """
    taken = _find(service, table)
    async with service_engine(environment, service) as engine, exclusive_session(engine, f"pieces of {table}") as held:
        if held is None:
            raise NotThere(f"{table} of {service} is taken into pieces by another `centerline partitions adopt`")
        async for standing in adopt(held, taken, rows=rows):
            told(standing)
    return standing


async def give_up(environment: Environment, service: str, table: str) -> bool:
    """Take back what was begun with a table; gives whether there was anything."""
    taken = _find(service, table)
    async with service_engine(environment, service) as engine, exclusive_session(engine, f"pieces of {table}") as held:
        if held is None:
            raise NotThere(
                f"{table} of {service} is taken into pieces by a `centerline partitions adopt`: end it first"
            )
        async with transaction(held) as tx:
            return await abandon(tx, taken)


def _find(service: str, table: str) -> Pieces:
    found = next((each for each in PIECES[service] if each.table == table), None)
    if found is None:
        names = ", ".join(each.table for each in PIECES[service])
        raise NotThere(f"{service} has no table {table} that can be in pieces; it has {names}")
    return found
