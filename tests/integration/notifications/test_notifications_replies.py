"""A reply to a notice becomes a response in the queue of the Center, and the answer to the letter that it is about."""

from typing import Any

from shared.runtime.identity import Identity, RoleName
from tests.integration.notifications.builders import MakeEngine
from tests.support.produced.routing import IMPORTER, TODAY, case, file, register
from tests.support.produced.workqueue import claim, find_item
from tests.support.produced.world import SPECIALIST, World, open_world

OWNER = Identity("pat", "Pat Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
STRANGER = Identity("sam", "Sam", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"08-345678900"}))
SAID = {"text": "SYNTHETIC: the display is of glass.", "files": ["SYN-DOC-1"]}


async def ask(world: World) -> dict[str, Any]:
    """A CBP 28 on an entry of the importer; gives its notice."""
    await register(world)
    item = await find_item(world, entry=await file(world, 7_002_201, lines=[case()]))
    body = {"token": await claim(world, item), "questions": ["Of what is the display?"], "issue": "02"}
    await world.workqueue.call("POST", f"/items/{item}/requests", SPECIALIST, body)
    await world.listen()
    return await notice_of(world, "N-03")


async def notice_of(world: World, kind: str) -> dict[str, Any]:
    (listed,) = (await world.notifications.call("GET", f"/notices?kind={kind}", OWNER))["items"]
    found: dict[str, Any] = await world.notifications.call("GET", f"/notices/{listed['notice_id']}", OWNER)
    return found


async def test_a_reply_is_a_response_in_the_queue_and_answers_the_letter(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        notice = await ask(world)
        given = await world.notifications.call("POST", f"/notices/{notice['notice_id']}/reply", OWNER, SAID)
        await world.listen()
        item = await find_item(world, process="response")
        assert given["files_path"] == f"/items/{item}/files"
        assert (await world.workqueue.call("GET", given["files_path"], OWNER))["items"] == []
        letter = await world.workqueue.call("GET", f"/requests/{notice['facts']['request_id']}", SPECIALIST)
        assert (letter["state"], [each["filing_number"] for each in letter["answers"]]) == (
            "responded",
            [given["filing_number"]],
        )
        routed = await world.routing.call("GET", f"/post-entry-filings/{given['filing_number']}", OWNER)
        assert routed["kind"] == "response"
        assert (await world.workqueue.call("GET", f"/items/{item}", SPECIALIST))["center"] == "CEE007"
        (kept,) = (await notice_of(world, "N-03"))["replies"]
        assert (kept["text"], kept["files"], kept["replied_by_name"]) == (SAID["text"], SAID["files"], "Pat Owner")


async def test_what_the_law_answers_otherwise_is_refused_with_its_way_and_a_stranger_sees_nothing(
    service_engine: MakeEngine,
) -> None:
    async with open_world(service_engine, TODAY) as world:
        asked = await ask(world)
        assignment = await notice_of(world, "N-01")
        refused = await world.notifications.try_("POST", f"/notices/{assignment['notice_id']}/reply", OWNER, SAID)
        assert (refused.status_code, refused.json()["code"]) == (422, "answered-otherwise")
        assert "POST /appeals" in refused.json()["remedy"]
        path = f"/notices/{asked['notice_id']}/reply"
        assert (await world.notifications.try_("POST", path, STRANGER, SAID)).status_code == 404
        assert (await world.notifications.try_("POST", path, SPECIALIST, SAID)).status_code == 403
        assert [topic for topic, _ in world.published if topic.endswith("post-entry-filed")] == []
