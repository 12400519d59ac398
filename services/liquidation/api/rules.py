"""The law that can be read: every rule with its source, evidence, readings in force, examples, what rests on it."""

from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.api.common import money_policy_of
from services.liquidation.api.rule_book import (
    ALL_RULES,
    ALL_SECTIONS,
    SECTION_OF,
    RestsOut,
    VectorOut,
    read_book,
)
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.readings import Reading, readings_of
from services.liquidation.domain.rules.rule import EVIDENCE_MEANS, Evidence, Rule
from shared.runtime.errors import NotFound, Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page

router = APIRouter(tags=["rules"])

_NEAR = 5
_ALIKE = 0.4

RuleIdPath = Annotated[str, Path(description="The rule's id.", max_length=100, examples=["protest-180"])]

_PROTEST_180: dict[str, Any] = {
    "id": "protest-180",
    "section": "protest",
    "text": "A protest is filed within 180 days after liquidation, and not before it.",
    "citation": "19 USC 1514(c)(3), 19 CFR 174.12(e)",
    "evidence": "S",
    "effective_from": "2004-12-18",
    "effective_until": None,
    "applies_to": "the day of entry",
    "unsettled": None,
}


class RuleSummaryOut(BaseModel):
    """A rule in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PROTEST_180]})

    id: str
    section: str = Field(description="The subject, by which the list can be narrowed.")
    text: str = Field(description="The rule in a sentence.")
    citation: str
    evidence: Evidence = Field(description="S read in a source, P partly read, M recalled, U unsettled.")
    effective_from: date | None = Field(description="The first day on which it holds; null: no bound is known.")
    effective_until: date | None = Field(description="The last day on which it holds; null: no bound is known.")
    applies_to: str | None = Field(description="By which day of a case that is told, or what has days of its own.")
    unsettled: str | None = Field(description="What of the rule is open.")


class ReadingOut(BaseModel):
    """How a rule is read where the law leaves it open."""

    settles: str = Field(description="What the setting decides.")
    in_force: str = Field(description="The reading that the operator has set.")
    default: str = Field(description="The reading of an operator who sets none.")
    choices: list[str] = Field(description="The readings that there are; empty for a number, a date or days.")
    setting: str = Field(description="Where an operator sets it.")


class RuleDetailOut(RuleSummaryOut):
    """Everything that there is to know of a rule."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_PROTEST_180,
                    "section_title": "Protest and suit",
                    "evidence_means": EVIDENCE_MEANS["S"],
                    "readings": [],
                    "examples": [
                        "Liquidated 2026-01-05. Protest until 2026-07-04 (safe), 2026-07-06 (last arguable). Day 180 "
                        "from 2026-01-05. Saturday 2026-07-04 (Independence Day) is no business day: 2026-07-06 is "
                        "arguable (roll-private-filing). At its end: final; a late protest is untimely, not denied on "
                        "its merits."
                    ],
                    "vectors": [
                        {
                            "asks": "Until when a reliquidation or other decision is protested",
                            "given": "decided 2026-01-05, entered not known",
                            "answer": "2026-07-04 (safe), 2026-07-06 (last arguable)",
                            "source": "1514(c)(3)",
                            "note": "Saturday 4 July",
                            "function": "protest.timeliness.protest_window",
                            "facts": {"decided_on": "2026-01-05", "entered_on": None},
                            "expected": "2026-07-04/2026-07-06",
                        }
                    ],
                    "rests_on_it": {
                        "clocks": [
                            {
                                "what": "protest until",
                                "effect": "final; a late protest is untimely, not denied on its merits",
                            }
                        ],
                        "outcomes": ["partly-out-of-time"],
                        "refusals": [],
                        "protest_acts": [],
                        "uses": [{"service": "liquidation", "does": "Until when a liquidation is protested"}],
                    },
                }
            ]
        }
    )

    section_title: str
    evidence_means: str = Field(description="What the letter of the evidence means.")
    readings: list[ReadingOut]
    examples: list[str] = Field(description="Worked examples with real days, by the default readings.")
    vectors: list[VectorOut] = Field(description="The cases that the tests hold, by the default readings.")
    rests_on_it: RestsOut = Field(description="What rests on it, found in the code.")


@router.get("/rules", summary="The rules of law")
async def list_rules(
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("rule.read")],
    page: CurrentPage,
    section: Annotated[str | None, Query(description="Only rules on this subject.", examples=["protest"])] = None,
    evidence: Annotated[Evidence | None, Query(description="Only rules that are known so well.")] = None,
    is_open: Annotated[
        bool | None, Query(description="true: only rules that are unsettled, recalled, or open in part; false: others.")
    ] = None,
    q: Annotated[
        str | None, Query(description="Only rules in whose words this occurs.", max_length=100, examples=["174.12"])
    ] = None,
) -> Page[RuleSummaryOut]:
    """Every rule that the system applies, in the order of the law, with its source and how well it is known."""
    if section is not None and section not in {each.id for each in ALL_SECTIONS}:
        raise Refused(
            f"There is no section {section}.",
            rule="section",
            code="unknown-section",
            remedy=f"One of: {', '.join(each.id for each in ALL_SECTIONS)}.",
        )
    position = page.position(int)
    after = position[0] if position else -1
    rows = [
        (number, rule)
        for number, rule in enumerate(ALL_RULES.values())
        if number > after
        and section in {None, SECTION_OF[rule.id].id}
        and evidence in {None, rule.evidence}
        and is_open in {None, rule.is_open}
        and (q is None or q.casefold() in _words(rule))
    ]
    return build_page(
        rows[: page.fetch],
        page,
        key=lambda row: (row[0],),
        item=lambda row: RuleSummaryOut(**_summary(row[1])),
        request=request,
        response=response,
    )


@router.get("/rules/{rule_id}", summary="A rule of law with all that rests on it")
async def read_rule(rule_id: RuleIdPath, request: Request, _: Annotated[Identity, allow("rule.read")]) -> RuleDetailOut:
    """A rule with its readings in force, worked examples, the cases by which it is tested, and what rests on it.

    Examples and cases are worked out by the default readings; where `readings` differ from them, so do its dates.
    """
    rule = ALL_RULES.get(rule_id)
    if rule is None:
        raise NotFound(f"There is no rule {rule_id}.", remedy=_name_near(rule_id))
    worked = read_book()[rule_id]
    policy = money_policy_of(request)
    return RuleDetailOut(
        **_summary(rule),
        section_title=SECTION_OF[rule_id].title,
        evidence_means=EVIDENCE_MEANS[rule.evidence],
        readings=[_reading(each, policy) for each in readings_of(rule_id)],
        examples=worked.examples,
        vectors=worked.vectors,
        rests_on_it=worked.rests_on_it,
    )


def _summary(rule: Rule) -> dict[str, str | date | None]:
    return {
        "id": rule.id,
        "section": SECTION_OF[rule.id].id,
        "text": rule.text,
        "citation": rule.citation,
        "evidence": rule.evidence,
        "effective_from": rule.effective_from,
        "effective_until": rule.effective_until,
        "applies_to": rule.applies_to,
        "unsettled": rule.unsettled,
    }


def _words(rule: Rule) -> str:
    return " ".join((rule.id, rule.text, rule.citation, rule.unsettled or "")).casefold()


def _reading(reading: Reading, policy: MoneyPolicy) -> ReadingOut:
    return ReadingOut(
        settles=reading.settles,
        in_force=reading.in_force(policy),
        default=reading.default,
        choices=list(reading.choices),
        setting=reading.setting,
    )


def _name_near(rule_id: str) -> str:
    near = get_close_matches(rule_id, ALL_RULES, n=_NEAR, cutoff=_ALIKE)
    return f"Did you mean {' or '.join(near)}?" if near else "GET /rules lists them."
