"""The archive of bulletins: read by everybody who is told of them, without telling how few competitors there are."""

from collections.abc import AsyncIterator

import pytest

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


@pytest.fixture
async def matters(service_engine: MakeEngine) -> AsyncIterator[Matters]:
    async with open_matters(service_engine) as opened:
        yield opened


async def test_archive_tells_parties_what_was_said_and_not_how_many_import_such_goods(matters: Matters) -> None:
    await matters.register()
    body = {"center": "CEE007", "subject": "Certificates", "text": "SYNTHETIC: give them at once."}
    sent = await matters.call("POST", "/broadcasts", DIRECTOR, json=body)
    assert (sent.status_code, sent.json()["importers"]) == (201, 1), sent.text
    for who, importers in ((DIRECTOR, 1), (OFFICE, 1), (HOLDER, None), (OUTSIDER, None), (BROKER, None)):
        (shown,) = (await matters.call("GET", "/broadcasts", who)).json()["items"]
        assert (shown["subject"], shown["importers"]) == ("Certificates", importers), who.subject
