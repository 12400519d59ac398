"""Webhooks of the caller's recipients: registered, tried, rotated, turned off and on, with the log of each."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.notifications.acts import webhooks as acts
from services.notifications.acts.hooking import call, trial_message
from services.notifications.acts.inbox import accounts_of
from services.notifications.domain.webhooks import Webhook
from services.notifications.settings import NotificationsSettings
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import webhooks as store
from services.notifications.store.deliveries import WebhookDelivery
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.clock import start_stopwatch
from shared.runtime.encryption import Undecipherable
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.web.access import allow
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of
from shared.webhooks.client import Unreachable, WebhookClient

router = APIRouter(tags=["webhooks"])

_SHOWN_ONCE: Final = (
    "The secret is shown once, in the first answer to this call; POST /webhooks/{webhook_id}/rotate gives a new one."
)
WebhookPath = Annotated[UUID, Path(description="The id of the webhook.")]


class WebhookIn(BaseModel):
    """A receiver of notices."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"recipient": "07-345678900", "url": "https://receiver.example/hooks", "kinds": ["N-03"]}]
        }
    )

    recipient: str = Field(max_length=64, description="An importer number, or the id of a party.")
    url: str = Field(max_length=2000, description="An https address of the public network.")
    kinds: list[str] = Field(default_factory=list, max_length=40, description="Kinds of notice; none: all of them.")


class WebhookOut(BaseModel):
    """A receiver of notices, without its secrets."""

    webhook_id: UUID
    recipient: str
    url: str
    kinds: list[str]
    state: Literal["active", "off"]
    off_reason: str | None
    failing_since: datetime | None = Field(description="Since when it has taken nothing; after five days it is off.")
    paused_until: datetime | None = Field(
        description="Until when it is not called, because it has just failed; what waits for it waits together."
    )
    secrets_in_use: int = Field(description="Two while a secret is rotated.")
    created_by: str
    created_at: datetime


class WebhookSecretOut(WebhookOut):
    """A receiver with its new secret, which is shown this once."""

    secret: str = Field(examples=["whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="])


class WebhookRegisteredOut(WebhookOut):
    """A receiver that was registered; the first answer to the call has its secret, and no other answer has it."""

    secret: str | None = Field(
        description="Shown in the first answer alone; null when the call is sent again with its key.",
        examples=["whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="],
    )
    secret_note: str = Field(default=_SHOWN_ONCE, examples=[_SHOWN_ONCE])


class TrialOut(BaseModel):
    """How a test event went."""

    message_id: str
    status: int | None = Field(description="What the receiver answered; null when no answer came.")
    is_taken: bool
    detail: str | None
    milliseconds: int


class WebhookDeliveryOut(BaseModel):
    """One notice on its way to a receiver."""

    notice_id: UUID
    recipient_role: str
    kind: str
    state: str
    attempts: int
    last_error: str | None
    queued_at: datetime
    next_try_at: datetime | None
    settled_at: datetime | None


@router.get("/webhooks", summary="Webhooks of the caller's recipients")
async def list_webhooks(request: Request, caller: Annotated[Identity, allow("webhook.read")]) -> list[WebhookOut]:
    """Of the importer numbers and parties that the caller speaks for."""
    async with reading(engine_of(request)) as connection:
        rows = await store.list_webhooks(connection, accounts_of(caller))
    return [_webhook(row, now_of(request)) for row in rows]


@router.post(
    "/webhooks",
    status_code=201,
    response_model=WebhookRegisteredOut,
    summary="Register a webhook",
    responses=problem_responses([409]),
)
async def register_webhook(
    body: WebhookIn,
    request: Request,
    caller: Annotated[Identity, allow("webhook.manage")],
    call_once: CurrentIdempotentCall,
) -> Response:
    """Every notice to the recipient from now on is also sent there, signed by Standard Webhooks. Nothing else changes:
    a webhook adds to what the law requires. The secret is shown this once, also when the call is sent again.
    """
    settings: NotificationsSettings = request.app.state.settings

    async def act(tx: Transaction) -> WebhookRegisteredOut:
        webhook, secret = await acts.register(
            tx,
            caller,
            call_once,
            recipient=body.recipient,
            url=body.url,
            kinds=body.kinds,
            allow_private=settings.webhook_allow_private,
            cipher=request.app.state.cipher,
            now=now_of(request),
        )
        return WebhookRegisteredOut(**_webhook(webhook, now_of(request)).model_dump(), secret=secret)

    return await answer_once(request, call_once, act, keep=_without_secret)


@router.get("/webhooks/{webhook_id}", summary="A webhook")
async def read_webhook(
    webhook_id: WebhookPath, request: Request, caller: Annotated[Identity, allow("webhook.read")]
) -> WebhookOut:
    """Where it goes, whether it is on, and since when it has taken nothing."""
    async with transaction(engine_of(request)) as tx:
        webhook = await acts.read(tx, caller, webhook_id, "webhook.read", now_of(request))
    return _webhook(webhook, now_of(request))


@router.post("/webhooks/{webhook_id}/rotate", summary="Give a webhook a new secret")
async def rotate_webhook(
    webhook_id: WebhookPath, request: Request, caller: Annotated[Identity, allow("webhook.manage")]
) -> WebhookSecretOut:
    """For a day each call is signed with both; then with the new one alone."""
    async with transaction(engine_of(request)) as tx:
        webhook, secret = await acts.rotate_secret(tx, caller, webhook_id, request.app.state.cipher, now_of(request))
    return WebhookSecretOut(**_webhook(webhook, now_of(request)).model_dump(), secret=secret)


@router.post("/webhooks/{webhook_id}/disable", summary="Turn a webhook off")
async def disable_webhook(
    webhook_id: WebhookPath, request: Request, caller: Annotated[Identity, allow("webhook.manage")]
) -> WebhookOut:
    """What still waits for it is not sent."""
    async with transaction(engine_of(request)) as tx:
        webhook = await acts.switch(tx, caller, webhook_id, "off", now_of(request))
    return _webhook(webhook, now_of(request))


@router.post("/webhooks/{webhook_id}/enable", summary="Turn a webhook on again")
async def enable_webhook(
    webhook_id: WebhookPath, request: Request, caller: Annotated[Identity, allow("webhook.manage")]
) -> WebhookOut:
    """Notices from now on are sent to it; those of the time between are in GET /notices."""
    async with transaction(engine_of(request)) as tx:
        webhook = await acts.switch(tx, caller, webhook_id, "active", now_of(request))
    return _webhook(webhook, now_of(request))


@router.post("/webhooks/{webhook_id}/test", summary="Send a test event")
async def test_webhook(
    webhook_id: WebhookPath, request: Request, caller: Annotated[Identity, allow("webhook.manage")]
) -> TrialOut:
    """Call the receiver now, with a signed event of which nothing is real, and say what it answered."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        webhook = await acts.read(tx, caller, webhook_id, "webhook.manage", now)
    client: WebhookClient = request.app.state.webhooks
    message_id = event_id("webhook-test", str(webhook_id), now.isoformat())
    elapsed = start_stopwatch()
    try:
        answer = await call(client, request.app.state.cipher, webhook, message_id, trial_message(webhook, now), now)
        status, detail = answer.status, answer.says or None
    except (Unreachable, Undecipherable) as error:
        status, detail = None, str(error)
    return TrialOut(
        message_id=message_id,
        status=status,
        is_taken=status is not None and 200 <= status < 300,
        detail=detail,
        milliseconds=int(elapsed() * 1000),
    )


@router.get("/webhooks/{webhook_id}/deliveries", summary="What went to a webhook")
async def list_webhook_deliveries(
    webhook_id: WebhookPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("webhook.read")],
    page: CurrentPage,
) -> Page[WebhookDeliveryOut]:
    """Its log, newest first: each notice with its state, tries and the last error."""
    after = page.position(datetime, UUID)
    async with transaction(engine_of(request)) as tx:
        webhook = await acts.read(tx, caller, webhook_id, "webhook.read", now_of(request))
        rows = await delivery_store.list_webhook_deliveries(
            tx.connection, webhook.channel, after=(after[0], after[1]) if after else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.queued_at, row.notice_id),
        item=_delivery,
        request=request,
        response=response,
    )


def _delivery(row: WebhookDelivery) -> WebhookDeliveryOut:
    return WebhookDeliveryOut(**row._asdict())


def _without_secret(registered: WebhookRegisteredOut) -> WebhookRegisteredOut:
    return registered.model_copy(update={"secret": None})


def _webhook(webhook: Webhook, now: datetime) -> WebhookOut:
    return WebhookOut(
        webhook_id=webhook.webhook_id,
        recipient=webhook.recipient,
        url=webhook.url,
        kinds=list(webhook.kinds),
        state="active" if webhook.state == "active" else "off",
        off_reason=webhook.off_reason,
        failing_since=webhook.failing_since,
        paused_until=webhook.paused_until,
        secrets_in_use=len(webhook.signing(now)),
        created_by=webhook.created_by,
        created_at=webhook.created_at,
    )
