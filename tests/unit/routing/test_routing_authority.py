"""The table of authority: who decides what on which day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.authority import FUNCTION_OF_PROCESS, authority_for_process
from services.routing.domain.shipped_criteria import SHIPPED_CRITERIA
from shared.contracts.post_entry import FilingKind
from shared.customs.authority import authority_table, functions, holders
from shared.runtime.identity import RoleName

IN_FORCE = date(2026, 3, 2)
CENTER_FUNCTIONS = {
    "entry-summary-review",
    "classification",
    "appraisement",
    "preference-decisions",
    "origin-marking",
    "informal-entry-decisions",
    "warehouse-withdrawals",
    "quota-entry-summaries",
    "chance-to-label",
    "liquidation",
    "extension",
    "suspension",
    "reliquidation",
    "protests",
}
PORT_FUNCTIONS = {"cargo-control", "examination", "release", "export-control", "supervision-of-officers"}
JOINT_FUNCTIONS = {"bond-sufficiency", "sampling", "admissibility", "marking-notices", "redelivery-demand"}


@pytest.mark.parametrize("function", sorted(CENTER_FUNCTIONS))
def test_function_after_release_passed_from_the_port_over_dual_authority_to_the_center(function: str) -> None:
    def roles(on: date) -> list[str]:
        return [row.role for row in holders(function, on)]

    assert roles(date(2014, 9, 10)) == ["port-director"]
    assert roles(date(2014, 9, 11)) == roles(date(2017, 1, 18)) == ["center-director", "port-director"]
    assert roles(date(2017, 1, 19)) == roles(IN_FORCE) == ["center-director"]
    assert all(row.evidence == "S" and "81 FR 92978" in row.legal_basis for row in holders(function, IN_FORCE))


@pytest.mark.parametrize("function", sorted(PORT_FUNCTIONS))
def test_function_at_the_port_stays_with_the_port_director(function: str) -> None:
    assert [row.role for row in holders(function, IN_FORCE)] == ["port-director"]


@pytest.mark.parametrize("function", sorted(JOINT_FUNCTIONS))
def test_joint_function_is_with_either_director_and_said_to_be_uncertain(function: str) -> None:
    rows = holders(function, IN_FORCE)
    assert {row.role for row in rows} == {"center-director", "port-director"}
    assert all(row.evidence == "U" and row.is_uncertain for row in rows)


def test_forced_labour_is_divided_between_port_and_center() -> None:
    assert {row.row_id for row in holders("forced-labour", IN_FORCE)} == {"forced-labour-port", "forced-labour-center"}


def test_penalties_and_petitions_are_with_the_fpf_officer_and_appeals_with_field_operations() -> None:
    assert [row.role for row in holders("fines-penalties-forfeitures", IN_FORCE)] == ["fpf-officer"]
    assert [row.role for row in holders("center-assignment-appeal", IN_FORCE)] == ["office-of-trade"]


def test_row_ids_are_unique_and_concurrent_rows_name_each_other_in_one_term() -> None:
    rows = {row.row_id: row for row in authority_table()}
    assert len(rows) == len(authority_table())
    for row in rows.values():
        if row.concurrent_with is not None:
            other = rows[row.concurrent_with]
            assert other.concurrent_with == row.row_id
            assert (other.function, other.from_on, other.to_on) == (row.function, row.from_on, row.to_on)


def test_roles_are_those_of_tokens_or_the_electronic_way() -> None:
    assert {role for row in authority_table() for role in row.roles} <= {*RoleName, "electronic"}


def test_two_rows_in_force_on_one_day_say_that_they_are_concurrent() -> None:
    days = {day for row in authority_table() for day in (row.from_on, row.to_on) if day is not None}
    for function in functions():
        for day in sorted({*days, *(day + timedelta(days=1) for day in days), IN_FORCE}):
            rows = holders(function, day)
            assert len(rows) < 2 or all(row.concurrent_with for row in rows), (function, day)


@given(st.sampled_from(sorted(FUNCTION_OF_PROCESS)), st.dates(min_value=date(1990, 1, 1)))
def test_every_process_relies_on_a_row_in_force_on_any_day(process: str, on: date) -> None:
    row_id = authority_for_process(process, on)
    (row,) = [row for row in authority_table() if row.row_id == row_id]
    assert row.holds(on)
    assert row.function == FUNCTION_OF_PROCESS[process]


def test_every_process_that_routing_opens_has_its_function() -> None:
    opened = {process for criterion in SHIPPED_CRITERIA for process in criterion.processes}
    assert opened | {kind.value for kind in FilingKind} | {"consultation"} <= FUNCTION_OF_PROCESS.keys()


def test_process_of_a_criterion_that_the_table_does_not_name_is_a_review_of_the_summary() -> None:
    assert authority_for_process("uflpa-review", IN_FORCE) == "entry-summary-review-center"
