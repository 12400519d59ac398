"""What a cycle did against the cut sheet that two people confirmed: counts, entries that differ each way, and why."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.app import SERVICE
from services.liquidation.domain.cycle_cut import UNKNOWN, StandingLetters, UnreadPartition, Unseen
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store import cycle_reports as reports
from services.liquidation.store.cycle_reports import Basis
from services.liquidation.store.cycles import note_unseen
from shared.bus.postgres import PostgresBus
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, cycle, review_decided
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

FRIDAY = date(2027, 1, 15)  # the scheduled date of an entry of 2 March 2026
CASE = "A570012000"
OTHER_IMPORTER = "12-345678900"
ROLES = frozenset({RoleName.LIQUIDATION_SPECIALIST, RoleName.CENTER_DIRECTOR, RoleName.ADCVD_TEAM})


@dataclass(slots=True)
class Desk:
    """An API with its database, and people who call it at a time."""

    app: FastAPI
    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    async def call(
        self, method: str, path: str, body: Any = None, *, who: str = "kim", tag: str | None = None
    ) -> httpx.Response:
        caller = Identity(who, who, ROLES, EVERY_CENTER)
        headers = {"Authorization": f"Bearer {issue_development_token(self.settings, caller, self.clock.now())}"}
        if method == "POST":
            headers["Idempotency-Key"] = f"{who} {path} {body}"
        if tag is not None:
            headers["If-Match"] = tag
        return await self.client.request(method, path, json=body, headers=headers)

    async def act(self, path: str, body: Any, *, who: str = "kim", tag: str | None = None) -> Any:
        answer = await self.call("POST", path, body, who=who, tag=tag)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def file(self, **changes: Any) -> str:
        number = entry_number()
        await apply(self.engine, [decoded("entry-filed", entry_body(number, **changes))])
        return number

    def at(self, day: int, hour: int) -> None:
        self.clock = self.app.state.clock = FixedClock(datetime(2027, 1, day, hour, tzinfo=UTC))

    async def confirm_sheet(self) -> None:
        """Make the cut sheet, and let two people confirm it."""
        await self.act(f"/cycles/{FRIDAY}/cut-sheet", None)
        for who, capacity in (("kim", "specialist"), ("lee", "supervisor")):
            await self.act(f"/cycles/{FRIDAY}/cut-sheet/confirmations", {"capacity": capacity}, who=who, tag='"1"')

    async def instruct(self, **body: Any) -> None:
        """An instruction of one person that another confirms."""
        name = (await self.act("/instructions", body))["instruction_id"]
        await self.act(f"/instructions/{name}/confirmations", None, who="lee", tag='"1"')

    async def report(self) -> Any:
        answer = await self.call("GET", f"/cycles/{FRIDAY}/report")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def differing(self, query: str = "") -> dict[str, tuple[Any, ...]]:
        """By entry: the way, what was said, what was done, and why."""
        answer = await self.call("GET", f"/cycles/{FRIDAY}/report/entries{query}")
        assert answer.status_code == 200, answer.text
        return {
            each["entry_number"]: (each["way"], each["said"], each["did"], each["why"])
            for each in answer.json()["items"]
        }


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    engine = await service_engine("liquidation")
    configured = LiquidationSettings(
        database_url="postgresql://unused", bus_database_url="postgresql://unused", token_secret="s" * 32
    )
    clock = FixedClock(datetime(2027, 1, 14, 18, tzinfo=UTC))
    platform = Platform(configured, engine, PostgresBus("postgresql+asyncpg://unused"), clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Desk(app, engine, clock, client, configured)


async def hold(desk: Desk, name: str, importer_number: str, *, lift: bool = False) -> None:
    """A hold set for an importer, applied before the cut, and lifted before it too when asked."""
    body = {"name": name, "predicate": {"importer_number": importer_number}, "reason": "SYNTHETIC order."}
    made = await desk.act("/hold-sets", body)
    path = f"/hold-sets/{made['hold_set_id']}"
    await desk.act(f"{path}/apply", None, who="lee", tag='"1"')
    if lift:
        await desk.act(f"{path}/lift", {"reason": "Done."}, who="lee", tag='"2"')


async def test_report_needs_a_confirmed_sheet_and_a_run(desk: Desk) -> None:
    for path in (f"/cycles/{FRIDAY}/report", f"/cycles/{FRIDAY}/report/entries"):
        assert (await desk.call("GET", path)).status_code == 404
    await desk.act(f"/cycles/{FRIDAY}/cut-sheet", None)
    answer = await desk.call("GET", f"/cycles/{FRIDAY}/report")
    assert (answer.status_code, answer.json()["code"]) == (409, "cut-sheet-not-confirmed")
    for who, capacity in (("kim", "specialist"), ("lee", "supervisor")):
        await desk.act(f"/cycles/{FRIDAY}/cut-sheet/confirmations", {"capacity": capacity}, who=who, tag='"1"')
    answer = await desk.call("GET", f"/cycles/{FRIDAY}/report")
    assert (answer.status_code, answer.json()["code"]) == (409, "cycle-has-not-run")
    await cycle(desk.engine, FRIDAY)
    assert (await desk.report())["differing"] == 0


async def test_cycle_that_ran_late_is_compared_by_its_friday(desk: Desk) -> None:
    """What a person liquidated on the day on which it ran is not the cycle's; what ended in between is deemed."""
    ended, by_hand = await desk.file(entry_date="2026-01-20"), await desk.file(entry_date="2026-03-09")
    await desk.file()
    await desk.confirm_sheet()
    desk.at(25, 15)
    await desk.act(f"/entries/{by_hand}/liquidations", {"basis": "as-entered", "explanation": "SYNTHETIC."})
    await cycle(desk.engine, FRIDAY, days_late=10)
    assert await desk.differing() == {ended: ("otherwise", "as-entered", "deemed", "period ended")}
    assert (await desk.report())["counts"] == [
        {"said": "as-entered", "did": "as-entered", "entries": 1},
        {"said": "as-entered", "did": "deemed", "entries": 1},
    ]


async def test_cycle_that_went_as_confirmed_is_counted_by_disposition(desk: Desk) -> None:
    _, decided, _ = await desk.file(), await desk.file(), await desk.file(entry_date="2026-01-12")
    await apply(
        desk.engine, [review_decided(decided, "refund", "-5.00", decision_id="d-1", decided_at="2027-01-13T15:00:00Z")]
    )
    desk.at(13, 18)
    await desk.file(importer_number=OTHER_IMPORTER)
    await hold(desk, "SYNTHETIC", OTHER_IMPORTER)
    desk.at(14, 18)
    await desk.confirm_sheet()
    await cycle(desk.engine, FRIDAY)
    report = await desk.report()
    assert (report["as_said"], report["differing"], report["differences"], report["revision"]) == (4, 0, [], 1)
    assert {(each["said"], each["did"], each["entries"]) for each in report["counts"]} == {
        ("as-entered", "as-entered", 1),
        ("by-decision", "by-decision", 1),
        ("deemed", "deemed", 1),
        ("held", "held", 1),
    }
    assert await desk.differing() == {}
    assert report["unseen"]["state"] == "unknown"  # this cycle asked no bus


async def test_report_lists_what_the_cycle_did_not_see(desk: Desk) -> None:
    await desk.file()
    desk.at(14, 18)
    await desk.confirm_sheet()
    await cycle(desk.engine, FRIDAY)
    at = datetime(2027, 1, 15, 18, tzinfo=UTC)
    unread = UnreadPartition("review-decided", 3, 2)
    async with transaction(desk.engine) as tx:
        await note_unseen(tx, FRIDAY, Unseen(at, (unread,), (StandingLetters("entry-filed", 1),)))
    assert (await desk.report())["unseen"] == {
        "state": "some",
        "as_of": "2027-01-15T18:00:00Z",
        "events": 2,
        "letters": 1,
        "unread": [{"topic": "review-decided", "partition": 3, "events": 2}],
        "dead_letters": [{"topic": "entry-filed", "letters": 1}],
    }


async def test_entries_that_the_cycle_left_out_are_told_with_their_reason(desk: Desk) -> None:
    stays, by_hand, extended, corrected = [await desk.file() for _ in range(4)]
    suspended = await desk.file(importer_number=OTHER_IMPORTER)
    await desk.confirm_sheet()
    desk.at(14, 20)
    extension = {"reason": "information-needed", "posted_on": "2027-01-12", "explanation": "SYNTHETIC."}
    await desk.act(f"/entries/{extended}/extensions", extension)
    await desk.act(f"/entries/{by_hand}/liquidations", {"basis": "as-entered", "explanation": "SYNTHETIC."})
    await desk.instruct(
        kind="suspend",
        ground="injunction",
        reference="24-00123",
        source="court-notice",
        message_number="1",
        noticed_on="2027-01-11",
        predicate={"importer_number": OTHER_IMPORTER},
    )
    # Filed in March with a later day of entry, but it came only after the sheet.
    late = entry_body(corrected, version=2, entry_date="2026-04-01", reasons=["H06"])
    await apply(desk.engine, [decoded("entry-corrected", late, time="2026-04-02T12:00:00Z")])
    async with transaction(desk.engine) as tx:
        came = "UPDATE entry_versions SET recorded_at = '2027-01-14T20:00:00Z' WHERE entry_number = $1 AND version = 2"
        await bulk.execute(tx, came, corrected)
    await cycle(desk.engine, FRIDAY)
    found = await desk.differing()
    assert found == {
        by_hand: ("left-out", "as-entered", None, "liquidated by hand"),
        extended: ("left-out", "as-entered", None, "extended since"),
        suspended: ("left-out", "as-entered", None, "suspended since"),
        corrected: ("left-out", "as-entered", None, "corrected since"),
    }
    report = await desk.report()
    assert (report["as_said"], report["differing"]) == (1, 4)
    assert stays not in found
    first = (await desk.call("GET", f"/cycles/{FRIDAY}/report/entries?limit=3&way=left-out")).json()
    rest = (await desk.call("GET", first["next"])).json()
    numbers = [each["entry_number"] for each in (*first["items"], *rest["items"])]
    assert numbers == sorted(found)
    assert await desk.differing("?why=extended%20since") == {extended: found[extended]}
    assert await desk.differing("?way=added") == {}


async def test_reason_stays_the_same_after_the_next_cycles(desk: Desk) -> None:
    by_hand, suspended = await desk.file(), await desk.file(importer_number=OTHER_IMPORTER)
    await desk.confirm_sheet()
    desk.at(14, 20)
    await desk.act(f"/entries/{by_hand}/liquidations", {"basis": "as-entered", "explanation": "SYNTHETIC."})
    message = {"ground": "injunction", "reference": "24-00123", "predicate": {"importer_number": OTHER_IMPORTER}}
    await desk.instruct(kind="suspend", source="court-notice", message_number="1", noticed_on="2027-01-14", **message)
    await cycle(desk.engine, FRIDAY)
    before = await desk.differing()
    desk.at(20, 18)
    await desk.instruct(kind="lift", source="court-notice", message_number="2", noticed_on="2027-01-19", **message)
    await cycle(desk.engine, date(2027, 1, 22))
    await cycle(desk.engine, date(2027, 7, 30))
    assert await desk.differing() == before
    assert before[suspended][3] == "suspended since"


async def test_entries_that_the_cycle_added_or_treated_otherwise_are_told_with_their_reason(desk: Desk) -> None:
    decided = await desk.file()
    case = [{"case_number": CASE, "rate_pct": "25.00", "deposit_usd": "10.00"}]
    lifted = await desk.file(entry_type="03", lines=[line(cases=case)])
    await desk.confirm_sheet()
    desk.at(14, 20)
    filed = entry_number()
    await apply(
        desk.engine,
        [
            review_decided(decided, "refund", "-5.00", decision_id="d-1", decided_at="2027-01-13T15:00:00Z"),
            decoded("entry-filed", entry_body(filed), time="2027-01-14T20:00:00Z"),
        ],
    )
    await desk.instruct(
        kind="lift",
        ground="adcvd-case",
        source="federal-register",
        message_number="1",
        noticed_on="2026-12-21",
        predicate={"case_numbers": [CASE]},
    )
    await cycle(desk.engine, FRIDAY)
    assert await desk.differing() == {
        decided: ("otherwise", "as-entered", "by-decision", "decision came"),
        filed: ("added", None, "as-entered", "filed since"),
        lifted: ("added", None, "as-entered", "suspension lifted since"),
    }
    counted = {(each["way"], each["why"], each["entries"]) for each in (await desk.report())["differences"]}
    assert counted == {
        ("otherwise", "decision came", 1),
        ("added", "filed since", 1),
        ("added", "suspension lifted since", 1),
    }


async def test_cycle_is_reported_as_it_ran_after_its_liquidation_was_voided(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [review_decided(number, "no-change", decision_id="d-1")])
    await desk.confirm_sheet()
    await cycle(desk.engine, FRIDAY)
    desk.at(20, 18)
    await desk.instruct(
        kind="suspend",
        ground="injunction",
        reference="24-00123",
        source="court-notice",
        message_number="1",
        noticed_on="2027-01-11",
        predicate={"importer_number": "07-345678900"},
    )
    voided = await desk.act(f"/entries/{number}/voided-liquidations", {"explanation": "SYNTHETIC."})
    assert voided["voided_liquidation_on"] == str(FRIDAY)
    report = await desk.report()
    assert (report["as_said"], report["differing"]) == (1, 0)
    assert report["counts"] == [{"said": "by-decision", "did": "by-decision", "entries": 1}]


async def test_entry_held_since_and_one_held_no_longer(desk: Desk) -> None:
    """A set that is applied, or lifted, between sheet and cut: made here by hand, since a sheet comes after the cut."""
    held, free = await desk.file(), await desk.file()
    await desk.confirm_sheet()
    async with transaction(desk.engine) as tx:
        await bulk.execute(tx, "UPDATE forecast_entries SET disposition = 'held' WHERE entry_number = $1", free)
        await bulk.execute(
            tx,
            "INSERT INTO held_entries (entry_number, hold_set_id, first_held_on, last_held_on, is_overridden)"
            " VALUES ($1, 'hold-1', $2, $2, false)",
            held,
            FRIDAY,
        )
    await cycle(desk.engine, FRIDAY)
    assert await desk.differing() == {
        held: ("left-out", "as-entered", "held", "held"),
        free: ("added", "held", "as-entered", "no longer held"),
    }


_YEAR = """
INSERT INTO entries (entry_number, state, version, governed_at, entry_date, scheduled_on, deemed_on, lane,
    liquidated_on, liquidation_posted_on, liquidation_cycle_on, liquidation_kind, liquidation_rule, effect_duty_cents,
    effect_fees_cents)
SELECT 'B76' || lpad(n::text, 8, '0'), 'liquidated', 1, DATE '2026-01-12', DATE '2026-01-12', scheduled, scheduled + 45,
    'no-review', scheduled, scheduled, scheduled, 'no-change', 'liquidation-date', 0, 0
FROM (SELECT n, DATE '2026-01-16' + n / 2000 * 7 AS scheduled FROM generate_series(1, 104000) AS n) dated
"""


async def test_report_reads_the_entries_of_one_cycle_by_its_index(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    async with transaction(engine) as tx:
        await bulk.execute(tx, _YEAR)
        await bulk.execute(
            tx,
            "INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule)"
            " SELECT entry_number, 'liquidation', 1, 'liquidated', 'liquidated', liquidated_on, 'x' FROM entries",
        )
        await bulk.execute(
            tx,
            "INSERT INTO forecast_entries SELECT liquidated_on, 1, entry_number, 'as-entered' FROM entries"
            " WHERE liquidated_on > '2026-06-01'",
        )
        await bulk.execute(tx, "ANALYZE entries, legal_events, forecast_entries")
        at = datetime(2026, 12, 17, 15, tzinfo=UTC)
        basis = Basis(date(2026, 12, 18), 1, 1, at, datetime(2026, 12, 18, 15, tzinfo=UTC), at, UNKNOWN)
        counts = await reports.count_compared(tx, basis)
        plan = "\n".join(row[0] for row in await bulk.fetch(tx, f"EXPLAIN {reports._COUNT}", *basis.arguments))
    assert [(each.said, each.did, each.entries) for each in counts] == [("as-entered", "as-entered", 2000)]
    assert "entries_of_cycle" in plan, plan
    assert "legal_events_by_hand" in plan, plan
    assert "Seq Scan on forecast_entries" not in plan, plan
    assert "Seq Scan on legal_events" not in plan, plan
