"""Sureties are told of what the Center decides on a claim against the bond: the legal record says whose bond it is."""

from typing import Final

import pytest

from services.notifications.store.tables import deliveries, notices
from shared.runtime.identity import Identity, RoleName
from tests.integration.notifications.builders import MakeEngine, rows
from tests.support.produced.routing import TODAY, file, file_paper, register
from tests.support.produced.workqueue import find_item
from tests.support.produced.world import OFFICE, World, open_world

FPF: Final = Identity("fay", "Fay Penalty", frozenset({RoleName.FPF_OFFICER}))
LATE: Final = {"notice_mailed_on": "2025-12-01", "petitioned_on": "2026-03-02"}


async def register_sureties(world: World) -> None:
    """The surety of the entries, and another one."""
    contact = {"process": "petition", "name": "SYNTHETIC CLAIMS", "email": "claims@surety.example"}
    parties = [
        {"party_id": f"surety:{code}", "name": "SYNTHETIC SURETY", "contacts": [contact]} for code in ("036", "037")
    ]
    await world.routing.call("POST", "/parties", OFFICE, {"parties": parties, "reason": "SYNTHETIC: registered."})
    await world.listen()


async def refuse_petition(world: World, number: str, entries: list[str]) -> None:
    """A petition of the importer that came too late."""
    await file_paper(world, "petition", number, entries=entries, body={"notice_mailed_on": "2025-12-01"})
    item = await find_item(world, process="petition")
    await world.workqueue.call("POST", f"/items/{item}/acts", FPF, {"act": "find-late", "fields": LATE})
    await world.listen()


@pytest.mark.parametrize(("surety_code", "told"), [("036", {"surety:036"}), (None, set())])
async def test_the_surety_on_the_bond_of_the_entry_is_told_of_a_decision_on_a_petition(
    service_engine: MakeEngine, surety_code: str | None, told: set[str]
) -> None:
    async with open_world(service_engine, TODAY) as world:
        await register(world)
        await register_sureties(world)
        number = await file(world, 7_002_101, surety_code=surety_code)
        await refuse_petition(world, "SYN-late", [number])
        (notice,) = [row for row in await rows(world.notifications.engine, notices) if row.kind == "N-31"]
        assert notice.surety_code == surety_code
        found = [row for row in await rows(world.notifications.engine, deliveries) if row.kind == "N-31"]
        assert {row.recipient_role for row in found} == {"importer", *told}
