"""Reads files of events, says what of them would be refused, and publishes them as a filing system would."""

import asyncio
import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from shared.bus.protocol import Bus, Message
from shared.contracts.content import digest_content
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE
from shared.contracts.registry import TOPICS
from shared.customs.problems import problem_kinds
from shared.runtime.ids import event_key

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


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a feed that would be refused: its topic and the code of the problem, and what to mend.

    Without a topic it is no line that could be published. `remedy` is that of the catalogue of problems.
    """

    number: int
    topic: str | None
    code: str | None
    detail: str
    remedy: str | None

    def __str__(self) -> str:
        head = f"line {self.number}" + (f": {self.topic}: {self.code}" if self.topic is not None else "")
        detail = "\n".join(f"  {text}" for text in self.detail.splitlines())
        return f"{head}\n{detail}" + (f"\n  To do: {self.remedy}" if self.remedy is not None else "")


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file, gzipped or not: `topic`, `key` and either `event` (a CloudEvent) or `raw` (any text).

    Raises `FeedError` for a line that is neither.
    """
    for number, text in _read_texts(path):
        yield _read_line(path, number, text)


def check_lines(path: Path, max_bytes: int) -> Iterator[Line | RefusedLine]:
    """Each line of a file as it would be published, or with everything for which it would be refused.

    `max_bytes` bounds an event. What only the records can tell is not looked at: whether a correction comes too late,
    and whether an id was used in an earlier file.
    """
    said: dict[bytes, tuple[int, bytes]] = {}
    for number, text in _read_texts(path):
        try:
            line = _read_line(path, number, text)
        except FeedError as error:
            yield RefusedLine(number, None, None, str(error), None)
            continue
        message = line.message
        event = decode(message.topic, message.key, message.value, message.headers, max_bytes)
        if isinstance(event, Rejection):
            yield _refuse(line, event.reason, event.detail)
            continue
        digest = digest_content(event, message.value or b"", message.headers)
        first, stands = said.setdefault(event_key(event.source, event.id), (number, digest))
        if digest != stands:
            yield _refuse(
                line, "conflicting-repeat", f"line {first} has the same source and id and says something else"
            )
            continue
        yield line


def _refuse(line: Line, code: str, detail: str) -> RefusedLine:
    return RefusedLine(line.number, line.message.topic, code, detail, problem_kinds()[code].remedy)


def _read_texts(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not empty, with their numbers."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        for number, text in enumerate(file, start=1):
            if text.strip():
                yield number, text


def _read_line(path: Path, number: int, text: bytes) -> Line:
    try:
        row = orjson.loads(text)
        topic, key = row["topic"], row["key"].encode()
        is_known = topic in TOPICS
        time = str(row["event"].get("time")) if "event" in row else None
        raw = row["raw"].encode("utf-8", "surrogatepass") if "raw" in row else None
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, UnicodeEncodeError) as error:
        raise FeedError(f"{path.name}:{number}: expected JSON with topic, key and event or raw ({error!r})") from error
    if not is_known:
        raise FeedError(f"{path.name}:{number}: there is no topic {topic}; topics are {', '.join(TOPICS)}")
    if raw is not None:
        return Line(number, Message(topic, key, raw, _HEADERS), None)
    if "event" not in row:
        raise FeedError(f"{path.name}:{number}: has neither event nor raw")
    return Line(number, Message(topic, key, orjson.dumps(row["event"]), _HEADERS), time)


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
