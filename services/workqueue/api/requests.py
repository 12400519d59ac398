"""Requests for information (CBP 28) and notices of action (CBP 29): written, issued, answered, assessed, ended."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import request as acts
from services.workqueue.acts.quality import blind
from services.workqueue.acts.request import Text, Told, matter_of
from services.workqueue.api.common import ItemId, Token, repetition_of
from services.workqueue.api.decisions import ReasonIn
from services.workqueue.api.processes import FieldOut, field_out
from services.workqueue.domain.clocks import Form
from services.workqueue.domain.processes.codes import LETTER_ISSUES
from services.workqueue.domain.questions import QUESTIONS
from services.workqueue.domain.request import PROCESS_OF, Letter, LetterAnswer, shown_stage
from services.workqueue.store import quality as quality_store
from services.workqueue.store import requests as request_store
from services.workqueue.store.requests import LetterFilter
from shared.contracts.terms import Code, EntryNumber, Money, ShortText
from shared.contracts.work import RequestState
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import Transaction, reading, snapshot
from shared.runtime.access import demand_sight, is_staff, no_such, reach_of, shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of, today_of

router = APIRouter(tags=["requests"])

RequestId = Annotated[UUID, Path(description="The letter's id.", examples=["5b7c1f6d-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])]
State = Literal["draft", RequestState]
_ISSUES = ", ".join(f"{code} {label}" for code, label in LETTER_ISSUES.items())
_ISSUE_PATTERN = f"^({'|'.join(LETTER_ISSUES)})$"


class RequestOut(BaseModel):
    """A request for information (CBP 28) or a notice of action (CBP 29), and where it stands today."""

    request_id: UUID
    item_id: UUID
    form: Form
    state: State = Field(
        description="The stage of its process. `overdue` and `silent` follow from the day; nobody records them."
    )
    entry_numbers: list[str]
    importer_number: str = Field(description="Masked when it is a social security number.")
    center: str
    questions: list[str]
    issue: str | None = Field(description=f"What it is about: {_ISSUES}.", examples=["01"])
    goods: str | None = Field(description="The tariff number that it is about, or how that begins.")
    effect_usd: str | None = Field(description="What a notice of action changes in all.")
    drafted_at: datetime
    issued_on: date | None = Field(description="Null of a draft.")
    due_on: date | None = Field(description="Until when an answer is asked for, as extended.")
    issued_by: str
    issued_by_name: str
    from_request: UUID | None = Field(description="The CBP 28 that a notice of action followed from.")
    authority: str | None = Field(
        description="The row of the table of authority that it rests on; null before rows were kept."
    )


class AnswerOut(BaseModel):
    """What a party answered: by a filing, which is an item of its own, or here."""

    received_at: datetime
    filing_number: str | None
    text: str | None
    files: list[str]
    by: str | None
    by_name: str | None
    acting_for: str | None


class RequestActOut(BaseModel):
    """What an officer did with it."""

    number: int
    act: str = Field(examples=["remind"])
    label: str
    at: datetime
    by: str
    by_name: str
    acting_for: str | None
    fields: dict[str, Any]
    reasons: list[dict[str, str | None]]
    stage: str = Field(description="To which it led.")
    authority: str


class NextRequestActOut(BaseModel):
    """An act of the stage: whether the caller's role and the facts allow it now, with what fields, and why not."""

    act: str
    label: str
    may: bool
    by_holder: bool = Field(description="Needs the token of the item's claim, while the item is worked on.")
    fields: list[FieldOut]
    code: str | None
    says: str | None
    remedy: str | None


class RequestDetailOut(RequestOut):
    """A letter with its answers; to the Center also its acts, what may be done next, the letters that it repeats."""

    answers: list[AnswerOut]
    acts: list[RequestActOut] = Field(description="Of the Center; a party sees those that were told to it.")
    next: list[NextRequestActOut] = Field(description="Empty to parties, who answer with POST …/answers.")
    earlier: list[RequestOut] = Field(description="Earlier letters on the same account, issue and goods.")


class TextIn(BaseModel):
    """What a letter says."""

    model_config = ConfigDict(extra="forbid")

    questions: list[Annotated[ShortText, Field(min_length=1)]] = Field(
        min_length=1, max_length=50, description="Questions of a CBP 28; the action and its grounds on a CBP 29."
    )
    entry_numbers: list[EntryNumber] = Field(
        default=[], max_length=999, description="More entries of the same importer on the same issue."
    )
    due_on: LegalDay | None = Field(
        default=None, description="By default 30 days from the day of issue for a CBP 28, 20 for a 29."
    )
    issue: Annotated[str, Field(pattern=_ISSUE_PATTERN)] | None = Field(
        default=None,
        description=f"What it is about: {_ISSUES}. A second CBP 28 to the account on the same issue and goods needs a"
        " supervisor.",
        examples=["02"],
    )
    goods: Annotated[str, Field(pattern=r"^[0-9]{4,10}$")] | None = Field(
        default=None, description="The tariff number of the goods, or how it begins.", examples=["8528520000"]
    )
    effect_usd: Money | None = Field(
        default=None, description="Of a notice of action: the change of duties, taxes and fees in all."
    )

    def as_text(self) -> Text:
        """The text in the words of the domain."""
        return Text(
            questions=tuple(self.questions),
            entry_numbers=tuple(self.entry_numbers),
            due_on=self.due_on,
            issue=self.issue,
            goods=self.goods,
            effect_cents=to_cents(self.effect_usd) if self.effect_usd is not None else None,
        )


class RequestIn(TextIn):
    """A request for information (CBP 28), or a notice of action (CBP 29)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"token": 1, "form": "CBP-28", "questions": ["Describe the display's resolution."]}]
        },
    )

    token: Token
    form: Form = "CBP-28"


class EditIn(TextIn):
    """A draft's new text, whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"token": 1, "questions": ["Who made the display, and where?"], "issue": "02"}]
        },
    )

    token: Token | None = Field(default=None, description="Of the claim of the item, while that is worked on.")


class IssueIn(BaseModel):
    """The issue of a draft."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": 1}]})

    token: Token | None = Field(default=None, description="Of the claim of the item, while that is worked on.")


class RequestActIn(BaseModel):
    """An act on a letter."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "act": "extend-reply",
                    "token": 1,
                    "fields": {"answer_by": "2026-04-20", "asked_by": "The importer: records are abroad."},
                }
            ]
        },
    )

    act: Code
    token: Token | None = Field(default=None, description="Of the claim of the item, while that is worked on.")
    fields: dict[str, Any] = Field(default={}, max_length=64, description="What the act asks for.")
    reasons: list[ReasonIn] = Field(default=[], max_length=100)


class RequestActedOut(BaseModel):
    """An act that was done, and where the letter stands."""

    request_id: UUID
    act: str
    number: int
    state: str
    due_on: date | None
    opened_request: UUID | None = Field(description="The draft of the notice of action that the act opened.")


class AnswerIn(BaseModel):
    """A party's answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "The tools were made in 2024; see the invoices.", "files": []}]},
    )

    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    files: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default=[], max_length=100, description="References of files or documents that belong to the answer."
    )


class AnsweredOut(BaseModel):
    """An answer that was received."""

    request_id: UUID
    state: str
    received_at: datetime


class TemplateOut(BaseModel):
    """Questions with which a letter on an issue may begin."""

    issue: str = Field(examples=["01"])
    label: str
    questions: list[str]


@router.post(
    "/items/{item_id}/requests",
    status_code=201,
    summary="Issue a request for information or a notice of action",
    response_model=RequestOut,
)
async def issue_request(
    item_id: ItemId,
    body: RequestIn,
    request: Request,
    caller: Annotated[Identity, allow("item.work")],
    call: CurrentIdempotentCall,
) -> Response:
    """Draft and issue a CBP 28 or CBP 29 at once. Sending the same again under the same key issues nothing.

    Words of an investigation are refused (422 `investigation-wording`), and so is a second CBP 28 to the account on the
    same issue and goods that no supervisor has approved (409 `repeated-request`, which shows the earlier answers).
    """

    async def issue(tx: Transaction) -> RequestOut:
        issued = await acts.issue_request(
            tx,
            item_id,
            caller,
            body.token,
            now_of(request),
            key=call.key,
            form=body.form,
            text=body.as_text(),
            repetition=repetition_of(request),
        )
        return request_out(issued, caller, today_of(request))

    return await answer_once(request, call, issue)


@router.post(
    "/items/{item_id}/drafts",
    status_code=201,
    summary="Draft a request for information or a notice of action",
    response_model=RequestOut,
)
@tells("Location")
async def draft_request(
    item_id: ItemId,
    body: RequestIn,
    request: Request,
    caller: Annotated[Identity, allow("item.work")],
    call: CurrentIdempotentCall,
) -> Response:
    """Keep a draft, which no party sees. It is issued with POST /requests/{id}/issue."""

    async def draft(tx: Transaction) -> RequestOut:
        drafted = await acts.draft_request(
            tx, item_id, caller, body.token, now_of(request), key=call.key, form=body.form, text=body.as_text()
        )
        return request_out(drafted, caller, today_of(request))

    return await answer_once(
        request, call, draft, headers=lambda drafted: {"Location": f"/requests/{drafted.request_id}"}
    )


@router.put("/requests/{request_id}", summary="Write a draft anew", response_model=RequestOut)
async def edit_draft(
    request_id: RequestId,
    body: EditIn,
    request: Request,
    caller: Annotated[Identity, allow("item.work")],
    call: CurrentIdempotentCall,
) -> Response:
    """Replace the text of a draft. What was issued, or approved by a supervisor, is not changed any more."""

    async def edit(tx: Transaction) -> RequestOut:
        drafted = await acts.edit_draft(tx, request_id, caller, body.token, now_of(request), body.as_text())
        return request_out(drafted, caller, today_of(request))

    return await answer_once(request, call, edit, status=200)


@router.post("/requests/{request_id}/issue", summary="Issue a draft", response_model=RequestOut)
async def issue_draft(
    request_id: RequestId,
    body: IssueIn,
    request: Request,
    caller: Annotated[Identity, allow("item.work")],
    call: CurrentIdempotentCall,
) -> Response:
    """Issue a CBP 28, or propose the action of a CBP 29: from today its days run."""

    async def issue(tx: Transaction) -> RequestOut:
        issued = await acts.issue_draft(tx, request_id, caller, body.token, now_of(request), repetition_of(request))
        return request_out(issued, caller, today_of(request))

    return await answer_once(request, call, issue, status=200)


@router.post(
    "/requests/{request_id}/acts", status_code=201, summary="Do an act on a letter", response_model=RequestActedOut
)
async def act_on_request(
    request_id: RequestId,
    body: RequestActIn,
    request: Request,
    caller: Annotated[Identity, allow("item.act", "item.work")],
    call: CurrentIdempotentCall,
) -> Response:
    """Remind, give more time, record an answer on paper, assess, close, propose or take an action, withdraw, approve.

    The table of its process says what each stage allows, to whom, with which fields: `next` of the letter shows it.
    """

    async def act(tx: Transaction) -> RequestActedOut:
        letter, kept, opened = await acts.act_on_request(
            tx,
            request_id,
            caller,
            now_of(request),
            repetition_of(request),
            act=body.act,
            token=body.token,
            fields=body.fields,
            reasons=[reason.model_dump() for reason in body.reasons],
        )
        return RequestActedOut(
            request_id=request_id,
            act=kept.act,
            number=kept.number,
            state=shown_stage(letter.form, letter.stage, letter.due_on, today_of(request)),
            due_on=letter.due_on,
            opened_request=opened,
        )

    return await answer_once(request, call, act)


@router.post("/requests/{request_id}/answers", status_code=201, summary="Answer a letter", response_model=AnsweredOut)
async def answer_request(
    request_id: RequestId,
    body: AnswerIn,
    request: Request,
    caller: Annotated[Identity, allow("request.answer")],
    call: CurrentIdempotentCall,
) -> Response:
    """The importer, the filer of its entries, or whom the importer has delegated to respond, answers.

    A late answer is received too; more than one is kept. An answer by filing (`response`) does the same.
    """

    async def answer(tx: Transaction) -> AnsweredOut:
        letter, given = await acts.answer_request(
            tx, request_id, caller, now_of(request), key=call.key, text=body.text, files=body.files
        )
        return AnsweredOut(request_id=request_id, state=letter.stage, received_at=given.at)

    return await answer_once(request, call, answer)


@router.get("/requests", summary="Requests for information and notices of action")
async def list_requests(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("request.read")],
    page: CurrentPage,
    state: Annotated[
        list[State] | None,
        Query(max_length=len(get_args(State)), description="In any of these states: `state=issued&state=overdue`."),
    ] = None,
    form: Annotated[Form | None, Query()] = None,
    center: Annotated[str | None, Query(examples=["CEE007"])] = None,
    importer: Annotated[str | None, Query(description="Importer of record number.")] = None,
    entry: Annotated[str | None, Query(description="Entry number, with or without hyphens.")] = None,
    due_before: Annotated[LegalDay | None, Query(description="Only letters due before this day.")] = None,
) -> Page[RequestOut]:
    """Letters that the caller may see, those due first first, drafts last: a Center's own, or those to a party."""
    today = today_of(request)
    wanted = LetterFilter(
        reach=reach_of(caller, "request.read", today),
        today=today,
        with_drafts=is_staff(caller),
        reader=caller.subject,
        states=state or (),
        form=form,
        center=center,
        importer_number=importer,
        entry_number=canonical_entry_number(entry) if entry is not None else None,
        due_before=due_before,
    )
    position = page.position(date, UUID)
    async with reading(engine_of(request)) as connection:
        letters = await request_store.list_requests(connection, wanted, after=position, limit=page.fetch)
    return build_page(
        letters,
        page,
        key=lambda letter: (letter.due_on or date.max, letter.request_id),
        item=lambda letter: request_out(letter, caller, today),
        request=request,
        response=response,
    )


@router.get("/requests/{request_id}", summary="A letter with its acts and answers")
async def read_request(
    request_id: RequestId, request: Request, caller: Annotated[Identity, allow("request.read")]
) -> RequestDetailOut:
    """The letter, what was answered, what officers did and may do next, and the earlier letters that it repeats."""
    today, what = today_of(request), f"request {request_id}"
    async with snapshot(engine_of(request)) as tx:
        letter = (await request_store.find_letters(tx.connection, [request_id])).get(request_id)
        if letter is None:
            raise no_such(what)
        demand_sight(caller, "request", today, matter_of(letter), what)
        if await quality_store.find_blind(tx.connection, [letter.item_id], caller.subject):
            raise blind()
        done = (await request_store.load_acts(tx.connection, [request_id]))[request_id]
        answers = (await request_store.load_answers(tx.connection, [letter]))[request_id]
        earlier = await acts.find_repeated(tx, letter, letter.issued_on or today, repetition_of(request))
        unseen = await quality_store.find_blind(tx.connection, [each.item_id for each in earlier], caller.subject)
        earlier = [each for each in earlier if each.item_id not in unseen]
    if not is_staff(caller):
        if not letter.is_issued:
            raise no_such(what)
        earlier = []
    told = Told(letter, tuple(done), tuple(answers))
    return _detail_out(told, earlier, caller, today)


@router.get(
    "/request-templates", summary="Questions to begin a letter with, by issue", dependencies=[allow("item.read")]
)
async def list_templates() -> list[TemplateOut]:
    """Questions for each issue; an officer changes them to fit. None has a word of an investigation."""
    return [
        TemplateOut(issue=issue, label=LETTER_ISSUES[issue], questions=list(questions))
        for issue, questions in QUESTIONS.items()
    ]


def request_out(letter: Letter, caller: Identity, today: date) -> RequestOut:
    """A request or notice as it is shown."""
    return RequestOut(**_fields(letter, caller, today))


def _fields(letter: Letter, caller: Identity, today: date) -> dict[str, Any]:
    return {
        "request_id": letter.request_id,
        "item_id": letter.item_id,
        "form": letter.form,
        "state": shown_stage(letter.form, letter.stage, letter.due_on, today),
        "entry_numbers": list(letter.entry_numbers),
        "importer_number": shown_importer_number(caller, letter.importer_number),
        "center": letter.center,
        "questions": list(letter.questions),
        "issue": letter.issue,
        "goods": letter.goods,
        "effect_usd": format_cents(letter.effect_cents) if letter.effect_cents is not None else None,
        "drafted_at": letter.drafted_at,
        "issued_on": letter.issued_on,
        "due_on": letter.due_on,
        "issued_by": letter.by.subject,
        "issued_by_name": letter.by.name,
        "from_request": letter.from_request,
        "authority": letter.authority,
    }


def _detail_out(told: Told, earlier: Sequence[Letter], caller: Identity, today: date) -> RequestDetailOut:
    letter, process = told.letter, PROCESS_OF[told.letter.form]
    staff = is_staff(caller)
    next_acts = acts.acts_now(told, [each.request_id for each in earlier], caller, today) if staff else []
    return RequestDetailOut(
        **_fields(letter, caller, today),
        answers=[_answer_out(each) for each in told.answers],
        acts=[
            RequestActOut(
                number=each.number,
                act=each.act,
                label=process.act(each.act).label,
                at=each.at,
                by=each.by.subject,
                by_name=each.by.name,
                acting_for=each.by.acting_for,
                fields=dict(each.fields),
                reasons=[dict(reason) for reason in each.reasons],
                stage=each.stage,
                authority=each.authority,
            )
            for each in told.acts
            if staff or process.act(each.act).tells
        ],
        next=[
            NextRequestActOut(
                act=act.code,
                label=act.label,
                may=bar is None,
                by_holder=act.by_holder,
                fields=[field_out(each) for each in act.fields],
                code=bar.code if bar is not None else None,
                says=bar.why if bar is not None else None,
                remedy=bar.remedy if bar is not None else None,
            )
            for act, bar in next_acts
        ],
        earlier=[request_out(each, caller, today) for each in earlier],
    )


def _answer_out(answer: LetterAnswer) -> AnswerOut:
    return AnswerOut(
        received_at=answer.at,
        filing_number=answer.filing_number,
        text=answer.text,
        files=list(answer.files),
        by=answer.by.subject if answer.by is not None else None,
        by_name=answer.by.name if answer.by is not None else None,
        acting_for=answer.by.acting_for if answer.by is not None else None,
    )
