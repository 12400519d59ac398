"""What an operator sets for calendar feeds, in every service that has them."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from shared.calendars.feed import AddressKey
from shared.calendars.reading import FeedRules
from shared.runtime.settings import ServiceSettings
from shared.runtime.ways import is_loopback


class CalendarSettings(ServiceSettings):
    """Settings of calendar feeds."""

    calendar_base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s]+$",
        description="where calendar programs reach this service: the addresses of feeds begin with it; in production"
        " there are no feeds without it",
    )
    calendar_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="32 characters or more: the addresses of feeds are signed with it, and another key closes them all;"
        " in development the secret of tokens by default, in production there are no feeds without it",
    )
    calendar_refresh_minutes: int = Field(
        default=60,
        ge=1,
        le=1_440,
        description="minutes for which a feed is answered as it was made; calendar programs are told to ask as often",
    )
    calendar_kept_days: int = Field(
        default=30,
        ge=1,
        le=400,
        description="days for which an ended day stays in a feed as cancelled, and a passed one as it was",
    )
    calendar_open_days: int = Field(
        default=400, ge=1, le=4_000, description="days after which the address of a feed closes by itself"
    )
    calendar_most_entries: int = Field(
        default=5_000,
        ge=1,
        le=50_000,
        description="entries or items of one feed; one that would have more says so and shows no days",
    )

    @model_validator(mode="after")
    def _feeds_are_reached_by_https(self) -> Self:
        if self.env != "production" or self.calendar_base_url is None:
            return self
        base = urlsplit(self.calendar_base_url)
        if base.scheme != "https" or is_loopback(base.hostname or ""):
            raise ValueError("calendar_base_url: an https URL of another name than this machine's own")
        return self

    @property
    def feed_rules(self) -> FeedRules:
        """How feeds are made and answered."""
        key = self.calendar_key or (self.token_secret if self.env != "production" else None)
        base = self.calendar_base_url or (f"http://localhost:{self.port}" if self.env != "production" else None)
        return FeedRules(
            key=None if key is None else AddressKey(key.get_secret_value()),
            base_url=None if base is None else base.rstrip("/"),
            refresh_minutes=self.calendar_refresh_minutes,
            kept_days=self.calendar_kept_days,
            open_days=self.calendar_open_days,
            most_entries=self.calendar_most_entries,
        )
