"""Events as their producers really publish them, for the tests of those who read them.

`tests/fixtures/produced` holds one event for each case, recorded from the outbox of its producer (see
tests/support/produced). `recorded` gives one, `with_` the same with other values: the test says what it varies. What no
producer would send is refused, so that no reader is tested with it: an event in which other facts are given, or other
words said, than in any recorded one. What is malformed, contradicts itself or comes from a later release is made by
hand, where it is needed (tests/unit/test_source_rules.py lists where).
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

import orjson

from services.liquidation.domain.protest.timeliness import safe_protest_day
from services.liquidation.publishing import legal_basis
from services.routing.domain.decisions import Move
from services.routing.publishing import entry_moved
from shared.bus.outbox import encode
from shared.contracts import lean
from shared.contracts.envelope import Event
from shared.contracts.registry import TOPICS, TYPES
from shared.customs.centers import PENDING
from shared.customs.money import to_cents
from shared.runtime.ids import event_id
from tests.support.events import FUTURE_WORD, decode_event
from tests.support.produced.recording import FOLDER

Data = Mapping[str, Any]


def recorded(name: str, /, *, id: str | None = None, time: str | None = None, **changes: Any) -> Event[Any]:
    """The event of a case, such as `liquidation/extended`, with other values where they are given."""
    return with_(decode_event(TYPES[_read(name)["type"]].topic, _read(name)), id=id, time=time, **changes)


def with_(event: Event[Any], /, *, id: str | None = None, time: str | None = None, **changes: Any) -> Event[Any]:
    """The same event with other values, under an id of its own; fails for what its producer could not have sent.

    `changes` are fields of the data as JSON has them, dates as dates or as text. What follows from a changed field
    follows: the subject from the key, the filer from the entry number. `id` and `time` are those of the envelope.
    """
    whole: dict[str, Any] = orjson.loads(lean.encode(event))
    topic = TYPES[event.type].topic
    given = orjson.loads(orjson.dumps(changes))
    unknown = given.keys() - whole["data"].keys()
    assert not unknown, f"{topic} has no {unknown}"
    if "filer_code" in whole["data"] and "entry_number" in given:
        given.setdefault("filer_code", given["entry_number"][:3])
    whole["data"] |= given
    whole["subject"] = str(whole["data"][TOPICS[topic].key_field])
    whole["time"] = time or whole["time"]
    if given or time:
        varied = orjson.dumps([given, time], option=orjson.OPT_SORT_KEYS).decode()
        whole["id"] = event_id("varied", event.id, varied)
    whole["id"] = id or whole["id"]
    demand_producible(topic, whole["data"])
    return decode_event(topic, whole)


def move_entry(
    event: Event[Any], center: str, number: int = 1, *, id: str | None = None, time: str | None = None
) -> Event[Any]:
    """What routing says when an entry's open matter is moved: its own builder makes it of the decision that stood."""
    whole = orjson.loads(lean.encode(event))
    moved = entry_moved(whole["data"], Move(number, center), event.time)
    _, _, value = encode(moved, whole["source"])
    told = orjson.loads(value)
    return decode_event("entry-routed", {**told, "id": id or told["id"], "time": time or told["time"]})


def say_unknown(event: Event[Any], **words: str) -> Event[Any]:
    """The same event as a later release may send it, with words that no contract lists yet."""
    assert set(words.values()) == {FUTURE_WORD}
    whole: dict[str, Any] = orjson.loads(lean.encode(event))
    return decode_event(TYPES[event.type].topic, {**whole, "data": {**whole["data"], **words}})


def demand_producible(topic: str, data: Data) -> None:
    """Fail unless a recorded event of the topic gives the same facts and says the same words as this one."""
    _CHECKS.get(topic, _accept)(data)
    shape = _SHAPES[topic](data)
    near = _shapes_recorded(topic)
    assert shape in near, f"no recorded {topic} is like this: {shape}; it would take one of {sorted(near.values())}"


def names(producer: str = "*") -> list[str]:
    """The names of all recorded events."""
    return sorted(f"{file.parent.name}/{file.stem}" for file in FOLDER.glob(f"{producer}/*.json"))


def read(name: str) -> dict[str, Any]:
    """A recorded event as JSON."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(_read(name)))
    return found


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((FOLDER / f"{name}.json").read_bytes())
    return found


@cache
def _shapes_recorded(topic: str) -> Mapping[Hashable, str]:
    """What recorded events of a topic say, each with the name of one of them."""
    found: dict[Hashable, str] = {}
    for name in (name for producer in TOPICS[topic].producers for name in names(producer)):
        event = orjson.loads(lean.encode(decode_event(TYPES[_read(name)["type"]].topic, _read(name))))
        if TYPES[event["type"]].topic == topic:
            found.setdefault(_SHAPES[topic](event["data"]), name)
    return found


def _given(data: Data, *free: str) -> frozenset[str]:
    """Which facts are given, but for those that any event may have or lack."""
    return frozenset(name for name, value in data.items() if value not in (None, [], {})) - {*free}


def _said(data: Data, *words: str) -> tuple[Any, ...]:
    return tuple(data[name] for name in words)


def _shape_of_entry_routed(data: Data) -> Hashable:
    is_moved = bool(data["reasons"]) and data["reasons"][0]["code"] == "moved"
    needed = [*data["processes"], *(["consultation"] if data["consultations"] else [])]
    return (
        *_said(data, "basis", "lane", "division"),
        data["center"] == PENDING,
        bool(data["move"]),
        is_moved,
        sorted(data["authority"]) == sorted(needed) or data["move"] > 0,
        _given(data, "origins", "programs", "program_families", "predominant_tariff", "instructions", "authority"),
    )


def _shape_of_filing_routed(data: Data) -> Hashable:
    is_moved = data["reasons"][0]["code"] == "moved"
    rules = frozenset(each["rule"] for each in data["clocks"])
    known = (*_said(data, "kind", "division", "process", "authority"), is_moved, data["sequence"] > 1)
    led = _given({name: data[name] for name in ("answers_request", "goods_center")})
    return (*known, data["basis"], data["center"] == PENDING, rules, data["forwarded_from"] is not None, led)


def _shape_of_account_assigned(data: Data) -> Hashable:
    return (
        data["basis"],
        data["sequence"] > 1,
        _given(data, "contact_email", "postal_address", "trusted_programs", "reasons"),
    )


def _shape_of_work_item_changed(data: Data) -> Hashable:
    is_system = data["actor"]["subject"].startswith("system:")
    return (*_said(data, "change", "state", "outcome"), data["process"] == "protest", is_system, _given(data))


def _shape_of_review_decided(data: Data) -> Hashable:
    effect = data["effect"]
    cents = to_cents(effect["duty_usd"]) + to_cents(effect["fees_usd"])
    return data["outcome"], (cents > 0) - (cents < 0), _given(data, "effect")


def _shape_of_request_issued(data: Data) -> Hashable:
    return data["form"], _given(data)


def _shape_of_request_changed(data: Data) -> Hashable:
    return (*_said(data, "change", "state", "form"), _given(data))


def _shape_of_entry_changed(data: Data) -> Hashable:
    words = ("change", "from_state", "to_state", "kind", "refund_state", "missing")
    return (*_said(data, *words), data["legal_basis"]["rule"], _given(data, "surety_code", "center", "reasons"))


def _shape_of_protest_changed(data: Data) -> Hashable:
    free = ("entries", "filer_role", "filer_id", "further_review", "further_review_state", "ask_set_aside_by")
    return (*_said(data, "change", "act", "state"), data["legal_basis"]["rule"], _given(data, *free))


def _shape_of_answer(data: Data) -> Hashable:
    return data["legal_basis"]["rule"], _given(data)


def _shape_of_notice_changed(data: Data) -> Hashable:
    return (*_said(data, "state", "channel"), _given(data, "entry_number"))


def _shape_of_party_changed(data: Data) -> Hashable:
    return (*_said(data, "kind", "state"), _given(data, "contacts", "delegations"))


def _shape_of_appeal_decided(data: Data) -> Hashable:
    return (*_said(data, "outcome"), _given(data, "center", "effective_on", "reasons"))


def _shape_of_event_refused(data: Data) -> Hashable:
    return data["code"], _given(data, "faults")


def _shape_of_program_admitted(data: Data) -> Hashable:
    return _given(data), _given(data["admitted_by"])


def _shape_of_account_changed(data: Data) -> Hashable:
    return _given(data, "contact_email", "postal_address")


def _shape_of_deadline_near(data: Data) -> Hashable:
    return data["change"], _given(data, "center", "if_nothing_is_done", "days_before")


def _shape_of_payment_changed(data: Data) -> Hashable:
    free = ("offsets", "missing", "remedy")
    return *_said(data, "change", "state", "payee"), data["missing"], data["legal_basis"]["rule"], _given(data, *free)


def _shape_of_declaration_judged(data: Data) -> Hashable:
    return data["missing"], _given(data, "codes", "accepted", "dropped", "payees_not_ready")


def _shape_of_broadcast_issued(data: Data) -> Hashable:
    return _given(data, "effective_on"), _given(data, "program"), _given(data, "hts")


_SHAPES: Final[Mapping[str, Callable[[Data], Hashable]]] = {
    "entry-routed": _shape_of_entry_routed,
    "filing-routed": _shape_of_filing_routed,
    "account-assigned": _shape_of_account_assigned,
    "directory-changed": lambda data: (*_said(data, "kind", "action"), _given(data)),
    "work-item-changed": _shape_of_work_item_changed,
    "review-decided": _shape_of_review_decided,
    "program-admitted": _shape_of_program_admitted,
    "request-issued": _shape_of_request_issued,
    "request-changed": _shape_of_request_changed,
    "entry-changed": _shape_of_entry_changed,
    "protest-changed": _shape_of_protest_changed,
    "decision-applied": _shape_of_answer,
    "decision-refused": _shape_of_answer,
    "deadline-near": _shape_of_deadline_near,
    "payment-changed": _shape_of_payment_changed,
    "declaration-judged": _shape_of_declaration_judged,
    "notice-changed": _shape_of_notice_changed,
    "event-refused": _shape_of_event_refused,
    "party-changed": _shape_of_party_changed,
    "account-changed": _shape_of_account_changed,
    "appeal-decided": _shape_of_appeal_decided,
    "broadcast-issued": _shape_of_broadcast_issued,
}
"""What tells the cases of a topic apart: the words that are said, and which facts are given."""


def _check_entry_changed(data: Data) -> None:
    assert data["filer_code"] == data["entry_number"][:3], "the filer is named by the entry number"
    _check_basis(data)
    if data["liquidated_on"] is not None and data["protest_by"] is not None:
        day = safe_protest_day(date.fromisoformat(data["liquidated_on"]), date.fromisoformat(data["entry_date"]))
        assert data["protest_by"] == day.isoformat(), f"protest_by follows from liquidated_on: {day}"


def _check_basis(data: Data) -> None:
    known = legal_basis(data["legal_basis"]["rule"]).model_dump()
    assert data["legal_basis"] == known, f"the citation of the rule is {known['citation']}"


def _check_entry_routed(data: Data) -> None:
    centers: Collection[str] = {each["center"] for each in data["consultations"]}
    assert data["center"] not in centers, "a Center is not asked about an entry that it has itself"
    assert (data["lane"] == "no-review") == (not data["processes"]), "there are processes where there is a review"


def _accept(_: Data) -> None:
    """Nothing beyond the contract and the shape."""


_CHECKS: Final[Mapping[str, Callable[[Data], None]]] = {
    "entry-changed": _check_entry_changed,
    "entry-routed": _check_entry_routed,
    "protest-changed": _check_basis,
    "decision-applied": _check_basis,
    "decision-refused": _check_basis,
}
"""What must agree within an event, by the law that its producer follows."""
