"""Questions of a Center's community: asked, moderated, answered, released; and the answers for anyone."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.notifications.acts import questions as acts
from services.notifications.acts.questions import RuleBook
from services.notifications.api.broadcasts import ActOut, ReasonIn, act_out
from services.notifications.domain.questions import Question, QuestionState, RuleRow
from services.notifications.settings import NotificationsSettings
from services.notifications.store import questions as store
from services.notifications.store.questions import Published
from shared.contracts.terms import CenterCode
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import is_staff, no_such, reach_of, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["questions"])
public_router = APIRouter(tags=["questions"])

QuestionPath = Annotated[UUID, Path(description="The id of the question.")]
AnswerPath = Annotated[UUID, Path(description="The id of the question that was answered.")]
EARLIER = "rests on an earlier version"


class QuestionIn(BaseModel):
    """A question to a Center, for the whole community."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "recipient": "07-345678900",
                    "center": "CEE007",
                    "subject": "SYNTHETIC: until when to protest",
                    "text": "SYNTHETIC: from which day does the time to protest run?",
                    "is_anonymous": True,
                }
            ]
        },
    )

    recipient: str = Field(max_length=64, description="Who asks: an importer number, or the id of a party.")
    center: CenterCode
    subject: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=4000)
    is_anonymous: bool = Field(
        default=False, description="The public is not told what the asker is; the Center always is."
    )


class WordsIn(BaseModel):
    """A question in other words."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"subject": "SYNTHETIC: until when", "text": "SYNTHETIC: from which day?"}]},
    )

    subject: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=4000)


class ModerationIn(BaseModel):
    """What becomes of a question that was asked."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"decision": "admit"}]})

    decision: Literal["admit", "refuse", "merge"]
    reason: str | None = Field(default=None, min_length=1, max_length=1000, description="Why it is refused.")
    into: UUID | None = Field(default=None, description="The earlier question with which it is merged.")

    @model_validator(mode="after")
    def _is_whole(self) -> "ModerationIn":
        if (self.decision == "refuse") != (self.reason is not None):
            raise ValueError("`reason` goes with `refuse`, and with nothing else")
        if (self.decision == "merge") != (self.into is not None):
            raise ValueError("`into` goes with `merge`, and with nothing else")
        return self


class AnswerIn(BaseModel):
    """An answer, and the rule of law that it rests on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"text": "SYNTHETIC: from the day of liquidation.", "rule": "protest-180"}],
        },
    )

    text: str = Field(min_length=1, max_length=10_000)
    text_es: str | None = Field(default=None, min_length=1, max_length=10_000, description="In Spanish, beside it.")
    rule: str = Field(min_length=1, max_length=100, description="An id of GET /rules of liquidation.")


class FollowIn(BaseModel):
    """Who wants to be told."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"recipient": "07-345678900"}]})

    recipient: str = Field(max_length=64, description="An importer number, or the id of a party.")


class RuleOut(BaseModel):
    """The rule of law that an answer rests on, as it was when the question was answered."""

    rule: str = Field(examples=["protest-180"])
    text: str
    citation: str
    effective_from: str | None
    digest: str = Field(description="SHA-256 of the rule's row: another row, another digest.")


class QuestionOut(BaseModel):
    """A question as its asker and the Center see it."""

    question_id: UUID
    center: str
    state: QuestionState
    revision: int
    subject: str
    text: str
    is_anonymous: bool
    asker: str = Field(description="Not whole for staff where it can be a social security number.")
    asker_name: str
    asked_at: datetime
    held_for: str | None = Field(description="Why it is held from publication.")
    refused_for: str | None
    merged_into: UUID | None
    answer: str | None = Field(description="For its asker from when it is released.")
    answer_es: str | None
    answered_by: str | None = Field(description="For staff.")
    rule: RuleOut | None
    published_at: datetime | None
    rule_changed_at: datetime | None


class QuestionDetailOut(QuestionOut):
    """A question with its history, for staff."""

    history: list[ActOut]


class AnsweredOut(BaseModel):
    """A published answer."""

    question_id: UUID
    center: str
    subject: str
    question: str
    asked_by: str = Field(
        description="What the asker is, never who; `anonymous` where it wished so.", examples=["an importer"]
    )
    answer: str
    answer_es: str | None
    rule: RuleOut
    rests_on: str = Field(description=f"`in force`, or `{EARLIER}` when the rule has changed since.")
    rule_changed_at: datetime | None = Field(description="When the rule was first found to be another.")
    published_at: datetime


@router.post("/questions", status_code=201, summary="Ask a Center", response_model=QuestionOut)
async def ask_question(
    body: QuestionIn,
    request: Request,
    caller: Annotated[Identity, allow("question.ask")],
    call: CurrentIdempotentCall,
) -> Response:
    """A question that is of use to others too. One that names an entry or an importer is held until it is rephrased:
    ask about a matter of your own in an inquiry, or reply to its notice.
    """

    async def act(tx: Transaction) -> QuestionOut:
        asked = await acts.ask(
            tx,
            caller,
            call,
            recipient=body.recipient,
            center=body.center,
            subject=body.subject,
            text=body.text,
            is_anonymous=body.is_anonymous,
            now=now_of(request),
        )
        return _out(asked, caller)

    return await answer_once(request, call, act)


@router.get("/questions", summary="Questions of one's own, or of one's Centers")
async def list_questions(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("question.read")],
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query(description="Only to this Center.")] = None,
    state: Annotated[QuestionState | None, Query(description="Only those in this state.", examples=["asked"])] = None,
) -> Page[QuestionOut]:
    """Asked last first: for a party what it asked, for staff all of their Centers."""
    after = page.position(datetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_questions(
            connection,
            reach_of(caller, "question.read", today_of(request)),
            center=center,
            state=state,
            after=(after[0], after[1]) if after else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.asked_at, row.question_id),
        item=lambda row: _out(row, caller),
        request=request,
        response=response,
    )


@router.get("/questions/{question_id}", summary="A question")
@tells("ETag")
async def read_question(
    question_id: QuestionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("question.read")],
) -> QuestionDetailOut:
    """Where it stands. The ETag is what every change of it wants in If-Match."""
    async with transaction(engine_of(request)) as tx:
        found = await acts.find(tx, caller, question_id, now_of(request))
        history = await store.list_acts(tx.connection, question_id) if is_staff(caller) else []
    response.headers["ETag"] = etag(found.revision)
    return QuestionDetailOut(**_out(found, caller).model_dump(), history=[act_out(each) for each in history])


@router.put("/questions/{question_id}", summary="Rephrase a question", responses=problem_responses([409, 412, 428]))
@tells("ETag")
async def rephrase_question(
    question_id: QuestionPath,
    body: WordsIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("question.ask")],
    if_match: RequiredIfMatch,
) -> QuestionOut:
    """By who asked, before it is moderated; one that was held goes on when nothing confidential is left in it."""
    async with transaction(engine_of(request)) as tx:
        changed = await acts.rephrase(tx, caller, question_id, if_match, body.subject, body.text, now_of(request))
    return _tagged(changed, caller, response)


@router.post(
    "/questions/{question_id}/moderate", summary="Moderate a question", responses=problem_responses([409, 412, 428])
)
@tells("ETag")
async def moderate_question(
    question_id: QuestionPath,
    body: ModerationIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("question.moderate")],
    if_match: RequiredIfMatch,
) -> QuestionOut:
    """Admit it to be answered, refuse it with a reason, or merge it with one that was asked before."""
    now, host = now_of(request), _host(request)
    async with transaction(engine_of(request)) as tx:
        if body.decision == "refuse":
            assert body.reason is not None  # the body would not have been taken
            changed = await acts.refuse(tx, caller, question_id, if_match, body.reason, host, now)
        elif body.decision == "merge":
            assert body.into is not None  # the body would not have been taken
            changed = await acts.merge(tx, caller, question_id, if_match, body.into, host, now)
        else:
            changed = await acts.admit(tx, caller, question_id, if_match, now)
    return _tagged(changed, caller, response)


@router.put(
    "/questions/{question_id}/answer",
    summary="Answer a question",
    responses=problem_responses([409, 412, 428, 503]),
)
@tells("ETag")
async def answer_question(
    question_id: QuestionPath,
    body: AnswerIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("question.answer")],
    if_match: RequiredIfMatch,
) -> QuestionOut:
    """By an officer of its Center, on a rule as it is today; another person releases it. A published one may be
    answered anew: what is published stays until the new answer is released.
    """
    async with transaction(engine_of(request)) as tx:
        await acts.demand_answerer(tx, caller, question_id, now_of(request))
    book: RuleBook = request.app.state.rule_book
    rule = await acts.find_rule(book, body.rule)
    async with transaction(engine_of(request)) as tx:
        changed = await acts.answer(
            tx, caller, question_id, if_match, text=body.text, text_es=body.text_es, rule=rule, now=now_of(request)
        )
    return _tagged(changed, caller, response)


@router.post(
    "/questions/{question_id}/release", summary="Release an answer", responses=problem_responses([409, 412, 428])
)
@tells("ETag")
async def release_answer(
    question_id: QuestionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("question.release")],
    if_match: RequiredIfMatch,
) -> QuestionOut:
    """By a person who did not answer: it is published, and all who follow the question are told (N-46)."""
    async with transaction(engine_of(request)) as tx:
        changed = await acts.release(tx, caller, question_id, if_match, _host(request), now_of(request))
    return _tagged(changed, caller, response)


@router.post(
    "/questions/{question_id}/withdraw-answer",
    summary="Withdraw a published answer",
    responses=problem_responses([409, 412, 428]),
)
@tells("ETag")
async def withdraw_answer(
    question_id: QuestionPath,
    body: ReasonIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("question.release")],
    if_match: RequiredIfMatch,
) -> QuestionOut:
    """The public reads it no more, and all who follow the question are told why (N-46). The question waits for another
    answer, or can be refused; an answer anew that was not released yet is dropped.
    """
    async with transaction(engine_of(request)) as tx:
        changed = await acts.withdraw(tx, caller, question_id, if_match, body.reason, _host(request), now_of(request))
    return _tagged(changed, caller, response)


@router.post("/answers/{answer_id}/follow", status_code=204, summary="Follow a published question")
async def follow_question(
    answer_id: AnswerPath,
    body: FollowIn,
    request: Request,
    caller: Annotated[Identity, allow("question.follow")],
) -> Response:
    """Be told when it is answered anew, as when the rule under it has changed."""
    async with transaction(engine_of(request)) as tx:
        await acts.follow(tx, caller, answer_id, body.recipient, now_of(request))
    return Response(status_code=204)


@public_router.get("/answers", summary="Published answers of the Centers", dependencies=[allow("answer.read")])
async def search_answers(
    request: Request,
    response: Response,
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query(description="Only of this Center.")] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Only where each of these words occurs.", examples=["protest"])
    ] = None,
    rule: Annotated[str | None, Query(max_length=100, description="Only what rests on this rule.")] = None,
) -> Page[AnsweredOut]:
    """Newest first, with the rule that each rests on. Needs no identity."""
    after = page.position(datetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_published(
            connection,
            center=center,
            words=q,
            rule=rule,
            after=(after[0], after[1]) if after else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.published_at, row.question_id),
        item=_answered,
        request=request,
        response=response,
    )


@public_router.get("/answers/{answer_id}", summary="A published answer", dependencies=[allow("answer.read")])
async def read_answer(answer_id: AnswerPath, request: Request) -> AnsweredOut:
    """Under an address that stays; marked when the rule that it rests on has changed since."""
    async with reading(engine_of(request)) as connection:
        found = await store.find_published(connection, answer_id)
    if found is None:
        raise no_such(f"published answer {answer_id}")
    return _answered(found)


def _tagged(changed: Question, caller: Identity, response: Response) -> QuestionOut:
    response.headers["ETag"] = etag(changed.revision)
    return _out(changed, caller)


def _host(request: Request) -> str:
    settings: NotificationsSettings = request.app.state.settings
    return settings.mail_host


def _rule(row: RuleRow) -> RuleOut:
    return RuleOut(
        rule=row.rule,
        text=row.text,
        citation=row.citation,
        effective_from=row.effective_from,
        digest=row.digest,
    )


def _answered(row: Published) -> AnsweredOut:
    return AnsweredOut(
        question_id=row.question_id,
        center=row.center,
        subject=row.subject,
        question=row.question,
        asked_by=row.asked_by or "anonymous",
        answer=row.answer,
        answer_es=row.answer_es,
        rule=_rule(row.rule),
        rests_on="in force" if row.rule_changed_at is None else EARLIER,
        rule_changed_at=row.rule_changed_at,
        published_at=row.published_at,
    )


def _out(question: Question, caller: Identity) -> QuestionOut:
    is_of_staff = is_staff(caller)
    is_answer_shown = is_of_staff or question.state == "published"
    return QuestionOut(
        question_id=question.question_id,
        center=question.center,
        state=question.state,
        revision=question.revision,
        subject=question.subject,
        text=question.text,
        is_anonymous=question.is_anonymous,
        asker=_shown(caller, question.asker),
        asker_name=question.asker_name,
        asked_at=question.asked_at,
        held_for=question.held_for,
        refused_for=question.refused_for,
        merged_into=question.merged_into,
        answer=question.answer if is_answer_shown else None,
        answer_es=question.answer_es if is_answer_shown else None,
        answered_by=question.answered_by if is_of_staff else None,
        rule=_rule(question.rule) if question.rule is not None and is_answer_shown else None,
        published_at=question.published_at,
        rule_changed_at=question.rule_changed_at,
    )


def _shown(caller: Identity, asker: str) -> str:
    return asker if ":" in asker else shown_importer_number(caller, asker)
