"""Identifiers: time-ordered ones for rows, deterministic ones for events and for recognising repeats."""

from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Final
from uuid import UUID

NAMESPACE: Final = b"centerline-events-v1"
"""The Centerline namespace; changing it would make every replayed event look new."""


def uuid7(now: datetime, random: Random) -> UUID:
    """Return a version 7 UUID (RFC 9562): milliseconds first, so that new rows sit together in an index."""
    milliseconds = int(now.timestamp() * 1000)
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= random.getrandbits(12) << 64
    value |= 0b10 << 62
    value |= random.getrandbits(62)
    return UUID(int=value)


def event_id(*parts: str) -> str:
    """Return the id of the event that these facts cause: the same facts always give the same id.

    A decision that is taken again (redelivery, replay, a crash before the commit) therefore publishes an event
    that every reader recognises. Parts are length-prefixed: ("ab", "c") and ("a", "bc") differ. Written as a UUID.
    """
    name = "".join([f"{len(part)}:{part}" for part in parts])
    digest = blake2b(name.encode(), digest_size=16, key=NAMESPACE).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def event_key(source: str, id: str) -> bytes:  # noqa: A002 - CloudEvents calls the attribute `id`
    """Return the 16 bytes under which the inbox knows the event (source, id)."""
    return blake2b(f"{len(source)}:{source}{id}".encode(), digest_size=16).digest()
