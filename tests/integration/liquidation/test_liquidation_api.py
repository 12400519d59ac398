"""The HTTP side of liquidation, with real tokens on a real database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.app import SERVICE
from services.liquidation.settings import LiquidationSettings
from shared.bus.postgres import PostgresBus
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.runtime.slices import JobSession
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, cycle, post_entry, published, review_decided, routed
from tests.support.events import decoded, entry_body, entry_number, released_body
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


@dataclass(frozen=True, slots=True)
class Desk:
    """An API with its database and clock, and tokens for whoever calls."""

    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    def headers(self, *roles: RoleName, key: str | None = None, **grants: Any) -> dict[str, str]:
        caller = Identity("kim", "Kim", frozenset(roles), **{"centers": EVERY_CENTER} | grants)
        token = issue_development_token(self.settings, caller, self.clock.now())
        return {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})

    async def file(self, **changes: Any) -> str:
        number = entry_number()
        await apply(self.engine, [decoded("entry-filed", entry_body(number, **changes))])
        return number

    async def extend(self, number: str, key: str, **changes: Any) -> httpx.Response:
        body = {"reason": "information-needed", "posted_on": "2026-08-01", "explanation": "A CBP 28 is unanswered."}
        headers = self.headers(RoleName.CENTER_DIRECTOR, key=key)
        return await self.client.post(f"/entries/{number}/extensions", json=body | changes, headers=headers)


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    engine = await service_engine("liquidation")
    settings = LiquidationSettings(
        database_url="postgresql://unused",
        bus_database_url="postgresql://unused",
        token_secret="s" * 32,
        cycle_wait_seconds=0,
    )
    clock = FixedClock(datetime(2026, 8, 14, 18, tzinfo=UTC))
    bus = PostgresBus("postgresql+asyncpg://unused")
    platform = Platform(settings, engine, bus, clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Desk(engine, clock, client, settings)


STAFF = RoleName.LIQUIDATION_SPECIALIST


async def test_record_shows_each_date_with_its_rule(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [routed(number), decoded("entry-released", released_body(number))])
    answer = await desk.client.get(f"/entries/{number}", headers=desk.headers(STAFF))
    assert answer.status_code == 200
    record = answer.json()
    assert (record["state"], record["center"], record["version"]) == ("scheduled", "CEE007", 1)
    dates = {each["what"]: (each["on"], each["rule"]["id"], each["rule"]["evidence"]) for each in record["dates"]}
    assert dates["scheduled liquidation"] == ("2027-01-15", "liq-cycle-314", "U")
    assert dates["deemed liquidated unless liquidated by then"] == ("2027-03-02", "liq-1yr-entry", "S")
    assert record["amounts"]["duty_usd"] == "25.00"


async def test_timeline_tells_what_happened_and_what_comes(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [review_decided(number, "refund", "-5.00", decision_id="d-1")])
    await cycle(desk.engine, date(2027, 1, 15))
    await apply(desk.engine, [post_entry("protest", "P-1", [number], received_at="2027-02-01T15:00:00Z")])
    answer = await desk.client.get(f"/entries/{number}/timeline", headers=desk.headers(STAFF))
    timeline = answer.json()
    what = [each["what"] for each in timeline["happened"]]
    assert what == ["scheduled", "review decided: refund", "liquidated", "protest filed"]
    coming = {each["rule"]["id"]: (each["safe"], each["last_arguable"]) for each in timeline["coming"]}
    assert coming["reliq-1501"] == ("2027-04-15", "2027-04-15")
    assert coming["protest-180"] == ("2027-07-14", "2027-07-14")
    assert coming["protest-decide-2y"] == ("2029-02-01", "2029-02-01")


async def test_record_says_whether_the_summary_can_still_be_corrected_and_lanes_are_for_staff(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [routed(number, lane="document-review")])
    owner = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({"07-345678900"}))
    record = (await desk.client.get(f"/entries/{number}", headers=desk.headers(STAFF))).json()
    told = record["correction"]
    assert (record["lane"], told["until"], told["rule"]["id"]) == ("document-review", "2026-12-27", "psc-window")
    assert (told["is_window_open"], told["barred_by"]) == (True, "under-review")
    seen = (await desk.client.get(f"/entries/{number}", headers=owner)).json()
    assert (seen["lane"], seen["correction"]["barred_by"]) == (None, None)
    assert "under-review" in seen["correction"]["not_known"]
    await cycle(desk.engine, date(2027, 1, 15))
    after = (await desk.client.get(f"/entries/{number}", headers=owner)).json()["correction"]
    assert after["barred_by"] == "liquidated"


async def test_outside_party_sees_its_own_entry_and_no_other(desk: Desk) -> None:
    number = await desk.file()
    owner = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({"07-345678900"}))
    other = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({"12-345678900"}))
    surety = desk.headers(RoleName.SURETY, surety_code="036")
    assert (await desk.client.get(f"/entries/{number}", headers=owner)).status_code == 200
    assert (await desk.client.get(f"/entries/{number}/timeline", headers=surety)).status_code == 200
    assert (await desk.client.get(f"/entries/{number}", headers=other)).status_code == 404
    assert (await desk.client.get("/figures", headers=owner)).status_code == 403
    assert (await desk.client.get(f"/entries/{number}")).status_code == 401


async def test_extension_moves_the_dates_once_for_each_key_and_is_published(desk: Desk) -> None:
    number = await desk.file()
    first = await desk.extend(number, "key-1")
    again = await desk.extend(number, "key-1")
    assert (first.status_code, first.json()["period_ends_on"]) == (201, "2028-03-02")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    record = (await desk.client.get(f"/entries/{number}", headers=desk.headers(STAFF))).json()
    assert (record["state"], [each["number"] for each in record["extensions"]]) == ("extended", [1])
    event = (await published(desk.engine))[-1].data
    assert (event.change, event.sequence, event.deemed_on) == ("extended", 10_000_001, date(2028, 3, 2))
    assert (event.previous_scheduled_on, event.scheduled_on) == (date(2027, 1, 15), date(2028, 1, 14))
    assert (event.occurred_on, event.posted_on, event.liquidated_on) == (date(2026, 8, 1), date(2026, 8, 14), None)


async def test_correction_keeps_an_extension(desk: Desk) -> None:
    number = await desk.file()
    await desk.extend(number, "key-1")
    body = entry_body(number, version=2, reasons=["H06"], entry_date="2026-03-03")
    await apply(desk.engine, [decoded("entry-corrected", body)])
    record = (await desk.client.get(f"/entries/{number}", headers=desk.headers(STAFF))).json()
    assert (record["state"], record["dates"][2]["on"]) == ("extended", "2028-03-03")


async def test_void_extensions_name_their_rule(desk: Desk) -> None:
    number = await desk.file()
    for key in ("key-1", "key-2", "key-3"):
        assert (await desk.extend(number, key)).status_code == 201
    fourth = await desk.extend(number, "key-4")
    assert (fourth.status_code, fourth.json()["rule"]) == (422, "ext-max")
    assert fourth.json()["citation"] == "19 CFR 159.12(e)"
    old = await desk.file(entry_date="2025-07-01")
    late = await desk.extend(old, "key-5")
    assert (late.status_code, late.json()["rule"]) == (422, "ext-notice")
    suspended = await desk.file(entry_type="03")
    assert (await desk.extend(suspended, "key-6")).json()["rule"] == "susp-grounds"
    future = await desk.extend(number, "key-7", posted_on="2026-08-15")
    assert future.json()["code"] == "extension-void"


async def test_extended_entry_is_not_liquidated_by_its_first_schedule(desk: Desk) -> None:
    number = await desk.file()
    await desk.extend(number, "key-1")
    assert (await cycle(desk.engine, date(2027, 1, 15))).liquidated == 0
    assert (await cycle(desk.engine, date(2028, 1, 14))).liquidated == 1


async def test_cycle_by_api_is_repeatable_and_refuses_what_is_no_friday(desk: Desk) -> None:
    await desk.file(entry_date="2025-10-01")
    operator = desk.headers(RoleName.OPERATOR)
    first = await desk.client.post("/cycles", json={"date": "2026-08-14"}, headers=operator)
    assert (first.status_code, first.json()["liquidated"]) == (200, 1)
    assert (await desk.client.post("/cycles", json={"date": "2026-08-14"}, headers=operator)).json() == first.json()
    wrong = await desk.client.post("/cycles", json={"date": "2026-08-12"}, headers=operator)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not-a-friday")
    assert "2026-08-07 or 2026-08-14" in wrong.json()["remedy"]
    future = await desk.client.post("/cycles", json={"date": "2026-08-21"}, headers=operator)
    assert (future.status_code, future.json()["code"]) == (422, "cycle-in-the-future")
    early = await desk.client.post("/cycles", json={"date": "2026-08-07"}, headers=operator)
    assert (early.status_code, early.json()["code"]) == (409, "cycle-out-of-order")
    denied = desk.headers(RoleName.IMPORT_SPECIALIST)
    assert (await desk.client.post("/cycles", json={"date": "2026-08-14"}, headers=denied)).status_code == 403
    listed = (await desk.client.get("/cycles", headers=operator)).json()
    assert [each["date"] for each in listed["items"]] == ["2026-08-14"]


async def test_forecast_counts_and_changes_nothing(desk: Desk) -> None:
    await desk.file()
    headers = desk.headers(STAFF)
    answer = await desk.client.get("/cycles/forecast?date=2027-01-15", headers=headers)
    forecast = answer.json()
    assert (forecast["deemed"], forecast["liquidated"], forecast["with_decision"]) == (0, 1, 0)
    assert (forecast["suspended"], forecast["held"], forecast["late_decisions"]) == (0, 0, 0)
    assert (await desk.client.get("/figures", headers=headers)).json()["liquidated"] == 0


async def test_unknown_clocks_are_paged_and_counted(desk: Desk) -> None:
    numbers = sorted(entry_number() for _ in range(3))
    await apply(desk.engine, [decoded("entry-released", released_body(number)) for number in numbers])
    headers = desk.headers(STAFF)
    first = (await desk.client.get("/clocks-unknown?limit=2", headers=headers)).json()
    second = (await desk.client.get(first["next"], headers=headers)).json()
    assert [each["entry_number"] for each in [*first["items"], *second["items"]]] == numbers
    assert first["items"][0]["rule"]["id"] == "es-file"


async def test_figures_count_every_state(desk: Desk) -> None:
    for kind in ("01", "03", "23"):
        await desk.file(entry_type=kind)
    extended = await desk.file()
    await desk.extend(extended, "key-1")
    await desk.file(entry_date="2025-01-02")
    await apply(desk.engine, [decoded("entry-released", released_body(entry_number()))])
    await apply(desk.engine, [post_entry("protest", "P-1", [extended])])
    await cycle(desk.engine, date(2026, 3, 6))
    figures = (await desk.client.get("/figures", headers=desk.headers(STAFF))).json()
    assert figures == {
        "entries": 6,
        "scheduled": 1,
        "suspended": 1,
        "extended": 1,
        "liquidated": 1,
        "deemed": 1,
        "not_liquidating": 1,
        "clock_unknown": 1,
        "protests": 1,
    }


async def test_protest_is_shown_to_its_party(desk: Desk) -> None:
    await apply(desk.engine, [post_entry("protest", "P-1", [entry_number()])])
    owner = desk.headers(RoleName.IMPORTER, importer_numbers=frozenset({"07-345678900"}))
    answer = (await desk.client.get("/protests/P-1", headers=owner)).json()
    assert (answer["state"], answer["decide_by"]) == ("filed", "2028-09-01")
    assert (await desk.client.get("/protests/P-2", headers=owner)).status_code == 404


async def test_jobs_count_unknown_clocks_and_run_due_cycles(desk: Desk) -> None:
    await apply(desk.engine, [decoded("entry-released", released_body(entry_number()))])
    metrics = Metrics.create()
    bus = PostgresBus("postgresql+asyncpg://unused")
    platform = Platform(desk.settings, desk.engine, bus, desk.clock, metrics)
    for job in SERVICE.build(platform).jobs:
        assert job.every >= timedelta(seconds=5)
        await job.run(JobSession(job.name, desk.engine, desk.clock))
    assert b"centerline_clocks_unknown 1.0" in metrics.render()
    listed = (await desk.client.get("/cycles", headers=desk.headers(STAFF))).json()
    assert [each["date"] for each in listed["items"]] == ["2026-08-14"]
