"""Admissions to trusted-trader programs: the work queue decides them, the account shows them, routing goes by them."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.handlers.handler import RoutingHandler
from services.routing.store.rulebook import RulesInForce
from shared.contracts.envelope import Event
from shared.db.transaction import transaction
from shared.runtime.metrics import Metrics
from tests.support.events import decoded, entry_body, entry_number
from tests.support.produced.routing import TODAY
from tests.support.produced.world import OFFICE, World, open_world
from tests.support.recorded import recorded

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
IMPORTER = "07-345678900"
MEMBER = {"program": "CTPAT", "from": "2026-06-01", "to": None}
ADMITTED = "workqueue/program-admitted"


class Routing:
    """The event path and the API of routing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.handler = RoutingHandler(RulesInForce(0), Metrics.create().conflicts_total)

    async def hear(self, *events: Event[Any]) -> None:
        async with transaction(self.world.routing.engine) as tx:
            await self.handler(tx, events)

    async def register(self, **more: Any) -> None:
        account = {"importer_number": IMPORTER, "name": "SYNTHETIC IMPORTER", "center": "CEE007", **more}
        await self.world.routing.call("POST", "/importers", OFFICE, {"accounts": [account]})

    async def account(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.world.routing.call("GET", f"/importers/{IMPORTER}", OFFICE)
        return found

    async def history(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.world.routing.call("GET", f"/importers/{IMPORTER}/history", OFFICE))[
            "items"
        ]
        return found

    async def division_of_entry(self, serial: int, entry_date: str) -> str:
        number = entry_number(serial)
        await self.hear(decoded("entry-filed", entry_body(number, importer_number=IMPORTER, entry_date=entry_date)))
        decided = await self.world.routing.call("GET", f"/entries/{number}/routing", OFFICE)
        return str(decided["current"]["division"])


async def test_admission_is_written_into_the_account_and_its_entries_are_of_the_partnership_division(
    service_engine: MakeEngine,
) -> None:
    async with open_world(service_engine, TODAY) as world:
        routing = Routing(world)
        await routing.register()
        await routing.hear(recorded(ADMITTED))
        account = await routing.account()
        assert account["trusted_programs"] == [MEMBER]
        changed = (await routing.history())[-1]
        assert changed["changed_by"] == "dana"
        assert changed["reason"].startswith("Admitted to CTPAT: application ")
        assert [each["field"] for each in changed["changes"]] == ["trusted_programs"]
        # From the first day of the membership on, and not before.
        assert await routing.division_of_entry(8_100_001, "2026-05-31") == "validation-and-compliance"
        assert await routing.division_of_entry(8_100_002, "2026-06-01") == "partnership"


async def test_admission_told_again_or_known_to_the_account_changes_nothing(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        routing = Routing(world)
        await routing.register()
        await routing.hear(recorded(ADMITTED), recorded(ADMITTED))
        await routing.hear(recorded(ADMITTED))
        before = await routing.account()
        await routing.hear(recorded(ADMITTED, item_id="another-application", admitted_from="2026-09-01"))
        assert await routing.account() == before
        assert before["trusted_programs"] == [MEMBER]
        assert len(await routing.history()) == 2


async def test_membership_that_ended_is_followed_by_the_new_one(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        routing = Routing(world)
        ended = {"program": "CTPAT", "from": "2020-01-01", "to": "2024-12-31"}
        await routing.register(trusted_programs=[ended])
        await routing.hear(recorded(ADMITTED))
        assert (await routing.account())["trusted_programs"] == [ended, MEMBER]


async def test_admission_before_there_is_an_account_is_kept_for_it(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        routing = Routing(world)
        await routing.hear(recorded(ADMITTED))
        await routing.register()
        assert (await routing.account())["trusted_programs"] == [MEMBER]
        assert [each["action"] for each in await routing.history()] == ["registered", "changed"]
