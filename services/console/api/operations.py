"""The operator's pages: where the services stand, what could not be applied, jobs, invariants, deliveries."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.console.acts.calls import Panel, panels_of
from services.console.acts.reads import (
    OpsAct,
    OpsActs,
    OpsDeliveries,
    OpsEvents,
    OpsInvariants,
    OpsJobs,
    OpsLetterGroups,
    OpsLetters,
    OpsPreview,
    OpsRows,
    OpsStatus,
    OpsWholeLetter,
)
from services.console.api.frame import (
    Form,
    Visitor,
    form_of,
    go,
    is_of_script,
    key_of,
    page,
    part,
    place_after,
    problem_page,
    signed_in,
    status_after,
    table_file,
    watcher,
)
from services.console.domain.operations import ACTS, SERVICES, STATES, lag_by_topic, say_asked
from shared.web.conditional import answer_if_changed

router = APIRouter(include_in_schema=False, prefix="/ops")

Operator = Annotated[Visitor, Depends(signed_in)]

BYTES: Final = 2_048
"""Bytes of a message on its page."""
AT_ONCE: Final = 25
"""Letters on a page of the list."""
MOST: Final = 500
"""Letters in a file."""
GOING: Final = "going-on"
_FILTERS: Final = ("reason", "topic", "failed_from", "failed_to")


async def service_of(service: str) -> str:
    """Dependency: a service of the path; no other is asked."""
    if service not in SERVICES:
        raise HTTPException(404)
    return service


OfService = Annotated[str, Depends(service_of)]


@router.get("")
async def read_overview(request: Request, who: Operator) -> Response:
    """All services at once; one that is silent says so in its place."""
    statuses = await _of_all(who, "/ops/status", OpsStatus)
    if (refused := _refused(statuses)) is not None:
        return problem_page(request, who, refused, subject="Operations")
    return page(request, who, "ops.html", statuses=statuses, names=SERVICES)


@router.get("/counts")
async def read_counts(request: Request, who: Annotated[Visitor, Depends(watcher)]) -> Response:
    """The table of the overview, which its page asks for by itself."""
    if not who.is_operator:
        return Response(status_code=204)
    statuses = await _of_all(who, "/ops/status", OpsStatus)
    text = part(request, "ops_counts.html", statuses=statuses, names=SERVICES)
    return answer_if_changed(request, text, media_type="text/html", headers={"Vary": "Cookie"})


@router.get("/letters")
async def read_reasons(request: Request, who: Operator) -> Response:
    """The dead letters of all services by reason."""
    groups = await _of_all(who, "/ops/dead-letter-reasons", OpsLetterGroups)
    if (refused := _refused(groups)) is not None:
        return problem_page(request, who, refused, subject="The dead letters")
    return page(request, who, "ops_reasons.html", groups=groups, names=SERVICES)


@router.get("/jobs")
async def read_jobs(request: Request, who: Operator, service: str = "") -> Response:
    """How the jobs ran: of one service all, of all those that want looking at."""
    jobs = await _of_all(who, "/ops/jobs", OpsJobs)
    if (refused := _refused(jobs)) is not None:
        return problem_page(request, who, refused, subject="The jobs")
    return page(request, who, "ops_jobs.html", jobs=jobs, names=SERVICES, service=service)


@router.get("/invariants")
async def read_invariants(request: Request, who: Operator, service: str = "routing") -> Response:
    """What must always hold in a service, and what was found of it."""
    return await _show_invariants(request, who, await service_of(service))


@router.get("/deliveries")
async def read_deliveries(request: Request, who: Operator) -> Response:
    """What waits and what fails of what is sent to people."""
    found = await who.person.get("notifications", "/ops/deliveries", OpsDeliveries)
    if found.value is None:
        return problem_page(request, who, found, subject="The deliveries")
    return page(request, who, "ops_deliveries.html", deliveries=found.value, names=SERVICES)


@router.get("/acts")
async def read_acts(request: Request, who: Operator) -> Response:
    """What operators asked for lately, of all services."""
    acts = await _of_all(who, "/ops/acts", OpsActs, limit=20)
    if (refused := _refused(acts)) is not None:
        return problem_page(request, who, refused, subject="The acts of operators")
    return page(request, who, "ops_acts.html", acts=acts, names=SERVICES, words=ACTS, say_asked=say_asked)


@router.get("/{service}")
async def read_service(request: Request, who: Operator, service: OfService) -> Response:
    """One service: its process, its lag by topic and partition, what waits in it."""
    status = await who.person.get(service, "/ops/status", OpsStatus)
    if status.value is None:
        return problem_page(request, who, status, subject=SERVICES[service])
    places = status.value.places
    return page(
        request,
        who,
        "ops_service.html",
        it=status.value,
        service=service,
        names=SERVICES,
        lag=None if places is None else lag_by_topic(places),
        stuck=[each for each in places or () if each.refused_in_a_row or each.failed_in_a_row],
    )


@router.get("/{service}/letters")
async def read_letters(request: Request, who: Operator, service: OfService, after: str = "") -> Response:
    """The letters that the filters give, in pages."""
    return await _show_letters(request, who, service, _filters(request), after=after)


@router.get("/{service}/letters.csv")
async def give_letters(request: Request, who: Operator, service: OfService) -> Response:
    """The letters that the filters give as a file, the first of them where there are many."""
    found = await who.person.get(service, "/ops/dead-letters", OpsLetters, limit=MOST, **_filters(request))
    if found.value is None:
        return problem_page(request, who, found, subject="The dead letters")
    header = ("letter_id", "state", "topic", "partition", "log_offset", "key", "reason", "detail", "attempts")
    rows = [[*(getattr(each, name) for name in header), each.last_failed_at] for each in found.value.items]
    return table_file((*header, "last_failed_at"), rows, f"dead-letters-{service}")


@router.get("/{service}/letters/preview")
async def read_preview(request: Request, who: Operator, service: OfService, act: str = "replay") -> Response:
    """What an act on all letters of the filters would reach, with the form that does it."""
    return await _show_preview(request, who, service, _filters(request), act)


@router.post("/{service}/letters/acts")
async def settle_letters(request: Request, who: Operator, service: OfService) -> Response:
    """Replay or discard the chosen letters, or all of the preview that the form was made from."""
    form = await form_of(request, who)
    act = _one(form, "act")
    body: dict[str, Any] = {"act": act, "reason": _one(form, "why")}
    filters = {name: _one(form, f"of_{name}") for name in (*_FILTERS, "state") if _one(form, f"of_{name}")}
    filters.setdefault("state", "parked")
    ids = [int(each) for each in form.get("id", []) if each.isdecimal()]
    is_all = bool(_one(form, "letters"))
    if is_all:
        of = {name: value for name, value in filters.items() if name in _FILTERS}
        body["matching"] = of | {"letters": _number(form, "letters"), "up_to": _number(form, "up_to")}
    else:
        body["ids"] = ids
    done = await who.person.post(service, "/ops/dead-letter-acts", OpsAct, body, key=key_of(request))
    if done.value is not None:
        return go(f"/ops/{service}/acts/{done.value.act_id}")
    if is_all:
        return await _show_preview(request, who, service, filters, act, refused=done, form=form)
    if len(ids) == 1 and _one(form, "on") == "letter":
        return await _show_letter(request, who, service, ids[0], refused=done, form=form)
    return await _show_letters(request, who, service, filters, refused=done, form=form)


@router.get("/{service}/letters/{letter_id:int}")
async def read_letter(request: Request, who: Operator, service: OfService, letter_id: int, offset: int = 0) -> Response:
    """One letter with its bytes."""
    return await _show_letter(request, who, service, letter_id, offset=offset)


@router.get("/{service}/events")
async def read_events(request: Request, who: Operator, service: OfService, after: str = "") -> Response:
    """The events that the bus did not take."""
    return await _show_events(request, who, service, after=after)


@router.post("/{service}/events/acts")
async def settle_events(request: Request, who: Operator, service: OfService) -> Response:
    """Publish the chosen events once more, or discard them."""
    form = await form_of(request, who)
    ids = [int(each) for each in form.get("id", []) if each.isdecimal()]
    body = {"act": _one(form, "act"), "reason": _one(form, "why"), "ids": ids}
    done = await who.person.post(service, "/ops/set-aside-event-acts", OpsAct, body, key=key_of(request))
    if done.value is not None:
        return go(f"/ops/{service}/acts/{done.value.act_id}")
    return await _show_events(request, who, service, refused=done, form=form)


@router.get("/{service}/jobs/{job}")
async def read_job(request: Request, who: Operator, service: OfService, job: str, after: str = "") -> Response:
    """One job, with the rows that it leaves out."""
    return await _show_job(request, who, service, job, after=after)


@router.post("/{service}/jobs/{job}/acts")
async def act_on_job(request: Request, who: Operator, service: OfService, job: str) -> Response:
    """Run a job now, or have its rows tried again, all or the chosen ones."""
    form = await form_of(request, who)
    act = _one(form, "act")
    to = "retries" if act in {"retry", "retry-chosen"} else "runs"
    body: dict[str, Any] = {"reason": _one(form, "why")}
    if act == "retry-chosen":
        body["ids"] = [int(each) for each in form.get("id", []) if each.isdecimal()]
    done = await who.person.post(service, f"/ops/jobs/{job}/{to}", OpsAct, body, key=key_of(request))
    if done.value is not None:
        return go(f"/ops/{service}/acts/{done.value.act_id}")
    return await _show_job(request, who, service, job, refused=done, form=form)


@router.post("/{service}/invariants/acts")
async def check_invariants(request: Request, who: Operator, service: OfService) -> Response:
    """Have every invariant of a service checked now."""
    form = await form_of(request, who)
    body = {"reason": _one(form, "why")}
    done = await who.person.post(service, "/ops/invariant-checks", OpsAct, body, key=key_of(request))
    if done.value is not None:
        return go(f"/ops/{service}/acts/{done.value.act_id}")
    return await _show_invariants(request, who, service, refused=done, form=form)


@router.get("/{service}/acts/{act_id:int}")
async def read_act(request: Request, who: Operator, service: OfService, act_id: int) -> Response:
    """What was asked for, by whom and why, and how far it is."""
    act = await who.person.get(service, f"/ops/acts/{act_id}", OpsAct)
    if act.value is None:
        return problem_page(request, who, act, subject="The act")
    return page(request, who, "ops_act.html", **_act_content(service, act.value))


@router.get("/{service}/acts/{act_id:int}/progress")
async def read_progress(
    request: Request, who: Annotated[Visitor, Depends(watcher)], service: OfService, act_id: int
) -> Response:
    """How far an act is, which its page asks for by itself; of one that has ended the page is shown anew."""
    act = await who.person.get(service, f"/ops/acts/{act_id}", OpsAct)
    if act.value is None or not is_of_script(request):
        return Response(status_code=204)
    if act.value.state != GOING:
        return Response(headers={"hx-refresh": "true"})
    text = part(request, "ops_progress.html", **_act_content(service, act.value))
    return answer_if_changed(request, text, media_type="text/html", headers={"Vary": "Cookie"})


def _act_content(service: str, act: OpsAct) -> dict[str, Any]:
    return {
        "act": act,
        "service": service,
        "names": SERVICES,
        "what": ACTS.get(act.act, act.act),
        "asked": say_asked(act.asked),
        "is_going": act.state == GOING,
    }


async def _of_all(who: Visitor, path: str, read: type[Any], **query: Any) -> Mapping[str, Panel[Any]]:
    found = await panels_of(*(who.person.get(service, path, read, **query) for service in SERVICES))
    return dict(zip(SERVICES, found, strict=True))


def _refused(panels: Mapping[str, Panel[Any]]) -> Panel[Any] | None:
    """A panel that says why nothing is shown, where no service shows anything and one says why."""
    if any(each.value is not None for each in panels.values()):
        return None
    return next((each for each in panels.values() if each.problem is not None), None)


def _filters(request: Request) -> dict[str, str]:
    given = request.query_params
    found = {name: given.get(name, "").strip() for name in _FILTERS}
    state = given.get("state", "parked")
    return {**{name: value for name, value in found.items() if value}, "state": state if state in STATES else "parked"}


def _address(filters: Mapping[str, str]) -> str:
    return urlencode(filters, quote_via=quote)


def _one(form: Form | None, name: str) -> str:
    return (form or {}).get(name, [""])[0]


def _number(form: Form, name: str) -> int | str:
    given = _one(form, name)
    return int(given) if given.isdecimal() and len(given) < 20 else given


async def _show_letters(
    request: Request,
    who: Visitor,
    service: str,
    filters: Mapping[str, str],
    *,
    after: str = "",
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found = await who.person.get(service, "/ops/dead-letters", OpsLetters, limit=AT_ONCE, after=after, **filters)
    if found.value is None:
        return problem_page(request, who, found, subject="The dead letters")
    return page(
        request,
        who,
        "ops_letters.html",
        status=status_after(refused),
        service=service,
        names=SERVICES,
        letters=found.value.items,
        more=place_after(found.value.next),
        filters=filters,
        address=_address(filters),
        states=STATES,
        refused=refused,
        written=_one(form, "why"),
        chosen=set((form or {}).get("id", [])),
    )


async def _show_preview(
    request: Request,
    who: Visitor,
    service: str,
    filters: Mapping[str, str],
    act: str,
    *,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    of = {name: value for name, value in filters.items() if name in _FILTERS}
    found = await who.person.get(service, "/ops/dead-letter-preview", OpsPreview, **of)
    if found.value is None:
        return problem_page(request, who, found, subject="The preview")
    return page(
        request,
        who,
        "ops_preview.html",
        status=status_after(refused),
        service=service,
        names=SERVICES,
        preview=found.value,
        act="discard" if act == "discard" else "replay",
        filters=of,
        address=_address(of),
        refused=refused,
        written=_one(form, "why"),
    )


async def _show_letter(
    request: Request,
    who: Visitor,
    service: str,
    letter_id: int,
    *,
    offset: int = 0,
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found = await who.person.get(
        service, f"/ops/dead-letters/{letter_id}", OpsWholeLetter, offset=max(offset, 0), most=BYTES
    )
    if found.value is None:
        return problem_page(request, who, found, subject="The dead letter")
    message = found.value.message
    return page(
        request,
        who,
        "ops_letter.html",
        status=status_after(refused),
        service=service,
        names=SERVICES,
        letter=found.value,
        following=message.offset + BYTES if message.offset + BYTES < message.size else None,
        states=STATES,
        words=ACTS,
        refused=refused,
        written=_one(form, "why"),
    )


async def _show_events(
    request: Request,
    who: Visitor,
    service: str,
    *,
    after: str = "",
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    found = await who.person.get(service, "/ops/set-aside-events", OpsEvents, limit=AT_ONCE, after=after)
    if found.value is None:
        return problem_page(request, who, found, subject="The events")
    return page(
        request,
        who,
        "ops_events.html",
        status=status_after(refused),
        service=service,
        names=SERVICES,
        events=found.value.items,
        more=place_after(found.value.next),
        refused=refused,
        written=_one(form, "why"),
        chosen=set((form or {}).get("id", [])),
    )


async def _show_job(
    request: Request,
    who: Visitor,
    service: str,
    job: str,
    *,
    after: str = "",
    refused: Panel[Any] | None = None,
    form: Form | None = None,
) -> Response:
    jobs, rows = await panels_of(
        who.person.get(service, "/ops/jobs", OpsJobs),
        who.person.get(service, f"/ops/jobs/{job}/rows", OpsRows, limit=AT_ONCE, after=after),
    )
    if jobs.value is None or rows.problem is not None:
        return problem_page(request, who, jobs if jobs.value is None else rows, subject="The job")
    found = next((each for each in jobs.value.items if each.job == job), None)
    if found is None:
        raise HTTPException(404)
    return page(
        request,
        who,
        "ops_job.html",
        status=status_after(refused),
        service=service,
        names=SERVICES,
        job=found,
        rows=rows,
        more=place_after(rows.value.next) if rows.value is not None else None,
        refused=refused,
        written=_one(form, "why"),
        chosen=set((form or {}).get("id", [])),
    )


async def _show_invariants(
    request: Request, who: Visitor, service: str, *, refused: Panel[Any] | None = None, form: Form | None = None
) -> Response:
    found = await who.person.get(service, "/ops/invariants", OpsInvariants)
    if found.value is None:
        return problem_page(request, who, found, subject="The invariants")
    items = found.value.items
    return page(
        request,
        who,
        "ops_invariants.html",
        status=status_after(refused),
        service=service,
        names=SERVICES,
        broken=[each for each in items if each.broken or each.violations],
        unknown=[each for each in items if each.problem is not None],
        holding=[each for each in items if not each.broken and not each.violations and each.problem is None],
        asked=next((each for each in items if each.last_asked_at is not None), None),
        refused=refused,
        written=_one(form, "why"),
    )
