"""What parties replied, what filers' software was told in codes, and bulletins of Centers stand under seal."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from services.notifications.store.sealed import SEALED as NOTIFICATIONS
from services.routing.store.sealed import SEALED as ROUTING
from shared.db.seals import SealedTable
from shared.db.transaction import transaction
from shared.runtime import sealing
from tests.integration.notifications.builders import MakeEngine
from tests.support.invariants import find_violations

NOW = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
REPLY = """
INSERT INTO replies (filing_number, notice_id, text, files, replied_by, replied_by_name, replied_at)
VALUES ('REPLY-1', '11111111-2222-5333-8444-555555555555', 'SYNTHETIC: no', '[]', 'ada', 'Ada', now())
"""
STATUS = """
INSERT INTO status_records (notice_id, filer_code, disposition, reason, source)
VALUES ('11111111-2222-5333-8444-555555555555', 'B76', '4', '003', '1')
"""
BULLETIN = """
INSERT INTO broadcasts (broadcast_id, center, subject, body, importers, issued_by, issued_at)
VALUES ('B-1', 'CEE005', 'SYNTHETIC', 'SYNTHETIC: send certificates', 1, 'dana', now())
"""


@pytest.mark.parametrize(
    ("service", "sealed", "line", "forged"),
    [
        ("notifications", NOTIFICATIONS, REPLY, "UPDATE replies SET text = 'yes'"),
        ("notifications", NOTIFICATIONS, REPLY, "DELETE FROM replies"),
        ("notifications", NOTIFICATIONS, STATUS, "UPDATE status_records SET disposition = '1'"),
        ("routing", ROUTING, BULLETIN, "UPDATE broadcasts SET body = 'another'"),
    ],
)
async def test_a_line_that_is_changed_or_taken_out_is_found(
    service_engine: MakeEngine, service: str, sealed: tuple[SealedTable, ...], line: str, forged: str
) -> None:
    engine = await service_engine(service)

    async def findings() -> list[str]:
        return (await find_violations(engine, sealing.invariants(sealed)))["history-stands-as-sealed"]

    async with transaction(engine) as tx:
        await tx.connection.execute(text(line))
    await sealing.seal_what_waits(engine, sealed, NOW)
    assert await findings() == []
    async with transaction(engine) as tx:
        await tx.connection.execute(text(forged))
    assert len(await findings()) == 1
