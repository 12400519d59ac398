"""The lean reading of a contract takes nothing that the model refuses, and reads the same from what both take."""

import copy
import gzip
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.bus.outbox import Outgoing, encode
from shared.contracts.lean import encode_to_publish, lean_check, lean_type, to_lean
from shared.contracts.registry import TOPICS
from shared.contracts.words import find_unknown, open_words
from tests.support.events import FUTURE_WORD
from tests.support.future import AT, SAMPLES, parts_at, say

UPSTREAM = Path(__file__).parents[2] / "samples" / "events.jsonl.gz"

HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**31), 10**31),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "2704\n",
            "12.345",
            "-0.00",
            "1e5",
            "NaN",
            "ZZZ",
            "\u0663" * 4,
            "2026-02-30",
            "2026-03-02T24:00:00Z",
            "2026-03-02T19:03:11",
            "07-345678900 ",
            "x" * 64,
            "x" * 65,
            "8",
            [],
            {},
            [{}],
            [None],
        ]
    ),
)


def sample_events() -> list[tuple[str, dict[str, Any]]]:
    """A few whole events of each upstream topic, and one of each that services tell each other."""
    found: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(UPSTREAM, "rb") as file:
        for text in file:
            row = orjson.loads(text)
            some = found.setdefault(row["topic"], [])
            if len(some) < 6:
                some.append(row["event"])
    for topic, sample in SAMPLES.items():
        _, _, value = encode(Outgoing(f"{topic}-1", sample(1), AT), "urn:centerline:test")
        found[topic] = [orjson.loads(value)]
    return [(topic, event) for topic, events in found.items() for event in events]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON document."""
    if isinstance(value, dict):
        return [at, *(place for key, child in value.items() for place in places(child, (*at, key)))]
    if isinstance(value, list):
        return [at, *(place for key, child in enumerate(value) for place in places(child, (*at, key)))]
    return [at]


def read_lean(topic: str, value: bytes) -> Any | None:
    """What the lean reading makes of bytes; None when it refuses them."""
    model = TOPICS[topic].event
    try:
        event = msgspec.json.decode(value, type=lean_type(model))
        check = lean_check(model)
        if check is not None:
            check(event)
    except (msgspec.MsgspecError, ValueError):
        return None
    return event


def read_by_model(topic: str, value: bytes) -> Any | None:
    """What the model makes of them, as a lean structure."""
    try:
        return to_lean(TOPICS[topic].event.model_validate_json(value))
    except ValidationError:
        return None


SAMPLE_EVENTS = sample_events()


@pytest.mark.parametrize(("topic", "event"), SAMPLE_EVENTS, ids=[topic for topic, _ in SAMPLE_EVENTS])
def test_both_read_the_same_from_what_is_sent(topic: str, event: dict[str, Any]) -> None:
    value = orjson.dumps(event)
    lean = read_lean(topic, value)
    assert lean is not None
    assert lean == read_by_model(topic, value)


def event_of(topic: str) -> dict[str, Any]:
    return next(event for name, event in SAMPLE_EVENTS if name == topic)


PASSED_ON = {("work-item-changed", "division")}  # routing's word, which the work queue has from it
OPEN_PLACES = [(topic, place) for topic in SAMPLES for place in open_words(TOPICS[topic].data)]


@pytest.mark.parametrize(("topic", "place"), OPEN_PLACES)
def test_both_read_a_word_that_they_do_not_know_and_find_it(topic: str, place: str) -> None:
    event = event_of(topic)
    for word, is_taken in ((FUTURE_WORD, True), ("x" * 64, True), ("x" * 65, False), ("", False)):
        value = orjson.dumps(event | {"data": say(event["data"], place, word)})
        lean, model = read_lean(topic, value), read_by_model(topic, value)
        assert lean == model
        assert (lean is not None) == is_taken
        find = find_unknown(TOPICS[topic].data)
        if lean is not None and find is not None:
            said = parts_at(orjson.loads(value)["data"], place.split(".")).count(word)
            assert find(lean.data) == ((place, word),) * said


@pytest.mark.parametrize(("topic", "place"), OPEN_PLACES)
def test_word_that_is_not_listed_cannot_be_published_unless_it_is_passed_on(topic: str, place: str) -> None:
    model, event = TOPICS[topic].data, event_of(topic)
    heard = model.model_validate_json(orjson.dumps(say(event["data"], place, FUTURE_WORD)))
    if (topic, place) in PASSED_ON:
        assert model.model_validate(heard.model_dump()) == heard
        assert FUTURE_WORD.encode() in encode_to_publish(model, to_lean(heard))
        return
    with pytest.raises(ValidationError):
        model.model_validate(heard.model_dump())
    with pytest.raises(ValueError, match=f"{place}: '{FUTURE_WORD}' is not a word"):
        encode_to_publish(model, to_lean(heard))


@settings(max_examples=400, deadline=None)
@given(
    which=st.integers(0, len(SAMPLE_EVENTS) - 1), where=st.integers(0, 10_000), what=HOSTILE, is_removed=st.booleans()
)
def test_lean_reading_takes_nothing_that_the_model_refuses(which: int, where: int, what: Any, is_removed: bool) -> None:
    topic, event = SAMPLE_EVENTS[which]
    changed = copy.deepcopy(event)
    inner = [place for place in places(changed) if place]
    place = inner[where % len(inner)]
    parent = changed
    for key in place[:-1]:
        parent = parent[key]
    if is_removed:
        del parent[place[-1]]
    else:
        parent[place[-1]] = what
    try:
        value = orjson.dumps(changed)
    except TypeError:  # an integer that no JSON writer of ours takes: say it by hand
        value = str(changed).replace("'", '"').replace("None", "null").replace("True", "true").encode()
    lean = read_lean(topic, value)
    if lean is not None:
        assert lean == read_by_model(topic, value)
