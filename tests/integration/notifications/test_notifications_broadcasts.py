"""A bulletin of a Center: routing says who is in the segment, each of these is told by a notice of its own."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.store.tables import notices
from shared.db.transaction import transaction
from tests.integration.notifications.builders import MakeEngine, rows
from tests.support.produced.routing import IMPORTER, TODAY, TRUSTED, broadcast, file, register
from tests.support.produced.world import open_world

NO_GOODS = "11-345678900"
ELSEWHERE = "12-345678900"


async def told_of(engine: AsyncEngine, broadcast_id: str) -> set[str]:
    return {
        row.importer_number
        for row in await rows(engine, notices)
        if row.kind == "N-33" and row.subject.startswith(broadcast_id)
    }


async def test_a_bulletin_reaches_every_importer_of_the_segment_and_nobody_else(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        await register(world)
        await register(world, TRUSTED, trusted_programs=["CTPAT"])
        await register(world, NO_GOODS, trusted_programs=["CTPAT"])
        await register(world, ELSEWHERE, "CEE005")
        await file(world, 7_002_001)
        await file(world, 7_002_002, importer_number=TRUSTED)
        segments: dict[str, tuple[dict[str, Any], set[str]]] = {
            "everybody": ({}, {IMPORTER, TRUSTED, NO_GOODS}),
            "of the goods": ({"hts": "8471"}, {IMPORTER, TRUSTED}),
            "of the program": ({"program": "CTPAT"}, {TRUSTED, NO_GOODS}),
            "of both": ({"hts": "8471", "program": "CTPAT"}, {TRUSTED}),
        }
        for name, (segment, expected) in segments.items():
            sent = await broadcast(world, **segment)
            assert sent["importers"] == len(expected), name
            assert await told_of(world.notifications.engine, sent["broadcast_id"]) == expected, name


async def test_a_large_audience_is_told_in_parts_and_each_importer_once(service_engine: MakeEngine) -> None:
    async with open_world(service_engine, TODAY) as world:
        numbers = [f"55-{serial:07}00" for serial in range(201)]
        await register(world)
        async with transaction(world.routing.engine) as tx:
            for table in ("accounts", "assignments"):
                await tx.connection.execute(text(COPIES[table]), {"numbers": numbers, "model": IMPORTER})
        sent = await broadcast(world)
        assert sent["importers"] == 202
        assert await told_of(world.notifications.engine, sent["broadcast_id"]) == {IMPORTER, *numbers}
        parts = [event["data"]["part"] for source, event in world.published if source == "routing/broadcast-issued"]
        assert parts == [1, 2, 3]


COPIES = {
    "accounts": "INSERT INTO accounts (importer_number, name, size, is_broker, trusted_programs)"
    " SELECT number, a.name, a.size, a.is_broker, a.trusted_programs FROM unnest(CAST(:numbers AS text[])) number,"
    " accounts a WHERE a.importer_number = :model",
    "assignments": "INSERT INTO assignments (importer_number, sequence, center, basis, effective_on, reasons,"
    " assigned_by) SELECT number, 1, s.center, s.basis, s.effective_on, s.reasons, s.assigned_by"
    " FROM unnest(CAST(:numbers AS text[])) number, assignments s WHERE s.importer_number = :model",
}
