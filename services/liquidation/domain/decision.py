"""Whether a Center's review decision still reaches an entry, or comes after its liquidation."""

from dataclasses import dataclass
from datetime import date

from services.liquidation.domain.clocks import reliquidation_due


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a decision has no effect: the rule, and what may be done instead."""

    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Liquidation:
    """The liquidation that a decision came after."""

    liquidated_on: date
    is_deemed: bool


def refuse_decision(liquidation: Liquidation | None, decided_on: date) -> Refusal | None:
    """Why a decision cannot be applied; None when the entry is not liquidated, and the decision takes part in it.

    Rules reliq-1501 [S], 19 USC 1501: after liquidation CBP can act within 90 days only; liq-after-deemed [S], Aspects
    (Fed. Cir. 2022).

    >>> refuse_decision(None, date(2026, 8, 1)) is None
    True
    >>> refuse_decision(Liquidation(date(2026, 8, 14), is_deemed=False), date(2026, 9, 1)).remedy
    'The entry was liquidated on 2026-08-14: reliquidation within 90 days, by 2026-11-12.'
    """
    if liquidation is None:
        return None
    verb = "deemed liquidated" if liquidation.is_deemed else "liquidated"
    until = reliquidation_due(liquidation.liquidated_on)
    head = f"The entry was {verb} on {liquidation.liquidated_on}:"
    remedy = (
        f"{head} reliquidation within 90 days, by {until}."
        if decided_on <= until
        else f"{head} reliquidation within 90 days ended on {until}; only an allowed protest or a court can change it."
    )
    return Refusal("liq-after-deemed" if liquidation.is_deemed else "reliq-1501", remedy)
