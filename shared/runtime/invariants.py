"""Statements about the database that must always hold, checked on a schedule and after every fault test."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.metrics import Metrics

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Opens a connection for the length of a block: `engine.connect`, or a read-only one."""


class Invariant(Protocol):
    """One statement: a name for the metric, a sentence for people, and the check."""

    @property
    def name(self) -> str: ...

    @property
    def meaning(self) -> str: ...

    async def check(self, connection: AsyncConnection) -> list[str]:
        """Return one line per violation; an empty list means that the statement holds.

        Ask in one SQL statement: it sees one snapshot, so work in progress cannot look like a violation.
        """
        ...


@dataclass(frozen=True, slots=True)
class QueryInvariant:
    """An invariant with the query that gives one line of text for whatever contradicts it."""

    name: str
    meaning: str
    query: str

    async def check(self, connection: AsyncConnection) -> list[str]:
        """One line per violation, the first hundred."""
        return sorted(str(line) for line in (await connection.scalars(text(f"{self.query} LIMIT 100"))).all())


async def check_all(
    connect: Connect, invariants: Iterable[Invariant], metrics: Metrics | None = None
) -> dict[str, list[str]]:
    """Check each invariant on a connection of its own; return the violations (maybe none) by name."""
    found: dict[str, list[str]] = {}
    for invariant in invariants:
        async with connect() as connection:
            violations = await invariant.check(connection)
        found[invariant.name] = violations
        if metrics is not None:
            metrics.invariant_failures.labels(invariant.name).set(len(violations))
        if violations:
            log.error(
                "invariant violated",
                name=invariant.name,
                meaning=invariant.meaning,
                count=len(violations),
                first=violations[:5],
            )
    return found
