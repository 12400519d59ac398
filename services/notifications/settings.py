"""What an operator sets for notifications."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from services.notifications.domain.addresses import MailAddresses
from services.notifications.domain.subscriptions import Links
from shared.files.settings import FileSettings
from shared.runtime.ways import is_loopback

_HOST: Final = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
_ADDRESS: Final = r"^[A-Za-z0-9._{}+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"


class NotificationsSettings(FileSettings):
    """Settings of the notifications service."""

    service: str = "notifications"
    port: int = Field(default=8004, ge=0, le=65535, description="the port to listen on")
    smtp_url: str = Field(
        default="smtp://localhost:25",
        pattern=r"^(smtps?|smtp\+starttls)://[^/\s]+/?$",
        repr=False,
        description="the mail server: smtp://host:port, smtp+starttls:// where nothing may go out unencrypted, or"
        " smtps://user:password@host:port",
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

    mail_bulk_per_second: int | None = Field(
        default=1000,
        gt=0,
        description="mails of the bulk lane (courtesy notices, changed dates) in a second; urgent ones are not bounded",
    )
    mail_domain_per_minute: int | None = Field(
        default=600,
        gt=0,
        description="mails to one domain in a minute, of those that may wait: no effect in law, no near day",
    )
    broadcast_per_second: int = Field(
        default=100,
        gt=0,
        le=10_000,
        description="notices of broadcasts that begin in a second; their mails go behind all others",
    )
    unsubscribe_secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="32 characters or more: sign the links that unsubscribe; by default made from webhook_key",
    )
    mail_team_address: str | None = Field(
        default=None,
        pattern=_ADDRESS,
        description="where people answer to: the address of a team, {center} in it becomes the code of the Center",
    )
    mail_list_host: str | None = Field(
        default=None, pattern=_HOST, description="the host that List-Id ends in, by which mail programs sort"
    )
    bounce_host: str | None = Field(
        default=None, pattern=_HOST, description="the host whose mail comes to this service: bounces go there"
    )
    bounce_secret: SecretStr | None = Field(
        default=None, min_length=32, description="what addresses for bounces are signed with, 32 characters or longer"
    )
    bounce_port: int | None = Field(
        default=None, ge=0, le=65535, description="the port on which bounces are taken by SMTP; none by default"
    )
    bounce_certificate: Path | None = Field(
        default=None, description="certificate chain and key (PEM, one file) for STARTTLS of the bounces"
    )

    webhook_allow_private: bool = Field(
        default=False,
        description="true lets webhooks go to this machine and to private networks, and by http: never in production",
    )
    webhook_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="32 characters or more: cipher the secrets of webhooks in the database; in development the secret"
        " of tokens by default",
    )
    webhook_key_before: SecretStr | None = Field(
        default=None, min_length=32, description="the key before it, until everything is encrypted with the new one"
    )
    webhook_seconds: float = Field(default=10, gt=0, le=60, description="seconds that a receiver has to answer")

    letter_batches: Literal["daily", "on-request"] = Field(
        default="daily",
        description="when letters that wait go into a batch for the print shop: each day, or when one is asked for",
    )
    letter_batch_hour: int = Field(
        default=6, ge=0, le=23, description="the hour in Eastern time from which the batches of a day are opened"
    )

    liquidation_url: str = Field(
        default="http://localhost:8003",
        description="base URL of liquidation, asked each hour for the acts of the days that are over",
    )
    workqueue_url: str = Field(
        default="http://localhost:8002",
        description="base URL of the work queue as parties reach it: notices that ask how it went name it",
    )
    record_seconds: float = Field(
        default=30, gt=0, le=300, description="seconds that liquidation may take for a page of such acts"
    )

    def refuse_in_production(self) -> Iterator[tuple[str, str]]:
        """Mail that nobody gets, webhooks to anywhere, bounces in clear, links that lead to nobody."""
        yield from super().refuse_in_production()
        if self.mail_folder is not None:
            yield "mail_folder", "production sends its mail; a folder tells nobody"
        if self.webhook_allow_private:
            yield "webhook_allow_private", "never in production"
        if self.bounce_port is not None and self.bounce_certificate is None:
            yield "bounce_certificate", "production takes bounces by TLS only"
        base = urlsplit(self.public_base_url or "")
        if base.scheme != "https" or is_loopback(base.hostname or ""):
            yield "public_base_url", "production needs an https URL of another name than this machine's own"

    def refuse_open_ways(self) -> Iterator[tuple[str, str]]:
        """A mail server to which mail goes in clear."""
        yield from super().refuse_open_ways()
        server = urlsplit(self.smtp_url)
        if self.mail_folder is None and server.scheme == "smtp" and not is_loopback(server.hostname or ""):
            yield "smtp_url", "production hands its mail over by TLS: smtp+starttls:// or smtps://"

    @model_validator(mode="after")
    def _secrets_of_webhooks_are_encrypted(self) -> Self:
        if self.webhook_key is None and self.token_secret is None:
            raise ValueError("webhook_key: needed, since the secrets of webhooks are kept encrypted")
        return self

    @property
    def webhook_keys(self) -> tuple[str, str | None]:
        """The key that cipher the secrets of webhooks, and the one before it."""
        key = self.webhook_key or self.token_secret
        assert key is not None  # the settings would not have been taken
        before = self.webhook_key_before
        return key.get_secret_value(), None if before is None else before.get_secret_value()

    @property
    def unsubscribe_links(self) -> Links:
        """What makes the links that unsubscribe and knows them again, those under the key before it too."""
        own = self.unsubscribe_secret
        keys = [each for each in (None if own is None else own.get_secret_value(), *self.webhook_keys) if each]
        return Links(self.link_base, tuple(f"unsubscribe {key}".encode() for key in keys))

    @model_validator(mode="after")
    def _bounces_have_a_way(self) -> Self:
        if (self.bounce_host is None) != (self.bounce_secret is None):
            raise ValueError("bounce_host and bounce_secret: both, or none of them")
        if self.bounce_port is not None and self.bounce_host is None:
            raise ValueError("bounce_port: needs bounce_host and bounce_secret")
        return self

    @property
    def mail_addresses(self) -> MailAddresses:
        """The addresses that mails name beside their own."""
        secret = self.bounce_secret
        return MailAddresses(
            team=self.mail_team_address,
            list_host=self.mail_list_host,
            bounce_host=self.bounce_host,
            bounce_secret=None if secret is None else secret.get_secret_value().encode(),
        )

    @model_validator(mode="after")
    def _links_lead_to_the_public(self) -> Self:
        base = None if self.public_base_url is None else urlsplit(self.public_base_url)
        if base is not None and (not base.hostname or base.username is not None or base.query or base.fragment):
            raise ValueError("public_base_url: a host and perhaps a path, which the links go on from")
        return self

    @property
    def link_base(self) -> str:
        """What links in mails and on pages begin with, without a slash at the end."""
        return (self.public_base_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def mail_host(self) -> str:
        """The host of the sender's address, which message ids end in."""
        return self.mail_from.rpartition("@")[2].rstrip(">")
