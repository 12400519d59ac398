"""How long partitions stand still: a killed process that returns, others that take over, a slot given twice.

Real processes of routing under traffic, on both buses. A process returns at the instant at which it is started, and its
partitions are consumed again when a record that was published after that is committed on each of them. The aim is that
of `make bench`: five seconds. Time in which the process could have run while others had the cores is not counted. The
figures are properties of the test run (pytest --junit-xml).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocol

from services.routing.app import SERVICE as ROUTING
from shared.bus.protocol import TopicPartition
from shared.db import bulk
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from tests.support.fleet import Return, RoutingFleet, routing_fleet
from tests.support.kafka_broker import KafkaBroker

pytestmark = [pytest.mark.verify, pytest.mark.timeout(300)]

RETURN_SECONDS = 5.0
FORGOTTEN_SECONDS = 12.0  # more than the session of a member on either bus
TAKEN_OVER_SECONDS = 15.0  # its session, and a rebalance of the others


@pytest.fixture(scope="module")
def broker(module_folder: Path) -> Iterator[KafkaBroker]:
    with KafkaBroker.start(module_folder / "recovery-kafka") as broker:
        yield broker


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)], scope="module")
async def fleet(request: pytest.FixtureRequest, module_folder: Path) -> AsyncIterator[RoutingFleet]:
    bus = request.param
    folder = module_folder / f"recovery-{bus}"
    folder.mkdir()
    kafka = request.getfixturevalue("broker").bootstrap if bus == "kafka" else ""
    async with routing_fleet(folder, bus, kafka) as fleet:
        yield fleet


@pytest.fixture
async def alone(fleet: RoutingFleet) -> AsyncIterator[RoutingFleet]:
    """One process in slot 0, at work on every partition."""
    fleet.start("0")
    await fleet.until_all_are_consumed()
    yield fleet
    assert fleet.stop("0") == 0


@pytest.fixture
async def pair(alone: RoutingFleet) -> AsyncIterator[RoutingFleet]:
    """Two processes that share the partitions."""
    alone.start("1")
    await until_members(alone, 4)
    yield alone
    if alone.is_running("1"):
        assert alone.stop("1") == 0


async def until_members(fleet: RoutingFleet, many: int) -> None:
    """Return when so many members are in the group and all partitions are consumed."""
    async with asyncio.timeout(60):
        while len(await members_of(fleet)) != many:
            await asyncio.sleep(0.1)
    await fleet.until_all_are_consumed()


async def best_of_three(kill_and_bring_back: Callable[[], Awaitable[Return]]) -> Return:
    """The best of up to three returns: neighbours on the machine can only make one longer."""
    found = await kill_and_bring_back()
    for _ in range(2):
        if found.own_seconds <= RETURN_SECONDS:
            break
        found = min(found, await kill_and_bring_back(), key=lambda each: each.own_seconds)
    return found


async def members_of(fleet: RoutingFleet) -> list[str]:
    """The members of the group as the bus knows them; those that died are among them until it forgets them."""
    if fleet.environment.bus == "kafka":
        return sorted(await shares_of(fleet))
    engine = create_engine(fleet.environment.bus_database_url, application="tests", pool_size=1)
    async with transaction(engine) as tx:
        rows = await bulk.fetch(tx, "SELECT member FROM log_members WHERE group_name = 'routing' ORDER BY member")
    await engine.dispose()
    return [row["member"] for row in rows]


async def shares_of(fleet: RoutingFleet) -> dict[str, list[TopicPartition]]:
    """What each member of the group holds, as the broker tells it; nothing while it is shared out anew."""
    admin = AIOKafkaAdminClient(bootstrap_servers=fleet.environment.kafka_bootstrap)
    await admin.start()
    try:
        ((_, _, state, _, _, members, *_),) = (await admin.describe_consumer_groups(["routing"]))[0].groups
    finally:
        await admin.close()
    if state != "Stable":
        return {}
    return {
        member_id: [TopicPartition(*at) for at in ConsumerProtocol.ASSIGNMENT.decode(assignment).partitions()]
        for member_id, _, _, _, assignment in members
    }


@pytest.mark.parametrize("away", [0.0, FORGOTTEN_SECONDS])
async def test_partitions_of_a_killed_process_are_consumed_within_five_seconds_of_its_return(
    alone: RoutingFleet, away: float, record_testsuite_property: Callable[[str, object], None]
) -> None:
    async def kill_and_bring_back() -> Return:
        alone.kill("0")
        await asyncio.sleep(away)
        return await alone.bring_back("0")

    found = await best_of_three(kill_and_bring_back)
    record_testsuite_property(f"back alone after {away:.0f} s, {alone.environment.bus}", found)
    assert found.own_seconds <= RETURN_SECONDS


async def test_killed_process_among_others_that_returns_consumes_within_five_seconds(
    pair: RoutingFleet, record_testsuite_property: Callable[[str, object], None]
) -> None:
    async def kill_and_bring_back() -> Return:
        pair.kill("1")
        found = await pair.bring_back("1")
        await until_members(pair, 4)
        return found

    found = await best_of_three(kill_and_bring_back)
    record_testsuite_property(f"back beside another, {pair.environment.bus}", found)
    assert found.own_seconds <= RETURN_SECONDS


async def test_partitions_of_a_process_that_never_returns_go_to_the_others(
    pair: RoutingFleet, record_testsuite_property: Callable[[str, object], None]
) -> None:
    pair.kill("1")
    seconds = await pair.until_all_are_consumed()
    record_testsuite_property(f"never back, {pair.environment.bus}", seconds)
    assert seconds <= TAKEN_OVER_SECONDS


async def test_partitions_of_a_process_that_is_told_to_stop_go_to_the_others_at_once(
    pair: RoutingFleet, record_testsuite_property: Callable[[str, object], None]
) -> None:
    assert pair.stop("1") == 0
    seconds = await pair.until_all_are_consumed()
    record_testsuite_property(f"told to stop, {pair.environment.bus}", seconds)
    assert seconds <= RETURN_SECONDS


async def test_second_process_in_a_slot_exits_with_the_reason_and_the_first_goes_on(alone: RoutingFleet) -> None:
    first = alone.processes["0"].pid
    alone.start("0", place="duplicate")
    began = asyncio.create_task(alone.until_all_are_consumed())
    code = await asyncio.to_thread(alone.processes["duplicate"].wait, 90)
    assert code == 1
    said = alone.log_of("duplicate").read_text()
    assert "CENTERLINE_FLEET_SLOT: another process of routing holds slot 0" in said
    await began
    await alone.until_all_are_consumed()
    assert alone.is_running("0")
    assert alone.processes["0"].pid == first
    assert "joined the group" not in alone.log_of("0").read_text(), "nobody took its names"


async def test_processes_without_a_slot_share_the_partitions_and_take_over(
    fleet: RoutingFleet, record_testsuite_property: Callable[[str, object], None]
) -> None:
    for place in ("one", "two"):
        fleet.start("", place=place)
    await until_members(fleet, 4)
    fleet.kill("two")
    seconds = await fleet.until_all_are_consumed()
    record_testsuite_property(f"never back, no slot, {fleet.environment.bus}", seconds)
    assert seconds <= TAKEN_OVER_SECONDS
    assert fleet.stop("one") == 0


async def test_members_of_one_process_have_names_of_their_own(alone: RoutingFleet) -> None:
    await until_members(alone, 2)
    for number, member in enumerate(await members_of(alone), start=1):
        assert member.startswith(f"routing-0-{number}")


@pytest.mark.kafka
@pytest.mark.parametrize("fleet", ["kafka"], indirect=True)
async def test_members_of_one_process_share_the_partitions(alone: RoutingFleet) -> None:
    await until_members(alone, 2)
    one, other = (await shares_of(alone)).values()
    assert len(one) == len(other)
    assert set(one).isdisjoint(other)
    assert {*one, *other} == set(await alone.bus.end_offsets(ROUTING.topics))
