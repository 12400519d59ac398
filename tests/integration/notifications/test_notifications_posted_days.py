"""The days of notices and postings, from the events that the other services really build."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store.instructions import Instruction
from services.notifications.domain.notices import Notice
from services.notifications.handlers.handler import issue_notices
from services.notifications.store.tables.bulletin import bulletin_postings
from services.routing.domain.accounts import AccountRecord
from services.routing.publishing import SOURCE, account_assigned
from services.routing.store.assignments import NewAssignment
from shared.bus import outbox
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from tests.integration.liquidation.builders import apply as apply_to_record
from tests.integration.liquidation.builders import cycle, instruct, published
from tests.integration.notifications.builders import apply, rows
from tests.support.events import decoded, entry_body, entry_number

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

FRIDAY = date(2027, 1, 15)  # the scheduled date of an entry of 2 March 2026


@pytest.fixture
async def record(service_engine: MakeEngine) -> AsyncEngine:
    """The database of liquidation, which publishes what notifications reads."""
    return await service_engine("liquidation")


async def file(record: AsyncEngine, **changes: Any) -> str:
    number = entry_number()
    await apply_to_record(record, [decoded("entry-filed", entry_body(number, **changes))])
    return number


async def told(record: AsyncEngine) -> dict[str, Notice]:
    """The notices that what was published causes, by kind."""
    return {each.notice.kind: each.notice for each in issue_notices(await published(record)).values()}


@pytest.mark.parametrize(
    ("changes", "friday", "days_late", "posted_on", "event_on", "protest_by"),
    [
        ({}, FRIDAY, 0, FRIDAY, FRIDAY, date(2027, 7, 14)),
        ({}, FRIDAY, 10, date(2027, 1, 25), date(2027, 1, 25), date(2027, 7, 24)),
        ({}, date(2027, 3, 5), 0, date(2027, 3, 5), date(2027, 3, 2), date(2027, 8, 29)),
        (
            {"entry_type": "11", "paid_on": "2026-03-10"},
            date(2026, 3, 13),
            3,
            date(2026, 3, 16),
            date(2026, 3, 10),
            date(2026, 9, 6),
        ),
    ],
    ids=["on its Friday", "ten days late", "deemed", "informal"],
)
async def test_bulletin_has_the_day_of_posting_and_the_day_in_law(
    record: AsyncEngine,
    service_engine: MakeEngine,
    changes: dict[str, Any],
    friday: date,
    days_late: int,
    posted_on: date,
    event_on: date,
    protest_by: date,
) -> None:
    """liquidation-date, liquidation-date-deemed [S], 19 CFR 159.9(c); protest-deemed [U]: safe from the day in law."""
    await file(record, **changes)
    await cycle(record, friday, days_late=days_late)
    engine = await service_engine("notifications")
    await apply(engine, await published(record))
    (posting,) = await rows(engine, bulletin_postings)
    assert (posting.posted_on, posting.event_on) == (posted_on, event_on)
    notices = await told(record)
    assert {notices[kind].issued_on for kind in ("N-13", "N-09")} == {posted_on}
    assert {notices[kind].due_on for kind in ("N-13", "N-09")} == {protest_by}


async def test_suspension_is_posted_when_it_is_recorded_and_began_when_the_message_says(record: AsyncEngine) -> None:
    await file(record)
    draft = Instruction(
        instruction_id="i-1",
        revision=1,
        state="draft",
        kind="suspend",
        ground="injunction",
        reference="24-00123",
        source="court-notice",
        message_number="1",
        noticed_on=date(2026, 4, 1),
        predicate=EntryPredicate(importer_number="07-345678900"),
        made_at=datetime(2026, 9, 1, 15, tzinfo=UTC),
        made_by="kim",
    )
    await instruct(record, draft)
    notice = (await told(record))["N-11"]
    assert notice.posting is not None
    assert (notice.posting.posted_on, notice.posting.event_on) == (date(2026, 9, 1), date(2026, 4, 1))


async def test_letter_about_an_assignment_of_2017_has_the_day_on_which_it_was_made() -> None:
    """The account was given its Center long ago; the letter, and what it says of that day, are of today."""
    new = NewAssignment(
        importer_number="07-345678900",
        sequence=1,
        center="CEE007",
        previous_center=None,
        basis="registered",
        effective_on=date(2017, 1, 19),
        reasons="[]",
        assigned_by="kim",
    )
    account = AccountRecord("07-345678900", "SYNTHETIC IMPORTER", "large", is_broker=False)
    outgoing = account_assigned(new, account, datetime(2026, 11, 23, 15, tzinfo=UTC))
    topic, key, value = outbox.encode(outgoing, SOURCE)
    event: Event[Any] | Rejection = decode(topic, key.encode(), value, {}, 524_288)
    assert not isinstance(event, Rejection)
    (issued,) = issue_notices([event]).values()
    assert (issued.notice.issued_on, issued.notice.body["effective_on"]) == (date(2026, 11, 23), "2017-01-19")
