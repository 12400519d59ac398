"""Processes walked over HTTP from opening to closing: each act with the stage that the plan of processes gives it.

Stages, notices and days are written out here, in the order in which they happen, and not read from the tables.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.test_workqueue_matters import DAN, done, opened

HAL = Identity("hal", "Hal Voss", frozenset({RoleName.REGULATIONS_AND_RULINGS}))


@dataclass(frozen=True)
class Step:
    """An act by somebody, the stage to which it leads, the notices that it causes, whether a clock runs after it."""

    act: str
    stage: str
    who: Identity = KIM
    fields: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    is_due: bool = False


WALKS = {
    # Internal advice: requested, view written, sent, assigned, question, decided, applied; N-27. 19 CFR 177.11.
    "internal-advice": (
        "requested",
        "applied",
        [
            Step(
                "take-up",
                "requested",
                fields={
                    "transaction": "current",
                    "asked_by": "importer",
                    "asked_on": "2026-03-02",
                    "question": "Is it a set?",
                },
                is_due=True,
            ),
            Step("write-view", "center-view-written", fields={"view": "It is a set."}, is_due=True),
            Step("send", "sent-hq", DAN, {"sent_on": "2026-03-02"}, ("N-27",)),
            Step("assign-at-headquarters", "hq-assigned", HAL, {"case_number": "H300001"}),
            Step("question", "hq-question", HAL, {"headquarters_question": "Packed together?"}, is_due=True),
            Step("reply", "hq-assigned", fields={"answer": "Yes."}),
            Step(
                "decide",
                "decided",
                HAL,
                {"ruling_number": "H300001", "decided_on": "2026-03-02", "holding": "A set."},
                ("N-27",),
                True,
            ),
            Step("apply", "applied", fields={"applied_how": "At liquidation."}),
        ],
    ),
}


@pytest.mark.parametrize("process", WALKS)
async def test_process_goes_from_opening_to_closing_as_the_plan_says(desk: Desk, process: str) -> None:
    first, last, steps = WALKS[process]
    answer = await opened(desk, process=process, title="Walk", entry_numbers=[])
    assert (answer.status_code, answer.json()["stage"]) == (201, first), answer.text
    item_id = answer.json()["item_id"]
    token = await desk.claim(item_id)
    for number, step in enumerate(steps):
        held = {"token": token} if step.who is KIM else {}
        led = await done(desk, item_id, step.act, step.who, key=f"{number}", fields=step.fields, **held)
        assert (led.status_code, led.json().get("stage")) == (201, step.stage), led.text
        assert (led.json()["due_on"] is not None) == step.is_due, step.act
    told = [each["data"] for each in await desk.published() if each["data"].get("act")]
    assert [(each["act"], each["stage"], tuple(each["notices"])) for each in told] == [
        (step.act, step.stage, step.notices) for step in steps
    ]
    shown = (await desk.call("GET", f"/items/{item_id}")).json()
    assert (shown["state"], shown["stage"]) == ("completed", last)
    assert [each["act"] for each in shown["matter"]["acts"]] == [step.act for step in steps]
    assert all(clock["ended_on"] is not None for clock in shown["matter"]["clocks"])
