"""Versions of the tariff map over HTTP on a real database: from draft to publication and back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.api import tariff_maps
from services.routing.app import SERVICE
from services.routing.domain.activity import window_on
from services.routing.domain.policies import DEFAULT_VERSION, shipped_policies
from services.routing.domain.rulebook import Dated, RuleBook
from services.routing.domain.selection import first_criteria
from services.routing.handlers.handler import RoutingHandler
from services.routing.store import directory as directory_store
from services.routing.store import tariff_maps as store
from services.routing.store.rulebook import RulesInForce, count_changes
from services.routing.store.tables.activity import import_activity
from services.routing.store.tables.decisions import routing_decisions
from shared.bus.outbox import Encoded
from shared.customs.calendar import legal_date
from shared.customs.tariff_map import default_tariff_map
from shared.db.transaction import reading, transaction
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.service import build_app, open_platform
from shared.runtime.settings import load_settings
from shared.runtime.together import together
from shared.web.identity import issue_development_token
from tests.support.events import decoded, entry_body, line

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOW = datetime.now(UTC)
TODAY = legal_date(NOW)
SOON = TODAY + timedelta(days=30)
LATER = TODAY + timedelta(days=60)
SHIPPED = default_tariff_map().version


def row(prefix_from: str, center: str, prefix_to: str | None = None) -> dict[str, str]:
    return {
        "prefix_from": prefix_from,
        "prefix_to": prefix_to or prefix_from,
        "center": center,
        "source": "SYNTHETIC notice",
        "confidence": "confirmed",
    }


class Desk:
    """Calls to the tariff maps as somebody."""

    def __init__(self, client: httpx.AsyncClient, settings: Any, engine: AsyncEngine) -> None:
        self.client = client
        self.settings = settings
        self.engine = engine
        self._keys = count(1)

    def headers(
        self, subject: str = "kim", role: RoleName = RoleName.OFFICE_OF_TRADE, acting_for: str | None = None
    ) -> dict[str, str]:
        caller = Identity(subject, subject, frozenset({role}), acting_for=acting_for)
        return {"authorization": f"Bearer {issue_development_token(self.settings, caller, NOW)}"}

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query, headers=self.headers("lee", RoleName.AUDITOR))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, subject: str = "kim", **headers: str) -> httpx.Response:
        keyed = {"idempotency-key": f"map-{next(self._keys)}"} | headers
        return await self.client.post(path, json=body, headers=self.headers(subject) | keyed)

    async def draft(self, **changes: Any) -> str:
        answer = await self.post("/tariff-maps", {"title": "SYNTHETIC", "reason": "SYNTHETIC notice"} | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["version"])

    async def tag(self, version: str) -> str:
        return (await self.client.get(f"/tariff-maps/{version}", headers=self.headers())).headers["etag"]

    async def edit(self, version: str, *rows: dict[str, str], remove: list[str] | None = None) -> httpx.Response:
        spans = [{"prefix_from": prefix, "prefix_to": prefix} for prefix in remove or []]
        return await self.client.patch(
            f"/tariff-maps/{version}/rows",
            json={"write": list(rows), "remove": spans, "reason": "SYNTHETIC edit"},
            headers=self.headers() | {"if-match": await self.tag(version)},
        )

    async def validate(self, version: str, effective_on: date | None = None) -> Any:
        body = {"effective_on": effective_on.isoformat()} if effective_on else None
        answer = await self.post(f"/tariff-maps/{version}/validate", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def publish(self, version: str, effective_on: date, subject: str = "lou") -> httpx.Response:
        body = {"effective_on": effective_on.isoformat(), "reason": "SYNTHETIC notice published"}
        return await self.post(
            f"/tariff-maps/{version}/publish", body, subject, **{"if-match": await self.tag(version)}
        )

    async def roll_back(self, version: str, effective_on: date) -> httpx.Response:
        body = {"effective_on": effective_on.isoformat(), "reason": "SYNTHETIC mistake"}
        return await self.post(f"/tariff-maps/{version}/rollback", body)

    async def publish_rows(self, *rows: dict[str, str], effective_on: date = SOON, **changes: Any) -> str:
        version = await self.draft(**changes)
        await self.edit(version, *rows)
        assert (await self.validate(version, effective_on))["is_valid"]
        answer = await self.publish(version, effective_on)
        assert answer.status_code == 200, answer.text
        return version

    async def rule_book(self) -> RuleBook:
        async with reading(self.engine) as connection:
            maps = await store.load_published(connection)
            directory = await directory_store.load(connection)
        return RuleBook(
            maps,
            [Dated(date.min, first_criteria(100))],
            [Dated(date.min, shipped_policies()[DEFAULT_VERSION])],
            directory,
        )


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    engine = await service_engine("routing")
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(SERVICE.settings, database_url=url, bus="kafka", token_secret="0" * 32)
    platform = open_platform(settings)
    parts = SERVICE.build(platform)
    others = [router for router in parts.routers if router is not tariff_maps.router]
    app = build_app(SERVICE, platform, replace(parts, routers=[*others, tariff_maps.router]), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing") as client:
        yield Desk(client, settings, platform.engine)
    await platform.engine.dispose()


async def test_what_a_draft_would_move_is_for_staff_until_it_is_published(desk: Desk) -> None:
    async def ask(version: str) -> list[int]:
        body = {"history": [{"hts": "8541"}], "map_version": version}
        callers = ({}, desk.headers("kim", RoleName.IMPORTER), desk.headers("kim", RoleName.IMPORT_SPECIALIST))
        return [(await desk.client.post("/what-if/assignment", json=body, headers=who)).status_code for who in callers]

    assert await ask(await desk.draft()) == [404, 404, 200]
    assert await ask(await desk.publish_rows(row("8541", "CEE010"))) == [200, 200, 200]


async def test_draft_becomes_the_map_in_force_on_its_day_and_not_before(desk: Desk) -> None:
    version = await desk.publish_rows(row("8541", "CEE010"))
    book = await desk.rule_book()
    assert book.on(SOON - timedelta(days=1)).tariff_map.version == SHIPPED
    assert book.on(SOON).tariff_map.version == version
    assert book.on(SOON).tariff_map.center_for("8541100000") == "CEE010"
    shown = await desk.get(f"/tariff-maps/{version}")
    assert (shown["state"], shown["effective_on"], shown["is_in_force"]) == ("published", SOON.isoformat(), False)
    assert [line["action"] for line in shown["history"]] == ["drafted", "edited", "validated", "published"]
    assert [line["changed_by"] for line in shown["history"]] == ["kim", "kim", "kim", "lou"]
    async with reading(desk.engine) as connection:
        assert await count_changes(connection) == 1


async def test_shipped_map_comes_first_and_is_in_force(desk: Desk) -> None:
    await desk.draft()
    page = await desk.get("/tariff-maps", limit=1)
    assert (page["items"][0]["version"], page["items"][0]["is_in_force"]) == (SHIPPED, True)
    following = (await desk.client.get(page["next"], headers=desk.headers())).json()
    assert [item["state"] for item in following["items"]] == ["draft"]
    assert following["items"][0]["based_on"] == SHIPPED


async def test_rows_come_in_pages_and_as_a_table_that_can_be_sent_back(desk: Desk) -> None:
    seen: list[str] = []
    link: str | None = f"/tariff-maps/{SHIPPED}?limit=40"
    while link is not None:
        page = (await desk.client.get(link, headers=desk.headers())).json()
        seen += [item["prefix_from"] for item in page["rows"]]
        link = page["next"]
    assert seen == sorted(item.prefix_from for item in default_tariff_map().rows)
    table = await desk.client.get(f"/tariff-maps/{SHIPPED}", headers=desk.headers() | {"accept": "text/csv"})
    headers = desk.headers() | {"content-type": "text/csv; charset=utf-8", "idempotency-key": "csv"}
    query = {"title": "SYNTHETIC", "reason": "SYNTHETIC"}
    answer = await desk.client.post("/tariff-maps", params=query, content=table.content, headers=headers)
    assert answer.status_code == 201, answer.text
    again = await desk.client.post("/tariff-maps", params=query, content=table.content, headers=headers)
    assert again.json() == answer.json(), "one key, one draft"
    async with reading(desk.engine) as connection:
        rows = await store.load_rows(connection, answer.json()["version"])
    assert set(rows) == set(default_tariff_map().rows)
    moves = await desk.get(f"/tariff-maps/{answer.json()['version']}/diff")
    assert (moves["headings"], moves["against"]) == ([], SHIPPED)


@pytest.mark.parametrize(
    ("table", "status", "code"),
    [
        ("prefix,center\n84,CEE010\n", 400, "bad-csv"),
        ("prefix_from,prefix_to,center,source,confidence,note\n84,84,CEE010\n", 400, "bad-csv"),
        ("prefix_from,prefix_to,center,source,confidence,note\n8x,84,CEE010,a,high,\n", 422, "invalid-request"),
        (
            "prefix_from,prefix_to,center,source,confidence,note\n84,84,CEE010,a,high,\n84,84,CEE007,a,low,\n",
            422,
            "repeated-row",
        ),
    ],
)
async def test_table_that_is_wrong_says_where(desk: Desk, table: str, status: int, code: str) -> None:
    headers = desk.headers() | {"content-type": "text/csv", "idempotency-key": "csv"}
    query = {"title": "SYNTHETIC", "reason": "SYNTHETIC"}
    answer = await desk.client.post("/tariff-maps", params=query, content=table.encode(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_draft_with_faults_is_reported_and_cannot_be_published(desk: Desk) -> None:
    version = await desk.draft()
    await desk.edit(version, row("8541", "CEE099"), row("280110", "CEE001", "280130"), remove=["93"])
    report = await desk.validate(version)
    assert not report["is_valid"]
    assert {fault["code"] for fault in report["faults"]} == {"unknown-center", "not-covered"}
    answer = await desk.publish(version, SOON)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-validated")
    shown = await desk.get(f"/tariff-maps/{version}")
    assert (shown["state"], shown["history"][-1]["action"]) == ("draft", "found-faulty")


async def test_edit_after_validation_needs_validation_again(desk: Desk) -> None:
    version = await desk.draft()
    await desk.validate(version)
    await desk.edit(version, row("8541", "CEE010"))
    answer = await desk.publish(version, SOON)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-validated")


async def test_nobody_publishes_rows_of_their_own(desk: Desk) -> None:
    version = await desk.draft()
    await desk.validate(version)
    answer = await desk.publish(version, SOON, subject="kim")
    assert (answer.status_code, answer.json()["code"]) == (403, "second-person-required")
    assert (await desk.publish(version, SOON, subject="lou")).status_code == 200


async def test_who_acts_for_the_author_is_no_second_person(desk: Desk) -> None:
    version = await desk.draft()
    await desk.validate(version)
    headers = desk.headers("lou", acting_for="kim") | {"if-match": await desk.tag(version)}
    body = {"effective_on": SOON.isoformat(), "reason": "SYNTHETIC"}
    answer = await desk.client.post(f"/tariff-maps/{version}/publish", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "second-person-required")


async def test_drafts_made_at_once_get_names_of_their_own(desk: Desk) -> None:
    versions = await together(*(desk.draft() for _ in range(5)))
    assert sorted(versions) == [f"tariff-map-{number:04d}" for number in range(1, 6)]


async def test_map_takes_effect_after_today_only(desk: Desk) -> None:
    version = await desk.draft()
    await desk.validate(version)
    answer = await desk.publish(version, TODAY)
    assert (answer.status_code, answer.json()["code"]) == (422, "not-after-today")


async def test_published_version_never_changes(desk: Desk) -> None:
    version = await desk.publish_rows(row("8541", "CEE010"))
    answers = [await desk.edit(version, row("8542", "CEE010")), await desk.publish(version, LATER)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "already-published")}


async def test_edit_of_a_copy_that_somebody_changed_is_refused(desk: Desk) -> None:
    version = await desk.draft()
    tag = await desk.tag(version)
    await desk.edit(version, row("8541", "CEE010"))
    headers = desk.headers() | {"if-match": tag}
    body = {"write": [row("8541", "CEE007")], "reason": "late"}
    answer = await desk.client.patch(f"/tariff-maps/{version}/rows", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    unknown = await desk.edit(version, remove=["9999"])
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-row")


async def test_rollback_publishes_the_rows_of_the_version_before(desk: Desk) -> None:
    first = await desk.publish_rows(row("8541", "CEE010"))
    second = await desk.publish_rows(row("8541", "CEE005"), effective_on=LATER, based_on=first)
    superseded = await desk.roll_back(first, LATER + timedelta(days=1))
    assert (superseded.status_code, superseded.json()["code"]) == (409, "already-superseded")
    early = await desk.roll_back(second, SOON)
    assert (early.status_code, early.json()["code"]) == (422, "before-effective")
    back = await desk.roll_back(second, LATER + timedelta(days=1))
    assert back.status_code == 201, back.text
    assert (back.json()["rolls_back"], back.json()["based_on"]) == (second, first)
    book = await desk.rule_book()
    assert [
        book.on(day).tariff_map.center_for("8541")
        for day in (TODAY, SOON, LATER, LATER + timedelta(days=1), LATER + timedelta(days=900))
    ] == ["CEE007", "CEE010", "CEE005", "CEE010", "CEE010"]
    assert (await desk.get(f"/tariff-maps/{second}"))["ended_on"] == (LATER + timedelta(days=1)).isoformat()
    nothing = await desk.roll_back(SHIPPED, LATER)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-before")


async def test_version_rolled_back_on_its_first_day_never_counts(desk: Desk) -> None:
    version = await desk.publish_rows(row("8541", "CEE010"))
    assert (await desk.roll_back(version, SOON)).status_code == 201
    assert (await desk.rule_book()).on(SOON).tariff_map.center_for("8541") == "CEE007"
    assert (await desk.get(f"/tariff-maps/{version}"))["state"] == "rolled-back"


async def test_eleventh_center_takes_headings_and_the_work_of_one_that_closes(desk: Desk) -> None:
    async def change(code: str, action: str, effective_on: date, **details: str) -> None:
        body = {
            "kind": "center",
            "code": code,
            "center": code,
            "action": action,
            "effective_on": effective_on.isoformat(),
            "details": details,
            "reason": "SYNTHETIC notice",
        }
        assert (await desk.post("/directory/changes", body)).status_code == 201

    await change("CEE011", "open", SOON, name="SYNTHETIC", numeric_code="011", office_city="Denver", state="CO")
    await change("CEE009", "close", LATER, successor="CEE011")
    version = await desk.draft()
    await desk.edit(version, row("8541", "CEE011"))
    early = await desk.validate(version, SOON - timedelta(days=1))
    assert [fault["code"] for fault in early["faults"]] == ["center-not-open"]
    assert (await desk.validate(version, SOON))["is_valid"]
    too_early = await desk.publish(version, SOON - timedelta(days=1))
    assert (too_early.status_code, too_early.json()["code"]) == (422, "not-valid")
    assert (await desk.publish(version, SOON)).status_code == 200

    book = await desk.rule_book()
    handler = RoutingHandler(RulesInForce(0), Metrics.create().conflicts_total)

    async def route(hts: str, day: date) -> str:
        body = entry_body(lines=[line(hts=hts)], entry_date=day.isoformat(), import_date=None, paid_on=None)
        async with transaction(desk.engine) as tx:
            (outgoing,) = await handler(tx, [decoded("entry-filed", body)])
        assert isinstance(outgoing.data, Encoded)
        return str(orjson.loads(outgoing.data.json)["center"])

    def center_on(hts: str, day: date) -> str | None:
        rules = book.on(day)
        code = rules.tariff_map.center_for(hts)
        return rules.open_centers.get(code) if code else None

    days = (SOON - timedelta(days=1), SOON, LATER)
    assert [center_on("8541100000", day) for day in days] == ["CEE007", "CEE011", "CEE011"]
    assert [center_on("3901100000", day) for day in days] == ["CEE009", "CEE009", "CEE011"]
    assert [await route("8541100000", day) for day in days] == ["CEE007", "CEE011", "CEE011"]
    assert [await route("3901100000", day) for day in days] == ["CEE009", "CEE009", "CEE011"]


async def test_diff_counts_headings_importers_and_entries_that_would_move(desk: Desk) -> None:
    first_month, month = window_on(TODAY)
    before_window = first_month - timedelta(days=1)
    activity = [
        # most goods in 8541: moves with it
        ("07-345678900", month, "854110", 5, 5, 500),
        ("07-345678900", month, "610910", 4, 4, 900),
        # some goods in 8541, most elsewhere: stays
        ("08-345678900", month, "854110", 1, 1, 500),
        ("08-345678900", month, "610910", 4, 4, 10),
        # as many of both: the value decides, 8541 before and after
        ("900-12-3456", month, "854110", 2, 2, 500),
        ("900-12-3456", month, "610910", 2, 2, 10),
        # too long ago
        ("09-345678900", before_window.replace(day=1), "854110", 9, 9, 9),
    ]

    def decision(number: str, version: int, basis: str, goods: list[list[Any]], entry_date: date = TODAY) -> Any:
        return {
            "entry_number": number,
            "version": version,
            "importer_number": "07-345678900",
            "entry_date": entry_date,
            "center": "CEE007",
            "basis": basis,
            "lane": "no-review",
            "decision": {},
            "goods": goods,
            "content_digest": b"0",
            "filed_at": NOW,
            "event_source": "test",
            "event_id": f"{number}-{version}",
        }

    moving, staying = [["854110", 2, 2, 10], ["610910", 1, 1, 99]], [["610910", 1, 1, 99]]
    decisions = [
        decision("E1", 1, "tariff", moving),
        decision("E2", 1, "tariff", moving),
        decision("E2", 2, "tariff", staying),
        decision("E3", 1, "account", moving),
        decision("E4", 1, "tariff", moving, before_window),
        decision("E5", 1, "tariff", staying),
        decision("E5", 2, "tariff", moving),
        decision("E6", 1, "tariff", []),
    ]
    async with transaction(desk.engine) as tx:
        names = [column.name for column in import_activity.columns]
        cells = [dict(zip(names, cell, strict=True)) for cell in activity]
        await tx.connection.execute(import_activity.insert(), cells)
        await tx.connection.execute(routing_decisions.insert(), decisions)
    version = await desk.draft()
    await desk.edit(version, row("8541", "CEE010"))
    diff = await desk.get(f"/tariff-maps/{version}/diff", against=SHIPPED)
    assert {(move["heading"], move["from_center"], move["to_center"]) for move in diff["headings"]} == {
        ("8541", "CEE007", "CEE010")
    }
    assert diff["importers_moving"] == 2
    (importers,) = diff["importers"]
    assert (importers["from_center"], importers["to_center"], importers["count"]) == ("CEE007", "CEE010", 2)
    assert importers["examples"][0] == "07-345678900"
    assert "900-12-3456" not in orjson.dumps(diff).decode(), "a social security number is masked"
    (entries,) = diff["entries"]
    assert (entries["count"], entries["examples"]) == (2, ["E1", "E5"])
    assert (diff["entries_moving"], diff["entries_unknown"]) == (2, 1)


async def test_diff_of_a_draft_that_is_no_map_says_so(desk: Desk) -> None:
    version = await desk.draft()
    await desk.edit(version, row("8401", "CEE010", "8410"), row("8405", "CEE010"))
    answer = await desk.client.get(f"/tariff-maps/{version}/diff", headers=desk.headers())
    assert (answer.status_code, answer.json()["code"]) == (409, "not-valid")


async def test_maps_are_for_staff_and_drafted_by_headquarters(desk: Desk) -> None:
    reader = desk.headers("kim", RoleName.IMPORTER)
    assert (await desk.client.get("/tariff-maps", headers=reader)).status_code == 403
    headers = desk.headers("kim", RoleName.IMPORT_SPECIALIST) | {"idempotency-key": "x"}
    answer = await desk.client.post("/tariff-maps", json={"title": "x", "reason": "y"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-required")
    missing = await desk.client.get("/tariff-maps/none", headers=desk.headers())
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
