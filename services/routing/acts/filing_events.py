"""Events that are handed over by HTTP are read as those from the bus are, and published there: nothing is kept here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.routing.domain.filed_events import find_bar
from shared.bus.protocol import Bus, Message, Unpublishable
from shared.contracts.decode import Rejection, decode, is_binary
from shared.contracts.faults import Fault
from shared.contracts.registry import TOPICS, TYPES
from shared.runtime.errors import FieldFault, Refused

_TYPES: Final = ", ".join(sorted(each.event_type for each in TOPICS.values() if each.producer == "filers"))


@dataclass(frozen=True, slots=True)
class Given:
    """One event as it came: the bytes of its value, and headers by their names on the bus."""

    value: bytes
    headers: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that is on the bus."""

    id: str
    source: str
    type: str
    subject: str
    topic: str


class _Named(msgspec.Struct):
    type: Any = None


async def hand_over(bus: Bus, given: Sequence[Given], filer_code: str | None, max_bytes: int) -> list[Taken]:
    """Publish events of a filer, all or none; `filer_code` is None for whoever may hand over everybody's.

    Raises `Refused` with every fault of every event, by its place from 1, and `Transient` when the bus is away: sent
    again later, what was published already is the same event and counts once.
    """
    taken: list[Taken] = []
    messages: list[Message] = []
    faults: list[FieldFault] = []
    for number, each in enumerate(given, start=1):
        read = _read(each, filer_code, max_bytes)
        if isinstance(read, Rejection):
            faults += _told(read, f"events[{number}]" if len(given) > 1 else "event")
            continue
        taken.append(read)
        messages.append(Message(read.topic, read.subject.encode(), each.value, each.headers))
    if faults:
        raise _refused(faults)
    try:
        await bus.publish(messages)
    except Unpublishable as error:  # the others are on the bus; the whole may be sent again all the same
        raise _refused(
            [FieldFault(f"events[{at + 1}]", "unpublishable", why) for at, why in sorted(error.reasons.items())]
        ) from error
    return taken


def _read(given: Given, filer_code: str | None, max_bytes: int) -> Taken | Rejection:
    contract = TYPES.get(_type_of(given))
    if contract is None or contract.producer != "filers":
        return _rejected(Fault("type", "unknown-type", f"one of {_TYPES}"))
    event = decode(contract.topic, None, given.value, given.headers, max_bytes)
    if isinstance(event, Rejection):
        return event
    if filer_code is not None:
        entry_number = getattr(event.data, "entry_number", None)
        bar = find_bar(contract.topic, event.source, entry_number, filer_code)
        if bar is not None:
            return _rejected(Fault(bar[0], "not-yours", bar[1]))
    return Taken(event.id, event.source, event.type, event.subject, contract.topic)


def _type_of(given: Given) -> str:
    if is_binary(given.headers):
        return given.headers["ce_type"].decode("utf-8", "replace")
    try:
        named = msgspec.json.decode(given.value, type=_Named).type
    except (msgspec.MsgspecError, RecursionError):
        return ""
    return named if isinstance(named, str) else ""


def _rejected(fault: Fault) -> Rejection:
    return Rejection(fault.code, str(fault), (fault,))


def _told(rejection: Rejection, place: str) -> list[FieldFault]:
    if not rejection.faults:
        return [FieldFault(place, rejection.reason, rejection.detail)]
    return [FieldFault(f"{place}.{each.field}", each.code, str(each)) for each in rejection.faults]


def _refused(faults: Sequence[FieldFault]) -> Refused:
    return Refused(
        "Some of it is no event that can be taken, so that none of it was published.",
        rule="cloudevent",
        code="events-refused",
        remedy="Mend what is named, leave out what is not yours, and send all of it again with the same ids.",
        faults=faults,
    )
