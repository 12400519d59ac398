"""The database layer against a real server: what commits together, what order is kept, which failures pass."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    insert,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.transaction import (
    ExclusiveSession,
    Transaction,
    alone,
    attempt,
    exclusive_session,
    reading,
    transaction,
)
from shared.runtime import tracing
from shared.runtime.errors import Transient
from tests.support.databases import TestDatabases

METADATA = MetaData()
GOODS = Table(
    "goods",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, unique=True),
    Column("cents", BigInteger),
    Column("sold_on", Date),
    Column("seen_at", DateTime(timezone=True)),
    Column("mark", LargeBinary),
    Column("facts", JSONB),
)
COLUMNS = ("name", "cents", "sold_on", "seen_at", "mark", "facts")
KILL_SELF = "SELECT pg_terminate_backend(pg_backend_pid())"


@dataclass(slots=True)
class Shelf:
    """A database with one table, and engines on it."""

    url: str
    engines: list[AsyncEngine] = field(default_factory=list)

    def engine(self, **options: Any) -> AsyncEngine:
        self.engines.append(create_engine(self.url, application="tests", **options))
        return self.engines[-1]

    async def rows(self) -> list[Any]:
        async with transaction(self.engines[0]) as tx:
            return await bulk.fetch(tx, f"SELECT {', '.join(COLUMNS)} FROM goods ORDER BY id")

    async def names(self) -> list[str]:
        return [row["name"] for row in await self.rows()]

    async def add(self, *names: str) -> None:
        async with transaction(self.engines[0]) as tx:
            await bulk.insert(tx, GOODS, ("name", "cents"), [(name, 0) for name in names])


@pytest.fixture
async def shelf(databases: TestDatabases) -> AsyncIterator[Shelf]:
    shelf = Shelf(await databases.empty())
    async with transaction(shelf.engine()) as tx:
        await tx.connection.run_sync(METADATA.create_all)
    yield shelf
    for engine in shelf.engines:
        await engine.dispose()


async def by_core(tx: Transaction, statement: str) -> None:
    await tx.connection.execute(text(statement))


async def by_driver(tx: Transaction, statement: str) -> None:
    await bulk.fetch(tx, statement)


either_way = pytest.mark.parametrize("run", [by_core, by_driver])


async def insert_row(tx: Transaction) -> None:
    await bulk.insert(tx, GOODS, ("name",), [("stray",)])


async def copy_row(tx: Transaction) -> None:
    await bulk.copy(tx, GOODS, ("name",), [("stray",)])


async def execute_row(tx: Transaction) -> None:
    await bulk.execute(tx, "INSERT INTO goods (name) VALUES ($1)", "stray")


@pytest.mark.parametrize("write", [insert_row, copy_row, execute_row])
async def test_driver_writes_of_a_block_that_raises_leave_nothing(shelf: Shelf, write: Callable[..., Any]) -> None:

    async def write_and_raise() -> None:
        async with transaction(shelf.engines[0]) as tx:
            await write(tx)  # the first statement of the block: nothing else has opened the transaction
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_raise()
    assert await shelf.names() == []


@pytest.mark.parametrize("write", [insert_row, copy_row, execute_row])
async def test_driver_writes_and_core_statements_commit_together(shelf: Shelf, write: Callable[..., Any]) -> None:
    async with transaction(shelf.engines[0]) as tx:
        await write(tx)
        assert await tx.connection.scalar(text("SELECT count(*) FROM goods")) == 1
        assert await shelf_seen_by_others(shelf) == 0
        await tx.connection.execute(text("INSERT INTO goods (name) VALUES ('core')"))
    assert await shelf.names() == ["stray", "core"]


async def shelf_seen_by_others(shelf: Shelf) -> int:
    return len(await shelf.rows())


async def test_block_that_is_cancelled_leaves_nothing_and_the_pool_goes_on(shelf: Shelf) -> None:
    engine = shelf.engine(pool_size=1)
    written = asyncio.Event()

    async def work() -> None:
        async with transaction(engine) as tx:
            await copy_row(tx)
            written.set()
            await bulk.fetch(tx, "SELECT pg_sleep(60)")

    task = asyncio.create_task(work())
    await written.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await shelf.names() == []
    async with transaction(engine) as tx:
        await execute_row(tx)
    assert await shelf.names() == ["stray"]


@pytest.mark.parametrize("is_kept", [True, False])
async def test_attempt_keeps_or_gives_back_what_it_wrote_and_locked(shelf: Shelf, is_kept: bool) -> None:
    await shelf.add("held")
    lock_row = "SELECT 1 FROM goods WHERE name = 'held' FOR UPDATE SKIP LOCKED"
    lock_name = "SELECT pg_try_advisory_xact_lock(7) AS taken"
    async with transaction(shelf.engine()) as tx:
        async with attempt(tx) as trying:
            assert await bulk.fetch(tx, lock_row)
            await bulk.fetch(tx, lock_name)
            await bulk.insert(tx, GOODS, ("name", "cents"), [("tried", 0)])
            if is_kept:
                trying.keep()
        async with transaction(shelf.engine()) as other:
            assert len(await bulk.fetch(other, lock_row)) == (0 if is_kept else 1)
            (row,) = await bulk.fetch(other, lock_name)
            assert row["taken"] is not is_kept
    assert await shelf.names() == (["held", "tried"] if is_kept else ["held"])


async def test_attempt_that_raises_leaves_the_transaction_usable(shelf: Shelf) -> None:
    async def try_in_vain(tx: Transaction) -> None:
        async with attempt(tx) as trying:
            trying.keep()
            await bulk.insert(tx, GOODS, ("name", "cents"), [("tried", 0)])
            raise KeyError

    async with transaction(shelf.engine()) as tx:
        with pytest.raises(KeyError):
            await try_in_vain(tx)
        await bulk.insert(tx, GOODS, ("name", "cents"), [("done", 0)])
    assert await shelf.names() == ["done"]


async def test_identity_numbers_follow_the_order_of_the_rows(shelf: Shelf) -> None:
    names = [f"row {number}" for number in range(2000)]
    random.Random(7).shuffle(names)
    await shelf.add(*names)
    assert await shelf.names() == names


async def test_rows_come_back_as_they_went_in_for_every_batch_size_with_one_statement(shelf: Shelf) -> None:
    at, on = datetime(2026, 3, 2, 19, 3, 11, 123456, tzinfo=UTC), date(2026, 3, 2)
    facts = '{"text": "Ünïcødé \\" \\\\ ", "list": [1, null, {"deep": true}], "amount": "0.10"}'
    sizes = [1, 2, 3, 10, 499, 500, 1999, 2000]
    sent: list[tuple[Any, ...]] = []
    async with transaction(shelf.engines[0]) as tx:
        for size in sizes:
            batch = [
                (f"{size}/{number}", 2**62 + number, on, at, b"\x00\xff", facts)
                if number % 3
                else (f"{size}/{number}", None, None, None, None, None)
                for number in range(size)
            ]
            await bulk.insert(tx, GOODS, COLUMNS, batch)
            sent += batch
        prepared = await bulk.fetch(tx, "SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'INSERT%'")
    assert len(prepared) == 1
    decoded = {"text": 'Ünïcødé " \\ ', "list": [1, None, {"deep": True}], "amount": "0.10"}
    expected = [(*row[:5], None if row[5] is None else decoded) for row in sent]
    assert [tuple(row) for row in await shelf.rows()] == expected


async def test_copied_rows_come_back_as_they_went_in(shelf: Shelf) -> None:
    rows = [("copied", 1, date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC), b"\x00"), ("bare", *[None] * 4)]
    async with transaction(shelf.engines[0]) as tx:
        await bulk.copy(tx, GOODS, COLUMNS[:5], rows)
    assert [tuple(row)[:5] for row in await shelf.rows()] == rows


async def test_no_rows_are_no_statement(shelf: Shelf) -> None:
    async with transaction(shelf.engines[0]) as tx:
        assert await bulk.insert(tx, GOODS, ("name",), [], returning="id") == []
        await bulk.copy(tx, GOODS, ("name",), [])
    assert await shelf.names() == []


async def test_conflicting_rows_are_left_out_and_only_the_others_returned(shelf: Shelf) -> None:
    await shelf.add("known")
    async with transaction(shelf.engines[0]) as tx:
        rows = await bulk.insert(
            tx, GOODS, ("name",), [("new",), ("known",)], on_conflict="(name) DO NOTHING", returning="name"
        )
    assert [row["name"] for row in rows] == ["new"]


async def test_execute_counts_the_rows_that_it_touched(shelf: Shelf) -> None:
    await shelf.add("a", "b", "c")
    async with transaction(shelf.engines[0]) as tx:
        assert await bulk.execute(tx, "UPDATE goods SET cents = 1 WHERE name <> $1", "b") == 2
        assert await bulk.execute(tx, "CREATE TABLE other (id int)") == 0


async def test_reading_refuses_writes_and_the_connection_writes_again_afterwards(shelf: Shelf) -> None:
    engine = shelf.engine(pool_size=1)
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with reading(engine) as connection:
            await connection.execute(text("INSERT INTO goods (name) VALUES ('stray')"))
    async with reading(engine) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM goods")) == 0
    async with transaction(engine) as tx:
        await execute_row(tx)
    assert await shelf.names() == ["stray"]


async def test_lock_is_held_by_one_at_a_time_and_given_back(shelf: Shelf) -> None:
    one, other = shelf.engine(), shelf.engine()
    async with exclusive_session(one, "relay") as first:
        assert first is not None
        async with exclusive_session(other, "relay") as second, exclusive_session(other, "another") as unrelated:
            assert second is None
            assert unrelated is not None
        async with first.transaction() as tx:
            await execute_row(tx)
        async with exclusive_session(other, "relay") as second:
            assert second is None, "the end of a transaction must not give the lock back"
    async with exclusive_session(other, "relay") as second:
        assert second is not None
    assert await shelf.names() == ["stray"]


async def test_lock_is_given_back_when_the_block_raises(shelf: Shelf) -> None:
    with pytest.raises(LookupError):
        async with exclusive_session(shelf.engines[0], "relay"):
            raise LookupError
    async with exclusive_session(shelf.engines[0], "relay") as session:
        assert session is not None


async def test_holder_that_loses_its_connection_loses_the_lock_and_notices(shelf: Shelf) -> None:
    one, other = shelf.engine(), shelf.engine()

    async def outlive_the_lock() -> None:
        async with exclusive_session(one, "relay") as session:
            assert session is not None
            async with session.transaction() as tx:
                (row,) = await bulk.fetch(tx, "SELECT pg_backend_pid() AS pid")
            await terminate(shelf, row["pid"])
            async with exclusive_session(other, "relay") as heir:
                assert heir is not None
                async with session.transaction() as tx:  # the former holder writes nothing any more
                    await execute_row(tx)

    with pytest.raises(Transient):
        await outlive_the_lock()
    assert await shelf.names() == []


async def test_holder_that_goes_on_after_it_lost_its_connection_is_refused(shelf: Shelf) -> None:
    async def write_again(write: Callable[[ExclusiveSession], AbstractAsyncContextManager[Transaction]]) -> None:
        async with exclusive_session(shelf.engine(), "relay") as session:
            assert session is not None
            async with session.transaction() as tx:
                (row,) = await bulk.fetch(tx, "SELECT pg_backend_pid() AS pid")
            await terminate(shelf, row["pid"])
            with pytest.raises(Transient):
                async with session.transaction() as tx:
                    await execute_row(tx)
            async with write(session) as tx:  # a new connection would hold no lock
                await execute_row(tx)

    for write in (ExclusiveSession.transaction, transaction):
        with pytest.raises(Transient, match="held the lock"):
            await write_again(write)
    assert await shelf.names() == []


async def terminate(shelf: Shelf, pid: int) -> None:
    """End a session and wait until the server has forgotten it and its locks."""
    async with transaction(shelf.engines[0]) as tx:
        await bulk.execute(tx, "SELECT pg_terminate_backend($1, 10000)", pid)


@either_way
async def test_lost_connection_passes_and_the_pool_forgets_it(shelf: Shelf, run: Callable[..., Any]) -> None:
    engine = shelf.engine(pool_size=1)

    async def lose_the_connection() -> None:
        async with transaction(engine) as tx:
            await execute_row(tx)
            await run(tx, KILL_SELF)

    with pytest.raises(Transient):
        await lose_the_connection()
    async with transaction(engine) as tx:
        await run(tx, "SELECT 1")
    assert await shelf.names() == []


async def test_connections_that_died_in_the_pool_pass(shelf: Shelf) -> None:
    engine = shelf.engine(pool_size=1)
    async with transaction(engine) as tx:
        (row,) = await bulk.fetch(tx, "SELECT pg_backend_pid() AS pid")
    await terminate(shelf, row["pid"])
    with pytest.raises(Transient):
        async with transaction(engine):
            pass
    async with transaction(engine) as tx:
        await execute_row(tx)
    assert await shelf.names() == ["stray"]


@pytest.mark.parametrize("is_alone", [False, True])
async def test_first_connection_that_is_lost_while_it_is_opened_passes(shelf: Shelf, is_alone: bool) -> None:
    """With its first connection a pool asks what the server is; the server may end it between the answers."""
    engine = shelf.engine(pool_size=1)
    dialect: Any = engine.sync_engine.dialect
    find_version, lost = dialect._get_server_version_info, []

    def lose(connection: Any) -> Any:
        version = find_version(connection)
        if not lost:
            lost.append(connection.connection.driver_connection)
            lost[0].terminate()
        return version

    dialect._get_server_version_info = lose

    async def ask() -> Any:
        async with alone(engine) if is_alone else transaction(engine) as opened:
            return await opened.driver.fetchval("SELECT 1")

    with pytest.raises(Transient, match="lost as it was opened"):
        await ask()
    assert (len(lost), await ask()) == (1, 1)


async def test_connection_that_dies_while_reading_passes(shelf: Shelf) -> None:
    engine = shelf.engine(pool_size=1)
    with pytest.raises(Transient):
        async with reading(engine) as connection:
            await connection.execute(text(KILL_SELF))
    async with reading(engine) as connection:
        assert await connection.scalar(text("SELECT 1")) == 1


@either_way
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO goods (name) VALUES ('known')",
        "SELECT 1 / 0",
        "SELECT no_such_column FROM goods",
        "INSERT INTO goods (facts) VALUES (CAST('{' AS jsonb))",
    ],
)
async def test_errors_of_the_statement_do_not_pass(shelf: Shelf, run: Callable[..., Any], statement: str) -> None:
    await shelf.add("known")
    with pytest.raises((DBAPIError, asyncpg.PostgresError)):
        async with transaction(shelf.engines[0]) as tx:
            await run(tx, statement)
    assert await shelf.names() == ["known"]


async def test_unique_violation_keeps_its_type(shelf: Shelf) -> None:
    await shelf.add("known")
    with pytest.raises(IntegrityError):
        async with transaction(shelf.engines[0]) as tx:
            await by_core(tx, "INSERT INTO goods (name) VALUES ('known')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await shelf.add("known")


async def test_error_of_a_statement_does_not_show_its_arguments(shelf: Shelf) -> None:
    with pytest.raises(DBAPIError, match="SQL parameters hidden") as raised:
        async with transaction(shelf.engines[0]) as tx:
            await tx.connection.execute(text("SELECT :name FROM no_such_table"), {"name": "123-45-6789"})
    assert "6789" not in str(raised.value)


@pytest.mark.parametrize("is_core", [True, False], ids=["core", "driver"])
async def test_span_of_a_statement_that_fails_shows_no_value(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, *, is_core: bool
) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(tracing, "_TRACER", provider.get_tracer("tests"))
    await shelf.add("123-45-6789")

    async def add_again() -> None:
        async with transaction(shelf.engines[0]) as tx:
            if is_core:
                await tx.connection.execute(insert(GOODS).values(name="123-45-6789"))
            await bulk.insert(tx, GOODS, ("name",), [("123-45-6789",)])

    with pytest.raises((IntegrityError, asyncpg.UniqueViolationError)) as raised, tracing.span("routing batch"):
        await add_again()
    assert is_core or "(name)=(123-45-6789)" in str(raised.value), "the server's own words, which logs mask"
    failed = [each for each in kept.get_finished_spans() if each.status.status_code is StatusCode.ERROR]
    assert [each.name for each in failed] == ["SQL INSERT", "routing batch"]
    assert not [each for each in kept.get_finished_spans() if "6789" in each.to_json()]


@either_way
@pytest.mark.parametrize(("setting", "statement"), [("statement_timeout", "SELECT pg_sleep(60)"), ("lock_timeout", "")])
async def test_timeouts_of_the_server_pass(shelf: Shelf, run: Callable[..., Any], setting: str, statement: str) -> None:
    await shelf.add("contended")
    lock = "SELECT 1 FROM goods WHERE name = 'contended' FOR UPDATE"

    async def run_out_of_time() -> None:
        async with transaction(shelf.engines[0]) as tx:
            await bulk.execute(tx, f"SET LOCAL {setting} = '50ms'")
            await run(tx, statement or lock)

    async with transaction(shelf.engines[0]) as holder:
        await bulk.fetch(holder, lock)
        with pytest.raises(Transient):
            await run_out_of_time()


@either_way
async def test_deadlock_passes_for_one_and_lets_the_other_through(shelf: Shelf, run: Callable[..., Any]) -> None:
    await shelf.add("left", "right")
    both_hold_one = asyncio.Barrier(2)

    async def add_to(first: str, second: str) -> None:
        async with transaction(shelf.engines[0]) as tx:
            await bulk.execute(tx, "SET LOCAL deadlock_timeout = '20ms'")
            await run(tx, f"UPDATE goods SET cents = cents + 1 WHERE name = '{first}'")
            await both_hold_one.wait()
            await run(tx, f"UPDATE goods SET cents = cents + 1 WHERE name = '{second}'")

    results = await asyncio.gather(add_to("left", "right"), add_to("right", "left"), return_exceptions=True)
    assert [result for result in results if result is not None and not isinstance(result, Transient)] == []
    assert len([result for result in results if result is None]) == 1
    assert [row["cents"] for row in await shelf.rows()] == [1, 1]


async def test_server_that_does_not_answer_passes() -> None:
    engine = create_engine("postgresql+asyncpg://nobody@127.0.0.1:1/none", application="tests")
    for block in (transaction(engine), reading(engine), exclusive_session(engine, "relay")):
        with pytest.raises(Transient):
            async with block:
                pass
    await engine.dispose()


async def test_pool_that_is_used_up_passes(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = shelf.engine(pool_size=1)
    monkeypatch.setattr(engine.pool, "_timeout", 0.05)
    async with all_connections(engine, 5):
        with pytest.raises(Transient):
            async with transaction(engine):
                pass


@either_way
async def test_driver_that_gives_up_waiting_passes(shelf: Shelf, run: Callable[..., Any]) -> None:
    engine = create_async_engine(
        make_url(shelf.url).set(drivername="postgresql+asyncpg"), connect_args={"command_timeout": 0.05}
    )
    with pytest.raises(Transient):
        async with transaction(engine) as tx:
            await run(tx, "SELECT pg_sleep(60)")
    await engine.dispose()


@pytest.mark.parametrize("kind", [OSError, TimeoutError, ConnectionError, ConnectionResetError, FileNotFoundError])
async def test_network_errors_of_the_block_itself_are_not_the_database(shelf: Shelf, kind: type[OSError]) -> None:
    engine = shelf.engine()

    async def in_transaction() -> None:
        async with transaction(engine) as tx:
            await insert_row(tx)
            raise kind

    async def in_reading() -> None:
        async with reading(engine):
            raise kind

    async def in_session() -> None:
        async with exclusive_session(engine, "job"):
            raise kind

    async def in_transaction_of_a_session() -> None:
        async with exclusive_session(engine, "job") as session:
            assert session is not None
            async with session.transaction() as tx:
                await insert_row(tx)
                raise kind

    for fail in (in_transaction, in_reading, in_session, in_transaction_of_a_session):
        with pytest.raises(kind) as raised:
            await fail()
        assert type(raised.value) is kind
    assert await shelf.names() == []


@pytest.mark.parametrize("arguments", [(1, 2), (), ("text",), (2**80,)])
async def test_statement_with_wrong_arguments_does_not_pass(shelf: Shelf, arguments: tuple[Any, ...]) -> None:
    with pytest.raises((asyncpg.InterfaceError, asyncpg.PostgresError)):
        async with transaction(shelf.engines[0]) as tx:
            await bulk.fetch(tx, "SELECT $1::bigint", *arguments)


async def test_connection_that_is_closed_already_passes(shelf: Shelf) -> None:
    engine = shelf.engine(pool_size=1)

    async def go_on_after_the_end() -> None:
        async with transaction(engine) as tx:
            try:
                await bulk.execute(tx, KILL_SELF)
            except asyncpg.PostgresError:
                await execute_row(tx)

    with pytest.raises(Transient):
        await go_on_after_the_end()


@asynccontextmanager
async def all_connections(engine: AsyncEngine, count: int) -> AsyncIterator[None]:
    connections = [await engine.connect() for _ in range(count)]
    try:
        yield
    finally:
        for connection in connections:
            await connection.close()


async def test_sessions_run_in_utc_whatever_the_server_is_set_to(shelf: Shelf) -> None:
    async with transaction(shelf.engines[0]) as tx:
        await bulk.execute(tx, "ALTER DATABASE " + shelf.url.rpartition("/")[2] + " SET timezone = 'America/New_York'")
    async with reading(shelf.engine()) as connection:
        assert await connection.scalar(text("SHOW timezone")) == "UTC"


async def test_update_writes_the_changed_columns_of_the_rows_that_it_is_given(shelf: Shelf) -> None:
    day = date(2026, 3, 2)
    old = [
        ("pens", 1, day, None, b"a", '{"n": 1}'),
        ("ink", 2, day, None, b"b", None),
        ("paper", 3, day, None, b"c", None),
    ]
    new = [("pens", 10, None, None, b"z", '{"n": [2]}'), ("ink", 20, day, None, b"z", None)]
    async with transaction(shelf.engine()) as tx:
        await bulk.insert(tx, GOODS, COLUMNS, old)
        await bulk.update(tx, GOODS, ("name",), COLUMNS, {"facts", "cents", "sold_on"}, new)
        await bulk.update(tx, GOODS, ("name",), COLUMNS, set(), new)
        await bulk.update(tx, GOODS, ("name",), COLUMNS, {"cents"}, [])
    assert [tuple(row) for row in await shelf.rows()] == [
        ("pens", 10, None, None, b"a", {"n": [2]}),
        ("ink", 20, day, None, b"b", None),
        ("paper", 3, day, None, b"c", None),
    ]


@asynccontextmanager
async def opened(engine: AsyncEngine, is_alone: bool) -> AsyncIterator[Any]:
    async with alone(engine) if is_alone else transaction(engine) as opened:
        yield opened


@pytest.mark.parametrize("is_alone", [True, False], ids=["alone", "transaction"])
async def test_connection_that_was_killed_while_nobody_used_it_is_not_lent_again(shelf: Shelf, is_alone: bool) -> None:
    engine = shelf.engine(pool_size=1, overflow=0)
    async with opened(engine, is_alone) as lent:
        (row,) = await bulk.fetch(lent, "SELECT pg_backend_pid() AS pid")
    async with transaction(shelf.engines[0]) as tx:
        await bulk.fetch(tx, "SELECT pg_terminate_backend($1, 5000)", row["pid"])
    with pytest.raises(Transient):
        async with opened(engine, is_alone) as lent:
            await bulk.fetch(lent, "SELECT 1")
    async with opened(engine, is_alone) as lent:
        (again,) = await bulk.fetch(lent, "SELECT pg_backend_pid() AS pid")
    assert again["pid"] != row["pid"]


async def test_statement_alone_commits_by_itself_and_wholly_or_not_at_all(shelf: Shelf) -> None:
    both = "WITH first AS (INSERT INTO goods (name) VALUES ($1)) INSERT INTO goods (name) VALUES ($2)"
    async with alone(shelf.engines[0]) as single:
        await bulk.fetch(single, both, "apple", "pear")
        assert sorted(await shelf.names()) == ["apple", "pear"]
    with pytest.raises(asyncpg.UniqueViolationError):
        async with alone(shelf.engines[0]) as single:
            await bulk.fetch(single, both, "plum", "pear")
    assert sorted(await shelf.names()) == ["apple", "pear"]


async def test_transaction_sends_nothing_but_its_own_statements(shelf: Shelf) -> None:
    engine = shelf.engine(pool_size=1, overflow=0)
    sent: list[str] = []
    async with transaction(engine) as tx:
        tx.driver.add_query_logger(lambda record: sent.append(record.query))
    sent.clear()
    async with transaction(engine) as tx:
        await bulk.fetch(tx, "SELECT 2")
    assert sent == ["BEGIN;", "SELECT 2", "COMMIT;"]


@pytest.mark.parametrize("is_alone", [True, False])
async def test_connection_that_breaks_while_it_is_made_passes_by_itself(shelf: Shelf, is_alone: bool) -> None:
    engine = shelf.engine()

    @event.listens_for(engine.sync_engine, "connect")
    def end(connection: Any, _: object) -> None:
        connection.cursor().execute(KILL_SELF)

    with pytest.raises(Transient):
        async with alone(engine) if is_alone else transaction(engine):
            pytest.fail("there is no connection")
