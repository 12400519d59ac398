"""/ops: what operators see of a service and do with it, made once for all services.

The acts are those of the command line (`shared.operations`): what is done either way is recorded alike.
"""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import dead_letters, outbox
from shared.bus.dead_letters import headers_from_json
from shared.db import operator_acts, set_aside
from shared.db.transaction import Transaction, snapshot
from shared.operations import invariants as checks
from shared.operations import jobs, letters, standing
from shared.operations.standing import Deliveries, Known, within
from shared.runtime.access import no_such
from shared.runtime.identity import Identity
from shared.runtime.lifecycle import Readiness
from shared.runtime.logging import mask_importer_numbers
from shared.runtime.platform import Platform
from shared.runtime.together import together
from shared.web.access import allow
from shared.web.fields import LARGEST_EXACT, BigOrdinal, LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.operations_out import (
    AskIn,
    BytesOut,
    DeadLetterFaultOut,
    DeadLetterGroupOut,
    DeadLetterGroupsOut,
    DeadLetterOut,
    DeadLettersPreviewOut,
    DeliveriesOut,
    EventActIn,
    EventOut,
    EventState,
    InvariantOut,
    InvariantsOut,
    JobOut,
    JobsOut,
    JobsSummaryOut,
    LaneOut,
    LetterActIn,
    LetterFilterIn,
    LetterState,
    OperatorActOut,
    OutboxOut,
    PlaceOut,
    RetryIn,
    RowLeftOut,
    StatusOut,
    WholeDeadLetterOut,
    letter_fields,
)
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

if TYPE_CHECKING:
    from shared.runtime.service import Parts, Service

Reader = Annotated[Identity, allow("operations.read")]
LetterReader = Annotated[Identity, allow("dead-letter.read")]
Settler = Annotated[Identity, allow("dead-letter.settle")]
EventSettler = Annotated[Identity, allow("set-aside-event.settle")]
JobRunning = Annotated[Identity, allow("job.run")]
Checker = Annotated[Identity, allow("invariant.check")]
LetterId = Annotated[int, Path(ge=1, le=LARGEST_EXACT, description="The letter's id in this service.", examples=[7])]
ActId = Annotated[int, Path(ge=1, le=LARGEST_EXACT, description="The act's id in this service.", examples=[12])]
JobName = Annotated[
    str, Path(min_length=1, max_length=100, description="A job of GET /ops/jobs.", examples=["check-invariants"])
]


async def letter_filter(
    reason: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Of this reason.", examples=["bad-check-digit"])
    ] = None,
    topic: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Of this topic.", examples=["entry-filed"])
    ] = None,
    failed_from: Annotated[LegalDay | None, Query(description="Failed last on this legal day or later.")] = None,
    failed_to: Annotated[LegalDay | None, Query(description="Failed last on this legal day or earlier.")] = None,
) -> LetterFilterIn:
    """Dependency: which letters; what is left out is any."""
    return LetterFilterIn(reason=reason, topic=topic, failed_from=failed_from, failed_to=failed_to)


Wanted = Annotated[LetterFilterIn, Depends(letter_filter)]

_ACCEPTED: Final = 202
_BROKEN: Final = frozenset({"failed", "postponed"})


@dataclass(frozen=True, slots=True)
class Operated:
    """What the operations are about: `request.app.state.operated` of each service."""

    service: "Service"
    parts: "Parts"
    ends: standing.Ends = field(default_factory=standing.Ends)


router: Final = APIRouter(prefix="/ops", tags=["operations"])
deliveries_router: Final = APIRouter(prefix="/ops", tags=["operations"])
"""Only where the service sends something."""


def operations_routers(parts: "Parts") -> tuple[APIRouter, ...]:
    """The operations of operators for a service; GET /ops/deliveries only where the service sends something."""
    return (router,) if parts.deliveries is None else (router, deliveries_router)


def _operated(request: Request) -> Operated:
    operated: Operated = request.app.state.operated
    return operated


@router.get("/status", summary="Where the service stands")
async def read_operations_status(request: Request, _: Reader) -> StatusOut:
    """Readiness, lag by partition, outbox, dead letters by reason, jobs, broken invariants, deliveries.

    Each part has a second and a half; what is not known by then is null, and `unknown` says why.
    """
    of = _operated(request)
    service, deliveries = of.service, of.parts.deliveries
    platform: Platform = request.app.state.platform
    readiness: Readiness = request.app.state.readiness
    engine, seconds, now = platform.engine, standing.PART_SECONDS, now_of(request)

    async def no_deliveries() -> Deliveries | None:
        return None

    known: list[Known[Any]] = await together(
        within(readiness.report()),
        within(standing.read_places(engine, platform.bus, service.name, service.topics, of.ends)),
        within(standing.ask(engine, standing.read_waiting, seconds)),
        within(standing.ask(engine, standing.count_letters, seconds)),
        within(standing.ask(engine, standing.list_jobs, seconds)),
        within(standing.ask(engine, standing.count_findings, seconds)),
        within(deliveries(engine, now) if deliveries is not None else no_deliveries()),
    )
    names = ("checks", "places", "outbox", "dead_letters", "jobs", "broken_invariants", "deliveries")
    checked, places, waiting, parked, runs, findings, sent = (each.value for each in known)
    unknown = {name: each.problem for name, each in zip(names, known, strict=True) if each.problem is not None}
    if places is not None and any(each.behind is None for each in places):
        unknown["behind"] = "the bus does not say where its partitions end"
    return StatusOut(
        service=service.name,
        version=service.version,
        code_version=platform.settings.code_version,
        roles=sorted(platform.settings.roles),
        checks=checked,
        is_ready=None if checked is None else not any(checked.values()),
        places=None if places is None else [PlaceOut.model_validate(each, from_attributes=True) for each in places],
        behind=_sum_behind(places),
        outbox=None
        if waiting is None
        else OutboxOut(
            waiting=waiting.events,
            oldest_at=waiting.oldest_at,
            oldest_seconds=waiting.oldest_seconds,
            set_aside=waiting.set_aside,
        ),
        dead_letters=parked,
        jobs=None
        if runs is None
        else JobsSummaryOut(
            jobs=len(runs),
            failed=[each.job for each in runs if each.result in _BROKEN],
            rows_set_aside=sum(each.set_aside for each in runs),
        ),
        broken_invariants=findings,
        deliveries=None if sent is None else _deliveries_out(sent),
        unknown=unknown,
    )


def _sum_behind(places: list[standing.Place] | None) -> int | None:
    if places is None or any(each.behind is None for each in places):
        return None
    return sum(each.behind or 0 for each in places)


@router.get("/dead-letter-reasons", summary="Dead letters by reason and topic")
async def list_dead_letter_reasons(
    request: Request,
    _: LetterReader,
    state: Annotated[LetterState, Query(description="Those in this state.")] = "parked",
) -> DeadLetterGroupsOut:
    """The most first, with the oldest and the newest of each."""
    async with snapshot(engine_of(request)) as tx:
        found = await dead_letters.groups(tx, state)
    return DeadLetterGroupsOut(items=[DeadLetterGroupOut.of(each) for each in found])


@router.get("/dead-letters", summary="Messages that could not be applied")
async def list_dead_letters(
    request: Request,
    response: Response,
    page: CurrentPage,
    wanted: Wanted,
    _: LetterReader,
    state: Annotated[LetterState | None, Query(description="Those in this state.")] = "parked",
) -> Page[DeadLetterOut]:
    """In the order in which they were parked, without their bytes."""
    (after,) = page.position(BigOrdinal) or (0,)
    async with snapshot(engine_of(request)) as tx:
        rows = await dead_letters.listing(tx, state=state, after=after, limit=page.fetch, wanted=wanted.read())
    return build_page(
        rows, page, key=lambda row: (row["id"],), item=DeadLetterOut.of, request=request, response=response
    )


@router.get("/dead-letters/{letter_id}", summary="One dead letter with its bytes")
async def read_dead_letter(
    request: Request,
    letter_id: LetterId,
    _: LetterReader,
    offset: Annotated[
        int, Query(ge=0, le=LARGEST_EXACT, description="The first byte that is shown of the message.")
    ] = 0,
    most: Annotated[
        int, Query(ge=16, le=letters.WINDOW, description="How many bytes are shown at most.")
    ] = letters.WINDOW,
) -> WholeDeadLetterOut:
    """Its headers, everything that is wrong with its message, and the message as text and in hexadecimal digits.

    A number in it that can be a social security number is not shown whole.
    """
    settings = request.app.state.settings
    async with snapshot(engine_of(request)) as tx:
        row = await dead_letters.find(tx, letter_id)
        if row is None:
            raise no_such(f"dead letter {letter_id}")
        settled = await operator_acts.find(tx, row["settled_by"]) if row["settled_by"] is not None else None
    refused = letters.read_anew(row, settings.max_event_bytes)
    return WholeDeadLetterOut(
        **letter_fields(row),
        headers={
            letters.hide(name.encode()).decode(): letters.hide(value).decode("utf-8", "replace")
            for name, value in headers_from_json(row["headers"]).items()
        },
        refused_now=None if refused is None else mask_importer_numbers(refused.detail),
        faults=[
            DeadLetterFaultOut.model_validate(asdict(each)) for each in (refused.faults if refused is not None else ())
        ],
        message=BytesOut.model_validate(letters.show(row["value"], offset, most), from_attributes=True),
        settled_by=None if settled is None else OperatorActOut.of(settled),
    )


@router.get("/dead-letter-preview", summary="What an act on many letters would reach")
async def preview_dead_letters(request: Request, wanted: Wanted, _: LetterReader) -> DeadLettersPreviewOut:
    """How many parked letters the filter gives, since when, and the first of them; nothing is changed."""
    async with snapshot(engine_of(request)) as tx:
        return DeadLettersPreviewOut.of(await letters.preview(tx, wanted.read()))


@router.post(
    "/dead-letter-acts",
    status_code=_ACCEPTED,
    summary="Replay or discard dead letters",
    responses={_ACCEPTED: {"model": OperatorActOut}},
)
async def act_on_dead_letters(
    request: Request, body: LetterActIn, call: CurrentIdempotentCall, caller: Settler
) -> Response:
    """Have the service try messages again with the ids that they had, or settle them as not to be applied.

    Up to 500 are named by id; of more the filter is given with what its preview said, and where that is not so any
    more the answer is 409. Of many the schedulers of the service settle the rest, slice by slice; GET
    /ops/acts/{act_id} says how far it is. Letters stay as history, with the act.
    """
    at = now_of(request)

    async def act(tx: Transaction) -> OperatorActOut:
        how: dict[str, Any] = {"reason": body.reason, "by": caller.signature, "at": at}
        is_replay = body.act == "replay"
        if body.matching is None:
            return OperatorActOut.of(await letters.settle_ids(tx, body.ids or [], is_replay=is_replay, **how))
        wanted, of = body.matching.read(), body.matching
        return OperatorActOut.of(
            await letters.settle_like(tx, wanted, letters=of.letters, up_to=of.up_to, is_replay=is_replay, **how)
        )

    return await answer_once(request, call, act, status=_ACCEPTED)


@router.get("/set-aside-events", summary="Events that the bus did not take")
async def list_set_aside_events(
    request: Request,
    response: Response,
    page: CurrentPage,
    _: Reader,
    state: Annotated[EventState, Query(description="Those in this state.")] = "waiting",
) -> Page[EventOut]:
    """In the order in which they were to be published, without their bytes."""
    (after,) = page.position(BigOrdinal) or (0,)
    async with snapshot(engine_of(request)) as tx:
        rows = await outbox.list_set_aside(tx, state=state, after=after, limit=page.fetch)
    return build_page(rows, page, key=lambda row: (row["id"],), item=EventOut.of, request=request, response=response)


@router.post(
    "/set-aside-event-acts",
    status_code=_ACCEPTED,
    summary="Publish events that were set aside, or discard them",
    responses={_ACCEPTED: {"model": OperatorActOut}},
)
async def act_on_set_aside_events(
    request: Request, body: EventActIn, call: CurrentIdempotentCall, caller: EventSettler
) -> Response:
    """Published ones go behind all that waits in the outbox; readers take events in any order."""
    at = now_of(request)

    async def act(tx: Transaction) -> OperatorActOut:
        done = await letters.settle_set_aside(
            tx, body.ids, is_published=body.act == "publish", reason=body.reason, by=caller.signature, at=at
        )
        return OperatorActOut.of(done)

    return await answer_once(request, call, act, status=_ACCEPTED)


@router.get("/jobs", summary="Scheduled jobs")
async def list_scheduled_jobs(request: Request, _: Reader) -> JobsOut:
    """When each ran last, how it ended, how long it took, and when it runs next."""
    async with snapshot(engine_of(request)) as tx:
        return JobsOut(items=[JobOut.of(each) for each in await standing.list_jobs(tx)])


@router.get("/jobs/{job}/rows", summary="Rows that a job leaves out")
async def list_job_rows(
    request: Request, response: Response, job: JobName, page: CurrentPage, _: Reader
) -> Page[RowLeftOut]:
    """What the job could not do, each with its error; importer numbers are not shown whole."""
    (after,) = page.position(int) or (0,)
    async with snapshot(engine_of(request)) as tx:
        await jobs.find_job(tx, job)
        rows = await set_aside.page_rows(tx, job, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.row_id,),
        item=RowLeftOut.of,
        request=request,
        response=response,
    )


@router.post(
    "/jobs/{job}/runs",
    status_code=_ACCEPTED,
    summary="Run a job now",
    responses={_ACCEPTED: {"model": OperatorActOut}},
)
async def run_job_now(
    request: Request, job: JobName, body: AskIn, call: CurrentIdempotentCall, caller: JobRunning
) -> Response:
    """A scheduler of the service runs it within a second or two, beside its schedule, which stays as it is.

    Where it runs already, it runs once more when that has ended. GET /ops/acts/{act_id} says how it ended.
    """
    at = now_of(request)

    async def act(tx: Transaction) -> OperatorActOut:
        return OperatorActOut.of(await jobs.ask_for_run(tx, job, reason=body.reason, by=caller.signature, at=at))

    return await answer_once(request, call, act, status=_ACCEPTED)


@router.post(
    "/jobs/{job}/retries",
    status_code=_ACCEPTED,
    summary="Have rows tried again that a job leaves out",
    responses={_ACCEPTED: {"model": OperatorActOut}},
)
async def retry_job_rows(
    request: Request, job: JobName, body: RetryIn, call: CurrentIdempotentCall, caller: JobRunning
) -> Response:
    """The next run of the job tries them, all of the job where neither numbers nor keys are given.

    Numbers are those of `GET /ops/jobs/{job}/rows`, which names a row whose key is not shown whole.
    """
    at = now_of(request)

    async def act(tx: Transaction) -> OperatorActOut:
        await jobs.find_job(tx, job)
        return OperatorActOut.of(
            await jobs.retry_rows(tx, job, body.keys, row_ids=body.ids, reason=body.reason, by=caller.signature, at=at)
        )

    return await answer_once(request, call, act, status=_ACCEPTED)


@router.get("/invariants", summary="Statements that must always hold")
async def list_invariants(request: Request, _: Reader) -> InvariantsOut:
    """What the checks on a schedule found, and what the last check on demand said."""
    async with snapshot(engine_of(request)) as tx:
        findings = await standing.count_findings(tx)
        last = await operator_acts.find_last(tx, checks.CHECK)
    result = {} if last is None else last.result
    shown = []
    for each in _operated(request).parts.invariants:
        said = result.get(each.name)
        asked = last if said is not None else None
        shown.append(
            InvariantOut(
                name=each.name,
                meaning=each.meaning,
                is_walked=each.walk is not None,
                broken=findings.get(each.name, 0) if each.walk is not None else None,
                last_asked_at=asked.asked_at if asked is not None else None,
                last_asked_by=asked.asked_by if asked is not None else None,
                violations=(said or {}).get("violations"),
                lines=(said or {}).get("lines", []),
                problem=(said or {}).get("problem"),
            )
        )
    return InvariantsOut(items=shown)


@router.post(
    "/invariant-checks",
    status_code=_ACCEPTED,
    summary="Check every invariant now",
    responses={_ACCEPTED: {"model": OperatorActOut}},
)
async def check_invariants_now(request: Request, body: AskIn, call: CurrentIdempotentCall, caller: Checker) -> Response:
    """A scheduler of the service checks them on the whole database, one after the other, a minute each at most.

    What takes longer is told as not known; `centerline check-invariants` waits as long as it takes.
    """
    at, parts = now_of(request), _operated(request).parts

    async def act(tx: Transaction) -> OperatorActOut:
        asked = await checks.ask(tx, parts.invariants, reason=body.reason, by=caller.signature, at=at)
        return OperatorActOut.of(asked)

    return await answer_once(request, call, act, status=_ACCEPTED)


@router.get("/acts", summary="What operators asked for")
async def list_operator_acts(
    request: Request, response: Response, page: CurrentPage, _: Reader
) -> Page[OperatorActOut]:
    """The newest first, with who and why; acts by the command line stand among them."""
    (before,) = page.position(BigOrdinal) or (None,)
    async with snapshot(engine_of(request)) as tx:
        rows = await operator_acts.listing(tx, before=before, limit=page.fetch)
    return build_page(
        rows, page, key=lambda row: (row.act_id,), item=OperatorActOut.of, request=request, response=response
    )


@router.get("/acts/{act_id}", summary="How far an act is")
async def read_operator_act(request: Request, act_id: ActId, _: Reader) -> OperatorActOut:
    """What was asked for, by whom and why, and what has been done of it."""
    async with snapshot(engine_of(request)) as tx:
        act = await operator_acts.find(tx, act_id)
    if act is None:
        raise no_such(f"act {act_id}")
    return OperatorActOut.of(act)


@deliveries_router.get("/deliveries", summary="Deliveries to people")
async def read_waiting_deliveries(request: Request, _: Reader) -> DeliveriesOut:
    """What waits and what fails, by lane and channel, and all by state; no recipient is named."""
    count = _operated(request).parts.deliveries
    assert count is not None
    engine: AsyncEngine = engine_of(request)
    return _deliveries_out(await count(engine, now_of(request)))


def _deliveries_out(found: Deliveries) -> DeliveriesOut:
    return DeliveriesOut(
        waiting=[LaneOut.model_validate(each, from_attributes=True) for each in found.waiting],
        by_state=None if found.by_state is None else dict(found.by_state),
    )
