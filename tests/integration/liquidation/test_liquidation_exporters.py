"""Instructions by exporter, as messages of Commerce name them: whom they reach, which lines they lift."""

from dataclasses import replace
from datetime import date
from itertools import combinations_with_replacement, product
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.entries import hold_entries
from services.liquidation.domain.grounds import NOT_IDENTIFYING, identify, join_grounds, select_lifted
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store.instructions import Instruction, list_entries_to_apply
from services.liquidation.store.tables.records import conflicts, entry_versions
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.identity import RoleName
from tests.integration.liquidation import test_liquidation_acts as acts
from tests.integration.liquidation.builders import apply, rows
from tests.integration.liquidation.test_liquidation_acts import CASE, MAKER, OTHER_MAKER, Office, of_case
from tests.support.events import at, decoded, entry_body, entry_number, line

office = acts.office
EXPORTER, OTHER_EXPORTER = "CNEXPORT99SHE", "HKTRADER77HON"
INSTRUCTION: Final = Instruction(
    instruction_id="i-1",
    revision=1,
    kind="lift",
    ground="adcvd-case",
    reference=None,
    message_number="6012345",
    source="federal-register",
    noticed_on=date(2027, 1, 4),
    predicate=EntryPredicate(),
    state="confirmed",
    made_at=at(date(2027, 1, 4)),
    made_by="kim",
)


def exported(number: int, exporter: str | None = EXPORTER, maker: str = MAKER) -> dict[str, Any]:
    return of_case(number, maker=maker) | {"exporter_id": exporter}


async def lift(office: Office, key: str, on: str = "2027-01-04", **meant: Any) -> str:
    return await office.instruct(key, noticed_on=on, predicate={"case_numbers": [CASE]} | meant)


async def results(office: Office, name: str) -> dict[str, str]:
    answer = await office.call("GET", f"/instructions/{name}/results", role=RoleName.ADCVD_TEAM)
    return {each["entry_number"]: each["outcome"] for each in answer.json()["items"]}


async def preview(office: Office, **meant: Any) -> int:
    drafted = await office.draft("preview", noticed_on="2027-01-04", predicate=meant)
    assert drafted.status_code == 201, drafted.text
    path = f"/instructions/{drafted.json()['instruction_id']}/preview"
    entries: int = (await office.call("GET", path, role=RoleName.ADCVD_TEAM)).json()["entries"]
    return entries


async def standing(office: Office, number: str) -> list[str]:
    record = (await office.call("GET", f"/entries/{number}", role=RoleName.ADCVD_TEAM)).json()
    return sorted(each["ground"] for each in record["suspensions"] if each.get("lift_noticed_on") is None)


async def test_removal_for_an_exporter_leaves_the_lines_of_others_suspended(office: Office) -> None:
    number = await office.file(lines=[exported(1), exported(2, OTHER_EXPORTER), exported(3, None)])
    first = await lift(office, "1", manufacturer_ids=[MAKER], exporter_ids=[EXPORTER])
    assert await results(office, first) == {number: "still-suspended"}
    assert await standing(office, number) == [
        f"adcvd-case:{CASE}/{MAKER}",
        f"adcvd-case:{CASE}/{MAKER}/{OTHER_EXPORTER}",
    ]
    second = await lift(office, "2", "2027-01-05")
    assert await results(office, second) == {number: "lifted"}
    row = await office.row(number)
    assert (row.state, row.deemed_on, row.turns) == ("scheduled", date(2027, 7, 5), 2)
    await office.check()


async def test_entry_of_the_exporter_alone_runs_six_months_from_the_notice(office: Office) -> None:
    number = await office.file(lines=[exported(1)])
    other = await office.file(lines=[exported(1, OTHER_EXPORTER)])
    without = await office.file(lines=[exported(1, None)])
    name = await lift(office, "1", exporter_ids=[EXPORTER])
    assert await results(office, name) == {number: "lifted"}
    assert (await office.row(number)).deemed_on == date(2027, 7, 4)
    assert [(await office.row(each)).state for each in (other, without)] == ["suspended", "suspended"]
    await office.check()


async def test_case_maker_and_exporter_are_of_one_line(office: Office) -> None:
    plain = line(3) | {"exporter_id": "JPOTHER11TOK"}
    await office.file(lines=[exported(1), exported(2, OTHER_EXPORTER, OTHER_MAKER), plain])
    meant: dict[str, Any] = {"case_numbers": [CASE], "manufacturer_ids": [MAKER]}
    assert await preview(office, **meant, exporter_ids=[OTHER_EXPORTER]) == 0
    name = await lift(office, "1", manufacturer_ids=[MAKER], exporter_ids=[OTHER_EXPORTER])
    assert await results(office, name) == {}
    name = await lift(office, "2", exporter_ids=["JPOTHER11TOK"])
    assert await results(office, name) == {}
    name = await lift(office, "3", manufacturer_ids=[MAKER, "X"], exporter_ids=[EXPORTER, "Y"])
    assert list((await results(office, name)).values()) == ["still-suspended"]


async def test_statement_and_rule_agree_on_whom_a_removal_means(office: Office) -> None:
    parties = list(product((None, MAKER, OTHER_MAKER), (None, EXPORTER, OTHER_EXPORTER)))
    for first, second in combinations_with_replacement(parties, 2):
        of_lines = [
            of_case(i, maker=maker or "") | {"exporter_id": exporter}
            for i, (maker, exporter) in enumerate((first, second), 1)
        ]
        await office.file(lines=of_lines)
    async with transaction(office.engine) as tx:
        numbers = [row["entry_number"] for row in await bulk.fetch(tx, "SELECT entry_number FROM entries ORDER BY 1")]
        held = await hold_entries(tx, numbers)
        for makers, exporters in product(([], [MAKER], [MAKER, OTHER_MAKER]), ([], [EXPORTER], [EXPORTER, "X"])):
            meant = EntryPredicate(case_numbers=(CASE,), manufacturer_ids=tuple(makers), exporter_ids=tuple(exporters))
            found = await list_entries_to_apply(tx, replace(INSTRUCTION, predicate=meant), "", 1_000)
            expected = [
                number
                for number in numbers
                if select_lifted(
                    join_grounds(held[number].facts.versions[0], ()), "adcvd-case", None, [CASE], makers, exporters
                )
            ]
            assert found == expected, meant


async def test_preview_counts_the_entries_of_an_exporter(office: Office) -> None:
    await office.file(lines=[exported(1)])
    await office.file(lines=[exported(1, OTHER_EXPORTER)])
    assert await preview(office, case_numbers=[CASE], exporter_ids=[EXPORTER]) == 1


async def test_spaces_count_neither_in_a_summary_nor_in_an_instruction(office: Office) -> None:
    number = await office.file(lines=[exported(1, "CN EXPORT99 SHE", "CNSYNTH 123SHE ")])
    name = await lift(office, "1", manufacturer_ids=[" CN SYNTH 123 SHE"], exporter_ids=["CNEXPORT 99SHE"])
    assert await results(office, name) == {number: "lifted"}
    shown = (await office.call("GET", f"/instructions/{name}", role=RoleName.ADCVD_TEAM)).json()
    assert shown["predicate"]["manufacturer_ids"] == [MAKER]
    assert shown["predicate"]["exporter_ids"] == [EXPORTER]
    await office.check()


async def test_database_leaves_out_of_an_identification_what_the_rules_leave_out(service_engine: Any) -> None:
    engine: AsyncEngine = await service_engine("liquidation")
    reported = [f"CN{sign}SYNTH" for sign in (*NOT_IDENTIFYING, "-", "é", "\u200b")]
    async with transaction(engine) as tx:
        query = "SELECT translate(given, $2::text, '') AS named FROM unnest($1::text[]) AS given"
        found = [row["named"] for row in await bulk.fetch(tx, query, reported, NOT_IDENTIFYING)]
    assert found == [identify(each) for each in reported]


async def test_instruction_drafted_before_exporters_could_be_named_lifts_all(office: Office) -> None:
    number = await office.file(lines=[exported(1), exported(2, None)])
    drafted = await office.draft("1", noticed_on="2027-01-04", predicate={"case_numbers": [CASE]})
    async with transaction(office.engine) as tx:
        await tx.connection.execute(text("UPDATE instructions SET predicate = predicate - 'exporter_ids'"))
    name = drafted.json()["instruction_id"]
    path = f"/instructions/{name}/confirmations"
    answer = await office.call("POST", path, who="lee", role=RoleName.ADCVD_TEAM, If_Match='"1"')
    assert (answer.status_code, answer.json()["results"]) == (200, {"lifted": 1}), answer.text
    assert answer.json()["predicate"]["exporter_ids"] == []
    assert not (await office.row(number)).is_suspended


async def test_goods_of_an_exporter_are_suspended_from_a_day_of_entry(office: Office) -> None:
    number = await office.file(lines=[line(1) | {"exporter_id": EXPORTER}])
    earlier = await office.file(entry_date="2026-02-27", lines=[line(1) | {"exporter_id": EXPORTER}])
    other = await office.file(lines=[line(1) | {"exporter_id": OTHER_EXPORTER}])
    name = await office.instruct(
        "eapa",
        kind="suspend",
        ground="eapa",
        reference="7999",
        source="agency-notice",
        noticed_on="2026-12-01",
        predicate={"exporter_ids": [EXPORTER], "entered_from": "2026-03-01"},
    )
    assert await results(office, name) == {number: "suspended"}
    assert [(await office.row(each)).state for each in (earlier, other)] == ["scheduled", "scheduled"]
    await office.check()


@pytest.mark.parametrize(
    "meant",
    [
        {"exporter_ids": [EXPORTER]},
        {"case_numbers": [CASE], "exporter_ids": [" "]},
        {"case_numbers": [CASE], "manufacturer_ids": [""]},
        {"case_numbers": [CASE], "exporter_ids": ["C" * 16]},
        {"case_numbers": [CASE], "exporter_ids": [7]},
        {"case_numbers": [CASE], "exporter_ids": [EXPORTER] * 201},
    ],
)
async def test_exporters_that_mean_nobody_or_everybody_are_refused(office: Office, meant: dict[str, Any]) -> None:
    body = {"kind": "suspend", "ground": "eapa", "reference": "7999", "source": "agency-notice"}
    answer = await office.draft("1", noticed_on="2027-01-04", predicate=meant, **body)
    assert answer.status_code == 422, answer.text


async def test_correction_that_adds_the_exporter_does_not_suspend_again(office: Office) -> None:
    number = await office.file(entry_type="03", lines=[exported(1, None)])
    await lift(office, "1")
    body = entry_body(number, version=2, reasons=["H06"], entry_type="03", lines=[exported(1)])
    await apply(office.engine, [decoded("entry-corrected", body, time="2027-01-03T15:00:00Z")])
    row = await office.row(number)
    assert (row.version, row.state, row.deemed_on) == (2, "scheduled", date(2027, 7, 4))
    await office.check()


async def test_summary_that_states_no_exporter_repeats_one_without_the_field(office: Office) -> None:
    number = entry_number()
    body = entry_body(number, lines=[of_case(1)])
    stated = body | {"lines": [exported(1, None)]}
    await apply(office.engine, [decoded("entry-filed", body)])
    before = await rows(office.engine, entry_versions)
    await apply(office.engine, [decoded("entry-filed", stated, time="2026-03-02T20:00:00Z")])
    assert await rows(office.engine, conflicts) == []
    assert await rows(office.engine, entry_versions) == before


async def test_suspension_reaches_the_goods_of_its_headings_alone(office: Office) -> None:
    meant = await office.file(lines=[line(1, hts="7306305020") | {"exporter_id": EXPORTER}])
    for goods in (
        [line(1, hts="7306400000") | {"exporter_id": EXPORTER}],
        [line(1, hts="7306305020"), line(2, hts="8471300100") | {"exporter_id": EXPORTER}],
    ):
        await office.file(lines=goods)
    predicate = {
        "exporter_ids": [EXPORTER],
        "entered_from": "2026-03-01",
        "headings": ["7306"],
        "except_headings": ["7306.40-7306.90"],
    }
    body = {"kind": "suspend", "ground": "eapa", "reference": "7999", "source": "agency-notice"}
    name = await office.instruct("eapa", noticed_on="2026-12-01", predicate=predicate, **body)
    assert await results(office, name) == {meant: "suspended"}
    shown = (await office.call("GET", f"/instructions/{name}", role=RoleName.ADCVD_TEAM)).json()["predicate"]
    assert shown == {
        "case_numbers": [],
        "manufacturer_ids": [],
        "exporter_ids": [EXPORTER],
        "importer_number": None,
        "entered_from": "2026-03-01",
        "entered_to": None,
        "headings": ["7306"],
        "except_headings": ["730640-730690"],
    }


async def test_removal_by_case_is_not_narrowed_by_other_goods(office: Office) -> None:
    """A ground knows the maker and the exporter of its lines and nothing else: more would be lifted than was meant."""
    meant = {"case_numbers": [CASE], "headings": ["7306"]}
    assert (await office.draft("1", noticed_on="2027-01-04", predicate=meant)).status_code == 422
