"""Assembles the HTTP side of a service: one call gives each API the same errors, identity, health, docs."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from types import MappingProxyType
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
from shared.web.docs import add_docs
from shared.web.documents import complete
from shared.web.guard import InputGuard
from shared.web.health import Watched
from shared.web.health import router as health_router
from shared.web.identity import tokens_router
from shared.web.me import router as me_router
from shared.web.middleware import OF_THE_FRAMEWORK, RequestMiddleware
from shared.web.problem import PUBLIC_DOCUMENTED, Problem, answer_refused, install_handlers, problem_responses
from shared.web.problems import router as problems_router
from shared.web.rate_limit import CallLimit
from shared.web.sandbox import SCHEME
from shared.web.sandbox import router as sandbox_router
from shared.web.tokens import TokenVerifier

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

MAX_BODY_BYTES: Final = 1_048_576


class Application(FastAPI):
    """FastAPI whose OpenAPI document knows the problem schema that the error responses point to.

    `public_operations` are the operation ids that take a token and need none, `described` the routes by operation id,
    `subjects` what the service's own tags are about; `is_sandbox` whether it issues tokens itself.
    """

    public_operations: frozenset[str] = frozenset()
    described: Mapping[str, APIRoute] = MappingProxyType({})
    subjects: Mapping[str, str] = MappingProxyType({})
    is_sandbox: bool = False

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            _, definitions = models_json_schema(
                [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
            )
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(definitions["$defs"])
            for operation in (each for path in document["paths"].values() for each in path.values()):
                if operation.get("operationId") in self.public_operations:
                    operation["security"] = [{}, {"token": []}]
            if self.is_sandbox:
                _take_tokens_of_the_sandbox(document)
            complete(document, self.described, self.subjects)
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
    public_routers: Iterable[APIRouter] = (),
    subjects: Mapping[str, str] = MappingProxyType({}),
    clock: Clock | None = None,
    lifespan: Lifespan | None = None,
    max_body_bytes: int = MAX_BODY_BYTES,
) -> Application:
    """Build the application of a service.

    Every route names an action of the table of authority. Those of `routers` demand an identity and document the usual
    problems; those of `public_routers`, whose actions the table grants to the public, also answer anyone, as often as
    the settings allow (`public_caller`), and so does /problems.
    /healthz, /readyz, /metrics, /docs and /openapi.json take no token, nor do /tokens and /sandbox in development.
    `state` is what endpoints find on `request.app.state`, beside `settings`, `metrics`, `readiness`, `clock`, `tokens`,
    `calls` and `public_calls`. `subjects` says what the tags of the routes are about. Raises ValueError when a route
    names no action, or one of the public stands elsewhere, and when two routes share a function name, which is the
    operation id.
    """
    if settings.clock_behind_seconds is not None:
        description = (
            f"**A demonstration: nothing here is real, and its clock is not that of the machine.** {description}"
        )
    app = Application(
        title=title,
        summary=summary,
        description=description,
        version=version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        telemetry=OF_THE_FRAMEWORK,
        generate_unique_id_function=_name_operation,
    )
    shared: dict[str, Any] = {
        "settings": settings,
        "metrics": metrics,
        "readiness": readiness,
        "clock": clock or SystemClock(),
        "tokens": TokenVerifier(settings, metrics),
        "calls": CallLimit(settings.calls_per_minute, settings.calls_at_once),
        "public_calls": CallLimit(settings.public_calls_per_minute, settings.public_calls_at_once),
    }
    for name, value in {**state, **shared}.items():
        setattr(app.state, name, value)
    install_handlers(app)
    app.add_middleware(InputGuard, answer=answer_refused)
    demonstration = shared["clock"] if settings.clock_behind_seconds is not None else None
    app.add_middleware(RequestMiddleware, metrics=metrics, max_body_bytes=max_body_bytes, demonstration=demonstration)
    app.state.watched = Watched(settings.service, settings.code_version, metrics, readiness)
    public, guarded, issuers = [*public_routers], [*routers], []
    if settings.development:
        log.warning("development: anyone can issue tokens for anyone at POST /tokens and POST /sandbox/token")
        issuers = [tokens_router, sandbox_router]
        app.is_sandbox = True
    if guarded:
        public.append(problems_router)
        named = [*_name_actions(guarded, are_public=False), *_name_actions(public, are_public=True)]
        app.state.actions = tuple(dict.fromkeys(named))
        guarded.append(me_router)
    _check_operation_ids([health_router, *guarded, *issuers, *public])
    add_docs(app)
    app.include_router(health_router)
    for router in issuers:
        app.include_router(router, responses=problem_responses([422]))
    for router in guarded:
        app.include_router(router, responses=problem_responses())
    for router in public:
        app.include_router(router, responses=problem_responses(PUBLIC_DOCUMENTED))
    app.public_operations = frozenset(_operation_ids(public))
    app.described, app.subjects = _routes_by_id([health_router, *guarded, *issuers, *public]), subjects
    return app


def _name_actions(routers: Iterable[APIRouter], *, are_public: bool) -> list[str]:
    """Every action of the routes, which say in the OpenAPI document what they need.

    Raises ValueError for a route without one, and for one of the public among the others or the other way round.
    """
    named: list[str] = []
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                continue
            if not (actions := actions_of(route)):
                raise ValueError(f"the route {route.name} names no action of the table of authority")
            if any(is_public(action) != are_public for action in actions):
                raise ValueError(f"the route {route.name} stands among the wrong routers: {', '.join(actions)}")
            route.openapi_extra = {**(route.openapi_extra or {}), "x-authority": list(actions)}
            named.extend(actions)
    return named


def _take_tokens_of_the_sandbox(document: dict[str, Any]) -> None:
    """Say that whoever needs a token gets one here; the token is the same in both schemes."""
    document["components"].setdefault("securitySchemes", {})["sandbox"] = SCHEME
    for operation in (each for path in document["paths"].values() for each in path.values()):
        if {"token": []} in operation.get("security", []):
            operation["security"] = [*operation["security"], {"sandbox": []}]


def _name_operation(route: APIRoute) -> str:
    return route.name


def _check_operation_ids(routers: Iterable[APIRouter]) -> None:
    """Look at the routers as they were written: those of the application are worked out when they are first called."""
    if repeated := [name for name, count in Counter(_operation_ids(routers)).items() if count > 1]:
        raise ValueError(f"two routes share a name, which is the operation id: {', '.join(repeated)}")


def _operation_ids(routers: Iterable[APIRouter]) -> list[str]:
    routes = [route for router in routers for route in router.routes]
    return [str(route.name) for route in iter_route_contexts(routes) if isinstance(route.original_route, APIRoute)]


def _routes_by_id(routers: Iterable[APIRouter]) -> dict[str, APIRoute]:
    return {route.name: route for router in routers for route in router.routes if isinstance(route, APIRoute)}
