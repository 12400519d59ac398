"""Programs post what is due: acts, money and events of each entry, in two lanes that leave the same rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.liquidation.acts.program_days import count_days_near
from services.liquidation.acts.program_posting import post_chunk, post_programs
from services.liquidation.acts.program_reversals import reverse_confirmed
from services.liquidation.acts.program_standing import withdraw_aborted
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store.instructions import Instruction
from services.liquidation.store.tables.assessments import assessments
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.programs import program_postings, program_runs
from services.liquidation.store.tables.records import entries, legal_events, review_decisions
from services.liquidation.store.tables.refunds import refunds
from shared.db.transaction import transaction
from shared.runtime.slices import JobSession
from shared.runtime.together import together
from tests.integration.liquidation.builders import cycle, instruct, published, rows
from tests.integration.liquidation.program_office import (
    IEEPA,
    IMPORTER,
    LIQUIDATED,
    Office,
    duties,
    liquidated,
    open_office_on,
    program,
)

MONDAY = date(2026, 6, 15)


async def record_account(office: Office, **changes: Any) -> None:
    """The importer is a corporation that can be paid."""
    async with transaction(office.engine) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO importer_refund_accounts (importer_number, revision, effective_on, is_corporation,"
                " has_ach_enrollment, has_valid_bank_data, has_paper_waiver, recorded_by)"
                " VALUES (:importer, 1, '2026-01-01', true, true, true, false, 'k')"
            ),
            {"importer": IMPORTER},
        )


async def list_told(office: Office) -> list[Any]:
    """What programs told of entries."""
    return [
        each.data
        for each in await published(office.engine)
        if each.type == "gov.cbp.liquidation.entry-changed.v1" and each.data.program is not None
    ]


async def post(office: Office, on: date, **given: Any) -> int:
    office.on(on)
    return await post_programs(office.engine, office.clock, POLICY, **given)


@asynccontextmanager
async def posting_office(service_engine: Any, definition: dict[str, Any]) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        await office.release(definition)
        await record_account(office)
        yield office


@pytest.fixture
async def office(service_engine: Any) -> AsyncIterator[Office]:
    async with posting_office(service_engine, program()) as office:
        yield office


async def test_what_is_unliquidated_is_liquidated_after_its_days_and_refunded_with_interest(office: Office) -> None:
    number = await office.file()
    await office.declare([number])
    await office.judge()
    assert (await office.verdict(number))["state"] == "due"
    assert await post(office, date(2026, 6, 3)) == 0  # received on 20 April, and 45 days are not over
    assert await post(office, date(2026, 6, 5)) == 0  # a Friday
    assert await post(office, MONDAY) == 1
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (entry.state, entry.liquidated_on, entry.liquidation_kind) == ("liquidated", MONDAY, "refund")
    assert (entry.effect_duty_cents, entry.liquidation_cycle_on) == (-937_500, None)
    (posted,) = await rows(office.engine, program_postings)
    (assessed,) = await rows(office.engine, assessments)
    (refund,) = await rows(office.engine, refunds)
    assert (posted.lane, posted.act, posted.outcome, posted.headings) == ("set", "liquidate", "refund", [IEEPA])
    # 9,375.00 paid on 20 February 2026: 39 days at 6 %, 76 at 5 %, the rates of a corporation.
    assert (assessed.interest_change_cents, refund.refund_cents) == (-15_903, 953_403)
    assert (posted.removed_cents, posted.interest_cents, posted.refund_cents) == (937_500, 15_903, 953_403)
    assert (await office.verdict(number))["state"] == "posted"
    told = await list_told(office)
    assert [(each.change, each.kind, each.refund_usd) for each in told] == [("liquidated", "refund", "9534.03")]


async def test_what_is_liquidated_is_reliquidated_by_the_center_until_day_90(office: Office) -> None:
    number, liquidated_on = await liquidated(office)
    office.on(liquidated_on + timedelta(days=3))
    await office.declare([number])
    await office.judge()
    assert await post(office, date(2026, 12, 29)) == 1
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (entry.liquidated_on, entry.liquidation_kind, entry.effect_duty_cents) == (
        liquidated_on,
        "no-change",
        -937_500,
    )
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.act, posted.act_key, posted.writer) == ("reliquidate", "reliquidation:1", "center")
    told = await list_told(office)
    assert [(each.change, each.kind, each.protest_by) for each in told] == [
        ("reliquidated", "refund", date(2026, 12, 29) + timedelta(days=180))
    ]


async def test_edge_6_day_90_is_over_before_the_run(office: Office) -> None:
    number, liquidated_on = await liquidated(office)
    office.on(liquidated_on + timedelta(days=80))
    await office.declare([number])
    await office.judge()
    assert (await office.verdict(number))["state"] == "due"
    day = liquidated_on + timedelta(days=91)
    while day.weekday() > 3:
        day += timedelta(days=1)
    assert await post(office, day) == 0
    found = await office.verdict(number)
    assert (found["state"], found["code"]) == ("dropped", "too-near-day-90")
    (run,) = await rows(office.engine, program_runs)
    assert (run.state, run.dropped) == ("done", 1)


async def test_edge_8_a_suspended_entry_is_refunded_by_the_cycle_after_the_lift(office: Office) -> None:
    cases = [{"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "0.00"}]
    number = await office.file(
        duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "9375.00"), cases=cases),
        entry_type="03",
        entry_date="2025-03-03",
        import_date="2025-03-02",
        paid_on="2025-03-10",
        at="2025-03-03T19:00:00Z",
    )
    await office.declare([number])
    await office.judge()
    assert (await office.verdict(number))["state"] == "waiting"
    assert await post(office, MONDAY) == 0
    # The lift comes after the request: the entry was taken as a suspended one, and stays so.
    await lift(office, date(2026, 6, 22))
    office.on(date(2026, 6, 23))
    await office.judge()
    assert (await office.verdict(number))["code"] is None
    friday = date(2026, 6, 26)
    office.on(friday)
    await cycle(office.engine, friday)
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (entry.liquidated_on, entry.liquidation_kind, entry.effect_duty_cents) == (friday, "refund", -937_500)
    (assessed,) = await rows(office.engine, assessments)
    assert assessed.segments == [{"debtor": "cbp", "cents": 937_500, "start": "2025-03-10", "end": friday.isoformat()}]
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.lane, posted.act, posted.outcome) == ("cycle", "liquidate", "refund")
    assert (await office.verdict(number))["state"] == "posted"


async def lift(office: Office, on: date) -> None:
    """Commerce tells that the suspension of a case is over."""
    made_at = datetime(on.year, on.month, on.day, 15, tzinfo=UTC)
    draft = Instruction(
        instruction_id="SYNTHETIC-7000001",
        revision=1,
        kind="lift",
        ground="adcvd-case",
        reference=None,
        message_number="7000001",
        source="federal-register",
        noticed_on=on,
        predicate=EntryPredicate(case_numbers=("A570012000",)),
        state="draft",
        made_at=made_at,
        made_by="kim",
    )
    await instruct(office.engine, draft)


async def test_edge_7_a_deemed_entry_that_was_posted_yesterday_is_counted_from_its_day_in_law(office: Office) -> None:
    days = {"entry_date": "2025-03-03", "import_date": "2025-03-02", "paid_on": "2025-03-10"}
    deemed_on = date(2026, 3, 3)
    late = await office.file(**days, at="2025-03-03T19:00:00Z")
    await cycle(office.engine, date(2026, 6, 5), days_late=5)
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == late]
    assert (entry.liquidated_on, entry.liquidation_posted_on) == (deemed_on, date(2026, 6, 10))
    office.on(deemed_on + timedelta(days=100))
    declared = await office.declare([late])
    (told,) = await office.results(declared)
    assert (told["state"], told["code"]) == ("dropped", "final-1501")
    assert told["last_day"] == (deemed_on + timedelta(days=180)).isoformat()


async def test_edge_18_a_withdrawal_from_warehouse_is_refunded_when_it_liquidates(office: Office) -> None:
    number = await office.file(entry_type="31")
    await office.declare([number])
    await office.judge()
    assert (await office.verdict(number))["notes"][0] == "waits-warehouse"
    assert await post(office, MONDAY) == 0
    await cycle(office.engine, LIQUIDATED)
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (entry.liquidated_on, entry.effect_duty_cents) == (LIQUIDATED, -937_500)
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.lane, posted.cohort, posted.act) == ("cycle", "withdrawal", "with-warehouse-entry")
    assert (await office.verdict(number))["state"] == "posted"


async def test_a_cycle_that_takes_an_accepted_entry_has_posted_it_without_the_duty(office: Office) -> None:
    office.on(date(2026, 12, 1))
    number = await office.file()
    await office.declare([number])
    await office.judge()
    await cycle(office.engine, LIQUIDATED)
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (entry.liquidated_on, entry.liquidation_kind, entry.effect_duty_cents) == (LIQUIDATED, "refund", -937_500)
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.lane, posted.posted_on, posted.removed_cents) == ("cycle", LIQUIDATED, 937_500)
    assert (await office.verdict(number))["state"] == "posted"
    told = await list_told(office)
    assert [(each.change, each.program) for each in told] == [("liquidated", "ieepa-2026")]


async def make_due(office: Office, *, key: str = "d-1", count: int = 1) -> list[str]:
    numbers = [await office.file() for _ in range(count)]
    await office.declare(numbers, key=key)
    await office.judge()
    return numbers


async def act(office: Office, path: str, who: str, body: dict[str, Any] | None = None, *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or f"{path}-{who}"}
    return await office.call("POST", f"/programs/ieepa-2026/{path}", office.staff(who), json=body, headers=headers)


async def test_a_paused_program_posts_nothing_until_it_is_resumed(office: Office) -> None:
    await make_due(office)
    office.on(MONDAY)
    paused = await act(office, "pauses", "kim", {"act": "pause", "reason": "Amounts are looked at again."})
    assert paused.json()["standing"] == "paused"
    assert await post(office, MONDAY) == 0
    again = await act(office, "pauses", "kim", {"act": "pause", "reason": "Twice."}, key="twice")
    assert (again.status_code, again.json()["code"]) == (409, "program-standing")
    resumed = await act(office, "pauses", "lee", {"act": "resume", "reason": "They are right."})
    assert resumed.json()["standing"] == "running"
    assert await post(office, MONDAY) == 1
    history = (await office.ok("GET", "/programs/ieepa-2026", office.staff("kim")))["history"]
    assert [each["change"] for each in history[-2:]] == ["paused", "resumed"]


async def test_the_run_of_a_day_goes_on_where_a_pause_stopped_it(office: Office) -> None:
    await make_due(office, count=3)
    office.on(MONDAY)
    async with transaction(office.engine) as tx:
        assert await post_chunk(tx, "ieepa-2026", office.clock.now(), POLICY, chunk=1) is not None
    await act(office, "pauses", "kim", {"act": "pause", "reason": "Amounts are looked at again."})
    assert [row.state for row in await rows(office.engine, program_runs)] == ["stopped"]
    assert await post(office, MONDAY) == 0
    await act(office, "pauses", "lee", {"act": "resume", "reason": "They are right."})
    assert await post(office, MONDAY) == 2
    (run,) = await rows(office.engine, program_runs)
    assert (run.state, run.set_based) == ("done", 3)


async def test_a_stay_is_lifted_to_where_the_program_stood(office: Office) -> None:
    async def standing(path: str, what: str) -> tuple[str, bool]:
        body = {"act": what, "reason": "SYNTHETIC."} if path != "aborts" else {"reason": "SYNTHETIC."}
        told = (await act(office, path, "kim", body, key=f"{path} {what} {len(seen)}")).json()
        seen.append(what)
        return told["standing"], told["is_stayed"]

    seen: list[str] = []
    assert await standing("pauses", "pause") == ("paused", False)
    assert await standing("stays", "stay") == ("stayed", True)
    assert await standing("stays", "lift") == ("paused", False)
    assert await standing("stays", "stay") == ("stayed", True)
    assert await standing("aborts", "abort") == ("aborted", True)  # who aborts it lifts no stay: nothing is paid
    again = await act(office, "stays", "kim", {"act": "stay", "reason": "SYNTHETIC."}, key="again")
    assert (again.status_code, again.json()["code"]) == (409, "program-standing")
    assert await standing("stays", "lift") == ("aborted", False)
    assert await standing("stays", "stay") == ("stayed", True)
    assert (await office.send("Entry number\nx\n", key="d-9")).json()["code"] == "program-closed"


async def test_an_aborted_program_gives_back_what_it_has_not_posted(office: Office) -> None:
    (number,) = await make_due(office)
    office.on(MONDAY)
    aborted = await act(office, "aborts", "kim", {"reason": "SYNTHETIC mandate."})
    assert aborted.json()["standing"] == "aborted"
    assert await withdraw_aborted(office.engine, office.clock, LAW.cycle, LAW) == 1
    assert (await office.verdict(number))["state"] == "withdrawn"
    assert await post(office, MONDAY) == 0
    # A correction that had waited for the refund governs now, and no decision of the program waits for a cycle.
    await office.correct(number, 2, duties(("8471300100", 1, "0.00")), at="2026-06-16T19:00:00Z")
    (entry,) = await rows(office.engine, entries)
    assert entry.version == 2
    assert {row.status for row in await rows(office.engine, review_decisions)} == {"withdrawn"}
    refused = await office.send(f"Entry number\n{number}\n", key="d-2")
    assert (refused.status_code, refused.json()["code"]) == (409, "program-closed")


async def test_a_reversal_is_asked_by_one_confirmed_by_another_and_bills_the_duty_again(office: Office) -> None:
    (number,) = await make_due(office)
    assert await post(office, MONDAY) == 1
    office.on(MONDAY + timedelta(days=30))
    body = {"entries": [number], "by": "center", "reason": "SYNTHETIC order was reversed."}
    assert (await act(office, "reversals", "kim", body)).json()["entries"] == 1
    own = await act(office, "reversals/confirmations", "kim")
    assert (own.status_code, own.json()["code"]) == (403, "second-person-required")
    assert (await act(office, "reversals/confirmations", "lee")).json()["entries"] == 1
    assert await reverse_confirmed(office.engine, office.clock, POLICY) == 1
    (entry,) = await rows(office.engine, entries)
    assert (entry.effect_duty_cents, entry.liquidated_on) == (0, MONDAY)
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.reversal, posted.reversed_key) == ("done", "reliquidation:1")
    acts = {each.event_key: each.authority for each in await rows(office.engine, legal_events)}
    history = (await office.ok("GET", "/programs/ieepa-2026", office.staff("kim")))["history"]
    assert acts["reliquidation:1"] == history[-1]["authority"] == "program.release/national"
    # The refund was not paid yet: it ends, and nothing is owed by either side.
    assert [row.state for row in await rows(office.engine, refunds)] == ["replaced"]
    nothing = await act(office, "reversals", "kim", body, key="again")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-reverse")


async def test_a_reversal_bills_nothing_that_was_not_given_back(office: Office) -> None:
    """A refund of less than 20 dollars was disregarded: there is nothing to take back."""
    small = await liquidated(office, duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "15.00")))
    office.on(small[1] + timedelta(days=3))
    await office.declare([small[0]])
    await office.judge()
    assert await post(office, date(2026, 12, 29)) == 1
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.outcome, posted.removed_cents) == ("no-change", 1_500)
    await act(office, "reversals", "kim", {"by": "center", "reason": "SYNTHETIC order was reversed."})
    await act(office, "reversals/confirmations", "lee")
    await reverse_confirmed(office.engine, office.clock, POLICY)
    (posted,) = await rows(office.engine, program_postings)
    assert (posted.reversal, posted.reversal_code) == ("refused", "removal-gone")
    assert await rows(office.engine, bills) == []


async def test_a_reversal_takes_back_what_the_program_removed_of_its_goods_alone(service_engine: Any) -> None:
    goods = program()["goods"] | {"origins": ["CN"]}
    async with posting_office(service_engine, program(goods=goods)) as office:
        of_program = duties(("8471300100", 1_000, "0.00"), (IEEPA, 0, "100.00"))
        of_others = duties(("8471300100", 1_000, "0.00"), (IEEPA, 0, "80.00"), number=2, country_of_origin="VN")
        number = await office.file(of_program, of_others)
        await office.declare([number])
        await office.judge()
        assert await post(office, MONDAY) == 1
        await act(office, "reversals", "kim", {"by": "center", "reason": "SYNTHETIC order was reversed."})
        await act(office, "reversals/confirmations", "lee")
        await reverse_confirmed(office.engine, office.clock, POLICY)
        (posted,) = await rows(office.engine, program_postings)
        assert (posted.reversal, posted.removed_cents) == ("done", 10_000)
        assessed = {row.act_key: row for row in await rows(office.engine, assessments)}
        assert assessed[posted.reversed_key].found["additional-duty"] == 18_000


async def test_a_reversal_that_the_law_does_not_allow_any_more_is_refused_and_told(office: Office) -> None:
    (number,) = await make_due(office)
    assert await post(office, MONDAY) == 1
    office.on(MONDAY + timedelta(days=120))
    await act(office, "reversals", "kim", {"by": "center", "reason": "SYNTHETIC order was reversed."})
    await act(office, "reversals/confirmations", "lee")
    await reverse_confirmed(office.engine, office.clock, POLICY)
    progress = await office.ok("GET", "/programs/ieepa-2026/progress", office.staff("kim"))
    assert progress["reversals"] == [{"state": "refused", "code": "too-late", "entries": 1, "removed_usd": "9375.00"}]
    (entry,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert entry.effect_duty_cents == -937_500


async def test_progress_says_how_fast_it_goes_and_which_days_come_near(office: Office) -> None:
    number, liquidated_on = await liquidated(office)
    office.on(liquidated_on + timedelta(days=70))
    await office.declare([number])
    await office.judge()
    office.on(liquidated_on + timedelta(days=86))
    progress = await office.ok("GET", "/programs/ieepa-2026/progress", office.staff("kim"))
    last_day = (liquidated_on + timedelta(days=90)).isoformat()
    assert (progress["days_near"], progress["first_last_day"], progress["run"]) == (1, last_day, None)
    days = (await office.ok("GET", "/programs/ieepa-2026/days", office.staff("kim")))["items"]
    assert [(each["entry_number"], each["last_day"], each["is_over"]) for each in days] == [(number, last_day, False)]
    async with transaction(office.engine) as tx:
        assert await count_days_near(tx, liquidated_on + timedelta(days=86)) == {"ieepa-2026": 1}
        assert await count_days_near(tx, liquidated_on + timedelta(days=84)) == {"ieepa-2026": 0}
    await post(office, liquidated_on + timedelta(days=87))
    progress = await office.ok("GET", "/programs/ieepa-2026/progress", office.staff("kim"))
    assert progress["days_near"] == 0
    assert progress["run"]["posted"] == 1
    runs = (await office.ok("GET", "/programs/ieepa-2026/runs", office.staff("kim")))["items"]
    assert [(each["run"], each["state"], each["refund_usd"]) for each in runs] == [
        (1, "done", progress["run"]["refund_usd"])
    ]


async def test_runs_days_and_losses_are_told_page_by_page(office: Office) -> None:
    for key in ("d-1", "d-2"):
        await make_due(office, key=key)
        assert await post(office, MONDAY if key == "d-1" else MONDAY + timedelta(days=49)) == 1
    lost = [await office.file() for _ in range(2)]
    await cycle(office.engine, LIQUIDATED)
    days = {"entry_date": "2026-02-20", "import_date": "2026-02-19", "paid_on": "2026-02-22"}
    waits = [await office.file(**days) for _ in range(2)]
    office.on(LIQUIDATED)
    await office.declare(waits, key="d-3")
    await office.judge()

    async def walk(path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        link: str | None = f"/programs/ieepa-2026/{path}"
        while link is not None:
            page = await office.ok("GET", link, office.staff("kim"))
            assert len(page["items"]) == 1
            found += page["items"]
            link = page["next"]
        return found

    assert [each["run"] for each in await walk("runs?limit=1")] == [2, 1]
    assert [each["entry_number"] for each in await walk("days?within=366&limit=1")] == sorted(waits)
    assert [each["entry_number"] for each in await walk("lost-to-clock?limit=1")] == sorted(lost)


async def test_edge_24_what_the_clock_took_undeclared_is_listed_with_its_protest_day(office: Office) -> None:
    number, liquidated_on = await liquidated(office)
    (lost,) = (await office.ok("GET", "/programs/ieepa-2026/lost-to-clock", office.staff("kim")))["items"]
    assert (lost["entry_number"], lost["liquidated_on"]) == (number, liquidated_on.isoformat())
    assert lost["protest_by"] == (liquidated_on + timedelta(days=180)).isoformat()
    assert lost["despite_hold"] is False


async def test_at_most_so_many_entries_are_posted_in_a_day(service_engine: Any) -> None:
    given = program(posting={"days": ["mon", "tue"], "max_per_day": 2})
    async with posting_office(service_engine, given) as office:
        await make_due(office, count=3)
        assert await post(office, MONDAY) == 2
        assert await post(office, MONDAY) == 0
        assert await post(office, MONDAY + timedelta(days=1)) == 1
        assert [row.state for row in await rows(office.engine, program_runs)] == ["stopped", "done"]


async def test_it_waits_while_too_much_is_to_be_published_or_for_too_long(service_engine: Any) -> None:
    given = program(posting={"days": ["mon"], "pause_outbox": 1_000, "pause_lag_seconds": 60})
    async with posting_office(service_engine, given) as office:
        await make_due(office)
        for changed, posted in (
            ("UPDATE outbox SET added_at = now() - interval '70 seconds' WHERE id = (SELECT min(id) FROM outbox)", 0),
            ("UPDATE outbox SET added_at = now()", 1),
        ):
            async with transaction(office.engine) as tx:
                await tx.connection.execute(text(changed))
            assert await post(office, MONDAY) == posted


async def test_two_workers_take_disjoint_ranges(office: Office) -> None:
    await make_due(office, count=12)
    office.on(MONDAY)
    posted = await together(*(post_programs(office.engine, office.clock, POLICY, parts=3, chunk=2) for _ in range(3)))
    assert sum(posted) == 12
    (run,) = await rows(office.engine, program_runs)
    assert (run.state, run.set_based, run.careful) == ("done", 12, 0)


async def test_what_two_programs_remove_is_refunded_once(office: Office) -> None:
    (number,) = await make_due(office)
    second = program(program="other-order", declaring=program()["declaring"])
    await office.release(second)
    await office.declare([number], key="d-2", program="other-order")
    await office.judge()
    assert (await office.verdict(number, "other-order"))["code"] == "effects-overlap"
    assert await post(office, MONDAY) == 1
    await office.judge()
    assert (await office.verdict(number, "other-order"))["code"] == "effects-overlap"


async def test_two_programs_on_an_entry_post_one_after_the_other_each_its_own_duty(office: Office) -> None:
    """One act makes one refund: a program waits while the effect of another does."""
    both = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "40.00"), ("99030125", 0, "60.00"))
    kept = duties(("8471300100", 125_000, "0.00"), ("99038815", 0, "200.00"), number=2)
    first = [each for each in program()["removes"] if each["headings"] == "99030120-99030124"]
    assert first
    other = [{"headings": "99030125"}]
    await office.release(program(removes=first), revision=2)
    await office.release(program(program="other-order", removes=other))
    number = await office.file(both, kept)
    await office.declare([number])
    await office.declare([number], key="d-2", program="other-order")
    await office.judge()
    assert (await office.verdict(number))["state"] == "due"
    assert (await office.verdict(number, "other-order"))["code"] == "effects-overlap"
    assert await post(office, MONDAY) == 1
    await office.judge()
    assert (await office.verdict(number, "other-order"))["state"] == "due"
    assert await post(office, MONDAY + timedelta(days=1)) == 1
    told = {row.program: (row.act, row.removed_cents) for row in await rows(office.engine, program_postings)}
    assert told == {"ieepa-2026": ("liquidate", 4_000), "other-order": ("reliquidate", 6_000)}
    (entry,) = await rows(office.engine, entries)
    assert entry.effect_duty_cents == -10_000


async def test_an_entry_that_cannot_be_posted_is_set_aside_and_holds_up_no_other(office: Office) -> None:
    numbers = sorted(await make_due(office, count=12))
    async with transaction(office.engine) as tx:
        given = {"number": numbers[4]}
        await tx.connection.execute(text("UPDATE entry_versions SET body = '{}' WHERE entry_number = :number"), given)
        await tx.connection.execute(
            text(
                "INSERT INTO deposit_facts (entry_number, revision, required_on, recorded_by)"
                " VALUES (:number, 1, '2026-02-25', 'k')"
            ),
            given,
        )
    office.on(MONDAY)
    session = JobSession("post-programs", office.engine, office.clock)
    assert await post_programs(session, office.clock, POLICY, chunk=10) == 11
    (run,) = await rows(office.engine, program_runs)
    assert (run.state, run.set_based, run.dropped) == ("done", 11, 1)
    async with transaction(office.engine) as tx:
        kept = list(await tx.connection.scalars(text("SELECT key FROM rows_set_aside")))
    assert kept == [f"ieepa-2026/{numbers[4]}"]
    assert (await office.verdict(numbers[4]))["state"] == "due"
