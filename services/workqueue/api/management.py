"""For those who answer for a Center: load, flow, ageing, standards, trusted accounts, and moves that would balance."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import management as acts
from services.workqueue.domain.standard import STANDARDS
from services.workqueue.store import management as store
from shared.contracts.terms import CenterCode
from shared.customs.calendar import add_days, end_of_legal_day
from shared.db.transaction import snapshot, transaction
from shared.runtime.access import Matter, judge, reach_of, refusal_of
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["management"])

_DAYS = 30
_MOST_DAYS = 400
Center = Annotated[CenterCode, Path(description="The Center.", examples=["CEE007"])]


class PersonLoadOut(BaseModel):
    """What a person has against what they can do in ten working days."""

    model_config = ConfigDict(from_attributes=True)

    subject: str
    name: str
    teams: list[str]
    items: int
    minutes: int = Field(description="Minutes of work, by the estimate of each process.")
    capacity: int = Field(description="Minutes that they are there for items; absences count as none.")


class TeamLoadOut(BaseModel):
    """The sum of a team; who is in several counts in each."""

    team: str
    items: int
    minutes: int
    capacity: int


class LoadOut(BaseModel):
    """Open work of a Center against its people."""

    center: str
    working_days: int = Field(examples=[10])
    people: list[PersonLoadOut]
    teams: list[TeamLoadOut]
    items: int = Field(description="All of the Center's that waits for nobody else.")
    minutes: int
    capacity: int
    unassigned_items: int = Field(description="Of those, held by nobody and assigned to nobody.")
    unassigned_minutes: int


class FlowOut(BaseModel):
    """What came and went on a legal day."""

    model_config = ConfigDict(from_attributes=True)

    on_day: date
    center: str
    process: str
    arrived: int
    completed: int
    cancelled: int


class AgeOut(BaseModel):
    """What waits, by how many days it is old."""

    model_config = ConfigDict(from_attributes=True)

    center: str
    process: str
    age: str = Field(description="Days: 0-7, 8-30, 31-90, 91-365, over-365.", examples=["8-30"])
    items: int
    unclaimed: int
    late: int = Field(description="Due before today.")


class AttainmentOut(BaseModel):
    """A standard, and how it was met by what ended in the period."""

    code: str = Field(examples=["protests-in-two-years"])
    label: str
    days: int | None = Field(description="Within so many days of the opening; null: by the day that each was due.")
    wanted_percent: int
    source: str
    ended: int
    in_time: int
    percent: float | None = Field(description="Null where nothing ended.")
    is_met: bool | None
    p50_days: float | None = Field(description="Half took so many days or fewer.")
    p90_days: float | None


class TrustedOut(BaseModel):
    """How much of what waits is of accounts in a trusted program."""

    items: int
    trusted: int
    percent: float | None
    value_usd: int
    trusted_value_usd: int


class ManagementOut(BaseModel):
    """What came, went and waits."""

    centers: list[str] | None = Field(description="Null: every Center.")
    since: date
    until: date = Field(description="The last day that counts.")
    flow: list[FlowOut]
    ageing: list[AgeOut]
    standards: list[AttainmentOut]
    trusted: TrustedOut


class SuggestionOut(BaseModel):
    """A move that would balance; `POST /items/{item_id}/assign` makes it."""

    model_config = ConfigDict(from_attributes=True)

    item_id: UUID
    process: str
    number: str | None = Field(description="The entry, protest or filing that it is about.")
    minutes: int
    from_subject: str | None
    to_subject: str
    why: str


@router.get("/centers/{center}/load", summary="Open work against capacity")
async def read_load(center: Center, request: Request, caller: Annotated[Identity, allow("staff.read")]) -> LoadOut:
    """Minutes of open work by person, team and Center against what people can do in ten working days."""
    permission = judge(caller, "staff.read", today_of(request), Matter(centers=frozenset({center})))
    if not permission.is_given:
        raise refusal_of(permission)
    async with snapshot(engine_of(request)) as tx:
        loads, items, minutes = await acts.list_loads(tx, center, today_of(request))
    teams = sorted({team for each in loads for team in each.teams})
    of_team = {team: [each for each in loads if team in each.teams] for team in teams}
    return LoadOut(
        center=center,
        working_days=acts.DAYS,
        people=[PersonLoadOut.model_validate(each) for each in loads],
        teams=[
            TeamLoadOut(
                team=team,
                items=sum(each.items for each in people),
                minutes=sum(each.minutes for each in people),
                capacity=sum(each.capacity for each in people),
            )
            for team, people in of_team.items()
        ],
        items=items + sum(each.items for each in loads),
        minutes=minutes + sum(each.minutes for each in loads),
        capacity=sum(each.capacity for each in loads),
        unassigned_items=items,
        unassigned_minutes=minutes,
    )


@router.get("/centers/{center}/rebalance", summary="Moves that would balance the load")
async def suggest_moves(
    center: Center, request: Request, caller: Annotated[Identity, allow("item.assign")]
) -> list[SuggestionOut]:
    """From people with more than they can do, and from nobody, to people of the same Center with minutes left.

    The account keeps its Center. Nothing is moved by asking.
    """
    permission = judge(caller, "item.assign", today_of(request), Matter(centers=frozenset({center})))
    if not permission.is_given:
        raise refusal_of(permission)
    async with transaction(engine_of(request)) as tx:
        found = await acts.suggest_moves(tx, center, now_of(request))
    return [SuggestionOut.model_validate(each) for each in found]


@router.get("/management", summary="What came, went and waits")
async def read_management(
    request: Request,
    caller: Annotated[Identity, allow("item.read")],
    center: Annotated[list[CenterCode] | None, Query(max_length=50, examples=[["CEE007"]])] = None,
    since: Annotated[LegalDay | None, Query(description="First day; 30 days ago where it is not said.")] = None,
    until: Annotated[LegalDay | None, Query(description="Last day; today where it is not said.")] = None,
) -> ManagementOut:
    """Arrivals and ends by day, ageing of what waits, attainment of the standards, and trusted accounts' share.

    Of the Centers named, or of all that the caller reads. An item counts where it is now.
    """
    last = until or today_of(request)
    first = since or add_days(last, -_DAYS)
    if not 0 <= (last - first).days <= _MOST_DAYS:
        raise Refused(
            f"A period has {_MOST_DAYS} days at most, and ends after it begins.",
            rule="period",
            code="bad-period",
            remedy="Send other days.",
        )
    reach = reach_of(caller, "item.read", today_of(request))
    centers = sorted(center) if center else None if reach.is_national else sorted(reach.centers)
    for each in centers or ():
        permission = judge(caller, "item.read", today_of(request), Matter(centers=frozenset({each})))
        if not permission.is_given:
            raise refusal_of(permission)
    begin = end_of_legal_day(add_days(first, -1)) + timedelta(microseconds=1)
    end = end_of_legal_day(last) + timedelta(microseconds=1)
    async with snapshot(engine_of(request)) as tx:
        flow = await store.list_flow(tx, begin, end, centers)
        ages = await store.list_ages(tx, today_of(request), centers)
        measured = [await store.measure(tx, each, begin, end, centers) for each in STANDARDS if each.since <= last]
        trusted = await store.count_trusted(tx, centers)
    return ManagementOut(
        centers=centers,
        since=first,
        until=last,
        flow=[FlowOut.model_validate(each) for each in flow],
        ageing=[AgeOut.model_validate(each) for each in ages],
        standards=[
            AttainmentOut(
                code=each.standard.code,
                label=each.standard.label,
                days=each.standard.days,
                wanted_percent=each.standard.percent,
                source=each.standard.source,
                ended=each.ended,
                in_time=each.in_time,
                percent=_number(each.percent),
                is_met=each.is_met,
                p50_days=_number(each.p50_days),
                p90_days=_number(each.p90_days),
            )
            for each in measured
        ],
        trusted=TrustedOut(
            items=trusted.items,
            trusted=trusted.trusted,
            percent=round(100 * trusted.trusted / trusted.items, 1) if trusted.items else None,
            value_usd=trusted.value_usd,
            trusted_value_usd=trusted.trusted_value_usd,
        ),
    )


def _number(value: Decimal | None) -> float | None:
    return float(value) if value is not None else None
