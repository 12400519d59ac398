"""Notices, each with its words and its deliveries."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.notifications.acts import inbox as acts
from services.notifications.acts.inbox import IMPORTER, matter_of_notice, recipients_of, spoken_for
from services.notifications.acts.rendering import render_text
from services.notifications.api.letters import NoticeLetterOut, letter_of
from services.notifications.api.replies import GivenReplyOut, given_reply
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import State
from services.notifications.domain.replies import reply_to
from services.notifications.domain.webhooks import CHANNEL
from services.notifications.settings import NotificationsSettings
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import letters as letter_store
from services.notifications.store import notices as notice_store
from services.notifications.store import replies as reply_store
from services.notifications.store.deliveries import Delivery, LedgerLine
from services.notifications.store.notices import NoticeFilter, WrittenNotice
from shared.customs.parties import is_party_id, kind_of_party
from shared.db.transaction import reading
from shared.runtime.access import demand_sight, is_staff, no_such, reach_of, shown_importer_number
from shared.runtime.identity import Identity
from shared.runtime.parties import party_ids
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, today_of

router = APIRouter(tags=["notices"])


class NoticeOut(BaseModel):
    """A notice: what it is, about what, since when, until when, under which law."""

    notice_id: UUID
    kind: str = Field(examples=["N-09"])
    name: str = Field(examples=["Courtesy notice of liquidation"])
    form: str
    has_legal_effect: bool = Field(description="False where the notice itself changes nobody's rights.")
    variant: str | None = Field(description="Which case of its kind the notice is.", examples=["allowed-in-part"])
    version: int = Field(description="The version of the catalogue that the notice was made with.")
    importer_number: str | None = Field(
        description="Masked when it is a social security number of someone else; null of what a filer alone is told."
    )
    entry_number: str | None = Field(description="The entry, when the notice is about one.")
    entry_count: int
    filer_code: str | None
    center: str | None
    issued_on: date
    due_on: date | None
    citation: str
    if_nothing_is_done: str
    acknowledged_at: datetime | None = Field(
        description="When the importer acknowledged it; for another party that reads it, when that did. Null: not yet."
    )


class LedgerLineOut(BaseModel):
    """One line of a delivery's ledger."""

    sequence: int
    event: str = Field(examples=["sent"])
    detail: str | None
    at: datetime


class DeliveryOut(BaseModel):
    """One way of a notice to a recipient, its state and its history."""

    channel: str = Field(examples=["email"])
    recipient_role: str = Field(examples=["importer"])
    recipient: str | None = Field(description="Id of the party, where it went to one.", examples=["filer:B76"])
    state: State
    attempts: int
    message_id: str | None
    sent_to: str | None = Field(description="Shown to staff and to the importer.")
    last_error: str | None
    queued_at: datetime
    next_try_at: datetime | None
    held_for: str | None = Field(
        description="Why it waited though it could go out: quiet-hours or digest, as the recipient asked, or rate."
    )
    settled_at: datetime | None
    ledger: list[LedgerLineOut]


class ReplyOut(BaseModel):
    """Where an answer goes: the call of the service that works on the matter."""

    service: str = Field(examples=["workqueue"])
    method: str = Field(examples=["POST"])
    path: str = Field(examples=["/requests/8f0c/answers"])
    says: str


class NoticeDetailOut(NoticeOut):
    """A notice with its facts, its words and its deliveries."""

    entry_numbers: list[str]
    facts: dict[str, Any]
    text: str
    reply: ReplyOut
    replies: list[GivenReplyOut] = Field(description="What was replied here, the oldest first.")
    deliveries: list[DeliveryOut]
    letter: NoticeLetterOut | None = Field(description="The notice on paper; null where its kind is no letter.")


@router.get("/notices", summary="Notices")
async def list_notices(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("notice.read")],
    page: CurrentPage,
    kind: Annotated[str | None, Query(description="Id in the catalogue.", examples=["N-09"])] = None,
    entry: Annotated[str | None, Query(description="Entry number, with or without hyphens.")] = None,
    importer: Annotated[str | None, Query(description="Importer number, whole.", max_length=20)] = None,
    state: Annotated[State | None, Query(description="Only notices with a delivery in this state.")] = None,
    filer: Annotated[str | None, Query(description="Filer code.", max_length=3, examples=["B76"])] = None,
    due_from: Annotated[LegalDay | None, Query(description="What is due on this day or later.")] = None,
    due_to: Annotated[LegalDay | None, Query(description="What is due on this day or earlier.")] = None,
    unread: Annotated[bool, Query(description="Only what nobody acknowledged for the caller's party.")] = False,
) -> Page[NoticeOut]:
    """Newest first. Staff see all; importers, brokers and sureties those that concern them."""
    acts.demand_kind(kind)
    wanted = NoticeFilter(
        kind=kind,
        entry_number=canonical_entry_number(entry) if entry else None,
        importer_number=importer,
        filer_code=filer.upper() if filer else None,
        due_from=due_from,
        due_to=due_to,
        unread_by=recipients_of(caller) if unread else None,
        state=state.value if state else None,
        reach=reach_of(caller, "notice.read", today_of(request)),
    )
    after = page.position(date, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await notice_store.list_notices(
            connection, wanted, after=(after[0], after[1]) if after else None, limit=page.fetch
        )
        acknowledged = await delivery_store.find_acknowledged(connection, [row.notice_id for row in rows])
    return build_page(
        rows,
        page,
        key=lambda row: (row.issued_on, row.notice_id),
        item=lambda row: NoticeOut(**_notice(row, caller, acknowledged.get(row.notice_id, {}))),
        request=request,
        response=response,
    )


@router.get("/notices/{notice_id}", summary="A notice with its words and its deliveries")
async def read_notice(
    notice_id: Annotated[UUID, Path(description="The id of the notice.")],
    request: Request,
    caller: Annotated[Identity, allow("notice.read")],
) -> NoticeDetailOut:
    """Everything about one notice; the importer number is masked in its words."""
    async with reading(engine_of(request)) as connection:
        notice = await notice_store.find_notice(connection, notice_id)
        deliveries = await delivery_store.find_deliveries(connection, notice_id)
        ledger = await delivery_store.find_ledger(connection, notice_id)
        replies = await reply_store.list_replies(connection, notice_id)
        batched = await letter_store.find_batched(connection, notice_id, IMPORTER)
        proofs = await letter_store.list_proofs(connection, [notice_id])
        acknowledged = await delivery_store.find_acknowledged(connection, [notice_id])
    if notice is None:
        raise no_such(f"notice {notice_id}")
    demand_sight(caller, "notice", today_of(request), matter_of_notice(notice), f"notice {notice_id}")
    settings: NotificationsSettings = request.app.state.settings
    shows_address = is_staff(caller) or notice.importer_number in caller.importer_numbers | {None}
    return NoticeDetailOut(
        **_notice(notice, caller, acknowledged.get(notice_id, {})),
        entry_numbers=list(notice.entry_numbers),
        facts=dict(notice.body),
        text=render_text(notice, name="the importer of record", base_url=settings.link_base),
        reply=_reply(notice),
        replies=[given_reply(each) for each in replies],
        deliveries=[
            _delivery(item, ledger, shows_address=shows_address)
            for item in deliveries
            # Whom else the importer lets act for it is nobody else's business.
            if shows_address
            or item.recipient_role in party_ids(caller)
            or (not is_party_id(item.recipient_role) and not item.channel.startswith(CHANNEL))
        ],
        letter=letter_of(notice, batched, proofs, caller),
    )


def _reply(notice: WrittenNotice) -> ReplyOut:
    reply = reply_to(notice.kind, notice.notice_id, notice.body)
    return ReplyOut(service=reply.service, method=reply.method, path=reply.path, says=reply.says)


def _notice(notice: WrittenNotice, caller: Identity, acknowledged: Mapping[str, datetime]) -> dict[str, Any]:
    kind = CATALOGUE[notice.kind]
    told = spoken_for(caller, notice) or ({IMPORTER} if is_staff(caller) else frozenset())
    return {
        "notice_id": notice.notice_id,
        "kind": notice.kind,
        "name": kind.name,
        "form": kind.form,
        "has_legal_effect": kind.words(notice.variant).has_legal_effect,
        "variant": notice.variant,
        "version": notice.version,
        "importer_number": shown_importer_number(caller, notice.importer_number) if notice.importer_number else None,
        "entry_number": notice.entry_number,
        "entry_count": len(notice.entry_numbers),
        "filer_code": notice.filer_code,
        "center": notice.center,
        "issued_on": notice.issued_on,
        "due_on": notice.due_on,
        "citation": notice.citation,
        "if_nothing_is_done": notice.if_nothing_is_done,
        "acknowledged_at": min((at for role, at in acknowledged.items() if role in told), default=None),
    }


def _delivery(delivery: Delivery, ledger: Sequence[LedgerLine], *, shows_address: bool) -> DeliveryOut:
    way = (delivery.channel, delivery.recipient_role)
    return DeliveryOut(
        channel=delivery.channel,
        recipient_role=kind_of_party(delivery.recipient_role),
        recipient=delivery.recipient_role if is_party_id(delivery.recipient_role) else None,
        state=delivery.state,
        attempts=delivery.attempts,
        message_id=delivery.message_id,
        sent_to=delivery.sent_to if shows_address else None,
        last_error=delivery.last_error if shows_address else None,
        queued_at=delivery.queued_at,
        next_try_at=delivery.next_try_at,
        held_for=delivery.held_for,
        settled_at=delivery.settled_at,
        ledger=[
            LedgerLineOut(
                sequence=line.sequence, event=line.event, detail=line.detail if shows_address else None, at=line.at
            )
            for line in ledger
            if (line.channel, line.recipient_role) == way
        ],
    )
