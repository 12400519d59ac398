"""The HTTP side of an entry's timeline: what happened to it and what comes."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.liquidation.acts.pictures import Happened, list_coming, list_happened
from services.liquidation.api.common import EntryNumberPath, RuleOut, find_visible_picture, law_of, show_rule
from services.liquidation.domain.rules.table import say_unsettled
from services.liquidation.domain.start_dates import MODERNIZED_ON
from services.liquidation.domain.timeline import Coming
from shared.customs.calendar import legal_date
from shared.runtime.access import is_staff
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import now_of

router = APIRouter()


class ActOut(BaseModel):
    """What happened."""

    on: date
    what: str
    rule: RuleOut | None = None
    detail: str | None = None
    actor: str | None = None
    authority: str | None = Field(
        default=None, description="The row of the table of authority that a person's act rests on; for staff."
    )


class ComingOut(BaseModel):
    """A clock: warn by `safe`, refuse only after `last_arguable`; without dates the text says what is missing."""

    what: str
    safe: date | None
    last_arguable: date | None
    rule: RuleOut
    inputs: dict[str, str]
    unsettled: str | None = Field(description="What of the rule is open.")
    is_past: bool = Field(description="Whether it has lapsed, by the last arguable day.")


class TimelineOut(BaseModel):
    """What happened to an entry and what comes."""

    entry_number: str
    state: str
    happened: list[ActOut]
    coming: list[ComingOut]


@router.get("/entries/{entry_number}/timeline", summary="What happened to an entry and what comes")
async def read_entry_timeline(
    entry_number: EntryNumberPath, request: Request, caller: Annotated[Identity, allow("entry.read")]
) -> TimelineOut:
    """Each act, and each clock with its rule, citation, inputs, safe date and last arguable date."""
    picture = await find_visible_picture(entry_number, request, caller)
    today, entered_on = legal_date(now_of(request)), picture.entry.entry_date
    is_old = entered_on is not None and entered_on < MODERNIZED_ON
    return TimelineOut(
        entry_number=picture.entry.entry_number,
        state=picture.entry.state,
        happened=[_act(each, caller) for each in list_happened(picture)],
        coming=[_coming(each, today, is_old=is_old) for each in list_coming(picture, law_of(request))],
    )


def _act(each: Happened, caller: Identity) -> ActOut:
    return ActOut(
        on=each.on,
        what=each.what,
        rule=show_rule(each.rule) if each.rule is not None else None,
        detail=each.detail,
        actor=each.actor,
        authority=each.authority if is_staff(caller) else None,
    )


def _coming(each: Coming, today: date, *, is_old: bool) -> ComingOut:
    return ComingOut(
        what=each.what,
        safe=each.safe,
        last_arguable=each.last_arguable,
        rule=show_rule(each.rule),
        inputs=dict(each.inputs),
        unsettled=say_unsettled(each.rule, is_before_modernization=is_old),
        is_past=each.last_arguable is not None and each.last_arguable < today,
    )
