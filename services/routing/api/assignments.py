"""Which Center an importer has, since when, why, on which figures, and what would change it; and what-if."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Request

from services.routing.acts import assignments as acts
from services.routing.acts.sight import demand_account, may_read_account
from services.routing.api.assignment_models import (
    APPEAL,
    ActivityOut,
    ActivityRow,
    AssignmentOut,
    ImportedGoods,
    OpenAppeal,
    OpenProposal,
    PolicySummary,
    WhatIfIn,
    WhatIfOut,
    WouldChangeOut,
    show_entry,
    show_figures,
    show_kept_scores,
    show_scores,
)
from services.routing.api.common import ImporterNumberPath, OnDay, ReasonOut
from services.routing.domain.activity import NOTHING, Activity, Figures, window_on
from services.routing.domain.proposals import AssignmentRules, format_points
from services.routing.store import accounts as account_store
from services.routing.store import activity as activity_store
from services.routing.store import policies as policy_store
from shared.customs.tariff_number import InvalidTariffNumber, heading, is_chapter_98_99, parse_tariff_number
from shared.db.transaction import reading
from shared.runtime.access import is_staff, shown_importer_number
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["assignment"])
public_router = APIRouter(tags=["assignment"])


@router.get("/importers/{importer_number}/assignment", summary="Which Center an importer has, and why")
async def read_assignment(
    importer_number: ImporterNumberPath,
    request: Request,
    caller: Annotated[Identity, allow("account.read")],
    on: OnDay = None,
) -> AssignmentOut:
    """The Center on a day, since when, on which basis and figures, what would change it, how to appeal, the history.

    "The last 12 months" on a day are the month of the day, to date, and the eleven before. "Number of goods" is not
    defined in what was read of the regulation: here each tariff classification of chapters 1-97 on a line is one.
    """
    today = today_of(request)
    day = on or today
    async with reading(engine_of(request)) as connection:
        told = await acts.explain(connection, caller, importer_number, on=day, today=today)
    holding, current, change = told.holding, told.current, told.change
    return AssignmentOut(
        importer_number=shown_importer_number(caller, importer_number),
        name=told.account.name,
        family=told.family,
        on=day,
        center=holding.center if holding else None,
        center_name=holding.center_name if holding else None,
        office=holding.office if holding else None,
        since=holding.since if holding else None,
        basis=current.basis if current else None,
        explanation=told.text,
        policy=PolicySummary.model_validate(told.policy, from_attributes=True),
        figures_then=show_kept_scores(current.figures) if current else None,
        figures_now=show_scores(told.scores, *window_on(day)),
        would_change=WouldChangeOut(
            challenger=change.challenger,
            lead_points=None if change.lead_basis_points is None else format_points(change.lead_basis_points),
            months_ahead=change.months_ahead,
            months_needed=told.policy.months_ahead,
            text=change.text,
        ),
        appeal=APPEAL,
        open_appeal=OpenAppeal.model_validate(told.appeal, from_attributes=True) if told.appeal else None,
        open_proposal=OpenProposal.model_validate(told.proposal, from_attributes=True) if told.proposal else None,
        history=[show_entry(row) for row in told.history],
    )


@router.get("/importers/{importer_number}/activity", summary="What an importer brought in over twelve months")
async def read_activity(
    importer_number: ImporterNumberPath,
    request: Request,
    caller: Annotated[Identity, allow("account.read")],
    on: OnDay = None,
) -> ActivityOut:
    """Lines, goods and value by heading and subheading: the month of the day, to date, and the eleven before."""
    day = on or today_of(request)
    first_month, last_month = window_on(day)
    async with reading(engine_of(request)) as connection:
        if not may_read_account(caller, importer_number, today_of(request)):
            found = await account_store.find_account(connection, importer_number)
            demand_account(caller, importer_number, found, today_of(request))
        rules = await policy_store.load_rules(connection, day)
        loaded = await activity_store.load(connection, [importer_number], first_month, last_month)
    cells = loaded.get(importer_number, [])
    total = NOTHING
    for cell in cells:
        total = total.plus(cell.figures)
    return ActivityOut(
        importer_number=shown_importer_number(caller, importer_number),
        first_month=first_month,
        last_month=last_month,
        total=show_figures(total),
        by_heading=_activity_rows(cells, heading, rules),
        by_subheading=_activity_rows(cells, str, rules),
    )


@public_router.post("/what-if/assignment", summary="Which Center an import history would get")
async def answer_what_if(
    body: WhatIfIn, request: Request, caller: Annotated[Identity, allow("assignment.try")]
) -> WhatIfOut:
    """The Center by the policy and tariff map in force, or by those named, with scores and reasons; nothing is kept.

    Drafts of either can be named by staff only.
    """
    day = body.on or today_of(request)
    goods = [_read_goods(position, item) for position, item in enumerate(body.history)]
    async with reading(engine_of(request)) as connection:
        answer = await acts.answer_what_if(
            connection,
            goods,
            on=day,
            policy=body.policy,
            map_version=body.map_version,
            with_drafts=is_staff(caller),
        )
    return WhatIfOut(
        center=answer.ranking.predominant,
        runner_up=answer.ranking.runner_up,
        margin_points=format_points(answer.ranking.margin_basis_points),
        is_enough=answer.is_enough,
        policy_version=answer.rules.policy.version,
        map_version=answer.rules.tariff_map.version,
        scores=show_scores(answer.scores, None, None),
        reasons=[ReasonOut.model_validate(reason, from_attributes=True) for reason in answer.reasons],
    )


def _read_goods(position: int, item: ImportedGoods) -> tuple[str, Figures]:
    try:
        number = parse_tariff_number(item.hts)
    except InvalidTariffNumber as error:
        raise Refused(f"history.{position}.hts: {error}.", rule="tariff-number", code="bad-tariff-number") from None
    if is_chapter_98_99(number):
        raise Refused(
            f"history.{position}.hts: {item.hts} is a special provision and belongs to no Center.",
            rule="underlying-provision",
            code="not-underlying",
            remedy="Give the number of chapters 1-97 that is reported beside it.",
        )
    return number, Figures(item.lines, item.lines if item.goods is None else item.goods, item.value_usd)


def _activity_rows(
    cells: Sequence[Activity], number_of: Callable[[str], str], rules: AssignmentRules
) -> list[ActivityRow]:
    rows: dict[str, Figures] = {}
    for cell in cells:
        number = number_of(cell.hts6)
        rows[number] = rows.get(number, NOTHING).plus(cell.figures)
    return [
        ActivityRow(number=number, center=_center_of(number, rules), **rows[number]._asdict())
        for number in sorted(rows)
    ]


def _center_of(number: str, rules: AssignmentRules) -> str | None:
    center = rules.tariff_map.center_for(number)
    return rules.open_centers.get(center) if center else None
