"""What goes back to a filer whose event was refused, or whose correction is barred."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.contracts.terms import Code, Contract, EntryNumber, Instant, ShortText

MOST_TEXT = 2000
"""How many characters a text of a refusal has at most."""

LongText = Annotated[str, StringConstraints(max_length=MOST_TEXT)]


class RefusedField(Contract):
    """One fault: where it stands as the filer wrote it (places in lists from 1), what came, what is right."""

    field: LongText = Field(examples=["data.lines[2].tariffs[1].hts"])
    code: Code
    right: LongText
    came: ShortText | None = None


class EventRefused(Contract):
    """An event that a filer published and that has no effect: which one, why, and what to do.

    `source`, `id` and `type` are those of the refused event, null where they could not be read; `topic`, `partition`
    and `offset` are where it lies, null for a correction that was read and is barred. The id of this event follows from
    source, id and code: a repeat of the same refusal has the same. `code` is explained at `/problems/{code}`.
    """

    filer_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3}$")]
    source: ShortText | None
    id: ShortText | None
    type: ShortText | None
    topic: Code
    partition: Annotated[int, Field(ge=0)] | None = None
    offset: Annotated[int, Field(ge=0)] | None = None
    entry_number: EntryNumber | None = None
    code: Code
    reason: LongText
    faults: Annotated[tuple[RefusedField, ...], Field(max_length=100)] = ()
    remedy: ShortText
    rule: Code | None = None
    citation: ShortText | None = None
    refused_at: Instant
