"""The distribution key of every table, and that statements of the hot paths join on it only (docs/scale)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import Date, DateTime, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.console.app import SERVICE as CONSOLE
from shared.db.engine import create_engine
from shared.runtime.service import Service
from tests.support.databases import TestDatabases
from tests.support.distribution import (
    AT_HOME,
    EVERYWHERE,
    Findings,
    Layout,
    Obstacle,
    examine,
    placed_tables,
    read_list,
)
from tests.support.services import SERVICES
from tests.support.statements import Recorded, record_hot_paths

pytestmark = pytest.mark.timeout(300)  # the stories are many, and cores may be shared

PLACED = placed_tables()
ALL = (*SERVICES, CONSOLE)

_TABLES = """
SELECT c.relname AS table_name, a.attname AS column_name FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
ORDER BY c.relname, a.attnum
"""
_UNIQUES = """
SELECT c.relname AS table_name,
    array_agg(trim('"' FROM pg_get_indexdef(i.indexrelid, part, true)) ORDER BY part) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid CROSS JOIN generate_series(1, i.indnkeyatts) AS part
WHERE i.indisunique AND c.relnamespace = current_schema()::regnamespace AND c.relname <> 'alembic_version'
GROUP BY c.relname, i.indexrelid
"""
_VIEWS = "SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema()"


@dataclass(frozen=True, slots=True)
class Schema:
    """What a migrated database has: columns by table, unique indexes (table, columns), queries by view."""

    columns: Mapping[str, list[str]]
    uniques: frozenset[tuple[str, tuple[str, ...]]]
    views: Mapping[str, str]


async def read_schema(databases: TestDatabases, service: Service) -> Schema:
    engine = create_engine(await databases.copy(service.name), application="tests", pool_size=1)
    async with engine.connect() as connection:
        columns: dict[str, list[str]] = {}
        for row in await connection.execute(text(_TABLES)):
            columns.setdefault(row.table_name, []).append(row.column_name)
        uniques = frozenset((row.table_name, tuple(row.columns)) for row in await connection.execute(text(_UNIQUES)))
        views = {row.viewname: row.definition for row in await connection.execute(text(_VIEWS))}
    await engine.dispose()
    return Schema(columns, uniques, views)


@pytest.fixture(scope="module")
async def schemas(databases: TestDatabases) -> Mapping[str, Schema]:
    return {service.name: await read_schema(databases, service) for service in ALL}


def layout_of(service: str, schema: Schema) -> Layout:
    return Layout({each.table: each.key for each in PLACED if each.service == service}, schema.columns, schema.views)


def test_every_table_is_in_the_list_and_no_other(schemas: Mapping[str, Schema]) -> None:
    there = [(name, table) for name, schema in schemas.items() for table in schema.columns]
    assert sorted((each.service, each.table) for each in PLACED) == sorted(there)


def test_every_key_is_a_column_of_its_table(schemas: Mapping[str, Schema]) -> None:
    missing = [
        each for each in PLACED if each.is_distributed and each.key not in schemas[each.service].columns[each.table]
    ]
    assert missing == []
    assert {each.key for each in PLACED} >= {EVERYWHERE, AT_HOME, "entry_number", "event_key", "item_id"}


def test_every_unique_constraint_has_the_key_or_is_listed_with_its_lever(schemas: Mapping[str, Schema]) -> None:
    """A node alone can hold a constraint only among the rows that it has."""
    keys = {(each.service, each.table): each.key for each in PLACED if each.is_distributed}
    without = {
        (name, table, columns)
        for name, schema in schemas.items()
        for table, columns in schema.uniques
        if (name, table) in keys and keys[name, table] not in columns
    }
    listed = read_list("uniques.csv")
    assert {(row["service"], row["table"], tuple(row["columns"].split("; "))) for row in listed} == without
    assert all(row["lever"] for row in listed)


def test_every_table_that_grows_for_ever_is_parted_or_says_why_not() -> None:
    tables = {(service.name, name): table for service in ALL for name, table in service.metadata.tables.items()}
    for each in PLACED:
        assert each.grows in {"for-ever", "by-accounts", "bounded"}
        is_dated = any(
            isinstance(c.type, Date | DateTime) for c in tables[each.service, each.table].primary_key.columns
        )
        if each.grows != "for-ever":
            assert each.why_whole == ""
        elif each.partitions != "whole":
            assert each.why_whole == ""
            assert is_dated if each.partitions.startswith("range ") else each.partitions == f"hash {each.key}", each
        else:
            assert each.why_whole in ({"small"} if is_dated else {"no-date", "lists"}), each


def test_the_inbox_is_by_event_and_never_by_date() -> None:
    of_inbox = {(each.key, each.partitions) for each in PLACED if each.table == "inbox"}
    assert of_inbox == {("event_key", "whole")}


@pytest.fixture(scope="module")
async def recorded(databases: TestDatabases) -> AsyncIterator[Recorded]:
    engines: list[AsyncEngine] = []

    async def make(service: str) -> AsyncEngine:
        engines.append(create_engine(await databases.copy(service), application="tests", pool_size=1))
        return engines[-1]

    yield await record_hot_paths(make)
    for engine in engines:
        await engine.dispose()
        databases.give_back(engine.url.render_as_string(hide_password=False))


@pytest.fixture(scope="module")
def examined(recorded: Recorded, schemas: Mapping[str, Schema]) -> Mapping[str, Findings]:
    found = {service.name: Findings() for service in SERVICES}
    for name, statements in recorded.by_service.items():
        layout = layout_of(name, schemas[name])
        for statement in statements:
            if not statement.startswith("COPY "):
                each = examine(statement, layout)
                found[name].joined.update(each.joined)
                found[name].obstacles.update(each.obstacles)
    return found


def test_hot_paths_join_on_the_keys_only_but_for_what_is_listed(examined: Mapping[str, Findings]) -> None:
    listed = read_list("crossings.csv")
    known = {(row["service"], row["kind"], row["tables"]) for row in listed}
    there = {(name, each.kind, each.tables) for name, findings in examined.items() for each in findings.obstacles}
    new, gone = sorted(there - known), sorted(known - there)
    assert not new, f"statements cross the keys: join on them, or list why not and the lever: {new}"
    assert not gone, f"these crossings are no more: {gone}"
    assert all(row["why"] and row["lever"] for row in listed)


def test_joins_were_looked_at(examined: Mapping[str, Findings], recorded: Recorded) -> None:
    """A recorder that hears nothing would find no crossing either."""
    assert {name: len(of) > 20 for name, of in recorded.by_service.items()} == dict.fromkeys(examined, True)
    assert "deliveries notices" in examined["notifications"].joined
    assert "protest_entries protests" in examined["liquidation"].joined
    assert any("item_events" in tables and "items" in tables for tables in examined["workqueue"].joined)
    assert all("INSERT INTO inbox" in " ".join(of) and "COPY outbox" in of for of in recorded.by_service.values())


SMALL = Layout(
    keys={"a": "k", "b": "k", "c": "other", "r": EVERYWHERE, "h": AT_HOME},
    columns={"a": ["k", "x"], "b": ["k", "y"], "c": ["other", "k"], "r": ["x", "z"], "h": ["k"]},
    views={"v": "SELECT k, x FROM a"},
)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT x, y FROM a JOIN b USING (k)",
        "SELECT x, y FROM a JOIN b ON a.k = b.k LEFT JOIN r ON r.x = a.x",
        "SELECT x FROM a, b WHERE a.k = $1 AND b.k = $1",
        "SELECT x FROM a JOIN unnest($1::text[]) AS g(k) ON g.k = a.k JOIN b ON b.k = g.k",
        "SELECT x FROM a WHERE EXISTS (SELECT FROM b WHERE b.k = a.k)",
        "SELECT x FROM a WHERE k IN (SELECT k FROM b WHERE y = 1)",
        "SELECT x FROM a WHERE x = 2 OR k IN (SELECT k FROM b WHERE y = 1)",
        "SELECT x, (SELECT max(y) FROM b WHERE b.k = a.k) FROM a",
        "WITH n AS (SELECT k AS kk, x FROM a) SELECT * FROM n JOIN b ON b.k = n.kk",
        "SELECT * FROM v JOIN b USING (k)",
        "SELECT * FROM a JOIN LATERAL (SELECT y FROM b WHERE b.k = a.k LIMIT 1) l ON true",
        "UPDATE a SET x = y FROM b WHERE a.k = b.k",
        "DELETE FROM a USING b WHERE a.k = b.k",
        "INSERT INTO a (x, k) SELECT y, k FROM b ON CONFLICT (k) DO NOTHING",
        "SELECT k FROM a UNION SELECT k FROM b",
        "SELECT x FROM a WHERE k = $1 FOR UPDATE",
    ],
)
def test_what_a_node_can_do_alone_is_no_crossing(statement: str) -> None:
    assert examine(statement, SMALL).obstacles == set()


@pytest.mark.parametrize(
    ("statement", "kind", "tables"),
    [
        ("SELECT x, y FROM a JOIN b ON a.x = b.y", "join", "a b"),
        ("SELECT x FROM a JOIN c USING (k)", "join", "a c"),
        ("SELECT x FROM a, b WHERE a.k = $1 AND b.k = $2", "join", "a b"),
        ("SELECT x FROM a WHERE EXISTS (SELECT FROM b WHERE b.y = a.x)", "join", "a b"),
        ("SELECT x FROM a WHERE x IN (SELECT y FROM b)", "join", "a b"),
        ("SELECT x FROM a WHERE x = ANY(ARRAY(SELECT y FROM b))", "join", "a b"),
        ("SELECT x FROM a WHERE x NOT IN (SELECT y FROM b)", "join", "a b"),
        ("SELECT x, (SELECT max(y) FROM b WHERE b.y = a.x) FROM a", "join", "a b"),
        ("WITH n AS (SELECT x AS k FROM a) SELECT * FROM n JOIN b USING (k)", "join", "a b"),
        ("SELECT * FROM v JOIN b ON v.x = b.y", "join", "a b"),
        ("SELECT * FROM a JOIN LATERAL (SELECT y FROM b WHERE b.y = a.x LIMIT 1) l ON true", "join", "a b"),
        ("UPDATE a SET x = y FROM b WHERE a.x = b.y", "join", "a b"),
        ("SELECT 1 FROM a WHERE EXISTS (SELECT FROM b JOIN c ON b.k = c.k WHERE b.k = a.k)", "join", "b c"),
        ("INSERT INTO a (k, x) SELECT y, k FROM b", "insert", "a b"),
        ("SELECT x FROM a WHERE k = ANY($1::text[]) FOR UPDATE", "lock", "a"),
        ("WITH gone AS (DELETE FROM a WHERE x = 1 RETURNING k) SELECT count(*) FROM gone", "with", "a"),
    ],
)
def test_what_needs_rows_of_several_nodes_is_found(statement: str, kind: str, tables: str) -> None:
    assert Obstacle(kind, tables) in examine(statement, SMALL).obstacles
