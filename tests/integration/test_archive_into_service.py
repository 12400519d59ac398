"""An archive straight into copies of services: what events determine comes back, and nothing goes out."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from cli.archive import copy_into
from cli.environment import Environment, ports_from
from shared.archive.copying import Asked, Copied, InUse, Lacking
from shared.archive.folder import NotEmpty, list_partitions
from shared.bus import outbox
from shared.bus.protocol import Message
from shared.db import operator_acts
from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from shared.db.origins import PLATFORM, Origin
from shared.db.transaction import exclusive_session, reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.service import Service
from tests.support.databases import TestDatabases
from tests.support.digest import differences, digest, table_contents
from tests.support.services import SERVICES
from tests.support.together import living_together
from tests.support.traffic import sample_traffic

ROOT: Final = Path(__file__).resolve().parents[2]
LATE: Final = datetime(2026, 9, 20, tzinfo=UTC)
LINES: Final = 120
FRESH: Final = Asked(by="tests", reason="To see it.", goes_on=False, in_part=False)
ON: Final = replace(FRESH, goes_on=True)
NAMES: Final = [service.name for service in SERVICES]

Contents = Mapping[str, dict[str, Counter[str]]]

REBUILT: Final = frozenset({Origin.EVENTS, Origin.BOTH})
OF_SENDING: Final = {"deliveries", "delivery_events"}
"""Compared without what is withdrawn in a copy: there it ends what waits, here it is what waits."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What services left that lived through the sample: their databases, what those say, the archive of it all."""

    urls: Mapping[str, str]
    contents: Contents
    archive: Path
    backup: Mapping[str, str]


def origin_of(service: Service, table: str) -> Origin:
    return {**PLATFORM, **service.origins}[table]


def of(service: Service, contents: dict[str, Counter[str]], origins: frozenset[Origin]) -> dict[str, Counter[str]]:
    """The tables of these origins, but for those of sending."""
    return {
        table: rows
        for table, rows in contents.items()
        if origin_of(service, table) in origins and table not in OF_SENDING and table != "operator_acts"
    }


async def contents_of(url: str, service: Service) -> dict[str, Counter[str]]:
    engine = create_engine(url, application="tests", pool_size=1)
    try:
        return await table_contents(engine, service)
    finally:
        await engine.dispose()


async def live(databases: TestDatabases, folder: Path, *, acts: bool) -> Lived:
    """Live through the sample; with `acts`, people register accounts and parties first. Backups are from the middle."""
    messages = sample_traffic(LINES).messages
    half = len(messages) // 2
    urls = {name: await databases.copy(name) for name in NAMES}
    bus, clock, archive = await databases.empty(), FixedClock(LATE), folder / "archive"
    async with living_together(bus, urls, clock) as together:
        if acts:
            await together.register()
        await together.feed(messages[:half])
    backup = {name: await databases.duplicate(urls[name]) for name in NAMES}
    async with living_together(bus, urls, clock) as together:
        await together.feed(messages[half:])
        await together.archive(archive)
    contents = {service.name: await contents_of(urls[service.name], service) for service in SERVICES}
    return Lived(urls, contents, archive, backup)


@pytest.fixture(scope="module")
async def untouched(databases: TestDatabases, module_folder: Path) -> Lived:
    """Nobody has done anything."""
    return await live(databases, module_folder / "untouched", acts=False)


@pytest.fixture(scope="module")
async def touched(databases: TestDatabases, module_folder: Path) -> Lived:
    """People registered accounts and parties before the traffic came."""
    return await live(databases, module_folder / "touched", acts=True)


@pytest.fixture
def environment(postgres: EmbeddedPostgres, tmp_path: Path) -> Environment:
    """Where the command stands: a server on which the services' own databases would be."""
    return Environment(
        bus="postgres",
        kafka_bootstrap="",
        database_url=postgres.url("own_{service}"),
        bus_database_url=postgres.url("own_bus"),
        token_secret="0" * 32,
        host="127.0.0.1",
        ports=ports_from(8001),
        data=tmp_path,
        server=None,
    )


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
async def test_a_copy_of_each_service_is_made_from_events_alone(
    service: Service, untouched: Lived, databases: TestDatabases, environment: Environment
) -> None:
    url = await databases.copy(service.name)
    fresh = await contents_of(url, service)
    copied = await copy_into(environment, untouched.archive, service.name, url, FRESH)
    made = await contents_of(url, service)
    rebuilt = of(service, untouched.contents[service.name], REBUILT)
    assert differences(rebuilt, of(service, made, REBUILT)) == []
    assert digest(rebuilt) == digest(of(service, made, REBUILT))
    assert sum(rows.total() for rows in rebuilt.values()) > 100
    assert (copied.resumed, copied.lacking, copied.dropped) == (False, (), 0)
    others = frozenset({Origin.ACTS, Origin.RULES})
    assert differences(of(service, fresh, others), of(service, made, others)) == []


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
async def test_tables_of_events_come_back_though_people_acted(
    service: Service, touched: Lived, databases: TestDatabases, environment: Environment
) -> None:
    url = await databases.copy(service.name)
    await copy_into(environment, touched.archive, service.name, url, FRESH)
    alone = frozenset({Origin.EVENTS})
    rebuilt = of(service, touched.contents[service.name], alone)
    assert differences(rebuilt, of(service, await contents_of(url, service), alone)) == []
    assert sum(rows.total() for rows in rebuilt.values()) > 50


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
async def test_a_backup_and_the_archive_behind_it_give_the_digest(
    service: Service, touched: Lived, databases: TestDatabases, environment: Environment
) -> None:
    everything = frozenset(Origin)
    url = await databases.duplicate(touched.backup[service.name])
    live = of(service, touched.contents[service.name], everything)
    assert digest(of(service, await contents_of(url, service), everything)) != digest(live)
    copied = await copy_into(environment, touched.archive, service.name, url, ON)
    made = of(service, await contents_of(url, service), everything)
    assert differences(live, made) == []
    assert digest(live) == digest(made)
    assert 0 < copied.records < sum(map(_records_of, _read_by(service, touched.archive)))
    again = await copy_into(environment, touched.archive, service.name, url, ON)
    assert again.records == 0


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
async def test_nothing_goes_out_of_a_copy(
    service: Service, touched: Lived, databases: TestDatabases, environment: Environment
) -> None:
    url = await databases.duplicate(touched.backup[service.name])
    engine = create_engine(url, application="tests", pool_size=2)
    left = Message("entry-filed", b"B7603245278", b"{}")
    async with transaction(engine) as tx:
        await tx.connection.execute(
            text("INSERT INTO outbox (topic, key, value) VALUES (:topic, 'B7603245278', :value)"),
            {"topic": left.topic, "value": left.value},
        )
    copied = await copy_into(environment, touched.archive, service.name, url, ON)
    assert copied.dropped == 1
    async with transaction(engine) as tx:
        assert await outbox.depth(tx) == 0
    if service.name == "notifications":
        async with reading(engine) as connection:
            waiting = "SELECT count(*) FROM {} WHERE state IN ('queued', 'sending', 'waiting')"
            for table in ("deliveries", "broadcasts", "broadcast_recipients"):
                assert await connection.scalar(text(waiting.format(table))) == 0
            withdrawn = "SELECT count(*) FROM delivery_events WHERE event = 'withdrawn' AND detail LIKE 'a copy from%'"
            assert await connection.scalar(text(withdrawn)) > 10
    await engine.dispose()


async def test_a_database_that_is_not_empty_is_refused_and_stays_as_it_was(
    touched: Lived, databases: TestDatabases, environment: Environment
) -> None:
    (routing,) = (service for service in SERVICES if service.name == "routing")
    url = await databases.duplicate(touched.backup["routing"])
    before = await contents_of(url, routing)
    with pytest.raises(NotEmpty, match=r"the database is not empty: account_changes, accounts.* --go-on for a copy"):
        await copy_into(environment, touched.archive, "routing", url, FRESH)
    assert differences(before, await contents_of(url, routing)) == []


async def test_a_database_where_the_service_works_is_no_copy(
    untouched: Lived, databases: TestDatabases, environment: Environment
) -> None:
    url = await databases.copy("routing")
    engine = create_engine(url, application="tests", pool_size=1)
    async with exclusive_session(engine, "routing.relay"):
        with pytest.raises(InUse, match="it is no copy"):
            await copy_into(environment, untouched.archive, "routing", url, ON)
    await engine.dispose()


async def test_an_archive_that_lacks_what_the_service_reads_is_refused_or_goes_in_in_part(
    untouched: Lived, databases: TestDatabases, environment: Environment, tmp_path: Path
) -> None:
    for topic in ("entry-filed", "entry-released", "entry-corrected", "post-entry-filed"):
        (tmp_path / topic).symlink_to(untouched.archive / topic)
    url = await databases.copy("routing")
    with pytest.raises(Lacking, match=r"lacks what routing reads: review-decided, program-admitted; .* --derived"):
        await copy_into(environment, tmp_path, "routing", url, FRESH)
    copied = await copy_into(environment, tmp_path, "routing", url, replace(FRESH, in_part=True))
    assert copied.lacking == ("review-decided, program-admitted",)
    assert copied.records > LINES


@pytest.mark.verify
@pytest.mark.sharing
@pytest.mark.timeout(600)
async def test_a_copy_that_is_killed_goes_on_and_ends_as_if_nothing_had_been(
    untouched: Lived, databases: TestDatabases, environment: Environment
) -> None:
    (service,) = (service for service in SERVICES if service.name == "liquidation")
    url = await databases.copy("liquidation")
    kills = 0
    for many in (20, 60):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", COPIER, url, str(untouched.archive), environment.database_url, cwd=ROOT
        )
        try:
            await _until_some_are_applied(url, many, process)
        finally:
            if process.returncode is None:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
            await process.wait()
    assert kills == 2
    copied = await _copied_once_the_lock_is_free(environment, untouched.archive, url)
    assert copied.resumed
    made = of(service, await contents_of(url, service), REBUILT)
    assert differences(of(service, untouched.contents["liquidation"], REBUILT), made) == []
    engine = create_engine(url, application="tests", pool_size=1)
    async with transaction(engine) as tx:
        acts = await operator_acts.listing(tx, before=None, limit=5)
    await engine.dispose()
    assert [(act.act, act.state, act.reason) for act in acts] == [("restore-archive", "done", "To see it.")]
    assert acts[0].done == acts[0].total == sum(map(_records_of, _read_by(service, untouched.archive)))
    assert 0 < copied.records < acts[0].total


COPIER: Final = """
import asyncio, os, sys, time
from pathlib import Path
from cli.archive import copy_into
from cli.environment import Environment, ports_from
from shared.archive.copying import Asked, InUse
url, folder, own = sys.argv[1:]
environment = Environment("postgres", "", own, own, "0" * 32, "127.0.0.1", ports_from(8001), Path(folder), None)
asked = Asked(by="tests", reason="To see it.", goes_on=False, in_part=False)
os.environ["CENTERLINE_BATCH_MAX_RECORDS"] = "10"
while True:
    try:
        asyncio.run(copy_into(environment, Path(folder), "liquidation", url, asked))
        break
    except InUse:
        time.sleep(0.1)
"""


async def _until_some_are_applied(url: str, many: int, process: asyncio.subprocess.Process) -> None:
    engine = create_engine(url, application="tests", pool_size=1)
    try:
        async with asyncio.timeout(250):
            while True:
                assert process.returncode is None, "it ended before it could be killed"
                async with reading(engine) as connection:
                    if (await connection.scalar(text("SELECT count(*) FROM inbox")) or 0) >= many:
                        return
                await asyncio.sleep(0.01)
    finally:
        await engine.dispose()


async def _copied_once_the_lock_is_free(environment: Environment, archive: Path, url: str) -> Copied:
    """The server gives the lock of a killed process back when it sees that it is gone."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await copy_into(environment, archive, "liquidation", url, FRESH)
            except InUse:
                await asyncio.sleep(0.1)


def _read_by(service: Service, archive: Path) -> list[Any]:
    return [each for each in list_partitions(archive) if each.topic in service.topics]


def _records_of(partition: Any) -> int:
    return sum(frame.records for frame in partition.frames())


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
async def test_every_table_of_the_database_is_said_to_come_from_somewhere(
    service: Service, databases: TestDatabases
) -> None:
    engine = create_engine(await databases.copy(service.name), application="tests", pool_size=1)
    held = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"
    async with reading(engine) as connection:
        tables = set(await connection.scalars(text(held)))
        full = {name for name in tables if await connection.scalar(text(f"SELECT EXISTS (SELECT FROM {name})"))}
    await engine.dispose()
    assert PLATFORM.keys() & service.origins.keys() == set()
    assert PLATFORM.keys() | service.origins.keys() == tables
    filled_by_a_release = {name for name in full if origin_of(service, name) is not Origin.WORKING}
    assert filled_by_a_release == {name for name, origin in service.origins.items() if origin is Origin.RULES}
