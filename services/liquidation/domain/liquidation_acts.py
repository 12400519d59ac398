"""What acts of liquidation are in law: of no effect, too late, a reliquidation, and from which day each counts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.liquidation.domain.liquidation_period import Period
from services.liquidation.domain.reliquidation import FinalWriter, judge_reliquidation
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.suspension import (
    Suspension,
    is_suspended,
    judge_act_after_deemed,
    judge_deemed_posting,
    judge_liquidation,
)


@dataclass(frozen=True, slots=True)
class LiquidationAct:
    """A liquidation as its notice says; `posted_on` None: the day of its posting is not known."""

    on: date
    posted_on: date | None = None
    is_deemed: bool = False


@dataclass(frozen=True, slots=True)
class ReliquidationAct:
    """A reliquidation as it was posted; `by` None: on whose power is not known, taken as the Center's own."""

    on: date
    by: FinalWriter | None = None


@dataclass(frozen=True, slots=True)
class StandingLiquidation:
    """The liquidation that stands in law, with the reliquidations that do, by day.

    `on` is its day in law, from which every clock counts; `posted_on` that of its notice: None while it is not known,
    the day in law itself where a later act shows that nobody posted a deemed one. `arguably_on` is the day of an act
    that by another reading of the period is the liquidation.
    """

    on: date
    posted_on: date | None
    is_deemed: bool
    reliquidated_on: tuple[date, ...] = ()
    arguably_on: date | None = None

    @property
    def latest_start(self) -> date | None:
        """The latest day from which a protest of it may be counted; None: not known."""
        return max((on for on in (self.posted_on, self.arguably_on) if on is not None), default=None)


@dataclass(frozen=True, slots=True)
class JudgedLiquidation:
    """What stands (None: the entry is not liquidated in law), and what the rules say of each act."""

    standing: StandingLiquidation | None
    findings: tuple[Finding, ...]


def judge_acts(
    liquidation: LiquidationAct,
    reliquidations: Iterable[ReliquidationAct],
    suspensions: Sequence[Suspension],
    period: Period | None,
) -> JudgedLiquidation:
    """What stands of a liquidation and of what followed it; `period` None: its end is not known.

    Rules susp-injunction-breach [S], LG Electronics (CIT), and susp-false-deemed [S], Fraserview (CIT 2024): such an
    act starts no clock, and the entry stays suspended; susp-statutory-breach [S]: one during an agency's suspension
    stands. liq-after-deemed [S], Aspects (Fed. Cir. 2022): once its period has ended an entry is liquidated by law on
    the last day of it (liquidation-date-deemed [S], 19 CFR 159.9(c)(2)(i)), and a later act may stand as a
    reliquidation within 90 days. reliq-1501 [S], 19 USC 1501: counted from the original liquidation only.

    >>> from services.liquidation.domain.liquidation_period import PeriodStart, reckon_period
    >>> year = reckon_period(PeriodStart("liq-1yr-entry", date(2025, 3, 3)), law=LAW)
    >>> judge_acts(LiquidationAct(date(2026, 3, 4)), [], [], year).standing
    StandingLiquidation(on=datetime.date(2026, 3, 3), posted_on=datetime.date(2026, 3, 3), is_deemed=True, \
reliquidated_on=(datetime.date(2026, 3, 4),), arguably_on=None)
    """
    worth = _judge_worth(liquidation, suspensions, period)
    said = [worth] if suspensions else []
    if worth.outcome in ("void", "no-effect"):
        return JudgedLiquidation(None, tuple(said))
    on, posted_on, is_deemed, standing = liquidation.on, liquidation.posted_on, liquidation.is_deemed, []
    deemed_on, arguably_on = _find_deemed(liquidation, period), None
    if deemed_on is not None and is_deemed:
        on, posted_on = deemed_on, posted_on or liquidation.on
    elif deemed_on is not None:
        late = judge_act_after_deemed(deemed_on, liquidation.on)
        said = [late]
        is_arguable = period is not None and period.last_arguable is not None and liquidation.on <= period.last_arguable
        on, posted_on, is_deemed = deemed_on, deemed_on, True
        arguably_on = liquidation.on if is_arguable else None
        standing += [liquidation.on] if late.outcome == "reliquidation" else []
    elif not is_deemed:
        posted_on = posted_on or on
    for act in reliquidations:
        too_late = _find_too_late(act, on, posted_on)
        if too_late is None:
            standing.append(act.on)
        else:
            said.append(too_late)
    said += _find_other_readings(liquidation, suspensions, period)
    return JudgedLiquidation(
        StandingLiquidation(on, posted_on, is_deemed, tuple(sorted(standing)), arguably_on), tuple(said)
    )


def _judge_worth(act: LiquidationAct, suspensions: Sequence[Suspension], period: Period | None) -> Finding:
    """Whether the act has an effect; a suspension that began after the period had ended found nothing to suspend."""
    ends_on = period.ends_on if period is not None else None
    if not act.is_deemed:
        return judge_liquidation(_still_open(suspensions, ends_on, act.on), act.on)
    posted_on = max(act.on, act.posted_on or act.on)
    worth = judge_deemed_posting(_still_open(suspensions, ends_on, act.on), act.on)
    later = judge_deemed_posting(_still_open(suspensions, ends_on, posted_on), posted_on)
    return worth if worth.outcome == "no-effect" else later if later.outcome == "no-effect" else worth


def _still_open(suspensions: Sequence[Suspension], ends_on: date | None, on: date) -> Sequence[Suspension]:
    return () if ends_on is not None and on > ends_on else suspensions


def _find_deemed(act: LiquidationAct, period: Period | None) -> date | None:
    """The day on which the entry was liquidated by law before the act; None when it was not, or is not known to be."""
    if period is None or period.ends_on is None:
        return None
    return period.ends_on if act.on > period.ends_on else None


def _find_too_late(act: ReliquidationAct, original_on: date, posted_on: date | None) -> Finding | None:
    """Why a reliquidation comes too late; other powers than the Center's own are judged apart."""
    if act.by not in (None, "center"):
        return None
    found = judge_reliquidation(original_on, act.on, posted_on=posted_on)
    return found if found.outcome != "allowed" else None


def _find_other_readings(
    act: LiquidationAct, suspensions: Sequence[Suspension], period: Period | None
) -> Iterator[Finding]:
    """Where the notice of a deemed liquidation and the period differ, and an act between two readings of its end."""
    if period is None or period.safe is None or period.ends_on is None or period.last_arguable is None:
        return
    if is_suspended(suspensions, act.on):
        return
    if act.is_deemed and act.on < period.safe:
        why = f"said to be deemed on {act.on}, the period ends on {period.safe}"
        yield Finding("inv-separate-flags", "deemed-early", why)
    if act.is_deemed and act.on > period.last_arguable:
        why = f"said to be deemed on {act.on}, by the facts that are given the period ended on {period.ends_on}"
        yield Finding("liquidation-date-deemed", "deemed-late", why)
    if not act.is_deemed and period.ends_on < act.on <= period.last_arguable:
        why = f"liquidated {act.on}: after {period.ends_on} by the reading in force, arguably in time until"
        yield Finding(period.rule, "arguably-in-time", f"{why} {period.last_arguable}")
    if not act.is_deemed and period.safe < act.on <= period.ends_on:
        why = f"liquidated {act.on}: in time by the reading in force ({period.ends_on}), arguably deemed {period.safe}"
        yield Finding(period.rule, "arguably-deemed", why)
