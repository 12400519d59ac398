"""What an entry summary asserts, by accounting class and line, and the fees that its facts call for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from types import MappingProxyType
from typing import Final, Literal

from services.liquidation.domain.money.settings import MoneySettings
from shared.customs.entry_types import entry_type
from shared.customs.fees import FeeItem, fee_value, find_fee
from shared.customs.money import format_cents, round_fractional_cents, to_cents
from shared.customs.tariff_number import chapter

ClassCode = str
"""The accounting class of an amount: the three digits of a fee or tax as it was declared, or one of the four below."""

Amounts = Mapping[ClassCode, int]
"""Cents by class; a class without money is absent."""

# The class codes of duties were not found in a source, so they go by name.
DUTY: Final = "duty"
ADDITIONAL_DUTY: Final = "additional-duty"
ANTIDUMPING: Final = "antidumping"
COUNTERVAILING: Final = "countervailing"
UNSPECIFIED_DUTY: Final = "duty-unspecified"
UNSPECIFIED_FEES: Final = "fees-unspecified"
UNSPECIFIED_CLASSES: Final = frozenset({UNSPECIFIED_DUTY, UNSPECIFIED_FEES})
"""What a decision changes that says only how much duty and fees, not of which class."""

CASE_CLASSES: Final = frozenset({ANTIDUMPING, COUNTERVAILING})

MPF_FORMAL: Final = "499"
MPF_INFORMAL: Final = "311"
HMF: Final = "501"

# An own context: a fee must not depend on what a caller did to the thread's.
_EXACT: Final = Context(prec=60)
_VESSEL: Final = frozenset({"10", "11"})
_BORDER_WATERBORNE: Final = "12"


@dataclass(frozen=True, slots=True)
class TariffAmount:
    """One tariff provision of a line: value in whole dollars, duty in cents."""

    hts: str
    value_usd: int
    duty_cents: int


@dataclass(frozen=True, slots=True)
class CaseDeposit:
    """The cash deposit of a line for an antidumping (A...) or countervailing (C...) case."""

    case_number: str
    deposit_cents: int


@dataclass(frozen=True, slots=True)
class FeeAmount:
    """A fee or tax of a line under its accounting class code."""

    class_code: ClassCode
    cents: int


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The money of one line of an entry summary."""

    line_number: int
    tariffs: tuple[TariffAmount, ...]
    cases: tuple[CaseDeposit, ...] = ()
    fees: tuple[FeeAmount, ...] = ()
    preference: str | None = None

    @property
    def value_usd(self) -> int:
        """Entered value in whole dollars, over all provisions of the line."""
        return sum(tariff.value_usd for tariff in self.tariffs)


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """What the fees of an entry summary depend on."""

    entry_type: str
    entry_date: date
    lines: tuple[LineFacts, ...]
    mode_of_transport: str | None = None


def sum_amounts(parts: Iterable[tuple[ClassCode, int]]) -> Amounts:
    """Cents by class; what comes to nothing is left out.

    >>> dict(sum_amounts([("499", 3358), ("duty", 100), ("duty", -100)]))
    {'499': 3358}
    """
    totals: defaultdict[ClassCode, int] = defaultdict(int)
    for class_code, cents in parts:
        totals[class_code] += cents
    return MappingProxyType({class_code: totals[class_code] for class_code in sorted(totals) if totals[class_code]})


def add_amounts(*amounts: Amounts) -> Amounts:
    """The sum of several amounts, class by class.

    >>> dict(add_amounts({"duty": 100}, {"duty": 20, "499": 5}))
    {'499': 5, 'duty': 120}
    """
    return sum_amounts(item for each in amounts for item in each.items())


def subtract_amounts(left: Amounts, right: Amounts) -> Amounts:
    """What `left` has more than `right`, class by class; negative where it has less.

    >>> dict(subtract_amounts({"duty": 100}, {"duty": 100, "499": 5}))
    {'499': -5}
    """
    return sum_amounts([*left.items(), *((class_code, -cents) for class_code, cents in right.items())])


def total_cents(amounts: Amounts) -> int:
    """The sum over all classes in cents."""
    return sum(amounts.values())


def duty_class(hts: str) -> ClassCode:
    """The class of the duty on a tariff provision: additional for chapter 99, else ordinary.

    >>> duty_class("99038815"), duty_class("8471300100"), duty_class("9802008068")
    ('additional-duty', 'duty', 'duty')
    """
    return ADDITIONAL_DUTY if chapter(hts) == "99" else DUTY


def case_class(case_number: str) -> ClassCode:
    """The class of a case's deposit, by the letter of its number.

    >>> case_class("A570012000"), case_class("C570013000")
    ('antidumping', 'countervailing')
    """
    return ANTIDUMPING if case_number.startswith("A") else COUNTERVAILING


def amounts_of_line(line: LineFacts) -> Amounts:
    """What a line asserts, by class.

    >>> line = LineFacts(1, (TariffAmount("8471300100", 125000, 0), TariffAmount("99038815", 0, 937500)),
    ...     fees=(FeeAmount("499", 43300),))
    >>> dict(amounts_of_line(line))
    {'499': 43300, 'additional-duty': 937500}
    """
    return sum_amounts(
        [
            *((duty_class(tariff.hts), tariff.duty_cents) for tariff in line.tariffs),
            *((case_class(case.case_number), case.deposit_cents) for case in line.cases),
            *((fee.class_code, fee.cents) for fee in line.fees),
        ]
    )


def amounts_of_entry(lines: Iterable[LineFacts]) -> Amounts:
    """What an entry summary asserts, by class: the sum of its lines."""
    return add_amounts(*(amounts_of_line(line) for line in lines))


def duty_by_heading(lines: Iterable[LineFacts]) -> Mapping[str, int]:
    """Duty in cents by tariff provision, so that what one provision brought can be told and taken back.

    >>> line = LineFacts(1, (TariffAmount("8471300100", 125000, 0), TariffAmount("99038815", 0, 937500)))
    >>> dict(duty_by_heading([line, line]))
    {'99038815': 1875000}
    """
    return sum_amounts((tariff.hts, tariff.duty_cents) for line in lines for tariff in line.tariffs)


@dataclass(frozen=True, slots=True)
class ExpectedFee:
    """What a fee should be by the facts of the summary.

    `cents` is None when a fact is missing, which `why` names. `source` is where the rate and limits stand.
    """

    class_code: ClassCode
    cents: int | None
    rule: str
    why: str
    source: str = ""


def expected_mpf(
    summary: SummaryFacts, settings: MoneySettings, *, exempt_lines: frozenset[int] | None = None
) -> ExpectedFee:
    """The merchandise processing fee of an entry, by the fee table in force on its date.

    Rules fee-mpf [S], 19 CFR 24.23(b)(1)(i): 0.3464 % of the value, not below the minimum nor above the maximum of the
    fiscal year of entry; fee-mpf-informal [S], 24.23(b)(2)(i): a fixed fee, taking the entry as automated;
    fee-mpf-exempt [S], 24.23(c): whether a line with a preference or a chapter 98 provision is exempt hangs on facts
    that are not in the summary, so the fee is not known unless `exempt_lines` says which lines are. Rounding: each
    line to the nearest cent, a half cent up, by setting [U].

    >>> from services.liquidation.domain.money.settings import MONEY
    >>> goods = (LineFacts(1, (TariffAmount("8471300100", 125000, 0),)),)
    >>> expected_mpf(SummaryFacts("01", date(2026, 3, 2), goods), MONEY).cents  # 125,000 x 0.3464 % = 433.00
    43300
    >>> expected_mpf(SummaryFacts("01", date(2026, 10, 1), goods), MONEY).cents is None  # limits of FY2027: unknown
    True
    """
    kind = entry_type(summary.entry_type)
    if kind.informal:
        fixed = find_fee(FeeItem.MPF_INFORMAL, summary.entry_date)
        if fixed is None or fixed.value is None:
            why = f"the informal fee on {summary.entry_date} is not known"
            return ExpectedFee(MPF_INFORMAL, None, "fee-mpf-informal", why)
        cents = to_cents(fixed.value)
        return ExpectedFee(
            MPF_INFORMAL, cents, "fee-mpf-informal", f"{fixed.period}, informal, automated", fixed.source
        )
    if kind.category not in {"consumption", "withdrawal"}:
        why = f"entry type {kind.code}: whether it is entered or released for the fee is not known"
        return ExpectedFee(MPF_FORMAL, None, "fee-mpf", why)
    if exempt_lines is None:
        claiming = [line.line_number for line in summary.lines if _claims_exemption(line)]
        if claiming:
            why = f"lines {claiming} claim a preference or chapter 98: whether they are exempt is not known"
            return ExpectedFee(MPF_FORMAL, None, "fee-mpf-exempt", why)
    rate = fee_value(FeeItem.MPF_RATE, summary.entry_date)
    lowest = find_fee(FeeItem.MPF_MINIMUM, summary.entry_date)
    highest = fee_value(FeeItem.MPF_MAXIMUM, summary.entry_date)
    if rate is None or lowest is None or lowest.value is None or highest is None:
        why = f"rate, minimum or maximum on {summary.entry_date} is not known"
        return ExpectedFee(MPF_FORMAL, None, "fee-mpf", why)
    bearing = [line for line in summary.lines if line.line_number not in (exempt_lines or frozenset())]
    if not bearing:
        return ExpectedFee(MPF_FORMAL, 0, "fee-mpf-exempt", "every line is exempt")
    computed = _ad_valorem(bearing, rate, settings)
    floor, ceiling = to_cents(lowest.value), to_cents(highest)
    cents = min(max(computed, floor), ceiling)
    bound = {floor: ", the minimum", ceiling: ", the maximum"}.get(cents, "") if cents != computed else ""
    value = sum(line.value_usd for line in bearing)
    why = f"{lowest.period}: {rate} % of {value} = {format_cents(computed)}{bound}"
    return ExpectedFee(MPF_FORMAL, cents, "fee-mpf", why, lowest.source)


def expected_hmf(summary: SummaryFacts, settings: MoneySettings, *, is_covered_port: bool = True) -> ExpectedFee:
    """The harbor maintenance fee of an entry: vessels only, without minimum or maximum.

    Rule fee-hmf [S], 19 CFR 24.24(a): 0.125 % of the value of cargo unloaded from a vessel at a covered port. The modes
    of transport that are vessels (10, 11) are recalled [M], and whether a port is covered is for the caller to say.

    >>> from services.liquidation.domain.money.settings import MONEY
    >>> goods = (LineFacts(1, (TariffAmount("8471300100", 125000, 0),)),)
    >>> expected_hmf(SummaryFacts("01", date(2026, 3, 2), goods, "11"), MONEY).cents
    15625
    >>> expected_hmf(SummaryFacts("01", date(2026, 3, 2), goods, "40"), MONEY).cents
    0
    """
    if summary.mode_of_transport is None:
        return ExpectedFee(HMF, None, "fee-hmf", "the mode of transport is not known")
    if summary.mode_of_transport == _BORDER_WATERBORNE:
        return ExpectedFee(HMF, None, "fee-hmf", "waterborne at the border: where it was unloaded is not known")
    if summary.mode_of_transport not in _VESSEL:
        return ExpectedFee(HMF, 0, "fee-hmf", f"mode of transport {summary.mode_of_transport} is no vessel")
    if not is_covered_port:
        return ExpectedFee(HMF, 0, "fee-hmf", "not unloaded at a covered port")
    fee = find_fee(FeeItem.HMF_RATE, summary.entry_date)
    if fee is None or fee.value is None:
        return ExpectedFee(HMF, None, "fee-hmf", f"the rate on {summary.entry_date} is not known")
    cents = _ad_valorem(summary.lines, fee.value, settings)
    value = sum(line.value_usd for line in summary.lines)
    return ExpectedFee(HMF, cents, "fee-hmf", f"{fee.value} % of {value} = {format_cents(cents)}", fee.source)


@dataclass(frozen=True, slots=True)
class FeeFinding:
    """A fee as asserted beside what is expected; `verdict` is `unknown` when the expected fee is."""

    expected: ExpectedFee
    asserted_cents: int
    verdict: Literal["agrees", "too-low", "too-high", "unknown"]


def compare_fees(
    summary: SummaryFacts,
    settings: MoneySettings,
    *,
    exempt_lines: frozenset[int] | None = None,
    is_covered_port: bool = True,
) -> tuple[FeeFinding, ...]:
    """Processing and harbor fees as asserted beside what the facts call for; a finding to review, not an assessment.

    >>> from services.liquidation.domain.money.settings import MONEY
    >>> goods = (LineFacts(1, (TariffAmount("8471300100", 125000, 0),), fees=(FeeAmount("499", 43300),)),)
    >>> [finding.verdict for finding in compare_fees(SummaryFacts("01", date(2026, 3, 2), goods, "11"), MONEY)]
    ['agrees', 'too-low']
    """
    asserted = amounts_of_entry(summary.lines)
    findings = []
    for expected in (
        expected_mpf(summary, settings, exempt_lines=exempt_lines),
        expected_hmf(summary, settings, is_covered_port=is_covered_port),
    ):
        cents = asserted.get(expected.class_code, 0)
        findings.append(FeeFinding(expected, cents, _judge(cents, expected.cents)))
    return tuple(findings)


def _judge(asserted: int, expected: int | None) -> Literal["agrees", "too-low", "too-high", "unknown"]:
    if expected is None:
        return "unknown"
    if asserted == expected:
        return "agrees"
    return "too-low" if asserted < expected else "too-high"


def _claims_exemption(line: LineFacts) -> bool:
    return line.preference is not None or any(chapter(tariff.hts) == "98" for tariff in line.tariffs)


def _ad_valorem(lines: Iterable[LineFacts], rate_pct: Decimal, settings: MoneySettings) -> int:
    """Cents: whole dollars times a percentage is a number of cents."""
    values = [line.value_usd for line in lines]
    if settings.fee_rounding == "entry":
        values = [sum(values)]
    return sum(round_fractional_cents(_EXACT.multiply(Decimal(value), rate_pct)) for value in values)
