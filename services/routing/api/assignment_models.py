"""Assignments as people read them over HTTP: figures, what would change them, how to appeal, the history."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from services.routing.api.common import ReasonOut
from services.routing.domain.activity import Figures
from services.routing.domain.appeals import NO_DEADLINE, NO_STAY, REQUIREMENTS
from services.routing.domain.center import CITATION
from services.routing.domain.proposals import Scores, describe_scores, format_points
from services.routing.store.assignments import RecordedAssignment
from shared.web.fields import LegalDay

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
    on: LegalDay | None = Field(
        default=None, description="The legal day of policy, map and Centers; today unless given."
    )
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


APPEAL: Final = AppealGuide(
    when="At any time.",
    to="Office of Field Operations",
    form="In writing; POST /appeals takes it.",
    contents=[requirement.text for requirement in REQUIREMENTS],
    decision_deadline=NO_DEADLINE,
    effect=NO_STAY,
    citation=CITATION,
    uncertain=["contents: from memory, to be verified", "decision_deadline and effect: from memory, to be verified"],
)


def show_figures(figures: Figures) -> FiguresOut:
    """Figures as they are shown."""
    return FiguresOut(**figures._asdict())


def show_scores(scores: Scores, first_month: date | None, last_month: date | None) -> ScoresOut:
    """Scores as they are shown; the months are those of the window, None where there is none."""
    return ScoresOut.model_validate(describe_scores(scores, first_month, last_month))


def show_kept_scores(figures: Mapping[str, Any] | None) -> ScoresOut | None:
    """Scores as an assignment keeps them."""
    return ScoresOut.model_validate(figures) if figures else None


def show_entry(row: RecordedAssignment) -> AssignmentEntry:
    """One assignment of the history."""
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
        figures=show_kept_scores(row.figures),
        reasons=[ReasonOut.model_validate(reason) for reason in row.reasons],
    )
