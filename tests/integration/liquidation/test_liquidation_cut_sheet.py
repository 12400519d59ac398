"""Forecasts, cut sheets, hold sets and the radar over HTTP, with real tokens on a real database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import run_cycle
from services.liquidation.app import SERVICE
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.tables.cut_sheets import forecast_entries
from shared.bus.postgres import PostgresBus
from shared.contracts.envelope import Event
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, cycle, draft_needed, post_entry, review_decided, routed, rows
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

FRIDAY = date(2027, 1, 15)  # the scheduled date of an entry of 2 March 2026
SPECIALIST, DIRECTOR = RoleName.LIQUIDATION_SPECIALIST, RoleName.CENTER_DIRECTOR
ROLES = {"kim": SPECIALIST, "lee": DIRECTOR, "sam": SPECIALIST, "olu": RoleName.OPERATOR}


@dataclass(slots=True)
class Desk:
    """An API with its database, and people who call it at a time."""

    app: FastAPI
    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    async def call(
        self, who: str, method: str, path: str, body: Any = None, *, tag: str | None = None, **grants: Any
    ) -> httpx.Response:
        caller = Identity(who, who, grants.pop("roles", frozenset({ROLES[who]})), **{"centers": EVERY_CENTER} | grants)
        headers = {"Authorization": f"Bearer {issue_development_token(self.settings, caller, self.clock.now())}"}
        if method == "POST":
            headers["Idempotency-Key"] = f"{who} {path} {self.clock.now()}"
        if tag is not None:
            headers["If-Match"] = tag
        return await self.client.request(method, path, json=body, headers=headers)

    async def file(self, **changes: Any) -> str:
        number = entry_number()
        await apply(self.engine, [decoded("entry-filed", entry_body(number, **changes))])
        return number

    def at(self, year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> None:
        self.clock = self.app.state.clock = FixedClock(datetime(year, month, day, hour, minute, second, tzinfo=UTC))


def in_lane(number: str, lane: str) -> Event[Any]:
    return routed(number, lane=lane)


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    engine = await service_engine("liquidation")
    settings = LiquidationSettings(
        database_url="postgresql://unused",
        bus_database_url="postgresql://unused",
        token_secret="s" * 32,
        cycle_wait_seconds=0,
    )
    clock = FixedClock(datetime(2027, 1, 14, 18, tzinfo=UTC))
    platform = Platform(settings, engine, PostgresBus("postgresql+asyncpg://unused"), clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Desk(app, engine, clock, client, settings)


async def test_dry_runs_are_kept_and_compared(desk: Desk) -> None:
    desk.at(2027, 1, 12, 18)
    stays, leaves, decided = await desk.file(), await desk.file(), await desk.file()
    first = await desk.call("kim", "POST", f"/cycles/{FRIDAY}/forecasts")
    assert (first.status_code, first.json()["number"], first.json()["liquidated"]) == (201, 1, 3)
    assert (await desk.call("kim", "POST", f"/cycles/{FRIDAY}/forecasts")).json() == first.json()
    suspended = entry_body(leaves, version=2, entry_type="03", reasons=["H06"])
    late = entry_body(entry_number())
    await apply(
        desk.engine,
        [
            decoded("entry-corrected", suspended, time="2026-04-01T12:00:00Z"),
            decoded("entry-filed", late, time="2027-01-12T19:00:00Z"),
            review_decided(decided, "refund", "-5.00", decision_id="d-1"),
        ],
    )
    desk.at(2027, 1, 12, 20)
    second = (await desk.call("kim", "POST", f"/cycles/{FRIDAY}/forecasts")).json()
    assert (second["number"], second["with_decision"], second["effect_duty_usd"]) == (2, 1, "-5.00")
    path = f"/cycles/{FRIDAY}/forecasts/2/changes"
    changes = (await desk.call("kim", "GET", path)).json()["changes"]
    assert {(each["was"], each["becomes"], each["why"], each["entries"]) for each in changes} == {
        (None, "as-entered", "filed", 1),
        ("as-entered", None, "suspended", 1),
        ("as-entered", "by-decision", "review decided", 1),
    }
    page = (await desk.call("kim", "GET", f"{path}/entries?limit=2")).json()
    rest = (await desk.call("kim", "GET", page["next"])).json()
    changed = [each["entry_number"] for each in (*page["items"], *rest["items"])]
    assert changed == sorted([leaves, decided, late["entry_number"]])
    assert stays not in changed
    desk.at(2027, 1, 12, 21)
    await desk.call("kim", "POST", f"/cycles/{FRIDAY}/forecasts")
    assert {row.number for row in await rows(desk.engine, forecast_entries)} == {2, 3}
    gone = await desk.call("kim", "GET", f"/cycles/{FRIDAY}/forecasts/3/changes?since=1")
    assert (gone.status_code, gone.json()["code"]) == (409, "forecast-dropped")
    listed = (await desk.call("kim", "GET", f"/cycles/{FRIDAY}/forecasts")).json()["items"]
    assert [each["number"] for each in listed] == [3, 2, 1]


async def test_new_cut_sheet_lets_the_dry_run_of_the_sheet_before_go(desk: Desk) -> None:
    await desk.file()
    await desk.call("kim", "POST", f"/cycles/{FRIDAY}/cut-sheet")
    desk.at(2027, 1, 14, 19)
    await desk.call("kim", "POST", f"/cycles/{FRIDAY}/forecasts")
    desk.at(2027, 1, 14, 20)
    await desk.call("kim", "POST", f"/cycles/{FRIDAY}/cut-sheet")
    listed = (await desk.call("kim", "GET", f"/cycles/{FRIDAY}/forecasts")).json()["items"]
    assert [(each["number"], each["has_entries"]) for each in listed] == [(3, True), (2, True), (1, False)]


async def test_cut_sheet_is_made_after_the_cut_only(desk: Desk) -> None:
    desk.at(2027, 1, 14, 4, 59, 59)
    early = await desk.call("kim", "POST", f"/cycles/{FRIDAY}/cut-sheet")
    assert (early.status_code, early.json()["code"]) == (409, "before-the-cut")
    desk.at(2027, 1, 14, 5)
    assert (await desk.call("kim", "POST", f"/cycles/{FRIDAY}/cut-sheet")).status_code == 201


async def test_two_people_confirm_a_cut_sheet_before_the_cycle_runs(desk: Desk) -> None:
    number = await desk.file()
    sheet, confirmations = f"/cycles/{FRIDAY}/cut-sheet", f"/cycles/{FRIDAY}/cut-sheet/confirmations"
    assert (await desk.call("kim", "GET", sheet)).status_code == 404
    assert (await desk.call("kim", "POST", sheet)).headers["ETag"] == '"1"'

    async def run() -> Any:
        async with transaction(desk.engine) as tx:
            policy = desk.settings.money_policy
            return await run_cycle(tx, desk.clock.now(), FRIDAY, "olu", needs_cut_sheet=True, policy=policy)

    desk.at(2027, 1, 15, 18)
    with pytest.raises(Conflict, match="specialist, supervisor"):
        await run()
    as_specialist, as_supervisor = {"capacity": "specialist"}, {"capacity": "supervisor"}
    assert (await desk.call("lee", "POST", confirmations, as_specialist, tag='"1"')).status_code == 403
    assert (await desk.call("kim", "POST", confirmations, as_specialist)).status_code == 428
    assert (await desk.call("kim", "POST", confirmations, as_specialist, tag='"1"')).status_code == 200
    again = await desk.call("kim", "POST", confirmations, as_specialist, tag='"1"')
    assert len(again.json()["confirmations"]) == 1
    other = await desk.call("sam", "POST", confirmations, as_specialist, tag='"1"')
    assert (other.status_code, other.json()["code"]) == (409, "confirmed-already")
    for who, grants in (("kim", {}), ("lee", {"acting_for": "kim"})):
        alone = await desk.call(
            who, "POST", confirmations, as_supervisor, tag='"1"', roles=frozenset({SPECIALIST, DIRECTOR}), **grants
        )
        assert (alone.status_code, alone.json()["code"]) == (403, "second-person-required")
    with pytest.raises(Conflict, match="supervisor"):
        await run()
    done = await desk.call("lee", "POST", confirmations, as_supervisor, tag='"1"')
    assert done.json()["state"] == "confirmed"
    assert [each["authority"] for each in done.json()["confirmations"]] == [
        "cycle.confirm-as-specialist/national",
        "cycle.confirm-as-supervisor/national",
    ]
    assert (await run()).liquidated == 1
    shown = (await desk.call("lee", "GET", sheet)).json()
    assert (shown["state"], shown["forecast"]["liquidated"]) == ("executed", 1)
    assert (await desk.call("kim", "POST", sheet)).json()["code"] == "cycle-has-run"
    assert number


async def test_new_revision_of_a_cut_sheet_voids_its_confirmations(desk: Desk) -> None:
    sheet, confirmations = f"/cycles/{FRIDAY}/cut-sheet", f"/cycles/{FRIDAY}/cut-sheet/confirmations"
    await desk.call("kim", "POST", sheet)
    await desk.call("kim", "POST", confirmations, {"capacity": "specialist"}, tag='"1"')
    desk.at(2027, 1, 14, 19)
    again = await desk.call("kim", "POST", sheet)
    assert (again.json()["revision"], again.json()["confirmations"]) == (2, [])
    stale = await desk.call("lee", "POST", confirmations, {"capacity": "supervisor"}, tag='"1"')
    assert stale.status_code == 412


async def test_policy_of_two_people_is_asked_when_a_cycle_is_posted(desk: Desk) -> None:
    made = await desk.call("kim", "POST", f"/cycles/{FRIDAY}/cut-sheet")
    assert {each["action"]: each["may"] for each in made.json()["may_do"]}["cycle.run"] is True
    desk.at(2027, 1, 15, 18)
    desk.app.state.cycle_confirmation = "two-people"
    shown = (await desk.call("kim", "GET", f"/cycles/{FRIDAY}/cut-sheet")).json()["may_do"]
    assert {each["action"]: each["code"] for each in shown}["cycle.run"] == "cut-sheet-not-confirmed"
    refused = await desk.call("olu", "POST", "/cycles", {"date": str(FRIDAY)})
    assert (refused.status_code, refused.json()["code"]) == (409, "cut-sheet-not-confirmed")


HOLD = {"name": "SYNTHETIC", "predicate": {"tariff_prefix": "8471", "origin": "CN"}, "reason": "An order is expected."}


async def test_hold_set_is_drafted_previewed_applied_by_another_and_lifted(desk: Desk) -> None:
    await desk.file()
    desk.at(2027, 1, 11, 18)
    drafted = await desk.call("kim", "POST", "/hold-sets", HOLD)
    assert drafted.status_code == 201
    path = drafted.headers["Location"]
    preview = (await desk.call("lee", "GET", f"{path}/preview")).json()
    assert (preview["entries"], preview["due"], preview["duty_usd"], preview["next_cycle_on"]) == (
        1,
        1,
        "25.00",
        str(FRIDAY),
    )
    assert preview["lines"][0]["horizon"] == "60"
    edited = await desk.call("sam", "PUT", path, HOLD | {"name": "SYNTHETIC TWO"}, tag='"1"')
    assert (edited.json()["name"], edited.headers["ETag"]) == ("SYNTHETIC TWO", '"2"')
    assert (await desk.call("sam", "PUT", path, HOLD, tag='"1"')).status_code == 412
    for who in ("kim", "sam"):
        own = await desk.call(who, "POST", f"{path}/apply", tag='"2"')
        assert (own.status_code, own.json()["code"]) == (403, "second-person-required")
    applied = await desk.call("lee", "POST", f"{path}/apply", tag='"2"')
    assert applied.json()["first_cycle_on"] == str(FRIDAY)
    assert (await desk.call("sam", "PUT", path, HOLD, tag='"3"')).json()["code"] == "hold-set-state"
    forecast = (await desk.call("lee", "GET", f"/cycles/forecast?date={FRIDAY}")).json()
    assert (forecast["held"], forecast["liquidated"]) == (1, 0)
    radar = (await desk.call("lee", "GET", "/radar")).json()["counts"]
    assert {"horizon": "60", "cause": "held", "entries": 1} in radar
    lifted = await desk.call("lee", "POST", f"{path}/lift", {"reason": "Done."}, tag='"3"')
    assert lifted.json()["state"] == "lifted"
    shown = (await desk.call("kim", "GET", path)).json()
    assert [each["change"] for each in shown["history"]] == ["drafted", "edited", "applied", "lifted"]
    assert shown["history"][2]["entries"] == 1
    assert [each["authority"] for each in shown["history"]] == [
        None,
        None,
        "hold-set.apply/national",
        "hold-set.lift/national",
    ]
    assert shown["means"] == "a tariff number 8471 on a line and goods of CN"
    listed = (await desk.call("kim", "GET", "/hold-sets?state=lifted")).json()["items"]
    assert [each["hold_set_id"] for each in listed] == [shown["hold_set_id"]]


async def test_hold_set_of_headings_says_what_it_means_and_leaves_out_the_exceptions(desk: Desk) -> None:
    def duty(heading: str) -> dict[str, Any]:
        return line(tariffs=[{"hts": each, "value_usd": 1, "duty_usd": "1.00"} for each in ("8471300100", heading)])

    for heading in ("99038801", "99038803", "99038815", "99038816"):
        await desk.file(lines=[duty(heading)])
    predicate = {"headings": ["9903.88.01-9903.88.15"], "except_headings": ["9903.88.03"]}
    path = (await desk.call("kim", "POST", "/hold-sets", HOLD | {"predicate": predicate})).headers["Location"]
    shown = (await desk.call("kim", "GET", path)).json()
    assert shown["predicate"] == {"headings": ["99038801-99038815"], "except_headings": ["99038803"]}
    assert shown["means"] == "a heading of 99038801-99038815, but not 99038803, on a line"
    assert (await desk.call("kim", "GET", f"{path}/preview")).json()["entries"] == 2


@pytest.mark.parametrize(
    "predicate",
    [
        {"headings": ["9903.88.15-9903.88.01"]},
        {"headings": ["9"]},
        {"headings": ["99038801-"]},
        {"headings": ["order"]},
        {"except_headings": ["9903"], "origin": "CN"},
    ],
)
async def test_headings_that_mean_nothing_are_refused(desk: Desk, predicate: Any) -> None:
    answer = await desk.call("kim", "POST", "/hold-sets", HOLD | {"predicate": predicate})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "predicate", [{}, {"origin": "C"}, {"entered_from": "2026-03-02", "entered_to": "2026-03-01"}, {"hts": "8471"}]
)
async def test_predicate_that_means_nothing_is_refused(desk: Desk, predicate: dict[str, str]) -> None:
    answer = await desk.call("kim", "POST", "/hold-sets", HOLD | {"predicate": predicate})
    assert answer.status_code == 422


async def test_social_security_number_in_a_predicate_is_shown_masked(desk: Desk) -> None:
    body = HOLD | {"predicate": {"importer_number": "123-45-6789"}}
    path = (await desk.call("kim", "POST", "/hold-sets", body)).headers["Location"]
    assert "123-45" not in (await desk.call("kim", "GET", path)).text


async def radar(desk: Desk) -> dict[tuple[str, str], int]:
    counts = (await desk.call("kim", "GET", "/radar")).json()["counts"]
    return {(each["horizon"], each["cause"]): each["entries"] for each in counts if each["entries"]}


async def test_radar_counts_by_horizon_and_cause_and_lists_the_same_entries(desk: Desk) -> None:
    plain, in_review, decided, asked = [await desk.file() for _ in range(4)]  # deemed after 2 March 2027
    await apply(
        desk.engine,
        [
            *(in_lane(number, "document-review") for number in (in_review, decided)),
            review_decided(decided, "no-change", decision_id="d-1"),
            post_entry("extension-request", "R-1", [asked], received_at="2027-01-04T15:00:00Z"),
        ],
    )
    assert await radar(desk) == {
        ("60", "any"): 4,
        ("60", "review-open"): 1,
        ("60", "request-open"): 1,
        ("60", "extension-needed"): 2,
    }
    desk.at(2026, 12, 12, 18)  # 80 days before
    assert await radar(desk) == {("90", "any"): 4, ("90", "review-open"): 1, ("90", "request-open"): 1}
    desk.at(2027, 2, 23, 18)
    for cause, numbers in (
        ("any", [plain, in_review, decided, asked]),
        ("review-open", [in_review]),
        ("request-open", [asked]),
        ("extension-needed", [in_review, asked]),
        ("held", []),
        ("suspension-lifted", []),
    ):
        listed = await desk.call("kim", "GET", f"/radar/entries?horizon=7&cause={cause}")
        assert [each["entry_number"] for each in listed.json()["items"]] == sorted(numbers), cause
    first = (await desk.call("kim", "GET", "/radar/entries?horizon=7&limit=3")).json()
    home = (await desk.call("kim", "GET", "/radar/entries?horizon=7&limit=1")).json()["items"][0]["center"]
    for center, entries in ((home or "PNDING", 4), ("CEE009", 0)):
        of_center = (await desk.call("kim", "GET", f"/radar?center={center}")).json()["counts"]
        assert sum(each["entries"] for each in of_center if each["cause"] == "any") == entries
        listed = await desk.call("kim", "GET", f"/radar/entries?horizon=7&center={center}")
        assert len(listed.json()["items"]) == entries
        for path in ("/extension-drafts", "/deemed-cases", "/clocks-unknown"):
            assert (await desk.call("kim", "GET", f"{path}?center={center}")).status_code == 200
    assert len((await desk.call("kim", "GET", first["next"])).json()["items"]) == 1
    assert first["items"][0]["legal_basis"]["rule"] == "liq-1yr-entry"
    desk.at(2027, 3, 3, 18)
    assert await radar(desk) == {("past", "any"): 4, ("past", "review-open"): 1, ("past", "request-open"): 1} | {
        ("past", "extension-needed"): 2
    }


async def test_extension_is_drafted_at_60_days_and_the_draft_goes_when_it_is_posted(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [in_lane(number, "enforcement")])
    desk.at(2026, 12, 31, 18)  # 61 days before 2 March 2027
    assert await draft_needed(desk.engine, desk.clock.now()) == 0
    desk.at(2027, 1, 1, 18)
    assert await draft_needed(desk.engine, desk.clock.now()) == 1
    assert await draft_needed(desk.engine, desk.clock.now()) == 0
    (draft,) = (await desk.call("kim", "GET", "/extension-drafts")).json()["items"]
    assert (draft["entry_number"], draft["post_by"], draft["extension"]["months"]) == (number, "2027-03-02", 12)
    body = {name: value for name, value in draft["extension"].items() if value is not None}
    posted = await desk.call("lee", "POST", f"/entries/{number}/extensions", body | {"posted_on": "2027-01-01"})
    assert posted.status_code == 201
    await draft_needed(desk.engine, desk.clock.now())
    assert (await desk.call("kim", "GET", "/extension-drafts")).json()["items"] == []


async def test_extension_that_the_importer_asked_for_is_drafted_with_the_day_of_the_request(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [post_entry("extension-request", "R-1", [number], received_at="2027-01-04T15:00:00Z")])
    await draft_needed(desk.engine, desk.clock.now())
    (draft,) = (await desk.call("kim", "GET", "/extension-drafts")).json()["items"]
    assert (draft["extension"]["reason"], draft["extension"]["requested_on"]) == ("importer-request", "2027-01-04")


async def test_deemed_liquidation_opens_a_case_that_a_person_closes(desk: Desk) -> None:
    number = await desk.file()
    await cycle(desk.engine, date(2027, 3, 5))
    desk.at(2027, 3, 8, 18)
    (case,) = (await desk.call("kim", "GET", "/deemed-cases")).json()["items"]
    assert (case["entry_number"], case["deemed_on"], case["cause"]) == (number, "2027-03-02", "not-taken-in-time")
    assert case["reliquidation_by"] == "2027-05-31"
    assert (await desk.call("kim", "GET", "/radar")).json()["deemed_cases_open"] == 1
    path = f"/deemed-cases/{number}"
    assert (await desk.call("olu", "POST", f"{path}/close", {"reason": "x"}, tag='"1"')).status_code == 403
    closed = await desk.call("kim", "POST", f"{path}/close", {"reason": "Stands as entered."}, tag='"1"')
    assert (closed.json()["state"], closed.json()["closed_by"], closed.headers["ETag"]) == ("closed", "kim", '"2"')
    assert closed.json()["authority"] == "deemed-case.close/unassigned"
    again = await desk.call("kim", "POST", f"{path}/close", {"reason": "Again."}, tag='"2"')
    assert again.json()["code"] == "case-closed"
    assert (await desk.call("kim", "GET", "/deemed-cases")).json()["items"] == []
    assert (await desk.call("kim", "GET", f"/deemed-cases/{entry_number()}")).status_code == 404


async def test_case_tells_that_the_summary_came_after_the_period(desk: Desk) -> None:
    number = entry_number()
    await apply(desk.engine, [decoded("entry-filed", entry_body(number), time="2027-03-04T12:00:00Z")])
    await cycle(desk.engine, date(2027, 3, 5))
    (case,) = (await desk.call("kim", "GET", "/deemed-cases")).json()["items"]
    assert case["cause"] == "filed-after-its-period"
