"""The HTTP side of an entry's timeline: what happened to it and what comes, and what the codes mean."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.pictures import Happened, list_coming, list_happened
from services.liquidation.acts.timeline_rows import Effect, RowState, TimelineRow, list_rows
from services.liquidation.api.common import (
    EntryNumberPath,
    RuleOut,
    find_visible_picture,
    law_of,
    show_rule,
)
from services.liquidation.api.references import ReferenceOut, References, find_references
from services.liquidation.domain.rules.table import say_unsettled
from services.liquidation.domain.start_dates import MODERNIZED_ON
from services.liquidation.domain.timeline import Coming
from services.liquidation.domain.timeline_code import TIMELINE_CODES, Kind, Track, Whose
from services.liquidation.store.protest_pictures import load_running
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import reading
from shared.runtime.access import is_staff, reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["entries"])
codes_router = APIRouter(tags=["entries"])

_CODE: Final[dict[str, Any]] = {
    "code": "period-ends",
    "track": "liquidation",
    "kind": "law",
    "title": "End of the period to liquidate",
    "meaning": "Then it is deemed liquidated as entered.",
    "whose": "cbp",
    "lapse": "Deemed liquidated at the rate, value, quantity and amount of duties that the importer asserted.",
}
_ROW: Final[dict[str, Any]] = {
    "code": "period-ends",
    "track": "liquidation",
    "kind": "law",
    "title": "End of the period to liquidate",
    "whose": "cbp",
    "state": "coming",
    "on": "2027-03-02",
    "last_arguable": "2027-03-02",
    "what": "deemed liquidated",
    "rule": {
        "id": "liq-1yr-entry",
        "citation": "19 USC 1504(a)(1)(A)",
        "evidence": "S",
        "text": "An entry not liquidated within one year from the date of entry is deemed liquidated.",
    },
    "unsettled": None,
    "detail": None,
    "effect": None,
    "inputs": {"entry_date": "2026-03-02"},
    "references": [{"kind": "rule", "id": "liq-1yr-entry", "href": "/rules/liq-1yr-entry"}],
    "actor": None,
    "authority": None,
}


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


class TimelineCodeOut(BaseModel):
    """What a code of timelines means."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CODE]})

    code: str
    track: Track = Field(description="The line of a picture on which it stands.")
    kind: Kind = Field(description="act: it was done; a day is set by law, by a policy of CBP, or is only a goal.")
    title: str
    meaning: str
    whose: Whose | None = Field(description="Who has to act by the day; null: nobody, it comes about by itself.")
    lapse: str | None = Field(description="What happens when nobody does.")


class TimelineCodesOut(BaseModel):
    """Every code, those of acts first."""

    items: list[TimelineCodeOut]


class ActEffectOut(BaseModel):
    """What an act changed; money is positive where it is due to CBP, null where there is none or it is not known."""

    to_state: str | None = Field(description="The state of the entry after it.")
    scheduled_on: date | None = Field(description="The planned day after it.")
    deemed_on: date | None = Field(description="The end of the period after it.")
    liquidation_kind: str | None
    duty_usd: str | None
    fees_usd: str | None
    amount_usd: str | None = Field(description="Of a bill, payment or refund.")


class TimelineRowOut(BaseModel):
    """An act or a day, with everything by which a picture places it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ROW]})

    code: str = Field(description="Stable: GET /timeline-codes says what each means.")
    track: Track
    kind: Kind
    title: str
    whose: Whose | None = Field(description="Who has to act by the day.")
    state: RowState = Field(
        description="arguable: the safe day has passed, the last arguable one has not; unknown: a day binds that is not"
        " known, `what` and `inputs` say why; standing: it has no day."
    )
    on: date | None = Field(description="The day in law of an act, or the safe day.")
    last_arguable: date | None
    what: str
    rule: RuleOut | None
    unsettled: str | None = Field(description="What of the rule is open.")
    detail: str | None
    effect: ActEffectOut | None
    inputs: dict[str, str]
    references: list[ReferenceOut]
    actor: str | None
    authority: str | None = Field(description="The row of the table of authority that an act rests on; for staff.")


class TimelineOut(BaseModel):
    """What happened to an entry and what comes: apart, and as rows in one order."""

    entry_number: str
    state: str
    happened: list[ActOut]
    coming: list[ComingOut]
    rows: list[TimelineRowOut] = Field(
        description="Acts and days by day, on one day acts first, what has no day last; clocks of those protests too"
        " that the caller may read."
    )


@codes_router.get("/timeline-codes", summary="What the codes of timelines mean")
async def list_timeline_codes(caller: Annotated[Identity, allow("rule.read")]) -> TimelineCodesOut:
    """Track, kind, title and meaning of each, so that a timeline can be drawn and read."""
    del caller  # whoever asks may read the law
    items = [TimelineCodeOut.model_validate(each, from_attributes=True) for each in TIMELINE_CODES.values()]
    return TimelineCodesOut(items=items)


@router.get("/entries/{entry_number}/timeline", summary="What happened to an entry and what comes")
async def read_entry_timeline(
    entry_number: EntryNumberPath, request: Request, caller: Annotated[Identity, allow("entry.read")]
) -> TimelineOut:
    """Each act, and each clock with its rule, citation, inputs, safe date and last arguable date."""
    picture = await find_visible_picture(entry_number, request, caller)
    reach = reach_of(caller, "protest.read", legal_date(now_of(request)))
    async with reading(engine_of(request)) as connection:
        running = await load_running(connection, [each.filing.number for each in picture.protests], reach)
    today, entered_on = legal_date(now_of(request)), picture.entry.entry_date
    references = find_references(picture, frozenset(running), caller, today)
    is_old = entered_on is not None and entered_on < MODERNIZED_ON
    return TimelineOut(
        entry_number=picture.entry.entry_number,
        state=picture.entry.state,
        happened=[_act(each, caller) for each in list_happened(picture)],
        coming=[_coming(each, today, is_old=is_old) for each in list_coming(picture, law_of(request))],
        rows=[
            _row(each, references, caller, is_old=is_old)
            for each in list_rows(picture, running, law_of(request), today)
        ],
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


def _row(row: TimelineRow, references: References, caller: Identity, *, is_old: bool) -> TimelineRowOut:
    return TimelineRowOut(
        code=row.code.code,
        track=row.code.track,
        kind=row.code.kind,
        title=row.code.title,
        whose=row.code.whose,
        state=row.state,
        on=row.on,
        last_arguable=row.last_arguable,
        what=row.what,
        rule=show_rule(row.rule) if row.rule is not None else None,
        unsettled=say_open(row, is_old=is_old),
        detail=row.detail,
        effect=_effect(row.effect) if row.effect is not None else None,
        inputs=dict(row.inputs or {}),
        references=references.show(row),
        actor=row.actor,
        authority=row.authority if is_staff(caller) else None,
    )


def say_open(row: TimelineRow, *, is_old: bool) -> str | None:
    """What is open of the rule of a day; nothing is said of acts. `is_old`: from before the Modernization Act."""
    if row.rule is None or row.state == "happened":
        return None
    return say_unsettled(row.rule, is_before_modernization=is_old)


def _effect(effect: Effect) -> ActEffectOut:
    return ActEffectOut(
        to_state=effect.to_state,
        scheduled_on=effect.scheduled_on,
        deemed_on=effect.deemed_on,
        liquidation_kind=effect.liquidation_kind,
        duty_usd=_money(effect.duty_cents),
        fees_usd=_money(effect.fees_cents),
        amount_usd=_money(effect.amount_cents),
    )


def _money(cents: int | None) -> str | None:
    return format_cents(cents) if cents is not None else None
