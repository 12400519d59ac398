"""One day from the letter that sets it to the calendar and the mailbox of whom it binds, through all services."""

from datetime import date
from typing import Any

import httpx
from icalendar import Calendar

from shared.runtime.identity import Identity, RoleName
from tests.support.produced.liquidation import FILED
from tests.support.produced.routing import IMPORTER, case, file, file_paper, register
from tests.support.produced.workqueue import claim, find_item
from tests.support.produced.world import SPECIALIST, MakeEngine, World, open_world

OWNER = Identity("owner", "Pat Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))


async def read(world: World, made: dict[str, Any]) -> dict[str, Any]:
    """The reply to a CBP 28 as the calendar has it; nothing where it has none."""
    app = world.liquidation._client._transport.app  # type: ignore[attr-defined]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://feeds") as program:
        answer = await program.get(made["address"].removeprefix("http://localhost:8003"))
    assert answer.status_code == 200, answer.text
    events = Calendar.from_ical(answer.text).walk("VEVENT")
    replies = [event for event in events if "Reply to CBP 28 due" in str(event["summary"])]
    return {str(event["uid"]): (str(event["dtstart"].dt), str(event["status"])) for event in replies}


async def reminders(world: World) -> list[tuple[str, int]]:
    page = await world.notifications.call("GET", "/notices?kind=N-45", OWNER)
    details = [await world.notifications.call("GET", f"/notices/{each['notice_id']}", OWNER) for each in page["items"]]
    return sorted((each["due_on"], each["facts"]["days_before"]) for each in details)


async def test_letter_is_in_the_calendar_reminded_of_and_gone_when_it_is_answered(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, FILED) as world:
        await register(world)
        number = await file(world, 7_009_101, lines=[case()])
        item = await find_item(world, entry=number)
        body = {"token": await claim(world, item), "questions": ["SYNTHETIC: of what is it?"]}
        letter = (await world.workqueue.call("POST", f"/items/{item}/requests", SPECIALIST, body))["request_id"]
        await world.listen()
        named = {"owner": IMPORTER, "name": "Customs deadlines"}
        made = await world.liquidation.call("POST", "/calendar-feeds", OWNER, named)
        ((uid, day),) = (await read(world, made)).items()
        assert day == ("2025-05-25", "CONFIRMED")

        for on in (date(2025, 5, 11), date(2025, 5, 12)):
            world.go_to(on)
            await world.liquidation.run("remind")
            await world.listen()
        assert await reminders(world) == [("2025-05-25", 14)]

        await file_paper(world, "response", "R-7009101", body={"answers_request": letter})
        for on in (date(2025, 5, 18), date(2025, 5, 24)):
            world.go_to(on)
            await world.liquidation.run("remind")
            await world.listen()
        assert await reminders(world) == [("2025-05-25", 14)]
        assert await read(world, made) == {uid: ("2025-05-25", "CANCELLED")}
