"""Whatever a filer sends, the refusal can be told: it is an event of its contract, in plain words and within bounds."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.publishing import SOURCE, events_refused
from shared.bus.outbox import encode
from shared.bus.protocol import Record
from shared.bus.refusals import read_refusal
from shared.contracts.decode import Rejection, decode
from shared.contracts.registry import TOPICS
from shared.customs.problems import problem_kinds
from tests.contract.test_refusal_words import FILING, THEIRS
from tests.property.test_lean_readings import places
from tests.support.events import cloud_event, entry_body, entry_number, line, released_body

LIMIT = 524_288
NOW = datetime(2026, 3, 2, tzinfo=UTC)
WHOLE = [
    ("entry-filed", cloud_event("entry-filed", entry_body(entry_number(1), lines=[line(1), line(2)]), id="1")),
    (
        "entry-corrected",
        cloud_event("entry-corrected", entry_body(entry_number(1), version=2, reasons=["H06"]), id="2"),
    ),
    ("entry-released", cloud_event("entry-released", released_body(entry_number(1)), id="3")),
    ("post-entry-filed", cloud_event("post-entry-filed", FILING, id="4")),
]
HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["x" * 5000, "123-45-6789", "07-3456789", "B76-0324527-8", "\0", "^\\d"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=600), st.integers(), max_size=3),
)


@settings(max_examples=400, deadline=None)
@given(
    which=st.integers(0, len(WHOLE) - 1), wheres=st.lists(st.integers(0, 10_000), min_size=1, max_size=4), what=HOSTILE
)
def test_every_refusal_can_be_told_to_its_filer(which: int, wheres: list[int], what: Any) -> None:
    topic, whole = WHOLE[which]
    event = copy.deepcopy(whole)
    for where in wheres:
        inner = [place for place in places(event) if place]
        if inner:
            *parents, name = inner[where % len(inner)]
            owner: Any = event
            for part in parents:
                owner = owner[part]
            owner[name] = copy.deepcopy(what)
    _tell(topic, json.dumps(event).encode())


@settings(max_examples=200, deadline=None)
@given(value=st.one_of(st.binary(max_size=300), HOSTILE.map(lambda each: json.dumps([each]).encode())))
def test_bytes_of_any_kind_can_be_refused(value: bytes) -> None:
    _tell("entry-filed", value)


def _tell(topic: str, value: bytes) -> None:
    key = b"B7603245278"
    rejection = decode(topic, key, value, {}, LIMIT)
    if not isinstance(rejection, Rejection):
        return
    assert rejection.reason in problem_kinds()
    refusal = read_refusal(Record(topic, 0, 0, key, value, {}), rejection)
    for answer in events_refused([refusal] if refusal.filer_code is not None else [], NOW):
        sent, told_to, told = encode(answer, SOURCE)
        assert sent == "event-refused"
        event = decode("event-refused", told_to.encode(), told, {}, LIMIT)
        assert not isinstance(event, Rejection), event
        for fault in event.data.faults:
            assert not THEIRS.search(fault.right), fault
            assert TOPICS[topic].data.__name__ not in fault.right
