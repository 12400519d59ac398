"""Every table under seal, attacked: a line of it that is changed or taken out is found, whatever table it is."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.store.sealed import SEALED as LIQUIDATION
from services.notifications.store.sealed import SEALED as NOTIFICATIONS
from services.routing.store.sealed import SEALED as ROUTING
from services.workqueue.store.sealed import SEALED as WORKQUEUE
from shared.db.seals import SealedTable
from shared.db.transaction import transaction
from shared.runtime import sealing
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
NOW = datetime(2026, 3, 2, 19, 3, 11, tzinfo=UTC)
OF_SERVICES = {
    "routing": ROUTING,
    "workqueue": WORKQUEUE,
    "liquidation": LIQUIDATION,
    "notifications": NOTIFICATIONS,
}
_VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "integer": "1",
    "bigint": "1",
    "smallint": "1",
    "numeric": "1",
    "boolean": "true",
    "jsonb": "'[]'",
    "bytea": r"'\x00'",
    "date": "DATE '2026-03-02'",
    "timestamp with time zone": "TIMESTAMPTZ '2026-03-02 19:00Z'",
    "text[]": "'{}'",
    "integer[]": "'{1}'",
}
_CHANGED = {
    "text": "{} || 'y'",
    "integer": "{} + 1",
    "bigint": "{} + 1",
    "jsonb": """'["y"]'""",
    "date": "{} + 1",
    "timestamp with time zone": "{} + interval '1 day'",
    "boolean": "NOT {}",
    "bytea": r"'\x01'",
    "integer[]": "{} || 2",
}
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a
WHERE a.attrelid = CAST(:name AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' AND a.attidentity = '' ORDER BY a.attnum
"""
_RULES = """
SELECT conname FROM pg_constraint WHERE conrelid = CAST(:name AS regclass) AND contype IN ('c', 'f', 'p', 'u')
"""


async def do(engine: AsyncEngine, *statements: str) -> None:
    async with transaction(engine) as tx:
        for statement in statements:
            await tx.connection.execute(text(statement))


async def findings(engine: AsyncEngine, tables: tuple[SealedTable, ...]) -> list[str]:
    found = await find_violations(engine, sealing.invariants(tables))
    return found["history-stands-as-sealed"]


async def columns_of(engine: AsyncEngine, table: SealedTable) -> dict[str, str]:
    """The columns that a line is written with; what the table forbids beyond its key is taken away for the attack."""
    async with transaction(engine) as tx:
        for (rule,) in list(await tx.connection.execute(text(_RULES), {"name": table.name})):
            await tx.connection.execute(text(f'ALTER TABLE {table.name} DROP CONSTRAINT "{rule}" CASCADE'))
        rows: list[Any] = list(await tx.connection.execute(text(_COLUMNS), {"name": table.name}))
    return dict(rows)


async def write_line(engine: AsyncEngine, table: SealedTable) -> dict[str, str]:
    """One line alone in a table, which waits to be sealed; gives the columns with their types."""
    columns = await columns_of(engine, table)
    await do(engine, f"DELETE FROM {table.name}")  # what the service is shipped with
    await do(engine, f"DELETE FROM seals WHERE source = '{table.name}'")
    values = ", ".join(_VALUES[kind] for kind in columns.values())
    await do(engine, f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values})")
    return columns


def another_line(table: SealedTable, columns: dict[str, str], times: int) -> str:
    """SQL that adds a line to the subject of the first one, under another key."""
    values = []
    for name, kind in columns.items():
        value = _VALUES[kind]
        for _ in range(times if name in table.key and name != table.subject else 0):
            value = "gen_random_uuid()" if kind == "uuid" else _CHANGED[kind].format(value)
        values.append(value if name != table.subject else f"(SELECT {name} FROM {table.name} LIMIT 1)")
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join(values)})"


@pytest.mark.parametrize("service", OF_SERVICES)
async def test_line_put_in_past_the_seal_and_another_order_are_found(service: str, service_engine: MakeEngine) -> None:
    engine, tables = await service_engine(service), OF_SERVICES[service]
    for table in tables:
        columns = await write_line(engine, table)
        await do(engine, another_line(table, columns, 1))
        assert await findings(engine, (table,)) == [], f"{table.name}: what waits is no finding"
        await sealing.seal_what_waits(engine, tables, NOW)
        assert await findings(engine, (table,)) == [], table.name
        # Put in by somebody whom no trigger stops: it is not sealed, and waits for no run that would.
        await do(engine, "SET LOCAL session_replication_role = replica", another_line(table, columns, 2))
        (found,) = await findings(engine, (table,))
        assert found.startswith(f"{table.name} of "), table.name
        assert found.endswith("was put in past the seal"), table.name
        # Put in and noted: the next run seals it behind the others, where nobody can take it for an older one.
        await do(engine, f"INSERT INTO unsealed SELECT '{table.name}', {table.subject}::text FROM {table.name} LIMIT 1")
        await sealing.seal_what_waits(engine, tables, NOW)
        assert await findings(engine, (table,)) == [], table.name
        places = f"UPDATE seals SET position = {{}} WHERE source = '{table.name}' AND position {{}}"
        await do(engine, places.format("-2", "= 1"), places.format("1", "= 2"), places.format("2", "= -2"))
        turned = await findings(engine, (table,))
        assert turned, table.name
        assert all("the chain is broken at line" in each for each in turned), turned
        await do(engine, f"DELETE FROM {table.name}", f"DELETE FROM seals WHERE source = '{table.name}'")


@pytest.mark.parametrize("service", OF_SERVICES)
async def test_change_and_deletion_in_any_sealed_table_are_found(service: str, service_engine: MakeEngine) -> None:
    engine, tables = await service_engine(service), OF_SERVICES[service]
    for table in tables:
        columns = await write_line(engine, table)
        await sealing.seal_what_waits(engine, tables, NOW)
        assert list(await findings(engine, (table,))) == [], table.name
        kept = {*table.key, table.subject, *table.without}
        changed = [name for name, kind in columns.items() if name not in kept and kind in _CHANGED]
        assert changed, table.name
        for name in changed:
            new, old = _CHANGED[columns[name]].format(name), f"old_{table.name}"
            await do(engine, f"CREATE TABLE {old} AS SELECT * FROM {table.name}")
            await do(engine, f"UPDATE {table.name} SET {name} = {new}")
            (found,) = await findings(engine, (table,))
            assert found.startswith(f"{table.name} of "), (table.name, name)
            assert found.endswith("was changed after it was sealed"), (table.name, name)
            await do(engine, f"UPDATE {table.name} SET {name} = o.{name} FROM {old} o")
            await do(engine, f"DROP TABLE {old}")
            assert await findings(engine, (table,)) == [], (table.name, name)
        await do(engine, f"DELETE FROM {table.name}")
        (found,) = await findings(engine, (table,))
        assert found.endswith("was taken out after it was sealed"), table.name
        await do(engine, f"DELETE FROM seals WHERE source = '{table.name}'")  # the next table is looked at alone


@pytest.mark.parametrize("service", OF_SERVICES)
async def test_subjects_of_every_kind_are_looked_at_side_by_side(service: str, service_engine: MakeEngine) -> None:
    """An account has a number and a calendar's event an id: each table is asked for the subjects of all."""
    engine, tables = await service_engine(service), OF_SERVICES[service]
    for table in tables:
        await write_line(engine, table)
    await sealing.seal_what_waits(engine, tables, NOW)
    assert await findings(engine, tables) == []
