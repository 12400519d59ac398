"""No file of the tree holds a secret: keys, tokens, passwords in addresses; what only looks like one has a reason."""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from tests.support.product import ROOT

pytestmark = [pytest.mark.verify, pytest.mark.sharing, pytest.mark.timeout(600)]

# By form, not by entropy: the tree is full of hashes and ids, and a list of thousands of exceptions guards nothing.
DETECTORS = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "CloudantDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "IbmCloudIamDetector",
    "JwtTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
ADDRESS = "Basic Auth Credentials"
REASONS = {
    ("cli/not_there.py", ADDRESS): "shows the form of an address",
    ("docker-compose.yml", ADDRESS): "the database of a laptop, on this machine only; docs/operations.md says so",
    ("docs/operations.md", ADDRESS): "shows the form of an address",
    ("services/notifications/domain/webhooks.py", ADDRESS): "an example of an address that is refused",
    ("services/notifications/settings.py", ADDRESS): "shows the form of an address",
    ("shared/runtime/settings.py", ADDRESS): "shows the form of an address",
    ("shared/runtime/ways.py", ADDRESS): "shows the form of an address",
    ("tests/e2e/test_command.py", ADDRESS): "an address that cannot be read",
    ("tests/unit/notifications/test_notifications_settings.py", ADDRESS): "nobody answers there",
    ("tests/unit/runtime/test_runtime_settings.py", ADDRESS): "nobody answers there",
}
"""File and kind of what only looks like a secret, with the reason."""


def found_in(files: Iterable[Path]) -> Iterator[tuple[Path, str, int]]:
    """What looks like a secret: file, kind, line."""
    with transient_settings({"plugins_used": [{"name": name} for name in DETECTORS]}):
        for file in files:
            for secret in scan_file(str(file)):
                yield file, secret.type, secret.line_number


def test_no_file_of_the_tree_holds_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    assert len(files) > 1_000
    there = [file for file in files if file.is_file()]
    found = [(str(file.relative_to(ROOT)), kind, line) for file, kind, line in found_in(there)]
    assert [each for each in found if each[:2] not in REASONS] == []
    assert REASONS.keys() - {each[:2] for each in found} == set(), "a reason that is no longer needed"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("key.pem", "-----BEGIN " + "RSA PRIVATE KEY-----\n"),
        ("settings.py", 'AWS = "AKIA' + 'QWERTYUIOPASDFGH"\n'),
        ("values.yaml", "url: postgresql://centerline:" + "h7Gk2mXq9" + "@db.example.gov/routing\n"),
        ("notes.md", "ghp_" + "a1B2c3D4" * 4 + "e5F6\n"),
        ("token.json", '{"t": "eyJhbGciOiJIUzI1NiJ9' + ".eyJzdWIiOiJraW0ifQ" + '.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw"}\n'),
    ],
)
def test_a_secret_that_is_planted_is_found(tmp_path: Path, name: str, text: str) -> None:
    planted = tmp_path / name
    planted.write_text(text, encoding="utf-8")
    assert [(file, line) for file, _, line in found_in([planted])] == [(planted, 1)]
