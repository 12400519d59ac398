"""The image as it is shipped: built, looked at, and run as the whole product on a real broker and a real database."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from cli.catalogue import EVERY_SERVICE
from cli.demo import set_replay_clock
from cli.environment import Environment, ports_from
from cli.operations import open_bus
from cli.sbom import LOCK, read_lock
from shared.customs.calendar import end_of_legal_day
from shared.db import embedded
from tests.support.apt import install
from tests.support.collector import collecting
from tests.support.digest import differences, digest
from tests.support.image import (
    CERTIFICATES,
    PIP_SETTINGS,
    USER,
    VERSION,
    Container,
    Image,
    build_image,
    call,
    pip_settings,
)
from tests.support.kafka_broker import KafkaBroker
from tests.support.passes import (
    Contents,
    publish,
    read_contents,
    register_importers,
    register_parties,
    run_cycle,
    settle,
)
from tests.support.product import LOOPBACK, ROOT, TOKEN_SECRET, broken_invariants, find_free_ports, running_product
from tests.support.traffic import sample_traffic

pytestmark = [pytest.mark.verify, pytest.mark.timeout(1200)]

EXPORTING = ROOT / "requirements-otel.lock"
LINES = 600
READY_SECONDS = 240.0
CYCLES = (date(2025, 10, 17), date(2026, 8, 21))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    if shutil.which("curl") is None:
        install("curl", "curl")
    return build_image(tmp_path_factory.mktemp("build"))


def test_image_says_what_it_is_and_who_runs_it(image: Image) -> None:
    known = image.inspect()
    labels = known["Labels"]
    said = ("title", "licenses", "version", "revision")
    assert {name: labels[f"org.opencontainers.image.{name}"] for name in said} == {
        "title": "Centerline",
        "licenses": "Apache-2.0",
        "version": VERSION,
        "revision": VERSION,
    }
    assert labels["org.opencontainers.image.base.name"] == image.base
    assert labels["org.opencontainers.image.description"]
    assert labels["centerline.sbom"] == "/app/centerline.cdx.json"
    assert known["User"] == str(USER), "a number, so that an orchestrator can see that it is not root"


def test_nothing_in_the_image_can_be_changed_by_who_runs_it(image: Image) -> None:
    search = rf"find /app /venv /etc /archive /files -not -type l \( -perm /o+w -o -user {USER} -o -group {USER} \)"
    found = image.run("sh", "-c", f"{search} 2>/dev/null || true")
    assert found.split() == ["/archive", "/files"], "which are for volumes"


def test_nothing_of_the_machine_that_built_it_and_nothing_that_installs_is_in_the_image(image: Image) -> None:
    assert image.run("sh", "-c", f"cat {PIP_SETTINGS} 2>/dev/null || true") == ""
    assert image.run("sh", "-c", "ls /venv/lib/python3*/site-packages | grep -ix -e pip -e setuptools || true") == ""
    assert image.run("sh", "-c", "ls -d /app/tests /app/bench /app/.git 2>/dev/null || true") == ""
    machine = Path(CERTIFICATES).read_bytes()
    assert image.run("cat", CERTIFICATES).strip() != machine.decode().strip() or not pip_settings()[0].get("cert")
    history = call("history", "--no-trunc", "--format={{.CreatedBy}}", image.tag)
    for value in pip_settings()[0].values():
        assert len(value) < 8 or value not in history


def test_bill_of_materials_in_the_image_names_what_is_installed_in_it(image: Image) -> None:
    bill = json.loads(image.run("cat", image.inspect()["Labels"]["centerline.sbom"]))
    named = {each["purl"] for each in bill["components"]}
    asks = (
        "import importlib.metadata as m, json, platform;"
        "print(json.dumps([platform.python_version(), [(d.name, d.version) for d in m.distributions()]]))"
    )
    python, installed = json.loads(image.run("python", "-I", "-c", asks))
    wheels = {f"pkg:pypi/{name.lower().replace('_', '-').replace('.', '-')}@{version}" for name, version in installed}
    assert {each for each in named if each.startswith("pkg:pypi/")} == wheels
    assert {each for each in named if each.startswith("pkg:generic/")} == {f"pkg:generic/cpython@{python}"}
    debian = image.run("dpkg-query", "--show", "--showformat=${Package}@${Version}\n").splitlines()
    assert len(debian) > 50
    assert len([each for each in named if each.startswith("pkg:deb/")]) == len(debian)
    assert {"pkg:npm/htmx.org@4.0.1"} <= named
    locked = {f"pkg:pypi/{name}@{version}" for name, (version, _) in read_lock(LOCK).items()}
    assert locked - wheels == {each for each in locked if "colorama" in each}, "which is for another system"
    assert bill["metadata"]["component"]["version"] == VERSION


@pytest.fixture(scope="module")
def exporting(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image with what exports traces, built to its end."""
    folder = tmp_path_factory.mktemp("exporting")
    return build_image(folder, f"--build-arg=REQUIREMENTS={EXPORTING.name}", tag="localhost/centerline:exporting")


def test_bill_of_the_image_that_exports_traces_names_what_exports(exporting: Image) -> None:
    bill = json.loads(exporting.run("cat", "/app/centerline.cdx.json"))
    named = {each["purl"] for each in bill["components"] if each["purl"].startswith("pkg:pypi/")}
    locked = {f"pkg:pypi/{name}@{version}" for name, (version, _) in read_lock(EXPORTING).items()}
    assert {each for each in locked - named if "colorama" not in each} == set()
    assert named <= locked
    assert any(each.startswith("pkg:pypi/opentelemetry-sdk@") for each in named)


@pytest.fixture(scope="module")
def broker(module_folder: Path) -> Iterator[str]:
    with KafkaBroker.start(module_folder / "image-kafka") as broker:
        yield broker.bootstrap


@pytest.fixture
def clean_folder(module_folder: Path) -> Path:
    folder = module_folder / "image-clean"
    folder.mkdir()
    return folder


async def clean_run(folder: Path) -> Contents:
    """One ordered pass through processes of the tree, on the embedded bus."""
    async with running_product(bus="postgres", folder=folder, replays=True, ready_seconds=READY_SECONDS) as product:
        environment = product.environment
        set_replay_clock(environment, end_of_legal_day(CYCLES[0]))
        await register_importers(environment)
        await register_parties(environment)
        async with open_bus(environment) as bus:
            await publish(bus, list(sample_traffic(LINES).messages))
        await settle(environment)
        for friday in CYCLES:
            await run_cycle(environment, friday)
        await settle(environment)
        return await read_contents(environment)


class Site:
    """Where the containers run: folders that they share with the machine, their settings, their names."""

    def __init__(self, image: Image, environment: Environment) -> None:
        self.image = image
        self.environment = environment
        self.mark = uuid4().hex[:8]

    def start(self, name: str, *command: str, also: Mapping[str, str] | None = None) -> Container:
        """Start a container with the settings of a service, or of the command line where there is none of the name.

        `also` are further variables.
        """
        environment = self.environment
        place = name if name in environment.ports else "routing"
        variables = {
            name: value
            for name, value in environment.variables_of(place).items()
            if name.startswith("CENTERLINE_") and name != "CENTERLINE_CODE_VERSION"
        }
        variables |= {
            "CENTERLINE_FILES_URL": (environment.data / "files").as_uri(),
            "CENTERLINE_AUTOMATIC_CYCLES": "false",
        }
        if place != name:
            variables["CENTERLINE_DATABASE_URL"] = environment.database_url
        variables |= also or {}
        shared = [f"{environment.data / folder}:{environment.data / folder}" for folder in ("files", "mail")]
        clock = environment.data / "clock"
        return Container.start(
            f"centerline-{self.mark}-{name}", self.image.tag, command, variables, [*shared, f"{clock}:{clock}:ro"]
        )


@pytest.fixture
def site(image: Image, broker: str, module_folder: Path) -> Iterator[Site]:
    folder = module_folder / f"image-{uuid4().hex[:8]}"
    for name in ("", "files", "mail", "clock"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777 if name in {"files", "mail"} else 0o755)
    server = embedded.start(folder / "postgres")
    for service in EVERY_SERVICE:
        embedded.ensure_database(server, service.name)
    try:
        yield Site(
            image,
            Environment(
                bus="kafka",
                kafka_bootstrap=broker,
                database_url=server.url("{service}"),
                bus_database_url=server.url("bus"),
                token_secret=TOKEN_SECRET,
                host=LOOPBACK,
                ports=ports_from(find_free_ports(len(EVERY_SERVICE)) + 1),
                data=folder,
                server=server,
                replay_clock=folder / "clock" / "replay-clock",
            ),
        )
    finally:
        embedded.stop(server, mode="immediate")


def ask(address: str, *headers: str) -> tuple[int, str]:
    """Status and answer of a GET by curl, 0 while nobody listens."""
    given = [word for each in headers for word in ("--header", each)]
    done = subprocess.run(
        ["curl", "--silent", "--noproxy", "*", "--max-time", "10", "--write-out", "\n%{http_code}", *given, address],
        capture_output=True,
        text=True,
        check=False,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status or 0), body


async def until_ready(site: Site, containers: dict[str, Container]) -> None:
    """Wait until each says so; one that has ended says why."""
    async with asyncio.timeout(READY_SECONDS):
        for name, container in containers.items():
            while ask(f"{site.environment.address_of(name)}/readyz")[0] != 200:
                assert container.is_running, container.log()[-3000:]
                await asyncio.sleep(0.3)


def processes_of(container: Container) -> list[dict[str, str]]:
    """The status of each process of a container, as the machine sees it: proc(5)."""
    group = Path(f"/proc/{container.pid}/ns/pid").readlink()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "ns" / "pid").readlink() == group:
                lines = (entry / "status").read_text().splitlines()
                found.append({name: value.strip() for name, _, value in (line.partition(":") for line in lines)})
        except OSError:
            continue
    return found


@pytest.mark.kafka
async def test_containers_of_the_image_leave_what_a_clean_run_leaves(site: Site, clean_folder: Path) -> None:
    clean = await clean_run(clean_folder)
    assert clean["routing"]["routing_decisions"].total() > 300
    assert clean["notifications"]["deliveries"].total() > 0
    environment = site.environment
    set_replay_clock(environment, end_of_legal_day(CYCLES[0]))
    with ExitStack() as stack:
        for name, *command in (("migrate", "centerline", "migrate"), ("topics", "centerline", "topics", "ensure")):
            done = site.start(name, *command)
            stack.callback(done.remove)
            assert done.wait() == 0, done.log()[-3000:]
        containers = {}
        for service in EVERY_SERVICE:
            containers[service.name] = site.start(service.name, "python", "-m", f"services.{service.name}")
            stack.callback(containers[service.name].remove)
        await until_ready(site, containers)
        for name, container in containers.items():
            check_health(site, name)
            check_confinement(container)
        await register_importers(environment)
        await register_parties(environment)
        messages = list(sample_traffic(LINES).messages)
        async with open_bus(environment) as bus:
            await publish(bus, messages[: len(messages) // 2])
            for name in ("routing", "workqueue", "liquidation", "notifications"):
                assert containers[name].stop() == 0, containers[name].log()[-3000:]  # with its hands full
                containers[name].start_again()
            await publish(bus, messages[len(messages) // 2 :])
        await until_ready(site, containers)
        await settle(environment)
        for friday in CYCLES:
            await run_cycle(environment, friday)
        await settle(environment)
        status, shown = ask(f"{environment.address_of('console')}/bulletin")
        assert (status, "Centerline" in shown) == (200, True)
        for container in containers.values():
            assert container.stop() == 0, container.log()[-3000:]
            assert '"event": "stopped"' in container.log().replace('":"', '": "')
            assert "Traceback" not in container.log()
        assert await broken_invariants(environment) == {}
        left = await read_contents(environment)
    found = {name: differences(clean[name], left[name]) for name in clean}
    assert not any(found.values()), "\n".join(line for lines in found.values() for line in lines)
    assert [digest(left[name]) for name in clean] == [digest(clean[name]) for name in clean]


@pytest.mark.kafka
async def test_a_container_that_exports_sends_the_spans_of_what_it_did(exporting: Image, site: Site) -> None:
    """Over the wire, to a collector that reads the protocol: those of a call, in the caller's trace."""
    trace, caller = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    with collecting() as collector, ExitStack() as stack:
        sending = Site(exporting, site.environment)
        for name, *command in (("migrate", "centerline", "migrate"), ("topics", "centerline", "topics", "ensure")):
            done = sending.start(name, *command)
            stack.callback(done.remove)
            assert done.wait() == 0, done.log()[-3000:]
        sent = {"CENTERLINE_TRACES_URL": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "300"}
        routing = sending.start("routing", "python", "-m", "services.routing", also=sent)
        stack.callback(routing.remove)
        await until_ready(sending, {"routing": routing})
        address = f"{sending.environment.address_of('routing')}/centers"
        assert ask(address, f"traceparent: 00-{trace}-{caller}-01")[0] > 0
        async with asyncio.timeout(60):
            while not collector.of_trace(trace):
                await asyncio.sleep(0.2)
        assert routing.stop() == 0, routing.log()[-3000:]
    spans = collector.of_trace(trace)
    assert {each.service for each in spans} == {"centerline-routing"}
    assert [each.name for each in spans if each.parent_id == caller] == ["GET /centers"]


def check_health(site: Site, name: str) -> None:
    address = site.environment.address_of(name)
    status, alive = ask(f"{address}/healthz")
    assert (status, json.loads(alive)) == (200, {"status": "alive", "service": name, "code_version": VERSION})
    status, ready = ask(f"{address}/readyz")
    assert status == 200
    assert json.loads(ready)["is_ready"]


def check_confinement(container: Container) -> None:
    """Every process is of the image's user, has no capability and cannot get one; its root cannot be written."""
    processes = processes_of(container)
    assert processes
    for each in processes:
        assert set(each["Uid"].split()) == {str(USER)}
        assert "0" not in each["Gid"].split()
        assert {int(each[name], 16) for name in ("CapEff", "CapPrm", "CapBnd")} == {0}
        assert each["NoNewPrivs"] == "1"
    for place in ("/written", "/app/written", "/tmp/written", "/venv/written"):
        code, said = container.execute("touch", place)
        assert (code, "Read-only file system" in said) == (1, True), said
    assert container.execute("id", "-u") == (0, f"{USER}\n")
