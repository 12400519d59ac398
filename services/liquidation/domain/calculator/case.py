"""The facts with what follows from them first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.liquidation.domain import drawback, special_clocks
from services.liquidation.domain.calculator.facts import CalculatorFacts
from services.liquidation.domain.clocks import (
    scheduled_date,
)
from services.liquidation.domain.correction_window import CorrectionWindow, SuspensionBasis, correction_window
from services.liquidation.domain.law import CyclePolicy, FridayChoice, LawSettings
from services.liquidation.domain.liquidation_period import (
    Period,
    PeriodKind,
    PeriodStart,
    StartFacts,
    period_start,
    reckon_period,
)
from services.liquidation.domain.protest import decision as protest_decision
from services.liquidation.domain.start_dates import (
    EntryDates,
    entry_date,
    surety_demand_date,
)
from services.liquidation.domain.suspension import (
    find_last_lift,
)
from shared.customs.entry_types import EntryType, entry_type


@dataclass(frozen=True, slots=True)
class Case:
    """The facts with what follows from them first."""

    facts: CalculatorFacts
    law: LawSettings
    kind: EntryType
    entry_date: date | None
    start: PeriodStart | None
    period: Period | None
    denied_on: date | None
    surety_demanded_on: date | None

    def find(self, name: str) -> object:
        """A fact, or what follows from it, by its name; None: unknown, as what the beginning of the period lacks."""
        if self.start is not None and name in self.start.missing:
            return None
        value: object = getattr(self, name) if name in _DERIVED else getattr(self.facts, name)
        return value or None

    def day(self, name: str) -> date:
        """A day that the row's needs guarantee."""
        value = self.find(name)
        assert isinstance(value, date), name
        return value

    @property
    def lift_noticed_on(self) -> date | None:
        return find_last_lift(self.facts.suspensions)

    @property
    def is_liquidated(self) -> bool:
        return self.facts.liquidated_on is not None

    @property
    def is_suspended(self) -> bool:
        is_open = self.period is not None and self.period.is_suspended
        return is_open or ((self.kind.ad_cvd or self.facts.has_case) and not self.facts.suspensions)

    @property
    def is_correctable(self) -> bool:
        is_summary = self.kind.in_ace_summary and self.kind.liquidates and not self.kind.informal
        return is_summary and not self.is_liquidated

    @property
    def is_scheduled(self) -> bool:
        is_after_lift = self.period is not None and self.period.rule == "susp-lift-6mo"
        is_by_cycle = self.start is not None and self.start.rule in ("liq-1yr-entry", "liq-1yr-withdrawal")
        return is_by_cycle and not self.is_liquidated and not self.is_suspended and not is_after_lift

    @property
    def extended_months(self) -> int:
        return self.period.extended_months if self.period is not None else 0

    def window(self, friday: FridayChoice) -> CorrectionWindow | None:
        """The window for corrections if the cycle takes that Friday; None when it is not known, or none is open."""
        if self.entry_date is None or not self.is_correctable:
            return None
        policy = CyclePolicy(self.law.cycle.days, friday)
        by_case: SuspensionBasis = "antidumping" if self.kind.ad_cvd or self.facts.has_case else "other"
        return correction_window(
            self.facts.entry_type,
            self.entry_date,
            scheduled_date(self.entry_date, policy, self.extended_months) if self.is_scheduled else None,
            is_extended_on_request=self.has_extension_on_request,
            has_case=self.facts.has_case,
            suspended_for=(self.facts.suspended_for or by_case) if self.is_suspended else None,
        )

    @property
    def has_extension_on_request(self) -> bool:
        void = [each.request for each in self.period.void] if self.period is not None else []
        return any(each.reason == "importer-request" and each not in void for each in self.facts.extensions)


_DERIVED: Final = frozenset({"entry_date", "denied_on", "surety_demanded_on", "lift_noticed_on"})


def open_case(facts: CalculatorFacts, law: LawSettings) -> Case:
    """What follows from the facts before any clock is reckoned; raises `UnknownEntryType`."""
    kind = entry_type(facts.entry_type)
    dates = EntryDates(
        released_on=facts.released_on,
        entry_filed_on=facts.entry_filed_on,
        summary_filed_on=facts.summary_filed_on,
        withdrawn_on=facts.withdrawn_on,
        presented_on=facts.presented_on,
    )
    entered_on = facts.entry_date or entry_date(facts.entry_basis, dates)
    start = _find_start(facts, kind, entered_on, law)
    runs = start is not None and start.on is not None
    demanded_on = facts.surety_demanded_on
    return Case(
        facts=facts,
        law=law,
        kind=kind,
        entry_date=entered_on,
        start=start,
        period=reckon_period(start, facts.extensions, facts.suspensions, law=law)
        if runs and start is not None
        else None,
        denied_on=_find_denial(facts),
        surety_demanded_on=surety_demand_date(demanded_on, identifies_debt=facts.demand_identifies_debt)
        if demanded_on is not None
        else None,
    )


def _find_denial(facts: CalculatorFacts) -> date | None:
    """The denial, or the day on which the protest is deemed denied unless it is decided before."""
    if facts.denied_on is not None or facts.is_protest_allowed:
        return facts.denied_on
    deemed: list[date] = []
    if facts.acceleration_mailed_on is not None:
        deemed.append(protest_decision.accelerated_denied_on(facts.acceleration_mailed_on))
    if facts.is_exclusion_protest and facts.protest_received_on is not None:
        deemed.append(protest_decision.exclusion_denied_on(facts.protest_received_on))
    return min(deemed, default=None)


_PERIOD_KINDS: Final[Mapping[str, PeriodKind]] = {
    "warehouse": "warehouse",
    "withdrawal": "withdrawal",
    "reconciliation": "reconciliation",
}


def _find_start(
    facts: CalculatorFacts, kind: EntryType, entered_on: date | None, law: LawSettings
) -> PeriodStart | None:
    if not kind.liquidates or kind.informal:
        return None
    if kind.drawback:
        return _find_drawback_start(facts, law)
    if facts.activity_statement_filed_on is not None or facts.activity_statement_due_on is not None:
        days = StartFacts(filed_on=facts.activity_statement_filed_on, due_on=facts.activity_statement_due_on)
        return period_start("activity-statement", days)
    due_on = facts.reconciliation_due_on or _find_reconciliation_due(facts, law)
    days = StartFacts(entered_on, facts.final_withdrawal_on, facts.reconciliation_filed_on, due_on)
    return period_start(_PERIOD_KINDS.get(kind.category, "consumption"), days)


def _find_drawback_start(facts: CalculatorFacts, law: LawSettings) -> PeriodStart | None:
    """None: no limit of time runs, or only the deposit with request and waiver (`calculator/drawback.py`)."""
    if facts.drawback_claimed_on is None:
        missing = () if facts.designated_imports else ("designated_imports",)
        return PeriodStart("liq-1yr-drawback", None, ("drawback_claimed_on", *missing))
    start = drawback.find_drawback_start(
        facts.drawback_claimed_on,
        facts.designated_imports,
        deposited_on=facts.drawback_deposited_on,
        waived_on=facts.drawback_waived_on,
        law=law,
    )
    return start if start.on is not None or start.missing else None


def _find_reconciliation_due(facts: CalculatorFacts, law: LawSettings) -> date | None:
    due: list[date] = []
    if "other" in facts.reconciliation_issues and facts.earliest_summary_on is not None:
        due.append(special_clocks.reconciliation_due(facts.earliest_summary_on, law).safe)
    if "agreement" in facts.reconciliation_issues and facts.earliest_imported_on is not None:
        due.append(special_clocks.agreement_reconciliation_due(facts.earliest_imported_on, law).safe)
    return min(due, default=None)
