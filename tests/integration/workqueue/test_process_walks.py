"""Processes walked over HTTP from opening to closing, each act with what the plan of processes says (`walks.py`).

What an act asks for is filled in from the form that the API serves, as a page would; stages, days and notices are
written out, and not read from the tables.
"""

from datetime import timedelta
from typing import Any, Final

import pytest

from services.workqueue.domain.processes.table import PROCESSES
from shared.contracts.envelope import Event
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, Desk
from tests.integration.workqueue.events import IMPORTER
from tests.integration.workqueue.test_workqueue_letters import IVO, run, sent
from tests.integration.workqueue.test_workqueue_matters import done, opened
from tests.integration.workqueue.walks import ENTRY, PORT, WALKS, Step, Walk
from tests.support.recorded import recorded

ROLES: Final = {
    "IS": RoleName.IMPORT_SPECIALIST,
    "ES": RoleName.ENTRY_SPECIALIST,
    "LS": RoleName.LIQUIDATION_SPECIALIST,
    "DS": RoleName.DRAWBACK_SPECIALIST,
    "AD": RoleName.ADCVD_TEAM,
    "TEC": RoleName.TRADE_ENFORCEMENT_COORDINATOR,
    "ACD": RoleName.ASSISTANT_CENTER_DIRECTOR,
    "CD": RoleName.CENTER_DIRECTOR,
    "NAM": RoleName.NATIONAL_ACCOUNT_MANAGER,
    "ITS": RoleName.INTERNATIONAL_TRADE_SPECIALIST,
    "FPF": RoleName.FPF_OFFICER,
    "RR": RoleName.REGULATIONS_AND_RULINGS,
    "OT": RoleName.OFFICE_OF_TRADE,
    "PD": RoleName.PORT_DIRECTOR,
    "PS": RoleName.PORT_STAFF,
    "HSI": RoleName.HSI,
}
USUAL: Final[dict[str, Any]] = {
    "text": "As found.",
    "date": "2026-03-02",
    "instant": "2026-03-02T15:04:09Z",
    "money": "10.00",
    "integer": 1,
    "hours": "1.5",
    "flag": True,
    "entry-numbers": [ENTRY],
    "importer-numbers": ["07-345678900", "91-234567800"],
    "line-numbers": [1],
    "references": ["R-1"],
    "port": PORT,
    "program": "CTPAT",
}
NOT_BY_HAND: Final = {"request-for-information", "notice-of-action", "protest", "center-appeal"}
"""Letters have their own walks, a protest is decided in the legal record, routing decides appeals."""


def person(code: str) -> Identity:
    """Somebody of the Center, of the port or of another agency with a role; a 2 after the code is a second person."""
    role = ROLES[code.rstrip("2")]
    whose: dict[str, Any] = {"centers": frozenset({"CEE007"}), "divisions": DIVISIONS}
    if code in {"PD", "PS", "HSI"}:
        whose = {"ports": frozenset() if code == "HSI" else frozenset({PORT})}
    return Identity(code, f"{role} {code}", frozenset({role}), **whose)


async def fill(desk: Desk, item_id: str, step: Step, who: Identity) -> dict[str, Any]:
    """What the act asks for, from the form that the item shows to whoever acts."""
    matter = (await desk.call("GET", f"/items/{item_id}", who)).json()["matter"]
    form = {each["act"]: each["fields"] for each in matter["next"]}
    assert step.act in form, (step.act, matter["stage"], sorted(form))
    usual = {
        each["name"]: next(iter(each["codes"])) if each["kind"] == "code" else USUAL[each["kind"]]
        for each in form[step.act]
        if each["is_required"]
    }
    return usual | step.fields


async def happen(desk: Desk, item_id: str, what: str) -> None:
    """An event, or what a party does."""
    match what.split():
        case ["answer"]:
            letters = (await desk.call("GET", f"/items/{item_id}", person("CD"))).json()["requests"]
            answered = await sent(desk, "POST", f"/requests/{letters[-1]['request_id']}/answers", IVO, text="None.")
            assert answered.status_code == 201, answered.text
        case ["name", subject]:
            named = {"subject": subject, "reason": "Has part in the matter."}
            answer = await desk.call("POST", f"/items/{item_id}/need-to-know", person("TEC"), json=named)
            assert answer.status_code == 200, answer.text
        case ["vote", disposition]:
            seats = {"quorum": 2, "members": {"TEC": "secretary", "ACD": "chair"}, "reason": "New."}
            assert (await desk.call("PUT", "/centers/CEE007/board", person("CD"), json=seats)).status_code == 200
            for code in ("TEC", "ACD"):
                shown = await desk.call("POST", f"/items/{item_id}/comparables", person(code))
                assert shown.status_code == 200, shown.text
                body = {"disposition": disposition, "reason": "first-violation", "opinion": "Corrected."}
                key = {"Idempotency-Key": f"vote-{code}"}
                cast = await desk.call("POST", f"/items/{item_id}/votes", person(code), json=body, headers=key)
                assert cast.status_code == 201, cast.text
        case ["silence"]:
            desk.clock.advance(timedelta(days=31))
            await run(desk, next(each for each in desk.parts.jobs if each.name == "tell-overdue-requests"))
        case _:
            await desk.apply(event_of(what, desk.clock.now().isoformat()))


def event_of(what: str, at: str) -> Event[Any]:
    if what == "account":
        return recorded("routing/account-registered", importer_number=IMPORTER, center="CEE007", time=at)
    lifted = {"occurred_on": "2026-03-02"} if what == "suspension-lifted" else {}
    return recorded(f"liquidation/{what}", entry_number=ENTRY, time=at, **lifted)


async def take(desk: Desk, item_id: str, walk: Walk, number: int, step: Step) -> str | None:
    """One step; gives the day that is due next."""
    desk.clock.advance(timedelta(minutes=1))
    if step.act.startswith("!"):
        await happen(desk, item_id, step.act[1:])
    else:
        who = person(step.who or walk.holder)
        item = (await desk.call("GET", f"/items/{item_id}", who)).json()
        held = {"token": item["token"]} if item["token"] is not None else {}
        given = await fill(desk, item_id, step, who)
        led = await done(desk, item_id, step.act, who, key=f"{number}", fields=given, **held)
        assert (led.status_code, led.json().get("stage")) == (201, step.stage), (step.act, led.text)
    shown = (await desk.call("GET", f"/items/{item_id}", person(walk.holder))).json()
    if step.act.startswith("!"):
        assert shown["stage"] == step.stage, (step.act, shown["stage"])
    running = [
        each["due_on"] for each in shown["matter"]["clocks"] if not each["ended_on"] and not each["stands_since"]
    ]
    return min(running, default="")


@pytest.mark.parametrize("name", WALKS)
async def test_process_goes_from_opening_to_closing_as_the_plan_says(desk: Desk, name: str) -> None:
    walk = WALKS[name]
    opener = person(walk.opener or walk.holder)
    body = {"process": walk.process, "title": "Walk", "entry_numbers": [ENTRY], "port": PORT}
    answer = await opened(desk, opener, **body)
    assert (answer.status_code, answer.json().get("stage")) == (201, walk.first), answer.text
    item_id = answer.json()["item_id"]
    await desk.claim(item_id, person(walk.holder))
    for number, step in enumerate(walk.steps):
        due_on = await take(desk, item_id, walk, number, step)
        assert step.due_on is None or due_on == step.due_on, step.act
    acts = [step for step in walk.steps if not step.act.startswith("!")]
    told = [
        (each["data"]["act"], each["data"]["stage"], tuple(each["data"].get("notices", ())))
        for each in await desk.published()
        if each["data"].get("act") and each["data"].get("item_id") == item_id
    ]
    quiet = walk.process in {"cear", "commercial-fraud"}
    assert told == ([] if quiet else [(step.act, step.stage, step.notices) for step in acts])
    shown = (await desk.call("GET", f"/items/{item_id}", person(walk.holder))).json()
    assert (shown["state"], shown["stage"]) == ("completed", walk.steps[-1].stage)
    assert [each["act"] for each in shown["matter"]["acts"]] == [step.act for step in acts]
    assert all(clock["ended_on"] is not None for clock in shown["matter"]["clocks"])


def test_every_process_is_walked() -> None:
    assert {walk.process for walk in WALKS.values()} | NOT_BY_HAND == set(PROCESSES)
