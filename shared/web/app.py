"""Assembles the HTTP side of a service: one call gives each API the same errors, identity, health, docs."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic.json_schema import models_json_schema

from shared.runtime.clock import Clock, SystemClock
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.settings import ServiceSettings
from shared.web.access import actions_of, is_public
from shared.web.health import build_health_router
from shared.web.identity import tokens_router
from shared.web.me import build_me_router
from shared.web.middleware import RequestMiddleware
from shared.web.problem import Problem, install_handlers, problem_responses

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

MAX_BODY_BYTES: Final = 1_048_576


class Application(FastAPI):
    """FastAPI whose OpenAPI document knows the problem schema that the error responses point to."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            _, definitions = models_json_schema(
                [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
            )
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(definitions["$defs"])
        assert self.openapi_schema is not None
        return self.openapi_schema


def create_app(
    *,
    title: str,
    summary: str,
    description: str,
    version: str,
    settings: ServiceSettings,
    metrics: Metrics,
    readiness: Readiness,
    state: Mapping[str, Any],
    routers: Iterable[APIRouter],
    clock: Clock | None = None,
    lifespan: Lifespan | None = None,
    max_body_bytes: int = MAX_BODY_BYTES,
) -> Application:
    """Build the application of a service.

    Every route names an action of the table of authority, and demands an identity unless the action is public;
    /healthz, /readyz, /metrics, /docs and /openapi.json do not, nor does /tokens in development. `state` is
    what endpoints find on `request.app.state`, beside `settings`, `metrics`, `readiness` and `clock`. /docs
    loads its scripts from a public network; offline, read /openapi.json. Raises ValueError when a route names no
    action, and when two share a function name, which is the operation id.
    """
    app = Application(
        title=title,
        summary=summary,
        description=description,
        version=version,
        lifespan=lifespan,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        generate_unique_id_function=_name_operation,
    )
    shared: dict[str, Any] = {
        "settings": settings,
        "metrics": metrics,
        "readiness": readiness,
        "clock": clock or SystemClock(),
    }
    for name, value in {**state, **shared}.items():
        setattr(app.state, name, value)
    install_handlers(app)
    app.add_middleware(RequestMiddleware, metrics=metrics, max_body_bytes=max_body_bytes)
    open_to_all: list[APIRouter] = []
    if settings.development:
        log.warning("development: anyone can issue tokens for anyone at POST /tokens")
        open_to_all.append(tokens_router)
    health, guarded = build_health_router(settings.service, settings.code_version, metrics, readiness), [*routers]
    _check_operation_ids([health, *guarded, *open_to_all])
    named = _name_actions(guarded)
    if guarded:
        guarded.append(build_me_router(named))
    app.include_router(health)
    for router in guarded:
        app.include_router(router, responses=problem_responses())
    for router in open_to_all:
        app.include_router(router, responses=problem_responses([422]))
    return app


def _name_actions(routers: Iterable[APIRouter]) -> list[str]:
    """Every action of the routes, which say in the OpenAPI document what they need; raises ValueError without one."""
    named: list[str] = []
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                continue
            if not (actions := actions_of(route)):
                raise ValueError(f"the route {route.name} names no action of the table of authority")
            is_open = all(map(is_public, actions))
            said: dict[str, Any] = {"x-authority": list(actions), **({"security": [{}]} if is_open else {})}
            route.openapi_extra = {**(route.openapi_extra or {}), **said}
            named.extend(actions)
    return named


def _name_operation(route: APIRoute) -> str:
    return route.name


def _check_operation_ids(routers: Iterable[APIRouter]) -> None:
    """Look at the routers as they were written: those of the application are worked out when they are first called."""
    routes = [route for router in routers for route in router.routes]
    names = Counter(route.name for route in iter_route_contexts(routes) if isinstance(route.original_route, APIRoute))
    if repeated := [str(name) for name, count in names.items() if count > 1]:
        raise ValueError(f"two routes share a name, which is the operation id: {', '.join(repeated)}")
