"""Builders of events as filing systems send them, valid unless told otherwise."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import orjson

from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.contracts.registry import TOPICS, TYPES
from shared.contracts.words import find_unknown
from shared.customs.entry_number import check_digit

_numbers = count(1)

FUTURE_WORD = "word-of-a-later-release"
"""Stands for a word that a later release adds to a contract."""


def entry_number(serial: int | None = None, filer: str = "B76") -> str:
    """A valid entry number; a new one each time unless a serial is given."""
    first_ten = f"{filer}{next(_numbers) if serial is None else serial:07d}"
    return first_ten + check_digit(first_ten)


def line(number: int = 1, hts: str = "8471300100", value_usd: int = 1000, **changes: Any) -> dict[str, Any]:
    """One entry line."""
    return {
        "line_number": number,
        "description": "SYNTHETIC GOODS",
        "manufacturer_id": "CNSYNTH123SHE",
        "country_of_origin": "CN",
        "country_of_export": "CN",
        "preference": None,
        "tariffs": [{"hts": hts, "value_usd": value_usd, "duty_usd": "25.00"}],
        "cases": [],
        "quantities": [{"amount": "10", "unit": "NO"}],
        "fees": [{"class_code": "499", "amount_usd": "33.58"}],
    } | changes


def entry_body(number: str | None = None, **changes: Any) -> dict[str, Any]:
    """The data of an entry-filed event."""
    return {
        "entry_number": number or entry_number(),
        "version": 1,
        "entry_type": "01",
        "importer_number": "07-345678900",
        "consignee_number": None,
        "port_of_entry": "2704",
        "entry_date": "2026-03-02",
        "import_date": "2026-03-01",
        "mode_of_transport": "11",
        "bond_type": "8",
        "surety_code": "036",
        "paid_on": "2026-03-12",
        "reconciliation_issues": [],
        "lines": [line()],
    } | changes


def released_body(number: str, released_at: str = "2026-03-02T20:00:00Z", **changes: Any) -> dict[str, Any]:
    """The data of an entry-released event."""
    return {
        "entry_number": number,
        "released_at": released_at,
        "port_of_release": "2704",
        "release_kind": "conditional",
    } | changes


def cloud_event(topic: str, data: dict[str, Any], *, id: str | None = None, **changes: Any) -> dict[str, Any]:
    """A CloudEvent for a topic as a JSON-ready dict."""
    contract = TOPICS[topic]
    return {
        "specversion": "1.0",
        "id": id or f"event-{next(_numbers)}",
        "source": "urn:filer:B76",
        "type": contract.event_type,
        "subject": str(data.get(contract.key_field, "")),
        "time": "2026-03-02T19:03:11Z",
        "datacontenttype": "application/json",
        "data": data,
    } | changes


def decoded(topic: str, data: dict[str, Any], **changes: Any) -> Event[Any]:
    """The same event as a handler gets it; fails when it is not valid."""
    return decode_event(topic, cloud_event(topic, data, **changes))


def decode_event(topic: str, event: dict[str, Any]) -> Event[Any]:
    """A CloudEvent as a handler gets it; fails when it is not valid."""
    result = decode(topic, event["subject"].encode(), orjson.dumps(event), {}, 524_288)
    assert not isinstance(result, Rejection), result
    demand_known_words(result)
    return result


def demand_known_words(event: Event[Any]) -> None:
    """Fail on a word that the contract does not list, unless it is meant: a reader would take a slip of a producer."""
    find = find_unknown(TYPES[event.type].data)
    slips = [each for each in find(event.data) if each.word != FUTURE_WORD] if find is not None else []
    assert slips == [], event.type


def at(on: date, hour: int = 17) -> datetime:
    """A moment on a day, in the middle of the working day in New York."""
    return datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
