"""Statements about the database that must always hold, checked on a schedule and after every fault test.

Fault tests check them whole (`check_all`). Production goes through the tables in slices (`check_next`): what changed
since the last time, what was wrong then, and the next keys in turn. A check costs the same however old the data are.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.db import walks
from shared.db.transaction import Connections, reading, transaction
from shared.db.walks import Walk
from shared.runtime.clock import Clock
from shared.runtime.errors import Transient
from shared.runtime.metrics import Metrics

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_MOST_LINES: Final = 100
_AMONG: Final = re.compile(r"AMONG\(([\w.]+)\)")

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
    """An invariant with the query that gives one line of text for whatever contradicts it.

    With a walk the query gives the key and the line, and says `AMONG(column)` where it can be limited to some keys: the
    check on a schedule goes through them in slices. Without one the query is bounded by itself: it reads a table that
    stays small, or by an index what is under way.
    """

    name: str
    meaning: str
    query: str
    walk: Walk | None = None

    async def check(self, connection: AsyncConnection) -> list[str]:
        """One line per violation in the whole database, the first hundred."""
        found = await connection.execute(text(f"{_AMONG.sub('true', self.query)} LIMIT {_MOST_LINES}"))
        return sorted(str(row[-1]) for row in found)

    async def check_among(self, connection: AsyncConnection, keys: Sequence[str]) -> list[tuple[str, str]]:
        """The violations among these keys, each with its key, the first hundred."""
        statement, given = self.slice_sql(), {"keys": list(keys)}
        return [(str(key), str(line)) for key, line in await connection.execute(text(statement), given)]

    def slice_sql(self) -> str:
        """The query for the keys of a slice, `keys` of text."""
        assert self.walk is not None
        keys = "CAST(:keys AS text[])"
        if self.walk.kind != "text":
            keys += f"::{self.walk.kind}[]"
        return f"{_AMONG.sub(lambda match: f'{match[1]} = ANY({keys})', self.query)} LIMIT {_MOST_LINES}"


async def check_all(
    connect: Connect, invariants: Iterable[Invariant], metrics: Metrics | None = None
) -> dict[str, list[str]]:
    """Check each invariant on a connection of its own; return the violations (maybe none) by name."""
    found: dict[str, list[str]] = {}
    for invariant in invariants:
        async with connect() as connection:
            violations = await invariant.check(connection)
        found[invariant.name] = violations
        _tell(invariant, len(violations), violations, metrics)
    return found


async def check_next(
    database: Connections,
    invariants: Sequence[QueryInvariant],
    clock: Clock,
    metrics: Metrics,
) -> None:
    """Check each invariant on the next slice of its walk, or whole when it has none; what is found stays in the metric
    until it is found to be right.

    Raises what kept an invariant from being checked, after the others.
    """
    problems: list[Exception] = []
    for invariant in invariants:
        if invariant.walk is None:
            try:
                async with reading(database) as connection:
                    violations = await invariant.check(connection)
            except Transient:
                raise
            except Exception as error:  # noqa: BLE001  told after the others
                problems.append(error)
            else:
                _tell(invariant, len(violations), violations, metrics)
    for walk in dict.fromkeys(each.walk for each in invariants if each.walk is not None):
        of_walk = [each for each in invariants if each.walk == walk]
        problems += await _check_walk(database, walk, of_walk, clock, metrics)
    if problems:
        raise problems[0]


async def _check_walk(
    database: Connections, walk: Walk, invariants: Sequence[QueryInvariant], clock: Clock, metrics: Metrics
) -> list[Exception]:
    async with transaction(database) as tx:
        place = await walks.hold_place(tx, walk, clock.now())
        known = await walks.list_known(tx, [each.name for each in invariants])
        changed, place = await walks.take_changed(tx, walk, place)
        following, place = await walks.take_next(tx, walk, place, clock.now())
        keys = sorted({*known, *changed, *following})
    problems = []
    for invariant in invariants:
        try:
            async with reading(database) as connection:
                found = await invariant.check_among(connection, keys)
            async with transaction(database) as tx:
                # Beyond the limit nobody knows which keys are right: then none is forgotten as mended.
                right = keys if len(found) < _MOST_LINES else []
                count = await walks.write_findings(tx, invariant.name, right, found, clock.now())
        except Transient:
            raise
        except Exception as error:  # noqa: BLE001  told after the others
            problems.append(error)
        else:
            _tell(invariant, count, sorted(line for _, line in found), metrics)
    async with transaction(database) as tx:
        await walks.keep_place(tx, walk, place)
    return problems


def _tell(invariant: Invariant, count: int, violations: Sequence[str], metrics: Metrics | None) -> None:
    if metrics is not None:
        metrics.invariant_failures.labels(invariant.name).set(count)
    if violations:
        log.error(
            "invariant violated",
            name=invariant.name,
            meaning=invariant.meaning,
            count=count,
            first=list(violations[:5]),
        )
