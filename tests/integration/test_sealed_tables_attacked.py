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
from shared.db.transaction import reading, transaction
from shared.runtime import sealing
from shared.runtime.invariants import check_all

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
SELECT conname FROM pg_constraint WHERE conrelid = CAST(:name AS regclass) AND contype IN ('c', 'f')
"""


async def do(engine: AsyncEngine, statement: str) -> None:
    async with transaction(engine) as tx:
        await tx.connection.execute(text(statement))


async def findings(engine: AsyncEngine, tables: tuple[SealedTable, ...]) -> list[str]:
    found = await check_all(lambda: reading(engine), sealing.invariants(tables))
    return found["history-stands-as-sealed"]


async def columns_of(engine: AsyncEngine, table: SealedTable) -> dict[str, str]:
    """The columns that a line is written with; what the table forbids beyond its key is taken away for the attack."""
    async with transaction(engine) as tx:
        for (rule,) in list(await tx.connection.execute(text(_RULES), {"name": table.name})):
            await tx.connection.execute(text(f'ALTER TABLE {table.name} DROP CONSTRAINT "{rule}" CASCADE'))
        rows: list[Any] = list(await tx.connection.execute(text(_COLUMNS), {"name": table.name}))
    return dict(rows)


@pytest.mark.parametrize("service", OF_SERVICES)
async def test_change_and_deletion_in_any_sealed_table_are_found(service: str, service_engine: MakeEngine) -> None:
    engine, tables = await service_engine(service), OF_SERVICES[service]
    for table in tables:
        columns = await columns_of(engine, table)
        await do(engine, f"DELETE FROM {table.name}")  # what the service is shipped with
        await do(engine, f"DELETE FROM seals WHERE source = '{table.name}'")
        values = ", ".join(_VALUES[kind] for kind in columns.values())
        await do(engine, f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values})")
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
