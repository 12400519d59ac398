"""What each notice needs, by the catalogue of notices, is on the event of the act that causes it.

The needs are written out from the catalogue: for each notice the extra fields, each by the names under which tables
record it. Common to all are on every event: item, entry, importer, Center, act, day, and the day that is due.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from services.workqueue.domain.notice_facts import NOTICE_FACTS
from services.workqueue.domain.processes.shape import Act, Process
from services.workqueue.domain.processes.table import PROCESSES

NEEDS: Final[dict[str, tuple[set[str], ...]]] = {
    "N-03": ({"questions", "question", "missing", "documents"},),
    "N-04": (
        {"proposal_reasons", "action_reasons", "decision_reasons", "assessment_reasons"},
        {"effect_usd", "proposed_usd", "duty_usd", "duty_increase_usd"},
    ),
    "N-05": ({"reject_reason", "uc_reason", "certificate_asked_on"},),
    "N-06": ({"documents"},),
    "N-07": ({"cancellation_reason", "inactivation_reason"},),
    "N-08": ({"requested_quantity"}, {"reserved_quantity", "reported_on"}),
    "N-10": ({"extension_reason"},),
    "N-15": ({"new_filer"},),
    "N-20": ({"case_number"},),
    "N-21": ({"intent_facts", "decision_reasons"},),
    "N-22": ({"goods"}, {"detention_reason", "ground"}),
    "N-23": ({"goods"}, {"ground"}),
    "N-24": ({"received_on", "disclosed_on"},),
    "N-25": ({"loss_usd"},),
    "N-26": ({"flagged_entries"},),
    "N-27": ({"question"},),
    "N-28": ({"claim_type", "privilege", "missing"},),
    "N-29": ({"culpability"}, {"loss_usd"}, {"pre_penalty_mailed_on"}),
    "N-30": ({"statute", "claim_usd"}, {"assessed_usd", "claim_usd"}),
    "N-31": ({"decision_reasons", "cancelled_reasons", "offer_refused_reason", "petitioned_on", "accepted_on"},),
    "N-32": ({"statute", "limitation_from_on"},),
    "N-38": ({"denial_reasons"}, {"leave_by"}),
    "N-42": (),
    "N-33": ({"in_force_on", "taken_back_on"}, {"recommendation"}),
}
OF_THE_LETTER: Final = {"request-for-information", "notice-of-action"}
"""A letter's own acts are told by request-issued and request-changed, with its questions and its day."""
BY_THE_RECORD: Final = {"N-01", "N-02", "N-13", "N-16", "N-17", "N-18", "N-19"}
"""Told by routing and by the legal record, which have the facts: entries, dates, outcomes."""


def telling() -> Iterator[tuple[str, str, str]]:
    for process in PROCESSES.values():
        for act in process.acts:
            for notice in act.tells:
                if process.code not in OF_THE_LETTER and notice not in BY_THE_RECORD and act.roles:
                    yield process.code, act.code, notice


def told(process: Process, act: Act, notice: str) -> set[str]:
    """What is on the event: what the act records, and what acts before it may have recorded that the notice tells."""
    before = {field.name for each in process.acts for field in each.fields}
    return {field.name for field in act.fields} | before.intersection(NOTICE_FACTS.get(notice, ()))


@pytest.mark.parametrize(("process", "act", "notice"), list(telling()))
def test_event_of_the_act_has_what_its_notice_needs(process: str, act: str, notice: str) -> None:
    table = PROCESSES[process]
    names = told(table, table.act(act), notice)
    missing = [sorted(need) for need in NEEDS[notice] if not need & names]
    assert not missing, names


def test_facts_that_notices_tell_are_recorded_somewhere() -> None:
    recorded = {field.name for process in PROCESSES.values() for act in process.acts for field in act.fields}
    assert {name for names in NOTICE_FACTS.values() for name in names} <= recorded
