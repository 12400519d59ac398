"""What the routes of liquidation share: readings in force, paths, rules as shown, an entry that the caller may see."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, Field
from pydantic.config import JsonDict
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.acts.cycle_cuts import Upstream
from services.liquidation.domain.cycle_cut import Unseen
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.publishing import find_rule
from services.liquidation.store.pictures import EntryPicture, find_picture
from services.liquidation.store.records import EntryRow
from services.liquidation.store.sight import is_any_reached, matter_of
from shared.contracts.terms import CenterCode
from shared.customs.centers import PENDING
from shared.db.transaction import reading
from shared.runtime.access import Matter, Reach, demand_sight, no_such, shown_importer_number
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity
from shared.web.fields import LegalDay
from shared.web.requests import canonical_entry_number, engine_of, today_of

EntryNumberPath = Annotated[str, Path(description="Entry number, with or without hyphens.", examples=["B7603245278"])]

FridayPath = Annotated[LegalDay, Path(description="The Friday of the cycle.", examples=["2026-08-14"])]


class RuleOut(BaseModel):
    """A rule with its source; `evidence` S read, P partly read, M recalled, U unsettled."""

    id: str = Field(examples=["liq-1yr-entry"])
    citation: str = Field(examples=["19 USC 1504(a)(1)(A)"])
    evidence: Literal["S", "P", "M", "U"]
    text: str


def cycle_policy_of(request: Request) -> CyclePolicy:
    """When entries are scheduled, as the operator has set it."""
    policy: CyclePolicy = request.app.state.policy
    return policy


def upstream_of(request: Request) -> Upstream:
    """What a cycle waits for, as the operator has set it."""
    upstream: Upstream = request.app.state.upstream
    return upstream


def cycle_confirmation_of(request: Request) -> Literal["automatic", "two-people"]:
    """Who has to confirm a cycle before it runs, as the operator has set it."""
    confirmation: Literal["automatic", "two-people"] = request.app.state.cycle_confirmation
    return confirmation


def law_of(request: Request) -> LawSettings:
    """The readings of rules that are unsettled or recalled, as the operator has set them."""
    law: LawSettings = request.app.state.law
    return law


def money_policy_of(request: Request) -> MoneyPolicy:
    """The readings of the rules of money, as the operator has set them."""
    policy: MoneyPolicy = request.app.state.money_policy
    return policy


def payment_address_of(request: Request) -> str | None:
    """Where and how bills are paid, in words; None where the operator has not said it."""
    address: str | None = request.app.state.payment_address
    return address


def show_rule(rule: str) -> RuleOut:
    """A rule of the deadline table or of money, by its id."""
    return RuleOut.model_validate(find_rule(rule), from_attributes=True)


class UnreadPartitionOut(BaseModel):
    """Events of a partition that were published before the cycle began and not applied when it ran."""

    topic: str = Field(examples=["review-decided"])
    partition: int
    events: int


class StandingLettersOut(BaseModel):
    """Dead letters of a topic that nobody has replayed or discarded."""

    topic: str = Field(examples=["review-decided"])
    letters: int


class UnseenOut(BaseModel):
    """What a cycle did not see of what was published before it began."""

    state: Literal["nothing", "some", "unknown"] = Field(
        description="unknown: the bus was away, or the cycle ran before this was recorded."
    )
    as_of: datetime | None = Field(description="When the ends of the topics were read.")
    events: int | None = Field(description="Unread events; null when it is not known.")
    letters: int = Field(description="Dead letters that stood.")
    unread: list[UnreadPartitionOut]
    dead_letters: list[StandingLettersOut]


def show_unseen(unseen: Unseen) -> UnseenOut:
    """What a cycle did not see, as it is shown."""
    return UnseenOut(
        state=unseen.state,
        as_of=unseen.as_of,
        events=sum(each.events for each in unseen.unread) if unseen.as_of is not None else None,
        letters=sum(each.letters for each in unseen.letters),
        unread=[UnreadPartitionOut.model_validate(each, from_attributes=True) for each in unseen.unread],
        dead_letters=[StandingLettersOut.model_validate(each, from_attributes=True) for each in unseen.letters],
    )


NOTHING_UNSEEN: Final[JsonDict] = {
    "state": "nothing",
    "as_of": "2026-08-14T10:00:00Z",
    "events": 0,
    "letters": 0,
    "unread": [],
    "dead_letters": [],
}
"""An example of a cycle that saw everything."""


async def find_visible_picture(entry_number: str, request: Request, caller: Identity) -> EntryPicture:
    """Everything that is recorded of an entry that the caller may read; raises `NotFound`."""
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        picture = await find_picture(connection, number)
    if picture is None:
        raise no_entry(number)
    demand_entry_sight(caller, request, matter_of_entry(picture.entry), number)
    return picture


def matter_of_entry(row: EntryRow) -> Matter:
    """Whose an entry is."""
    return matter_of(row.entry_number, row.importer_number, row.surety_code, row.center)


def demand_entry_sight(caller: Identity, request: Request, matter: Matter | None, number: str) -> None:
    """Raise `NotFound` when there is no such entry, and alike when the caller may not read it."""
    if matter is None:
        raise no_entry(number)
    demand_sight(caller, "entry", today_of(request), matter, _in_liquidation(number))


def no_entry(number: str) -> NotFound:
    """There is no such entry that the caller may read; to be raised."""
    return no_such(_in_liquidation(number))


def _in_liquidation(number: str) -> str:
    return f"entry {number} in liquidation"


def shown_number(importer_number: str | None, caller: Identity) -> str | None:
    """An importer number as the caller may see it, if there is one."""
    return shown_importer_number(caller, importer_number) if importer_number else None


OfCenter = Annotated[
    CenterCode | None, Query(description="Only entries of this Center; `PNDING`: of none yet.", examples=["CEE007"])
]


def narrow(reach: Reach, center: str | None) -> Reach:
    """What a caller reaches, of one Center alone where one is named."""
    if center is None:
        return reach
    is_reached = reach.is_national or center in reach.centers
    return replace(
        reach,
        is_national=False,
        centers=frozenset({center}) if is_reached else frozenset(),
        is_unassigned=center == PENDING and (reach.is_national or reach.is_unassigned),
    )


async def demand_sight_of_importer(connection: AsyncConnection, reach: Reach, importer_number: str) -> None:
    """Raise `NotFound` for an importer of whom the caller may see nothing: staff of Centers see what theirs have."""
    if reach.centers or reach.covers(Matter(importer_number)):
        return
    if not await is_any_reached(connection, reach, importer_number):
        raise no_such("importer of that number")
