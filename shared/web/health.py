"""The three endpoints for the machinery around a service: alive, ready, metrics; they need no identity."""

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import CONTENT_TYPE, Metrics


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"
    service: str
    code_version: str


class Ready(BaseModel):
    """Whether the process can take work, and what each check says."""

    is_ready: bool
    checks: dict[str, str | None] = Field(
        description="Each check with its problem, null where all is well.",
        examples=[{"database": None, "bus": "no answer within 2 seconds"}],
    )


@dataclass(frozen=True, slots=True)
class Watched:
    """What the endpoints tell of: `request.app.state.watched` of each service."""

    service: str
    code_version: str
    metrics: Metrics
    readiness: Readiness


router: Final = APIRouter(tags=["health"])
"""/healthz, /readyz and /metrics."""


@router.get("/healthz", summary="Is the process alive?")
async def read_health(request: Request) -> Alive:
    """Answers as long as the process can answer at all; a restart helps when it does not."""
    watched = _watched(request)
    return Alive(service=watched.service, code_version=watched.code_version)


@router.get(
    "/readyz",
    summary="Can the process take work?",
    responses={503: {"model": Ready, "description": "Not now; `checks` says why."}},
)
async def read_readiness(request: Request, response: Response) -> Ready:
    """Asks what the service needs (database, bus); traffic should wait while the answer is 503."""
    checks = await _watched(request).readiness.report()
    is_ready = not any(checks.values())
    response.status_code = 200 if is_ready else 503
    return Ready(is_ready=is_ready, checks=checks)


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def read_metrics(request: Request) -> Response:
    """Every metric of this process in the Prometheus text format."""
    return Response(_watched(request).metrics.render(), media_type=CONTENT_TYPE)


def _watched(request: Request) -> Watched:
    watched: Watched = request.app.state.watched
    return watched
