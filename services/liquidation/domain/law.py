"""Readings of the law that are unsettled or only recalled, as settings; their defaults stand here and nowhere else."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from shared.customs.closures import CLOSED_BY_ORDER

LiftReading = Literal["six-months", "longer"]
ExtendedLiftReading = Literal["extended-period", "six-months"]
DrawbackFinality = Literal["protest-closed", "liquidated"]
ReversalFinality = Literal["of-posting", "of-liquidation"]
FridayChoice = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class CyclePolicy:
    """When the weekly cycle takes an entry: policy of CBP and not law, so both are settings."""

    days: int
    friday: FridayChoice

    @property
    def version(self) -> str:
        """The policy as it is noted beside a date."""
        return f"{self.days} days, Friday {self.friday}"


CYCLE: Final = CyclePolicy(days=314, friday="after")
"""liq-cycle-314: about 314 days are published (CBP Dec. 16-25), which Friday is not."""


@dataclass(frozen=True, slots=True)
class LawSettings:
    """One reading of each rule that is recalled (M) or unsettled (U). Days are calendar days unless it says so."""

    cycle: CyclePolicy = CYCLE
    """liq-cycle-314: the weekly cycle."""
    closures: frozenset[date] = CLOSED_BY_ORDER
    """roll-private-filing: days on which CBP was closed by order of the President, beside the national holidays."""
    port_closures: frozenset[tuple[date, str]] = frozenset()
    """roll-private-filing: days on which one port was closed, with its code."""
    closures_are_holidays: bool = False
    """count-holidays: whether a day closed by order is no business day where business days are counted."""
    rolls_electronic_filings: bool = True
    """roll-private-filing-electronic: whether the arguable date of a private filing is rolled."""
    rolls_court_filings: bool = True
    """roll-court: whether the arguable date of a summons is rolled."""
    lift_reading: LiftReading = "six-months"
    """susp-lift-6mo: what governs an entry that was not extended when more of its year is left than six months."""
    extended_lift_reading: ExtendedLiftReading = "extended-period"
    """susp-lift-extended: what governs when the notice comes while an extended period is open."""
    drawback_finality: DrawbackFinality = "protest-closed"
    """liq-1yr-drawback: when a designated import counts as final."""
    reversal_finality: ReversalFinality = "of-posting"
    """reliq-court: whose finality a judgment meets that reverses what a program of mass change posted."""
    drawback_law_since: date = date(2018, 2, 24)
    """drawback-file-191: the first day on which a drawback claim may be under 19 CFR part 190."""
    old_drawback_law_until: date = date(2019, 2, 23)
    """drawback-file-191: the last day on which one may be under part 191."""
    informal_limit_usd: int = 2500
    """informal-threshold, in whole dollars."""
    deminimis_repealed_on: date = date(2027, 7, 1)
    """deminimis-repeal."""
    commerce_target_days: int = 90
    """susp-lift-target-90."""
    clerical_petition_ended_on: date = date(2004, 12, 18)
    """claim-1520c-gone: the first day of entry without it."""
    lost_duty_years: int = 5
    """duty-1592d, sol-1592."""
    bond_suit_years: int = 6
    """suit-bond-2415."""
    forward_days: int = 60
    """afr-forward."""
    set_aside_answer_days: int = 60
    """afr-complaint-answer."""
    void_request_days: int = 90
    """void-1515d."""
    surety_bill_days: int = 60
    """bill-notice-surety: from the bill to the first demand."""
    surety_bill_every_months: int = 1
    """bill-notice-surety: between demands."""
    reconciliation_month_days: int = 30
    """recon-other: how many days the old system is taken to have counted for a month."""
    tib_extension_years: int = 2
    """tib-extend: what the extensions of a temporary importation add at most."""
    records_demand_days: int = 30
    """records-demand."""
    redelivery_demand_days: int = 30
    """redelivery-demand: until when CBP demands it."""
    redelivery_days: int = 30
    """redelivery-demand: until when it is complied with."""
    damages_petition_days: int = 60
    """ld-petition."""
    petition_decision_days: int = 60
    """ld-decision-life."""
    disclosure_data_days: int = 30
    """pd-unknown-data."""
    tender_days: int = 30
    """pd-tender."""
    evasion_review_business_days: int = 60
    """eapa-review-decide, in business days."""
    evasion_suit_business_days: int = 30
    """eapa-suit, in business days."""

    @property
    def days_off(self) -> frozenset[date]:
        """The days by order that are left out where business days are counted."""
        return self.closures if self.closures_are_holidays else frozenset()

    def at_port(self, port: str | None) -> "LawSettings":
        """The readings where a filing is made: with the days on which that port was closed."""
        closed = {on for on, closed_port in self.port_closures if closed_port == port}
        return replace(self, closures=self.closures | closed) if closed else self


LAW: Final = LawSettings()
"""The readings that an operator gets who sets none: for settings and tests only, rules are told theirs."""
