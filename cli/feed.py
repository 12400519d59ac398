"""Reads files of events and publishes them as a filing system would."""

import asyncio
import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from shared.bus.protocol import Bus, Message
from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE
from shared.contracts.registry import TOPICS

_BATCH = 1000
_HEADERS = {"content-type": STRUCTURED_CONTENT_TYPE.encode()}


class FeedError(Exception):
    """A line of the file is not an event to publish; the text names the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a feed: what to publish, and when the event says that it happened (None for raw bytes)."""

    number: int
    message: Message
    time: str | None


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file, gzipped or not: `topic`, `key` and either `event` (a CloudEvent) or `raw` (any text).

    Raises `FeedError` for a line that is neither.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        for number, text in enumerate(file, start=1):
            if text.strip():
                yield _read_line(path, number, text)


def _read_line(path: Path, number: int, text: bytes) -> Line:
    try:
        row = orjson.loads(text)
        topic, key = row["topic"], row["key"].encode()
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise FeedError(f"{path.name}:{number}: expected JSON with topic, key and event or raw ({error!r})") from error
    if topic not in TOPICS:
        raise FeedError(f"{path.name}:{number}: there is no topic {topic}; topics are {', '.join(TOPICS)}")
    if "raw" in row:
        return Line(number, Message(topic, key, row["raw"].encode("utf-8", "surrogatepass"), _HEADERS), None)
    if "event" not in row:
        raise FeedError(f"{path.name}:{number}: has neither event nor raw")
    return Line(number, Message(topic, key, orjson.dumps(row["event"]), _HEADERS), str(row["event"].get("time")))


async def publish_lines(
    bus: Bus, lines: Iterator[Line], *, per_second: float | None, on_progress: Callable[[int], None]
) -> int:
    """Publish lines in order, at most so many a second; gives how many."""
    began = time.monotonic()
    published = 0
    batch: list[Message] = []

    async def flush() -> None:
        nonlocal published
        await bus.publish(batch)
        published += len(batch)
        on_progress(len(batch))
        batch.clear()
        if per_second is not None:
            await asyncio.sleep(max(0.0, began + published / per_second - time.monotonic()))

    size = _BATCH if per_second is None else max(1, min(_BATCH, int(per_second / 4)))
    for line in lines:
        batch.append(line.message)
        if len(batch) == size:
            await flush()
    if batch:
        await flush()
    return published
