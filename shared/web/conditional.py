"""Answers that a caller may have already: ETag says what they are, If-None-Match what the caller has."""

from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "As the caller has it (If-None-Match)."}}
"""For `responses` of a route that answers so."""
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def answer_if_changed(
    request: Request, body: BaseModel | str, *, media_type: str = "application/json", headers: Mapping[str, str] = _NONE
) -> Response:
    """The body, or 304 when the caller has the same already (RFC 9110, 13.1.2). The tag is weak: it is of the content.

    What is shown depends on who asks, so no shared cache keeps it.
    """
    content = (body.model_dump_json(by_alias=True) if isinstance(body, BaseModel) else body).encode()
    tag = f'W/"{blake2b(content, digest_size=12).hexdigest()}"'
    told = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization", **headers}
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag.removeprefix("W/") in {each.strip().removeprefix("W/") for each in known.split(",")}:
        return Response(status_code=304, headers=told)
    return Response(content, media_type=media_type, headers=told)
