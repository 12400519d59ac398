"""The HTTP side of lists of entries: by importer, filer, Center, state and days, with the next day that binds."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.liquidation.acts.pictures import list_coming
from services.liquidation.acts.timeline_rows import TimelineRow, find_next_day
from services.liquidation.api.common import law_of, shown_number
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.timeline_code import Kind, Whose
from services.liquidation.store import entry_lists as store
from services.liquidation.store.entry_lists import WITHOUT_CENTER, DayRange, EntryOrder, WantedEntries
from services.liquidation.store.pictures import EntryPicture, load_pictures
from shared.contracts.liquidation import EntryState
from shared.contracts.terms import IMPORTER_NUMBER_PATTERN
from shared.db.transaction import reading
from shared.runtime.access import reach_of
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["entries"])

Sort = Literal["entry-date", "-entry-date", "period-end", "-period-end"]

_MOST_NAMED: Final = 50
_NO_CENTER: Final = "none"
_ORDERS: Final[dict[Sort, EntryOrder]] = {
    "entry-date": EntryOrder("entry_date", is_descending=False),
    "-entry-date": EntryOrder("entry_date", is_descending=True),
    "period-end": EntryOrder("deemed_on", is_descending=False),
    "-period-end": EntryOrder("deemed_on", is_descending=True),
}


def _demand_code(what: str, length: int, letters: bool, value: str) -> str:
    is_code = len(value) == length and value.isascii() and (value.isalnum() if letters else value.isdigit())
    if not is_code or value != value.upper():
        kinds = "capital letters or digits" if letters else "digits"
        raise PydanticCustomError(
            "code", "{what} of {length} {kinds}", {"what": what, "length": length, "kinds": kinds}
        )
    return value


def _demand_center(value: str) -> str:
    is_code = 3 <= len(value) <= 8 and value.isascii() and value.isalnum() and value == value.upper()
    if value != _NO_CENTER and not is_code:
        raise PydanticCustomError("center", "a Center's code such as CEE007, or none for entries without a Center")
    return value


FilerCode = Annotated[str, AfterValidator(partial(_demand_code, "a filer code", 3, True))]
PortOfEntry = Annotated[str, AfterValidator(partial(_demand_code, "a port of entry", 4, False))]
TypeOfEntry = Annotated[str, AfterValidator(partial(_demand_code, "an entry type", 2, False))]
CenterOrNone = Annotated[str, AfterValidator(_demand_center)]


@dataclass(frozen=True, slots=True)
class EntryFilters:
    """Which entries are listed, whosever they are."""

    filer: Annotated[FilerCode | None, Query(description="Only of this filer code.", examples=["B76"])] = None
    state: Annotated[
        list[EntryState] | None, Query(description="Only in one of these states.", max_length=_MOST_NAMED)
    ] = None
    center: Annotated[
        list[CenterOrNone] | None,
        Query(description="Only with one of these Centers; `none`: without one.", max_length=_MOST_NAMED),
    ] = None
    port: Annotated[PortOfEntry | None, Query(description="Only of this port of entry.", examples=["2704"])] = None
    entry_type: Annotated[
        list[TypeOfEntry] | None, Query(description="Only of one of these types.", max_length=_MOST_NAMED)
    ] = None
    entry_from: Annotated[LegalDay | None, Query(description="Date of entry on this day or later.")] = None
    entry_to: Annotated[LegalDay | None, Query(description="Date of entry on this day or before.")] = None
    scheduled_from: Annotated[LegalDay | None, Query(description="Planned liquidation on this day or later.")] = None
    scheduled_to: Annotated[LegalDay | None, Query(description="Planned liquidation on this day or before.")] = None
    deemed_on_from: Annotated[LegalDay | None, Query(description="End of the period on this day or later.")] = None
    deemed_on_to: Annotated[LegalDay | None, Query(description="End of the period on this day or before.")] = None
    liquidated_from: Annotated[LegalDay | None, Query(description="Liquidated on this day or later.")] = None
    liquidated_to: Annotated[LegalDay | None, Query(description="Liquidated on this day or before.")] = None
    suspended: Annotated[bool | None, Query(description="Only those suspended, or only others.")] = None

    def read(self, importer_number: str | None) -> WantedEntries:
        """As the store takes them, of an importer; raises `Refused` for a range that ends before it begins."""
        return WantedEntries(
            importer_number=importer_number,
            filer_code=self.filer,
            states=tuple(self.state or ()),
            centers=tuple(WITHOUT_CENTER if each == _NO_CENTER else each for each in self.center or ()),
            port=self.port,
            entry_types=tuple(self.entry_type or ()),
            entered=read_days("entry_from", self.entry_from, "entry_to", self.entry_to),
            scheduled=read_days("scheduled_from", self.scheduled_from, "scheduled_to", self.scheduled_to),
            period_end=read_days("deemed_on_from", self.deemed_on_from, "deemed_on_to", self.deemed_on_to),
            liquidated=read_days("liquidated_from", self.liquidated_from, "liquidated_to", self.liquidated_to),
            is_suspended=self.suspended,
        )


def read_days(first_name: str, first: date | None, last_name: str, last: date | None) -> DayRange:
    """A range of days; raises `Refused` when it ends before it begins."""
    if first is not None and last is not None and last < first:
        raise Refused(
            f"{last_name} is {last}, before {first_name}, {first}: no day is between them.",
            rule="range-of-days",
            code="empty-range",
            remedy=f"Give {last_name} on or after {first_name}.",
        )
    return DayRange(first, last)


class NextDayOut(BaseModel):
    """The first day from today on by which somebody has to act, by law or by a policy of CBP."""

    code: str = Field(examples=["period-ends"], description="GET /timeline-codes says what it means.")
    on: date
    kind: Kind
    whose: Whose | None
    what: str


class EntryListedOut(BaseModel):
    """An entry in a list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "entry_number": "B7603245278",
                    "state": "scheduled",
                    "importer_number": "07-345678900",
                    "importer_name": "SYNTHETIC IMPORTER",
                    "filer_code": "B76",
                    "entry_type": "01",
                    "port_of_entry": "2704",
                    "surety_code": "036",
                    "entry_date": "2026-03-02",
                    "center": "CEE007",
                    "division": "validation-and-compliance",
                    "is_suspended": False,
                    "scheduled_on": "2027-01-15",
                    "deemed_on": "2027-03-02",
                    "liquidated_on": None,
                    "liquidation_kind": None,
                    "protest_until": None,
                    "next_day": {
                        "code": "correction-until",
                        "on": "2026-12-27",
                        "kind": "policy",
                        "whose": "importer",
                        "what": "last day for a correction",
                    },
                }
            ]
        }
    )

    entry_number: str
    state: str
    importer_number: str | None = Field(description="Masked when it is a social security number of someone else.")
    importer_name: str | None
    filer_code: str
    entry_type: str | None
    port_of_entry: str | None
    surety_code: str | None
    entry_date: date | None
    center: str | None
    division: str | None
    is_suspended: bool
    scheduled_on: date | None
    deemed_on: date | None = Field(description="The end of the period to liquidate, by the reading in force.")
    liquidated_on: date | None
    liquidation_kind: str | None
    protest_until: date | None = Field(description="The safe last day to protest the liquidation that stands.")
    next_day: NextDayOut | None = Field(description="Null: no day ahead is known.")


@router.get("/entries", summary="Entries by whose they are, where they stand and by their days")
async def list_entries(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("entry.read")],
    page: CurrentPage,
    filters: Annotated[EntryFilters, Depends()],
    importer: Annotated[
        str | None, Query(description="Only of this importer number.", pattern=IMPORTER_NUMBER_PATTERN)
    ] = None,
    sort: Annotated[
        Sort | None,
        Query(
            description="A minus: the latest first. Those without that day come last. Left out: by end of the period"
            " where that or states before liquidation narrow the list, else by date of entry."
        ),
    ] = None,
) -> Page[EntryListedOut]:
    """All filters hold together; one that takes several values holds for any of them. Outside parties see their own."""
    wanted, today = filters.read(importer), today_of(request)
    position = page.position(date | None, str)
    after = (position[0], position[1]) if position is not None else None
    async with reading(engine_of(request)) as connection:
        places = await store.list_numbers(
            connection,
            reach_of(caller, "entry.read", today),
            wanted,
            _ORDERS[sort] if sort is not None else store.usual_order(wanted),
            after=after,
            limit=page.fetch,
        )
        pictures = await load_pictures(connection, [number for _, number in places[: page.limit]])
    law = law_of(request)
    return build_page(
        places,
        page,
        key=lambda place: place,
        item=lambda place: _listed(pictures[place[1]], caller, law, today),
        request=request,
        response=response,
    )


def _listed(picture: EntryPicture, caller: Identity, law: LawSettings, today: date) -> EntryListedOut:
    row, coming = picture.entry, find_next_day(picture, law, today)
    return EntryListedOut(
        entry_number=row.entry_number,
        state=row.state,
        importer_number=shown_number(row.importer_number, caller),
        importer_name=picture.importer_name,
        filer_code=row.entry_number[:3],
        entry_type=row.entry_type,
        port_of_entry=row.port_of_entry,
        surety_code=row.surety_code,
        entry_date=row.entry_date,
        center=row.center,
        division=row.division,
        is_suspended=row.is_suspended,
        scheduled_on=row.scheduled_on,
        deemed_on=row.deemed_on,
        liquidated_on=row.liquidated_on,
        liquidation_kind=row.liquidation_kind,
        protest_until=next((each.safe for each in list_coming(picture, law) if each.code == "protest-until"), None),
        next_day=_next_day(coming) if coming is not None else None,
    )


def _next_day(row: TimelineRow) -> NextDayOut | None:
    if row.on is None:
        return None
    return NextDayOut(code=row.code.code, on=row.on, kind=row.code.kind, whose=row.code.whose, what=row.what)
