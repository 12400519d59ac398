"""What a liquidation changes: amounts found due beside amounts deposited, with interest and the twenty-dollar limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.money.amounts import CASE_CLASSES, UNSPECIFIED_CLASSES, Amounts, ClassCode, add_amounts
from services.liquidation.domain.money.interest import (
    Interest,
    Movement,
    PayeeKind,
    Segment,
    Undetermined,
    accrue_segments,
    find_segments,
)
from services.liquidation.domain.money.settings import MoneySettings
from services.liquidation.domain.money.terms import SmallTerms, Terms

Occasion = Literal["liquidation", "reliquidation", "reliquidation-on-request", "reliquidation-by-court"]
Outcome = Literal["no-change", "increase", "refund"]

MINIMUM_CENTS: Final = 20_00
"""19 USC 1321(a)(1), 19 CFR 159.6: a net difference below it is disregarded."""

REASON_SMALL_REFUND: Final = "37"
"""Liquidation reason code: refund below 20 dollars on request."""

_NO_INTEREST: Final = Interest(0, ())


class InvalidFinding(ValueError):  # noqa: N818 - says what the finding is
    """A finding that would leave a class below nothing: more was taken back than stood there."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money by class that moved before liquidation: a deposit is positive, a refund before liquidation negative."""

    on: date
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Change:
    """One class of amounts: cents that stood before and cents found due. `difference` is positive when more is due."""

    class_code: ClassCode
    before_cents: int
    found_cents: int

    @property
    def difference(self) -> int:
        """What the importer owes more; negative when CBP owes."""
        return self.found_cents - self.before_cents


@dataclass(frozen=True, slots=True)
class Assessment:
    """The money of a liquidation or reliquidation; cents, positive when owed to CBP.

    `interest_change_cents` is the interest less what an earlier liquidation assessed. `outcome` follows from
    `total_cents`, the changes of principal and of interest together. When `is_disregarded`, the difference is
    neither billed nor refunded and the entry is liquidated as entered. `rule` decided, `reason_code` is set when the
    liquidation has one of its own.
    """

    outcome: Outcome
    changes: tuple[Change, ...]
    change_cents: int
    interest: Interest
    interest_change_cents: int
    total_cents: int
    rule: str
    is_disregarded: bool = False
    reason_code: str | None = None

    @property
    def principal(self) -> Amounts:
        """The differences by class, without interest."""
        return {change.class_code: change.difference for change in self.changes if change.difference}


@dataclass(frozen=True, slots=True)
class LiquidationFacts:
    """What the money of a liquidation is computed from.

    `before` is what was deposited in all; for a reliquidation what the liquidation before assessed, without interest.
    `found` is what is found due. `deposits` date the money (see `deposits_before`); `required_on` is the day on which
    it had to be deposited. `claimed_on` is the day of a claim under 19 USC 1520(d), `case_order_on` the publication of
    the antidumping or countervailing order, `payee` the kind of the importer. Facts that no change needs may be None.
    For a reliquidation, `deposits` holds what was paid or refunded since as well, and `assessed_interest_cents` the
    interest that the liquidation before assessed. `terms` are those of a program that orders the refund.
    """

    entry_date: date
    liquidated_on: date
    before: Amounts
    found: Amounts
    deposits: tuple[Deposit, ...] | None = None
    required_on: date | None = None
    payee: PayeeKind | None = None
    occasion: Occasion = "liquidation"
    is_informal: bool = False
    claimed_on: date | None = None
    case_order_on: date | None = None
    assessed_interest_cents: int = 0
    terms: Terms | None = None


def apply_effect(asserted: Amounts, effect: Mapping[ClassCode, int]) -> Amounts:
    """The amounts found due: what was asserted and the effect of the reviews, class by class.

    A decision that names no class changes `duty-unspecified` and `fees-unspecified`, which may therefore be negative.
    Raises `InvalidFinding` when any other class, or all together, would fall below nothing.

    >>> dict(apply_effect({"duty": 100_00, "499": 33_58}, {"duty": -40_00}))
    {'499': 3358, 'duty': 6000}
    """
    found = add_amounts(asserted, effect)
    if sum(found.values()) < 0 <= sum(asserted.values()):
        raise InvalidFinding(f"all classes together: {-sum(effect.values())} cents cannot be taken back")
    for class_code, cents in found.items():
        if cents < 0 and effect.get(class_code, 0) < 0 and class_code not in UNSPECIFIED_CLASSES:
            raise InvalidFinding(
                f"class {class_code}: {-effect[class_code]} cents cannot be taken from {asserted.get(class_code, 0)}"
            )
    return found


def find_changes(before: Amounts, found: Amounts) -> tuple[Change, ...]:
    """Every class with what stood before and what is found due, in order of class.

    >>> [(change.class_code, change.difference) for change in find_changes({"duty": 100}, {"duty": 80, "499": 5})]
    [('499', 5), ('duty', -20)]
    """
    return tuple(
        Change(class_code, before.get(class_code, 0), found.get(class_code, 0))
        for class_code in sorted(before.keys() | found.keys())
    )


def assess(facts: LiquidationFacts, settings: MoneySettings) -> Assessment | Undetermined:
    """The money of a liquidation: changes by class, interest to its day, and whether a bill or a refund follows.

    Rules int-underpay, int-overpay, int-segments [S], 19 USC 1505(c); int-adcvd [M], 19 USC 1677g; the limit as in
    `apply_minimum`. `Undetermined` when interest is due and a fact or a rate for it is not known. An entry without
    any change and with one deposit, not known to be late, needs no further fact and bears no interest. Raises
    `ValueError` when the deposits of an original liquidation do not add up to what stood before.

    Rate advance of 100,000.00 on an entry of 2025-02-26, deposit due on 2025-03-10, liquidated on 2026-01-16: interest
    for 312 days at 7 % is 6,165.59.

    >>> from services.liquidation.domain.money.settings import MONEY
    >>> advance = LiquidationFacts(date(2025, 2, 26), date(2026, 1, 16), {"duty": 50_000_00}, {"duty": 150_000_00},
    ...     (Deposit(date(2025, 3, 10), {"duty": 50_000_00}),), date(2025, 3, 10))
    >>> result = assess(advance, MONEY)
    >>> result.outcome, result.change_cents, result.interest.cents, result.total_cents
    ('increase', 10000000, 616559, 10616559)
    """
    if facts.occasion == "liquidation" and facts.deposits is not None:
        deposited = deposits_before(facts.deposits)
        if deposited != add_amounts(facts.before):
            raise ValueError(f"deposits come to {dict(deposited)}, and {dict(facts.before)} stood before")
    changes = find_changes(facts.before, facts.found)
    interest = _interest(facts, changes, settings)
    if isinstance(interest, Undetermined):
        return interest
    return apply_minimum(
        changes,
        interest,
        facts.occasion,
        is_informal=facts.is_informal,
        assessed_interest_cents=facts.assessed_interest_cents,
        small=facts.terms.small if facts.terms is not None else "by-writer",
    )


def apply_minimum(
    changes: tuple[Change, ...],
    interest: Interest,
    occasion: Occasion,
    *,
    is_informal: bool,
    assessed_interest_cents: int,
    small: SmallTerms = "by-writer",
) -> Assessment:
    """Whether a difference is billed, refunded or disregarded, by the net total of duties, fees, taxes and interest.

    Rules min-20-liquidation [S], 19 USC 1321(a)(1), 19 CFR 159.6(a), (c): below 20 dollars it is disregarded, exactly
    20 dollars is not; min-20-informal [U]: the text names other entries than informal ones, so their difference stands;
    min-20-reliquidation [S], 159.6(b); min-20-request [S], 159.6(b)(1): a refund is made on request even below, an
    increase is not; min-20-court [S], 159.6(b)(2): both are. `small` is what a program says of its refunds: one that
    refunds reads the declaration as the request. The classes are netted: 100.00 more duty and 90.00 less
    fees are 10.00, and disregarded.

    >>> formal = {"is_informal": False, "assessed_interest_cents": 0}
    >>> apply_minimum((Change("duty", 0, 19_99),), _NO_INTEREST, "liquidation", **formal).is_disregarded
    True
    >>> apply_minimum((Change("duty", 0, 20_00),), _NO_INTEREST, "liquidation", **formal).outcome
    'increase'
    >>> apply_minimum((Change("duty", 5_00, 0),), _NO_INTEREST, "reliquidation-on-request", **formal).reason_code
    '37'
    """
    change_cents = sum(change.difference for change in changes)
    interest_change = interest.cents - assessed_interest_cents
    total = change_cents + interest_change
    outcome: Outcome = "increase" if total > 0 else "refund" if total < 0 else "no-change"
    rule = "min-20-liquidation" if occasion == "liquidation" else "min-20-reliquidation"
    is_disregarded, reason = False, None
    if 0 < abs(total) < MINIMUM_CENTS:
        if total < 0 and small == "disregard":
            is_disregarded, outcome = True, "no-change"
        elif total < 0 and small == "refund":
            rule, reason = "min-20-request", REASON_SMALL_REFUND
        elif occasion == "reliquidation-by-court":
            rule = "min-20-court"
        elif occasion == "reliquidation-on-request" and total < 0:
            rule, reason = "min-20-request", REASON_SMALL_REFUND
        elif occasion == "liquidation" and is_informal:
            rule = "min-20-informal"
        else:
            is_disregarded, outcome = True, "no-change"
    return Assessment(outcome, changes, change_cents, interest, interest_change, total, rule, is_disregarded, reason)


def foresee_outcome(facts: LiquidationFacts, settings: MoneySettings) -> Outcome | None:
    """Which way a liquidation goes when its interest is not known yet; None when interest could turn it.

    The clock of liquidation does not wait for a rate or a fact of the importer, and this says what can be posted by
    then. Rules min-20-liquidation, int-underpay, int-overpay [S]: the interest of one deposit in time is owed by who
    owes the principal, so it adds to a difference of 20 dollars and cannot undo it.

    >>> from services.liquidation.domain.money.settings import MONEY
    >>> refund = LiquidationFacts(date(2026, 3, 2), date(2027, 1, 15), {"duty": 100_00}, {"duty": 60_00})
    >>> assess(refund, MONEY).missing, foresee_outcome(refund, MONEY)
    ('deposit-date', 'refund')
    """
    deposits = facts.deposits
    if deposits is not None and not _is_one_in_time(deposits, facts.required_on):
        return None
    nets = [
        sum(facts.found.get(class_code, 0) - facts.before.get(class_code, 0) for class_code in group)
        for group in _groups(facts, settings)
    ]
    change = sum(nets)
    if facts.occasion == "liquidation" and not any(nets):
        return "no-change"
    if facts.occasion != "liquidation" or abs(change) < MINIMUM_CENTS or min(nets) < 0 < max(nets):
        return None
    return "increase" if change > 0 else "refund"


def deposits_before(deposits: tuple[Deposit, ...]) -> Amounts:
    """All that was deposited, less what was refunded before liquidation, by class.

    >>> dict(deposits_before((Deposit(date(2026, 1, 1), {"duty": 100}), Deposit(date(2026, 5, 1), {"duty": -30}))))
    {'duty': 70}
    """
    return add_amounts(*(deposit.amounts for deposit in deposits))


def _interest(facts: LiquidationFacts, changes: tuple[Change, ...], settings: MoneySettings) -> Interest | Undetermined:
    has_change = any(change.difference for change in changes)
    if not has_change and (facts.deposits is None or _is_one_in_time(facts.deposits, facts.required_on)):
        return _NO_INTEREST
    if facts.deposits is None:
        return Undetermined("int-overpay", "deposit-date", "the day on which the money was deposited is not known")
    segments: list[Segment] = []
    for group in _groups(facts, settings):
        of_group = _segments_of(facts, facts.deposits, group)
        if isinstance(of_group, Undetermined):
            return of_group
        segments.extend(of_group)
    return accrue_segments(segments, facts.payee, settings, facts.terms)


def _groups(facts: LiquidationFacts, settings: MoneySettings) -> list[frozenset[ClassCode]]:
    """The classes that are netted with each other; cases have a law of interest of their own."""
    classes = set(facts.before) | set(facts.found)
    if facts.deposits is not None:
        classes |= {class_code for deposit in facts.deposits for class_code in deposit.amounts}
    if settings.netting == "class":
        return [frozenset({class_code}) for class_code in sorted(classes)]
    return [group for group in (frozenset(classes - CASE_CLASSES), frozenset(classes & CASE_CLASSES)) if group]


def _is_one_in_time(moves: Sequence[Deposit | Movement], required_on: date | None) -> bool:
    """At most one deposit, and not known to be late: then nothing was short or too much before liquidation."""
    return len(moves) <= 1 and all(required_on is None or move.on <= required_on for move in moves)


def _segments_of(
    facts: LiquidationFacts, deposits: tuple[Deposit, ...], group: frozenset[ClassCode]
) -> tuple[Segment, ...] | Undetermined:
    found = sum(cents for class_code, cents in facts.found.items() if class_code in group)
    movements = [
        Movement(deposit.on, sum(cents for class_code, cents in deposit.amounts.items() if class_code in group))
        for deposit in deposits
        if group & deposit.amounts.keys()
    ]
    held = sum(movement.cents for movement in movements)
    if held == found and _is_one_in_time(movements, facts.required_on):
        return ()
    if facts.required_on is None:
        # What was deposited too much counts from its deposit; only a shortage needs the day that it was due.
        if held < found or len(movements) > 1:
            return Undetermined("int-underpay", "deposit-due-date", "the day the deposit was required is not known")
        required_on = facts.liquidated_on
    else:
        required_on = facts.required_on
    if group & CASE_CLASSES and (facts.case_order_on is None or facts.entry_date < facts.case_order_on):
        why = (
            "the publication of the antidumping or countervailing order is not known"
            if facts.case_order_on is None
            else f"entered on {facts.entry_date}, before the order of {facts.case_order_on}: no rule was found"
        )
        return Undetermined("int-adcvd", "case-order-date", why)
    return find_segments(
        found, movements, required_on=required_on, until=facts.liquidated_on, claimed_on=facts.claimed_on
    )
