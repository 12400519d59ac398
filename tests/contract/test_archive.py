"""The archive on both buses: everything is written once, whoever writes, and comes back as it was."""

import asyncio
import os
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from shared.archive.archiver import Archiver
from shared.archive.folder import NotEmpty, check, list_partitions, read_records, restore
from shared.archive.partition import Damaged
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus, Message, Record, TopicPartition, TopicSpec
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import Stopping
from tests.support.databases import TestDatabases
from tests.support.topics import fresh_topic

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import asyncio, sys
from pathlib import Path
from shared.archive.archiver import Archiver
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.runtime.clock import SystemClock
from shared.runtime.lifecycle import Stopping
kind, url, folder, topic, group = sys.argv[1:]
bus = KafkaBus(url) if kind == "kafka" else PostgresBus(url)
asyncio.run(Archiver(bus, Path(folder), [topic], SystemClock(), "one", group).run(Stopping()))
"""


class Place:
    """A bus of a kind, and how another process reaches it."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind, self.url = kind, url
        self.bus: Bus = KafkaBus(url) if kind == "kafka" else PostgresBus(url)


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
async def place(request: pytest.FixtureRequest, databases: TestDatabases) -> AsyncIterator[Place]:
    url = request.getfixturevalue("kafka") if request.param == "kafka" else await databases.empty()
    made = Place(request.param, url)
    yield made
    await made.bus.close()


async def topic_on(bus: Bus) -> TopicSpec:
    spec = fresh_topic()
    await bus.ensure_topics([spec])
    return spec


def messages(topic: TopicSpec, numbers: Iterable[int]) -> list[Message]:
    """Some without a key, or a value, and headers of any bytes: what nobody can read is kept as well."""
    return [
        Message(
            topic.name,
            None if number % 13 == 0 else f"key-{number % 7}".encode(),
            None if number % 11 == 0 and number % 13 else f"{number} ".encode() * 20,
            {"ce_id": f"{number}".encode(), "h": b"\x00\xff"},
        )
        for number in numbers
    ]


class Archiving:
    """An archiver at work in this process."""

    def __init__(self, place: Place, folder: Path, topic: TopicSpec, group: str, name: str | None = None) -> None:
        self.archiver = Archiver(place.bus, folder, [topic.name], SystemClock(), name, group)
        self.stopping = Stopping()
        self.task = asyncio.create_task(self.archiver.run(self.stopping))

    async def reach(self, ends: dict[TopicPartition, int]) -> None:
        async with asyncio.timeout(60):
            while any(self.archiver.read_to.get(at, 0) < end for at, end in ends.items()):
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        self.stopping.set()
        async with asyncio.timeout(60):
            await self.task


def records_of(folder: Path) -> dict[int, list[Record]]:
    found: defaultdict[int, list[Record]] = defaultdict(list)
    for records in read_records(folder):
        for record in records:
            found[record.partition].append(record)
    return dict(found)


async def read_all(bus: Bus, topic: TopicSpec) -> dict[int, list[Record]]:
    async def from_start(partitions: object) -> dict[TopicPartition, int]:
        return {TopicPartition(topic.name, number): 0 for number in range(topic.partitions)}

    many = sum((await bus.end_offsets([topic.name])).values())
    subscription = await bus.subscribe(f"reader-{uuid4().hex[:8]}", [topic.name], from_start)
    found: defaultdict[int, list[Record]] = defaultdict(list)
    async with asyncio.timeout(60):
        while sum(map(len, found.values())) < many:
            for piece in await subscription.poll(500, 0.2):
                found[piece.at.partition] += piece.records
    await subscription.close()
    return dict(found)


async def test_everything_is_archived_and_put_back_as_it_was(place: Place, tmp_path: Path) -> None:
    topic, group = await topic_on(place.bus), f"archive-{uuid4().hex[:8]}"
    await place.bus.publish(messages(topic, range(300)))
    archiving = Archiving(place, tmp_path, topic, group)
    await place.bus.publish(messages(topic, range(300, 400)))
    await archiving.reach(dict(await place.bus.end_offsets([topic.name])))
    await archiving.stop()
    original = await read_all(place.bus, topic)
    assert records_of(tmp_path) == original
    assert sum(map(len, original.values())) == archiving.archiver.archived == 400
    with pytest.raises(NotEmpty, match=topic.name):
        await restore(place.bus, tmp_path, [topic.name])
    # An empty bus is another topic here: the folder of the archive is given its name.
    other = replace(topic, name=fresh_topic().name)
    await place.bus.ensure_topics([other])
    (tmp_path / topic.name).rename(tmp_path / other.name)
    assert await restore(place.bus, tmp_path, [other.name]) == 400
    again = await read_all(place.bus, other)
    for number, records in original.items():
        keyed = [(each.key, each.value, each.headers) for each in records if each.key is not None]
        assert [(each.key, each.value, each.headers) for each in again[number] if each.key is not None] == keyed
    everything = {(each.key, each.value, each.headers["ce_id"]) for records in again.values() for each in records}
    assert everything == {
        (each.key, each.value, each.headers["ce_id"]) for records in original.values() for each in records
    }


async def test_writers_share_the_partitions_and_one_that_leaves_is_followed(place: Place, tmp_path: Path) -> None:
    topic, group = await topic_on(place.bus), f"archive-{uuid4().hex[:8]}"
    one, two = Archiving(place, tmp_path, topic, group), Archiving(place, tmp_path, topic, group)
    for begin in range(0, 600, 100):
        await place.bus.publish(messages(topic, range(begin, begin + 100)))
        await asyncio.sleep(0.3)
    await one.stop()
    await place.bus.publish(messages(topic, range(600, 700)))
    ends = dict(await place.bus.end_offsets([topic.name]))
    await two.reach(ends)
    await two.stop()
    assert records_of(tmp_path) == await read_all(place.bus, topic)
    assert [check(partition).faults for partition in list_partitions(tmp_path)] == [()] * len(list_partitions(tmp_path))


async def test_a_writer_that_is_killed_loses_nothing_and_writes_nothing_twice(place: Place, tmp_path: Path) -> None:
    topic, group = await topic_on(place.bus), f"archive-{uuid4().hex[:8]}"
    for attempt in range(3):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, place.kind, place.url, str(tmp_path), topic.name, group, cwd=ROOT
        )
        try:
            for begin in range(0, 2000, 200):
                await place.bus.publish(messages(topic, range(attempt * 2000 + begin, attempt * 2000 + begin + 200)))
                await asyncio.sleep(0.1)
            async with asyncio.timeout(60):
                while not any(partition.frames() for partition in list_partitions(tmp_path)):
                    await asyncio.sleep(0.2)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
    last = Archiving(place, tmp_path, topic, group, "one")
    await last.reach(dict(await place.bus.end_offsets([topic.name])))
    await last.stop()
    assert records_of(tmp_path) == await read_all(place.bus, topic)
    assert not any(check(partition).faults for partition in list_partitions(tmp_path))


async def test_a_damaged_archive_is_put_back_on_no_bus(place: Place, tmp_path: Path) -> None:
    topic, group = await topic_on(place.bus), f"archive-{uuid4().hex[:8]}"
    await place.bus.publish(messages(topic, range(50)))
    archiving = Archiving(place, tmp_path, topic, group)
    await archiving.reach(dict(await place.bus.end_offsets([topic.name])))
    await archiving.stop()
    other = replace(topic, name=fresh_topic().name)
    await place.bus.ensure_topics([other])
    (tmp_path / topic.name).rename(tmp_path / other.name)
    segment = max(path for partition in list_partitions(tmp_path) for path in partition.folder.glob("*.zst"))
    segment.write_bytes(segment.read_bytes()[:-1] + b"\x00")
    with pytest.raises(Damaged, match="are lacking"):
        await restore(place.bus, tmp_path, [other.name])
    assert not any((await place.bus.end_offsets([other.name])).values())
