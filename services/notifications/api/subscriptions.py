"""News of a Center that a party asks for, and the link by which it is told no more without a login."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from services.notifications.acts import subscribing as acts
from services.notifications.acts.inbox import accounts_of
from services.notifications.acts.pages import render_unsubscribe
from services.notifications.domain.subscriptions import Links, Subscription, Topic
from services.notifications.settings import NotificationsSettings
from services.notifications.store import subscriptions as store
from shared.contracts.terms import CenterCode
from shared.db.transaction import reading, transaction
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["subscriptions"])
public_router = APIRouter(tags=["subscriptions"])

_PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",  # the address is the right to unsubscribe
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
TokenPath = Annotated[str, Path(description="As the link in a mail ends.", max_length=64)]


class SubscriptionIn(BaseModel):
    """What a recipient asks for of a Center."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"recipient": "07-345678900", "topic": "directory", "center": "CEE007", "is_on": True},
            ]
        },
    )

    recipient: str = Field(max_length=64, description="An importer number, or the id of a party.")
    topic: Topic
    center: CenterCode
    is_on: bool = Field(description="true: tell me. false: tell me no more. Nothing that the law has told is touched.")


class SubscriptionOut(BaseModel):
    """What a recipient asked for of a Center."""

    recipient: str
    topic: Topic
    center: str
    is_on: bool
    revision: int
    way: str = Field(description="`api`, or `link`: by the link in a mail.")
    changed_by: str
    changed_at: datetime


@router.get("/subscriptions", summary="News that the caller's recipients asked for")
async def list_subscriptions(
    request: Request, caller: Annotated[Identity, allow("subscription.read")]
) -> list[SubscriptionOut]:
    """Of the importer numbers and parties that the caller speaks for; what nobody asked for or ended is left out."""
    async with reading(engine_of(request)) as connection:
        rows = await store.list_subscriptions(connection, accounts_of(caller))
    return [_out(row) for row in rows]


@router.put("/subscriptions", summary="Ask for news of a Center, or for no more")
async def write_subscription(
    body: SubscriptionIn, request: Request, caller: Annotated[Identity, allow("subscription.write")]
) -> SubscriptionOut:
    """Broadcasts, changes of the directory, guidance, answers. Notices of the law go on whatever is asked."""
    async with transaction(engine_of(request)) as tx:
        return _out(
            await acts.subscribe(
                tx, caller, body.recipient, body.topic, body.center, is_on=body.is_on, now=now_of(request)
            )
        )


@public_router.get(
    "/unsubscribe/{token}",
    summary="What a link ends",
    dependencies=[allow("subscription.unsubscribe")],
    response_class=HTMLResponse,
    responses={404: {"content": {"text/html": {}}, "description": "No link of ours, as a page."}},
)
async def show_unsubscribe(token: TokenPath, request: Request) -> HTMLResponse:
    """A page that asks whether to end it: looking at the link, as mail scanners do, ends nothing."""
    async with transaction(engine_of(request)) as tx:
        try:
            offered = await acts.find_offered(tx, _links(request), token)
        except NotFound:
            return _no_link()
    return HTMLResponse(render_unsubscribe(offered, is_done=False), headers=_PAGE_HEADERS)


@public_router.post(
    "/unsubscribe/{token}",
    summary="End what a link ends",
    dependencies=[allow("subscription.unsubscribe")],
    response_class=HTMLResponse,
    responses={404: {"content": {"text/html": {}}, "description": "No link of ours, as a page."}},
)
async def unsubscribe(token: TokenPath, request: Request) -> HTMLResponse:
    """One click of a mail program (RFC 8058) or of the page: at once, without login, cookie or further question."""
    async with transaction(engine_of(request)) as tx:
        try:
            offered = await acts.unsubscribe(tx, _links(request), token, now_of(request))
        except NotFound:
            return _no_link()
    return HTMLResponse(render_unsubscribe(offered, is_done=True), headers=_PAGE_HEADERS)


def _no_link() -> HTMLResponse:
    return HTMLResponse(render_unsubscribe(None, is_done=False), status_code=404, headers=_PAGE_HEADERS)


def _links(request: Request) -> Links:
    settings: NotificationsSettings = request.app.state.settings
    return settings.unsubscribe_links


def _out(row: Subscription) -> SubscriptionOut:
    return SubscriptionOut(
        recipient=row.recipient,
        topic=row.topic,
        center=row.center,
        is_on=row.is_on,
        revision=row.revision,
        way=row.way,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )
