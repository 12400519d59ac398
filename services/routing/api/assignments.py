"""Which Center an importer has, since when, why, on which figures, and what would change it; and what-if."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.api.common import ReasonOut
from services.routing.api.sight import demand_account
from services.routing.domain.activity import NOTHING, Activity, Figures, months_before, window_on
from services.routing.domain.appeal import NO_DEADLINE, NO_STAY, REQUIREMENTS
from services.routing.domain.directory import Unit, UnitKey, units_on
from services.routing.domain.explanation import Holding, explain_assignment, tell_what_would_change
from services.routing.domain.policy import CITATION
from services.routing.domain.proposal import (
    PREDOMINANT_GOODS,
    AssignmentRules,
    Scores,
    describe_ranking,
    describe_scores,
    format_points,
    rank,
    score,
    score_window,
)
from services.routing.store import accounts as account_store
from services.routing.store import activity as activity_store
from services.routing.store import assignments as assignment_store
from services.routing.store import directory as directory_store
from services.routing.store import policies as policy_store
from services.routing.store import proposals as proposal_store
from services.routing.store import tariff_maps as map_store
from shared.contracts.terms import IMPORTER_NUMBER_PATTERN
from shared.customs.calendar import legal_date
from shared.customs.tariff_number import InvalidTariffNumber, heading, is_chapter_98_99, parse_tariff_number
from shared.db.transaction import reading
from shared.runtime.access import may_see, shown_importer_number
from shared.runtime.clock import Clock
from shared.runtime.errors import NotFound, Refused
from shared.web.identity import CurrentIdentity
from shared.web.requests import engine_of

router = APIRouter()

ImporterPath = Annotated[
    str,
    Path(description="Importer of record number.", pattern=IMPORTER_NUMBER_PATTERN, examples=["07-345678900"]),
]
OnDay = Annotated[date | None, Query(description="The legal day; today unless given.", examples=["2026-03-02"])]

_FIGURES_EXAMPLE: dict[str, Any] = {
    "first_month": "2025-04-01",
    "last_month": "2026-03-01",
    "total": {"lines": 80, "goods": 80, "value_usd": 125000},
    "unmapped": {"lines": 0, "goods": 0, "value_usd": 0},
    "centers": [
        {
            "center": "CEE007",
            "lines": 65,
            "goods": 65,
            "value_usd": 98000,
            "share_of_goods_pct": "81.25",
            "share_of_value_pct": "78.40",
        }
    ],
    "rankings": [{"measure": "goods", "predominant": "CEE007", "runner_up": "CEE005", "margin_points": "62.50"}],
}


class FiguresOut(BaseModel):
    """Lines, goods and value in whole dollars."""

    lines: int
    goods: int = Field(description="Tariff classifications of chapters 1-97 reported on lines.")
    value_usd: int


class CenterScoreOut(FiguresOut):
    """The figures that point to a Center."""

    center: str
    share_of_goods_pct: str
    share_of_value_pct: str


class RankingOut(BaseModel):
    """Who is first by a measure, who second, and by how much."""

    measure: str
    predominant: str | None
    runner_up: str | None
    margin_points: str = Field(description="Percentage points between the two.", examples=["62.50"])


class ScoresOut(BaseModel):
    """Figures by Center, and the ranking by every measure."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FIGURES_EXAMPLE]})

    first_month: date | None
    last_month: date | None
    total: FiguresOut
    unmapped: FiguresOut = Field(description="Goods that the tariff map gives to no open Center.")
    centers: list[CenterScoreOut]
    rankings: list[RankingOut]


class PolicySummary(BaseModel):
    """What the policy of the day asks for."""

    version: str
    measure: str
    minimum_lines: int
    lead_points: int
    months_ahead: int
    family_together: bool


class WouldChangeOut(BaseModel):
    """What another Center would need to be proposed."""

    challenger: str | None
    lead_points: str | None = Field(description="Percentage points; below 0: behind.", examples=["-62.50"])
    months_ahead: int = Field(description="Consecutive windows in which it led far enough.")
    months_needed: int
    text: str


class AppealGuide(BaseModel):
    """How to appeal against the assignment."""

    when: str
    to: str
    form: str
    contents: list[str]
    decision_deadline: str
    effect: str
    citation: str
    uncertain: list[str]


class OpenProposal(BaseModel):
    """A proposal that waits for a person."""

    proposal_id: int
    proposed_center: str
    as_of: date


class OpenAppeal(BaseModel):
    """An appeal against the assignment that is not decided."""

    appeal_number: str
    state: str = Field(examples=["under-review"])
    received_at: datetime


class AssignmentEntry(BaseModel):
    """One assignment of the history."""

    sequence: int
    center: str | None
    basis: str
    effective_on: date
    assigned_by: str
    confirmed_by: str | None
    policy_version: str | None
    map_version: str | None
    runner_up: str | None
    margin_points: str | None
    ground: str | None
    figures: ScoresOut | None
    reasons: list[ReasonOut]


class AssignmentOut(BaseModel):
    """An importer's Center: since when, why, on which figures, what would change it, how to appeal, and the history."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "importer_number": "07-345678900",
                    "name": "SYNTHETIC IMPORTER 0001",
                    "family": None,
                    "on": "2026-03-02",
                    "center": "CEE007",
                    "center_name": "Electronics",
                    "office": "Los Angeles, CA",
                    "since": "2025-01-01",
                    "basis": "predominant-goods",
                    "explanation": "SYNTHETIC IMPORTER 0001 belongs to CEE007 (Electronics, Los Angeles, CA) since "
                    "2025-01-01, confirmed from the predominant number of its goods (19 CFR 101.10; 88 FR 69026).",
                    "policy": {
                        "version": "number-of-goods",
                        "measure": "goods",
                        "minimum_lines": 20,
                        "lead_points": 10,
                        "months_ahead": 3,
                        "family_together": False,
                    },
                    "figures_then": None,
                    "figures_now": _FIGURES_EXAMPLE,
                    "would_change": {
                        "challenger": "CEE005",
                        "lead_points": "-62.50",
                        "months_ahead": 0,
                        "months_needed": 3,
                        "text": "CEE005 is 62.50 percentage points behind CEE007.",
                    },
                    "appeal": {
                        "when": "At any time.",
                        "to": "Office of Field Operations",
                        "form": "In writing.",
                        "contents": ["the current Center"],
                        "decision_deadline": "None is stated.",
                        "effect": "The current Center keeps authority until CBP acts.",
                        "citation": "19 CFR 101.10",
                        "uncertain": ["contents"],
                    },
                    "open_appeal": None,
                    "open_proposal": None,
                    "history": [],
                }
            ]
        }
    )

    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    name: str
    family: str | None = Field(description="The family whose figures are counted together, if the policy says so.")
    on: date
    center: str | None = Field(description="Null while no Center is assigned.")
    center_name: str | None
    office: str | None
    since: date | None
    basis: str | None
    explanation: str
    policy: PolicySummary
    figures_then: ScoresOut | None = Field(description="The figures that the assignment rested on, if on any.")
    figures_now: ScoresOut = Field(description="Those of the twelve months that end with the day, as known by now.")
    would_change: WouldChangeOut
    appeal: AppealGuide
    open_appeal: OpenAppeal | None
    open_proposal: OpenProposal | None
    history: list[AssignmentEntry]


class ActivityRow(FiguresOut):
    """What was brought in under a heading or subheading."""

    number: str = Field(examples=["8471"])
    center: str | None = Field(description="The Center that does its work on the day, by the tariff map.")


class ActivityOut(BaseModel):
    """What an importer brought in over twelve months, of the standing version of each entry."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "importer_number": "07-345678900",
                    "first_month": "2025-04-01",
                    "last_month": "2026-03-01",
                    "total": {"lines": 80, "goods": 80, "value_usd": 125000},
                    "by_heading": [{"number": "8471", "center": None, "lines": 80, "goods": 80, "value_usd": 125000}],
                    "by_subheading": [
                        {"number": "847130", "center": "CEE007", "lines": 80, "goods": 80, "value_usd": 125000}
                    ],
                }
            ]
        }
    )

    importer_number: str
    first_month: date
    last_month: date
    total: FiguresOut
    by_heading: list[ActivityRow]
    by_subheading: list[ActivityRow]


class ImportedGoods(BaseModel):
    """Goods of an import history; a heading, subheading or longer number of chapters 1-97."""

    model_config = ConfigDict(extra="forbid")

    hts: str = Field(max_length=16, examples=["8471.30.0100"])
    lines: int = Field(default=1, ge=0, le=10**9)
    goods: int | None = Field(default=None, ge=0, le=10**9, description="As many as lines unless given.")
    value_usd: int = Field(default=0, ge=0, le=10**13)


class WhatIfIn(BaseModel):
    """An import history of twelve months, and by which policy and tariff map to look at it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "history": [
                        {"hts": "8471", "lines": 65, "value_usd": 98000},
                        {"hts": "7318.15", "lines": 15, "value_usd": 27000},
                    ]
                }
            ]
        },
    )

    history: list[ImportedGoods] = Field(min_length=1, max_length=10_000)
    on: date | None = Field(default=None, description="The legal day of policy, map and Centers; today unless given.")
    policy: str | None = Field(default=None, max_length=64, description="A version; the one in force unless given.")
    map_version: str | None = Field(
        default=None, max_length=64, description="A version; the one in force unless given."
    )


class WhatIfOut(BaseModel):
    """Which Center the history would get, and why."""

    center: str | None = Field(description="Null where no goods point to an open Center.")
    runner_up: str | None
    margin_points: str
    is_enough: bool = Field(description="Whether there are lines enough for a proposal.")
    policy_version: str
    map_version: str
    scores: ScoresOut
    reasons: list[ReasonOut]


@router.get("/importers/{importer_number}/assignment", summary="Which Center an importer has, and why")
async def read_assignment(
    importer_number: ImporterPath, request: Request, caller: CurrentIdentity, on: OnDay = None
) -> AssignmentOut:
    """The Center on a day, since when, on which basis and figures, what would change it, how to appeal, the history.

    "The last 12 months" on a day are the month of the day, to date, and the eleven before. "Number of goods" is not
    defined in what was read of the regulation: here each tariff classification of chapters 1-97 on a line is one.
    """
    day = on or _today(request)
    first_month, month = window_on(day)
    async with reading(engine_of(request)) as connection:
        found = await account_store.find_account_record(connection, importer_number)
        account = demand_account(caller, importer_number, found, _today(request))
        history = await assignment_store.find_assignments(connection, importer_number)
        proposal = await proposal_store.find_open_proposal(connection, importer_number)
        appeal = await assignment_store.find_open_appeal(connection, importer_number)
        rules = await policy_store.load_rules(connection, day)
        units = units_on(await directory_store.load_changes(connection), day)
        family = account.family if rules.policy.family_together else None
        activity = await activity_store.load_counted(
            connection,
            importer_number,
            family,
            months_before(first_month, rules.policy.months_ahead - 1),
            month,
        )
    current = next((row for row in reversed(history) if row.effective_on <= day), None)
    holding = _holding(current, units)
    scores = score_window(activity, month, rules.tariff_map, rules.open_centers)
    change = tell_what_would_change(holding, account.is_broker, activity, month, scores, rules)
    return AssignmentOut(
        importer_number=shown_importer_number(caller, importer_number),
        name=account.name,
        family=family,
        on=day,
        center=holding.center if holding else None,
        center_name=holding.center_name if holding else None,
        office=holding.office if holding else None,
        since=holding.since if holding else None,
        basis=current.basis if current else None,
        explanation=explain_assignment(
            account.name, account.is_broker, holding, scores, change, rules, family, _tell_open(appeal, proposal)
        ),
        policy=PolicySummary.model_validate(rules.policy, from_attributes=True),
        figures_then=_stored_scores(current.figures) if current else None,
        figures_now=_scores_out(scores, first_month, month),
        would_change=WouldChangeOut(
            challenger=change.challenger,
            lead_points=None if change.lead_basis_points is None else format_points(change.lead_basis_points),
            months_ahead=change.months_ahead,
            months_needed=rules.policy.months_ahead,
            text=change.text,
        ),
        appeal=_APPEAL,
        open_appeal=OpenAppeal.model_validate(appeal, from_attributes=True) if appeal else None,
        open_proposal=OpenProposal.model_validate(proposal, from_attributes=True) if proposal else None,
        history=[_entry_out(row) for row in history],
    )


@router.get("/importers/{importer_number}/activity", summary="What an importer brought in over twelve months")
async def read_activity(
    importer_number: ImporterPath, request: Request, caller: CurrentIdentity, on: OnDay = None
) -> ActivityOut:
    """Lines, goods and value by heading and subheading: the month of the day, to date, and the eleven before."""
    day = on or _today(request)
    first_month, last_month = window_on(day)
    async with reading(engine_of(request)) as connection:
        if not may_see(caller, importer_number=importer_number):
            found = await account_store.find_account_record(connection, importer_number)
            demand_account(caller, importer_number, found, _today(request))
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
        total=_figures_out(total),
        by_heading=_activity_rows(cells, heading, rules),
        by_subheading=_activity_rows(cells, str, rules),
    )


@router.post("/what-if/assignment", summary="Which Center an import history would get")
async def answer_what_if(body: WhatIfIn, request: Request, _: CurrentIdentity) -> WhatIfOut:
    """The Center by the policy and tariff map in force, or by those named, with scores and reasons; nothing is kept."""
    day = body.on or _today(request)
    cells = [
        (number, figures) for position, item in enumerate(body.history) for number, figures in [_cell(position, item)]
    ]
    async with reading(engine_of(request)) as connection:
        rules = await _load_named_rules(connection, body, day)
    scores = score(cells, rules.tariff_map, rules.open_centers)
    policy = rules.policy
    ranking = rank(scores, policy.measure)
    other = rank(scores, "goods" if policy.measure == "value" else "value")
    is_enough = scores.total.lines >= policy.minimum_lines
    enough = "enough" if is_enough else "not enough"
    reasons = [
        ReasonOut(
            code=PREDOMINANT_GOODS, text=describe_ranking(scores, ranking), fact=policy.version, citation=CITATION
        ),
        ReasonOut(
            code="other-measure-agrees" if other.predominant == ranking.predominant else "other-measure-differs",
            text=describe_ranking(scores, other),
            fact=other.predominant,
        ),
        ReasonOut(
            code="enough-activity" if is_enough else "too-little-activity",
            text=f"{scores.total.lines} lines are {enough} for a proposal, which takes {policy.minimum_lines}.",
            fact=str(scores.total.lines),
        ),
    ]
    return WhatIfOut(
        center=ranking.predominant,
        runner_up=ranking.runner_up,
        margin_points=format_points(ranking.margin_basis_points),
        is_enough=is_enough,
        policy_version=policy.version,
        map_version=rules.tariff_map.version,
        scores=_scores_out(scores, None, None),
        reasons=reasons,
    )


_APPEAL = AppealGuide(
    when="At any time.",
    to="Office of Field Operations",
    form="In writing; POST /appeals takes it.",
    contents=[requirement.text for requirement in REQUIREMENTS],
    decision_deadline=NO_DEADLINE,
    effect=NO_STAY,
    citation=CITATION,
    uncertain=["contents: from memory, to be verified", "decision_deadline and effect: from memory, to be verified"],
)


async def _load_named_rules(connection: AsyncConnection, body: WhatIfIn, day: date) -> AssignmentRules:
    policy = tariff_map = None
    if body.policy is not None:
        policy = await policy_store.find_any(connection, body.policy)
        if policy is None:
            raise NotFound(
                f"There is no assignment policy {body.policy}.", remedy="Take one from GET /assignment-policies."
            )
    if body.map_version is not None:
        tariff_map = await map_store.find_version(connection, body.map_version)
        if tariff_map is None:
            raise NotFound(f"There is no tariff map {body.map_version}.", remedy="Take one from GET /tariff-maps.")
    return await policy_store.load_rules(connection, day, policy=policy, tariff_map=tariff_map)


def _today(request: Request) -> date:
    clock: Clock = request.app.state.clock
    return legal_date(clock.now())


def _holding(row: Any | None, units: dict[UnitKey, Unit]) -> Holding | None:
    if row is None or row.center is None:
        return None
    unit = units.get(UnitKey("center", row.center, row.center))
    details = unit.details if unit else {}
    office = ", ".join(details[name] for name in ("office_city", "state") if details.get(name))
    return Holding(
        center=row.center,
        center_name=details.get("name", row.center),
        office=office,
        since=row.effective_on,
        basis=row.basis,
        ground=row.ground,
        figures_then=next((item["text"] for item in row.reasons if item["code"] == PREDOMINANT_GOODS), None),
    )


def _tell_open(appeal: Any | None, proposal: Any | None) -> list[str]:
    told = []
    if appeal is not None:
        told.append(f"Appeal {appeal.appeal_number}, received on {legal_date(appeal.received_at)}, is {appeal.state}.")
    if proposal is not None:
        told.append(f"{proposal.proposed_center} is proposed as of {proposal.as_of} and waits for a person.")
    return told


def _cell(position: int, item: ImportedGoods) -> tuple[str, Figures]:
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


def _figures_out(figures: Figures) -> FiguresOut:
    return FiguresOut(**figures._asdict())


def _scores_out(scores: Scores, first_month: date | None, last_month: date | None) -> ScoresOut:
    return ScoresOut.model_validate(describe_scores(scores, first_month, last_month))


def _stored_scores(figures: Any | None) -> ScoresOut | None:
    return ScoresOut.model_validate(figures) if figures else None


def _entry_out(row: Any) -> AssignmentEntry:
    return AssignmentEntry(
        sequence=row.sequence,
        center=row.center,
        basis=row.basis,
        effective_on=row.effective_on,
        assigned_by=row.assigned_by,
        confirmed_by=row.confirmed_by,
        policy_version=row.policy_version,
        map_version=row.map_version,
        runner_up=row.runner_up,
        margin_points=None if row.margin_basis_points is None else format_points(row.margin_basis_points),
        ground=row.ground,
        figures=_stored_scores(row.figures),
        reasons=[ReasonOut.model_validate(reason) for reason in row.reasons],
    )
