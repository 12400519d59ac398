"""Letters on paper: read as PDF, listed while they wait, and what the post did with them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import StreamingResponse

from services.notifications.acts import letters as acts
from services.notifications.acts.inbox import matter_of_notice
from services.notifications.acts.letters import shown_addressee, typeset_letter
from services.notifications.acts.typesetting import LetterRules
from services.notifications.domain.letters import Proof, SetAside, has_letter
from services.notifications.store import letters as store
from services.notifications.store import notices as notice_store
from services.notifications.store.letters import IMPORTER, BatchedLetter, NotedProof
from services.notifications.store.notices import WrittenNotice
from shared.db.transaction import reading, transaction
from shared.runtime.access import demand_sight, is_staff, no_such, reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.fields import LegalDay
from shared.web.files import depot_of
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["letters"])

NoticePath = Annotated[UUID, Path(description="The id of the notice.")]
ShortLine = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")]
CertifiedNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-z ]{8,40}$"),
    Field(description="Number of certified mail, where it was.", examples=["9407 1000 0000 0000 0000 00"]),
]
PDF_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The letter, tagged PDF (PDF/UA-1)."}
}


class LetterOut(BaseModel):
    """A letter that waits to be mailed; GET /notices/{notice_id}/letter.pdf is the letter."""

    notice_id: UUID
    recipient_role: str
    kind: str
    name: str | None
    center: str | None
    due_on: date | None
    queued_at: datetime
    batch_id: UUID | None = Field(description="The batch that it is in; null: in none yet.")
    set_aside: SetAside | None = Field(description="Why the last batch could not take it; null: nothing is known.")
    detail: str | None = Field(description="What is wrong, in words.")


class MailedIn(BaseModel):
    """When and how a letter was handed to the post."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"mailed_on": "2026-03-06", "carrier": "USPS", "mail_class": "First-Class Mail"}]
        },
    )

    mailed_on: LegalDay
    carrier: ShortLine | None = None
    mail_class: ShortLine | None = None
    certified_number: CertifiedNumber | None = None

    @property
    def proof(self) -> Proof:
        """In the terms of the rules."""
        return Proof("mailed", self.mailed_on, self.carrier, self.mail_class, self.certified_number)


class ReturnedIn(BaseModel):
    """When the post brought a letter back, and what it wrote on it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"returned_on": "2026-03-20", "reason": "Not deliverable as addressed."}]},
    )

    returned_on: LegalDay
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class ProofOut(BaseModel):
    """What the post did with a letter, as somebody noted it."""

    act: Literal["mailed", "returned"]
    done_on: date = Field(description="The real day on which it was done.")
    carrier: str | None
    mail_class: str | None
    certified_number: str | None
    reason: str | None
    batch_id: UUID | None
    noted_by: str | None = Field(description="Shown to staff.")
    noted_at: datetime


class NoticeLetterOut(BaseModel):
    """The letter of a notice: where it is read, its batch, and its way through the post."""

    href: str = Field(examples=["/notices/8f0c2c9e-7a55-5d52-9d7c-0c1d5c6b2f10/letter.pdf"])
    batch_id: UUID | None = Field(description="The batch in which it went to the print shop; null: in none.")
    typeset_at: datetime | None
    language: str | None
    pages: int | None
    sha256: str | None
    proofs: list[ProofOut] = Field(description="Mailed, returned; empty while neither is known.")


@router.get("/letters", summary="Letters that are to be mailed")
async def list_letters(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("letter.read")],
    page: CurrentPage,
    set_aside: Annotated[
        bool | None, Query(description="True: only those that could go into no batch, to be mended; false: the others.")
    ] = None,
    batch: Annotated[UUID | None, Query(description="Only those of this batch.")] = None,
) -> Page[LetterOut]:
    """The oldest first, of the caller's Centers: notices that the law has come by mail, where no e-mail arrived.

    A postal address that nobody gave is unknown, and its letter stays here until the account has one.
    """
    after = page.position(datetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_letters(
            connection,
            reach_of(caller, "letter.read", today_of(request)),
            is_set_aside=set_aside,
            batch_id=batch,
            after=(after[0], after[1]) if after else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.queued_at, row.notice_id),
        item=lambda row: LetterOut(
            notice_id=row.notice_id,
            recipient_role=row.recipient_role,
            kind=row.kind,
            name=row.name,
            center=row.center,
            due_on=row.due_on,
            queued_at=row.queued_at,
            batch_id=row.batch_id,
            set_aside=row.reason,
            detail=row.detail,
        ),
        request=request,
        response=response,
    )


@router.get(
    "/notices/{notice_id}/letter.pdf",
    summary="A notice as a letter",
    response_class=Response,
    responses=PDF_CONTENT,
)
@tells("Content-Disposition", "ETag")
async def read_letter(
    notice_id: NoticePath,
    request: Request,
    caller: Annotated[Identity, allow("notice.read")],
    language: Annotated[
        Literal["en", "es"] | None, Query(description="Where the kind has it; by default that of the importer.")
    ] = None,
    known: Annotated[str | None, Header(alias="If-None-Match", description="The ETag of the letter you have.")] = None,
) -> Response:
    """For a window envelope, with its words as the mail has them; the same bytes each time, by which the ETag knows it.

    Once it went to the print shop it is the letter of its batch. Whoever is not the importer or staff gets it without
    the postal address.
    """
    async with reading(engine_of(request)) as connection:
        notice = await notice_store.find_notice(connection, notice_id)
        if notice is None:
            raise no_such(f"notice {notice_id}")
        demand_sight(caller, "notice", today_of(request), matter_of_notice(notice), f"notice {notice_id}")
        acts.demand_letter(notice)
        batched = await store.find_batched(connection, notice_id, IMPORTER)
        addressee = await store.find_addressee(connection, notice.importer_number)
    shows_address = is_staff(caller) or notice.importer_number in caller.importer_numbers
    if batched is not None and shows_address and language in {None, batched.language}:
        headers = _headers(notice, batched.sha256, is_final=True)
        if _is_known(known, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        pieces = await depot_of(request).open(batched.sha256)
        return StreamingResponse(pieces, media_type="application/pdf", headers=headers)
    rules: LetterRules = request.app.state.letters
    shown = shown_addressee(addressee, shows_address=shows_address)
    letter = await typeset_letter(notice, shown, rules, language or addressee.language)
    headers = _headers(notice, letter.sha256, is_final=False)
    if _is_known(known, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(letter.pdf, media_type="application/pdf", headers=headers)


@router.post(
    "/notices/{notice_id}/mailed",
    status_code=204,
    summary="Say that a letter was mailed",
    responses=problem_responses([409]),
)
async def note_letter_mailed(
    notice_id: NoticePath, body: MailedIn, request: Request, caller: Annotated[Identity, allow("letter.mail")]
) -> Response:
    """The real day of mailing goes into the ledger and the sealed history, with who said so and how it went."""
    async with transaction(engine_of(request)) as tx:
        await acts.note_mailed(tx, caller, notice_id, body.proof, now_of(request))
    return Response(status_code=204)


@router.post(
    "/notices/{notice_id}/returned",
    status_code=204,
    summary="Say that the post brought a letter back",
    responses=problem_responses([409]),
)
async def note_letter_returned(
    notice_id: NoticePath, body: ReturnedIn, request: Request, caller: Annotated[Identity, allow("letter.mail")]
) -> Response:
    """The letter has bounced: it was mailed, and did not arrive."""
    proof = Proof("returned", body.returned_on, reason=body.reason)
    async with transaction(engine_of(request)) as tx:
        await acts.note_returned(tx, caller, notice_id, proof, now_of(request))
    return Response(status_code=204)


def letter_of(
    notice: WrittenNotice, batched: BatchedLetter | None, proofs: list[NotedProof], caller: Identity
) -> NoticeLetterOut | None:
    """The letter of a notice as the caller may see it; None where its kind has none."""
    if not has_letter(notice.kind):
        return None
    return NoticeLetterOut(
        href=f"/notices/{notice.notice_id}/letter.pdf",
        batch_id=batched.batch_id if batched is not None else None,
        typeset_at=batched.typeset_at if batched is not None else None,
        language=batched.language if batched is not None else None,
        pages=batched.pages if batched is not None else None,
        sha256=batched.sha256.hex() if batched is not None else None,
        proofs=[
            ProofOut(
                act="mailed" if each.act == "mailed" else "returned",
                done_on=each.done_on,
                carrier=each.carrier,
                mail_class=each.mail_class,
                certified_number=each.certified_number,
                reason=each.reason,
                batch_id=each.batch_id,
                noted_by=each.noted_by if is_staff(caller) else None,
                noted_at=each.noted_at,
            )
            for each in proofs
        ],
    )


def _headers(notice: WrittenNotice, digest: bytes, *, is_final: bool) -> dict[str, str]:
    """A letter that went to the print shop never changes; another one follows its account."""
    return {
        "ETag": f'"{digest.hex()}"',
        "Cache-Control": "private, max-age=31536000, immutable" if is_final else "private, no-cache",
        "Content-Disposition": f'inline; filename="{notice.kind}-{notice.notice_id}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }


def _is_known(known: str | None, tag: str) -> bool:
    return known is not None and tag in {part.strip().removeprefix("W/") for part in known.split(",")}
