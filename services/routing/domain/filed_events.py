"""Events that filers hand over by HTTP: whose they are, and who may hand them over."""

from typing import Final

from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number, tidy_entry_number
from shared.customs.filers import source_of

MOST_AT_ONCE: Final = 1_000
"""Events in one batch at most."""

_OF_FILERS: Final = frozenset({"entry-filed", "entry-corrected", "post-entry-filed"})
"""What filers say; releases are said by CBP's own systems."""


def find_bar(topic: str, source: str, entry_number: str | None, filer_code: str) -> tuple[str, str] | None:
    """Why a filer may not hand an event over, as the field and what is right there; None when it may.

    A summary may be corrected by another filer than the one who filed it; an entry is filed under a number of the
    filer's own (19 CFR 142.3a).
    """
    if topic not in _OF_FILERS:
        return "type", "an event that filers send: releases come from CBP's own systems"
    if source != source_of(filer_code):
        return "source", f"{source_of(filer_code)}, the filer of the token"
    if topic == "entry-filed" and entry_number is not None and _filer_in(entry_number) != filer_code:
        return "data.entry_number", f"a number that begins with {filer_code}, the filer of the token"
    return None


def _filer_in(entry_number: str) -> str | None:
    try:
        return parse_entry_number(tidy_entry_number(entry_number))[:3]
    except InvalidEntryNumber:
        return None
