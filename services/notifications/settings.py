"""What an operator sets for notifications."""

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import ServiceSettings


class NotificationsSettings(ServiceSettings):
    """Settings of the notifications service."""

    service: str = "notifications"
    port: int = Field(default=8004, ge=0, le=65535, description="the port to listen on")
    smtp_url: str = Field(
        default="smtp://localhost:25",
        pattern=r"^smtps?://[^/\s]+/?$",
        repr=False,
        description="the mail server: smtp://host:port, or smtps://user:password@host:port",
    )
    mail_folder: Path | None = Field(
        default=None, description="a folder that gets each mail as an .eml file, instead of the mail server"
    )
    mail_from: str = Field(
        default="Centerline <notices@centerline.example>",
        pattern=r"^([^<>@\r\n]+<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$",
        description="the sender of the mails: name@host, or Name <name@host>",
    )
    public_base_url: str = Field(
        default="http://localhost:8004",
        pattern=r"^https?://[^\s]+$",
        description="where the public reaches this service, for links in mails",
    )
    address_grace_hours: int = Field(
        default=24,
        ge=0,
        description="hours to wait for the account of an importer that is not known yet; a filer, surety or agent that "
        "becomes known within them of a notice is told of it too",
    )
    late_address_days: int = Field(
        default=30, ge=0, description="days in which an address that becomes known brings back a notice without one"
    )
    send_lease_seconds: int = Field(
        default=60,
        ge=30,
        description="seconds that a sender has for a batch, beyond what the mail server may take, before another may"
        " take it over",
    )
    smtp_step_seconds: float = Field(
        default=10, gt=0, description="seconds that the mail server has for each answer before the mail itself"
    )
    smtp_accept_seconds: float = Field(
        default=600,
        gt=0,
        description="seconds that the mail server has to accept a mail that was handed over (RFC 5321, 4.5.3.2.6: ten"
        " minutes); giving up earlier sends mails twice",
    )

    @property
    def mail_host(self) -> str:
        """The host of the sender's address, which message ids end in."""
        return self.mail_from.rpartition("@")[2].rstrip(">")
