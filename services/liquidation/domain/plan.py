"""What becomes of one version of an entry summary: scheduled, suspended, extended, not liquidating, or not known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts
from services.liquidation.domain.clocks import deemed_date, informal_date, scheduled_date
from services.liquidation.domain.drawback import end_of_waived_claim, find_drawback_start, judge_drawback_claim
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import Version
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.liquidation_period import (
    Period,
    PeriodStart,
    StartFacts,
    period_start,
    reckon_period,
)
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import Suspension
from shared.customs.calendar import add_months, friday_on_or_after, friday_on_or_before
from shared.customs.entry_types import EntryType, entry_type

_MOST_PLANS: Final = 10_000
PlanState = Literal["scheduled", "suspended", "extended", "not-liquidating", "clock-unknown"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A state with its dates, the rule that each rests on, and the fact that decided, in a sentence.

    `scheduled_on`, `deemed_on` and `act_by` are set only when the clock runs: `act_by` is the earliest plausible
    reading of the last day, by which CBP acts, `deemed_on` that which governs. `is_informal` tells that the liquidation
    is dated `scheduled_on`, whenever the cycle comes to it.
    """

    state: PlanState
    rule: str
    why: str
    scheduled_on: date | None = None
    deemed_on: date | None = None
    deemed_rule: str | None = None
    act_by: date | None = None
    is_informal: bool = False

    @property
    def is_suspended(self) -> bool:
        """Whether a suspension stops the clocks."""
        return self.state == "suspended"


def plan(
    version: Version,
    policy: CyclePolicy,
    *,
    released_on: date | None = None,
    extended_months: int = 0,
    clock: ClockFacts = NO_CLOCK_FACTS,
    law: LawSettings,
) -> Plan:
    """The plan for a version, with the release, the extensions and the recorded days that are known."""
    kind = entry_type(version.entry_type)
    if kind.liquidates and (suspension := suspension_ground(version, kind)) is not None:
        return suspension
    return plan_unsuspended(
        version, policy, released_on=released_on, extended_months=extended_months, clock=clock, law=law
    )


class UsualPlans:
    """`plan` by one cycle and one reading of the law, remembered by what it looks at: most entries share their days.

    An informal entry, whose day is its own, and one with recorded days are planned each time.
    """

    def __init__(self, policy: CyclePolicy, law: LawSettings) -> None:
        self._policy = policy
        self._law = law
        self._known: dict[tuple[str, date, str | None, int], Plan] = {}

    def of(
        self,
        version: Version,
        *,
        released_on: date | None = None,
        extended_months: int = 0,
        clock: ClockFacts = NO_CLOCK_FACTS,
    ) -> Plan:
        """The plan for a version, as `plan` gives it."""
        key = (version.entry_type, version.entry_date, version.case, extended_months)
        if clock is NO_CLOCK_FACTS and (known := self._known.get(key)) is not None:
            return known
        found = plan(
            version,
            self._policy,
            released_on=released_on,
            extended_months=extended_months,
            clock=clock,
            law=self._law,
        )
        if clock is NO_CLOCK_FACTS and not entry_type(version.entry_type).informal:
            if len(self._known) >= _MOST_PLANS:
                self._known.clear()
            self._known[key] = found
        return found


def plan_unsuspended(
    version: Version,
    policy: CyclePolicy,
    *,
    released_on: date | None = None,
    extended_months: int = 0,
    clock: ClockFacts = NO_CLOCK_FACTS,
    law: LawSettings,
) -> Plan:
    """The plan as it would be if no case on its lines, no type and no instruction suspended the entry.

    Rule liq-cycle-314 [U], CBP Dec. 16-25: the cycle counts from the day from which the year runs. Whether CBP counts
    so for a warehouse entry, a reconciliation or a drawback claim is not published.
    """
    kind = entry_type(version.entry_type)
    if not kind.liquidates:
        return not_liquidating(kind)
    if (waiting := await_withdrawal(kind, clock)) is not None:
        return waiting
    if (unknown := unknown_clock(version, kind, clock, law)) is not None:
        return unknown
    if kind.drawback and (waived := _plan_waived_claim(version, clock, law)) is not None:
        return waived
    start = find_start(version, kind, clock, law)
    assert start.on is not None
    if kind.informal:
        liquidates_on = informal_date(version.paid_on, released_on)
        if liquidates_on is None:
            return Plan("clock-unknown", "liquidation-date-informal", "neither payment nor release is known")
        why = f"informal entry type {kind.code}, " + ("paid" if version.paid_on else "released") + f" {liquidates_on}"
        return Plan(
            "scheduled",
            "liquidation-date-informal",
            why,
            scheduled_on=liquidates_on,
            deemed_on=deemed_date(start.on),
            deemed_rule=start.rule,
            act_by=deemed_date(start.on),
            is_informal=True,
        )
    why = f"{_name_start(start)}, {policy.version}"
    if extended_months:
        why += f", extended by {extended_months} months"
    deemed_on = deemed_date(start.on, extended_months)
    return Plan(
        "extended" if extended_months else "scheduled",
        "liq-cycle-314",
        why,
        scheduled_on=scheduled_date(start.on, policy, extended_months),
        deemed_on=deemed_on,
        deemed_rule=start.rule,
        act_by=deemed_on,
    )


def plan_around_suspensions(
    usual: Plan,
    version: Version,
    policy: CyclePolicy,
    grounds: Sequence[Suspension],
    extensions: Sequence[ExtensionRequest],
    *,
    clock: ClockFacts = NO_CLOCK_FACTS,
    law: LawSettings,
) -> Plan:
    """The plan when suspensions are on record; `usual` is the plan without any, `grounds` all that there are.

    Rules susp-grounds [S], 19 USC 1504(c): no clock runs while one stands; susp-lift-6mo [S], 1504(d): six months from
    the notice of the last removal; susp-lift-extended [S], 1504(b), (d): or the extended period that is open then.
    Scheduled for the first Friday from the notice on, never before the usual one, and by the earliest plausible end. A
    suspension that began after the period had ended finds the entry liquidated by law; one that was
    over before it began does not touch it.
    """
    kind = entry_type(version.entry_type)
    if usual.state == "not-liquidating":
        return usual
    standing = sorted(each.ground for each in grounds if each.lift_noticed_on is None)
    suspended = Plan("suspended", "susp-grounds", f"suspended by {', '.join(standing)}")
    if usual.rule == "liq-drawback-unliquidated" and usual.deemed_on is not None:
        return _hold_waived_claim(usual, usual.deemed_on, suspended, grounds)
    start = find_start(version, kind, clock, law)
    if start.on is None:
        return suspended if standing else usual
    if usual.is_informal and all(usual.scheduled_on < each.began_on for each in grounds if usual.scheduled_on):
        return usual
    period = reckon_period(start, extensions, grounds, law=law)
    if period.ends_on is None or period.safe is None:
        return suspended
    lifted_on = period.lifted_on
    if lifted_on is None:
        return replace(usual, deemed_on=period.ends_on, act_by=period.safe)
    why = f"notice of the last removal of a suspension on {lifted_on}, {policy.version}"
    if period.extended_months:
        why += f", extended by {period.extended_months} months"
    return Plan(
        "extended" if period.extended_months else "scheduled",
        period.rule,
        why,
        scheduled_on=schedule_after_lift(period, policy),
        deemed_on=period.ends_on,
        deemed_rule=period.rule,
        act_by=period.safe,
    )


def schedule_after_lift(period: Period, policy: CyclePolicy) -> date | None:
    """The Friday on which an entry is scheduled that was suspended; None while it is, or when it never was.

    Rules susp-lift-6mo [S], 19 USC 1504(d), liq-cycle-314 [U]: the first Friday from the notice of the last removal on,
    moved by the extensions since, never before the usual one, and within the period by its earliest plausible end.

    >>> lifted = Suspension("A570012000", "agency", date(2025, 3, 3), date(2027, 5, 31))
    >>> entered = PeriodStart("liq-1yr-entry", date(2025, 3, 3))
    >>> schedule_after_lift(reckon_period(entered, suspensions=[lifted], law=LAW), LAW.cycle)
    datetime.date(2027, 6, 4)
    """
    if period.lifted_on is None or period.safe is None:
        return None
    since = [each.months for each in period.effective if each.posted_on >= period.lifted_on]
    first = friday_on_or_after(add_months(period.lifted_on, sum(since)))
    scheduled_on = max(first, scheduled_date(period.start, policy, period.extended_months))
    return min(scheduled_on, friday_on_or_before(period.safe))


def find_start(version: Version, kind: EntryType, clock: ClockFacts, law: LawSettings) -> PeriodStart:
    """From which day the year of an entry runs, by its kind; without a day the facts that are missing.

    Rules liq-1yr-* [S], 19 USC 1504(a)(1). A drawback claim has its year by `find_drawback_start`, if any; the date of
    a claim is its entry date.

    >>> withdrawn = ClockFacts(final_withdrawal_on=date(2026, 9, 1))
    >>> from services.liquidation.domain.facts import Origin
    >>> from datetime import UTC, datetime
    >>> from uuid import UUID
    >>> warehoused = Version(1, "21", "07-345678900", None, "2704", date(2025, 3, 3), None, 0, 0, None, UUID(int=1),
    ...     Origin(datetime(2025, 3, 3, tzinfo=UTC), "urn:filer:B76", "e"))
    >>> find_start(warehoused, entry_type("21"), withdrawn, LAW).on
    datetime.date(2026, 9, 1)
    """
    if kind.drawback:
        return find_drawback_start(
            version.entry_date,
            clock.designated_imports,
            deposited_on=clock.deposited_on,
            waived_on=clock.waived_on,
            law=law,
        )
    if kind.reconciliation:
        days = StartFacts(filed_on=version.entry_date, due_on=clock.reconciliation_due_on)
        return period_start("reconciliation", days)
    if kind.category == "warehouse":
        return period_start("warehouse", StartFacts(final_withdrawal_on=clock.final_withdrawal_on))
    return period_start(
        "withdrawal" if kind.category == "withdrawal" else "consumption", StartFacts(entry_date=version.entry_date)
    )


def judge_claim(version: Version, clock: ClockFacts, law: LawSettings) -> Finding:
    """Whether a time limit runs for a drawback claim, by what was recorded of it (`judge_drawback_claim`)."""
    return judge_drawback_claim(
        version.entry_date,
        clock.designated_imports,
        deposited_on=clock.deposited_on,
        waived_on=clock.waived_on,
        law=law,
    )


def _plan_waived_claim(version: Version, clock: ClockFacts, law: LawSettings) -> Plan | None:
    """A drawback claim without a time limit is deemed liquidated with the deposit, the request and the waiver."""
    claim = judge_claim(version, clock, law)
    if claim.rule != "liq-drawback-unliquidated" or claim.outcome == "no-time-limit":
        return None
    on = date.fromisoformat(claim.outcome)
    return Plan("scheduled", claim.rule, claim.why, friday_on_or_before(on), on, claim.rule, on)


def _hold_waived_claim(waived: Plan, on: date, suspended: Plan, grounds: Sequence[Suspension]) -> Plan:
    """What suspensions make of a claim that deposit, request and waiver would liquidate (`end_of_waived_claim`)."""
    end = end_of_waived_claim(on, grounds)
    if end.on is None:
        return suspended
    if end.rule == waived.rule:
        return waived
    why = f"six months from the notice of the last removal of a suspension end on {end.on}; {waived.why}"
    return Plan("scheduled", end.rule, why, friday_on_or_before(end.on), end.on, end.rule, end.on)


def _name_start(start: PeriodStart) -> str:
    names = {
        "liq-1yr-warehouse": "final withdrawal",
        "liq-1yr-recon": "reconciliation filed or due",
        "liq-1yr-drawback": "claimed",
        "liq-drawback-old": "claimed before",
    }
    return f"{names.get(start.rule, 'entry date')} {start.on}"


def not_liquidating(kind: EntryType) -> Plan:
    """Entries that never liquidate.

    Rule tib-no-liq [S], 19 CFR 159.2: type 23 is not liquidated. Which other types are not is recalled [U].

    >>> not_liquidating(entry_type("23")).rule
    'tib-no-liq'
    """
    if kind.tib:
        return Plan("not-liquidating", "tib-no-liq", f"entry type {kind.code}: temporary importation under bond")
    return Plan("not-liquidating", "entry-type-no-liq", f"entry type {kind.code}: {kind.name}")


def suspension_ground(version: Version, kind: EntryType) -> Plan | None:
    """Why the summary itself suspends liquidation, or None.

    Rule susp-grounds [S], 19 USC 1504(c): antidumping and countervailing entry types (03, 07, 34, 38) always, any
    other type when a line names a case. Type 06 with case A570012000 is suspended; type 06 without a case is not.
    """
    if kind.ad_cvd:
        case = f", case {version.case}" if version.case else ""
        return Plan("suspended", "susp-grounds", f"entry type {kind.code}: antidumping or countervailing duty{case}")
    if version.case is not None:
        return Plan("suspended", "susp-grounds", f"case {version.case} on a line of entry type {kind.code}")
    return None


def await_withdrawal(kind: EntryType, clock: ClockFacts) -> Plan | None:
    """A warehouse entry before its final withdrawal is recorded: suspended, without a deemed date; None for any other.

    Rule liq-1yr-warehouse [S], 19 CFR 159.52: types 21 and 22 are suspended until all goods are withdrawn.

    >>> await_withdrawal(entry_type("21"), ClockFacts(final_withdrawal_on=date(2026, 9, 1))) is None
    True
    """
    if kind.category == "warehouse" and clock.final_withdrawal_on is None:
        return Plan("suspended", "liq-1yr-warehouse", f"entry type {kind.code}: the final withdrawal is not known")
    return None


def unknown_clock(version: Version, kind: EntryType, clock: ClockFacts, law: LawSettings) -> Plan | None:
    """Why the clock of an entry cannot be computed, or None; it is then listed and never guessed.

    Rules liq-1yr-recon [S], 19 USC 1504(a)(1)(D): from filing or due date, whichever is earlier, and the due date is
    not in the summary; liq-1yr-drawback, liq-drawback-unliquidated [S, U], 1504(a)(2): depends on the designated
    imports being final, or on a deposit with request and waiver, which take effect by themselves. What is not recorded
    of an import is not known: `why` names the facts that are missing.
    """
    if kind.reconciliation and clock.reconciliation_due_on is None:
        return Plan("clock-unknown", "liq-1yr-recon", "the day on which the reconciliation was due is not known")
    if kind.drawback:
        start = find_start(version, kind, clock, law)
        claim = judge_claim(version, clock, law)
        if start.missing and not clock.designated_imports:
            return Plan("clock-unknown", claim.rule, "whether the designated imports are final is not known")
        if start.missing:
            return Plan("clock-unknown", claim.rule, claim.why)
        if start.on is None and claim.outcome == "no-time-limit":
            return Plan("clock-unknown", claim.rule, f"no time limit runs: {claim.why}")
    return None
