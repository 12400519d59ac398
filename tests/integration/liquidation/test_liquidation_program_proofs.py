"""Proofs over HTTP: what a run did to an entry, under the root of the run, and read again without any database."""

import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.program_proofs import seal_ended, seal_run
from services.liquidation.domain.program.merkle import EMPTY_ROOT, find_root, hash_leaf
from services.liquidation.domain.program.proof_checks import Published, check_proof
from services.liquidation.domain.program.proving import leaf_digest
from services.liquidation.store.tables.programs import program_run_blocks, program_runs
from shared.db.transaction import transaction
from tests.integration.liquidation.builders import rows
from tests.integration.liquidation.program_office import IEEPA_MODEL, IMPORTER, Office, open_office_on, program
from tests.support.program_postings import begin_run, post

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
CODE = "ieepa-2026"
DAY = date(2026, 5, 20)
PERSON = "900-12-3456"
PAID = {"entry_date": "2025-03-02", "import_date": "2025-03-01", "paid_on": "2025-03-12"}


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        yield office


async def posted(office: Office, entries: int = 3, definition: dict[str, Any] = IEEPA_MODEL) -> list[str]:
    """So many entries of a natural person, reliquidated in one run that is sealed."""
    await office.release(definition)
    office.on(DAY)
    numbers = [await office.file(at="2025-03-02T19:00:00Z", importer_number=PERSON, **PAID) for _ in range(entries)]
    await begin_run(office.engine, CODE, 1, DAY)
    await post(office.engine, CODE, 1, dict.fromkeys(numbers, 937_500), DAY)
    await seal_ended(office.engine, office.clock)
    return numbers


async def proof_of(office: Office, number: str) -> dict[str, Any]:
    return await office.ok("GET", f"/programs/{CODE}/entries/{number}/proof", office.staff("kim"))


async def test_proof_tells_act_money_by_quarters_and_path_and_holds_against_the_published_root(office: Office) -> None:
    numbers = await posted(office)
    (run,) = await rows(office.engine, program_runs)
    for number in numbers:
        proof = await proof_of(office, number)
        # The vector of the design: 9,375.00 paid on 2025-03-12 and reliquidated on 2026-05-20.
        assert (proof["posted"]["interest_usd"], proof["posted"]["refund_usd"]) == ("799.68", "10174.68")
        assert proof["lines"] == [
            {
                "line_number": 1,
                "hts": "99030124",
                "before_usd": "9375.00",
                "removed_usd": "9375.00",
                "after_usd": "0.00",
            }
        ]
        (segment,) = proof["money"]["segments"]
        assert [(each["quarter"], each["days"], each["rate_pct"]) for each in segment["rates"]] == [
            ("2025-Q1", 19, "7"),
            ("2025-Q2", 91, "7"),
            ("2025-Q3", 92, "7"),
            ("2025-Q4", 92, "7"),
            ("2026-Q1", 90, "7"),
            ("2026-Q2", 50, "6"),
        ]
        assert proof["told"]["importer_number"] == "***-**-3456"
        assert proof["told"]["refund"]["state"] == "waiting-for-enrollment"
        assert check_proof(proof, Published(run.root, run.leaves)) == []
        assert check_proof(json.loads(json.dumps(proof)), None) == []
    assert run.leaves == len(numbers)


async def test_proof_is_there_before_its_run_is_sealed_and_says_that_it_proves_nothing_yet(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    number = await office.file(importer_number=PERSON)
    office.on(DAY)
    await begin_run(office.engine, CODE, 1, DAY, is_over=False)
    await post(office.engine, CODE, 1, {number: 937_500}, DAY)
    assert await seal_ended(office.engine, office.clock) == 0
    proof = await proof_of(office, number)
    assert proof["tree"] is None
    assert [each.field for each in check_proof(proof, None)] == ["tree"]


async def test_whatever_a_proof_says_of_act_lines_and_money_is_found_when_it_is_changed(office: Office) -> None:
    """Every field of every shape of proof: tests/unit/liquidation/test_liquidation_proofs.py."""
    numbers = await posted(office, 5)
    (run,) = await rows(office.engine, program_runs)
    published = Published(run.root, run.leaves)
    proof = await proof_of(office, numbers[2])
    del proof["told"]
    assert check_proof(proof, published) == []
    for part, fields in {"posted": proof["posted"], "money": proof["money"], "tree": proof["tree"]}.items():
        for name, value in fields.items():
            changed = copy.deepcopy(proof)
            changed[part][name] = f"{value}0" if isinstance(value, str) else "2026-05-20"
            assert check_proof(changed, published), (part, name)


def put_at(document: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("posted", "removed_usd"), "9375.01", "posted.removed_usd"),
        (("posted", "liquidated_on"), "2026-05-21", "posted.liquidated_on"),
        (("lines", 0, "removed_usd"), "9000.00", "lines[0].after_usd"),
        (("money", "payee"), "corporate", "money.interest_usd"),
        (("money", "segments", 0, "rates", 5, "rate_pct"), "7", "money.segments[0].rates[5].rate_pct"),
        (("tree", "root"), "ab" * 32, "tree.root"),
        (("posted", "headings"), ["84713001"], "posted.headings"),
    ],
)
async def test_difference_names_the_field(office: Office, path: tuple[str | int, ...], value: Any, field: str) -> None:
    proof = await proof_of(office, (await posted(office, 2))[0])
    put_at(proof, path, value)
    assert field in [each.field for each in check_proof(proof, None)]


async def test_proof_is_for_whom_the_entry_is_and_withholds_a_definition_that_names_others(office: Office) -> None:
    named = program(goods={"importers": [PERSON, IMPORTER]})
    (number,) = await posted(office, 1, named)
    path = f"/programs/{CODE}/entries/{number}/proof"
    own = office.headers_of(PERSON)
    (run,) = await rows(office.engine, program_runs)
    for who, number_shown in ((own, PERSON), (office.broker("ZZZ" if number[:3] != "ZZZ" else "B76"), None)):
        answer = await office.call("GET", path, who)
        if number_shown is None:
            assert answer.status_code == 404
            continue
        proof = answer.json()
        assert proof["told"]["importer_number"] == number_shown
        assert proof["program"]["definition"] is None
        assert check_proof(proof, Published(run.root, run.leaves)) == []
    assert (await office.call("GET", path, office.importer)).status_code == 404
    seen = await office.ok("GET", path, office.broker(number[:3]))
    assert seen["told"]["importer_number"] == "***-**-3456"


async def test_entry_of_which_nothing_is_posted_has_no_proof_and_is_told_where_to_look(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    number = await office.file()
    answer = await office.call("GET", f"/programs/{CODE}/entries/{number}/proof", office.staff("kim"))
    assert answer.status_code == 404
    assert f"/programs/{CODE}/entries/{number}" in answer.json()["remedy"]


async def fill_run(engine: AsyncEngine, run: int, count: int) -> list[bytes]:
    """A run of so many postings without entries behind them: their leaves, in order."""
    await begin_run(engine, CODE, run, DAY + timedelta(days=run))
    async with transaction(engine) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO program_postings (entry_number, program, run, posted_on, revision, version,"
                " declaration_id, row_number, importer_number, cohort, act, writer, lane, act_key, sequence,"
                " liquidated_on, headings, removed_cents, outcome, posted_at, leaf)"
                " SELECT 'A' || lpad((:run * 1000000 + n)::text, 10, '0'), :code, :run, :day, 1, 1, 'd', 1, :who, 'c',"
                " 'a', 'w', 'l', 'k', 1, :day, '{}', 1, 'refund', now(), sha256(n::text::bytea)"
                " FROM generate_series(0, :count - 1) n"
            ),
            {"run": run, "code": CODE, "day": DAY, "who": IMPORTER, "count": count},
        )
    return [sha256(str(n).encode()).digest() for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, 1_023, 1_024, 1_025, 2_500])
async def test_root_of_a_run_is_that_of_the_definition_whatever_its_size(office: Office, count: int) -> None:
    leaves = await fill_run(office.engine, 1, count)
    await seal_ended(office.engine, office.clock)
    (run,) = await rows(office.engine, program_runs)
    assert (run.leaves, run.root) == (count, find_root([hash_leaf(each) for each in leaves]))
    assert len(await rows(office.engine, program_run_blocks)) == -(-count // 1_024)
    assert (run.root == EMPTY_ROOT) is (count == 0)


async def test_run_that_is_sealed_again_after_a_stop_has_the_same_root_and_is_sealed_once(office: Office) -> None:
    await fill_run(office.engine, 1, 1_500)
    roots = []
    with suppress(KeyboardInterrupt):
        async with transaction(office.engine) as tx:
            roots.append(await seal_run(tx, CODE, 1))
            raise KeyboardInterrupt  # the process ends before its transaction
    assert len(roots) == 1
    assert await rows(office.engine, program_run_blocks) == []
    for _ in range(2):
        async with transaction(office.engine) as tx:
            roots.append(await seal_run(tx, CODE, 1))
    (run,) = await rows(office.engine, program_runs)
    assert set(roots) == {run.root}
    assert await seal_ended(office.engine, office.clock) == 0


async def test_path_of_one_of_many_reads_a_block_and_the_digests_of_blocks(office: Office) -> None:
    """An entry whose leaf is in the last of three blocks."""
    await office.release(IEEPA_MODEL)
    number = await office.file(importer_number=PERSON)
    await fill_run(office.engine, 1, 2_100)
    office.on(DAY)
    (told,) = await post(office.engine, CODE, 1, {number: 937_500}, DAY)
    await seal_ended(office.engine, office.clock)
    proof = await proof_of(office, number)
    assert proof["tree"]["leaves"] == 2_101
    assert proof["tree"]["index"] == 2_100  # its number comes behind those that begin with A
    assert proof["leaf"]["sha256"] == leaf_digest(told).hex()
    assert check_proof(proof, None) == []


async def test_run_of_a_cycle_is_sealed_on_the_day_after(office: Office) -> None:
    await begin_run(office.engine, CODE, 1, DAY, kind="cycle", is_over=False)
    office.on(DAY)
    assert await seal_ended(office.engine, office.clock) == 0
    office.on(DAY + timedelta(days=1))
    assert await seal_ended(office.engine, office.clock) == 1
