"""The errors that Centerline raises on purpose; anything else is a bug.

Exception
├── Refused                  a rule of law or of state says no; nothing was changed       422
│   ├── Malformed            the request cannot be understood                             400
│   ├── Unauthenticated      nobody proved who is asking                                  401
│   ├── Forbidden            the caller may not do or see this                            403
│   ├── NotFound             there is no such thing, or not for this caller               404
│   ├── Conflict             the thing is in a state that does not allow it               409
│   ├── Stale                the caller's copy is not the current one                     412
│   ├── PreconditionMissing  the caller must say which copy they have                     428
│   └── TooManyCalls         the caller called more often than one may                    429
└── Transient                try again later; the offset stays where it is                503
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One field of a request that breaks a rule: where it stands, as `body.denied_on`, the rule's id, and how."""

    field: str
    rule: str
    message: str


class Refused(Exception):  # noqa: N818 - the word of the domain, not "RefusedError"
    """A rule says no.

    `rule` is the id of the rule (reference/deadlines.md for rules of law), `citation` the statute, regulation
    or directive, `remedy` what the caller can do instead, `code` the machine-readable name of the problem,
    `status` the HTTP status with which an API answers, `faults` the fields that break a rule when there are
    several or when they can be named. Event handlers use the same error: the event goes to
    the dead letters with this reason.
    """

    default_status: ClassVar[int] = 422
    default_code: ClassVar[str] = "refused"
    default_rule: ClassVar[str] = "refused"
    default_remedy: ClassVar[str | None] = None

    def __init__(
        self,
        detail: str,
        *,
        rule: str | None = None,
        code: str | None = None,
        citation: str | None = None,
        remedy: str | None = None,
        status: int | None = None,
        faults: Sequence[FieldFault] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.rule = rule or self.default_rule
        self.code = code or self.default_code
        self.citation = citation
        self.remedy = remedy or self.default_remedy
        self.status = status or self.default_status
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return (
            f"{self.detail} [{self.rule}]" if self.citation is None else f"{self.detail} [{self.rule}, {self.citation}]"
        )


class Malformed(Refused):
    """The request cannot be understood."""

    default_status = 400
    default_code = "malformed"
    default_rule = "request-form"


class Unauthenticated(Refused):
    """Nobody proved who is asking."""

    default_status = 401
    default_code = "unauthenticated"
    default_rule = "identity-required"
    default_remedy = "Send a valid token: Authorization: Bearer <token>."


class Forbidden(Refused):
    """The caller is known and may not do or see this."""

    default_status = 403
    default_code = "forbidden"
    default_rule = "least-authority"


class NotFound(Refused):
    """There is no such thing, or none that this caller may know of."""

    default_status = 404
    default_code = "not-found"
    default_rule = "existence"


class Conflict(Refused):
    """The thing is in a state that does not allow the change."""

    default_status = 409
    default_code = "conflict"
    default_rule = "state"


class Stale(Refused):
    """Someone changed the thing after the caller read it."""

    default_status = 412
    default_code = "stale"
    default_rule = "if-match"
    default_remedy = "Read it again, look at what changed, and repeat the change with the new ETag."


class PreconditionMissing(Refused):
    """Two people may edit this, so the caller must say which version they saw."""

    default_status = 428
    default_code = "precondition-missing"
    default_rule = "if-match"
    default_remedy = "Send the ETag of the version you read in If-Match."


def bar_of(check: Callable[[], object]) -> Refused | None:
    """What a check refuses, or None when it passes: to say beforehand what an act would meet."""
    try:
        check()
    except Refused as refusal:
        return refusal
    return None


class TooManyCalls(Refused):
    """The caller called more often than one may without a token; `retry_seconds` says when a call is taken again."""

    default_status = 429
    default_code = "too-many-calls"
    default_rule = "rate-limit"
    default_remedy = "Wait as long as Retry-After says, or send a token: callers with one are not counted."

    def __init__(self, detail: str, *, retry_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_seconds = retry_seconds


class Transient(Exception):  # noqa: N818 - the word of the domain
    """Something outside is down or busy; the same call may succeed later, and nothing was changed."""
