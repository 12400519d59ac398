"""Where the rows of a table come from, and so what brings them back: events that are kept, or the backup."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.db import bulk
from shared.db.transaction import Transaction


class Origin(StrEnum):
    """What determines the rows of a table.

    `events` alone: made again from the archive, equal to what they were. `both`: events make a row, and acts of people
    or jobs at their hour share in it: where there were none it is made again, else it comes from the backup. `acts` of
    people, or of jobs at their hour: from the backup. `rules`: the same, but a release brings the first rows, so that
    an empty database has some. `working`: what the bus, jobs and calls keep for themselves; nothing to bring back.
    """

    EVENTS = "events"
    BOTH = "both"
    ACTS = "acts"
    RULES = "rules"
    WORKING = "working"


PLATFORM: Final[Mapping[str, Origin]] = MappingProxyType(
    {
        "consumer_offsets": Origin.WORKING,
        "inbox": Origin.WORKING,
        "outbox": Origin.WORKING,
        "outbox_set_aside": Origin.WORKING,
        "dead_letters": Origin.BOTH,  # operators settle them
        "idempotency_keys": Origin.WORKING,
        "job_runs": Origin.WORKING,
        "rows_set_aside": Origin.WORKING,
        "walks": Origin.WORKING,
        "invariant_findings": Origin.WORKING,
        "unsealed": Origin.WORKING,
        "seals": Origin.ACTS,  # a copy seals for itself: its seals are not those of the service
        "seal_runs": Origin.ACTS,
        "operator_acts": Origin.ACTS,
    }
)
"""The tables that every service has beside its own."""


async def find_filled(tx: Transaction, tables: Collection[str]) -> list[str]:
    """Those of these tables that hold rows, by name."""
    names = sorted(tables)
    looks = ", ".join(f'EXISTS (SELECT FROM "{name}") AS "{name}"' for name in names)
    (row,) = await bulk.fetch(tx, f"SELECT {looks}")
    return [name for name in names if row[name]]
