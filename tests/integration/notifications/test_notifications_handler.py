"""The notifications handler on a real database."""

from datetime import date

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.store.tables import deliveries, importers, notices
from services.notifications.store.tables.bulletin import bulletin_postings
from services.notifications.store.tables.deliveries import delivery_events
from shared.contracts.liquidation import EntryChanged
from shared.contracts.registry import carries
from tests.integration.notifications.builders import (
    IMPORTER,
    MakeEngine,
    account_assigned,
    apply,
    entry_changed,
    protest_act,
    protest_filed,
    request_issued,
    rows,
    work_item_changed,
)
from tests.support.events import entry_number


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


async def test_a_liquidation_is_posted_officially_and_told_by_courtesy(engine: AsyncEngine) -> None:
    number = entry_number()
    outgoing = await apply(engine, [entry_changed(number)])
    assert {row.kind: row.due_on for row in await rows(engine, notices)} == {
        "N-13": date(2026, 9, 2),
        "N-09": date(2026, 9, 2),
    }
    (posting,) = await rows(engine, bulletin_postings)
    assert (posting.entry_number, posting.posted_on, posting.event_on) == (number, date(2026, 3, 6), date(2026, 3, 6))
    assert (posting.event_type, posting.basis, posting.action) == ("liquidation", "liquidation-date", "no-change")
    assert {(row.kind, row.channel, row.state) for row in await rows(engine, deliveries)} == {
        ("N-13", "bulletin", "posted"),
        ("N-09", "email", "queued"),
    }
    assert {(row.event, row.sequence) for row in await rows(engine, delivery_events)} == {("posted", 1), ("queued", 1)}
    assert {(item.data.kind, item.data.state, item.data.sequence) for item in outgoing} == {
        ("N-13", "posted", 1),
        ("N-09", "queued", 1),
    }


async def test_a_deemed_liquidation_is_dated_by_the_statute_and_posted_later(engine: AsyncEngine) -> None:
    days = {"occurred_on": "2026-03-02", "posted_on": "2026-03-06", "deemed_on": "2026-03-02"}
    await apply(engine, [entry_changed(change="deemed-liquidated", **days)])
    (posting,) = await rows(engine, bulletin_postings)
    assert (posting.event_on, posting.posted_on, posting.action) == (date(2026, 3, 2), date(2026, 3, 6), "deemed")
    assert {row.due_on for row in await rows(engine, notices)} == {date(2026, 8, 29)}


@pytest.mark.parametrize(
    ("change", "kind", "ways"),
    [
        ("suspended", "N-11", {("bulletin", "posted"), ("email", "queued")}),
        ("extended", "N-10", {("bulletin", "posted"), ("email", "queued")}),
        ("rescheduled", "N-14", {("email", "queued")}),
        ("suspension-lifted", "N-12", {("email", "queued")}),
        ("liquidation-voided", "N-39", {("bulletin", "posted"), ("email", "queued")}),
        ("bill-overdue", "N-35", {("email", "queued")}),
    ],
)
async def test_other_acts_go_their_ways(
    engine: AsyncEngine, change: str, kind: str, ways: set[tuple[str, str]]
) -> None:
    await apply(engine, [entry_changed(change=change)])
    assert {row.kind for row in await rows(engine, notices)} == {kind}
    assert {(row.channel, row.state) for row in await rows(engine, deliveries)} == ways


async def test_reliquidation_is_a_notice_of_its_own(engine: AsyncEngine) -> None:
    number = entry_number()
    await apply(engine, [entry_changed(number), entry_changed(number, "reliquidated", sequence=3)])
    assert [
        row.event_type for row in sorted(await rows(engine, bulletin_postings), key=lambda row: row.event_type)
    ] == [
        "liquidation",
        "reliquidation",
    ]


async def test_protests_requests_and_assignments_cause_their_notices(engine: AsyncEngine) -> None:
    events = [protest_filed(), request_issued(), request_issued("CBP-29"), account_assigned()]
    await apply(engine, [*events, protest_act("begin-review"), account_assigned(sequence=2, center=None)])
    written = {row.kind: row for row in await rows(engine, notices)}
    assert set(written) == {"N-16", "N-03", "N-04", "N-01"}
    assert written["N-16"].issued_on == date(2026, 3, 2)  # received in the evening of New York
    assert (written["N-16"].entry_number, len(written["N-16"].entry_numbers)) == (None, 2)
    assert written["N-03"].due_on == date(2026, 4, 1)
    assert written["N-04"].due_on == date(2026, 3, 22)
    assert written["N-01"].center == "CEE007"


async def test_the_decision_of_a_protest_is_kept_with_its_case_and_its_words(engine: AsyncEngine) -> None:
    await apply(engine, [protest_act("allow-in-part", sue_by="2026-10-31", filer_role="surety", filer_id="036")])
    (row,) = await rows(engine, notices)
    assert (row.kind, row.variant, row.version, row.due_on) == ("N-17", "allowed-in-part", 3, date(2026, 10, 31))
    assert row.surety_code == "036"
    assert "The denial of the rest becomes final" in row.if_nothing_is_done


async def test_what_nobody_is_told_about_leaves_no_row(engine: AsyncEngine) -> None:
    scheduled = entry_changed(change="scheduled")
    assert carries(scheduled, EntryChanged)
    recommended = protest_act("recommend")
    assert await apply(engine, [scheduled, recommended, work_item_changed()]) == ()
    for table in (notices, deliveries, delivery_events, importers):
        assert await rows(engine, table) == []


async def test_a_repeat_under_another_id_adds_and_publishes_nothing(engine: AsyncEngine) -> None:
    event = entry_changed()
    again = msgspec.structs.replace(event, id="another")
    assert len(await apply(engine, [event, again])) == 2
    assert await apply(engine, [again]) == []
    assert len(await rows(engine, deliveries)) == 2


async def test_the_newest_assignment_says_who_gets_the_notices(engine: AsyncEngine) -> None:
    old, new = account_assigned(sequence=1, contact_email="old@x.example"), account_assigned(sequence=2, name="NEW")
    await apply(engine, [new])
    await apply(engine, [old])
    (row,) = await rows(engine, importers)
    assert (row.importer_number, row.name, row.email, row.sequence) == (IMPORTER, "NEW", "trade@importer.example", 2)


async def test_the_surety_is_a_party_only_where_the_catalogue_says_so(engine: AsyncEngine) -> None:
    await apply(engine, [entry_changed()])
    assert {row.kind: row.surety_code for row in await rows(engine, notices)} == {"N-13": "036", "N-09": None}
