"""The HTTP side of acts on protests: on one, or on a group of them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.protest_groups import GroupResult, act_on_group, preview_on_group
from services.liquidation.acts.protests import PROTEST_ACTIONS, ActRequest, act_on_protest
from services.liquidation.api.common import law_of, money_policy_of
from services.liquidation.api.protests import Category, ProtestPath, Words
from services.liquidation.domain.protest.further_review import Criterion
from shared.contracts.terms import EntryNumber, Money
from shared.db.transaction import transaction
from shared.runtime.concurrency import etag
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import LARGEST_INTEGER, LegalDay
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["protests"])

MAX_GROUP: Final = 200
Note = Annotated[str, Field(max_length=500, description="A remark for the history.")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlainActIn(_In):
    """An act that states nothing but a remark."""

    kind: Literal[
        "begin-review",
        "ask-party",
        "party-answered",
        "resume",
        "add-grounds",
        "forward",
        "return",
        "request-set-aside",
        "set-aside",
        "refuse-set-aside",
        "withdraw",
        "request-void",
        "void-denial",
    ]
    text: Note = ""


class SuspendIn(_In):
    """Wait for a lead protest on the same question."""

    kind: Literal["suspend"]
    lead: Annotated[str, Field(min_length=1, max_length=64)]
    text: Note = ""


class AmendIn(_In):
    """Attack further categories, while the time to protest runs."""

    kind: Literal["amend"]
    categories: Annotated[list[Category], Field(min_length=1, max_length=50)]
    text: Note = ""


class AccelerateIn(_In):
    """Ask for accelerated disposition; the clock runs from the mailing."""

    kind: Literal["request-acceleration"]
    mailed_on: LegalDay | None = Field(default=None, description="Today when it is left out.")
    text: Note = ""


class FurtherReviewIn(_In):
    """Apply for further review, or grant it, by the criteria of 19 CFR 174.24."""

    kind: Literal["apply-further-review", "grant-further-review"]
    criteria: Annotated[list[Criterion], Field(max_length=4)] = []
    text: Note = ""


class ReasonedActIn(_In):
    """Refuse further review, with reasons."""

    kind: Literal["refuse-further-review"]
    reasons: Words


class HeadquartersAnswerIn(_In):
    """What headquarters decided on further review."""

    kind: Literal["answer-further-review"]
    outcome: Literal["allowed", "allowed-in-part", "denied"]
    reference: Annotated[str, Field(min_length=1, max_length=64)] = Field(examples=["HQ H300353"])
    reasons: Words


class DecisionItemIn(_In):
    """What to decide on an entry or a line of it; the change is against the entry as it stands, negative a refund."""

    entry_number: EntryNumber
    line_number: Annotated[int, Field(ge=1, le=9999)] | None = None
    outcome: Literal["allowed", "denied"]
    reasons: Words
    change_duty_usd: Money = "0.00"
    change_fees_usd: Money = "0.00"


class RecommendIn(_In):
    """Recommend a decision on every entry: by the items, the other entries as `otherwise` says."""

    kind: Literal["recommend"]
    reasons: Words
    otherwise: Literal["denied"] | None = None
    items: Annotated[list[DecisionItemIn], Field(max_length=10_000)] = []


class SignIn(_In):
    """Sign what is recommended: the decision. Its notice states the reasons and the right to sue."""

    kind: Literal["sign"]
    reasons: Annotated[str, Field(max_length=4000)] | None = None


class RejectIn(_In):
    """Reject a protest for a defect on record, without a decision on its merits."""

    kind: Literal["reject"]
    ground: Literal["untimely", "too-early", "incomplete", "no-standing", "not-protestable", "second-protest", "split"]
    reasons: Words


class SummonIn(_In):
    """Note that a suit was begun: the record is locked."""

    kind: Literal["summon"]
    filed_on: LegalDay
    court_number: Annotated[str, Field(min_length=1, max_length=40)]
    are_duties_paid: bool
    text: Note = ""


AnyActIn = Annotated[
    PlainActIn
    | SuspendIn
    | AmendIn
    | AccelerateIn
    | FurtherReviewIn
    | ReasonedActIn
    | HeadquartersAnswerIn
    | RecommendIn
    | SignIn
    | RejectIn
    | SummonIn,
    Field(discriminator="kind"),
]


class ActDoneOut(BaseModel):
    """Where the protest stands after the act."""

    protest_number: str
    version: int
    state: str
    further_review: str
    denied_on: date | None
    sue_by: date | None


class GroupPreviewIn(_In):
    """An act to try on a group of protests."""

    protest_numbers: Annotated[list[str], Field(min_length=1, max_length=MAX_GROUP)]
    act: AnyActIn


class GroupItemIn(_In):
    """A protest of a group, at the version that the preview showed."""

    protest_number: str
    version: int = Field(ge=0, le=LARGEST_INTEGER)


class GroupActIn(_In):
    """An act to do on a group of protests, each as the preview showed it."""

    protests: Annotated[list[GroupItemIn], Field(min_length=1, max_length=MAX_GROUP)]
    act: AnyActIn


class GroupItemOut(BaseModel):
    """What an act did, or would do, on one protest."""

    protest_number: str
    result: Literal["would-be-done", "done", "refused"]
    version: int | None = None
    state: str | None = None
    rule: str | None = None
    code: str | None = None
    why: str | None = None


class GroupOut(BaseModel):
    """The results, protest by protest: one that is refused does not stop the others."""

    done: int
    refused: int
    items: list[GroupItemOut]


@router.post("/protests/{protest_number}/acts", summary="Act on a protest")
@tells("ETag")
async def create_protest_act(
    protest_number: ProtestPath,
    body: AnyActIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow(*PROTEST_ACTIONS)],
    meant: RequiredIfMatch,
) -> ActDoneOut:
    """Do one act in the caller's capacity. What the law has done by now, such as a deemed denial, is done first."""
    async with transaction(engine_of(request)) as tx:
        after = await act_on_protest(
            tx, now_of(request), protest_number, meant, _requested(body), caller, money_policy_of(request)
        )
    record = after.record
    response.headers["ETag"] = etag(record.acts)
    return ActDoneOut(
        protest_number=protest_number,
        version=record.acts,
        state=record.stage,
        further_review=record.further_review,
        denied_on=record.denied_on,
        sue_by=after.sue_by,
    )


@router.post("/protest-groups/previews", summary="What an act would do on a group of protests")
async def preview_group_act(
    body: GroupPreviewIn, request: Request, caller: Annotated[Identity, allow(*PROTEST_ACTIONS)]
) -> GroupOut:
    """Nothing is done: each answers with its version, for POST /protest-groups/acts, or with what forbids the act."""
    asked = _requested(body.act, is_for_group=True)
    results = await preview_on_group(
        engine_of(request), now_of(request), body.protest_numbers, asked, caller, law_of(request)
    )
    return _group(results, "would-be-done")


@router.post("/protest-groups/acts", summary="Act on a group of protests")
async def create_group_act(
    body: GroupActIn, request: Request, caller: Annotated[Identity, allow(*PROTEST_ACTIONS)]
) -> GroupOut:
    """Each protest on its own, at the version of the preview: one that has changed since is refused as stale."""
    versions = {each.protest_number: each.version for each in body.protests}
    asked = _requested(body.act, is_for_group=True)
    results = await act_on_group(engine_of(request), now_of(request), versions, asked, caller, money_policy_of(request))
    return _group(results, "done")


def _requested(body: AnyActIn, *, is_for_group: bool = False) -> ActRequest:
    return ActRequest(body.kind, body.model_dump(mode="json", exclude={"kind"}), is_for_group)


def _group(results: Sequence[GroupResult], done: Literal["would-be-done", "done"]) -> GroupOut:
    items = [_group_item(each, done) for each in results]
    refused = sum(each.result == "refused" for each in items)
    return GroupOut(done=len(items) - refused, refused=refused, items=items)


def _group_item(result: GroupResult, done: Literal["would-be-done", "done"]) -> GroupItemOut:
    number, outcome = result.protest_number, result.outcome
    if isinstance(outcome, Refused):
        return GroupItemOut(
            protest_number=number, result="refused", rule=outcome.rule, code=outcome.code, why=outcome.detail
        )
    return GroupItemOut(protest_number=number, result=done, version=outcome.acts, state=outcome.stage)
