"""How an operator chooses the way of mail."""

from pathlib import Path
from typing import Any

import pytest

from services.notifications.app import choose_mailer
from services.notifications.settings import NotificationsSettings
from shared.mail.folder import FolderMailer
from shared.mail.smtp import SmtpMailer
from shared.runtime.settings import SettingsError, load_settings


def settings(**changes: Any) -> NotificationsSettings:
    given = {"database_url": "postgresql://localhost/x", "bus": "kafka", "token_secret": "s" * 32}
    return load_settings(NotificationsSettings, **(given | changes))


def test_a_folder_goes_before_the_mail_server(tmp_path: Path) -> None:
    assert isinstance(choose_mailer(settings()), SmtpMailer)
    assert isinstance(choose_mailer(settings(mail_folder=tmp_path)), FolderMailer)


def test_message_ids_end_in_the_senders_host() -> None:
    assert settings(mail_from="Center <notices@mail.example>").mail_host == "mail.example"
    assert settings(mail_from="notices@mail.example").mail_host == "mail.example"


@pytest.mark.parametrize(
    "wrong", [{"smtp_url": "http://mail"}, {"mail_from": "nobody"}, {"mail_from": "a@b\nBcc: c@d"}]
)
def test_wrong_settings_are_named(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=f"CENTERLINE_{next(iter(wrong)).upper()}"):
        settings(**wrong)


PRODUCTION = {
    "env": "production",
    "files_url": "file:///srv/files",
    "token_secret": None,
    "token_issuer": "https://id.example",
    "webhook_key": "k" * 32,
}


@pytest.mark.parametrize(
    "base", [None, "http://bulletin.example.gov", "https://localhost:8004", "https://127.0.0.1", "https://[::1]/"]
)
def test_production_needs_a_base_of_links_that_leads_the_public_here(base: str | None) -> None:
    with pytest.raises(SettingsError, match=r"^CENTERLINE_PUBLIC_BASE_URL: where the public reaches this service"):
        settings(**PRODUCTION, public_base_url=base)
    assert settings(**PRODUCTION, public_base_url="https://cbp.example.gov/bulletin/").link_base == (
        "https://cbp.example.gov/bulletin"
    )


@pytest.mark.parametrize(
    "base", ["https://", "https://user@x.example", "https://x.example?a=b", "https://x.example/#a"]
)
def test_links_go_on_from_their_base(base: str) -> None:
    with pytest.raises(SettingsError, match=r"^CENTERLINE_PUBLIC_BASE_URL: "):
        settings(public_base_url=base)


def test_links_of_development_lead_to_the_service_itself() -> None:
    assert settings(port=9004).link_base == "http://localhost:9004"


def test_the_password_of_the_mail_server_is_not_shown() -> None:
    assert "hunter2" not in repr(settings(smtp_url="smtps://user:hunter2@mail.example:465"))


def test_secrets_of_webhooks_have_a_key_of_their_own_where_tokens_have_no_secret() -> None:
    assert settings().webhook_keys == ("s" * 32, None)
    given = PRODUCTION | {"public_base_url": "https://cbp.example.gov"}
    assert settings(**given, webhook_key_before="b" * 32).webhook_keys == ("k" * 32, "b" * 32)
    with pytest.raises(SettingsError, match="CENTERLINE_WEBHOOK_KEY"):
        settings(**given | {"webhook_key": None})
