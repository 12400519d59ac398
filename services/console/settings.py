"""What an operator sets for the console."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, SecretStr, model_validator

from shared.files.settings import FileLimit
from shared.runtime.ways import is_safe_url


class ConsoleSettings(FileLimit):
    """Settings of the console."""

    service: str = "console"
    port: int = Field(default=8000, ge=0, le=65535, description="the port to listen on")
    console_url: str = Field(
        default="http://localhost:8000",
        pattern=r"^https?://[^\s/]+$",
        description="where people reach the console, without a slash at the end: https://centers.example.gov",
    )
    routing_url: str = Field(default="http://localhost:8001", description="where routing answers")
    workqueue_url: str = Field(default="http://localhost:8002", description="where workqueue answers")
    liquidation_url: str = Field(default="http://localhost:8003", description="where liquidation answers")
    notifications_url: str = Field(default="http://localhost:8004", description="where notifications answers")
    session_key: SecretStr = Field(
        min_length=32, description="32 characters or more: encrypts what sessions keep, and signs the keys of forms"
    )
    session_idle_minutes: int = Field(default=30, ge=1, le=480, description="minutes after which a session ends unused")
    session_hours: int = Field(default=12, ge=1, le=24, description="hours after which a session ends in any case")
    login_client_id: str | None = Field(default=None, description="the client id of the console at the provider")
    login_client_secret: SecretStr | None = Field(default=None, description="the secret of this client")
    login_scope: str = Field(default="openid profile", description="what is asked of the provider")
    login_acr_values: str | None = Field(
        default=None, description="how strongly people have to prove who they are: the provider's name for PIV cards"
    )
    official_site: bool = Field(
        default=False, description="true on a .gov or .mil site only: shows the banner of official websites"
    )
    panel_seconds: float = Field(default=2, gt=0, description="seconds that a service has for a part of a page")
    act_seconds: float = Field(default=5, gt=0, description="seconds that a service has for an act")
    connect_seconds: float = Field(
        default=0.25, gt=0, description="seconds in which a service has to take a connection; then it does not answer"
    )
    file_seconds: float = Field(
        default=75, gt=0, description="seconds that a service has to take or give a file, its scan included"
    )

    @property
    def is_secure(self) -> bool:
        """Whether people come over https, so that the cookie demands it."""
        return self.console_url.startswith("https://")

    @model_validator(mode="after")
    def _people_can_sign_in(self) -> Self:
        if not is_safe_url(self.console_url) and not self.development:
            raise ValueError("console_url: an https URL, or one of this machine")
        return self

    def refuse_in_production(self) -> Iterator[tuple[str, str]]:
        """People who sign in nowhere."""
        yield from super().refuse_in_production()
        if self.login_client_id is None:
            yield "login_client_id", "production signs people in at the identity provider"
