"""People and tokens of the sandbox: in development from the document alone, in production not there at all."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.console.acts.people import SAMPLE_PEOPLE
from shared.customs.authority import authority_table
from shared.customs.reference_data import read_table
from shared.runtime.settings import ServiceSettings, SettingsError, load_settings
from shared.web.app import Application
from shared.web.sandbox import SECRET, personas
from tests.support.product import ROOT, clean_environment
from tests.support.services import SERVICES
from tests.unit.web.conftest import SETTINGS

MakeApp = Callable[..., Application]
Connect = Callable[[Application], httpx.AsyncClient]
FORM = {"grant_type": "client_credentials", "client_id": "kim", "client_secret": SECRET}
PATHS = ("/sandbox/personas", "/sandbox/token", "/tokens")


def of_nobody(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers.pop("authorization")
    return client


@pytest.fixture
def sandbox(make_app: MakeApp, connect: Connect) -> httpx.AsyncClient:
    return of_nobody(connect(make_app(guarded(), settings=SETTINGS.model_copy(update={"development": True}))))


def guarded() -> Any:
    from tests.unit.web.test_web_public import guarded as router

    return router


@pytest.mark.parametrize("is_basic", [True, False], ids=["basic", "form"])
async def test_a_token_is_had_with_what_the_document_says(sandbox: httpx.AsyncClient, is_basic: bool) -> None:
    document = (await sandbox.get("/openapi.json")).json()
    scheme = document["components"]["securitySchemes"]["sandbox"]
    url = scheme["flows"]["clientCredentials"]["tokenUrl"]
    person = (await sandbox.get("/sandbox/personas")).json()["items"][4]
    assert person["client_id"] == "kim"
    if is_basic:
        form = {"grant_type": "client_credentials"}
        answer = await sandbox.post(url, data=form, auth=(person["client_id"], SECRET))
    else:
        answer = await sandbox.post(url, data=FORM)
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 28_800)
    me = await sandbox.get("/me", headers={"authorization": f"Bearer {token['access_token']}"})
    assert (me.json()["subject"], me.json()["roles"], me.json()["centers"]) == (
        "kim",
        ["import-specialist"],
        ["CEE003"],
    )


async def test_every_operation_that_needs_a_token_takes_one_of_the_sandbox(sandbox: httpx.AsyncClient) -> None:
    document = (await sandbox.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            taken = [name for each in operation.get("security", []) for name in each]
            assert ("sandbox" in taken) == ("token" in taken), path
    assert document["paths"]["/me"]["get"]["security"] == [{"token": []}, {"sandbox": []}]


@pytest.mark.parametrize(
    "changes",
    [{"client_secret": "guess"}, {"client_id": "nobody"}, {"client_id": ""}],
    ids=["other secret", "nobody", "no name"],
)
async def test_nobody_else_gets_a_token(sandbox: httpx.AsyncClient, changes: dict[str, str]) -> None:
    answer = await sandbox.post("/sandbox/token", data=FORM | changes)
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown-persona")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_another_grant_is_refused(sandbox: httpx.AsyncClient) -> None:
    answer = await sandbox.post("/sandbox/token", data=FORM | {"grant_type": "password"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.grant_type")


async def test_without_development_the_sandbox_is_absent(make_app: MakeApp, connect: Connect) -> None:
    client = of_nobody(connect(make_app(guarded())))
    document = (await client.get("/openapi.json")).json()
    assert "sandbox" not in document["components"]["securitySchemes"]
    assert not [path for path in document["paths"] if path.startswith(PATHS)]
    for path in PATHS:
        assert (await client.post(path, data=FORM)).status_code == 404
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_production_refuses_the_settings_of_a_sandbox(service: Any) -> None:
    with pytest.raises(SettingsError, match=r"CENTERLINE_DEVELOPMENT: .*production does not issue tokens"):
        load_settings(
            service.settings,
            database_url="postgresql://localhost/x",
            bus="kafka",
            env="production",
            private_network=True,
            development=True,
            token_secret="s" * 32,
            token_issuer="https://login.example.gov",
        )


def test_a_service_does_not_start_as_a_sandbox_in_production() -> None:
    given = {
        "CENTERLINE_ENV": "production",
        "CENTERLINE_DEVELOPMENT": "true",
        "CENTERLINE_DATABASE_URL": "postgresql://localhost/routing",
        "CENTERLINE_BUS": "kafka",
    }
    done = subprocess.run(
        [sys.executable, "-m", "services.routing"],
        cwd=ROOT,
        env=clean_environment(given) | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "CENTERLINE_DEVELOPMENT" in done.stderr
    assert "production does not issue tokens" in done.stderr


def test_people_of_the_sandbox_are_those_of_the_sample() -> None:
    sample = {each.identity.subject: each.identity for each in SAMPLE_PEOPLE}
    for person in personas():
        assert person.identity == sample[person.identity.subject]
        assert person.what.endswith(".")
    assert len({person.identity.subject for person in personas()}) == len(read_table("sandbox_personas"))


def test_each_of_them_may_do_something() -> None:
    granted = {role for row in authority_table() for role in row.roles}
    assert all(person.identity.roles <= granted for person in personas())


def test_settings_say_production_unless_told_otherwise() -> None:
    assert ServiceSettings.model_fields["env"].default == "production"
    assert ServiceSettings.model_fields["development"].default is False
