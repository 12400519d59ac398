"""The console's application: its pages, its files, and what is shown when something goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import cast
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from services.console.acts.calls import Services, Times
from services.console.acts.login import Login
from services.console.acts.secrets import Vault
from services.console.api import (
    accounts,
    appeals,
    assignment,
    badges,
    boards,
    bulk,
    calculator,
    criteria,
    criteria_backtests,
    cycles,
    entries,
    files,
    glossary,
    holds,
    instructions,
    items,
    letters,
    maps,
    notes,
    operations,
    outside_appeals,
    outside_channels,
    outside_declarations,
    outside_delegations,
    outside_entries,
    outside_inbox,
    outside_letters,
    outside_offers,
    outside_protests,
    outside_refunds,
    outside_work,
    program_drafts,
    program_payments,
    program_reports,
    program_running,
    programs,
    protest_grid,
    protest_groups,
    protest_selections,
    protests,
    public,
    questions,
    queue,
    radar,
    sign_in,
    start,
    tariff,
    team,
    views,
)
from services.console.api.frame import (
    STATIC,
    Console,
    FormRefused,
    NotSignedIn,
    build_templates,
    go,
    page,
    visitor,
)
from services.console.api.guard import PageGuard
from services.console.api.session import Sessions
from services.console.settings import ConsoleSettings
from services.console.store.sessions import Lifetime
from shared.runtime.errors import Transient
from shared.runtime.lifecycle import Readiness
from shared.runtime.platform import Platform
from shared.web.app import MAX_BODY_BYTES
from shared.web.health import Watched
from shared.web.health import router as health_router
from shared.web.middleware import OF_THE_FRAMEWORK, RequestMiddleware

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

ROUTERS = (
    start.router,
    sign_in.router,
    public.router,
    calculator.router,
    queue.router,
    views.router,
    bulk.router,
    badges.router,
    items.router,
    letters.router,
    outside_letters.router,
    outside_work.router,
    outside_inbox.router,
    outside_entries.router,
    outside_protests.router,
    outside_refunds.router,
    outside_declarations.router,
    outside_offers.router,
    outside_channels.router,
    outside_appeals.router,
    appeals.router,
    outside_delegations.router,
    glossary.router,
    protest_groups.router,
    protest_selections.router,
    protest_grid.router,
    protests.router,
    files.router,
    team.router,
    entries.router,
    accounts.router,
    radar.router,
    cycles.router,
    holds.router,
    instructions.router,
    programs.router,
    program_drafts.router,
    program_running.router,
    program_payments.router,
    program_reports.router,
    criteria.router,
    criteria_backtests.router,
    maps.router,
    assignment.router,
    notes.router,
    boards.router,
    tariff.router,
    questions.router,
    operations.router,
)


def build_pages(platform: Platform, readiness: Readiness) -> FastAPI:
    """Build the application of the console."""
    settings = cast("ConsoleSettings", platform.settings)
    addresses = {
        "routing": settings.routing_url,
        "workqueue": settings.workqueue_url,
        "liquidation": settings.liquidation_url,
        "notifications": settings.notifications_url,
    }
    times = Times(settings.panel_seconds, settings.act_seconds, settings.file_seconds, settings.connect_seconds)
    services = Services(addresses, times)

    @asynccontextmanager
    async def closing(_: FastAPI) -> AsyncIterator[None]:
        yield
        await services.close()

    app = FastAPI(
        title="Centerline console",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=closing,
        telemetry=OF_THE_FRAMEWORK,
    )
    vault = Vault(settings.session_key.get_secret_value())
    lifetime = Lifetime(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))
    login = _login(settings)
    app.state.console = Console(
        platform=platform,
        settings=settings,
        services=services,
        vault=vault,
        lifetime=lifetime,
        sessions=Sessions(platform, vault, lifetime, login),
        templates=build_templates(),
    )
    app.state.login = login
    app.state.watched = Watched(settings.service, settings.code_version, platform.metrics, readiness)
    app.include_router(health_router)
    for router in ROUTERS:
        app.include_router(router)
    # Files are the same for everybody, so they may be compressed; pages hold keys of forms and what somebody wrote.
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC), minimum_size=1_000, compresslevel=6))
    app.add_exception_handler(NotSignedIn, _on_not_signed_in)
    app.add_exception_handler(FormRefused, _on_form_refused)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_http)
    app.add_exception_handler(Transient, _on_transient)
    app.add_middleware(
        PageGuard,
        origin=settings.console_url,
        is_secure=settings.is_secure,
        called_by_machines=(sign_in.LOGOUT_BY_PROVIDER,),
    )
    app.add_middleware(RequestMiddleware, metrics=platform.metrics, max_body_bytes=MAX_BODY_BYTES)
    return app


def _login(settings: ConsoleSettings) -> Login | None:
    if settings.token_issuer is None or settings.login_client_id is None:
        return None
    secret = settings.login_client_secret
    return Login(
        settings.token_issuer,
        settings.login_client_id,
        None if secret is None else secret.get_secret_value(),
        settings.login_scope,
        settings.login_acr_values,
        f"{settings.console_url}{sign_in.CALLBACK}",
    )


async def _on_not_signed_in(request: Request, _: Exception) -> Response:
    to = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return go(f"/login?to={quote(to if request.method == 'GET' else '/queue', safe='/')}")


async def _on_form_refused(request: Request, _: Exception) -> Response:
    text = "This form is from another session, or from before you signed in. Nothing was done. Open the page again."
    return page(request, await visitor(request), "message.html", status=403, title="The form is too old", text=text)


async def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 422
    title = "There is no such page" if status == 404 else "This cannot be shown"
    text = "Check the address, or look for a number with the search box."
    return page(request, await visitor(request), "message.html", status=status, title=title, text=text)


async def _on_transient(_: Request, error: Exception) -> Response:
    log.warning("console without its database", error=str(error))
    answer = Response(
        "The console cannot reach its database. Nothing was done; try again in a moment.",
        503,
        media_type="text/plain",
    )
    answer.headers["retry-after"] = "5"
    return answer
