"""Proofs over HTTP: what a run did to an entry, under the root of the run, and read again without any database."""

import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.program_posting import post_chunk, post_programs
from services.liquidation.acts.program_proofs import seal_ended, seal_run
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.program.merkle import EMPTY_ROOT, find_root, hash_leaf
from services.liquidation.domain.program.proof_checks import Published, check_proof
from services.liquidation.store.tables.programs import program_run_blocks, program_runs
from shared.db.transaction import transaction
from tests.integration.liquidation.builders import cycle, published, rows
from tests.integration.liquidation.program_office import (
    GOODS,
    IEEPA,
    IEEPA_MODEL,
    IMPORTER,
    LIQUIDATED,
    Office,
    duties,
    open_office_on,
    program,
)

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
CODE = "ieepa-2026"
MONDAY = date(2026, 6, 15)
PERSON = "900-12-3456"


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        yield office


async def record_account(office: Office, importer: str = IMPORTER, *, is_corporation: bool) -> None:
    """What an importer is, and that it can be paid."""
    account = (
        "INSERT INTO importer_refund_accounts (importer_number, revision, effective_on, is_corporation,"
        " has_ach_enrollment, has_valid_bank_data, has_paper_waiver, recorded_by)"
        " VALUES (:importer, 1, '2026-01-01', :kind, true, true, false, 'k')"
    )
    async with transaction(office.engine) as tx:
        await tx.connection.execute(text(account), {"importer": importer, "kind": is_corporation})


async def post(
    office: Office,
    goods: Sequence[dict[str, Any]] = (GOODS, GOODS, GOODS),
    definition: dict[str, Any] = IEEPA_MODEL,
    importer: str = IMPORTER,
    *,
    is_corporation: bool | None = True,
    **filed: Any,
) -> list[str]:
    """Entries of these goods that an importer declares and the program posts on a Monday, in one run."""
    await office.release(definition)
    if is_corporation is not None:
        await record_account(office, importer, is_corporation=is_corporation)
    numbers = [await office.file(each, importer_number=importer, **filed) for each in goods]
    await office.declare(numbers, who=office.headers_of(importer))
    await office.judge()
    office.on(MONDAY)
    assert await post_programs(office.engine, office.clock, POLICY) == len(numbers)
    return numbers


async def sealed(office: Office) -> Published:
    """The one run, sealed when its day is over: its root as it is published."""
    (run,) = await rows(office.engine, program_runs)
    office.on(run.posted_on + timedelta(days=1))
    assert await seal_ended(office.engine, office.clock) == 1
    (run,) = await rows(office.engine, program_runs)
    return Published(run.root, run.leaves)


async def proof_of(office: Office, number: str) -> dict[str, Any]:
    return await office.ok("GET", f"/programs/{CODE}/entries/{number}/proof", office.staff("kim"))


async def test_proof_tells_act_money_by_quarters_and_path_and_holds_against_the_published_root(office: Office) -> None:
    numbers = await post(office)
    root = await sealed(office)
    told = {event.id for event in await published(office.engine) if getattr(event.data, "program", None)}
    for number in numbers:
        proof = await proof_of(office, number)
        # 9,375.00 paid on 20 February 2026: 39 days at 6 %, 76 at 5 %, the rates of a corporation.
        assert (proof["posted"]["interest_usd"], proof["posted"]["refund_usd"]) == ("159.03", "9534.03")
        assert proof["lines"] == [
            {
                "line_number": 1,
                "hts": IEEPA,
                "before_usd": "9375.00",
                "removed_usd": "9375.00",
                "after_usd": "0.00",
            }
        ]
        (segment,) = proof["money"]["segments"]
        assert [(each["quarter"], each["days"], each["rate_pct"]) for each in segment["rates"]] == [
            ("2026-Q1", 39, "6"),
            ("2026-Q2", 76, "5"),
        ]
        assert (proof["told"]["run"]["lane"], proof["told"]["refund"]["state"]) == ("set", "ready")
        assert [each["rule"] for each in proof["told"]["rules"]][:1] == ["liquidation-date"]
        assert all(each["citation"] for each in proof["told"]["rules"])
        assert proof["told"]["event_id"] in told
        assert check_proof(proof, root) == []
        assert check_proof(json.loads(json.dumps(proof)), None) == []
    assert root.leaves == len(numbers)


@pytest.mark.parametrize(
    ("amount", "money", "filed", "is_corporation", "outcome"),
    [
        ("15.00", {}, {}, True, ("no-change", "0.00", "0.00")),  # less than 20 dollars is disregarded
        ("9375.00", {}, {}, None, ("undetermined", None, None)),  # whether it is a corporation is not known
        ("9375.00", {}, {"paid_on": None}, True, ("undetermined", None, None)),
        ("9375.00", {"interest": "none"}, {}, True, ("refund", "0.00", "9375.00")),
        # 3.65 % a year is a ten-thousandth a day, from the order's day on: 76 days.
        (
            "9375.00",
            {"interest": "ordered", "ordered_rate_pct": "3.65", "ordered_from": "2026-03-31"},
            {},
            True,
            ("refund", "71.25", "9446.25"),
        ),
    ],
)
async def test_proof_of_every_outcome_holds(
    office: Office,
    amount: str,
    money: dict[str, Any],
    filed: dict[str, Any],
    is_corporation: bool | None,
    outcome: tuple[str, str | None, str | None],
) -> None:
    definition = program(money=IEEPA_MODEL["money"] | money)
    goods = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, amount))
    (number,) = await post(office, [goods], definition, is_corporation=is_corporation, **filed)
    root = await sealed(office)
    proof = await proof_of(office, number)
    posted = proof["posted"]
    assert (posted["outcome"], posted["interest_usd"], posted["refund_usd"]) == outcome
    assert check_proof(proof, root) == []


async def test_proof_of_an_entry_that_was_corrected_and_paid_late_holds(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    await record_account(office, is_corporation=True)
    async with transaction(office.engine) as tx:
        await tx.connection.execute(text("UPDATE importer_refund_accounts SET pays_monthly = false"))
    taxed = duties(("8471300100", 125_000, "400.00"), (IEEPA, 0, "9375.00"))
    number = await office.file(taxed, paid_on="2026-03-20")
    await office.correct(number, 2, taxed, at="2026-03-25T19:03:11Z", paid_on="2026-03-24")
    await office.declare([number])
    await office.judge()
    office.on(MONDAY)
    assert await post_programs(office.engine, office.clock, POLICY) == 1
    root = await sealed(office)
    proof = await proof_of(office, number)
    segments = [(each["debtor"], each["amount_usd"], each["end"]) for each in proof["money"]["segments"]]
    assert segments == [("importer", "433.58", "2026-03-20"), ("cbp", "9375.00", "2026-06-15")]
    assert (proof["posted"]["version"], proof["posted"]["paid_on"]) == (2, "2026-03-24")
    assert check_proof(proof, root) == []


async def test_proof_of_what_a_cycle_posted_holds(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    await record_account(office, is_corporation=True)
    office.on(date(2026, 12, 1))
    number = await office.file()
    await office.declare([number])
    await office.judge()
    await cycle(office.engine, LIQUIDATED)
    office.on(LIQUIDATED)
    root = await sealed(office)
    proof = await proof_of(office, number)
    assert proof["told"]["run"]["kind"] == proof["told"]["run"]["lane"] == "cycle"
    assert check_proof(proof, root) == []


async def test_proof_is_there_before_its_run_is_sealed_and_says_that_it_proves_nothing_yet(office: Office) -> None:
    (number,) = await post(office, [GOODS])
    proof = await proof_of(office, number)
    assert proof["tree"] is None
    assert [each.field for each in check_proof(proof, None)] == ["tree"]


async def test_run_that_is_not_through_when_its_day_ends_is_over_and_sealed_then(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    numbers = [await office.file() for _ in range(4)]
    await office.declare(numbers)
    await office.judge()
    office.on(MONDAY)
    async with transaction(office.engine) as tx:
        assert await post_chunk(tx, CODE, office.clock.now(), POLICY, chunk=3) is not None
    assert await seal_ended(office.engine, office.clock) == 0
    office.on(MONDAY + timedelta(days=1))
    root = await sealed(office)
    (run,) = await rows(office.engine, program_runs)
    assert (run.state, run.why, root.leaves) == ("stopped", "its day is over", 3)
    assert await post_programs(office.engine, office.clock, POLICY) == 1
    assert await seal_ended(office.engine, office.clock) == 0  # it may go on until its day ends
    office.on(MONDAY + timedelta(days=2))
    assert await seal_ended(office.engine, office.clock) == 1
    assert [each.leaves for each in sorted(await rows(office.engine, program_runs), key=lambda each: each.run)] == [
        3,
        1,
    ]


async def test_whatever_a_proof_says_of_act_lines_and_money_is_found_when_it_is_changed(office: Office) -> None:
    """Every field of every shape of proof: tests/unit/liquidation/test_liquidation_proofs.py."""
    numbers = await post(office)
    root = await sealed(office)
    proof = await proof_of(office, numbers[1])
    del proof["told"]
    assert check_proof(proof, root) == []
    for part, fields in {"posted": proof["posted"], "money": proof["money"], "tree": proof["tree"]}.items():
        for name, value in fields.items():
            changed = copy.deepcopy(proof)
            changed[part][name] = f"{value}0" if isinstance(value, str) else "2026-05-20"
            assert check_proof(changed, root), (part, name)


def put_at(document: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


async def test_proof_is_for_whom_the_entry_is_and_withholds_a_definition_that_names_others(office: Office) -> None:
    named = program(goods={"importers": [PERSON, IMPORTER]})
    (number,) = await post(office, [GOODS], named, PERSON)
    root = await sealed(office)
    path = f"/programs/{CODE}/entries/{number}/proof"
    own = await office.ok("GET", path, office.headers_of(PERSON))
    assert (own["told"]["importer_number"], own["program"]["definition"]) == (PERSON, None)
    assert check_proof(own, root) == []
    filer = await office.ok("GET", path, office.broker(number[:3]))
    assert filer["told"]["importer_number"] == "***-**-3456"
    officer = await office.ok("GET", path, office.staff("kim"))
    assert (officer["told"]["importer_number"], officer["program"]["definition"]) == ("***-**-3456", None)
    for other in (office.importer, office.broker("XYZ")):
        assert (await office.call("GET", path, other)).status_code == 404


async def test_entry_of_which_nothing_is_posted_has_no_proof_and_is_told_where_to_look(office: Office) -> None:
    await office.release(IEEPA_MODEL)
    number = await office.file()
    answer = await office.call("GET", f"/programs/{CODE}/entries/{number}/proof", office.staff("kim"))
    assert answer.status_code == 404
    assert f"/programs/{CODE}/entries/{number}" in answer.json()["remedy"]


async def fill_run(engine: AsyncEngine, run: int, count: int) -> list[bytes]:
    """A run of so many postings without entries behind them: their leaves, in order."""
    async with transaction(engine) as tx:
        begun = (
            "INSERT INTO program_runs (program, run, kind, posted_on, revision, state, began_at, ended_at)"
            " VALUES (:code, :run, 'posting', :day, 1, 'done', now(), now()) ON CONFLICT DO NOTHING"
        )
        await tx.connection.execute(text(begun), {"code": CODE, "run": run, "day": MONDAY})
        counted = "UPDATE program_runs SET set_based = set_based + :count WHERE program = :code AND run = :run"
        await tx.connection.execute(text(counted), {"code": CODE, "run": run, "count": count})
        await tx.connection.execute(
            text(
                "INSERT INTO program_postings (entry_number, program, run, posted_on, revision, version,"
                " declaration_id, row_number, importer_number, cohort, act, writer, lane, act_key, sequence,"
                " liquidated_on, headings, removed_cents, outcome, posted_at, leaf)"
                " SELECT 'A' || lpad((:run * 1000000 + n)::text, 10, '0'), :code, :run, :day, 1, 1, 'd', 1, :who, 'c',"
                " 'a', 'w', 'l', 'k', 1, :day, '{}', 1, 'refund', now(), sha256(n::text::bytea)"
                " FROM generate_series(0, :count - 1) n"
            ),
            {"run": run, "code": CODE, "day": MONDAY, "who": IMPORTER, "count": count},
        )
    return [sha256(str(n).encode()).digest() for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, 1_023, 1_024, 1_025, 2_500])
async def test_root_of_a_run_is_that_of_the_definition_whatever_its_size(office: Office, count: int) -> None:
    leaves = await fill_run(office.engine, 1, count)
    office.on(MONDAY + timedelta(days=1))
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
    (number,) = await post(office, [GOODS])
    await fill_run(office.engine, 1, 2_100)
    root = await sealed(office)
    proof = await proof_of(office, number)
    assert root.leaves == 2_101
    assert proof["tree"]["index"] == 2_100  # its number comes behind those that begin with A
    assert check_proof(proof, root) == []
