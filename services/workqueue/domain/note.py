"""Notes on items: what officers say to each other, to the party, or to law enforcement alone; never rewritten.

A redacted copy is a note of its own, which names the note that it was made of and the SHA-256 of what that says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

NoteLevel = Literal["internal", "party", "law-enforcement"]
STAFF_LEVELS: Final[tuple[NoteLevel, ...]] = ("internal", "party")
PARTY_LEVELS: Final[tuple[NoteLevel, ...]] = ("party",)
LAW_ENFORCEMENT_LEVELS: Final[tuple[NoteLevel, ...]] = ("internal", "party", "law-enforcement")
SENSITIVE_LEVELS: Final[tuple[NoteLevel, ...]] = ("law-enforcement", "internal")
"""Of a law-enforcement-sensitive matter: no party reads anything on it, and nothing is meant for one."""


@dataclass(frozen=True, slots=True)
class ItemNote:
    """A note as it was written; `authority` is the row of the table by which."""

    note_id: UUID
    item_id: UUID
    level: NoteLevel
    text: str
    written_at: datetime
    written_by: str
    written_by_name: str
    acting_for: str | None
    authority: str
    redacts: UUID | None = None
    redacts_sha256: bytes | None = None


class NotARedaction(Exception):  # noqa: N818  the word of the domain
    """What stands against a redacted copy, in words."""


def digest_of(text: str) -> bytes:
    """The SHA-256 of what a note says, as UTF-8."""
    return sha256(text.encode()).digest()


def choose_level(allowed: Collection[NoteLevel], given: str | None) -> NoteLevel | None:
    """The level of a note: the one given, else the first that is allowed; None for one that is not allowed."""
    return next((each for each in allowed if given is None or each == given), None)


def demand_redaction(text: str, original: ItemNote) -> None:
    """Raise `NotARedaction` unless a text may be the redacted copy of a note.

    >>> note = ItemNote(UUID(int=1), UUID(int=2), "internal", "Pays A.", datetime(2026, 3, 2), "kim", "Kim", None, "x")
    >>> demand_redaction("Pays [redacted].", note)
    """
    if text == original.text:
        raise NotARedaction("The redacted copy says what the original says: nothing was taken out.")
    if original.redacts is not None:
        raise NotARedaction("The note is itself a redacted copy: name the original.")
