"""Files of importer accounts: what a row of one is, and why a row is refused."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Format = Literal["csv", "ndjson"]
Result = Literal["created", "updated", "unchanged", "refused"]
"""What became of a row."""


class Fault(NamedTuple):
    """Why a row is refused, and what to do."""

    code: str
    detail: str
    remedy: str


class Row(NamedTuple):
    """A row of the file as it was sent, with its fields or why it has none. Rows count from 1, without the header."""

    number: int
    text: str
    content: Mapping[str, Any] | Fault
