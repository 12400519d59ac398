"""Events by HTTP for filers without Kafka: CloudEvents in structured, binary and batched mode (HTTP binding 1.0.2)."""

from typing import Annotated, Any, Final
from urllib.parse import unquote_to_bytes

import msgspec
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.routing.acts.filing_events import Given, hand_over
from services.routing.api.decisions import ENTRY_EXAMPLE
from services.routing.domain.filed_events import MOST_AT_ONCE
from shared.runtime.access import reach_of
from shared.runtime.errors import Forbidden, Malformed
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import today_of

router = APIRouter(tags=["events"])

_STRUCTURED: Final = "application/cloudevents+json"
_BATCH: Final = "application/cloudevents-batch+json"
_EXAMPLE: Final = {
    "specversion": "1.0",
    "id": "7d0c1f7e-8c1b-4a52-9d0c-6c3b2a4f1e55",
    "source": "urn:filer:B76",
    "type": "gov.cbp.entry.corrected.v1",
    "subject": "B7603245278",
    "time": "2026-03-03T14:00:00Z",
    "datacontenttype": "application/json",
    "data": {**ENTRY_EXAMPLE, "version": 2, "reason_code": "P01"},
}
_REQUEST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": f"One event ({_STRUCTURED}), up to {MOST_AT_ONCE:,} of them ({_BATCH}), or the data of one "
        "(application/json) with its attributes in ce- headers. Their schemas are in `docs/contracts/schemas`.",
        "content": {
            _STRUCTURED: {"schema": {"type": "object"}, "example": _EXAMPLE},
            _BATCH: {
                "schema": {"type": "array", "items": {"type": "object"}, "maxItems": MOST_AT_ONCE},
                "example": [_EXAMPLE],
            },
            "application/json": {"schema": {"type": "object"}, "example": _EXAMPLE["data"]},
        },
    }
}


class EventTakenOut(BaseModel):
    """An event that is on the bus; what comes of it is read at the entry, or comes back as `event-refused`."""

    id: str = Field(examples=["7d0c1f7e-8c1b-4a52-9d0c-6c3b2a4f1e55"])
    source: str = Field(examples=["urn:filer:B76"])
    type: str = Field(examples=["gov.cbp.entry.corrected.v1"])
    subject: str = Field(examples=["B7603245278"])
    topic: str = Field(examples=["entry-corrected"])


class EventsTakenOut(BaseModel):
    """All events of a call, in their order."""

    events: list[EventTakenOut]


@router.post("/events", status_code=202, summary="Hand events over without Kafka", openapi_extra=_REQUEST_BODY)
async def take_events(request: Request, caller: Annotated[Identity, allow("event.file")]) -> EventsTakenOut:
    """Publish events of the filer whom the token names; 202 once the bus has them, all or none.

    They are held to what the bus is held to, and every fault of every event is told at once. The same event sent again,
    by its source and id, counts once: repeat a call that was not answered.
    """
    reach = reach_of(caller, "event.file", today_of(request))
    if not reach.is_national and reach.filer_code is None:
        raise Forbidden(
            "The token names no filer, so that no event can be yours.",
            rule="event.file/filed-by",
            remedy="Use a token with the claim filer_code.",
        )
    given = _split(await request.body(), request)
    platform = request.app.state.platform
    filer_code = None if reach.is_national else reach.filer_code
    taken = await hand_over(platform.bus, given, filer_code, platform.settings.max_event_bytes)
    return EventsTakenOut(events=[EventTakenOut.model_validate(each, from_attributes=True) for each in taken])


def _split(body: bytes, request: Request) -> list[Given]:
    """The events of a request, each with its own bytes."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == _STRUCTURED:
        return [Given(body, {"content-type": _STRUCTURED.encode()})]
    if content_type == _BATCH:
        try:
            several = msgspec.json.decode(body, type=list[msgspec.Raw])
        except (msgspec.MsgspecError, RecursionError):
            raise _unreadable(f"The body is no JSON array, as {_BATCH} says.") from None
        if not 1 <= len(several) <= MOST_AT_ONCE:
            raise _unreadable(f"The batch has {len(several):,} events; 1 to {MOST_AT_ONCE:,} are taken at once.")
        return [Given(bytes(each), {"content-type": _STRUCTURED.encode()}) for each in several]
    attributes = {
        f"ce_{name[3:]}": unquote_to_bytes(value) for name, value in request.headers.items() if name.startswith("ce-")
    }
    if content_type != "application/json" or "ce_type" not in attributes:
        raise _unreadable(
            f"Content-Type is {content_type or 'absent'}: this is no CloudEvent in any mode of its HTTP binding."
        )
    return [Given(body, {**attributes, "content-type": b"application/json"})]


def _unreadable(detail: str) -> Malformed:
    return Malformed(
        detail,
        rule="cloudevent",
        code="events-unreadable",
        remedy=f"Send {_STRUCTURED}, {_BATCH}, or application/json with ce-type, ce-id, ce-source and the others.",
    )
