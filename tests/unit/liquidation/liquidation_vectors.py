"""The deadline vectors: rows of facts with the date or outcome that the law gives, and how a row is run."""

import csv
import importlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from services.liquidation.domain import (
    bill_clocks,
    clocks,
    correction_window,
    counting,
    detention_clocks,
    drawback,
    evasion_clocks,
    extension,
    history_checks,
    history_order,
    information_request,
    law,
    liquidation_acts,
    liquidation_period,
    notice_clocks,
    penalty_clocks,
    preference_claim,
    preference_programs,
    reliquidation,
    special_clocks,
    start_dates,
    summary_clocks,
    suspension,
)
from services.liquidation.domain.bill_clocks import InterestSpan
from services.liquidation.domain.calculator import (
    after_liquidation,
    answers,
    before_liquidation,
    case,
    corrections,
    enforcement,
    history,
    money,
    preferences,
    special,
)
from services.liquidation.domain.calculator import drawback as calculator_drawback
from services.liquidation.domain.calculator import protests as calculator_protests
from services.liquidation.domain.calculator.answers import Answer, calculate
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.correction_window import CorrectionBar, CorrectionWindow
from services.liquidation.domain.extension import Extended, NotExtended
from services.liquidation.domain.history_order import Disorder
from services.liquidation.domain.liquidation_period import Period, PeriodStart
from services.liquidation.domain.protest import act_rules, decision, defects, further_review, other_protests, timeliness
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import LiftNotice
from shared.customs.calendar import Due
from shared.customs.interest import RatePeriod

CALCULATOR: tuple[ModuleType, ...] = (
    answers,
    before_liquidation,
    after_liquidation,
    preferences,
    calculator_protests,
    money,
    calculator_drawback,
    special,
    enforcement,
    case,
    corrections,
    history,
)
RULE_MODULES: tuple[ModuleType, ...] = (
    clocks,
    extension,
    counting,
    start_dates,
    summary_clocks,
    correction_window,
    suspension,
    liquidation_period,
    reliquidation,
    act_rules,
    decision,
    defects,
    further_review,
    other_protests,
    timeliness,
    bill_clocks,
    special_clocks,
    notice_clocks,
    penalty_clocks,
    evasion_clocks,
    detention_clocks,
    drawback,
    preference_programs,
    preference_claim,
    history_checks,
    history_order,
    liquidation_acts,
    *CALCULATOR,
    law,
    information_request,
)
FILES = sorted((Path(__file__).resolve().parents[2] / "vectors").glob("deadlines_*.csv"))
_NOT_IN_DOMAIN = {"calendar": "shared.customs.calendar", "interest": "shared.customs.interest"}
_FACTS = TypeAdapter(CalculatorFacts)


@dataclass(frozen=True)
class Vector:
    """One row, with its facts already parsed: running it again costs only the rule itself."""

    id: str
    rule: str
    expected: str
    source: str
    run: Callable[[], object]

    def answer(self) -> str:
        """What the code gives, as the file writes it."""
        return show(self.run(), self.rule)


@cache
def read_vectors() -> tuple[Vector, ...]:
    """Every row of every file."""
    found = []
    for file in FILES:
        with file.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), start=2):
                run = _prepare(row["call"], json.loads(row["facts"]))
                name = f"{file.stem}:{number}:{row['rule']}"
                found.append(Vector(name, row["rule"], row["expected"], row["source"], run))
    return tuple(found)


def _prepare(call: str, facts: dict[str, Any]) -> Callable[[], object]:
    if call == "calculator":
        known = _FACTS.validate_python(facts)
        return lambda: calculate(known, law.LAW)
    module_name, name = call.rsplit(".", 1)
    module = importlib.import_module(_NOT_IN_DOMAIN.get(module_name, f"services.liquidation.domain.{module_name}"))
    function = getattr(module, name)
    hints = get_type_hints(function)
    given = {key: TypeAdapter(_as_parsed(hints[key])).validate_python(value) for key, value in facts.items()}
    if "policy" in hints and "policy" not in given:
        given["policy"] = law.LAW.cycle
    if "law" in hints and "law" not in given:
        given["law"] = law.LAW
    if "closures" in hints and "closures" not in given:
        given["closures"] = law.LAW.closures
    return lambda: function(**given)


def _as_parsed(hint: Any) -> Any:
    """Any collection is read as a tuple: it can then be passed again and again."""
    return tuple[get_args(hint)[0], ...] if get_origin(hint) in (Collection, Iterable, Sequence) else hint


def show(answer: object, rule: str) -> str:
    """An answer as the files write it: a date, `safe/last arguable`, an outcome, or what is missing."""
    if answer is None:
        return "none"
    if isinstance(answer, date | int | Decimal):
        return str(answer).lower()
    if isinstance(answer, tuple):
        return " ".join(show(each, "") for each in answer) or "none"
    if isinstance(answer, CorrectionBar):
        return answer.kind
    if isinstance(answer, Disorder):
        return f"{answer.later.field}<{answer.earlier.field}"
    return _show_answer(answer, rule)


def _show_answer(answer: object, rule: str) -> str:
    match answer:
        case Due(safe, last_arguable):
            return f"{safe}/{last_arguable}"
        case Finding(found, outcome):
            return outcome if found == rule else f"{found}:{outcome}"
        case NotExtended(found):
            return "void" if found == rule else f"{found}:void"
        case Extended():
            return f"{answer.deemed_on} scheduled {answer.scheduled_on}"
        case CorrectionWindow(found, closes_on):
            return str(closes_on or "open") if found == rule else f"{found}:{closes_on or 'open'}"
        case Period():
            void = "".join(f" void {each.because.rule}" for each in answer.void)
            days = f"{answer.ends_on} ({answer.safe}/{answer.last_arguable})" if answer.ends_on else "suspended"
            return days + void
        case PeriodStart(_, on, missing):
            return str(on or f"missing {' '.join(missing)}")
        case LiftNotice(kind, on):
            return f"{kind} {on}"
        case InterestSpan(_, begins_on, ends_on):
            return f"{begins_on}..{ends_on}"
        case RatePeriod():
            return f"{answer.underpayment_pct} {answer.overpayment_pct} {answer.corporate_overpayment_pct}"
        case Answer():
            return _show_clock(answer, rule)
    raise AssertionError(f"no way to write {answer!r}")


def _show_clock(answer: Answer, rule: str) -> str:
    """What the calculator says of one rule: its dates, its finding, or the missing facts."""
    dates = [f"{clock.safe}/{clock.last_arguable}" for clock in answer.clocks if clock.rule == rule]
    outcomes = [found.outcome for found in answer.findings if found.rule == rule]
    missing = [f"missing {' '.join(clock.missing)}" for clock in answer.unknown if clock.rule == rule]
    return " ".join((*dates, *outcomes, *missing)) or "none"
