"""Refusals as exceptions: a class for each kind, with what the problem details say (RFC 9457)."""

from dataclasses import dataclass
from typing import Any, Final

import httpx


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field of a request that breaks a rule."""

    field: str
    rule: str
    message: str
    came: str | None = None
    right: str | None = None


class Problem(Exception):  # noqa: N818 - it is called a problem in the documents
    """A call that was refused. `code` is one of `centerline_client.codes.Code`, or a newer one."""

    def __init__(self, status: int, told: dict[str, Any], headers: httpx.Headers, asked: str) -> None:
        self.status = status
        self.headers = headers
        self.code: str = told.get("code") or ""
        self.title: str = told.get("title") or ""
        self.detail: str = told.get("detail") or ""
        self.type: str = told.get("type") or "about:blank"
        self.instance: str | None = told.get("instance")
        self.rule: str | None = told.get("rule")
        self.citation: str | None = told.get("citation")
        self.remedy: str | None = told.get("remedy")
        self.trace_id: str | None = told.get("trace_id")
        names = FieldProblem.__slots__
        self.errors = tuple(
            FieldProblem(**{name: each.get(name) for name in names}) for each in told.get("errors") or ()
        )
        fields = [f"{each.field}: {each.message}" for each in self.errors]
        parts = (self.detail or self.title, self.remedy, *fields)
        super().__init__(f"{asked}: {status} {self.code}: {' '.join(part for part in parts if part)}".rstrip(": "))

    @property
    def request_id(self) -> str | None:
        """The id of the call, to ask the operators about."""
        told: str | None = self.headers.get("x-request-id")
        return told

    @property
    def retry_after(self) -> float | None:
        """Seconds after which the call is worth repeating, where the service says so."""
        told = self.headers.get("retry-after", "")
        return float(told) if told.isdigit() else None


class Malformed(Problem):
    """400: the request cannot be understood."""


class Unauthenticated(Problem):
    """401: no valid token was sent."""


class Forbidden(Problem):
    """403: the caller may not do or see this."""


class NotFound(Problem):
    """404: there is no such thing, or not for this caller."""


class Conflict(Problem):
    """409: the state does not allow it."""


class Stale(Problem):
    """412: someone changed it meanwhile; read it again and send its ETag."""


class RuleBroken(Problem):
    """422: the request breaks a rule of form (see `errors`) or of law (see `rule` and `citation`)."""


class PreconditionMissing(Problem):
    """428: the change must say which version it is meant for."""


class TooManyCalls(Problem):
    """429: come back after `retry_after` seconds."""


class Unavailable(Problem):
    """503: nothing was changed; come back after `retry_after` seconds."""


_KINDS: Final[dict[int, type[Problem]]] = {
    400: Malformed,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Stale,
    422: RuleBroken,
    428: PreconditionMissing,
    429: TooManyCalls,
    503: Unavailable,
}


def problem_of(answer: httpx.Response) -> Problem:
    """The exception for an answer that is no good one, whatever it holds."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    asked = f"{answer.request.method} {answer.request.url.path}"
    kind = _KINDS.get(answer.status_code, Problem)
    return kind(answer.status_code, told if isinstance(told, dict) else {}, answer.headers, asked)
