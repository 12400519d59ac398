"""An archive of what was filed, written as `centerline archive` writes it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from shared.archive.partition import ArchivedPartition
from shared.bus.protocol import Record
from tests.support.events import cloud_event


def write_archive(
    folder: Path, at: datetime, filed: Iterable[tuple[str, Mapping[str, Any]]], *, frame: int = 2
) -> None:
    """Write the bodies of events by topic, in frames of so many records, archived at an instant."""
    topics: dict[str, list[Record]] = {}
    for topic, body in filed:
        records = topics.setdefault(topic, [])
        key = str(body["entry_number"]).encode()
        value = orjson.dumps(cloud_event(topic, dict(body)))
        records.append(Record(topic, 0, len(records), key, value, {"content-type": b"application/cloudevents+json"}))
    for topic, records in topics.items():
        with ArchivedPartition(folder, topic, 0).open_to_write() as writer:
            for begin in range(0, len(records), frame):
                some = records[begin : begin + frame]
                writer.append(some, some[-1].offset + 1, at)
