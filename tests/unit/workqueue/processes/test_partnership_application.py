"""Candidates for a trusted-trader program: invited, applied, vetted, visited, admitted or not."""

from datetime import date

from services.workqueue.domain.processes.partnership_application import PARTNERSHIP_APPLICATION as APPLICATION
from tests.unit.workqueue.processes.walking import Line, barred, walk

MANAGER, DIRECTOR = "national-account-manager", "center-director"
MONDAY, VISIT, SECOND = date(2026, 3, 2), date(2026, 5, 11), date(2026, 8, 10)
INVITE = Line(MONDAY, "invite", MANAGER, "invited", None, {"program": "CTPAT", "invited_on": MONDAY})
APPLY = Line(
    date(2026, 3, 20),
    "record-application",
    MANAGER,
    "applied",
    None,
    {"program": "CTPAT", "applied_on": date(2026, 3, 20), "importer_numbers": ["07-345678900"]},
)
PLAN = Line(
    date(2026, 4, 20),
    "plan-visit",
    MANAGER,
    "validation-visit",
    VISIT,
    {"visit_on": VISIT, "visit_sites": "Two warehouses."},
)


def _vet(result: str) -> Line:
    fields = {"vetting": result, "vetting_record": "No open debts.", "vetted_on": date(2026, 4, 10)}
    return Line(date(2026, 4, 10), "vet", MANAGER, "vetted", None, fields)


def _visited(on: date, result: str, who: str = "kim") -> Line:
    fields = {"visit_result": result, "visit_findings": "Seals are logged.", "visited_on": on}
    return Line(on, "record-visit", MANAGER, "validation-visit", None, fields, who)


VISITED = (INVITE, APPLY, _vet("passed"), PLAN)


def test_candidate_who_meets_the_criteria_is_admitted_by_another_person() -> None:
    visited = walk(APPLICATION, MONDAY, *VISITED, _visited(VISIT, "meets", "vic"))
    assert barred(APPLICATION, visited, "admit", DIRECTOR, "kim") == "second-person-required"  # vetted
    assert barred(APPLICATION, visited, "admit", DIRECTOR, "vic") == "second-person-required"  # visited
    assert barred(APPLICATION, visited, "admit", MANAGER, "dee") == "process-role"
    admit = Line(date(2026, 6, 1), "admit", DIRECTOR, "admitted", None, {"admitted_from": date(2026, 6, 1)}, who="dee")
    assert walk(APPLICATION, MONDAY, *VISITED, _visited(VISIT, "meets"), admit).outcome == "admitted"


def test_second_visit_follows_actions_required_alone() -> None:
    planned = {"visit_on": SECOND, "visit_sites": "The second warehouse."}
    acts = (*VISITED, _visited(VISIT, "actions-required"))
    standing = walk(APPLICATION, MONDAY, *acts)
    assert barred(APPLICATION, standing, "admit", DIRECTOR, "dee") == "fact-missing"
    again = Line(date(2026, 6, 1), "plan-second-visit", MANAGER, "validation-visit", SECOND, planned)
    walk(APPLICATION, MONDAY, *acts, again, _visited(SECOND, "meets"))
    met = walk(APPLICATION, MONDAY, *VISITED, _visited(VISIT, "meets"))
    assert barred(APPLICATION, met, "plan-second-visit", MANAGER) == "fact-missing"


def test_nobody_is_visited_who_did_not_pass_the_vetting() -> None:
    vetted = walk(APPLICATION, MONDAY, INVITE, APPLY, _vet("not-passed"))
    assert barred(APPLICATION, vetted, "plan-visit", MANAGER) == "fact-missing"
    assert barred(APPLICATION, vetted, "refuse", DIRECTOR, "kim") == "second-person-required"
    no = {"refused_reasons": "Open debts.", "refused_on": date(2026, 4, 20)}
    refuse = Line(date(2026, 4, 20), "refuse", DIRECTOR, "not-admitted", None, no, "dee")
    assert walk(APPLICATION, MONDAY, INVITE, APPLY, _vet("not-passed"), refuse).outcome == "not-admitted"


def test_other_ends() -> None:
    over = Line(MONDAY, "pass-over", MANAGER, "not-admitted", None, {"passed_over_reasons": "Too few entries."})
    assert walk(APPLICATION, MONDAY, over).outcome == "not-invited"
    gone = Line(MONDAY, "withdraw", "importer", "withdrawn", None, {"withdrawn_on": MONDAY}, "ida")
    assert walk(APPLICATION, MONDAY, INVITE, gone).outcome == "withdrawn"
