"""The archive of older bulletins: read by everybody who was told, without telling how few competitors there are."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.routing.store.tables import broadcasts
from shared.db.transaction import transaction
from tests.integration.routing.matters import (
    BROKER,
    DIRECTOR,
    HOLDER,
    OFFICE,
    OUTSIDER,
    MakeEngine,
    Matters,
    open_matters,
)

ISSUED_AT = datetime(2025, 3, 3, 15, tzinfo=UTC)


@pytest.fixture
async def matters(service_engine: MakeEngine) -> AsyncIterator[Matters]:
    async with open_matters(service_engine) as opened:
        yield opened


async def _keep(matters: Matters, *subjects: str) -> None:
    """Bulletins as the release before wrote them, a minute apart."""
    async with transaction(matters.engine) as tx:
        for minute, subject in enumerate(subjects):
            said = {"broadcast_id": f"bulletin-{minute}", "center": "CEE007", "subject": subject}
            sent = {"body": "SYNTHETIC: give them at once.", "importers": 1, "issued_by": "dana"}
            at = ISSUED_AT + timedelta(minutes=minute)
            await tx.connection.execute(broadcasts.insert().values(**said, **sent, issued_at=at))


async def test_archive_tells_parties_what_was_said_and_not_how_many_import_such_goods(matters: Matters) -> None:
    await _keep(matters, "Certificates")
    for who, importers in ((DIRECTOR, 1), (OFFICE, 1), (HOLDER, None), (OUTSIDER, None), (BROKER, None)):
        (shown,) = (await matters.call("GET", "/broadcasts", who)).json()["items"]
        assert (shown["subject"], shown["importers"]) == ("Certificates", importers), who.subject


async def test_archive_is_read_newest_first_in_pages_and_by_center(matters: Matters) -> None:
    await _keep(matters, "Certificates", "Serial numbers", "Samples")
    first = (await matters.call("GET", "/broadcasts?limit=2", OFFICE)).json()
    assert [each["subject"] for each in first["items"]] == ["Samples", "Serial numbers"]
    rest = (await matters.call("GET", first["next"], OFFICE)).json()
    assert [each["subject"] for each in rest["items"]] == ["Certificates"]
    assert (await matters.call("GET", "/broadcasts?center=CEE005", OFFICE)).json()["items"] == []


async def test_nobody_sends_one_alone_any_more(matters: Matters) -> None:
    body = {"center": "CEE007", "subject": "Certificates", "text": "SYNTHETIC: give them at once."}
    assert (await matters.call("POST", "/broadcasts", DIRECTOR, json=body)).status_code == 405
