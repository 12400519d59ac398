"""Errors on the wire: problem details (RFC 9457) that name the rule, its citation and what to do instead."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.runtime.errors import Refused, TooManyCalls, Transient
from shared.runtime.logging import mask_importer_numbers
from shared.runtime.tracing import current_trace
from shared.web.faults import explain_request
from shared.web.guard import UnreadableBody

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "/problems/"
RETRY_SECONDS: Final = 1

# The phrases of RFC 9110; older Pythons know older ones, and codes must not depend on the Python.
_PHRASES: Final = {413: "Content Too Large", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}


class FieldProblem(BaseModel):
    """One field of a request that breaks a rule."""

    field: str = Field(
        description="Where, as the caller wrote it, places in lists from 1: `body.lines[1].value_usd`, `query.limit`."
    )
    rule: str = Field(
        description="Which rule of form, such as `missing` or `too-small`, or of law, such as `susp-lift-6mo`."
    )
    message: str = Field(description="What came and what is right, as one sentence.")
    came: str | None = Field(
        default=None, description="What came, shortened, importer numbers masked; absent where that says nothing."
    )
    right: str | None = Field(default=None, description="What is right, in words with an example.")


_FIELD_EXAMPLE: Final[JsonDict] = {
    "field": "query.limit",
    "rule": "too-large",
    "message": "501 came; right is a whole number from 1 to 500",
    "came": "501",
    "right": "a whole number from 1 to 500",
}


class Problem(BaseModel):
    """A problem detail (RFC 9457) with the members that Centerline adds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/invalid-request",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "detail": "1 field breaks a rule.",
                    "instance": "/entries",
                    "code": "invalid-request",
                    "errors": [_FIELD_EXAMPLE],
                    "trace_id": "0af7651916cd43dd8448eb211c80319c",
                }
            ]
        }
    )

    type: str = Field(
        description="Where the problem is explained: `/problems/` and the code, relative to the address of the service."
    )
    title: str = Field(description="The HTTP status in words.")
    status: int
    detail: str = Field(description="What is wrong in this case, for a person.")
    instance: str | None = Field(default=None, description="The path of the request.")
    code: str = Field(description="The machine-readable name of the problem.")
    rule: str | None = Field(default=None, description="The rule that says no.")
    citation: str | None = Field(default=None, description="The statute, regulation or directive behind the rule.")
    remedy: str | None = Field(default=None, description="What to do instead.")
    errors: list[FieldProblem] | None = Field(default=None, description="The fields that break a rule.")
    trace_id: str | None = Field(default=None, description="Quote this when you ask for help.")


def build_problem(request: Request, status: int, code: str, detail: str, **members: Any) -> Problem:
    """Fill in what follows from the request and the status."""
    trace = current_trace.get()
    return Problem(
        type=TYPE_PREFIX + code,
        title=_phrase(status),
        status=status,
        detail=detail,
        instance=request.url.path,
        code=code,
        trace_id=trace.trace_id if trace else None,
        **members,
    )


def to_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Put a problem on the wire; members without a value are left out."""
    return Response(problem.model_dump_json(exclude_none=True), problem.status, headers=headers, media_type=MEDIA_TYPE)


def answer_unexpected(request: Request, error: Exception) -> Response:
    """Answer an error that nobody foresaw: the log gets everything, the caller the trace id."""
    log.error("unexpected error", method=request.method, path=request.url.path, exc_info=error)
    problem = build_problem(
        request,
        500,
        "unexpected",
        "Something went wrong that the service did not foresee. Nothing more can be said here.",
        remedy="Quote the trace id to the operators.",
    )
    return to_response(problem)


def install_handlers(app: FastAPI) -> None:
    """Answer every error of the application as a problem detail."""
    app.add_exception_handler(Refused, answer_refused)
    app.add_exception_handler(UnreadableBody, _on_unreadable)
    app.add_exception_handler(Transient, _on_transient)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


async def answer_refused(request: Request, error: Exception) -> Response:
    """Answer a refusal with its rule, its citation and what to do instead."""
    assert isinstance(error, Refused)
    log.info("refused", code=error.code, rule=error.rule, citation=error.citation, status=error.status)
    problem = build_problem(
        request,
        error.status,
        error.code,
        error.detail,
        rule=error.rule,
        citation=error.citation,
        remedy=error.remedy,
        errors=[
            FieldProblem(field=each.field, rule=each.rule, message=mask_importer_numbers(each.message))
            for each in error.faults
        ]
        or None,
    )
    headers = {"Retry-After": str(error.retry_seconds)} if isinstance(error, TooManyCalls) else None
    if error.status == HTTPStatus.UNAUTHORIZED:
        challenge = 'Bearer realm="centerline"'
        if "authorization" in request.headers:
            challenge += ', error="invalid_token"'
        headers = {"WWW-Authenticate": challenge}
    return to_response(problem, headers)


async def _on_unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnreadableBody)
    return await answer_refused(request, error.refused)


async def _on_transient(request: Request, error: Exception) -> Response:
    log.warning("transient error", path=request.url.path, exc_info=error)
    problem = build_problem(
        request,
        503,
        "temporarily-unavailable",
        "Something that the service needs does not answer. Nothing was changed.",
        remedy="Repeat the call a little later.",
    )
    return to_response(problem, {"Retry-After": str(RETRY_SECONDS)})


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [
        FieldProblem(
            field=each.field,
            rule=each.code,
            message=f"{each.came} came; right is {each.right}" if each.came else f"Right is {each.right}",
            came=each.came,
            right=each.right,
        )
        for each in explain_request(request, error)
    ]
    count = "1 field breaks" if len(fields) == 1 else f"{len(fields)} fields break"
    return to_response(build_problem(request, 422, "invalid-request", f"{count} a rule.", errors=fields))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code in (204, 304):
        return Response(status_code=error.status_code, headers=error.headers)
    code = _phrase(error.status_code).lower().replace(" ", "-")
    return to_response(build_problem(request, error.status_code, code, str(error.detail)), error.headers)


_EXAMPLES: Final[dict[int, tuple[str, dict[str, Any]]]] = {
    400: ("The request cannot be understood.", {"code": "malformed", "rule": "request-form"}),
    401: (
        "No valid token was sent.",
        {
            "code": "unauthenticated",
            "rule": "identity-required",
            "detail": "The call carries no access token.",
        },
    ),
    403: (
        "The caller may not do or see this.",
        {"code": "forbidden", "rule": "least-authority", "detail": "This needs the role import-specialist."},
    ),
    404: ("There is no such thing, or not for this caller.", {"code": "not-found", "rule": "existence"}),
    409: ("The state does not allow it.", {"code": "conflict", "rule": "state"}),
    412: ("Someone changed it meanwhile.", {"code": "stale", "rule": "if-match"}),
    413: ("It is too large.", {"code": "file-too-large", "rule": "file-size"}),
    415: ("It is of another kind of content.", {"code": "unsupported-media-type", "rule": "file-form"}),
    422: (
        "The request breaks a rule of form or of law.",
        {
            "code": "invalid-request",
            "detail": "1 field breaks a rule.",
            "errors": [_FIELD_EXAMPLE],
        },
    ),
    428: ("If-Match is required.", {"code": "precondition-missing", "rule": "if-match"}),
    429: (
        "Too many calls of this caller, or of this address without a token; `Retry-After` says when to come back.",
        {"code": "too-many-calls", "rule": "rate-limit"},
    ),
    503: ("Try again later.", {"code": "temporarily-unavailable"}),
}

DOCUMENTED: Final = (401, 403, 404, 409, 422)
PUBLIC_DOCUMENTED: Final = (401, 404, 422, 429)


def problem_responses(statuses: Iterable[int] = DOCUMENTED) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of these error responses, each with an example."""
    return {status: _describe(status) for status in statuses}


def _phrase(status: int) -> str:
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def _describe(status: int) -> dict[str, Any]:
    description, members = _EXAMPLES[status]
    example = {
        "type": TYPE_PREFIX + members["code"],
        "title": _phrase(status),
        "status": status,
        "detail": description,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        **members,
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
