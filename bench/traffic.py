"""Makes entries for measurements: the sample's bodies under new numbers, in any quantity."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from bench.nation import importer_of
from shared.bus.protocol import Message
from shared.customs.entry_number import check_digit

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def _bodies() -> list[dict[str, Any]]:
    with gzip.open(SAMPLES / "events.jsonl.gz", "rb") as file:
        rows = [orjson.loads(text) for text in file]
    return [row["event"] for row in rows if row["topic"] == "entry-filed"]


def filed_and_released(entries: int, *, released: bool, accounts: int = 0) -> Iterator[Message]:
    """So many entries as filed events, each followed by its release when asked for. Deterministic.

    With `accounts` they belong to that many importers (`bench.nation`), else to those of the sample.
    """
    bodies = _bodies()
    for serial in range(entries):
        event = bodies[serial % len(bodies)]
        first_ten = f"{event['data']['entry_number'][:3]}{serial:07d}"
        number = first_ten + check_digit(first_ten)
        data = event["data"] | {"entry_number": number}
        if accounts:
            data["importer_number"] = importer_of(serial, accounts)
        filed = event | {"id": f"bench-{serial}", "subject": number, "data": data}
        yield Message("entry-filed", number.encode(), orjson.dumps(filed))
        if released:
            release = {
                "specversion": "1.0",
                "id": f"release-{serial}",
                "source": "urn:cbp:cargo-release",
                "type": "gov.cbp.entry.released.v1",
                "subject": number,
                "time": event["time"],
                "datacontenttype": "application/json",
                "data": {
                    "entry_number": number,
                    "released_at": event["time"],
                    "port_of_release": data["port_of_entry"],
                    "release_kind": "conditional",
                },
            }
            yield Message("entry-released", number.encode(), orjson.dumps(release))
