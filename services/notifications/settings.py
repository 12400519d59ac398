"""What an operator sets for notifications."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from shared.runtime.settings import ServiceSettings, is_loopback


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
    public_base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s]+$",
        description="where the public reaches this service, for links in mails and pages: https://bulletin.example.gov;"
        " its own address in development",
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

    @model_validator(mode="after")
    def _links_lead_to_the_public(self) -> Self:
        base = None if self.public_base_url is None else urlsplit(self.public_base_url)
        if base is not None and (not base.hostname or base.username is not None or base.query or base.fragment):
            raise ValueError("public_base_url: a host and perhaps a path, which the links go on from")
        if self.env != "production":
            return self
        if base is None or base.scheme != "https" or is_loopback(base.hostname or ""):
            raise ValueError("public_base_url: production needs an https URL of another name than this machine's own")
        return self

    @property
    def link_base(self) -> str:
        """What links in mails and on pages begin with, without a slash at the end."""
        return (self.public_base_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def mail_host(self) -> str:
        """The host of the sender's address, which message ids end in."""
        return self.mail_from.rpartition("@")[2].rstrip(">")
