"""Partitions of the months to come, made before anything needs them, and what the server knows of tables in pieces."""

from collections.abc import Sequence
from typing import Final

import structlog

from shared.customs.calendar import legal_date
from shared.db.partitions import Parted, analyse, days_left, list_partitions, make_next
from shared.db.pieces import Pieces, Stage, look
from shared.db.transaction import transaction
from shared.runtime.clock import Clock
from shared.runtime.metrics import Metrics
from shared.runtime.slices import JobSession

log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


async def make_ahead(session: JobSession, tables: Sequence[Parted], clock: Clock, metrics: Metrics) -> None:
    """Make what is missing, a table at a time, and say for how many days there are partitions.

    That is said before as well, so that a run that fails has told how long it may go on failing.
    """
    today = legal_date(clock.now())
    for parted in tables:
        left = metrics.partition_days_left.labels(table=parted.table)
        async with transaction(session) as tx:
            left.set(days_left(await list_partitions(tx, parted), today))
        async with transaction(session) as tx:
            made = await make_next(tx, parted, today)
            reached = days_left(await list_partitions(tx, parted), today)
        left.set(reached)
        async with transaction(session) as tx:
            await analyse(tx, parted.table)
        for name in made:
            log.info("partition_made", table=parted.table, partition=name)


async def look_over(session: JobSession, tables: Sequence[Pieces]) -> None:
    """Have the server look at tables in pieces as a whole once a day; it looks by itself at tables that are whole."""
    for pieces in tables:
        async with transaction(session) as tx:
            if (await look(tx, pieces)).stage in {Stage.REPLACED, Stage.IN_PIECES}:
                await analyse(tx, pieces.table)
