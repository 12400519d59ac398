"""Identifiers that follow from what they name: of events that a decision causes, and for recognising repeats."""

from hashlib import blake2b
from typing import Final
from uuid import UUID

NAMESPACE: Final = b"centerline-events-v1"
"""The Centerline namespace; changing it would make every replayed event look new."""

_EMPTY: Final = blake2b(digest_size=16, key=NAMESPACE)


def event_id(*parts: str) -> str:
    """Return the id of the event that these facts cause: the same facts always give the same id.

    A decision that is taken again (redelivery, replay, a crash before the commit) therefore publishes an event
    that every reader recognises. Parts are length-prefixed: ("ab", "c") and ("a", "bc") differ. Written as a UUID.
    """
    name = "".join([f"{len(part)}:{part}" for part in parts])
    named = _EMPTY.copy()  # a third of the time that making one takes
    named.update(name.encode())
    digest = named.hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def event_key(source: str, id: str) -> bytes:  # noqa: A002 - CloudEvents calls the attribute `id`
    """Return the 16 bytes under which the inbox knows the event (source, id)."""
    return blake2b(f"{len(source)}:{source}{id}".encode(), digest_size=16).digest()


def filing_item_id(filing_number: str) -> UUID:
    """The id of the work item for a post-entry filing, which who files it knows before the item is there.

    "filing" is no entry number, so it meets no entry's item.
    """
    return UUID(event_id("work-item", "filing", filing_number))
