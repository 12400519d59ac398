"""Every legal clock that given facts start, each with its rule and both readings, and those that lack a fact.

The tables of rows are the calculator: one row for each clock, with the facts it needs. The dates come from the same
functions by which the record of an entry is computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.domain.calculator import (
    after_liquidation,
    before_liquidation,
    drawback,
    enforcement,
    money,
    preferences,
    protests,
    special,
)
from services.liquidation.domain.calculator.case import Case, open_case
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.counting import explain
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.liquidation_period import (
    DesignatedImport,
)
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.rules.table import say_unsettled
from services.liquidation.domain.suspension import (
    Suspension,
)
from shared.customs.calendar import Due


@dataclass(frozen=True, slots=True)
class Clock:
    """A date that the facts give: warn by `safe`, refuse only after `last_arguable`.

    `explanation` says what was counted and what moved the day, `effect` what happens when it ends, `unsettled` what of
    its rule is open (None: nothing that was found).
    """

    what: str
    rule: str
    safe: date
    last_arguable: date
    explanation: str
    effect: str
    inputs: Mapping[str, str]
    unsettled: str | None = None


@dataclass(frozen=True, slots=True)
class UnknownClock:
    """A clock that runs, or will, and cannot be computed: the facts that are missing."""

    what: str
    rule: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """All clocks, those that lack a fact, and what else the rules say of the facts.

    `is_before_modernization`: other law governed, so that none of it is sure.
    """

    clocks: tuple[Clock, ...]
    unknown: tuple[UnknownClock, ...]
    findings: tuple[Finding, ...]
    is_before_modernization: bool = False


_PARTS: Final = (before_liquidation, special, after_liquidation, preferences, protests, money, drawback, enforcement)
_LATER_ROWS: Final = tuple(row for part in _PARTS[1:] for row in part.ROWS)
_FINDERS: Final = tuple(part.find for part in _PARTS if part is not money)


def calculate(facts: CalculatorFacts, law: LawSettings) -> Answer:
    """Every clock that the facts start, in the order in which the law comes to them.

    Nothing is guessed: a clock without one of its facts is listed with their names. Raises `UnknownEntryType`.

    >>> answer = calculate(CalculatorFacts(entry_type="01", entry_date=date(2025, 10, 1)), LAW)
    >>> [(clock.rule, str(clock.safe)) for clock in answer.clocks if clock.rule.startswith("liq")]
    [('liq-cycle-314', '2026-08-07'), ('liq-1yr-entry', '2026-10-01')]
    >>> calculate(CalculatorFacts(entry_type="21"), LAW).unknown[-1].missing
    ('final_withdrawal_on',)
    """
    case = open_case(facts, law)
    clocks: list[Clock] = []
    unknown: list[UnknownClock] = []
    rows = (*before_liquidation.ROWS, *before_liquidation.period_rows(case), *_LATER_ROWS)
    for row in (*rows, *protests.reliquidation_rows(case)):
        if not row.applies(case):
            continue
        missing = tuple(name for name in row.needs if case.find(name) is None)
        if missing:
            unknown.append(UnknownClock(row.what, row.rule, missing))
        elif (reckoned := row.reckon(case)) is not None:
            clocks.append(_read(case, row, reckoned))
    findings = tuple(found for find in _FINDERS for found in find(case))
    return Answer(tuple(clocks), tuple(unknown), findings, case.is_before_modernization)


def _read(case: Case, row: Row, reckoned: date | Due) -> Clock:
    both = reckoned if isinstance(reckoned, Due) else Due(reckoned, reckoned)
    given = [case.find(name) for name in row.needs]
    inputs = {_name_input(case, name): _as_text(value) for name, value in zip(row.needs, given, strict=True)}
    inputs |= dict(row.inputs)
    start = next((each for each in (row.start, *given) if isinstance(each, date)), None)
    start = start if row.rule not in _NOT_COUNTED else None
    posted_on = case.standing.latest_start if case.standing is not None else None
    is_later = row.rule in _COUNTED_FROM_POSTING and posted_on is not None and posted_on != case.liquidated_on
    explanation = explain(
        both,
        row.roll,
        case.law,
        start=start,
        posted_on=posted_on if is_later else None,
        other_start=_OTHER_STARTS.get(row.rule),
        counts_business_days=row.rule in _BUSINESS_DAYS,
    )
    unsettled = say_unsettled(row.rule, is_before_modernization=case.is_before_modernization)
    return Clock(row.what, row.rule, both.safe, both.last_arguable, explanation, row.effect, inputs, unsettled)


_COUNTED_FROM_POSTING: Final = frozenset({"protest-deemed", "protest-180", "protest-90-legacy"})
_NOT_COUNTED: Final = frozenset(
    {
        "final-1514",
        "eapa-liq-still-protest",
        "detain-protest",
        "liq-drawback-old",
        "liquidation-date-informal",
        "afr-file",
    }
)
"""Rules whose day is not so many days after the first of their facts."""

_BUSINESS_DAYS: Final = frozenset(
    {
        "es-file",
        "es-file-immediate-delivery",
        "deposit-outer-limit",
        "eapa-initiate",
        "eapa-notice",
        "eapa-review-request",
        "eapa-review-decide",
        "eapa-suit",
        "detain-decide",
        "detain-notice",
    }
)

_OTHER_STARTS: Final[Mapping[str, str]] = {
    "liq-cycle-314": "the Friday after the day instead of the one before",
    "psc-window": "by the Friday after instead of the one before, which the cycle may take",
    "psc-window-extended": "by the Friday after instead of the one before, which the cycle may take",
    "deposit-outer-limit": "counted from the later of entry and release",
    "susp-lift-6mo": "what was left of the period before the suspension",
    "susp-lift-extended": "by the extended period, and by six months from the notice, the later of both",
    "final-1514": "the day after the last arguable day to protest or to sue",
    "suit-bond-2415": "counted from the demand instead of the liquidation",
    "recon-other": "by calendar months instead of days",
}
"""What the arguable day rests on where a rule has two readings that neither a roll nor a posting tells apart."""


def _name_input(case: Case, name: str) -> str:
    """A fact by its name; what the law made of it by another, so that nobody takes it for what was given."""
    is_other = name in _MADE_BY_LAW and case.find(name) != getattr(case.facts, name)
    return _MADE_BY_LAW[name] if is_other else name


_MADE_BY_LAW: Final = {"liquidated_on": "liquidated_in_law_on", "denied_on": "deemed_denied_on"}


def _as_text(value: object) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return "; ".join(
        f"{each.ground} {each.began_on} to {each.lift_noticed_on or 'now'}"
        if isinstance(each, Suspension)
        else f"{each.months} months, posted {each.posted_on}"
        if isinstance(each, ExtensionRequest)
        else _describe_import(each)
        for each in value
        if isinstance(each, Suspension | ExtensionRequest | DesignatedImport)
    )


def _describe_import(each: DesignatedImport) -> str:
    protested = {True: "protested", False: "not protested", None: "protest not given"}[each.is_protested]
    return f"liquidated {each.liquidated_on or 'not given'}, final {each.final_1514_on or 'not given'}, {protested}"
