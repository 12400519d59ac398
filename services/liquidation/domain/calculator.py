"""Every legal clock that given facts start, each with its rule and both readings, and those that lack a fact.

The tables of rows are the calculator: one row for each clock, with the facts it needs. The dates come from the same
functions by which the record of an entry is computed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain import bill_clocks, reliquidation, special_clocks
from services.liquidation.domain.clocks import (
    MAX_EXTENSIONS,
    four_year_cap,
    informal_date,
    protest_decision_due,
    protest_due,
    reliquidation_due,
    scheduled_date,
)
from services.liquidation.domain.correction_window import CorrectionWindow, SuspensionBasis, correction_window
from services.liquidation.domain.counting import Roll, bond_document_due, explain_roll
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.law import CyclePolicy, FridayChoice, LawSettings
from services.liquidation.domain.liquidation_period import (
    DesignatedImport,
    Period,
    PeriodKind,
    PeriodStart,
    StartFacts,
    judge_drawback_claim,
    longest_extension,
    period_start,
    reckon_period,
)
from services.liquidation.domain.plan import not_liquidating
from services.liquidation.domain.protest import decision as protest_decision
from services.liquidation.domain.protest import further_review, timeliness
from services.liquidation.domain.rules import RULES, Finding
from services.liquidation.domain.start_dates import (
    EntryBasis,
    EntryDates,
    entry_date,
    notice_kept_until,
    surety_demand_date,
)
from services.liquidation.domain.summary_clocks import (
    deposit_limit,
    immediate_delivery_summary_due,
    judge_deminimis,
    monthly_statement_due,
    summary_due,
)
from services.liquidation.domain.suspension import (
    Suspension,
    find_last_lift,
    instructions_target,
    judge_deemed_posting,
    judge_liquidation,
)
from shared.customs.calendar import Due
from shared.customs.entry_types import EntryType, entry_type

ReconciliationIssue = Literal["other", "agreement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculatorFacts:
    """What a caller knows of an entry; all but its type may be unknown. Days are legal days."""

    entry_type: str
    entry_date: date | None = None
    entry_basis: EntryBasis = "release"
    entry_filed_on: date | None = None
    summary_filed_on: date | None = None
    presented_on: date | None = None
    withdrawn_on: date | None = None
    quota_period_ends_on: date | None = None
    imported_on: date | None = None
    released_on: date | None = None
    paid_on: date | None = None
    pays_monthly: bool = False
    final_withdrawal_on: date | None = None
    has_case: bool = False
    extensions: tuple[ExtensionRequest, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    suspended_for: SuspensionBasis | None = None
    review_results_on: date | None = None
    activity_statement_filed_on: date | None = None
    activity_statement_due_on: date | None = None
    liquidated_on: date | None = None
    posted_on: date | None = None
    is_deemed: bool = False
    reliquidated_on: date | None = None
    protest_received_on: date | None = None
    is_exclusion_protest: bool = False
    acceleration_mailed_on: date | None = None
    asks_further_review: bool = False
    further_review_refused_on: date | None = None
    set_aside_requested_on: date | None = None
    denied_on: date | None = None
    is_protest_allowed: bool = False
    is_sued_on: bool = False
    surety_demanded_on: date | None = None
    demand_identifies_debt: bool = True
    preference_program: str | None = None
    preference_claimed_on: date | None = None
    preference_denied_on: date | None = None
    records_demanded_on: date | None = None
    violated_on: date | None = None
    fraud_discovered_on: date | None = None
    asks_cape_refund: bool = False
    deposit_required_on: date | None = None
    billed_on: date | None = None
    document_demanded_on: date | None = None
    reconciliation_issues: tuple[ReconciliationIssue, ...] = ()
    earliest_summary_on: date | None = None
    earliest_imported_on: date | None = None
    reconciliation_filed_on: date | None = None
    reconciliation_due_on: date | None = None
    drawback_claimed_on: date | None = None
    designated_imported_on: date | None = None
    designated_imports: tuple[DesignatedImport, ...] = ()
    drawback_deposited_on: date | None = None
    drawback_waived_on: date | None = None
    tib_extended_years: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """A date that the facts give: warn by `safe`, refuse only after `last_arguable`.

    `rolling` says whether and why it is rolled, `effect` what happens when it ends, `unsettled` what of its rule is
    open (None: nothing that was found).
    """

    what: str
    rule: str
    safe: date
    last_arguable: date
    rolling: str
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
    """All clocks, those that lack a fact, and what else the rules say of the facts."""

    clocks: tuple[Clock, ...]
    unknown: tuple[UnknownClock, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Case:
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
        """A fact, or what follows from it, by its name; None: unknown."""
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


@dataclass(frozen=True, slots=True)
class _Row:
    """One clock: which facts it needs, how it is reckoned, when it applies, and what its end means."""

    rule: str
    what: str
    needs: tuple[str, ...]
    roll: Roll
    reckon: Callable[[_Case], date | Due | None]
    effect: str
    applies: Callable[[_Case], bool]


def calculate(facts: CalculatorFacts, law: LawSettings) -> Answer:
    """Every clock that the facts start, in the order in which the law comes to them.

    Nothing is guessed: a clock without one of its facts is listed with their names. Raises `UnknownEntryType`.

    >>> answer = calculate(CalculatorFacts(entry_type="01", entry_date=date(2025, 10, 1)), LAW)
    >>> [(clock.rule, str(clock.safe)) for clock in answer.clocks if clock.rule.startswith("liq")]
    [('liq-cycle-314', '2026-08-07'), ('liq-1yr-entry', '2026-10-01')]
    >>> calculate(CalculatorFacts(entry_type="21"), LAW).unknown[-1].missing
    ('final_withdrawal_on',)
    """
    case = _open_case(facts, law)
    clocks: list[Clock] = []
    unknown: list[UnknownClock] = []
    for row in (*_BEFORE_LIQUIDATION, *_period_rows(case), *_AFTER_LIQUIDATION, *_PROTEST, *_MONEY, *_SPECIAL):
        if not row.applies(case):
            continue
        missing = tuple(name for name in row.needs if case.find(name) is None)
        if missing:
            unknown.append(UnknownClock(row.what, row.rule, missing))
        elif (reckoned := row.reckon(case)) is not None:
            clocks.append(_read(case, row, reckoned))
    return Answer(tuple(clocks), tuple(unknown), tuple(_findings(case)))


def _read(case: _Case, row: _Row, reckoned: date | Due) -> Clock:
    both = reckoned if isinstance(reckoned, Due) else Due(reckoned, reckoned)
    rule = RULES[row.rule]
    unsettled = rule.unsettled or (rule.text if rule.evidence == "U" else None)
    inputs = {name: _as_text(case.find(name)) for name in row.needs}
    rolling = explain_roll(both.safe, both, row.roll, case.law)
    return Clock(row.what, row.rule, both.safe, both.last_arguable, rolling, row.effect, inputs, unsettled)


def _as_text(value: object) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return "; ".join(
        f"{each.ground} {each.began_on} to {each.lift_noticed_on or 'now'}"
        if isinstance(each, Suspension)
        else f"{each.months} months, posted {each.posted_on}"
        if isinstance(each, ExtensionRequest)
        else f"liquidated {each.liquidated_on or 'not yet'}, final {each.final_1514_on or 'not yet'}"
        for each in value
        if isinstance(each, Suspension | ExtensionRequest | DesignatedImport)
    )


def _open_case(facts: CalculatorFacts, law: LawSettings) -> _Case:
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
    return _Case(
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
    if not kind.liquidates or kind.drawback or kind.informal:
        return None
    if facts.activity_statement_filed_on is not None or facts.activity_statement_due_on is not None:
        days = StartFacts(filed_on=facts.activity_statement_filed_on, due_on=facts.activity_statement_due_on)
        return period_start("activity-statement", days)
    due_on = facts.reconciliation_due_on or _find_reconciliation_due(facts, law)
    days = StartFacts(entered_on, facts.final_withdrawal_on, facts.reconciliation_filed_on, due_on)
    return period_start(_PERIOD_KINDS.get(kind.category, "consumption"), days)


def _find_reconciliation_due(facts: CalculatorFacts, law: LawSettings) -> date | None:
    due: list[date] = []
    if "other" in facts.reconciliation_issues and facts.earliest_summary_on is not None:
        due.append(special_clocks.reconciliation_due(facts.earliest_summary_on, law).safe)
    if "agreement" in facts.reconciliation_issues and facts.earliest_imported_on is not None:
        due.append(special_clocks.agreement_reconciliation_due(facts.earliest_imported_on, law).safe)
    return min(due, default=None)


def _is_awaiting_summary(case: _Case) -> bool:
    return (
        case.kind.in_ace_summary
        and not case.kind.informal
        and not case.is_liquidated
        and case.facts.summary_filed_on is None
    )


def _is_window(case: _Case, rule: str) -> bool:
    window = case.window(case.law.cycle.friday)
    return case.is_correctable and (window.rule if window is not None else "psc-window") == rule


def _read_window(case: _Case) -> Due | None:
    """With both Fridays that CBP may choose; None while a suspension keeps the window open."""
    windows = (case.window("before"), case.window("after"))
    days = sorted(window.closes_on for window in windows if window is not None and window.closes_on is not None)
    return Due(days[0], days[-1]) if days else None


def _schedule(case: _Case) -> Due:
    """Both Fridays that CBP may choose."""
    entered_on, days = case.day("entry_date"), case.law.cycle.days
    return Due(
        scheduled_date(entered_on, CyclePolicy(days, "before"), case.extended_months),
        scheduled_date(entered_on, CyclePolicy(days, "after"), case.extended_months),
    )


def _deposit_limits(case: _Case) -> Due:
    """From entry or release: the statute says either."""
    entered_on = case.day("entry_date")
    days = sorted(deposit_limit(on, case.law) for on in {entered_on, case.facts.released_on or entered_on})
    return Due(days[0], days[-1])


_BEFORE_LIQUIDATION: Final = (
    _Row(
        "es-file",
        "entry summary due",
        ("entry_date",),
        "none",
        lambda case: summary_due(case.day("entry_date"), case.law),
        "claim for liquidated damages; repeated, the loss of release before summary",
        lambda case: _is_awaiting_summary(case) and case.facts.entry_basis != "immediate-delivery",
    ),
    _Row(
        "es-file-immediate-delivery",
        "entry summary due after immediate delivery",
        ("released_on",),
        "none",
        lambda case: immediate_delivery_summary_due(
            case.day("released_on"), case.facts.quota_period_ends_on, law=case.law
        ),
        "claim for liquidated damages",
        lambda case: _is_awaiting_summary(case) and case.facts.entry_basis == "immediate-delivery",
    ),
    _Row(
        "deposit-outer-limit",
        "latest day that a regulation may set for the deposit",
        ("entry_date",),
        "none",
        _deposit_limits,
        "the ceiling of the statute; a scheduled statement stays inside it",
        lambda case: case.is_correctable and case.facts.paid_on is None and not case.facts.pays_monthly,
    ),
    _Row(
        "deposit-pms",
        "deposit on the periodic monthly statement",
        ("entry_date",),
        "none",
        lambda case: monthly_statement_due(case.entry_date, case.facts.released_on, case.law),
        "interest from then; default means the loss of the privilege",
        lambda case: case.is_correctable and case.facts.pays_monthly,
    ),
    _Row(
        "psc-window",
        "last day for a correction",
        ("entry_date",),
        "none",
        _read_window,
        "ACE rejects it; after liquidation protest, or claim under 1520(d)",
        lambda case: _is_window(case, "psc-window"),
    ),
    _Row(
        "psc-window-extended",
        "last day for a correction",
        ("entry_date", "extensions"),
        "none",
        _read_window,
        "ACE rejects it; after liquidation protest, or claim under 1520(d)",
        lambda case: _is_window(case, "psc-window-extended"),
    ),
    _Row(
        "liq-cycle-314",
        "scheduled liquidation",
        ("entry_date",),
        "none",
        _schedule,
        "the entry liquidates as entered, or by the review's decision",
        lambda case: case.is_scheduled,
    ),
    _Row(
        "susp-lift-target-90",
        "instructions of Commerce expected until",
        ("review_results_on",),
        "none",
        lambda case: instructions_target(case.day("review_results_on"), case.law),
        "nothing: for reports only",
        lambda case: case.facts.review_results_on is not None,
    ),
)


def _period_rows(case: _Case) -> Iterator[_Row]:
    """The end of the period to liquidate by the rule that governs it, and how far extensions would move it."""
    start, period = case.start, case.period
    if start is None or case.is_liquidated:
        return
    what = "deemed liquidated, when CBP has not acted"
    effect = "liquidated by operation of law at the rate, value, quantity and amount that the importer asserted"
    if period is None:
        yield _Row(start.rule, what, _START_FACTS[start.rule], "government", lambda _: None, effect, lambda _: True)
        return
    if case.is_suspended or period.safe is None or period.last_arguable is None:
        yield _Row("susp-lift-6mo", what, ("lift_noticed_on",), "government", lambda _: None, effect, lambda _: True)
        return
    end = Due(period.safe, period.last_arguable)
    known = tuple(name for name in _START_FACTS[start.rule] if case.find(name) is not None)
    needs = (*known, *(("extensions",) if period.extensions else ()))
    lifted = ("suspensions",) if period.rule == "susp-lift-6mo" else ()
    yield _Row(period.rule, what, (*needs, *lifted), "government", lambda _: end, effect, lambda _: True)
    yield _Row(
        "ext-notice",
        "notice of a further extension posted until",
        needs,
        "government",
        lambda _: end.safe,
        "the period is not extended",
        lambda _: period.extensions < MAX_EXTENSIONS,
    )
    yield _Row(
        "ext-length",
        "a further extension reaches at most",
        needs,
        "government",
        lambda _: max(end.safe, min(longest_extension(end.safe), four_year_cap(period.start))),
        "deemed liquidated at the new end",
        lambda _: period.extensions < MAX_EXTENSIONS,
    )
    yield _Row(
        "liq-4yr-cap",
        "no extension reaches beyond",
        needs,
        "government",
        lambda _: four_year_cap(period.start),
        "deemed liquidated, unless then suspended",
        lambda _: period.extensions > 0,
    )


_START_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "liq-1yr-entry": ("entry_date",),
    "liq-1yr-withdrawal": ("entry_date",),
    "liq-1yr-warehouse": ("final_withdrawal_on",),
    "liq-1yr-recon": ("reconciliation_filed_on", "reconciliation_due_on"),
    "liq-1yr-activity-stmt": ("activity_statement_filed_on", "activity_statement_due_on"),
}


def _protest_window(case: _Case) -> Due:
    return timeliness.protest_window(case.day("liquidated_on"), case.entry_date, case.law)


def _deemed_protest_window(case: _Case) -> Due:
    """From the deemed date (safe) and from the posting (arguable)."""
    liquidated_on = case.day("liquidated_on")
    safe = _protest_window(case)
    posted = protest_due(liquidated_on, case.facts.posted_on or liquidated_on, case.law)
    return Due(safe.safe, max(safe.last_arguable, posted.last_arguable))


def _judge_protest(case: _Case) -> Finding | None:
    """Whether the protest against the liquidation is in time; None when there is none."""
    facts = case.facts
    if facts.liquidated_on is None or facts.protest_received_on is None or facts.is_exclusion_protest:
        return None
    due = _deemed_protest_window(case) if facts.is_deemed else _protest_window(case)
    return timeliness.judge_timeliness(due, facts.liquidated_on, facts.protest_received_on)


def _is_legacy(case: _Case) -> bool:
    return case.entry_date is not None and case.entry_date < timeliness.LONGER_PROTEST_SINCE


def _final_1514(case: _Case) -> Due | None:
    facts = case.facts
    timeliness = _judge_protest(case)
    is_contested = timeliness is not None and timeliness.outcome in ("timely", "arguable")
    contest = reliquidation.Contest(case.denied_on, is_sued_on=facts.is_sued_on) if is_contested else None
    posted_on = facts.posted_on if facts.is_deemed else None
    return reliquidation.final_1514_on(
        case.day("liquidated_on"), contest, posted_on=posted_on, entered_on=case.entry_date, law=case.law
    )


_AFTER_LIQUIDATION: Final = (
    _Row(
        "liquidation-date",
        "the notice stays posted at least until",
        ("posted_on",),
        "none",
        lambda case: notice_kept_until(case.day("posted_on")),
        "the posting may be taken down",
        lambda case: case.is_liquidated,
    ),
    _Row(
        "reliq-1501",
        "CBP may reliquidate until",
        ("liquidated_on",),
        "government",
        lambda case: reliquidation_due(case.day("liquidated_on")),
        "CBP loses the power to reliquidate on its own motion",
        lambda case: case.is_liquidated and not case.facts.is_deemed,
    ),
    _Row(
        "liq-after-deemed",
        "CBP may reliquidate until",
        ("liquidated_on",),
        "government",
        lambda case: reliquidation_due(case.day("liquidated_on")),
        "CBP has no power left on its own motion",
        lambda case: case.is_liquidated and case.facts.is_deemed,
    ),
    _Row(
        "final-two-meanings",
        "final under 1501 from",
        ("liquidated_on",),
        "government",
        lambda case: reliquidation.final_1501_on(case.day("liquidated_on")),
        "only a protest, a court or a listed exception changes the entry",
        lambda case: case.is_liquidated,
    ),
    _Row(
        "final-1514",
        "final under 1514 from",
        ("liquidated_on",),
        "none",
        _final_1514,
        "final for everyone, right or wrong",
        lambda case: case.is_liquidated,
    ),
    _Row(
        "reliq-cape-80",
        "CAPE phase 1 takes the entry until",
        ("liquidated_on",),
        "none",
        lambda case: reliquidation.cape_filing_due(case.day("liquidated_on")),
        "excluded from phase 1: protest, or court",
        lambda case: case.is_liquidated and case.facts.asks_cape_refund,
    ),
    _Row(
        "claim-1520d",
        "preference claimed after entry until",
        ("imported_on",),
        "private",
        lambda case: reliquidation.preference_claim_due(case.day("imported_on"), case.law),
        "the claim is barred, and cannot be raised first by protest",
        lambda case: case.facts.preference_program in reliquidation.PREFERENCE_CLAIM_PROGRAMS,
    ),
    _Row(
        "claim-1520d-form",
        "denial of the preference protested until",
        ("preference_denied_on",),
        "private",
        lambda case: reliquidation.preference_denial_window(case.day("preference_denied_on"), case.law),
        "the denial is final",
        lambda case: case.facts.preference_denied_on is not None,
    ),
    _Row(
        "duty-1592d",
        "lost duties owed until",
        ("violated_on",),
        "none",
        lambda case: reliquidation.lost_duty_until(
            case.day("violated_on"), case.facts.fraud_discovered_on, law=case.law
        ),
        "a suit is barred",
        lambda case: case.facts.violated_on is not None,
    ),
)

_PROTEST: Final = (
    _Row(
        "protest-180",
        "protest until",
        ("liquidated_on",),
        "private",
        _protest_window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: case.is_liquidated and not case.facts.is_deemed and not _is_legacy(case),
    ),
    _Row(
        "protest-90-legacy",
        "protest until",
        ("liquidated_on", "entry_date"),
        "private",
        _protest_window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: case.is_liquidated and not case.facts.is_deemed and _is_legacy(case),
    ),
    _Row(
        "protest-deemed",
        "protest until",
        ("liquidated_on", "posted_on"),
        "private",
        _deemed_protest_window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: case.is_liquidated and case.facts.is_deemed,
    ),
    _Row(
        "protest-reliq-scope",
        "protest what the reliquidation decided until",
        ("reliquidated_on",),
        "private",
        lambda case: timeliness.protest_window(case.day("reliquidated_on"), case.entry_date, case.law),
        "what it decided is final; older issues stay final",
        lambda case: case.facts.reliquidated_on is not None,
    ),
    _Row(
        "protest-surety",
        "the surety protests until",
        ("surety_demanded_on",),
        "private",
        lambda case: timeliness.surety_window(case.day("surety_demanded_on"), case.law),
        "the surety is barred",
        lambda case: case.facts.surety_demanded_on is not None,
    ),
    _Row(
        "afr-file",
        "further review applied for until",
        ("liquidated_on",),
        "private",
        lambda case: further_review.further_review_window(case.day("liquidated_on"), case.entry_date, case.law),
        "it cannot be added, nor after the denial",
        lambda case: case.is_liquidated and case.facts.denied_on is None,
    ),
    _Row(
        "protest-decide-2y",
        "protest to be decided",
        ("protest_received_on",),
        "none",
        lambda case: protest_decision_due(case.day("protest_received_on")),
        "nothing by law: neither allowed nor denied",
        lambda case: case.facts.protest_received_on is not None and not case.facts.is_exclusion_protest,
    ),
    _Row(
        "protest-exclusion-30",
        "protest against exclusion treated as denied",
        ("protest_received_on",),
        "government",
        lambda case: protest_decision.exclusion_denied_on(case.day("protest_received_on")),
        "denied at the end of the day: the time to sue begins",
        lambda case: case.facts.is_exclusion_protest,
    ),
    _Row(
        "protest-accel-request",
        "accelerated disposition can be asked for from",
        ("protest_received_on",),
        "none",
        lambda case: protest_decision.acceleration_from(case.day("protest_received_on"), case.entry_date),
        "its mailing starts 30 days",
        lambda case: case.facts.protest_received_on is not None and case.facts.denied_on is None,
    ),
    _Row(
        "protest-accel-30",
        "protest deemed denied after the request",
        ("acceleration_mailed_on",),
        "government",
        lambda case: protest_decision.accelerated_denied_on(case.day("acceleration_mailed_on")),
        "denied at the end of the day: the Center cannot decide it afterwards, further review falls away",
        lambda case: case.facts.acceleration_mailed_on is not None,
    ),
    _Row(
        "afr-forward",
        "forwarding to headquarters expected until",
        ("protest_received_on",),
        "none",
        lambda case: further_review.forwarding_target(case.day("protest_received_on"), case.law),
        "an alert only",
        lambda case: case.facts.asks_further_review,
    ),
    _Row(
        "afr-complaint-1515c",
        "ask to set aside the refusal of further review until",
        ("further_review_refused_on",),
        "private",
        lambda case: further_review.set_aside_request_due(case.day("further_review_refused_on"), case.law),
        "no review of the refusal",
        lambda case: case.facts.further_review_refused_on is not None,
    ),
    _Row(
        "afr-complaint-answer",
        "unanswered request to set aside treated as denied",
        ("set_aside_requested_on",),
        "government",
        lambda case: further_review.set_aside_denied_on(case.day("set_aside_requested_on"), case.law),
        "treated as denied; the time to sue was never stopped",
        lambda case: case.facts.set_aside_requested_on is not None,
    ),
    _Row(
        "void-1515d",
        "ask to void the denial until",
        ("denied_on",),
        "private",
        lambda case: further_review.void_request_due(case.day("denied_on"), case.law),
        "only CBP itself can void it",
        lambda case: case.facts.denied_on is not None,
    ),
    _Row(
        "summons-180",
        "sue until",
        ("denied_on",),
        "court",
        lambda case: protest_decision.suit_due(case.day("denied_on"), case.law),
        "the action is barred; no request stops this clock",
        lambda case: (
            case.facts.protest_received_on is not None
            and not case.facts.is_protest_allowed
            and not case.facts.is_sued_on
        ),
    ),
    _Row(
        "protest-allow",
        "refund on the allowed protest until",
        ("reliquidated_on",),
        "none",
        lambda case: protest_decision.protest_refund_due(case.day("reliquidated_on")),
        "interest runs against CBP",
        lambda case: case.facts.is_protest_allowed,
    ),
)


def _bond_suit(case: _Case) -> Due:
    return reliquidation.bond_suit_due(case.day("liquidated_on"), case.surety_demanded_on, law=case.law)


def _interest_begins(case: _Case, claimed: str | None = None) -> date:
    claimed_on = case.day(claimed) if claimed is not None else None
    return bill_clocks.overpayment_span(case.day("paid_on"), case.day("liquidated_on"), claimed_on).begins_on


_MONEY: Final = (
    _Row(
        "bill-due",
        "bill due",
        ("billed_on",),
        "none",
        lambda case: bill_clocks.bill_due(case.day("billed_on")),
        "delinquent the day after, protested or not; interest in whole blocks of 30 days from liquidation",
        lambda case: case.facts.billed_on is not None,
    ),
    _Row(
        "bill-notice-surety",
        "the surety is billed about",
        ("billed_on",),
        "none",
        lambda case: bill_clocks.first_surety_bill(case.day("billed_on"), case.law),
        "the demand starts the surety's time to protest",
        lambda case: case.facts.billed_on is not None,
    ),
    _Row(
        "bill-notice-principal",
        "next notice to the principal",
        ("billed_on",),
        "none",
        lambda case: bill_clocks.first_overdue_notice(case.day("billed_on")),
        "again every 30 days while unpaid",
        lambda case: case.facts.billed_on is not None,
    ),
    _Row(
        "bill-dunning",
        "dunning letter",
        ("billed_on",),
        "none",
        lambda case: bill_clocks.dunning_on(case.day("billed_on")),
        "administrative",
        lambda case: case.facts.billed_on is not None,
    ),
    _Row(
        "suit-bond-2415",
        "suit on the bond until",
        ("liquidated_on",),
        "none",
        _bond_suit,
        "the United States is barred",
        lambda case: case.facts.billed_on is not None or case.facts.surety_demanded_on is not None,
    ),
    _Row(
        "refund-due",
        "a refund is due",
        ("liquidated_on",),
        "none",
        lambda case: bill_clocks.refund_due(case.facts.reliquidated_on or case.day("liquidated_on")),
        "interest runs against CBP",
        lambda case: case.is_liquidated and not case.facts.is_protest_allowed,
    ),
    _Row(
        "int-underpay",
        "interest on an underpayment runs from",
        ("deposit_required_on", "liquidated_on"),
        "none",
        lambda case: (
            bill_clocks.underpayment_span(case.day("deposit_required_on"), case.day("liquidated_on")).begins_on
        ),
        "to the liquidation or reliquidation",
        lambda case: case.is_liquidated,
    ),
    _Row(
        "int-overpay",
        "interest on an overpayment runs from",
        ("paid_on", "liquidated_on"),
        "none",
        _interest_begins,
        "to the liquidation or reliquidation",
        lambda case: case.is_liquidated and case.facts.preference_claimed_on is None,
    ),
    _Row(
        "int-overpay-1520d",
        "interest on the refund of a preference runs from",
        ("preference_claimed_on", "paid_on", "liquidated_on"),
        "none",
        lambda case: _interest_begins(case, "preference_claimed_on"),
        "to the reliquidation",
        lambda case: case.is_liquidated and case.facts.preference_claimed_on is not None,
    ),
)


def _drawback_deemed(case: _Case) -> date | None:
    found = _judge_drawback(case)
    return date.fromisoformat(found.outcome) if found.rule == "liq-1yr-drawback" else None


def _judge_drawback(case: _Case) -> Finding:
    facts = case.facts
    return judge_drawback_claim(
        case.day("drawback_claimed_on"),
        facts.designated_imports,
        deposited_on=facts.drawback_deposited_on,
        waived_on=facts.drawback_waived_on,
        law=case.law,
    )


_SPECIAL: Final = (
    _Row(
        "liq-1yr-drawback",
        "drawback claim deemed liquidated",
        ("drawback_claimed_on", "designated_imports"),
        "government",
        _drawback_deemed,
        "liquidated by operation of law at the drawback that was asserted",
        lambda case: case.kind.drawback and not case.is_liquidated,
    ),
    _Row(
        "drawback-file",
        "drawback claim complete until",
        ("designated_imported_on",),
        "private",
        lambda case: special_clocks.drawback_claim_due(case.day("designated_imported_on"), case.law),
        "abandoned, unless CBP was at fault",
        lambda case: case.kind.drawback or case.facts.designated_imported_on is not None,
    ),
    _Row(
        "recon-other",
        "reconciliation due",
        ("earliest_summary_on",),
        "none",
        lambda case: special_clocks.reconciliation_due(case.day("earliest_summary_on"), case.law),
        "liquidated damages for a missed reconciliation",
        lambda case: "other" in case.facts.reconciliation_issues,
    ),
    _Row(
        "recon-fta",
        "reconciliation of a trade agreement due",
        ("earliest_imported_on",),
        "private",
        lambda case: special_clocks.agreement_reconciliation_due(case.day("earliest_imported_on"), case.law),
        "the right under 1520(d) is lost",
        lambda case: "agreement" in case.facts.reconciliation_issues,
    ),
    _Row(
        "tib-initial",
        "temporary importation ends",
        ("imported_on",),
        "none",
        lambda case: special_clocks.tib_due(case.day("imported_on"), law=case.law),
        "breach of the bond, unless exported, destroyed or extended before",
        lambda case: case.kind.tib and case.facts.tib_extended_years <= 0,
    ),
    _Row(
        "tib-extend",
        "extended temporary importation ends",
        ("imported_on", "tib_extended_years"),
        "none",
        lambda case: special_clocks.tib_due(case.day("imported_on"), case.facts.tib_extended_years, law=case.law),
        "breach of the bond, unless exported or destroyed before",
        lambda case: case.kind.tib and case.facts.tib_extended_years > 0,
    ),
    _Row(
        "roll-specific-113-42",
        "missing document produced until",
        ("document_demanded_on",),
        "by-text",
        lambda case: bond_document_due(case.day("document_demanded_on"), case.law),
        "liquidated damages",
        lambda case: case.facts.document_demanded_on is not None,
    ),
    _Row(
        "liquidation-date-informal",
        "informal entry liquidates",
        ("paid_on",),
        "government",
        lambda case: informal_date(case.facts.paid_on, case.facts.released_on),
        "the receipt or the release is the notice; the time to protest begins",
        lambda case: case.kind.informal and not case.is_liquidated and case.facts.released_on is None,
    ),
    _Row(
        "liquidation-date-informal",
        "informal entry liquidates",
        ("released_on",),
        "government",
        lambda case: informal_date(case.facts.paid_on, case.facts.released_on),
        "the receipt or the release is the notice; the time to protest begins",
        lambda case: case.kind.informal and not case.is_liquidated and case.facts.released_on is not None,
    ),
)


def _findings(case: _Case) -> Iterator[Finding]:
    """What the rules say of the facts besides dates."""
    facts = case.facts
    if not case.kind.liquidates:
        outcome = not_liquidating(case.kind)
        yield Finding(outcome.rule, outcome.state, outcome.why)
    if case.kind.low_value and case.entry_date is not None:
        yield judge_deminimis(case.entry_date, case.law)
    if case.is_suspended and not case.is_liquidated:
        yield Finding("susp-grounds", "suspended", "no period to liquidate runs until the last suspension is removed")
    window = case.window(case.law.cycle.friday)
    if window is not None and window.closes_on is None:
        yield Finding(window.rule, "open", "a correction is taken as long as the entry is suspended")
    if case.period is not None:
        yield from (Finding(each.because.rule, "void", each.because.why) for each in case.period.void)
    if facts.liquidated_on is not None and facts.suspensions:
        judge = judge_deemed_posting if facts.is_deemed else judge_liquidation
        yield judge(facts.suspensions, facts.liquidated_on)
    if (timeliness := _judge_protest(case)) is not None:
        yield timeliness
    if facts.preference_program is not None:
        yield reliquidation.judge_preference_program(facts.preference_program)
    if facts.liquidated_on is not None and facts.records_demanded_on is not None:
        yield reliquidation.judge_records_reliquidation(facts.liquidated_on, facts.records_demanded_on)
    if case.kind.drawback and facts.drawback_claimed_on is not None and facts.designated_imports:
        yield _judge_drawback(case)
