"""ETag tells which version was read, If-Match which one the change is meant for."""

from typing import Annotated

from fastapi import Depends, Header

from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Malformed, PreconditionMissing


async def optional_if_match(
    value: Annotated[
        str | None,
        Header(alias="If-Match", description="The ETag of the version that you read.", examples=['"7"']),
    ] = None,
) -> IfMatch | None:
    """Dependency: what If-Match says, None when it is absent."""
    if value is None:
        return None
    if value.strip() == "*":
        return IfMatch(None)
    tags = frozenset(part.strip() for part in value.split(","))
    for tag in tags:
        # A weak tag is well formed and never matches (RFC 9110, 13.1.1).
        strong = tag.removeprefix("W/")
        if len(strong) < 2 or strong[0] != '"' or strong[-1] != '"':
            raise Malformed(
                f"If-Match holds {tag}, which is not an entity tag.",
                rule="if-match",
                code="bad-etag",
                remedy='Send the ETag as you got it, with its quotes: "7".',
            )
    return IfMatch(tags)


async def if_match(value: Annotated[IfMatch | None, Depends(optional_if_match)]) -> IfMatch:
    """Dependency: what If-Match says; 428 when it is absent."""
    if value is None:
        raise PreconditionMissing("Several people may edit this: the change must say which version it is meant for.")
    return value


RequiredIfMatch = Annotated[IfMatch, Depends(if_match)]
