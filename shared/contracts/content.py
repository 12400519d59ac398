"""What an event says, in eight bytes: two events under one id say the same or they do not (docs/decisions/029)."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from shared.contracts.decode import is_binary
from shared.contracts.envelope import Event


def digest_content(event: Event[Any], value: bytes, headers: Mapping[str, bytes]) -> bytes:
    """Digest an event's type, its subject and the JSON value of its data.

    `value` and `headers` are those that the event was decoded from. Mode, order of keys, white space, escapes and the
    way of writing a number (1, 1.0, 1e0) do not count; fields that no contract knows do.
    """
    data: Any
    try:
        data = _DATA.decode(value) if is_binary(headers) else _ENVELOPE.decode(value).data
    except msgspec.MsgspecError:
        data = value  # NaN, which only the model reads: then the bytes count as they are written
    return blake2b(_CANONICAL.encode((event.type, event.subject, data)), digest_size=8).digest()


class _Envelope(msgspec.Struct, gc=False):
    data: Any


def _number(text: str) -> int | float:
    """A number by its value, as RFC 8785 has it: 1.0 is 1."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


_EXACT = 2**53
"""Below it a float holds every whole number."""

_ENVELOPE = msgspec.json.Decoder(_Envelope, float_hook=_number)
_DATA = msgspec.json.Decoder(float_hook=_number)
_CANONICAL = msgspec.json.Encoder(order="deterministic")
