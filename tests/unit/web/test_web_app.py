"""The app factory: what every API gets without asking."""

from collections.abc import Callable

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, Field
from structlog.testing import capture_logs

from shared.runtime.errors import Conflict, Refused, Transient
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.settings import ServiceSettings
from shared.runtime.tracing import current_trace
from shared.web.access import allow
from shared.web.app import Application
from shared.web.identity import identity
from tests.unit.web.conftest import SETTINGS

MakeApp = Callable[..., Application]
Connect = Callable[[Application], httpx.AsyncClient]

router = APIRouter(prefix="/entries", tags=["entries"])


class Line(BaseModel):
    value_usd: int = Field(gt=0)
    importer_number: str | None = None


@router.post("", status_code=201, dependencies=[allow("entry.read")])
async def file_entry(body: Line) -> Line:
    return body


@router.get("/{entry_number}", dependencies=[allow("entry.read")])
async def read_entry(entry_number: str, request: Request) -> dict[str, str | None]:
    match entry_number:
        case "refused":
            raise Refused(
                "The period ended on 2026-01-01.",
                rule="EXT-1",
                code="too-late",
                citation="19 CFR 159.12",
                remedy="Protest.",
            )
        case "conflict":
            raise Conflict("Taken by Lee.")
        case "transient":
            raise Transient("database is away")
        case "bug":
            raise KeyError("12-345678900")
    trace = current_trace.get()
    return {"trace": trace.trace_id if trace else None, "store": request.app.state.store}


@pytest.fixture
def client(make_app: MakeApp, connect: Connect) -> httpx.AsyncClient:
    return connect(make_app(router, store="here"))


async def test_a_refusal_names_rule_citation_and_remedy(client: httpx.AsyncClient) -> None:
    answer = await client.get("/entries/refused", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/too-late",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "The period ended on 2026-01-01.",
        "instance": "/entries/refused",
        "code": "too-late",
        "rule": "EXT-1",
        "citation": "19 CFR 159.12",
        "remedy": "Protest.",
        "trace_id": "a" * 32,
    }


async def test_a_conflict_is_409(client: httpx.AsyncClient) -> None:
    answer = await client.get("/entries/conflict")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_a_transient_error_asks_to_come_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/entries/transient")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "database" not in answer.text


async def test_a_bug_leaks_nothing_but_the_trace_id_and_is_logged(client: httpx.AsyncClient, metrics: Metrics) -> None:
    with capture_logs() as logs:
        answer = await client.get("/entries/bug")
    assert answer.status_code == 500
    assert "12-345678900" not in answer.text
    assert "KeyError" not in answer.text
    assert len(answer.json()["trace_id"]) == 32
    assert answer.headers["x-request-id"]
    assert [line["event"] for line in logs] == ["unexpected error", "request"]
    assert b'route="/entries/{entry_number}",status="500"} 1.0' in metrics.render()


async def test_every_answer_of_a_demonstration_says_so_with_its_clock(make_app: MakeApp, connect: Connect) -> None:
    settings = SETTINGS.model_copy(update={"development": True, "clock_behind_seconds": 604_800.0})
    client = connect(make_app(router, settings=settings, store="here"))
    paths = (
        "/healthz",
        "/metrics",
        "/docs",
        "/entries/E1",
        "/entries/refused",
        "/entries/bug",
        "/me",
        "/nowhere",
        "/%00",
    )
    answers = [await client.get(path) for path in paths]
    assert {200, 404, 422, 500} == {answer.status_code for answer in answers}
    assert {answer.headers.get("centerline-clock") for answer in answers} == {"demonstration; now=2026-03-02T19:03:11Z"}
    described = (await client.get("/openapi.json")).json()["info"]["description"]
    assert described.startswith("**A demonstration: nothing here is real")


async def test_where_nothing_is_demonstrated_no_answer_says_so(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/entries/E1", "/nowhere"):
        assert "centerline-clock" not in (await client.get(path)).headers
    assert "demonstration" not in (await client.get("/openapi.json")).json()["info"]["description"]


async def test_an_invalid_request_names_field_and_rule_without_the_input(client: httpx.AsyncClient) -> None:
    answer = await client.post("/entries", json={"value_usd": 0, "importer_number": ["123-45-6789"]})
    problem = answer.json()
    assert answer.status_code == 422
    assert [(item["field"], item["rule"]) for item in problem["errors"]] == [
        ("body.value_usd", "too-small"),
        ("body.importer_number", "form"),
    ]
    assert "6789" not in answer.text


async def test_broken_json_is_an_invalid_request(client: httpx.AsyncClient) -> None:
    answer = await client.post("/entries", content="{", headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["rule"] == "not-json"


async def test_a_body_that_is_too_large_is_refused_as_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.post("/entries", content=b"1" * 2_000_000)
    assert answer.status_code == 413
    assert answer.json()["code"] == "content-too-large"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/none", 404), ("PUT", "/entries", 405)])
async def test_framework_errors_are_problems_too(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_usable_request_id_is_kept_and_any_other_replaced(client: httpx.AsyncClient) -> None:
    kept = await client.get("/entries/1", headers={"x-request-id": "abc-1"})
    replaced = await client.get("/entries/1", headers={"x-request-id": "a b\tc"})
    assert kept.headers["x-request-id"] == "abc-1"
    assert len(replaced.headers["x-request-id"]) == 36


async def test_endpoints_see_the_state_and_the_callers_trace(client: httpx.AsyncClient) -> None:
    answer = await client.get("/entries/1", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    assert answer.json() == {"trace": "a" * 32, "store": "here"}


async def test_metrics_count_by_route_and_never_by_path(client: httpx.AsyncClient, metrics: Metrics) -> None:
    await client.get("/entries/B7603245275")
    await client.get("/wp-admin")
    text = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/entries/{entry_number}",status="200"} 1.0' in text
    assert 'route="unmatched",status="404"' in text
    assert "B7603245275" not in text


async def test_health_needs_no_identity(make_app: MakeApp, connect: Connect, readiness: Readiness) -> None:
    client = connect(make_app(router))
    client.headers.pop("authorization")
    alive = await client.get("/healthz")
    assert alive.json() == {"status": "alive", "service": "routing", "code_version": "abc123"}
    assert (await client.get("/readyz")).json() == {"is_ready": True, "checks": {}}
    readiness.raise_flag("supervisor", "stopping")
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"is_ready": False, "checks": {"supervisor": "stopping"}}
    assert (await client.get("/docs")).status_code == 200
    assert (await client.get("/openapi.json")).status_code == 200
    assert (await client.get("/redoc")).status_code == 404


def _demands_identity(dependant: Dependant) -> bool:
    return dependant.call is identity or any(map(_demands_identity, dependant.dependencies))


OPEN_PATHS = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/docs",
    "/docs/static",
    "/openapi.json",
    "/problems",
    "/problems/{code}",
}


def _open_paths(app: FastAPI) -> set[str]:
    return {
        route.path
        for route in iter_route_contexts(app.routes)
        if not isinstance(route.original_route, APIRoute) or not _demands_identity(route.dependant)
    }


def test_every_route_but_health_and_docs_demands_an_identity(make_app: MakeApp) -> None:
    assert _open_paths(make_app(router)) == OPEN_PATHS


def test_a_route_that_names_no_action_is_refused_at_the_start(make_app: MakeApp) -> None:
    forgetful = APIRouter()

    @forgetful.get("/everything")
    async def read_everything() -> str:
        return "for nobody"

    with pytest.raises(ValueError, match="read_everything names no action"):
        make_app(router, forgetful)


def test_an_action_that_the_table_does_not_know_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"entry\.burn"):
        allow("entry.burn")


async def test_only_a_public_action_is_answered_without_an_identity(make_app: MakeApp, connect: Connect) -> None:
    public = APIRouter()

    @public.get("/bulletin", summary="Public", dependencies=[allow("bulletin.read")])
    async def read_public() -> str:
        return "for everyone"

    app = make_app(router, public_routers=[public])
    assert _open_paths(app) == OPEN_PATHS | {"/bulletin"}
    client = connect(app)
    client.headers.pop("authorization")
    assert (await client.get("/bulletin")).json() == "for everyone"
    assert (await client.get("/entries/1")).status_code == 401
    operation = app.openapi()["paths"]["/bulletin"]["get"]
    assert operation["security"] == [{}, {"token": []}]
    assert operation["x-authority"] == ["bulletin.read"]
    assert set(operation["responses"]) == {"200", "401", "404", "422", "429", "503"}


def test_the_only_other_open_routes_issue_development_tokens(make_app: MakeApp, settings: ServiceSettings) -> None:
    development = settings.model_copy(update={"development": True})
    assert _open_paths(make_app(router, settings=development)) == OPEN_PATHS | {
        *("/tokens", "/sandbox/token", "/sandbox/personas")
    }


def test_every_operation_documents_its_problems_and_its_identity(make_app: MakeApp) -> None:
    document = make_app(router).openapi()
    operation = document["paths"]["/entries/{entry_number}"]["get"]
    assert operation["operationId"] == "read_entry"
    assert operation["security"] == [{"token": []}]
    for status in ("401", "403", "404", "409", "422"):
        content = operation["responses"][status]["content"]
        assert list(content) == ["application/problem+json"]
        example = content["application/problem+json"]["example"]
        assert example["status"] == int(status)
    assert {"Problem", "FieldProblem"} <= document["components"]["schemas"].keys()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert "security" not in document["paths"]["/healthz"]["get"]


def test_two_routes_of_one_name_are_refused(make_app: MakeApp) -> None:
    twin = APIRouter()
    twin.add_api_route("/other", read_entry)
    with pytest.raises(ValueError, match="read_entry"):
        make_app(router, twin)


async def test_tokens_are_issued_in_development_only(
    make_app: MakeApp, connect: Connect, client: httpx.AsyncClient
) -> None:
    assert (await client.post("/tokens", json={"subject": "lee"})).status_code == 404
    settings = ServiceSettings(
        service="routing",
        database_url="postgresql://localhost/routing",
        bus="kafka",
        port=8001,
        token_secret="s" * 32,
        development=True,
    )
    development = connect(make_app(router, settings=settings, store="here"))
    development.headers.pop("authorization")
    issued = await development.post("/tokens", json={"subject": "lee", "roles": ["importer"]})
    assert issued.status_code == 201
    token = issued.json()["access_token"]
    answer = await development.get("/entries/1", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    refused = await development.post("/tokens", json={"subject": "lee", "role": "importer"})
    assert refused.json()["errors"][0]["rule"] == "unknown-field"
