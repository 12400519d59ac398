"""/ops of every service: what operators see of it and do with it, on letters that real bad events left."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.app import SERVICE as NOTIFICATIONS
from services.routing.app import SERVICE as ROUTING
from shared.bus import dead_letters, outbox
from shared.bus.consumer import Consumer
from shared.bus.dead_letters import LetterFilter
from shared.bus.lag import measure_lag
from shared.bus.outbox import Addressed
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Message, TopicSpec
from shared.contracts.registry import TOPICS
from shared.db import bulk, job_runs, operator_acts
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.operations import standing
from shared.operations.acting import MOST_BEGUN, OperatorActs
from shared.operations.jobs import RUN
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Transient
from shared.runtime.events import consumer_settings
from shared.runtime.identity import Identity, RoleName
from shared.runtime.invariants import QueryInvariant
from shared.runtime.job_runner import JobRunner
from shared.runtime.lifecycle import Readiness, Stopping
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Job, Platform
from shared.runtime.service import Parts, Service, build_app
from shared.runtime.settings import load_settings
from shared.runtime.slices import JobSession
from shared.runtime.together import together
from shared.web.identity import issue_development_token
from tests.support.databases import TestDatabases
from tests.support.events import cloud_event, entry_body, entry_number
from tests.support.services import SERVICES

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
OTTO = Identity("otto", "Otto Berg", frozenset({RoleName.OPERATOR}))
SSN = "123-45-6789"

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@dataclass(slots=True)
class Desk:
    """A service on its database and the embedded bus, its consumer, and an operator's client."""

    service: Service
    engine: AsyncEngine
    bus: PostgresBus
    platform: Platform
    parts: Parts
    client: httpx.AsyncClient

    async def consume(self, *, max_event_bytes: int = 524_288, replays: bool = False) -> None:
        """Let the service's own consumer read what lies on the bus, or try letters again."""
        settings = self.platform.settings.model_copy(update={"max_event_bytes": max_event_bytes})
        consumer = Consumer(
            bus=self.bus,
            engine=self.engine,
            handler=self.parts.handler,
            settings=consumer_settings(self.service, settings),
            clock=self.platform.clock,
            metrics=self.platform.metrics,
            answer=self.parts.answer,
        )
        stopping = Stopping()
        running = asyncio.create_task(consumer.run_replays(stopping) if replays else consumer.run(stopping))
        async with asyncio.timeout(60):
            while await (self._asked() if replays else self._behind()) and not running.done():
                await asyncio.sleep(0.02)
        stopping.set()
        await running

    async def _behind(self) -> int:
        async with transaction(self.engine) as tx:
            return sum((await measure_lag(tx, self.bus, self.service.name, self.service.topics)).values())

    async def _asked(self) -> int:
        return await self.scalar("SELECT count(*) FROM dead_letters WHERE state = 'replay-requested'")

    async def scalar(self, statement: str) -> Any:
        async with self.engine.connect() as connection:
            return await connection.scalar(text(statement))

    async def publish(self, *values: bytes, topic: str | None = None, key: bytes = b"B7603245278") -> None:
        await self.bus.publish([Message(topic or self.service.topics[0], key, value) for value in values])

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, *, key: str | None = None) -> httpx.Response:
        return await self.client.post(path, json=body, headers={"Idempotency-Key": key or uuid4().hex})

    async def act(self, path: str, body: Any) -> Any:
        answer = await self.post(path, body)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def acting(self, jobs: tuple[Job, ...] = (), *, slice_rows: int = 2000, seconds: float = 60) -> OperatorActs:
        """What a scheduler of the service does of what operators asked for."""
        runner = JobRunner(
            self.service.name, self.engine, self.platform.clock, self.platform.metrics, jobs or JOBS, at_once=1
        )
        return OperatorActs(
            self.service.name,
            self.engine,
            self.platform.clock,
            runner,
            jobs,
            self.parts.invariants,
            slice_rows=slice_rows,
            check_seconds=seconds,
        )

    async def park(self, count: int, *, reason: str = "schema") -> None:
        """Letters as a consumer parks them, many."""
        async with transaction(self.engine) as tx:
            await bulk.execute(
                tx,
                "INSERT INTO dead_letters (group_name, topic, partition, log_offset, key, value, headers, reason,"
                " detail, attempts, first_failed_at, last_failed_at, code_version)"
                " SELECT $1, $2, 0, n, 'B7603245278', '{}', '{}', $3, 'wrong', 1, $4, $4, 'x'"
                " FROM generate_series(1000000, 1000000 + $5::bigint - 1) AS n",
                self.service.name,
                self.service.topics[0],
                reason,
                NOW,
                count,
            )


async def _nothing(_: JobSession) -> None:
    return None


JOBS = (Job("nothing", timedelta(hours=1), _nothing),)

OpenDesk = Callable[[Service], Awaitable[Desk]]


@asynccontextmanager
async def opened(
    databases: TestDatabases, service: Service, identity: Identity = OTTO, *, is_bus_away: bool = False
) -> AsyncIterator[Desk]:
    bus_url, url = await databases.empty(), await databases.copy(service.name)
    bus = PostgresBus(bus_url)
    await bus.ensure_topics([TopicSpec(topic, 2, 3_600_000) for topic in TOPICS])
    settings = load_settings(
        service.settings,
        database_url=url,
        bus_database_url=bus_url,
        token_secret="s" * 32,
        development=True,
        code_version="r7",
    )
    engine = create_engine(url, application="tests", pool_size=4)
    seen = PostgresBus("postgresql://nobody@127.0.0.1:1/none") if is_bus_away else bus
    platform = Platform(settings, engine, seen, FixedClock(NOW), Metrics.create())
    parts = service.build(platform)
    app = build_app(service, platform, parts, Readiness())
    token = issue_development_token(settings, identity, NOW)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://ops", headers={"authorization": f"Bearer {token}"}
    )
    try:
        yield Desk(service, engine, bus, platform, parts, client)
    finally:
        await client.aclose()
        await seen.close()
        await bus.close()
        await engine.dispose()


@pytest.fixture
async def open_desk(databases: TestDatabases) -> AsyncIterator[OpenDesk]:
    """Gives an operator's desk at a service."""
    stack = []

    async def make(service: Service) -> Desk:
        context = opened(databases, service)
        stack.append(context)
        return await context.__aenter__()

    yield make
    for context in stack:
        await context.__aexit__(None, None, None)


@each_service
async def test_status_says_lag_by_partition_outbox_letters_jobs_and_invariants(
    service: Service, open_desk: OpenDesk
) -> None:
    desk = await open_desk(service)
    await desk.publish(b"no json", b"{}")
    before = await desk.get("/ops/status")
    assert (before["service"], before["version"], before["code_version"]) == (service.name, service.version, "r7")
    assert before["roles"] == ["api", "consumer", "relay", "scheduler"]
    assert (before["is_ready"], before["behind"], before["unknown"]) == (True, 2, {})
    places = [(each["topic"], each["partition"]) for each in before["places"]]
    assert places == sorted((topic, partition) for topic in service.topics for partition in (0, 1))
    async with transaction(desk.engine) as tx:
        await job_runs.register(tx, "nothing", timedelta(hours=1), NOW)
        await outbox.add(tx, "urn:x", [], dead=[Addressed("entry-routed", "k", b"{}")])
        await bulk.execute(tx, "UPDATE outbox SET added_at = now() - interval '90 seconds'")
        await bulk.execute(tx, "INSERT INTO invariant_findings VALUES ('broken', 'k', 'is wrong', now())")
    await desk.consume()
    after = await desk.get("/ops/status")
    assert after["behind"] == 0
    assert sum(after["dead_letters"].values()) == 2
    moved = [each for each in after["places"] if each["next_offset"]]
    assert sum(each["refused_in_a_row"] for each in moved) == 2
    # Copies of the bad events are on their way to the topic of dead letters; routing tells filers as well.
    assert after["outbox"]["waiting"] == (5 if service is ROUTING else 3)
    assert 85 < after["outbox"]["oldest_seconds"] < 200
    assert after["jobs"] == {"jobs": 1, "failed": [], "rows_set_aside": 0}
    assert after["broken_invariants"] == {"broken": 1}
    assert (after["deliveries"] is not None) == (service is NOTIFICATIONS)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that does much else answers late; what a part says is told here, and how long it may take elsewhere."""
    monkeypatch.setattr(standing, "PART_SECONDS", 20.0)


@each_service
async def test_a_part_that_cannot_be_told_is_unknown_and_costs_no_other(
    service: Service, databases: TestDatabases
) -> None:
    async with opened(databases, service, is_bus_away=True) as desk:
        async with desk.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE job_runs RENAME TO hidden"))
            await connection.execute(
                text("INSERT INTO consumer_offsets VALUES (:group, :topic, 0, 17)"),
                {"group": service.name, "topic": service.topics[0]},
            )
        async with asyncio.timeout(10):
            found = await desk.get("/ops/status")
        assert found["jobs"] is None
        assert "job_runs" in found["unknown"]["jobs"]
        assert (found["behind"], found["unknown"]["behind"]) == (None, "the bus does not say where its partitions end")
        (place,) = found["places"]
        assert (place["next_offset"], place["behind"]) == (17, None)
        assert found["outbox"]["waiting"] == 0


@each_service
async def test_letters_by_reason_then_in_pages_then_one_with_its_bytes(service: Service, open_desk: OpenDesk) -> None:
    desk = await open_desk(service)
    await desk.publish(b"\xff\x00no json", f'{{"importer": "{SSN}"}}'.encode(), b"[]", b"also no json")
    await desk.consume()
    groups = (await desk.get("/ops/dead-letter-reasons"))["items"]
    assert sum(each["letters"] for each in groups) == 4
    assert groups == sorted(groups, key=lambda each: (-each["letters"], each["reason"], each["topic"]))
    first = await desk.get("/ops/dead-letters", limit=3)
    rest = await desk.get(first["next"])
    assert rest["next"] is None
    ids = [each["letter_id"] for each in [*first["items"], *rest["items"]]]
    assert len(ids) == 4
    assert ids == sorted(ids)
    of_reason = await desk.get("/ops/dead-letters", reason=groups[0]["reason"], topic=groups[0]["topic"])
    assert len(of_reason["items"]) == groups[0]["letters"]
    assert (await desk.get("/ops/dead-letters", failed_from="2026-03-03"))["items"] == []
    assert len((await desk.get("/ops/dead-letters", failed_from="2026-03-02", failed_to="2026-03-02"))["items"]) == 4
    assert (await desk.get("/ops/dead-letters", failed_to="2026-03-01"))["items"] == []
    whole = [await desk.get(f"/ops/dead-letters/{letter_id}") for letter_id in ids]
    (binary,) = [each for each in whole if each["message"]["text"].endswith("\x00no json")]
    assert binary["message"]["hex_lines"] == ["00000000  ff 00 6e 6f 20 6a 73 6f  6e                      |..no json|"]
    assert binary["refused_now"] == binary["detail"]
    assert (binary["attempts"], binary["code_version"], binary["settled_by"]) == (1, "r7", None)
    (masked,) = [each for each in whole if each["message"]["is_masked"]]
    assert SSN not in orjson.dumps(whole).decode()
    assert "***-**-6789" in masked["message"]["text"]
    assert b"123-45-6789".hex(" ") not in " ".join(line[10:58] for line in masked["message"]["hex_lines"])
    missing = await desk.client.get("/ops/dead-letters/4711")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")


async def test_key_that_is_an_importer_number_is_not_shown_whole(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    await desk.publish(b"no json", topic="post-entry-filed", key=SSN.encode())
    await desk.consume()
    (letter,) = (await desk.get("/ops/dead-letters"))["items"]
    assert letter["key"] == "***-**-6789"
    assert (await desk.get(f"/ops/dead-letters/{letter['letter_id']}"))["key"] == "***-**-6789"


@each_service
async def test_named_letters_are_settled_once_with_who_and_why(service: Service, open_desk: OpenDesk) -> None:
    desk = await open_desk(service)
    await desk.publish(b"no json", b"{}")
    await desk.consume()
    one, two = [each["letter_id"] for each in (await desk.get("/ops/dead-letters"))["items"]]
    body = {"act": "discard", "reason": "Sent again under another id.", "ids": [one]}
    done = await desk.post("/ops/dead-letter-acts", body, key="once")
    again = await desk.post("/ops/dead-letter-acts", body, key="once")
    assert (done.status_code, again.headers["Idempotency-Replayed"], again.json()) == (202, "true", done.json())
    assert (done.json()["done"], done.json()["total"], done.json()["state"]) == (1, 1, "done")
    settled = await desk.get(f"/ops/dead-letters/{one}")
    assert settled["state"] == "discarded"
    assert settled["refused_now"]
    by = settled["settled_by"]
    assert (by["asked_by"], by["reason"]) == ("otto", "Sent again under another id.")
    assert (await desk.act("/ops/dead-letter-acts", body))["done"] == 0
    asked = await desk.act("/ops/dead-letter-acts", {"act": "replay", "reason": "Try.", "ids": [two]})
    await desk.consume(replays=True)
    parked = await desk.get(f"/ops/dead-letters/{two}")
    assert (parked["state"], parked["attempts"]) == ("parked", 2)
    acts = (await desk.get("/ops/acts", limit=1))["items"]
    assert [each["act_id"] for each in acts] == [asked["act_id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"act": "replay", "ids": [1]}, "body.reason"),
        ({"act": "replay", "reason": "", "ids": [1]}, "body.reason"),
        ({"act": "replay", "reason": "x"}, "body"),
        ({"act": "replay", "reason": "x", "ids": [1], "matching": {"letters": 1, "up_to": 1}}, "body"),
        ({"act": "replay", "reason": "x", "ids": []}, "body.ids"),
        ({"act": "replay", "reason": "x", "ids": list(range(1, 502))}, "body.ids"),
        ({"act": "destroy", "reason": "x", "ids": [1]}, "body.act"),
        ({"act": "replay", "reason": "x", "matching": {"letters": 0, "up_to": 1}}, "body.matching.letters"),
    ],
)
async def test_act_that_says_too_little_or_too_much_is_refused_by_its_field(
    body: dict[str, Any], field: str, open_desk: OpenDesk
) -> None:
    desk = await open_desk(ROUTING)
    answer = await desk.post("/ops/dead-letter-acts", body)
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    without_key = await desk.client.post("/ops/dead-letter-acts", json={"act": "replay", "reason": "x", "ids": [1]})
    assert (without_key.status_code, without_key.json()["code"]) == (400, "idempotency-key-missing")


async def test_letters_of_a_preview_are_replayed_and_really_applied(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    numbers = [entry_number() for _ in range(25)]
    events = [orjson.dumps(cloud_event("entry-filed", entry_body(number), id=f"large-{number}")) for number in numbers]
    for number, event in zip(numbers, events, strict=True):
        await desk.publish(event, topic="entry-filed", key=number.encode())
    await desk.publish(b"no json", topic="entry-filed")
    await desk.consume(max_event_bytes=300)
    (group,) = [each for each in (await desk.get("/ops/dead-letter-reasons"))["items"] if each["letters"] == 25]
    preview = await desk.get("/ops/dead-letter-preview", reason=group["reason"])
    assert preview["letters"] == 25
    assert len(preview["sample"]) == 5
    assert (preview["oldest"], preview["newest"]) == ("2026-03-02T20:00:00Z", "2026-03-02T20:00:00Z")
    matching = {"reason": group["reason"], "letters": 25, "up_to": preview["up_to"]}
    body = {"act": "replay", "reason": "Longer ones are read now.", "matching": matching}
    outdated = await desk.post("/ops/dead-letter-acts", {**body, "matching": {**matching, "letters": 24}})
    assert (outdated.status_code, outdated.json()["code"]) == (409, "preview-outdated")
    assert await desk.scalar("SELECT count(*) FROM dead_letters WHERE state <> 'parked'") == 0
    act = await desk.act("/ops/dead-letter-acts", body)
    assert (act["state"], act["done"]) == ("done", 25)
    await desk.consume(replays=True)
    assert await desk.scalar("SELECT count(*) FROM dead_letters WHERE state = 'replayed'") == 25
    routed = await desk.scalar(f"SELECT count(*) FROM routing_decisions WHERE entry_number = '{numbers[0]}'")
    assert routed == 1
    assert (await desk.get("/ops/status"))["dead_letters"] == {"not-json": 1}


async def test_what_is_parked_after_the_preview_is_not_touched(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    await desk.publish(b"no json")
    await desk.consume()
    preview = await desk.get("/ops/dead-letter-preview")
    await desk.publish(b"no json either")
    await desk.consume()
    matching = {"letters": preview["letters"], "up_to": preview["up_to"]}
    act = await desk.act("/ops/dead-letter-acts", {"act": "discard", "reason": "Rubbish.", "matching": matching})
    assert act["done"] == 1
    assert (await desk.get("/ops/status"))["dead_letters"] == {"not-json": 1}


@each_service
async def test_many_letters_go_on_from_where_a_killed_process_left_them(service: Service, open_desk: OpenDesk) -> None:
    desk = await open_desk(service)
    await desk.park(9_000)
    matching = {"reason": "schema", "letters": 9_000, "up_to": (await desk.get("/ops/dead-letter-preview"))["up_to"]}
    act = await desk.act("/ops/dead-letter-acts", {"act": "discard", "reason": "A bad day.", "matching": matching})
    assert (act["state"], act["done"], act["total"]) == ("going-on", 2_000, 9_000)
    first = asyncio.create_task(desk.acting(slice_rows=100).run_letters(Stopping()))
    settled = "SELECT count(*) FROM dead_letters WHERE state = 'discarded'"
    async with asyncio.timeout(30):
        while await desk.scalar(settled) < 2_300:
            await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    half = await desk.get(f"/ops/acts/{act['act_id']}")
    assert 2_300 <= half["done"] < 9_000
    assert half["done"] == await desk.scalar(settled)
    # Two processes go on at once: neither settles what the other has.
    await asyncio.gather(*(desk.acting().go_on_with_letters(Stopping()) for _ in range(2)), return_exceptions=True)
    await desk.acting().go_on_with_letters(Stopping())
    end = await desk.get(f"/ops/acts/{act['act_id']}")
    assert (end["state"], end["done"]) == ("done", 9_000)
    assert await desk.scalar(f"SELECT count(*) FROM dead_letters WHERE settled_by = {act['act_id']}") == 9_000


async def test_groups_and_previews_of_parked_letters_use_their_index(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    await desk.park(60_000)
    async with transaction(desk.engine) as tx:
        await bulk.execute(tx, "UPDATE dead_letters SET state = 'replayed'")
    async with desk.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE dead_letters"))
    for statement, values in (
        (dead_letters._GROUPS, ["parked"]),
        (dead_letters._PARKED_LIKE, [*LetterFilter("schema", "entry-filed").values, None]),
    ):
        async with transaction(desk.engine) as tx:
            plan = "\n".join(row[0] for row in await bulk.fetch(tx, f"EXPLAIN {statement}", *values))
        assert "Seq Scan" not in plan, plan


@each_service
async def test_job_is_run_when_it_is_asked_for_and_says_how_it_ended(service: Service, open_desk: OpenDesk) -> None:
    desk = await open_desk(service)
    ran = []

    async def work(_: JobSession) -> None:
        ran.append(1)

    async def fail(_: JobSession) -> None:
        raise ValueError(f"wrong for {SSN}")

    jobs = (Job("work", timedelta(hours=1), work), Job("fail", timedelta(hours=1), fail))
    async with transaction(desk.engine) as tx:
        for name in ("work", "fail", "gone"):
            await job_runs.register(tx, name, timedelta(hours=1), NOW + timedelta(minutes=7))
    unknown = await desk.post("/ops/jobs/nothing-like-it/runs", {"reason": "x"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    asked = {
        name: await desk.act(f"/ops/jobs/{name}/runs", {"reason": "No time."}) for name in ("work", "fail", "gone")
    }
    assert {each["state"] for each in asked.values()} == {"going-on"}
    await desk.acting(jobs).go_on_with_jobs(Stopping())
    ended = {name: await desk.get(f"/ops/acts/{each['act_id']}") for name, each in asked.items()}
    assert ran == [1]
    assert {name: each["state"] for name, each in ended.items()} == {"work": "done", "fail": "failed", "gone": "failed"}
    assert "wrong for ***-**-6789" in ended["fail"]["result"]["error"]
    listed = {each["job"]: each for each in (await desk.get("/ops/jobs"))["items"]}
    assert listed["work"]["result"] == "succeeded"
    assert listed["work"]["duration_seconds"] >= 0
    assert {each["next_run_at"] for each in listed.values()} == {"2026-03-02T20:07:00Z"}, "as before it was asked for"
    assert (listed["fail"]["result"], listed["gone"]["result"]) == ("failed", "never")
    await desk.acting(jobs).go_on_with_jobs(Stopping())
    assert ran == [1]


async def test_run_that_is_asked_for_while_one_runs_comes_behind_it(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    begun, may_end, runs = asyncio.Event(), asyncio.Event(), []

    async def work(_: JobSession) -> None:
        runs.append(1)
        begun.set()
        await may_end.wait()

    jobs = (Job("work", timedelta(hours=1), work),)
    async with transaction(desk.engine) as tx:
        await job_runs.register(tx, "work", timedelta(hours=1), NOW)
    runner = JobRunner("routing", desk.engine, desk.platform.clock, desk.platform.metrics, jobs, at_once=1)
    scheduled = asyncio.create_task(runner.run_once(jobs[0]))
    await begun.wait()
    act = await desk.act("/ops/jobs/work/runs", {"reason": "Once more."})
    await desk.acting(jobs).go_on_with_jobs(Stopping())
    assert (await desk.get(f"/ops/acts/{act['act_id']}"))["state"] == "going-on"
    may_end.set()
    await scheduled
    await desk.acting(jobs).go_on_with_jobs(Stopping())
    assert (await desk.get(f"/ops/acts/{act['act_id']}"))["state"] == "done"
    assert runs == [1, 1]


async def register(desk: Desk, *jobs: Job) -> None:
    """Make jobs known, each to run in seven minutes."""
    async with transaction(desk.engine) as tx:
        for each in jobs:
            await job_runs.register(tx, each.name, each.every, NOW + timedelta(minutes=7))


async def test_job_that_is_put_off_holds_up_no_act_behind_it_and_keeps_its_schedule(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    ran, is_away = [], True

    async def wait(_: JobSession) -> None:
        if is_away:
            raise Transient(f"no lock on {SSN}")

    async def work(_: JobSession) -> None:
        ran.append(1)

    jobs = (Job("wait", timedelta(hours=1), wait), Job("work", timedelta(hours=1), work))
    await register(desk, *jobs)
    stuck = await desk.act("/ops/jobs/wait/runs", {"reason": "No time."})
    behind = await desk.act("/ops/jobs/work/runs", {"reason": "No time."})
    acting = desk.acting(jobs)
    for _ in range(MOST_BEGUN + 2):
        await acting.go_on_with_jobs(Stopping())
    assert ran == [1]
    assert (await desk.get(f"/ops/acts/{behind['act_id']}"))["state"] == "done"
    put_off = await desk.get(f"/ops/acts/{stuck['act_id']}")
    assert put_off["state"] == "going-on", "what passes by itself is never given up"
    assert put_off["result"] == {
        "begun": MOST_BEGUN + 2,
        "put_off": MOST_BEGUN + 2,
        "error": "Transient: no lock on ***-**-6789",
    }
    listed = {each["job"]: each for each in (await desk.get("/ops/jobs"))["items"]}
    assert (listed["wait"]["result"], listed["wait"]["error"]) == ("postponed", "Transient: no lock on ***-**-6789")
    assert {each["next_run_at"] for each in listed.values()} == {"2026-03-02T20:07:00Z"}
    is_away = False
    await acting.go_on_with_jobs(Stopping())
    assert (await desk.get(f"/ops/acts/{stuck['act_id']}"))["state"] == "done"


async def test_letters_and_checks_do_not_wait_for_the_length_of_an_asked_job(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    await desk.park(3_000)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work(_: JobSession) -> None:
        begun.set()
        await may_end.wait()

    job = Job("work", timedelta(hours=1), work)
    await register(desk, job)
    await desk.act("/ops/jobs/work/runs", {"reason": "No time."})
    acting, stopping = desk.acting((job,)), Stopping()
    loops = [asyncio.create_task(each(stopping)) for each in (acting.run_jobs, acting.run_letters, acting.run_checks)]
    await begun.wait()
    up_to = (await desk.get("/ops/dead-letter-preview"))["up_to"]
    matching = {"reason": "schema", "letters": 3_000, "up_to": up_to}
    asked = [
        await desk.act("/ops/dead-letter-acts", {"act": "discard", "reason": "Rubbish.", "matching": matching}),
        await desk.act("/ops/invariant-checks", {"reason": "Look."}),
    ]
    async with asyncio.timeout(60):
        for each in asked:
            while (await desk.get(f"/ops/acts/{each['act_id']}"))["state"] == "going-on":
                await asyncio.sleep(0.05)
    assert not may_end.is_set()
    stopping.set()
    may_end.set()
    await together(*loops)


async def test_job_that_ends_its_process_each_time_is_given_up(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    runs = []

    async def kill(_: JobSession) -> None:
        runs.append(1)
        raise asyncio.CancelledError

    job = Job("kill", timedelta(hours=1), kill)
    await register(desk, job)
    act = await desk.act("/ops/jobs/kill/runs", {"reason": "No time."})
    for _ in range(MOST_BEGUN):
        with pytest.raises(asyncio.CancelledError):
            await desk.acting((job,)).go_on_with_jobs(Stopping())
    await desk.acting((job,)).go_on_with_jobs(Stopping())
    ended = await desk.get(f"/ops/acts/{act['act_id']}")
    assert (len(runs), ended["state"]) == (MOST_BEGUN, "failed")
    assert ended["result"]["error"].startswith("3 runs began and none came to its end")


async def test_invariant_whose_check_ends_the_process_each_time_is_given_up_and_the_others_are_checked(
    open_desk: OpenDesk,
) -> None:
    desk = await open_desk(ROUTING)

    class Killing(QueryInvariant):
        async def check(self, connection: Any) -> Any:
            raise asyncio.CancelledError

    acting = desk.acting()
    acting._invariants = (
        Killing("killing", "Kills.", "SELECT 1"),
        QueryInvariant("sound", "Is sound.", "SELECT 'x' AS line WHERE false"),
    )
    act = await desk.act("/ops/invariant-checks", {"reason": "Look."})
    for number in range(MOST_BEGUN):
        with pytest.raises(asyncio.CancelledError):
            await acting.go_on_with_checks(Stopping())
        half = await desk.get(f"/ops/acts/{act['act_id']}")
        assert (half["state"], half["done"], half["result"]["killing"]["begun"]) == ("going-on", 0, number + 1)
    await acting.go_on_with_checks(Stopping())
    ended = await desk.get(f"/ops/acts/{act['act_id']}")
    assert (ended["state"], ended["done"]) == ("done", 2)
    assert ended["result"]["killing"]["problem"].startswith("not known: 3 checks began")
    assert ended["result"]["sound"] == {"violations": 0, "lines": []}


async def test_two_schedulers_that_found_the_same_act_run_its_job_once(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    runs = []

    async def work(_: JobSession) -> None:
        runs.append(1)
        await asyncio.sleep(0)

    job = Job("work", timedelta(hours=1), work)
    await register(desk, job)
    act = await desk.act("/ops/jobs/work/runs", {"reason": "No time."})
    async with transaction(desk.engine) as tx:
        found = await operator_acts.find_next(tx, 0, (RUN,))
    assert found is not None
    await together(*(desk.acting((job,)).go_on_with_jobs(Stopping()) for _ in range(2)))
    await desk.acting((job,))._run_job(found, Stopping())  # as one that comes to the lock when the other is done
    assert runs == [1]
    assert (await desk.get(f"/ops/acts/{act['act_id']}"))["state"] == "done"


@each_service
async def test_rows_that_a_job_left_out_are_listed_masked_and_tried_again(
    service: Service, open_desk: OpenDesk
) -> None:
    desk = await open_desk(service)
    async with transaction(desk.engine) as tx:
        await job_runs.register(tx, "work", timedelta(hours=1), NOW)
        await bulk.execute(
            tx,
            "INSERT INTO rows_set_aside SELECT 'work', key, $2, 1, now(), now(), now() + interval '1 day'"
            " FROM unnest($1::text[]) AS key",
            ["B7603245278", SSN],
            f"lost {SSN}",
        )
    first = await desk.get("/ops/jobs/work/rows", limit=1)
    second = await desk.get(first["next"])
    rows = [*first["items"], *second["items"]]
    assert sorted(each["key"] for each in rows) == ["***-**-6789", "B7603245278"]
    assert {each["error"] for each in rows} == {"lost ***-**-6789"}
    assert b"6789" not in urlsafe_b64decode(first["next"].partition("after=")[2].partition("&")[0] + "===")
    (masked,) = [each["row_id"] for each in rows if each["key"].startswith("***")]
    act = await desk.act("/ops/jobs/work/retries", {"reason": "Mended.", "ids": [masked]})
    assert (act["done"], act["total"], act["asked"]) == (1, 1, {"job": "work", "ids": [masked]})
    async with transaction(desk.engine) as tx:
        left_out = {
            row["key"]
            for row in await bulk.fetch(tx, "SELECT key FROM rows_set_aside WHERE skipped_until > last_failed_at")
        }
    assert left_out == {"B7603245278"}, "the row that was named, and no other"
    act = await desk.act("/ops/jobs/work/retries", {"reason": "Mended.", "keys": [SSN]})
    assert (act["done"], act["asked"]) == (1, {"job": "work", "keys": ["***-**-6789"]})
    assert (await desk.act("/ops/jobs/work/retries", {"reason": "All."}))["done"] == 2


@each_service
async def test_invariants_are_checked_on_demand_within_their_time(service: Service, open_desk: OpenDesk) -> None:
    desk = await open_desk(service)
    before = (await desk.get("/ops/invariants"))["items"]
    assert [each["name"] for each in before] == [each.name for each in desk.parts.invariants]
    assert {each["last_asked_at"] for each in before} == {None}
    act = await desk.act("/ops/invariant-checks", {"reason": "After the repair."})
    assert act["total"] == len(before)
    await desk.acting().go_on_with_checks(Stopping())
    after = (await desk.get("/ops/invariants"))["items"]
    assert {(each["violations"], each["last_asked_by"], each["problem"]) for each in after} == {(0, "otto", None)}
    ended = await desk.get(f"/ops/acts/{act['act_id']}")
    assert (ended["state"], ended["done"]) == ("done", len(before))


async def test_check_that_takes_too_long_is_not_known_and_a_broken_one_is_shown(open_desk: OpenDesk) -> None:
    desk = await open_desk(ROUTING)
    acts = desk.acting(seconds=0.2)
    acts._invariants = (
        QueryInvariant("slow", "Is slow.", "SELECT pg_sleep(30)::text AS line"),
        QueryInvariant("broken", "Is broken.", f"SELECT 'importer {SSN} is wrong' AS line"),
    )
    act = await desk.act("/ops/invariant-checks", {"reason": "Look."})
    async with asyncio.timeout(10):
        await acts.go_on_with_checks(Stopping())
    found = (await desk.get(f"/ops/acts/{act['act_id']}"))["result"]
    assert found["slow"]["problem"].startswith("not known after 0.2 seconds")
    assert found["broken"] == {"violations": 1, "lines": ["importer ***-**-6789 is wrong"]}


@each_service
async def test_events_that_the_bus_did_not_take_are_published_again_or_discarded(
    service: Service, open_desk: OpenDesk
) -> None:
    desk = await open_desk(service)
    async with transaction(desk.engine) as tx:
        await outbox.add(tx, "urn:x", [], dead=[Addressed("entry-routed", SSN, b"{}") for _ in range(2)])
        ids = [row.id for row in await outbox.next_rows(tx, 10)]
        await outbox.set_aside(tx, dict.fromkeys(ids, "too large"))
    listed = (await desk.get("/ops/set-aside-events"))["items"]
    assert [(each["event_id"], each["key"]) for each in listed] == [(each, "***-**-6789") for each in ids]
    publish = {"act": "publish", "reason": "The broker takes more.", "ids": ids[:1]}
    assert (await desk.act("/ops/set-aside-event-acts", publish))["done"] == 1
    discard = {"act": "discard", "reason": "Nobody needs it.", "ids": ids}
    assert (await desk.act("/ops/set-aside-event-acts", discard))["done"] == 1
    status = await desk.get("/ops/status")
    assert (status["outbox"]["waiting"], status["outbox"]["set_aside"]) == (1, 0)


async def test_deliveries_are_counted_by_lane_and_state_and_name_nobody(open_desk: OpenDesk) -> None:
    desk = await open_desk(NOTIFICATIONS)
    async with transaction(desk.engine) as tx:
        await bulk.execute(
            tx,
            "INSERT INTO deliveries (notice_id, channel, recipient_role, kind, importer_number, state, sequence,"
            " attempts, is_waiting, sent_to, last_error, queued_at, next_try_at, lane)"
            " SELECT gen_random_uuid(), channel, 'importer', 'N-13', $1, state, 1, attempts, false, 'a@b.example',"
            " 'refused', $2, $2, lane FROM (VALUES ('email', 'queued', 0, 0), ('email', 'queued', 3, 0),"
            " ('hook-1', 'queued', 1, 3), ('hook-2', 'queued', 0, 3), ('email', 'bounced', 7, 1))"
            " AS given(channel, state, attempts, lane)",
            SSN,
            NOW - timedelta(hours=1),
        )
    found = await desk.get("/ops/deliveries")
    shown = [
        (each["lane"], each["channel"], each["waiting"], each["failing"], each["due"]) for each in found["waiting"]
    ]
    assert shown == [("urgent", "email", 2, 1, 2), ("webhook", "webhook", 2, 1, 2)]
    assert found["by_state"] == {"bounced": 1, "queued": 4}
    assert "example" not in orjson.dumps(found).decode()
    assert (await desk.get("/ops/status"))["deliveries"] == found


@pytest.mark.parametrize(
    ("service", "role"),
    [
        *((ROUTING, role) for role in sorted(set(RoleName) - {RoleName.OPERATOR, RoleName.PUBLIC})),
        *((service, RoleName.AUDITOR) for service in SERVICES if service is not ROUTING),
    ],
    ids=lambda each: each.name if isinstance(each, Service) else None,
)
async def test_nobody_but_an_operator_comes_to_ops(service: Service, role: RoleName, databases: TestDatabases) -> None:
    somebody = Identity("kim", "Kim", frozenset({role}), frozenset({"CEE003"}))
    async with opened(databases, service, somebody) as desk:
        for path in ("status", "dead-letters", "dead-letters/1", "jobs", "acts", "invariants", "set-aside-events"):
            answer = await desk.client.get(f"/ops/{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "role-required"), path
        body = {"act": "discard", "reason": "x", "ids": [1]}
        assert (await desk.post("/ops/dead-letter-acts", body)).status_code == 403
