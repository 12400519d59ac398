"""The recorded events are those that the producers publish, they cover every case, and their readers take them all."""

from collections import defaultdict
from collections.abc import Awaitable, Callable

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.contracts.registry import TOPICS, TYPES
from shared.contracts.words import open_words
from tests.support.events import decode_event, entry_number
from tests.support.future import parts_at
from tests.support.produced.recording import INDEX, NO_LONGER_TOLD, STORIES
from tests.support.recorded import names, read, recorded, with_

NOT_SAID = {
    ("entry-changed", "from_state"): {"recorded", "clock-unknown", "not-liquidating"},  # no story goes on from there
    ("entry-changed", "to_state"): {"recorded"},  # that of an entry without a summary, of which nothing is told
    ("entry-changed", "refund_state"): {"replaced"},  # the act that replaces a refund tells the refund that it leads to
    ("filing-routed", "division"): {"partnership"},  # filings are worked by the two other divisions
    ("notice-changed", "state"): {"acknowledged", "bounced", "delivered", "withdrawn"},  # a server, or people, say so
}
"""Words that no recorded event says, because nothing here makes a producer say them."""


@pytest.mark.parametrize("story", STORIES)
async def test_recorded_events_are_what_their_producers_publish(
    story: str, service_engine: Callable[[str], Awaitable[AsyncEngine]]
) -> None:
    kept = (await STORIES[story](service_engine)).kept
    again = "record them anew: python -m tests.support.produced"
    assert sorted(kept) == orjson.loads(INDEX.read_bytes())[story], again
    assert [name for name, event in kept.items() if read(name) != event] == [], again


def test_every_recorded_event_is_of_one_story_or_of_an_earlier_release() -> None:
    told = orjson.loads(INDEX.read_bytes())
    assert sorted(told) == sorted(STORIES)
    assert sorted([*NO_LONGER_TOLD, *(name for of_story in told.values() for name in of_story)]) == names()


def test_every_word_of_every_contract_is_said_by_a_recorded_event() -> None:
    said: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names():
        topic = TYPES[read(name)["type"]].topic
        for place in open_words(TOPICS[topic].data):
            *parents, field = place.split(".")
            owners = [each for each in parts_at(read(name)["data"], parents) if each is not None]
            said[topic, place].update(each[field] for each in owners if each.get(field) is not None)
    for topic, contract in TOPICS.items():
        if contract.producer == "filers":
            continue
        for place, known in open_words(contract.data).items():
            assert set(known) - said[topic, place] == NOT_SAID.get((topic, place), set()), (topic, place)


def test_every_topic_of_our_own_has_recorded_events() -> None:
    found = {TYPES[read(name)["type"]].topic for name in names()}
    assert found == {topic for topic, contract in TOPICS.items() if contract.producer != "filers"}


@pytest.mark.parametrize("name", names())
def test_recorded_event_names_its_producer_and_its_subject(name: str) -> None:
    event = read(name)
    contract = TYPES[event["type"]]
    producer = name.partition("/")[0]
    assert producer in contract.producers
    assert event["source"] == f"urn:centerline:{producer}"
    assert event["subject"] == event["data"][contract.key_field]
    assert decode_event(contract.topic, event) == recorded(name)


def test_varied_event_is_another_event_of_the_same_case() -> None:
    event, number = recorded("liquidation/liquidated-as-entered"), entry_number(1, "C77")
    varied = with_(event, entry_number=number, center="CEE003")
    assert (varied.subject, varied.data.filer_code, varied.data.center) == (number, "C77", "CEE003")
    assert varied.id != event.id
    assert varied.id == with_(event, entry_number=number, center="CEE003").id
    assert varied.data.change == "liquidated"
    assert varied.time == event.time


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("liquidation/bill-overdue", {"bill_number": None}, "no recorded entry-changed"),
        ("liquidation/scheduled", {"change": "suspended"}, "no recorded entry-changed"),
        ("liquidation/liquidated-as-entered", {"liquidated_on": "2026-03-02"}, "protest_by follows"),
        ("liquidation/extended", {"legal_basis": {"rule": "ext-reasons", "citation": "none"}}, "the citation"),
        ("liquidation/protest-deny", {"act": "withdraw"}, "no recorded protest-changed"),
        ("routing/entry-of-account-unreviewed", {"processes": ["quota"]}, "there are processes"),
        ("routing/entry-pending", {"center": "CEE007"}, "no recorded entry-routed"),
        ("routing/account-registered", {"center": None}, "no recorded account-assigned"),
        ("workqueue/decided-refund", {"effect": {"duty_usd": "5.00", "fees_usd": "0.00"}}, "no recorded review"),
        ("workqueue/request-for-information", {"due_on": None}, "no recorded request-issued"),
    ],
)
def test_what_its_producer_could_not_have_sent_is_refused(name: str, changes: dict[str, object], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        recorded(name, **changes)
