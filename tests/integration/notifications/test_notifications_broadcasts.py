"""A bulletin that an earlier release of routing sent: it still lies on the bus, and each whom it names is told once."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.store.tables import notices
from shared.contracts.envelope import Event
from shared.contracts.routing import MOST_ADDRESSED, BroadcastIssued
from tests.integration.notifications.builders import MakeEngine, apply, rows
from tests.support.recorded import recorded, with_


async def test_a_bulletin_of_an_earlier_release_reaches_everybody_whom_its_parts_name_once(
    service_engine: MakeEngine,
) -> None:
    engine = await service_engine("notifications")
    numbers = [f"55-{serial:07}00" for serial in range(MOST_ADDRESSED + 1)]
    to_a_center = recorded("routing/broadcast-to-a-center")
    parts: list[Event[BroadcastIssued]] = [
        with_(to_a_center, id=f"part-{part}", part=part, importer_numbers=of_part)
        for part, of_part in enumerate((numbers[:MOST_ADDRESSED], numbers[MOST_ADDRESSED:]), start=1)
    ]
    await apply(engine, [*parts, parts[0]])
    assert await _told(engine, to_a_center) == sorted(numbers)


async def test_a_bulletin_of_an_earlier_release_reaches_nobody_else(service_engine: MakeEngine) -> None:
    engine = await service_engine("notifications")
    to_a_segment = recorded("routing/broadcast-to-a-segment")
    await apply(engine, [to_a_segment])
    assert await _told(engine, to_a_segment) == list(to_a_segment.data.importer_numbers) == ["08-345678900"]


async def _told(engine: AsyncEngine, event: Event[BroadcastIssued]) -> list[str]:
    found = [row for row in await rows(engine, notices) if row.subject.startswith(event.data.broadcast_id)]
    assert {row.kind for row in found} == {"N-33"}
    return sorted(row.importer_number for row in found)
