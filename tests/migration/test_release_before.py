"""The release before: nobody who relies on its contracts loses anything, and its code runs on the new migrations.

While a roll-out is under way, processes of the release before work on databases that are migrated already. Here they
do: taken out of git, they consume a part of the sample and answer calls, as those of this tree do on theirs.
"""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from cli.catalogue import all_topics
from cli.compatibility import OF_TABLES, WAIVERS, previous_commit, read_waivers, report, take_out
from cli.demo import set_replay_clock
from cli.environment import Environment, ports_from
from cli.operations import watching_quiet
from services.routing.settings import RoutingSettings
from shared.bus.postgres import PostgresBus
from shared.customs.centers import PENDING
from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings
from shared.web.identity import issue_development_token
from tests.support.apis import OPERATOR
from tests.support.digest import differences, digest, table_contents
from tests.support.passes import publish
from tests.support.product import LOOPBACK, ROOT, TOKEN_SECRET, clean_environment, find_free_ports
from tests.support.services import SERVICES
from tests.support.traffic import Traffic, sample_traffic

pytestmark = [pytest.mark.verify, pytest.mark.timeout(500)]

LINES: Final = 200
STANDS_AT: Final = datetime(2026, 9, 20, 15, tzinfo=UTC)
"""Where the clock of liquidation stands for both: what it says of an entry names the instant."""
READY_SECONDS: Final = 120.0
NAMES: Final = [service.name for service in SERVICES]


Known = Mapping[str, Mapping[str, Sequence[str]]]
"""Columns by service and table."""

COLUMNS: Final = """
import json
from cli.catalogue import SERVICES
tables = {s.name: {t.name: [c.name for c in t.columns] for t in s.metadata.tables.values()} for s in SERVICES}
print(json.dumps(tables))
"""


def known_to(tree: Path) -> Known:
    """The tables and columns that a tree's services know, less the tables of which a waiver says that they differ."""
    own = clean_environment({"PYTHONPATH": str(tree)})
    said = subprocess.run([sys.executable, "-c", COLUMNS], cwd=tree, env=own, capture_output=True, check=True).stdout
    waived = {each.broken.subject for each in read_waivers() if each.broken.document == OF_TABLES}
    return {
        service: {table: columns for table, columns in tables.items() if f"{service}.{table}" not in waived}
        for service, tables in json.loads(said).items()
    }


@pytest.fixture(scope="module")
def before(module_folder: Path) -> Path:
    """The tree of the release before; a clone that has it not fails with what to fetch."""
    folder = module_folder / "before"
    folder.mkdir()
    take_out(previous_commit(), folder)
    where = [sys.executable, "-c", "import services, shared; print(services.__path__[0], shared.__path__[0])"]
    own = clean_environment({"PYTHONPATH": str(folder)})
    said = subprocess.run(where, cwd=folder, env=own, capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(folder / "services"), str(folder / "shared")], "it would be the code of this tree"
    return folder


def test_nobody_who_relies_on_the_contracts_of_the_release_before_loses_anything(before: Path) -> None:
    found = report(before, ROOT, read_waivers())
    assert list(map(str, found.breaks)) == [], f"mend it, or say in {WAIVERS.relative_to(ROOT)} why it is meant"
    assert list(map(str, found.unneeded)) == [], "a reason that is no longer needed"


@dataclass(frozen=True, slots=True)
class Running:
    """Processes of a tree's services on databases that this tree has migrated."""

    tree: Path
    environment: Environment
    processes: Mapping[str, subprocess.Popen[bytes]]

    def log_of(self, service: str) -> str:
        return _log(self.environment, service).read_text(errors="replace")[-3000:]

    def demand_alive(self) -> None:
        ended = {name: self.log_of(name) for name, each in self.processes.items() if each.poll() is not None}
        assert ended == {}

    async def read(self, service: str, path: str) -> Any:
        """What a call with everybody's roles is answered."""
        settings = load_settings(
            RoutingSettings,
            database_url="postgresql://unused",
            bus="kafka",
            token_secret=TOKEN_SECRET,
            development=True,
        )
        token = issue_development_token(settings, OPERATOR, SystemClock().now())
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            address = f"http://{LOOPBACK}:{self.environment.ports[service]}{path}"
            answer = await client.get(address, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, (service, path, answer.text)
        return answer.json()


def _log(environment: Environment, service: str) -> Path:
    return environment.data / f"{service}.log"


@asynccontextmanager
async def running(tree: Path, name: str, server: EmbeddedPostgres, folder: Path) -> AsyncIterator[Running]:
    """Start the services of a tree, and end them after the block, whatever happens there."""
    data = folder / f"data-{name}"
    data.mkdir()
    environment = Environment(
        bus="postgres",
        kafka_bootstrap="",
        database_url=server.url(f"{name}_{{service}}"),
        bus_database_url=server.url(f"{name}_bus"),
        token_secret=TOKEN_SECRET,
        host=LOOPBACK,
        ports=ports_from(find_free_ports(len(SERVICES) + 1) + 1),
        data=data,
        server=server,
        replay_clock=data / "replay-clock",
    )
    set_replay_clock(environment, STANDS_AT)
    embedded.ensure_database(server, f"{name}_bus")
    for service in SERVICES:
        embedded.ensure_database(server, f"{name}_{service.name}")
        engine = create_engine(environment.database_of(service.name), application="tests", pool_size=1)
        await upgrade(engine, service.migrations)
        await engine.dispose()
    bus = PostgresBus(environment.bus_database_url)
    await bus.ensure_topics(all_topics())
    await bus.close()
    processes = {service: _start(tree, environment, service) for service in NAMES}
    try:
        found = Running(tree, environment, processes)
        await _until_they_answer(found)
        yield found
        found.demand_alive()
    finally:
        for process in processes.values():
            process.send_signal(signal.SIGTERM)
        for process in processes.values():
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(tree: Path, environment: Environment, service: str) -> subprocess.Popen[bytes]:
    own = {name: value for name, value in environment.variables_of(service).items() if name.startswith("CENTERLINE_")}
    own |= {
        "CENTERLINE_ROLES": "api,consumer,relay",
        "CENTERLINE_LOG_LEVEL": "WARNING",
        "CENTERLINE_FILES_URL": "memory:///",
        "PYTHONPATH": str(tree),
    }
    with _log(environment, service).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"services.{service}"],
            cwd=tree,
            env=clean_environment(own),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


async def _until_they_answer(found: Running) -> None:
    """Return when each process listens. Not when it is ready: to the code before, a newer database is not its own."""
    async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for service in NAMES:
            while True:
                found.demand_alive()
                try:
                    await client.get(f"http://{LOOPBACK}:{found.environment.ports[service]}/livez")
                    break
                except httpx.HTTPError:
                    await asyncio.sleep(0.2)


async def live(found: Running, traffic: Traffic, known: Known) -> tuple[dict[str, Any], dict[str, Any]]:
    """Feed traffic and wait until all is applied; gives what is known of the tables of each service, and answers."""
    bus = PostgresBus(found.environment.bus_database_url)
    await publish(bus, list(traffic.messages))
    await bus.close()
    async with watching_quiet(found.environment) as quiet:
        waiting = asyncio.create_task(quiet.wait(seconds=200))
        while not waiting.done():
            found.demand_alive()
            await asyncio.wait({waiting}, timeout=1)
        await waiting
    contents = {}
    for service in SERVICES:
        engine = create_engine(found.environment.database_of(service.name), application="tests", pool_size=1)
        contents[service.name] = await table_contents(engine, service, known[service.name])
        await engine.dispose()
    return contents, {
        f"{service} {path}": await found.read(service, path)
        for service, paths in _reads(traffic).items()
        for path in paths
    }


def _reads(traffic: Traffic) -> dict[str, list[str]]:
    numbers = [(each.key or b"").decode() for each in traffic.messages if each.topic == "entry-filed"]
    some = list(dict.fromkeys(numbers))[:3]  # the first are in order, what is refused comes last
    return {
        "routing": [f"/entries/{number}/routing" for number in some],
        "workqueue": [f"/items?entry={some[0]}", "/figures"],
        "liquidation": [f"/entries/{number}" for number in some],
        "notifications": ["/notices?limit=50", f"/bulletin?entry_number={some[0]}&filer={some[0][:3]}"],
    }


def _lost(old: Any, new: Any, where: str) -> Iterator[str]:
    """What the release before answered and this one does not: fields, rows, kinds of values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name, value in old.items():
            if name in new:
                yield from _lost(value, new[name], f"{where}.{name}")
            else:
                yield f"{where}.{name}"
    elif isinstance(old, list) and isinstance(new, list) and len(old) <= len(new):
        for number, one in enumerate(old):
            yield from _lost(one, new[number], f"{where}[{number}]")
    elif type(old) is not type(new):
        yield f"{where}: {old} is {new}"


async def test_the_code_of_the_release_before_works_on_the_new_migrations_as_this_does(
    before: Path, postgres: EmbeddedPostgres, module_folder: Path
) -> None:
    traffic, known = sample_traffic(LINES), known_to(before)
    async with running(before, "before", postgres, module_folder) as old:
        then, told = await live(old, traffic, known)
    async with running(ROOT, "now", postgres, module_folder) as new:
        now, tells = await live(new, traffic, known)
    for service in NAMES:
        assert now[service].keys() > {"dead_letters"}
        assert differences(then[service], now[service]) == [], service
        assert digest(then[service]) == digest(now[service])
        assert sum(rows.total() for rows in now[service].values()) > 50
    lost = [each for name, answer in told.items() for each in _lost(answer, tells[name], name)]
    assert lost == []
    assert told["liquidation /entries/" + _first(traffic)]["center"] != PENDING


def _first(traffic: Traffic) -> str:
    number: str = _reads(traffic)["liquidation"][0].removeprefix("/entries/")
    return number
