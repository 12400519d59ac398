"""What events show of accounts, importers, filers and sureties, by which broadcasts find whom they are for; and what
the directory says that changed, which goes out as a broadcast to those who asked for it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.notifications.domain.broadcasts import Broadcast, Content, NewsChange
from services.notifications.domain.segments import SUBHEADING, Segment
from services.notifications.store import audiences as store
from services.notifications.store import broadcasts as broadcast_store
from services.notifications.store.audiences import CENTER, COUNTRY, HEADING, PARTLY, AccountFact, Trait
from shared.contracts.envelope import Event
from shared.contracts.liquidation import EntryChanged
from shared.contracts.registry import carries
from shared.contracts.routing import AccountAssigned, DirectoryChanged, EntryRouted
from shared.customs.centers import PENDING
from shared.db.transaction import Transaction
from shared.runtime.ids import event_id

BY_DIRECTORY: Final = "the directory"
"""Who releases what the directory says: two people are asked for where a person chooses the words."""


async def learn_of_audiences(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Keep what a batch of events shows of accounts and parties."""
    facts = [fact_of(event.data) for event in events if carries(event, AccountAssigned)]
    if facts:
        await store.write_account_facts(tx, facts)
    shown: list[tuple[Trait, date]] = []
    for event in events:
        if carries(event, EntryRouted):
            shown.extend((trait, event.data.entry_date) for trait in traits_of_routed(event.data))
        elif carries(event, EntryChanged):
            shown.extend((trait, event.data.entry_date) for trait in traits_of_changed(event.data))
    if shown:
        await store.write_traits(tx, shown)


def fact_of(data: AccountAssigned) -> AccountFact:
    """What an assignment says of an account."""
    return AccountFact(
        data.importer_number,
        data.sequence,
        data.center,
        data.effective_on,
        tuple(sorted(data.trusted_programs)),
        data.size,
    )


def traits_of_routed(data: EntryRouted) -> Iterator[Trait]:
    """What a routed entry shows of its importer and its filer: goods, countries, the Center that has it.

    Of an entry whose event lists no subheadings the largest number is known, and of several lines no other: partly.
    """
    headings = data.headings
    is_whole = bool(headings) or data.line_count == 1
    if not headings and data.predominant_tariff is not None:
        headings = (data.predominant_tariff[:SUBHEADING],)
    for recipient in (data.importer_number, f"filer:{data.entry_number[:3]}"):
        yield from (Trait(recipient, HEADING, heading) for heading in headings)
        yield from (Trait(recipient, COUNTRY, country) for country in data.origins)
        if not is_whole:
            yield Trait(recipient, PARTLY, "")
    if data.center != PENDING:
        yield Trait(f"filer:{data.entry_number[:3]}", CENTER, data.center)


def traits_of_changed(data: EntryChanged) -> Iterator[Trait]:
    """What an act on an entry shows of the surety on its bond: the Center that has it."""
    if data.surety_code is not None and data.center is not None and data.center != PENDING:
        yield Trait(f"surety:{data.surety_code}", CENTER, data.center)


async def begin_directory_news(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Begin to tell what changed in the directory, once each; subscribers are found when it is sent."""
    for event in events:
        if carries(event, DirectoryChanged):
            news = news_of(event.data)
            if await broadcast_store.write_broadcast(tx, news):
                await broadcast_store.write_act(
                    tx, news, "release", BY_DIRECTORY, event.data.recorded_at, with_content=True
                )


def news_of(data: DirectoryChanged) -> Broadcast:
    """What the directory says that changed, as a broadcast to whoever subscribed to changes of that Center."""
    changes = [
        NewsChange(each.name.replace("_", " "), each.before or "", each.after or "").told() for each in data.details
    ]
    return Broadcast(
        broadcast_id=UUID(event_id("directory-news", data.center, str(data.sequence))),
        content=Content(
            center=data.center,
            nature="directory",
            segment=Segment(),
            subject=data.text[:200],
            text="\n".join([data.text, *changes]),
            subject_es=None,
            text_es=None,
            effective_on=data.effective_on,
            is_public=True,
        ),
        state="sending",
        revision=1,
        corrects=None,
        drafted_by=BY_DIRECTORY,
        drafted_at=data.recorded_at,
        released_by=BY_DIRECTORY,
        released_at=data.recorded_at,
        planned_at=None,
        ended_at=None,
    )
