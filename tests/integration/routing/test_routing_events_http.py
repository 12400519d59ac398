"""Events handed over by HTTP are on the bus as if their filer had put them there; what is wrong is told at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.app import SERVICE
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus, Record, TopicPartition, TopicSpec
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.db.transaction import transaction
from shared.runtime.clock import SystemClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.service import build_app, open_platform
from shared.runtime.settings import load_settings
from shared.web.identity import issue_development_token
from tests.support.databases import TestDatabases
from tests.support.events import cloud_event, entry_body, entry_number, released_body

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
TOPICS = ("entry-filed", "entry-corrected", "entry-released", "post-entry-filed")


@dataclass
class Edge:
    """Routing's API on a bus of its own."""

    client: httpx.AsyncClient
    bus: Bus
    engine: AsyncEngine
    settings: Any
    handler: Any
    begin: dict[TopicPartition, int]

    def headers(self, role: RoleName = RoleName.BROKER, filer_code: str | None = "B76") -> dict[str, str]:
        caller = Identity("sam", "Sam", frozenset({role}), filer_code=filer_code)
        return {"authorization": f"Bearer {issue_development_token(self.settings, caller, SystemClock().now())}"}

    async def send(self, body: bytes, content_type: str, caller: dict[str, str] | None = None, **more: str) -> Any:
        headers = {**(caller or self.headers()), "content-type": content_type, **more}
        return await self.client.post("/events", content=body, headers=headers)

    async def published(self) -> list[Record]:
        """Everything that was put on the bus since the edge was opened."""
        ends = await self.bus.end_offsets(TOPICS)
        many = sum(end - self.begin[at] for at, end in ends.items())

        async def positions(partitions: Any) -> dict[TopicPartition, int]:
            return {at: self.begin[at] for at in partitions}

        subscription = await self.bus.subscribe(f"reader-{uuid4().hex[:8]}", TOPICS, positions)
        found: list[Record] = []
        while len(found) < many:
            for piece in await subscription.poll(100, 0.2):
                found += piece.records
        await subscription.close()
        return found


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
async def edge(
    request: pytest.FixtureRequest,
    databases: TestDatabases,
    service_engine: Callable[[str], Awaitable[AsyncEngine]],
) -> AsyncIterator[Edge]:
    bus: Bus
    if request.param == "kafka":
        request.getfixturevalue("kafka_turn")
        bus = KafkaBus(request.getfixturevalue("kafka"))
    else:
        bus = PostgresBus(await databases.empty())
    await bus.ensure_topics([TopicSpec(name, 4, 3_600_000) for name in TOPICS])
    engine = await service_engine("routing")
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(SERVICE.settings, database_url=url, bus="kafka", token_secret="0" * 32)
    opened = open_platform(settings)
    platform = replace(opened, bus=bus)
    parts = SERVICE.build(platform)
    app = build_app(SERVICE, platform, parts, Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing") as client:
        yield Edge(client, bus, engine, settings, parts.handler, dict(await bus.end_offsets(TOPICS)))
    await platform.engine.dispose()
    await bus.close()


def filed(**changes: Any) -> dict[str, Any]:
    return cloud_event("entry-filed", entry_body(entry_number(), **changes), id=uuid4().hex)


def read(record: Record) -> Event[Any]:
    event = decode(record.topic, record.key, record.value, record.headers, 524_288)
    assert not isinstance(event, Rejection), event
    return event


async def test_entry_handed_over_by_http_is_routed_as_any_other(edge: Edge) -> None:
    event = filed()
    answer = await edge.send(orjson.dumps(event), STRUCTURED)
    assert answer.status_code == 202, answer.text
    number = event["data"]["entry_number"]
    assert answer.json() == {
        "events": [
            {
                "id": event["id"],
                "source": "urn:filer:B76",
                "type": "gov.cbp.entry.filed.v1",
                "subject": number,
                "topic": "entry-filed",
            }
        ]
    }
    (record,) = await edge.published()
    assert (record.topic, record.key, record.value) == ("entry-filed", number.encode(), orjson.dumps(event))
    async with transaction(edge.engine) as tx:
        await edge.handler(tx, [read(record)])
    shown = await edge.client.get(f"/entries/{number}/routing", headers=edge.headers())
    assert shown.status_code == 200, shown.text


async def test_binary_mode_keeps_the_data_as_they_came(edge: Edge) -> None:
    event = filed()
    data = orjson.dumps(event.pop("data"))
    event["id"] = "id with ünicode"
    attributes = {f"ce-{name}": value for name, value in event.items() if name != "datacontenttype"}
    answer = await edge.send(data, "application/json", **{**attributes, "ce-id": "id%20with%20%C3%BCnicode"})
    assert answer.status_code == 202, answer.text
    (record,) = await edge.published()
    assert record.value == data
    assert read(record).id == "id with ünicode"


async def test_batch_is_taken_whole_with_the_bytes_of_each(edge: Edge) -> None:
    events = [filed() for _ in range(50)]
    number = events[0]["data"]["entry_number"]
    events.append(cloud_event("entry-corrected", entry_body(number, version=2, reason_code="P01"), id=uuid4().hex))
    pieces = [orjson.dumps(each) for each in events]
    answer = await edge.send(b"[" + b" , ".join(pieces) + b"]", BATCH)
    assert answer.status_code == 202, answer.text
    assert [each["id"] for each in answer.json()["events"]] == [each["id"] for each in events]
    assert sorted(record.value or b"" for record in await edge.published()) == sorted(pieces)


async def test_every_fault_of_every_event_is_told_and_nothing_published(edge: Edge) -> None:
    good, bad, unknown = filed(), filed(entry_date="2026-02-30", port_of_entry="27041"), filed()
    unknown["type"] = "gov.cbp.entry.filled.v1"
    answer = await edge.send(orjson.dumps([good, bad, unknown]), BATCH)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "events-refused"
    assert [fault["field"] for fault in problem["errors"]] == [
        "events[2].data.port_of_entry",
        "events[2].data.entry_date",
        "events[3].type",
    ]
    assert await edge.published() == []


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (lambda: {**filed(), "source": "urn:filer:XYZ"}, "event.source"),
        (lambda: cloud_event("entry-released", released_body(entry_number()), id=uuid4().hex), "event.type"),
    ],
)
async def test_nobody_speaks_for_another_filer_or_for_the_port(
    edge: Edge, event: Callable[[], dict[str, Any]], field: str
) -> None:
    """Ids are told apart by source: whoever could send under another's would make that one's events be repeats."""
    body = orjson.dumps(event())
    refused = await edge.send(body, STRUCTURED)
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, [field])
    assert [each["rule"] for each in refused.json()["errors"]] == ["not-yours"]
    by_cbp = await edge.send(body, STRUCTURED, edge.headers(RoleName.OPERATOR, None))
    assert by_cbp.status_code == 202, by_cbp.text
    assert len(await edge.published()) == 1


async def test_entry_under_another_filers_number_is_not_yours(edge: Edge) -> None:
    event = {**filed(), "source": "urn:filer:XYZ"}
    refused = await edge.send(orjson.dumps(event), STRUCTURED, edge.headers(filer_code="XYZ"))
    assert [each["field"] for each in refused.json()["errors"]] == ["event.data.entry_number"]
    # A correction may come from another filer than the summary did.
    corrected = cloud_event("entry-corrected", entry_body(event["data"]["entry_number"], version=2, reason_code="P01"))
    corrected |= {"id": uuid4().hex, "source": "urn:filer:XYZ"}
    taken = await edge.send(orjson.dumps(corrected), STRUCTURED, edge.headers(filer_code="XYZ"))
    assert taken.status_code == 202, taken.text


async def test_who_names_no_filer_or_has_no_role_hands_over_nothing(edge: Edge) -> None:
    body = orjson.dumps(filed())
    for caller, status in (
        (edge.headers(filer_code=None), 403),
        (edge.headers(RoleName.IMPORT_SPECIALIST), 403),
        (edge.headers(RoleName.SURETY), 403),
    ):
        assert (await edge.send(body, STRUCTURED, caller)).status_code == status
    assert (await edge.client.post("/events", content=body, headers={"content-type": STRUCTURED})).status_code == 401
    assert await edge.published() == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"{}", "text/plain"),
        (b"{}", BATCH),
        (b"[]", BATCH),
        (b"[" + b",".join([b"{}"] * 1001) + b"]", BATCH),
        (b"[{", BATCH),
    ],
)
async def test_what_is_no_cloudevent_is_said_to_be_none(edge: Edge, body: bytes, content_type: str) -> None:
    answer = await edge.send(body, content_type)
    assert (answer.status_code, answer.json()["code"]) == (400, "events-unreadable")


async def test_bus_that_is_away_is_said_and_the_call_may_be_repeated(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.runtime.errors import Transient

    async def away(*_: object) -> None:
        raise Transient("kafka: away")

    event = orjson.dumps(filed())
    with monkeypatch.context() as patched:
        patched.setattr(type(edge.bus), "publish", away)
        answer = await edge.send(event, STRUCTURED)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    for _ in range(2):
        assert (await edge.send(event, STRUCTURED)).status_code == 202
    assert {read(record).id for record in await edge.published()} == {orjson.loads(event)["id"]}
