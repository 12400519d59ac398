"""Which rule each setting of law and money reads, and what it settles: one reading for each field of the settings."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args, get_origin, get_type_hints

from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.money.settings import POLICY, MoneyPolicy, MoneySettings

Owner = Literal["law", "cycle", "money", "policy"]

_RECORDS: Final = MappingProxyType(
    {"law": LawSettings, "cycle": CyclePolicy, "money": MoneySettings, "policy": MoneyPolicy}
)
_VARIABLES: Final = MappingProxyType(
    {
        "days": "CENTERLINE_CYCLE_DAYS",
        "friday": "CENTERLINE_FRIDAY_CHOICE",
        "deposit_reading": "CENTERLINE_DEPOSIT_READING",
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A setting of a record and the rules that it reads; `settles` says what, so that nobody has to know the code."""

    owner: Owner
    field: str
    rules: tuple[str, ...]
    settles: str

    @property
    def setting(self) -> str:
        """As an operator sets it: a variable of the environment, or a member of one that is JSON."""
        holder = {"law": "CENTERLINE_LAW", "money": "CENTERLINE_MONEY"}.get(self.owner)
        return f'{holder}: {{"{self.field}": …}}' if holder else _VARIABLES[self.field]

    @property
    def choices(self) -> tuple[str, ...]:
        """The readings that there are; empty where it is a number, a date or a list of days."""
        hint = get_type_hints(_RECORDS[self.owner])[self.field]
        if hint is bool:
            return ("yes", "no")
        return tuple(str(each) for each in get_args(hint)) if get_origin(hint) is Literal else ()

    @property
    def default(self) -> str:
        """The reading of an operator who sets none."""
        return self.in_force(POLICY)

    def in_force(self, policy: MoneyPolicy) -> str:
        """The reading as it is set.

        >>> next(each for each in READINGS if each.field == "lost_duty_years").in_force(POLICY)
        '5'
        """
        records = {"law": policy.law, "cycle": policy.law.cycle, "money": policy.settings, "policy": policy}
        return _as_text(getattr(records[self.owner], self.field))


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(_as_text, value))) or "none"
    if isinstance(value, tuple):
        return " at ".join(map(_as_text, value))
    return str(value)


def _law(field: str, rules: str, settles: str) -> Reading:
    return Reading("law", field, tuple(rules.split()), settles)


def _money(field: str, rules: str, settles: str) -> Reading:
    return Reading("money", field, tuple(rules.split()), settles)


READINGS: Final = (
    Reading("cycle", "days", ("liq-cycle-314",), "How many days after entry the weekly cycle takes it."),
    Reading("cycle", "friday", ("liq-cycle-314",), "Whether it posts on the Friday before or after that day."),
    _law("closures", "roll-private-filing", "Days on which CBP was closed by order of the President."),
    _law("port_closures", "roll-private-filing", "Days on which one port was closed, each with the code of the port."),
    _law(
        "closures_are_holidays",
        "count-holidays count-business-day",
        "Whether a day closed by order is no business day where business days are counted.",
    ),
    _law(
        "rolls_electronic_filings",
        "roll-private-filing-electronic roll-private-filing",
        "Whether the arguable last day of a filing with CBP moves to the next open day.",
    ),
    _law("rolls_court_filings", "roll-court", "Whether the arguable last day to sue moves to the next open day."),
    _law(
        "lift_reading",
        "susp-lift-6mo inv-lift-period",
        "What governs an entry that was not extended when more of its year than six months is left at a lift.",
    ),
    _law(
        "extended_lift_reading",
        "susp-lift-extended",
        "What governs when the suspension of an extended entry is lifted while its extended period is open.",
    ),
    _law("drawback_finality", "liq-1yr-drawback", "When an import that a drawback claim designates is final."),
    _law(
        "reversal_finality",
        "reliq-court",
        "Whether a judgment that reverses what a program posted meets the finality of that posting, or of the first"
        " liquidation.",
    ),
    _law("drawback_law_since", "drawback-file-191", "The first day on which a drawback claim may be under part 190."),
    _law(
        "old_drawback_law_until", "drawback-file-191", "The last day on which a drawback claim may be under part 191."
    ),
    _law("informal_limit_usd", "informal-threshold", "Up to how many dollars a shipment may be entered informally."),
    _law("deminimis_repealed_on", "deminimis-repeal", "The day on which the commercial exemption ends."),
    _law("commerce_target_days", "susp-lift-target-90", "Within how many days Commerce aims to instruct."),
    _law("clerical_petition_ended_on", "claim-1520c-gone", "The first day of entry without the petition."),
    _law("lost_duty_years", "duty-1592d sol-1592", "For how many years lost duties are owed and a penalty sued for."),
    _law("bond_suit_years", "suit-bond-2415", "For how many years a suit on a bond may be begun."),
    _law("forward_days", "afr-forward", "Within how many days a protest is expected to be forwarded."),
    _law("set_aside_answer_days", "afr-complaint-answer", "After how many days no answer is a denial."),
    _law("void_request_days", "void-1515d", "Within how many days of the denial it may be asked to be voided."),
    _law("surety_bill_days", "bill-notice-surety", "How many days after the bill the surety is billed first."),
    _law("surety_bill_every_months", "bill-notice-surety", "How many months lie between bills to the surety."),
    _law("reconciliation_month_days", "recon-other", "How many days the old system is taken to count for a month."),
    _law("tib_extension_years", "tib-extend", "How many years the extensions of a temporary importation add at most."),
    _law("records_demand_days", "records-demand", "Within how many days demanded records are produced."),
    _law("redelivery_demand_days", "redelivery-demand", "Within how many days CBP demands redelivery."),
    _law("redelivery_days", "redelivery-demand", "Within how many days of the demand goods are redelivered."),
    _law("damages_petition_days", "ld-petition", "Within how many days liquidated damages are petitioned against."),
    _law("petition_decision_days", "ld-decision-life", "How many days a decision on a petition stands open."),
    _law("disclosure_data_days", "pd-unknown-data", "Within how many days data missing in a disclosure follow."),
    _law("tender_days", "pd-tender", "Within how many days the loss of duty is tendered after CBP's figure."),
    _law("evasion_review_business_days", "eapa-review-decide", "Within how many business days a review is decided."),
    _law("evasion_suit_business_days", "eapa-suit", "Within how many business days a suit is begun."),
    _money(
        "fee_rounding", "fee-mpf fee-hmf", "Whether a computed fee is rounded for each line, or once for the entry."
    ),
    _money("days_in_leap_year", "int-rate-source", "By how many days the yearly rate is divided in leap years."),
    _money(
        "netting",
        "int-underpay int-overpay int-segments",
        "Whether interest runs on the net of all classes of an entry, or on each class by itself.",
    ),
    _money(
        "delinquency_base",
        "int-delinquent",
        "Whether blocks bear interest on what was billed, or also on the interest of the blocks before.",
    ),
    _money(
        "unready_block",
        "refund-ach",
        "Whether a block bears no interest when the payee could not be paid on any of its days, or on its last.",
    ),
    Reading(
        "policy",
        "deposit_reading",
        ("int-underpay",),
        "From which day interest on an underpayment runs when nobody recorded when the deposit was due.",
    ),
)


def readings_of(rule: str) -> tuple[Reading, ...]:
    """The settings that read a rule.

    >>> [each.field for each in readings_of("liq-cycle-314")]
    ['days', 'friday']
    """
    return tuple(each for each in READINGS if rule in each.rules)
