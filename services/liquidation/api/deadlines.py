"""The HTTP side of an importer's deadlines: each day by which somebody has to act on one of its entries."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.liquidation.acts import deadlines as acts
from services.liquidation.acts.deadlines import Deadline, WantedDays
from services.liquidation.acts.timeline_rows import RowState
from services.liquidation.api.common import RuleOut, demand_sight_of_importer, law_of, show_rule
from services.liquidation.api.entry_lists import EntryFilters, read_days
from services.liquidation.api.money import ImporterPath
from services.liquidation.api.references import ReferenceOut, find_references
from services.liquidation.api.timeline import say_open
from services.liquidation.domain.start_dates import MODERNIZED_ON
from services.liquidation.domain.timeline_code import DAYS, Kind, Track, Whose
from shared.db.transaction import reading
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["deadlines"])

_BINDING: Final = {each.code for each in DAYS if each.whose is not None}
_MOST_NAMED: Final = 50
_EXAMPLE: Final[dict[str, Any]] = {
    "entry_number": "B7603245278",
    "entry_state": "liquidated",
    "code": "protest-until",
    "track": "protest",
    "kind": "law",
    "title": "Last day to protest",
    "whose": "importer",
    "state": "coming",
    "on": "2027-07-14",
    "last_arguable": "2027-07-14",
    "what": "last day to protest",
    "if_nothing_is_done": "The liquidation is final; a late protest is out of time, not denied on its merits.",
    "rule": {
        "id": "protest-180",
        "citation": "19 USC 1514(c)(3), 19 CFR 174.12(e)",
        "evidence": "S",
        "text": "A protest is filed within 180 days after liquidation, and not before it.",
    },
    "unsettled": None,
    "inputs": {"liquidated_on": "2027-01-15", "posted_on": "2027-01-15"},
    "references": [{"kind": "rule", "id": "protest-180", "href": "/rules/protest-180"}],
    "href": "/entries/B7603245278/timeline",
}


def _demand_code(value: str) -> str:
    if value not in _BINDING:
        known = ", ".join(sorted(_BINDING))
        raise PydanticCustomError("code", "no day has this code; these bind somebody: {known}", {"known": known})
    return value


CodeOfDay = Annotated[str, AfterValidator(_demand_code)]


@dataclass(frozen=True, slots=True)
class DayFilters:
    """Which days are listed."""

    day_from: Annotated[
        LegalDay | None, Query(description="Days of which the last arguable is this or later; today unless given.")
    ] = None
    day_to: Annotated[LegalDay | None, Query(description="Days on this day or before; those not known as well.")] = None
    code: Annotated[
        list[CodeOfDay] | None,
        Query(description="Only of one of these codes.", max_length=_MOST_NAMED, examples=[["protest-until"]]),
    ] = None
    kind: Annotated[
        list[Kind] | None, Query(description="Only set by law, by policy, or goals.", max_length=_MOST_NAMED)
    ] = None
    whose: Annotated[
        list[Whose] | None, Query(description="Only where one of these has to act.", max_length=_MOST_NAMED)
    ] = None

    def read(self, today: date) -> WantedDays:
        """As the act takes them; raises `Refused` for a range that ends before it begins."""
        days = read_days("day_from", self.day_from or today, "day_to", self.day_to)
        return WantedDays(
            first=days.first or today,
            last=days.last,
            codes=tuple(self.code or ()),
            kinds=tuple(self.kind or ()),
            whose=tuple(self.whose or ()),
        )


class DeadlineOut(BaseModel):
    """A day by which somebody has to act on an entry: warn by `on`, refuse only after `last_arguable`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    entry_number: str
    entry_state: str
    code: str = Field(description="Stable: GET /timeline-codes says what each means.")
    track: Track
    kind: Kind = Field(description="Set by law, by a policy of CBP that is no law, or a goal on which nothing hangs.")
    title: str
    whose: Whose | None = Field(description="Who has to act.")
    state: RowState = Field(
        description="today, coming, passed, arguable (the safe day has passed, the last arguable one has not) or"
        " unknown: a day binds that is not known, `what` and `inputs` say why."
    )
    on: date | None = Field(description="The safe day; null: it is not known.")
    last_arguable: date | None
    what: str
    if_nothing_is_done: str | None = Field(description="What happens when the day passes.")
    rule: RuleOut
    unsettled: str | None = Field(description="What of the rule is open.")
    inputs: dict[str, str] = Field(description="From what the day was counted, or what is missing.")
    references: list[ReferenceOut]
    href: str = Field(description="The timeline of the entry.")


@router.get("/importers/{importer_number}/deadlines", summary="By when somebody has to act on an importer's entries")
async def list_importer_deadlines(
    importer_number: ImporterPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("entry.read")],
    page: CurrentPage,
    days: Annotated[DayFilters, Depends()],
    filters: Annotated[EntryFilters, Depends()],
) -> Page[DeadlineOut]:
    """By day, those not known last; of the entries that the caller may see, and protests that the caller may read.

    A day that is not known may be any, so it is given whatever days are asked for. Every clock is worked out from the
    record at the time of the call. Too many entries at once are refused (`too-many-entries`), never cut off.
    """
    today = today_of(request)
    wanted, entries = days.read(today), filters.read(importer_number)
    reach, of_protests = reach_of(caller, "entry.read", today), reach_of(caller, "protest.read", today)
    position = page.position(date | None, str, str, str)
    law = law_of(request)
    async with reading(engine_of(request)) as connection:
        found = await acts.list_deadlines(
            connection, reach, of_protests, entries, wanted, law, today, most=acts.MOST_ENTRIES
        )
        if not found:
            await demand_sight_of_importer(connection, reach, importer_number)
    if position is not None:
        after = acts.order((position[0], position[1], position[2], position[3]))
        found = [each for each in found if acts.order(each.key) > after]
    return build_page(
        found[: page.fetch],
        page,
        key=lambda each: each.key,
        item=lambda each: _show(each, caller, today),
        request=request,
        response=response,
    )


def _show(deadline: Deadline, caller: Identity, today: date) -> DeadlineOut:
    row, entry = deadline.row, deadline.picture.entry
    assert row.rule is not None  # every day has one
    is_old = entry.entry_date is not None and entry.entry_date < MODERNIZED_ON
    return DeadlineOut(
        entry_number=entry.entry_number,
        entry_state=entry.state,
        code=row.code.code,
        track=row.code.track,
        kind=row.code.kind,
        title=row.code.title,
        whose=row.code.whose,
        state=row.state,
        on=row.on,
        last_arguable=row.last_arguable,
        what=row.what,
        if_nothing_is_done=row.code.lapse,
        rule=show_rule(row.rule),
        unsettled=say_open(row, is_old=is_old),
        inputs=dict(row.inputs or {}),
        references=find_references(deadline.picture, deadline.protests, caller, today).show(row),
        href=f"/entries/{entry.entry_number}/timeline",
    )
