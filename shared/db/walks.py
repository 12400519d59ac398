"""Going through tables in slices by key: what changed lately first, and all the rest in turn, however long it takes.

How much is looked at each time does not grow with the table. How far a walk has come stands in `walks`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final, Literal, NamedTuple

from shared.db import bulk
from shared.db.transaction import Transaction

_HOLD: Final = """
INSERT INTO walks (name, began_at, seen_until)
SELECT $1, $2, min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING reached, began_at, went_round_at, seen_until, seen_key
"""
_KEEP: Final = """
UPDATE walks SET reached = $2, began_at = $3, went_round_at = $4, seen_until = $5, seen_key = $6 WHERE name = $1
"""
# A transaction that began earlier may still commit rows of its own time: what is younger than the oldest is left.
_HORIZON: Final = """
SELECT min(xact_start) AS horizon FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL
"""
_KNOWN: Final = "SELECT DISTINCT key FROM invariant_findings WHERE name = ANY($1::text[])"
_GONE: Final = """
DELETE FROM invariant_findings WHERE name = $1 AND key = ANY($2::text[]) AND key <> ALL($3::text[])
"""
_FOUND: Final = """
INSERT INTO invariant_findings (name, key, line, found_at)
SELECT DISTINCT ON (key) $1, key, line, $4::timestamptz FROM unnest($2::text[], $3::text[]) AS given(key, line)
ORDER BY key, line
ON CONFLICT (name, key) DO UPDATE SET line = excluded.line
"""
_COUNT: Final = "SELECT count(*) AS found FROM invariant_findings WHERE name = $1"


@dataclass(frozen=True, slots=True)
class Changes:
    """An append-only table that tells when rows of a walk changed: its key, and the server's time of the change."""

    table: str
    key: str
    at: str


@dataclass(frozen=True, slots=True)
class Walk:
    """Rows by a key: of the table whose primary key it is, or of all tables that have it when it is not unique.

    `size` is how many keys are taken at a time, and how many that changed.
    """

    name: str
    tables: tuple[str, ...]
    key: str
    kind: Literal["text", "uuid", "bigint"] = "text"
    is_unique: bool = True
    size: int = 5_000
    changes: tuple[Changes, ...] = ()


class Place(NamedTuple):
    """How far a walk has come: through all of its keys, and through what changed."""

    reached: str
    began_at: datetime
    went_round_at: datetime | None
    seen_until: datetime
    seen_key: str


async def hold_place(tx: Transaction, walk: Walk, now: datetime) -> Place:
    """Where a walk is; a new one begins with the first key, and with what changes from now on."""
    (row,) = await bulk.fetch(tx, _HOLD, walk.name, now)
    return Place(*row)


async def keep_place(tx: Transaction, walk: Walk, place: Place) -> None:
    """Note how far a walk has come."""
    await bulk.execute(tx, _KEEP, walk.name, *place)


async def take_next(tx: Transaction, walk: Walk, place: Place, now: datetime) -> tuple[list[str], Place]:
    """The next keys in turn, and the place behind them; behind the last key is the beginning."""
    sql = keys_sql(walk, is_first=not place.reached)
    keys = [row["key"] for row in await bulk.fetch(tx, sql, place.reached or None, walk.size)]
    if len(keys) == walk.size:
        return keys, place._replace(reached=keys[-1])
    return keys, place._replace(reached="", began_at=now, went_round_at=now)


async def take_changed(tx: Transaction, walk: Walk, place: Place) -> tuple[list[str], Place]:
    """The next keys that changed, each once, and the place behind them; none for a walk without changes.

    More have changed as long as the place has a `seen_key`; how many keys there are does not tell.

    Nothing is passed over: what a transaction that still runs may add is left for the next time. Sees the sessions of
    the role that asks, and a service writes with one role.
    """
    if not walk.changes:
        return [], place
    (row,) = await bulk.fetch(tx, _HORIZON)
    horizon: datetime = row["horizon"]
    rows = await bulk.fetch(tx, changed_sql(walk.changes), place.seen_until, place.seen_key, horizon, walk.size)
    seen_until, seen_key = (rows[-1]["at"], rows[-1]["key"]) if len(rows) == walk.size else (horizon, "")
    keys = list(dict.fromkeys(row["key"] for row in rows))
    return keys, place._replace(seen_until=max(seen_until, place.seen_until), seen_key=seen_key)


async def list_known(tx: Transaction, names: Sequence[str]) -> list[str]:
    """The keys with which something was found to be wrong."""
    return [row["key"] for row in await bulk.fetch(tx, _KNOWN, list(names))]


async def write_findings(
    tx: Transaction, name: str, keys: Sequence[str], found: Sequence[tuple[str, str]], now: datetime
) -> int:
    """Note what an invariant found, and that it finds no more among these keys; gives how many findings it has."""
    wrong = [key for key, _ in found]
    await bulk.execute(tx, _GONE, name, list(keys), wrong)
    await bulk.execute(tx, _FOUND, name, wrong, [line for _, line in found], now)
    (row,) = await bulk.fetch(tx, _COUNT, name)
    return int(row["found"])


@cache
def keys_sql(walk: Walk, *, is_first: bool) -> str:
    """The next keys ($1 after, $2 how many): along the primary key, or from one key to the next by an index."""
    key, kind = walk.key, walk.kind
    after = "$1::text IS NULL" if is_first else f"{key} > $1::text::{kind}"
    if walk.is_unique:
        (table,) = walk.tables
        return f"SELECT {key}::text AS key FROM {table} WHERE {after} ORDER BY {key} LIMIT $2::integer"

    def least(condition: str) -> str:
        each = ", ".join(f"(SELECT min({key}) FROM {table} WHERE {condition})" for table in walk.tables)
        return f"least({each})"

    return f"""
WITH RECURSIVE found AS (
    SELECT {least(after)} AS key
    UNION ALL
    SELECT {least(f"{key} > found.key")} FROM found WHERE found.key IS NOT NULL
)
SELECT key::text AS key FROM found WHERE key IS NOT NULL LIMIT $2::integer
"""


@cache
def changed_sql(changes: tuple[Changes, ...]) -> str:
    """What changed ($1 since, $2 after that key of the same instant, $3 the horizon, $4 how many)."""
    each = " UNION ".join(
        f"SELECT {change.at} AS at, {change.key}::text AS key FROM {change.table}"
        f" WHERE {change.at} >= $1::timestamptz AND {change.at} < $3::timestamptz"
        f" AND ({change.at}, {change.key}::text) > ($1::timestamptz, $2::text)"
        for change in changes
    )
    return f"SELECT at, key FROM ({each}) AS changed ORDER BY at, key LIMIT $4::integer"


async def count_findings(tx: Transaction) -> dict[str, int]:
    """What checks on a schedule have found and not yet found mended: keys by invariant."""
    rows = await bulk.fetch(tx, "SELECT name, count(*) AS keys FROM invariant_findings GROUP BY name")
    return {row["name"]: row["keys"] for row in rows}
