"""The whole product on a real Kafka broker, fed by a client that is not ours: kcat, on librdkafka.

Messages come shuffled across topics and some of them twice, with librdkafka's own choice of partitions and another
compression on each topic. Every entry, release, filing and refused message is then accounted for.
"""

import asyncio
import csv
import json
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cli.client import Client
from cli.demo import account_of
from cli.environment import Environment
from cli.operations import service_engine, watching_quiet
from shared.bus.protocol import Message
from shared.customs.calendar import friday_on_or_before, legal_date
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.clock import SystemClock
from tests.support.kafka_broker import KafkaBroker, _install_by_apt, broker_from_environment
from tests.support.product import COMMAND, ROOT, Product, broken_invariants, clean_environment, running_product
from tests.support.traffic import SAMPLES, sample_traffic

pytestmark = [pytest.mark.kafka, pytest.mark.verify, pytest.mark.timeout(240)]

SEED = 20_260_302
EVENTS = 1_500
COMPRESSION = {"entry-filed": "zstd", "entry-released": "snappy", "entry-corrected": "gzip", "post-entry-filed": "lz4"}
END_OF_KEY, END_OF_MESSAGE = b"<~key~>", b"<~end~>"


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent, and what must become of it."""

    messages: Sequence[Message]
    versions: frozenset[tuple[str, int]]
    released: frozenset[str]
    filings: frozenset[str]
    refused: Counter[tuple[bytes, str]]

    @property
    def entries(self) -> set[str]:
        return {number for number, _ in self.versions}


def prepare() -> Sent:
    """The first events of the sample with what follows on their entries, and every refused message."""
    messages = list(sample_traffic(EVENTS).messages)
    rows = [json.loads(text) for text in (SAMPLES / "refused.jsonl").read_text(encoding="utf-8").splitlines()]
    raw = messages[-len(rows) :]
    reasons = {
        message.value: row["why"] for message, row in zip(raw, rows, strict=True) if row["outcome"] == "dead-letter"
    }
    by_topic: dict[str, list[dict[str, Any]]] = {topic: [] for topic in COMPRESSION}
    for message in messages:
        if message.value not in reasons:
            by_topic[message.topic].append(json.loads(message.value)["data"])
    assert all(by_topic.values()), "the sample must have something of everything"
    filed = [*by_topic["entry-filed"], *by_topic["entry-corrected"]]

    dice = random.Random(SEED)
    messages += dice.sample(messages, k=len(messages) // 8)
    dice.shuffle(messages)

    return Sent(
        messages=messages,
        versions=frozenset((data["entry_number"], data["version"]) for data in filed),
        released=frozenset(data["entry_number"] for data in by_topic["entry-released"]),
        filings=frozenset(data["filing_number"] for data in by_topic["post-entry-filed"]),
        refused=Counter((message.value, reasons[message.value]) for message in messages if message.value in reasons),
    )


def ensure_kcat() -> str:
    """Where kcat is; installed from Debian's package when root, else one clear message."""
    if shutil.which("kcat") is None:
        _install_by_apt("kcat", "kcat")
    found = shutil.which("kcat")
    assert found is not None
    return found


def send(bootstrap: str, messages: Sequence[Message]) -> None:
    """Write messages in their order into one kcat per topic; returns when the broker has them all."""
    kcat = ensure_kcat()
    with ExitStack() as stack:
        senders = {}
        for topic, compression in COMPRESSION.items():
            command = [kcat, "-P", "-b", bootstrap, "-t", topic, "-z", compression]
            command += ["-K", END_OF_KEY.decode(), "-D", END_OF_MESSAGE.decode()]
            command += ["-H", "content-type=application/cloudevents+json"]
            sender = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
            stack.callback(sender.kill)
            senders[topic] = sender
        for message in messages:
            assert END_OF_KEY not in message.value
            assert END_OF_MESSAGE not in message.value
            stdin = senders[message.topic].stdin
            assert stdin is not None
            stdin.write(message.key + END_OF_KEY + message.value + END_OF_MESSAGE)
            stdin.flush()
        for topic, sender in senders.items():
            _, complaints = sender.communicate(timeout=60)
            assert (sender.returncode, complaints) == (0, b""), topic


@pytest.fixture(scope="module")
def broker(module_folder: Path) -> Iterator[str]:
    """A broker that holds nothing but this traffic, unless CENTERLINE_TEST_KAFKA names one."""
    given = broker_from_environment()
    if given is not None:
        yield given
        return
    with KafkaBroker.start(module_folder / "outside-kafka") as broker:
        yield broker.bootstrap


@pytest.fixture(scope="module")
async def product(module_folder: Path, broker: str) -> AsyncIterator[Product]:
    async with running_product(bus="kafka", kafka=broker, folder=module_folder / "outside") as product:
        yield product
        assert product.stop() == 0, product.end_of_log()
        assert product.all_pids() == []


@pytest.fixture(scope="module")
async def client(product: Product) -> AsyncIterator[Client]:
    client = Client(product.environment)
    yield client
    await client.close()


@pytest.fixture(scope="module")
async def sent(product: Product, client: Client) -> Sent:
    """Everything sent, and applied as far as it can be."""
    sent = prepare()
    with (SAMPLES / "importers.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        while some := [account_of(row) for row in islice(rows, 500)]:
            await client.post("routing", "/importers", {"accounts": some})
    await asyncio.to_thread(send, product.environment.kafka_bootstrap, sent.messages)
    await wait_until_quiet(product.environment)
    return sent


async def wait_until_quiet(environment: Environment) -> None:
    async with watching_quiet(environment) as quiet:
        await quiet.wait(seconds=90)


async def rows_of(environment: Environment, service: str, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return [tuple(row) for row in await bulk.fetch(tx, statement, *arguments)]


async def column_of(environment: Environment, service: str, statement: str, *arguments: Any) -> set[Any]:
    return {row[0] for row in await rows_of(environment, service, statement, *arguments)}


@pytest.mark.parametrize(
    ("service", "table"),
    [("routing", "routing_decisions"), ("liquidation", "entry_versions"), ("workqueue", "routed_versions")],
)
async def test_every_version_of_every_entry_is_known_once(
    product: Product, sent: Sent, service: str, table: str
) -> None:
    statement = f"SELECT entry_number, version, count(*) FROM {table} GROUP BY 1, 2"
    found = {
        (number, version): times for number, version, times in await rows_of(product.environment, service, statement)
    }
    assert sent.versions - found.keys() == set()
    assert {found[version] for version in sent.versions} == {1}


async def test_every_filed_entry_has_a_legal_record_with_its_center(product: Product, sent: Sent) -> None:
    statement = "SELECT entry_number FROM entries WHERE version IS NOT NULL AND center IS NOT NULL"
    assert sent.entries - await column_of(product.environment, "liquidation", statement) == set()


@pytest.mark.parametrize(
    ("service", "table"), [("routing", "releases"), ("liquidation", "entries WHERE released_at IS NOT NULL")]
)
async def test_every_release_is_recorded(product: Product, sent: Sent, service: str, table: str) -> None:
    found = await column_of(product.environment, service, f"SELECT entry_number FROM {table}")
    assert sent.released - found == set()


@pytest.mark.parametrize(
    ("service", "tables"), [("routing", ["post_entry_filings"]), ("liquidation", ["protests", "post_entry_filings"])]
)
async def test_every_post_entry_filing_is_recorded(
    product: Product, sent: Sent, service: str, tables: list[str]
) -> None:
    statement = " UNION ALL ".join(f"SELECT filing_number FROM {table}" for table in tables)
    assert sent.filings - await column_of(product.environment, service, statement) == set()


@pytest.mark.parametrize("service", ["routing", "liquidation"])
async def test_every_refused_message_stands_in_the_dead_letters_with_its_reason(
    product: Product, sent: Sent, service: str
) -> None:
    letters = await rows_of(product.environment, service, "SELECT value, reason, length(detail) FROM dead_letters")
    parked = Counter((value, reason) for value, reason, _ in letters)
    assert len(sent.refused) == 29
    assert sent.refused - parked == Counter(), "one for each copy that was sent"
    good = {message.value for message in sent.messages} - {value for value, _ in sent.refused}
    assert good & {value for value, _, _ in letters} == set(), "no good event was refused"
    assert min(length for _, _, length in letters) > 20


@pytest.mark.parametrize("service", ["workqueue", "notifications"])
async def test_services_refuse_nothing_of_each_other(product: Product, sent: Sent, service: str) -> None:
    assert await rows_of(product.environment, service, "SELECT topic, reason, detail FROM dead_letters") == []


async def test_figures_of_the_services_agree(product: Product, sent: Sent, client: Client) -> None:
    routing = await client.get("routing", "/figures")
    legal = await client.get("liquidation", "/figures")
    work = await client.get("workqueue", "/figures")
    notices = await client.get("notifications", "/figures")
    states = ("scheduled", "suspended", "extended", "liquidated", "not_liquidating", "clock_unknown")
    only_released = sent.released - sent.entries
    assert routing["entries"] >= len(sent.entries)
    assert [sum(routing[table].values()) for table in ("by_center", "by_basis", "by_lane")] == [routing["entries"]] * 3
    # On a broker that was used before, old events are routed before the importers are known: by tariff alone.
    assert "tariff" in routing["by_basis"]
    assert sum(legal[state] for state in states) == routing["entries"]
    assert legal["entries"] - routing["entries"] >= len(only_released)
    assert legal["protests"] >= len(sent.filings)
    assert sum(work["by_queue"].values()) == work["open"] + work["claimed"]
    assert notices["total"] == sum(number for each in notices["notices"].values() for number in each.values())
    assert notices["total"] > 0


async def test_invariants_hold(product: Product, sent: Sent) -> None:
    assert await broken_invariants(product.environment) == {}


async def test_outboxes_are_empty_and_caused_events_are_on_the_bus(product: Product, sent: Sent) -> None:
    for service in ("routing", "workqueue", "liquidation", "notifications"):
        assert await rows_of(product.environment, service, "SELECT id FROM outbox") == []
    bus = product.environment.open_bus()
    ends = await bus.end_offsets(["entry-routed", "entry-filed.routing.dead", "entry-filed.liquidation.dead"])
    await bus.close()
    published = Counter[str]()
    for at, end in ends.items():
        published[at.topic] += end
    assert published["entry-routed"] >= len(sent.versions)
    assert published["entry-filed.routing.dead"] >= sent.refused.total()
    assert published["entry-filed.liquidation.dead"] >= sent.refused.total()


async def test_cycle_liquidates_what_is_due_and_posts_it(product: Product, sent: Sent) -> None:
    environment = product.environment
    friday = friday_on_or_before(legal_date(SystemClock().now()))
    due_before = await column_of(
        environment,
        "liquidation",
        "SELECT entry_number FROM entries WHERE liquidated_on IS NULL AND NOT is_suspended AND scheduled_on <= $1",
        friday,
    )
    command = [str(COMMAND), "cycle", f"--date={friday}", f"--data={environment.data}"]
    command.append(f"--first-port={environment.ports['routing']}")
    variables = clean_environment({"CENTERLINE_TOKEN_SECRET": environment.token_secret})
    answers = []
    for _ in range(2):
        done = await asyncio.to_thread(
            subprocess.run, command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        answers.append(json.loads(done.stdout))
    assert answers[0] == answers[1], "running it again changes nothing"
    assert answers[0]["liquidated"] + answers[0]["deemed"] > 0
    await wait_until_quiet(environment)

    liquidated = await column_of(
        environment, "liquidation", "SELECT entry_number FROM entries WHERE liquidated_on IS NOT NULL"
    )
    posted = await column_of(
        environment,
        "notifications",
        "SELECT entry_number FROM bulletin_postings WHERE event_type = 'liquidation'",
    )
    assert due_before - liquidated == set()
    assert posted == liquidated
    assert await broken_invariants(environment) == {}
