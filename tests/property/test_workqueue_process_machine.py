"""Every process by API, whatever anybody tries: no illegal move, no lost clock, a whole history, no order of events.

The model is made of what GET /processes serves, as a page would read it: which acts a stage has, for whom, with what,
which clocks they begin and end. It knows nothing of the engine. People of every role try acts that are right and acts
that are not, parties answer, the legal record says that the entry was liquidated; at the end all events are told once
more in another order.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.workqueue.store.tables.items import item_events
from shared.contracts.envelope import Event
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, Desk
from tests.integration.workqueue.events import IMPORTER
from tests.integration.workqueue.test_process_walks import USUAL
from tests.integration.workqueue.test_workqueue_letters import IVO, sent
from tests.integration.workqueue.walks import ENTRY, PORT
from tests.support.recorded import recorded

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
OPENERS: Final = (
    "import-specialist",
    "entry-specialist",
    "trade-enforcement-coordinator",
    "adcvd-team",
    "drawback-specialist",
    "liquidation-specialist",
    "international-trade-specialist",
    "national-account-manager",
    "assistant-center-director",
    "center-director",
    "fpf-officer",
    "office-of-trade",
    "regulations-and-rulings",
)
PORT_ROLES: Final = ("port-director", "port-staff")
ROLES: Final = (*OPENERS, *PORT_ROLES, "hsi")
LEGAL: Final = ("suspended-by-injunction", "suspension-lifted", "liquidated-as-entered")
REFUSALS: Final = {
    "other-stage",
    "process-role",
    "role-required",
    "out-of-reach",
    "fact-missing",
    "second-person-required",
    "recorded-once",
    "by-event",
    "stale-token",
    "item-ended",
    "fields-refused",
    "recorded-on-letter",
    "repeated-request",
    "not-found",
    "investigation-wording",
}
"""Every way in which a try may be refused; anything else is a failure."""


def person(role: str, number: int = 1) -> Identity:
    whose: dict[str, Any] = {"centers": frozenset({"CEE007"}), "divisions": DIVISIONS}
    if role in PORT_ROLES:
        whose = {"ports": frozenset({PORT})}
    return Identity(f"{role}-{number}", role, frozenset({RoleName(role)}), **whose)


@dataclass
class Model:
    """A matter as the served table leaves it after the acts and events that were let through."""

    table: dict[str, Any]
    stage: str
    acts: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)

    def act(self, code: str) -> dict[str, Any]:
        return next(act for act in self.table["acts"] if act["code"] == code)

    def follow(self, code: str) -> None:
        """Move by an act that was let through; fails where the table does not allow it."""
        act = self.act(code)
        assert self.stage in act["source"], (self.stage, code)
        self.running -= set(act["ends"])
        self.running |= set(act["starts"])
        if act["target"] is not None:
            self.stage = act["target"]
        if self.is_ended:
            self.running.clear()

    @property
    def is_ended(self) -> bool:
        return any(stage["code"] == self.stage and stage["is_end"] for stage in self.table["stages"])


async def demand_agreement(desk: Desk, item_id: str, model: Model, holder: Identity) -> None:
    """What the API shows is what the model knows; the history has a line for each act."""
    shown = (await desk.call("GET", f"/items/{item_id}", holder)).json()
    matter = shown["matter"]
    assert matter["stage"] == shown["stage"] == model.stage
    assert [act["act"] for act in matter["acts"]] == model.acts
    assert {each["clock"] for each in matter["clocks"] if each["ended_on"] is None} == model.running
    assert (shown["state"] == "completed") == model.is_ended
    lines = [
        line
        for line in shown["history"]
        if line["change"] in {"acted", "closed"} and line["actor"] != "system:workqueue"
    ]
    assert len(lines) == len(model.acts)


async def try_act(desk: Desk, item_id: str, model: Model, number: int, act: dict[str, Any], who: Identity) -> None:
    fields = {
        each["name"]: next(iter(each["codes"])) if each["kind"] == "code" else USUAL[each["kind"]]
        for each in act["fields"]
        if each["is_required"]
    }
    fields |= {name: "2026-03-02" for name in ("issued_on", "mailed_on", "proposed_on") if name in fields}
    item = (await desk.call("GET", f"/items/{item_id}", who)).json()
    token = {"token": item["token"]} if item.get("token") is not None else {}
    body = {"act": act["code"], "fields": fields, **token}
    headers = {"Idempotency-Key": f"{number}"}
    answer = await desk.call("POST", f"/items/{item_id}/acts", who, json=body, headers=headers)
    if answer.status_code != 201:
        assert answer.json()["code"] in REFUSALS, (act["code"], answer.text)
        return
    assert {role.value for role in who.roles} & set(act["roles"]), "done by whom the table does not name"
    model.follow(act["code"])
    model.acts.append(act["code"])
    again = await desk.call("POST", f"/items/{item_id}/acts", who, json=body, headers=headers)
    assert again.json() == answer.json(), "sent again it is done once"


def follow_event(model: Model, names: set[str]) -> None:
    for act in model.table["acts"]:
        if act["event"] in names and model.stage in act["source"]:
            model.follow(act["code"])
            return


async def begin(desk: Desk, data: st.DataObject) -> tuple[str, Model, Identity]:
    """A matter of some process that people open, in the hands of who opened it."""
    director = person("center-director")
    tables = (await desk.call("GET", "/processes", director)).json()["items"]
    workable = sorted(each["code"] for each in tables if set(each["opened_by"]) & set(OPENERS))
    code = data.draw(st.sampled_from(workable), label="process")
    table = (await desk.call("GET", f"/processes/{code}", director)).json()
    holder = person(next(role for role in table["opened_by"] if role in OPENERS))
    opening = {"process": code, "title": "Walk", "importer_number": IMPORTER, "center": "CEE007", "port": PORT}
    answer = await desk.call(
        "POST", "/items", holder, json=opening | {"entry_numbers": [ENTRY]}, headers={"Idempotency-Key": "open"}
    )
    assert answer.status_code == 201, answer.text
    item_id, model = answer.json()["item_id"], Model(table, table["first"])
    shown = (await desk.call("GET", f"/items/{item_id}", holder)).json()["matter"]
    model.running = {each["clock"] for each in shown["clocks"]}  # those that run from the opening
    await desk.call("POST", f"/items/{item_id}/claim", holder)
    follow_event(model, {"work-item-changed:claimed"})
    return item_id, model, holder


async def wander(make_engine: MakeEngine, data: st.DataObject, steps: int) -> None:
    desk = Desk(await make_engine("workqueue"))
    item_id, model, holder = await begin(desk, data)
    table = model.table
    told: list[Event[Any]] = []
    for number in range(steps):
        desk.clock.advance(timedelta(seconds=1))
        what = data.draw(st.sampled_from(["right", "right", "right", "right", "any", "answer", "legal"]), label="what")
        if what == "answer":
            letters = (await desk.call("GET", f"/items/{item_id}", holder)).json()["requests"]
            asked = [each for each in letters if each["state"] in {"issued", "proposed"}]
            if asked:
                path = f"/requests/{asked[-1]['request_id']}/answers"
                assert (await sent(desk, "POST", path, IVO, key=f"{number}", text="None.")).status_code == 201
                follow_event(model, {"request-changed:answered"})
        elif what == "legal":
            if len(told) < len(LEGAL) and not model.is_ended:
                name = LEGAL[len(told)]
                event = recorded(f"liquidation/{name}", entry_number=ENTRY, time=desk.clock.now().isoformat())
                told.append(event)
                await desk.apply(event)
                follow_event(model, {"entry-changed", f"entry-changed:{event.data.change}"})
        else:
            acts = [act for act in table["acts"] if what == "any" or model.stage in act["source"]]
            by_people = [act for act in acts if act["roles"] or what == "any"]
            if by_people:
                act = data.draw(st.sampled_from(by_people), label="act")
                roles = ROLES if what == "any" else [role for role in act["roles"] if role in ROLES]
                if roles:
                    role = data.draw(st.sampled_from(list(roles)), label="role")
                    who = (
                        holder
                        if act["by_holder"] and role in {each.value for each in holder.roles}
                        else person(role, 2)
                    )
                    await try_act(desk, item_id, model, number, act, who)
        if table["first"] != model.stage or model.acts:
            follow_event(model, {"work-item-changed:claimed"})
        await demand_agreement(desk, item_id, model, holder)
    await desk.apply(*reversed(told), *told)
    await demand_agreement(desk, item_id, model, holder)
    lines = [row.change_key for row in await desk.rows(item_events)]
    assert len(lines) == len(set(lines))
    assert not any((await desk.violations()).values())
    await desk.client.aclose()
    await desk.platform.bus.close()


SLOW: Final = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=8, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
async def test_no_illegal_move_no_lost_clock_and_a_whole_history(
    service_engine: MakeEngine, data: st.DataObject
) -> None:
    await wander(service_engine, data, 12)


@pytest.mark.verify
@pytest.mark.timeout(900)
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
async def test_the_same_for_long(service_engine: MakeEngine, data: st.DataObject) -> None:
    await wander(service_engine, data, 25)
