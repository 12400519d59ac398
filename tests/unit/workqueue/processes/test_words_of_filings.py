"""The roles, notices and events that processes of filings name are ones that there are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, get_args

import pytest

from services.workqueue.domain.processes.account_assignment import ACCOUNT_ASSIGNMENT
from services.workqueue.domain.processes.center_appeal import CENTER_APPEAL
from services.workqueue.domain.processes.drawback_claim import DRAWBACK_CLAIM
from services.workqueue.domain.processes.drawback_privilege import DRAWBACK_PRIVILEGE
from services.workqueue.domain.processes.extension_request import EXTENSION_REQUEST
from services.workqueue.domain.processes.internal_advice import INTERNAL_ADVICE
from services.workqueue.domain.processes.liquidation_exception import LIQUIDATION_EXCEPTION
from services.workqueue.domain.processes.petition import PETITION
from services.workqueue.domain.processes.protest import PROTEST
from services.workqueue.domain.processes.reconciliation import RECONCILIATION
from services.workqueue.domain.processes.response import RESPONSE
from services.workqueue.domain.processes.shape import Process
from shared.contracts.liquidation import EntryChange, EntryChanged, ProtestAct, ProtestChange, ProtestChanged
from shared.contracts.post_entry import FilingKind
from shared.contracts.registry import TOPICS
from shared.contracts.routing import AccountAssigned
from shared.contracts.terms import Contract
from shared.runtime.identity import RoleName

PROCESSES: Final = (
    ACCOUNT_ASSIGNMENT,
    CENTER_APPEAL,
    DRAWBACK_CLAIM,
    DRAWBACK_PRIVILEGE,
    EXTENSION_REQUEST,
    INTERNAL_ADVICE,
    LIQUIDATION_EXCEPTION,
    PETITION,
    PROTEST,
    RECONCILIATION,
    RESPONSE,
)
WORDS: Final = {
    "entry-changed": set(get_args(EntryChange)),
    "protest-changed": {*get_args(ProtestChange), *get_args(ProtestAct)},
    "filing-routed": {kind.value for kind in FilingKind},
    "account-assigned": {"appeal"},
}
DATA: Final[Mapping[str, type[Contract]]] = {
    "entry-changed": EntryChanged,
    "protest-changed": ProtestChanged,
    "account-assigned": AccountAssigned,
}


def names(process: Process) -> list[str]:
    """The events that open a matter or do an act of it."""
    return [*process.opened_on, *(act.event for act in process.acts if act.event is not None)]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.code)
def test_roles_notices_and_events_are_known(process: Process) -> None:
    roles = {role for act in process.acts for role in act.roles} | set(process.opened_by)
    assert roles <= {role.value for role in RoleName}
    notices = {notice for act in process.acts for notice in act.tells}
    assert notices <= {f"N-{number:02}" for number in range(1, 39)}
    for name in names(process):
        topic, _, word = name.partition(":")
        assert topic in TOPICS
        assert not word or word in WORDS[topic], name


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.code)
def test_what_events_alone_record_has_the_names_of_their_data(process: Process) -> None:
    for act in process.acts:
        if act.roles or act.event is None:
            continue
        data = DATA.get(act.event.partition(":")[0])
        if data is not None:
            assert {field.name for field in act.fields} <= data.model_fields.keys(), act.code


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.code)
def test_an_event_does_one_thing_in_a_stage(process: Process) -> None:
    for stage in process.stages:
        events = [act.event for act in process.acts if act.event is not None and stage.code in act.source]
        assert len(events) == len(set(events)), stage.code


def test_clock_without_length_needs_an_act_that_records_its_last_day() -> None:
    clocks = tuple(replace(clock, length=0, counts_from=None) for clock in EXTENSION_REQUEST.clocks)
    with pytest.raises(ValueError, match="clock answer has no length"):
        replace(EXTENSION_REQUEST, clocks=clocks)
