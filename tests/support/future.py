"""Events between services with words of a later release: whole samples of each topic, one word changed at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple

import orjson

from shared.bus.outbox import Outgoing, encode
from shared.contracts.registry import TOPICS
from shared.contracts.terms import Contract
from shared.contracts.words import open_words
from tests.support.events import FUTURE_WORD, entry_number
from tests.support.recorded import read

AT = datetime(2026, 3, 6, 20, tzinfo=UTC)


def _sample_of(topic: str, name: str, names: Callable[[int], dict[str, Any]]) -> Callable[[int], Contract]:
    """Makes the data of a recorded event with another subject for each serial."""

    def make(serial: int) -> Contract:
        return TOPICS[topic].data.model_validate_json(orjson.dumps(read(name)["data"] | names(serial)))

    return make


def _of_entry(serial: int) -> dict[str, Any]:
    return {"entry_number": entry_number(serial)}


def _of_decision(serial: int) -> dict[str, Any]:
    return {"decision_id": f"decision-{serial}", "entry_number": entry_number(serial)}


def _of_party(serial: int) -> dict[str, Any]:
    """A delegation is told apart by its own id: it stays with the party that it was given to."""
    given = {"delegation_id": f"delegation-{serial}", "version": 1, "importer_number": "07-345678900"}
    days = {"from_on": "2026-03-02", "to_on": None, "revoked_on": None}
    return {"party_id": f"agent:{serial}", "delegations": [given | {"scopes": ["protest"]} | days]}


_SAMPLES = (
    ("entry-routed", "routing/entry-of-account-for-quota", _of_entry),
    ("filing-routed", "routing/filing-prior-disclosure", lambda serial: {"filing_number": f"PD-2026-{serial}"}),
    ("account-assigned", "routing/account-registered", lambda serial: {"importer_number": f"08-{serial:07d}00"}),
    (
        "account-changed",
        "routing/account-with-postal-address",
        lambda serial: {"importer_number": f"10-{serial:07d}00"},
    ),
    ("appeal-decided", "routing/appeal-reassigned", lambda serial: {"appeal_number": f"appeal-{serial}"}),
    ("broadcast-issued", "routing/broadcast-to-a-center", lambda serial: {"broadcast_id": f"broadcast-{serial}"}),
    ("directory-changed", "routing/directory-contact-changed", lambda serial: {"center": f"CEE{serial % 10 + 1:03}"}),
    ("party-changed", "routing/party-agent-delegated-to", _of_party),
    ("work-item-changed", "workqueue/review-completed-increase", lambda serial: {"item_id": f"item-{serial}"}),
    ("review-decided", "workqueue/decided-increase-with-findings", _of_decision),
    ("program-admitted", "workqueue/program-admitted", lambda serial: {"importer_number": f"09-{serial:07d}00"}),
    ("request-issued", "workqueue/request-for-information", lambda serial: {"request_id": f"request-{serial}"}),
    ("request-changed", "workqueue/request-reminded", lambda serial: {"request_id": f"request-{serial}"}),
    ("entry-changed", "liquidation/liquidated-with-refund", _of_entry),
    ("protest-changed", "liquidation/protest-deny", lambda serial: {"protest_number": f"2704-{serial}"}),
    ("decision-applied", "liquidation/decision-applied", _of_decision),
    ("decision-refused", "liquidation/decision-refused", _of_decision),
    ("deadline-near", "liquidation/day-comes-near", lambda serial: {"clock": f"clock-{serial}"}),
    ("payment-changed", "liquidation/payment-sent", lambda serial: {"payment": f"P{serial:09}"}),
    ("declaration-judged", "liquidation/declaration-of-an-importer", lambda serial: {"declaration_id": f"d-{serial}"}),
    ("event-refused", "routing/event-refused-with-three-faults", lambda serial: {"id": f"refused-{serial}"}),
    ("notice-changed", "notifications/notice-queued", lambda serial: {"notice_id": f"notice-{serial}"}),
)

SAMPLES: Mapping[str, Callable[[int], Contract]] = {topic: _sample_of(topic, *rest) for topic, *rest in _SAMPLES}
"""Whole data of every topic of Centerline's own, as its producer publishes it: every open word is said."""


class Told(NamedTuple):
    """An event as bytes. `future` is the place of the word that nobody knows yet, None where all are known.

    `is_plain`: all other words are those of the sample. `name` is what readers know the subject of the event by.
    """

    topic: str
    name: str
    key: str
    value: bytes
    future: str | None
    is_plain: bool


def tell_all(topic: str) -> Iterator[Told]:
    """Every sample of a topic with each open word in turn replaced; one with known words only is the last.

    The samples are the whole one, and one for each known word of each place.
    """
    known = open_words(TOPICS[topic].data)
    for place in known:
        yield _tell(topic, {}, future=place)
    for said, words in known.items():
        for word in sorted(words):
            yield _tell(topic, {said: word}, future=None)
            for place in known.keys() - {said}:
                yield _tell(topic, {said: word}, future=place)
    yield _tell(topic, {}, future=None)


def parts_at(data: Any, place: Sequence[str]) -> list[Any]:
    """What data holds at a place; where there are many, all of them."""
    found = [data]
    for name in place:
        held = [each[name] for each in found]
        found = [part for each in held for part in (each if isinstance(each, list) else [each])]
    return found


def say(data: dict[str, Any], place: str, word: str) -> dict[str, Any]:
    """The same data with another word at a place."""
    changed = deepcopy(data)
    *parents, name = place.split(".")
    for owner in parts_at(changed, parents):
        owner[name] = word
    return changed


_NAMED_BY = {
    "appeal-decided": "appeal_number",
    "filing-routed": "filing_number",
    "review-decided": "decision_id",
    "request-issued": "request_id",
    "request-changed": "request_id",
    "deadline-near": "clock",
    "payment-changed": "payment",
}
_serials = count(5_000_000)


def _tell(topic: str, said: Mapping[str, str], *, future: str | None) -> Told:
    serial = next(_serials)
    _, key, value = encode(Outgoing(f"{topic}-{serial}", SAMPLES[topic](serial), AT), f"urn:centerline:{topic}")
    event = orjson.loads(value)
    for place, word in (*said.items(), *(((future, FUTURE_WORD),) if future is not None else ())):
        event["data"] = say(event["data"], place, word)
    name = event["data"][_NAMED_BY.get(topic, TOPICS[topic].key_field)]
    return Told(topic, name, key, orjson.dumps(event), future, is_plain=not said)
