"""The facts with what follows from them first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.liquidation.domain import drawback, special_clocks
from services.liquidation.domain.calculator.facts import CalculatorFacts, Protested
from services.liquidation.domain.clocks import informal_date
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.liquidation_acts import (
    JudgedLiquidation,
    LiquidationAct,
    ReliquidationAct,
    StandingLiquidation,
    judge_acts,
)
from services.liquidation.domain.liquidation_period import (
    Period,
    PeriodKind,
    PeriodStart,
    StartFacts,
    period_start,
    reckon_period,
)
from services.liquidation.domain.protest.decision import Denial, acceleration_from, deemed_denial, governing_denial
from services.liquidation.domain.protest.filing import Protestant
from services.liquidation.domain.protest.timeliness import ProtestedEntry, Verdict, is_older_law, judge_entry
from services.liquidation.domain.reliquidation import Power, judge_power
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.start_dates import (
    MODERNIZED_ON,
    EntryDates,
    entry_date,
    surety_demand_date,
)
from services.liquidation.domain.suspension import choose_lift_notice, find_last_lift
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
    judged: JudgedLiquidation | None
    verdict: Verdict | None
    deemed_denial: Denial | None
    denial: Denial | None
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
    def standing(self) -> StandingLiquidation | None:
        """The liquidation that stands in law; None: none does, whatever was done."""
        return self.judged.standing if self.judged is not None else None

    @property
    def liquidated_on(self) -> date | None:
        return self.standing.on if self.standing is not None else None

    @property
    def is_liquidated(self) -> bool:
        return self.standing is not None

    @property
    def is_deemed(self) -> bool:
        return self.standing is not None and self.standing.is_deemed

    @property
    def entered_by(self) -> date | None:
        """The day of entry, or of the liquidation, which is never before it; None: neither is known."""
        return self.entry_date or self.liquidated_on

    @property
    def reliquidated_on(self) -> date | None:
        """The first reliquidation that stands since the protest was allowed, or since it came; None: none does."""
        since = self.facts.allowed_on or self.facts.protest_received_on
        acts = self.standing.reliquidated_on if self.standing is not None else ()
        return min((on for on in acts if since is None or on >= since), default=None)

    @property
    def is_protest_open(self) -> bool:
        """Whether a protest in time, or of which the time is not known, waits for its decision."""
        facts, is_late = self.facts, self.verdict is not None and self.verdict.timeliness in ("untimely", "too-early")
        is_decided = facts.denied_on is not None or self.is_allowed or facts.is_sued_on
        return facts.protest_received_on is not None and not is_late and not is_decided

    @property
    def is_denied_by_notice(self) -> bool:
        return self.denial is not None and self.denial != self.deemed_denial

    @property
    def is_before_modernization(self) -> bool:
        """Whether other law governed: by the day of entry, which is never after that of the liquidation."""
        return self.entered_by is not None and self.entered_by < MODERNIZED_ON

    @property
    def is_older_law(self) -> bool:
        return is_older_law(self.entry_date, self.liquidated_on)

    @property
    def denied_on(self) -> date | None:
        return self.denial.on if self.denial is not None else None

    @property
    def is_allowed(self) -> bool:
        """Whether the protest was allowed, and not after the law had denied it."""
        return (self.facts.is_protest_allowed or self.facts.allowed_on is not None) and self.denial is None

    @property
    def is_contested(self) -> bool:
        """Whether a protest keeps the liquidation from becoming final; one whose time is not known does."""
        is_of_liquidation = self.facts.protested in (None, "liquidation", "reliquidation")
        if self.facts.is_exclusion_protest or not is_of_liquidation:
            return False
        if self.verdict is None:
            return self.facts.denied_on is not None
        return self.verdict.timeliness in ("timely", "arguable", "unknown")

    @property
    def is_suspended(self) -> bool:
        is_open = self.period is not None and self.period.is_suspended
        return is_open or ((self.kind.ad_cvd or self.facts.has_case) and not self.facts.suspensions)

    @property
    def has_deposit(self) -> bool:
        """Whether estimated duties are deposited with a summary of this kind, and still count."""
        is_summary = self.kind.in_ace_summary and self.kind.liquidates and not self.kind.informal
        return is_summary and self.kind.category != "warehouse" and not self.is_liquidated

    @property
    def is_scheduled(self) -> bool:
        is_after_lift = self.period is not None and self.period.lifted_on is not None
        is_by_cycle = self.start is not None and self.start.rule in ("liq-1yr-entry", "liq-1yr-withdrawal")
        return is_by_cycle and not self.is_liquidated and not self.is_suspended and not is_after_lift

    @property
    def extended_months(self) -> int:
        return self.period.extended_months if self.period is not None else 0


_DERIVED: Final = frozenset(
    {"entry_date", "liquidated_on", "reliquidated_on", "denied_on", "surety_demanded_on", "lift_noticed_on"}
)


def open_case(facts: CalculatorFacts, law: LawSettings) -> Case:
    """What follows from the facts before any clock is reckoned; raises `UnknownEntryType`."""
    kind = entry_type(facts.entry_type)
    facts, law = _with_notice(facts), law.at_port(facts.port)
    dates = EntryDates(
        released_on=facts.released_on,
        entry_filed_on=facts.entry_filed_on,
        summary_filed_on=facts.summary_filed_on,
        withdrawn_on=facts.withdrawn_on,
        presented_on=facts.presented_on,
    )
    entered_on = facts.entry_date or entry_date(facts.entry_basis, dates)
    start = _find_start(facts, kind, entered_on, law)
    period = None
    if start is not None and start.on is not None:
        period = reckon_period(start, facts.extensions, facts.suspensions, law=law)
    demanded_on = facts.surety_demanded_on
    if demanded_on is not None:
        demanded_on = surety_demand_date(demanded_on, identifies_debt=facts.demand_identifies_debt)
    judged = _judge_liquidation(facts, kind, period, law)
    verdict = _judge_protest(facts, entered_on, judged, demanded_on, period, law)
    liquidated_on = judged.standing.on if judged is not None and judged.standing is not None else None
    deemed = _find_deemed_denial(facts, verdict, is_older=is_older_law(entered_on, liquidated_on))
    return Case(
        facts=facts,
        law=law,
        kind=kind,
        entry_date=entered_on,
        start=start,
        period=period,
        judged=judged,
        verdict=verdict,
        deemed_denial=deemed,
        denial=_find_denial(facts, deemed),
        surety_demanded_on=demanded_on,
    )


def _with_notice(facts: CalculatorFacts) -> CalculatorFacts:
    """The facts with the removal that the notices tell of, of each suspension that is not said to be removed."""
    notice = choose_lift_notice(facts.lift_notices)
    if notice is None:
        return facts
    suspensions = tuple(
        replace(each, lift_noticed_on=notice.on)
        if each.lift_noticed_on is None and each.began_on <= notice.on
        else each
        for each in facts.suspensions
    )
    return replace(facts, suspensions=suspensions)


def _judge_liquidation(
    facts: CalculatorFacts, kind: EntryType, period: Period | None, law: LawSettings
) -> JudgedLiquidation | None:
    """What stands of the acts of liquidation; of an entry that its type suspends the end of the period is not known."""
    liquidated_on = facts.liquidated_on
    if liquidated_on is None and kind.informal:
        liquidated_on = informal_date(facts.paid_on, facts.released_on)
    if liquidated_on is None:
        return None
    is_suspended_by_type = (kind.ad_cvd or facts.has_case) and not facts.suspensions
    single = (ReliquidationAct(facts.reliquidated_on, facts.reliquidated_by),) if facts.reliquidated_on else ()
    acts = tuple(dict.fromkeys((*single, *facts.reliquidations)))
    powers = {act: found for act in acts if (found := _judge_power(facts, act, liquidated_on, law)) is not None}
    judged = judge_acts(
        LiquidationAct(liquidated_on, facts.posted_on, facts.is_deemed),
        [act for act in acts if act not in powers or powers[act].outcome == "missing-fact"],
        facts.suspensions,
        None if is_suspended_by_type else period,
    )
    return replace(judged, findings=(*judged.findings, *powers.values()))


def _judge_power(
    facts: CalculatorFacts, act: ReliquidationAct, liquidated_on: date, law: LawSettings
) -> Finding | None:
    """What stands against the power on which an entry was reliquidated; None when nothing does."""
    if act.by not in ("claim-1520d", "records-1509g", "duty-1592d", "court-judgment"):
        return None
    power = Power(
        act.by,
        preference_claimed_on=facts.preference_claimed_on,
        imported_on=facts.imported_on,
        records_demanded_on=facts.records_demanded_on,
        violated_on=facts.violated_on,
        fraud_discovered_on=facts.fraud_discovered_on,
        court_ordered_on=facts.court_ordered_on,
        is_in_suit=facts.is_in_suit,
        is_open=facts.is_sued_on,
    )
    found = judge_power(power, liquidated_on, act.on, law)
    return found if found.outcome not in ("allowed", "as-instructed") else None


@dataclass(frozen=True, slots=True)
class _GivenProtest:
    """A protest as the facts give it (`timeliness.Protest`)."""

    protestant: Protestant
    decision: str
    decision_on: date | None
    demanded_on: date | None
    received_on: date


_DAY_OF: Final[Mapping[Protested, str]] = {
    "reliquidation": "reliquidated_on",
    "preference-denial": "preference_denied_on",
    "exclusion": "decision_on",
    "other-decision": "decision_on",
}
_DECISIONS: Final[Mapping[Protested, str]] = {
    "liquidation": "liquidation",
    "reliquidation": "liquidation",
    "preference-denial": "preference-refusal-1520d",
    "exclusion": "exclusion-redelivery",
    "other-decision": "other",
}


def _judge_protest(
    facts: CalculatorFacts,
    entered_on: date | None,
    judged: JudgedLiquidation | None,
    demanded_on: date | None,
    period: Period | None,
    law: LawSettings,
) -> Verdict | None:
    """Whether the protest is in time against what it protests; None when there is none, or its decision is not known.

    Who does not say who protests and gives a demand on the surety means the surety's protest.
    """
    received_on, protested = facts.protest_received_on, facts.protested
    if facts.is_exclusion_protest:
        protested = protested or "exclusion"
    if received_on is None:
        return None
    standing = judged.standing if judged is not None else None
    again_on = standing.reliquidated_on if standing is not None else ()
    decided_on = {
        "liquidation": standing.on if standing is not None else None,
        "reliquidation": max((on for on in again_on if on <= received_on), default=min(again_on, default=None)),
        "preference-denial": facts.preference_denied_on,
        "exclusion": facts.decision_on or facts.exclusion_advised_on,
        "other-decision": facts.decision_on,
    }
    is_other = protested in ("preference-denial", "exclusion", "other-decision")
    is_given = protested == "reliquidation" and bool(facts.reliquidated_on or facts.reliquidations)
    if protested not in (None, "liquidation") and decided_on[protested] is None and not is_given:
        why = f"the day of what is protested ({protested}) is not given: {_DAY_OF[protested]}"
        return Verdict("", "unknown", "protest-180", why)
    default: Protestant = "surety" if demanded_on is not None and not is_other else "importer"
    protest = _GivenProtest(
        protestant=facts.protested_by or default,
        decision=_DECISIONS[protested or "liquidation"],
        decision_on=decided_on[protested] if protested is not None else None,
        demanded_on=demanded_on,
        received_on=received_on,
    )
    entry = ProtestedEntry(
        "",
        is_known=period is not None,
        entered_on=entered_on,
        port_of_entry=facts.port,
        deemed_on=period.ends_on if period is not None else None,
        liquidated_on=standing.on if standing is not None else None,
        posted_on=standing.latest_start if standing is not None else None,
        is_deemed=standing is not None and standing.is_deemed,
        reliquidated_on=again_on,
    )
    return judge_entry(protest, entry, law)


def _find_deemed_denial(facts: CalculatorFacts, verdict: Verdict | None, *, is_older: bool) -> Denial | None:
    """The day at whose end the law denies the protest: none that is out of time, nor on a request before its time."""
    if verdict is not None and verdict.timeliness in ("untimely", "too-early"):
        return None
    is_against_exclusion = facts.is_exclusion_protest or facts.protested == "exclusion"
    mailed_on = facts.acceleration_mailed_on
    if mailed_on is not None and facts.protest_received_on is not None:
        first = acceleration_from(facts.protest_received_on, is_older_law=is_older)
        mailed_on = mailed_on if mailed_on >= first else None
    return deemed_denial(facts.protest_received_on, mailed_on, is_against_exclusion=is_against_exclusion)


def _find_denial(facts: CalculatorFacts, deemed: Denial | None) -> Denial | None:
    """The denial that governs; what was allowed before it, or on a day that is not known, leaves none."""
    denial = governing_denial(deemed, facts.denied_on)
    if facts.allowed_on is None:
        return None if facts.is_protest_allowed else denial
    return denial if denial is not None and denial.on < facts.allowed_on else None


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
