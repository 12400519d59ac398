"""A key that made something is never free again, also when its first answer is forgotten: nothing is made twice."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.runtime.identity import Identity, RoleName
from tests.support.forgetting import REUSED, forget_answers
from tests.support.produced.routing import IMPORTER, TODAY, case, file, register
from tests.support.produced.workqueue import claim, find_item
from tests.support.produced.world import OFFICE, SPECIALIST, Station, World, open_world

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

OWNER: Final = Identity("pat", "Pat Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
LIQUIDATOR: Final = Identity("lou", "Lou", frozenset({RoleName.LIQUIDATION_SPECIALIST}), centers=frozenset({"CEE007"}))
ADCVD: Final = Identity("adi", "Adi", frozenset({RoleName.ADCVD_TEAM}), centers=frozenset({"CEE007"}))


async def demand_never_free(world: World, desk: Station, path: str, who: Identity, body: Any) -> dict[str, Any]:
    """Make something, forget the answer, and make it again under the key: refused; gives the first answer."""
    key = f"key of {path}"
    first = await desk.try_("POST", path, who, body, Idempotency_Key=key)
    assert first.status_code == 201, first.text
    await forget_answers(desk.engine, world.clock.now() + timedelta(days=8))
    again = await desk.try_("POST", path, who, body, Idempotency_Key=key)
    assert (again.status_code, again.json().get("code")) == REUSED, again.text
    made: dict[str, Any] = first.json()
    return made


async def test_letters_answers_files_and_replies(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        await register(world)
        item = await find_item(world, entry=await file(world, 7_002_301, lines=[case()]))
        text = {"token": await claim(world, item), "questions": ["Of what is the display?"]}
        await demand_never_free(world, world.workqueue, f"/items/{item}/drafts", SPECIALIST, text)
        letter = await demand_never_free(world, world.workqueue, f"/items/{item}/requests", SPECIALIST, text)
        answers = f"/requests/{letter['request_id']}/answers"
        await demand_never_free(world, world.workqueue, answers, OWNER, {"text": "Of glass."})
        assert len((await world.workqueue.call("GET", f"/requests/{letter['request_id']}", SPECIALIST))["answers"]) == 1
        opened = {"process": "engagement", "title": "Visit", "importer_number": IMPORTER, "center": "CEE007"}
        await demand_never_free(world, world.workqueue, "/items", SPECIALIST, opened)
        await world.listen()
        (notice,) = (await world.notifications.call("GET", "/notices?kind=N-03", OWNER))["items"]
        reply = f"/notices/{notice['notice_id']}/reply"
        await demand_never_free(world, world.notifications, reply, OWNER, {"text": "Of glass.", "files": []})


async def test_appeals_and_delegations(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        await register(world)
        appeal = {"importer_number": IMPORTER, "current_center": "CEE007", "preferred_center": "CEE010"}
        await demand_never_free(world, world.routing, "/appeals", OWNER, appeal)
        party = {"party_id": "filer:B76", "name": "SYNTHETIC BROKER"}
        await world.routing.call("POST", "/parties", OFFICE, {"parties": [party], "reason": "From the list."})
        grants = "/parties/filer:B76/delegations"
        grant = {"importer_number": IMPORTER, "scopes": ["protest"], "reason": "They act for us."}
        made = await demand_never_free(world, world.routing, grants, OWNER, grant | {"to_on": str(TODAY)})
        assert made["scopes"] == ["protest"]


async def test_hold_sets_and_instructions(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        held = {"name": "SYNTHETIC", "predicate": {"tariff_prefix": "8471"}, "reason": "An order is expected."}
        await demand_never_free(world, world.liquidation, "/hold-sets", LIQUIDATOR, held)
        message = {"kind": "lift", "ground": "adcvd-case", "source": "federal-register", "message_number": "6012345"}
        dated = {"noticed_on": str(TODAY), "predicate": {"case_numbers": ["A570012000"]}}
        await demand_never_free(world, world.liquidation, "/instructions", ADCVD, message | dated)
