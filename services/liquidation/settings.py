"""What an operator sets for liquidation."""

from dataclasses import fields, replace
from typing import Any, Literal, cast

from pydantic import Field, ValidationInfo, field_validator

from services.liquidation.domain.law import LAW, CyclePolicy, FridayChoice, LawSettings
from services.liquidation.domain.money.settings import MONEY, DepositReading, MoneyPolicy, MoneySettings, PaymentPolicy
from services.liquidation.domain.protest.selection import SelectionPolicy
from services.liquidation.domain.reminders import REMINDABLE, USUAL, ReminderPolicy
from shared.calendars.settings import CalendarSettings
from shared.files.settings import FileSettings

_READINGS: dict[str, type[LawSettings] | type[MoneySettings]] = {"law": LawSettings, "money": MoneySettings}


class LiquidationSettings(FileSettings, CalendarSettings):
    """Settings of the liquidation service."""

    service: str = "liquidation"
    port: int = Field(default=8003, ge=0, le=65535, description="the port to listen on")
    cycle_days: int = Field(
        default=LAW.cycle.days,
        ge=1,
        le=360,
        description="days from entry to the scheduled liquidation: a target of CBP, not law",
    )
    friday_choice: FridayChoice = Field(
        default=LAW.cycle.friday,
        description="the Friday before or after that day on which it posts; not published by CBP",
    )
    automatic_cycles: bool = Field(
        default=True, description="true runs every weekly cycle that is due; false leaves them to POST /cycles"
    )
    cycle_wait_seconds: int = Field(
        default=600,
        ge=0,
        le=86_400,
        description="seconds that a cycle waits for events that were published before it began and are not read;"
        " it runs without them then, and says so",
    )
    cycle_confirmation: Literal["automatic", "two-people"] = Field(
        default="automatic",
        description="two-people: a weekly cycle runs from a cut sheet that two people confirmed, never by itself",
    )
    recompute_entries: int = Field(
        default=500_000,
        ge=1_000,
        description="entries that are compared with their facts each night in turn, beside all that changed",
    )
    law: LawSettings = Field(
        default=LAW,
        description='readings of rules that are unsettled or recalled, as JSON: {"lift_reading": "longer"}; the fields'
        " of services/liquidation/domain/law.py without cycle",
    )
    money: MoneySettings = Field(
        default=MONEY,
        description='readings of rules of money that are unsettled, as JSON: {"netting": "class"}; the fields of'
        " services/liquidation/domain/money/settings.py",
    )
    deposit_reading: DepositReading = Field(
        default="summary-due",
        description="the day on which a deposit was due when nobody recorded it: summary-due reads a deposit within ten"
        " working days of entry as due on the last of them; recorded-only leaves it unknown",
    )

    selection_second_person_protests: int = Field(
        default=200, ge=0, le=20_000, description="protests of a selection beyond which a second person has to begin it"
    )
    selection_second_person_usd: int = Field(
        default=1_000_000,
        ge=0,
        le=1_000_000_000,
        description="US dollars at stake beyond which a second person has to begin a selection of protests",
    )
    selection_least_sample: int = Field(
        default=20,
        ge=1,
        le=500,
        description="the smallest sample of a decision on protests by criteria: a policy, not law; of fewer protests"
        " all are looked at",
    )

    payment_address: str | None = Field(
        default=None,
        max_length=500,
        description="where and how bills are paid, in words, told with what to pay; none: it is not known here, and the"
        " bill itself says it",
    )

    set_off_days: int = Field(
        default=29,
        ge=0,
        le=365,
        description="calendar days from telling a payee that a delinquent bill is to be set off against a payment of a"
        " program until it is: judged, 19 CFR 24.72 names none; told the day after the posting, so that it can be paid"
        " on day 30",
    )

    reminder_days: tuple[int, ...] = Field(
        default=(30, 14, 7, 1),
        max_length=10,
        description="calendar days before a due day at which its party is reminded, as JSON: [30, 14, 7, 1]; [] reminds"
        " of nothing",
    )
    reminder_codes: tuple[str, ...] = Field(
        default=USUAL,
        description="days of which is reminded, by their codes, as JSON: " + ", ".join(REMINDABLE),
    )

    @field_validator("reminder_days")
    @classmethod
    def _days_that_come_before(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if any(not 1 <= each <= 365 for each in value):
            raise ValueError("reminder_days: whole days from 1 to 365")
        return tuple(sorted(set(value), reverse=True))

    @field_validator("reminder_codes")
    @classmethod
    def _codes_that_can_be_reminded_of(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(value) - set(REMINDABLE)):
            raise ValueError(f"no reminders of {', '.join(unknown)}; there are {', '.join(REMINDABLE)}")
        return value

    @property
    def reminder_policy(self) -> ReminderPolicy:
        """Of which days is reminded, and how many days before."""
        return ReminderPolicy(frozenset(self.reminder_codes), self.reminder_days)

    @field_validator("law", "money", mode="before")
    @classmethod
    def _known_readings(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, dict):
            known = {each.name for each in fields(_READINGS[cast("str", info.field_name)])} - {"cycle"}
            if unknown := sorted(set(value) - known):
                raise ValueError(f"no such reading: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        return value

    @property
    def selection_policy(self) -> SelectionPolicy:
        """Beyond what a second person begins a selection of protests, and how large its sample is at least."""
        return SelectionPolicy(
            self.selection_second_person_protests, 100 * self.selection_second_person_usd, self.selection_least_sample
        )

    @property
    def payment_policy(self) -> PaymentPolicy:
        """How programs pay."""
        return PaymentPolicy(self.set_off_days)

    @property
    def cycle_policy(self) -> CyclePolicy:
        """When entries are scheduled."""
        return CyclePolicy(self.cycle_days, self.friday_choice)

    @property
    def law_in_force(self) -> LawSettings:
        """The readings of the law with the policy of the cycle."""
        return replace(self.law, cycle=self.cycle_policy)

    @property
    def money_policy(self) -> MoneyPolicy:
        """The readings of the rules of money, and the law that they rest on."""
        return MoneyPolicy(self.money, self.deposit_reading, self.law_in_force)
