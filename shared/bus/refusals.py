"""Refused messages as their senders know them, and the answer that goes back to each filer once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec

from shared.bus import inbox
from shared.bus.outbox import Outgoing
from shared.bus.protocol import Record
from shared.contracts.decode import Rejection, is_binary
from shared.contracts.faults import Fault
from shared.contracts.registry import TOPICS
from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number, tidy_entry_number
from shared.customs.filers import filer_of
from shared.db.transaction import Transaction
from shared.runtime.ids import event_key

_SYSTEMS: Final = ("urn:centerline:", "urn:cbp:")
"""Senders that are no filers, so that no filer can mend what they send."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message of a filer's topic that is refused: what of it can be read, and everything that is wrong."""

    record: Record
    filer_code: str | None
    source: str | None
    id: str | None
    type: str | None
    entry_number: str | None
    code: str
    reason: str
    faults: tuple[Fault, ...]

    @property
    def told_apart_by(self) -> tuple[str, str, str]:
        """Source, id and code; without an id what was sent stands for both: sent again it is the same message."""
        if self.source is None or self.id is None:
            key, value = self.record.key or b"", self.record.value or b""
            sent = blake2b(b"%d:%b%b" % (len(key), key, value), digest_size=16).hexdigest()
            return "", f"{self.record.topic}/{sent}", self.code
        return self.source, self.id, self.code


Answer = Callable[[Sequence[Refusal], datetime], Sequence[Outgoing]]
"""Makes the events that go back to filers; what names no filer is not asked about."""


def is_of_filers(topic: str) -> bool:
    """Whether others than Centerline publish on a topic: what they send wrong is answered, our own events never."""
    return TOPICS[topic].producer == "filers"


def read_refusal(record: Record, rejection: Rejection) -> Refusal:
    """What of a refused message can be read, and the filer whom it names."""
    attributes = _attributes(record)
    data = attributes.get("data")
    source, subject = _text(attributes.get("source")), _text(attributes.get("subject"))
    key = (record.key or b"").decode("utf-8", "replace")
    named = _text(data.get("entry_number")) if isinstance(data, Mapping) else None
    entry_number = next(filter(None, map(_entry_number, (named, subject, key))), None)
    return Refusal(
        record=record,
        filer_code=find_filer(source, entry_number),
        source=source,
        id=_text(attributes.get("id")),
        type=_text(attributes.get("type")),
        entry_number=entry_number,
        code=rejection.reason,
        reason=rejection.detail,
        faults=rejection.faults,
    )


def find_filer(source: str | None, entry_number: str | None) -> str | None:
    """The filer who has to mend an event: the one that its source names, else the one of the entry number.

    None where neither does, and for what CBP's own systems send.
    """
    if source is not None:
        if (filer := filer_of(source)) is not None:
            return filer
        if source.startswith(_SYSTEMS):
            return None
    return entry_number[:3] if entry_number is not None else None


async def tell_once(tx: Transaction, source: str, answers: Sequence[Outgoing]) -> list[Outgoing]:
    """Of these answers those that were not given before; noted in this transaction as given."""
    first = {event_key(source, answer.id): answer for answer in reversed(answers)}
    given = await inbox.admit(tx, {key: blake2b(key, digest_size=8).digest() for key in first})
    return [answer for key, answer in reversed(first.items()) if key not in given]


def _attributes(record: Record) -> Mapping[str, Any]:
    """The attributes of a message in either mode, as far as they can be read."""
    value: Any = None
    try:
        value = _JSON.decode(record.value or b"")
    except (msgspec.MsgspecError, RecursionError):
        value = None
    if is_binary(record.headers):
        headers = {
            name[3:]: content.decode("utf-8", "replace")
            for name, content in record.headers.items()
            if name.startswith("ce_")
        }
        return {**headers, "data": value}
    return value if isinstance(value, Mapping) else {}


_JSON: Final = msgspec.json.Decoder()


def _text(value: Any) -> str | None:
    """A text that can be kept and told, as it came; None for anything else, and for one beyond all measure."""
    return value if isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable() else None


def _entry_number(text: str | None) -> str | None:
    try:
        return parse_entry_number(tidy_entry_number(text)) if text else None
    except InvalidEntryNumber:
        return None
