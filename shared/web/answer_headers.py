"""Headers of answers as the OpenAPI documents name them; an endpoint says which of them it sets (`tells`)."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final, TypeVar

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

_MARK: Final = "centerline_told_headers"


def _header(description: str, example: str | int, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}, "example": example}


HEADERS: Final = MappingProxyType(
    {
        "X-Request-ID": _header(
            "The id of this call in our logs: the caller's own (the same header of the request) where it is usable.",
            "6f0c2f6e-6ad0-4f1c-9c3f-0d6f5a1f2a77",
        ),
        "Centerline-Clock": _header(
            "Of a demonstration alone: that it is one, and what its clock shows.",
            "demonstration; now=2026-03-02T19:03:11Z",
        ),
        "ETag": _header(
            "Which version this is: for If-Match of a change, for If-None-Match of a read. A POST that is sent again"
            " with its Idempotency-Key, and gets its first answer again, has none.",
            '"7"',
        ),
        "Location": _header(
            "The path of what was made, relative to the service. A call that is sent again with its Idempotency-Key,"
            " and gets its first answer again, has none.",
            "/protests/270426100001",
            format="uri-reference",
        ),
        "Link": _header(
            'The next page (`rel="next"`), as `next` of the body has it; absent on the last page.',
            '</entries?limit=50&after=Zm9v>; rel="next"',
        ),
        "Content-Disposition": _header("By which name to keep the file.", 'attachment; filename="items.csv"'),
        "X-Next-After": _header("`after` of the next part of the table; absent on the last part.", "5000"),
        "Idempotency-Replayed": _header(
            "`true` where this is the answer of an earlier call with the same Idempotency-Key, and nothing was done.",
            "true",
            enum=["true"],
        ),
        "Retry-After": {
            "description": "Seconds after which the call is worth repeating (RFC 9110, 10.2.3).",
            "schema": {"type": "integer", "minimum": 1},
            "example": 1,
        },
        "RateLimit": _header(
            "What is left to this address (`r` calls, all of them again in `t` seconds), of calls without a token.",
            '"public";r=19;t=1',
        ),
        "RateLimit-Policy": _header(
            "How many calls without a token an address has (`q`) in how many seconds (`w`).", '"public";q=20;w=20'
        ),
        "WWW-Authenticate": _header(
            "How to identify oneself (RFC 6750, 3).", 'Bearer realm="centerline", error="invalid_token"'
        ),
    }
)
"""Each header with what it says; which answers have it follows from the operation (`shared.web.documents`)."""


def tells(*names: str) -> Callable[[Endpoint], Endpoint]:
    """Say of an endpoint that its good answers have these headers of `HEADERS`; stands below the route.

    Raises ValueError for one that no document describes.
    """
    if unknown := set(names) - set(HEADERS):
        raise ValueError(f"describe the header first: {', '.join(sorted(unknown))}")

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, names)
        return endpoint

    return mark


def told_by(endpoint: Callable[..., Any]) -> tuple[str, ...]:
    """The headers that an endpoint says its good answers have."""
    names: tuple[str, ...] = getattr(endpoint, _MARK, ())
    return names
