"""What an operator sets for the work queue."""

from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from services.workqueue.domain.bulk import Limits
from shared.calendars.settings import CalendarSettings
from shared.files.settings import FileSettings


class WorkqueueSettings(FileSettings, CalendarSettings):
    """Settings of the workqueue service."""

    service: str = "workqueue"
    port: int = Field(default=8002, ge=0, le=65535, description="the port to listen on")
    lease_minutes: int = Field(
        default=30, ge=1, le=1440, description="minutes for which a claim holds without a heartbeat"
    )
    center_goal_working_days: int = Field(
        default=2, ge=0, le=60, description="working days within which work that waits for a Center should get one"
    )
    liquidation_url: str = Field(
        default="http://localhost:8003", description="base URL of liquidation, asked what a decision would come to"
    )
    routing_url: str = Field(
        default="http://localhost:8001", description="base URL of routing, asked for contacts and family of an account"
    )
    account_seconds: float = Field(
        default=1, gt=0, le=30, description="seconds that routing may take for the account page"
    )
    decision_check_seconds: float = Field(
        default=2, gt=0, le=30, description="seconds that liquidation may take for such an answer"
    )
    calendar_most_entries: int = Field(
        default=1_000, ge=1, le=10_000, description="items of one calendar feed; one that would have more shows no days"
    )
    lease_check_seconds: int = Field(
        default=30, ge=1, le=3600, description="seconds between two searches for claims whose lease has run out"
    )
    request_repetition_days: int = Field(
        default=180,
        ge=0,
        le=3650,
        description="days within which a second CBP 28 to an account on the same issue and goods needs a supervisor;"
        " 0: never (own rule of Centerline)",
    )
    increase_needs_notice: bool = Field(
        default=True,
        description="whether a review ends with an increase of more than 15 dollars only after a proposed CBP 29 was"
        " answered or its time has passed (19 CFR 152.2)",
    )
    quality_seed: str = Field(
        default="",
        max_length=200,
        description="secret of the draw of decisions for a second review: who does not know it cannot foresee a draw",
    )
    bulk_second_person_items: int = Field(
        default=1_000, ge=0, le=100_000, description="items of a bulk run beyond which a second person has to begin it"
    )
    bulk_second_person_usd: int = Field(
        default=10_000_000,
        ge=0,
        le=10**12,
        description="US dollars of entered value beyond which a second person has to begin a bulk run",
    )

    center_mail_host: str | None = Field(
        default=None,
        description="the host of the mailboxes of Centers: mail to cee007 there opens an inquiry of CEE007; none: no"
        " mail is taken",
    )
    center_mail_port: int | None = Field(
        default=None, ge=0, le=65535, description="where that mail is taken by SMTP, beside the API"
    )
    center_mail_certificate: Path | None = Field(
        default=None, description="certificate chain and key in one PEM file, for STARTTLS; nothing is taken without"
    )

    @model_validator(mode="after")
    def _check_center_mail(self) -> Self:
        if (self.center_mail_host is None) != (self.center_mail_port is None):
            raise ValueError("center_mail_host and center_mail_port: both, or none of them")
        if self.center_mail_port is not None and self.files_url is None:
            raise ValueError("center_mail_port: needs files_url, where the mails are kept")
        return self

    def refuse_in_production(self) -> Iterator[tuple[str, str]]:
        """Mail in clear."""
        yield from super().refuse_in_production()
        if self.center_mail_port is not None and self.center_mail_certificate is None:
            yield "center_mail_certificate", "production takes mail by TLS only"

    @property
    def bulk_limits(self) -> Limits:
        """Beyond which a second person begins a bulk run."""
        return Limits(self.bulk_second_person_items, self.bulk_second_person_usd)
