"""A real identity provider as a process: nanoidp, with a discovery document and RSA keys that it rotates."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import yaml

from tests.support.product import LOOPBACK, find_free_ports

CLIENT = ("desk", "desk-secret")
PASSWORD = "for-tests-only"
_TRIES = 300


class OidcServer:
    """The provider: where it is, its process, and what its client asks of it."""

    def __init__(self, issuer: str, process: subprocess.Popen[bytes], keys: Path) -> None:
        self.issuer = issuer
        self._keys = keys
        self._process = process
        self._http = httpx.Client(base_url=issuer, timeout=30, trust_env=False)

    def tokens(self, user: str, **claims: Any) -> dict[str, str]:
        """What the token endpoint gives for a user's password, an access and a refresh token, with these claims."""
        form = {"grant_type": "password", "username": user, "password": PASSWORD, "extra": json.dumps(claims)}
        answer = self._http.post("/token", data=form, auth=CLIENT)
        answer.raise_for_status()
        return dict(answer.json())

    def logout_token(self, audience: str, **claims: Any) -> str:
        """What a provider sends to end sessions elsewhere (Back-Channel Logout 1.0): signed by the key in use."""
        said = {
            "iss": self.issuer,
            "aud": audience,
            "iat": int(time.time()),
            "exp": int(time.time()) + 120,
            "jti": uuid4().hex,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        } | claims
        said = {name: value for name, value in said.items() if value is not None}
        kid = (self._keys / "kid.txt").read_text().strip()
        private = (self._keys / "rsa_private.pem").read_text()
        return jwt.encode(said, private, algorithm="RS256", headers={"kid": kid, "typ": "logout+jwt"})

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self._http.post("/api/keys/rotate").raise_for_status()

    def stop(self) -> None:
        """End the process; asking again changes nothing."""
        self._process.terminate()
        self._process.wait(30)

    def close(self) -> None:
        """Leave nothing behind."""
        self._http.close()
        self.stop()

    def wait_until_ready(self, log: Path) -> None:
        """Return when the discovery document can be read."""
        for _ in range(_TRIES):
            if self._process.poll() is not None:
                break
            try:
                if self._http.get("/.well-known/openid-configuration").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(f"the provider did not start:\n{log.read_text(errors='replace')[-2000:]}")


@contextmanager
def running_oidc_server(
    folder: Path, users: Mapping[str, list[str]], audience: str, *, token_minutes: int = 60
) -> Iterator[OidcServer]:
    """Start the provider with these users and their roles, and end it after the block."""
    port = find_free_ports(1)
    issuer = f"http://{LOOPBACK}:{port}"
    folder.mkdir()
    client_id, client_secret = CLIENT
    settings = {
        "config_version": 1,
        "server": {"host": LOOPBACK, "port": port},
        "oauth": {
            "issuer": issuer,
            "audience": audience,
            "token_expiry_minutes": token_minutes,
            "clients": [{"client_id": client_id, "client_secret": client_secret}],
        },
        "jwt": {"keys_dir": str(folder / "keys")},
    }
    known = {name: {"password": PASSWORD, "roles": roles} for name, roles in users.items()}
    (folder / "settings.yaml").write_text(yaml.safe_dump(settings))
    (folder / "users.yaml").write_text(yaml.safe_dump({"config_version": 1, "users": known}))
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "nanoidp", f"--config={folder}", "--strict-config"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    server = OidcServer(issuer, process, folder / "keys")
    try:
        server.wait_until_ready(log)
        yield server
    finally:
        server.close()
