"""Runs of programs over a day: what comes due late, what comes first, whose turn it is; found by indexes."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.liquidation.acts.payment_closing import close_payments
from services.liquidation.acts.program_judging import judge_again
from services.liquidation.acts.program_posting import PostingTurns, post_chunk, post_programs
from services.liquidation.acts.program_proofs import seal_ended
from services.liquidation.acts.program_turns import work_in_turns
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY, PaymentPolicy
from services.liquidation.store import program_reversals, program_runs
from services.liquidation.store.program_runs import Part
from services.liquidation.store.tables.payments import payments
from services.liquidation.store.tables.programs import declared_entries, program_postings, program_run_parts
from services.liquidation.store.tables.programs import program_runs as run_table
from shared.db import bulk
from shared.db.transaction import Transaction, transaction
from shared.runtime.slices import JobSession
from tests.integration.liquidation.builders import rows
from tests.integration.liquidation.program_office import Office, program
from tests.integration.liquidation.test_liquidation_posting import MONDAY, make_due, post, posting_office

TUESDAY = MONDAY + timedelta(days=1)


def at_once(**changes: Any) -> dict[str, Any]:
    """The model of the first program, which waits for no days before it liquidates."""
    cohorts = [each | ({"after_days": 0} if "after_days" in each else {}) for each in program()["cohorts"]]
    return program(cohorts=cohorts, **changes)


async def entered(office: Office, *days: str) -> list[str]:
    """Entries of these days, asked for and due: each is deemed liquidated a year after its own."""
    numbers = [await office.file(entry_date=day, import_date=day, paid_on=day) for day in days]
    await office.declare(numbers, key="-".join(days))
    await office.judge()
    return numbers


async def list_posted(office: Office, on: date) -> list[str]:
    """What was posted on a day, in order of number."""
    return sorted(each.entry_number for each in await rows(office.engine, program_postings) if each.posted_on == on)


async def test_a_run_that_is_through_takes_up_what_comes_due_until_its_day_ends(service_engine: Any) -> None:
    async with posting_office(service_engine, at_once()) as office:
        await make_due(office)
        assert await post(office, MONDAY) == 1
        assert [each.state for each in await rows(office.engine, run_table)] == ["done"]
        await make_due(office, key="d-2", count=2)
        # It is neither sealed nor paid while its day goes on.
        assert await seal_ended(office.engine, office.clock) == 0
        assert await close_payments(office.engine, office.clock, POLICY, PaymentPolicy(29)) == 0
        office.on(MONDAY, hour=20)
        assert await post_programs(office.engine, office.clock, POLICY) == 2
        (run,) = await rows(office.engine, run_table)
        assert (run.run, run.state, run.set_based, run.removed_cents) == (1, "done", 3, 3 * 937_500)
        office.on(TUESDAY)
        assert await seal_ended(office.engine, office.clock) == 1
        assert await close_payments(office.engine, office.clock, POLICY, PaymentPolicy(29)) == 1
        (paid,) = await rows(office.engine, payments)
        (run,) = await rows(office.engine, run_table)
        assert (paid.refunds, paid.posted_on, run.leaves) == (3, MONDAY, 3)
        await make_due(office, key="d-3")
        assert await post_programs(office.engine, office.clock, POLICY) == 1
        told = sorted((each.run, each.set_based) for each in await rows(office.engine, run_table))
        assert told == [(1, 3), (2, 1)]


async def test_the_rate_of_a_run_is_that_of_when_it_was_last_gone_on_with(service_engine: Any) -> None:
    async with posting_office(service_engine, at_once()) as office:

        async def post_one(*, minute: int) -> None:
            office.clock.advance(timedelta(minutes=minute))
            async with transaction(office.engine) as tx:
                assert await post_chunk(tx, "ieepa-2026", office.clock.now(), POLICY, chunk=1) is not None

        await make_due(office, count=3)
        office.on(MONDAY)
        for minute in (0, 1, 1, 1):  # three entries in two minutes, and nothing after the third
            await post_one(minute=minute)
        progress = await office.ok("GET", "/programs/ieepa-2026/progress", office.staff("kim"))
        assert (progress["run"]["state"], progress["entries_per_second"]) == ("done", round(3 / 120, 1))
        office.on(MONDAY, hour=20)
        await make_due(office, key="d-2", count=30)
        async with transaction(office.engine) as tx:
            assert await post_chunk(tx, "ieepa-2026", office.clock.now(), POLICY, chunk=20) is not None
        office.clock.advance(timedelta(seconds=10))
        async with transaction(office.engine) as tx:
            assert await post_chunk(tx, "ieepa-2026", office.clock.now(), POLICY, chunk=10) is not None
        progress = await office.ok("GET", "/programs/ieepa-2026/progress", office.staff("kim"))
        assert (progress["run"]["posted"], progress["entries_per_second"]) == (33, 3.0)


async def test_a_run_whose_payments_are_being_made_takes_nothing_more(service_engine: Any) -> None:
    """A worker whose clock still says the day that others have ended."""
    async with posting_office(service_engine, at_once()) as office:
        await make_due(office)
        assert await post(office, MONDAY) == 1
        late = office.clock.now()
        office.on(TUESDAY)
        await close_payments(office.engine, office.clock, POLICY, PaymentPolicy(29))
        await make_due(office, key="d-2")
        async with transaction(office.engine) as tx:
            assert await post_chunk(tx, "ieepa-2026", late, POLICY) is None
        assert len(await rows(office.engine, program_postings)) == 1


async def test_what_could_not_be_posted_is_looked_at_once_a_day_and_again_when_it_changes(office: Office) -> None:
    numbers = sorted(await make_due(office, count=3))
    async with transaction(office.engine) as tx:
        given = {"number": numbers[1]}
        await tx.connection.execute(text("UPDATE entry_versions SET body = '{}' WHERE entry_number = :number"), given)
        fact = (
            "INSERT INTO deposit_facts (entry_number, revision, required_on, recorded_by)"
            " VALUES (:number, 1, '2026-02-25', 'k')"
        )
        await tx.connection.execute(text(fact), given)
    office.on(MONDAY)
    session = JobSession("post-programs", office.engine, office.clock)
    assert await post_programs(session, office.clock, POLICY) == 2
    parts = await rows(office.engine, program_run_parts)
    for _ in range(3):  # each minute
        assert await post_programs(session, office.clock, POLICY) == 0
    assert await rows(office.engine, program_run_parts) == parts
    (left,) = [each for each in await rows(office.engine, declared_entries) if each.state == "due"]
    assert (left.entry_number, left.looked_on, left.due_on) == (numbers[1], MONDAY, date(2026, 6, 4))
    # What changes of it is looked at again on the same day: here its last day, by an extension.
    async with transaction(office.engine) as tx:
        given = {"number": numbers[1], "later": left.act_by + timedelta(days=365)}
        await tx.connection.execute(text("UPDATE entries SET deemed_on = :later WHERE entry_number = :number"), given)
        await tx.connection.execute(text("DELETE FROM deposit_facts"))
    await judge_again(office.engine, office.clock, LAW.cycle, LAW)
    (changed,) = [each for each in await rows(office.engine, declared_entries) if each.state == "due"]
    assert (changed.act_by, changed.looked_on) == (given["later"], None)


async def test_of_what_a_day_takes_the_nearest_legal_day_comes_first(service_engine: Any) -> None:
    given = at_once(posting={"days": ["mon", "tue", "wed"], "max_per_day": 2})
    async with posting_office(service_engine, given) as office:
        numbers = await entered(office, "2026-02-20", "2026-02-12", "2026-02-16", "2026-02-12")
        assert numbers == sorted(numbers)  # by number the last day would come first
        assert await post(office, MONDAY, chunk=1) == 2
        assert await list_posted(office, MONDAY) == [numbers[1], numbers[3]]
        assert await post(office, TUESDAY, chunk=1) == 2
        assert await list_posted(office, TUESDAY) == [numbers[0], numbers[2]]
        # What comes due later on a day that is not full: again the nearest first, until it is.
        wednesday = TUESDAY + timedelta(days=1)
        assert await post(office, wednesday) == 0
        later = await entered(office, "2026-02-19", "2026-02-11", "2026-02-14")
        assert await post(office, wednesday, chunk=1) == 2
        assert await list_posted(office, wednesday) == [later[1], later[2]]
        told = sorted((each.run, each.state, each.set_based) for each in await rows(office.engine, run_table))
        assert told == [(1, "stopped", 2), (2, "stopped", 2), (3, "stopped", 2)]


async def test_programs_take_turns_and_none_waits_for_another_to_be_through(office: Office) -> None:
    await make_due(office, count=3)
    await office.release(program(program="other-order", removes=[{"headings": "99030125"}]))
    others = [
        await office.file(
            {
                "line_number": 1,
                "description": "x",
                "country_of_origin": "CN",
                "country_of_export": "CN",
                "manufacturer_id": "CNABCELE123SHE",
                "preference": None,
                "cases": [],
                "quantities": [],
                "fees": [],
                "tariffs": [
                    {"hts": "8471300100", "value_usd": 100, "duty_usd": "0.00"},
                    {"hts": "99030125", "value_usd": 0, "duty_usd": "50.00"},
                ],
            }
        )
        for _ in range(2)
    ]
    await office.declare(others, key="d-2", program="other-order")
    await office.judge()
    office.on(MONDAY)
    turns = PostingTurns(office.engine, office.clock, POLICY, chunk=1)
    seen = []
    for _ in range(5):
        _, goes_on = await turns.take()
        posted = [each.program for each in await rows(office.engine, program_postings)]
        seen.append((posted.count("ieepa-2026"), posted.count("other-order"), goes_on))
    assert seen == [(1, 1, True), (2, 2, True), (3, 2, True), (3, 2, True), (3, 2, False)]


async def test_one_job_gives_back_reverses_and_posts_in_turns(office: Office) -> None:
    (first,) = await make_due(office)
    assert await post(office, MONDAY) == 1
    number = await office.file()
    await office.release(at_once(program="other-order"))
    await office.declare([number], key="d-2", program="other-order")
    await office.judge()
    for path, who, body in (
        ("reversals", "kim", {"by": "center", "reason": "SYNTHETIC order was reversed."}),
        ("reversals/confirmations", "lee", {"request": 1}),
    ):
        headers = {"Idempotency-Key": path}
        await office.ok("POST", f"/programs/ieepa-2026/{path}", office.staff(who), json=body, headers=headers)
    (waits,) = await make_due(office, key="d-3")
    headers = {"Idempotency-Key": "abort"}
    reason = {"reason": "SYNTHETIC mandate."}
    await office.ok("POST", "/programs/ieepa-2026/aborts", office.staff("kim"), json=reason, headers=headers)
    assert await work_in_turns(office.engine, office.clock, LAW.cycle, LAW, POLICY) == 3
    assert (await office.verdict(waits))["state"] == "withdrawn"
    assert (await office.verdict(number, "other-order"))["state"] == "posted"
    (posted,) = [each for each in await rows(office.engine, program_postings) if each.entry_number == first]
    assert posted.reversal == "done"
    assert await work_in_turns(office.engine, office.clock, LAW.cycle, LAW, POLICY) == 0


_DECLARED = """
INSERT INTO declared_entries (declaration_id, row_number, program, entry_number, state, due_on, act_by, looked_on)
SELECT 'd', n, CASE WHEN n % 5 = 0 THEN 'other' ELSE 'big' END, 'B76' || lpad(n::text, 8, '0'),
    CASE WHEN n % 7 = 0 THEN 'posted' ELSE 'due' END, DATE '2026-06-15' + (n % 2) * 30,
    DATE '2026-07-01' + n % 300, CASE WHEN n % 10 = 0 THEN DATE '2026-06-15' END
FROM generate_series(1, 80000) AS n
"""
_POSTED = """
INSERT INTO program_postings (entry_number, program, run, posted_on, revision, version, declaration_id, row_number,
    importer_number, cohort, act, writer, lane, act_key, sequence, liquidated_on, headings, removed_cents, outcome,
    posted_at, leaf, reversal)
SELECT 'B76' || lpad(n::text, 8, '0'), 'big', 1, '2026-06-15', 1, 1, 'd', n, 'i', 'c', 'a', 'w', 'l', 'k', 1,
    '2026-06-15', '{}', 1, 'refund', now(), '', CASE WHEN n % 100 = 0 THEN 'asked' WHEN n % 101 = 0 THEN 'confirmed' END
FROM generate_series(1, 60000) AS n
"""


async def explain(tx: Transaction, statement: str, *arguments: Any) -> str:
    analyzed = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "
    return "\n".join(row[0] for row in await bulk.fetch(tx, analyzed + statement, *arguments))


async def test_what_a_chunk_takes_is_found_along_an_index_however_much_waits(service_engine: Any) -> None:
    engine = await service_engine("liquidation")
    async with transaction(engine) as tx:
        await bulk.execute(tx, _DECLARED)
        await bulk.execute(tx, _POSTED)
        await bulk.execute(tx, "ANALYZE declared_entries, program_postings")
        await program_runs.plan_anew(tx)
        first = await explain(tx, program_runs._BY_DAYS, "big", MONDAY, 100, "-infinity", "")
        midway = await explain(tx, program_runs._BY_DAYS, "big", MONDAY, 100, "2026-12-01", "B7600000100")
        numbers = await explain(tx, program_runs._NUMBERS, "big", MONDAY, 100, "B7600040000", None)
        rest = await explain(tx, program_runs._REST, "big", MONDAY, 100)
        nothing = await explain(tx, program_runs._HAS_READY, "big", date(2026, 6, 14))
        capped = await explain(tx, program_runs._REST_BY_DAYS, "big", date(2026, 6, 14), 100)
        confirmed = await explain(tx, program_reversals._CONFIRMED, "big", 100, [])
        reversing = await explain(tx, program_reversals._REVERSING)
        part = Part(1, "", None, "days")
        chunk, reached = await program_runs.list_next(tx, "big", part, MONDAY, 3)
        again, _ = await program_runs.list_next(tx, "big", part._replace(reached=reached), MONDAY, 3)
    for plan in (first, midway):
        assert "declared_entries_first" in plan, plan
    assert "declared_entries_due" in numbers, numbers
    for plan in (rest, nothing, capped):
        assert "declared_entries_ready" in plan, plan
    assert "program_postings_reversal" in confirmed, confirmed
    for plan in (first, midway, numbers, rest, nothing, confirmed):
        assert "Sort" not in plan, plan
    for plan in (first, midway, numbers, rest, nothing, capped, confirmed, reversing):
        assert "Seq Scan on declared_entries" not in plan, plan
        assert "Seq Scan on program_postings" not in plan, plan
        for line in plan.splitlines():
            assert "Rows Removed by Filter" not in line or int(line.rpartition(" ")[2]) < 1_000, plan
    # Those of 1 July were looked at today, those of the 2nd are not due yet, and 602 of the 3rd is posted.
    assert chunk == ["B7600000002", "B7600000302", "B7600000902"]
    assert min(again) > max(chunk)


@pytest.fixture
async def office(service_engine: Any) -> Any:
    async with posting_office(service_engine, program()) as found:
        yield found
