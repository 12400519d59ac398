"""What the pages of items read of notes, and of who is named on a sensitive matter, held as `reads` is."""

from datetime import datetime

from services.console.acts.reads import Read


class Note(Read, frozen=True):
    """A note on an item, at its level; `redacts` names the note of which it is a redacted copy."""

    note_id: str
    level: str
    text: str
    written_at: datetime
    written_by_name: str | None
    acting_for: str | None
    redacts: str | None


class Notes(Read, frozen=True):
    """Notes on an item, as far as the reader's level goes."""

    items: list[Note]
    next: str | None


class Named(Read, frozen=True):
    """Somebody who is, or was, named on a sensitive matter."""

    subject: str
    reason: str
    added_by_name: str
    added_at: datetime
    removed_by: str | None
    removed_at: datetime | None


class NamedList(Read, frozen=True):
    """Who is or was named; nobody on an item that is not sensitive."""

    items: list[Named]


NOTE_READS: dict[tuple[str, str, str], type[Read]] = {
    ("workqueue", "get", "/items/{item_id}/notes"): Notes,
    ("workqueue", "post", "/items/{item_id}/notes"): Note,
    ("workqueue", "get", "/items/{item_id}/need-to-know"): NamedList,
    ("workqueue", "post", "/items/{item_id}/need-to-know"): NamedList,
    ("workqueue", "delete", "/items/{item_id}/need-to-know/{subject}"): NamedList,
}
"""Every call of these parts, and what it reads of the answer."""
