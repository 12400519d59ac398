"""The `source` of an event that a filer sends: whose system it comes from."""

import re
from typing import Final

_OF_FILER: Final = re.compile(r"urn:filer:([0-9A-Z]{3})")


def source_of(filer_code: str) -> str:
    """The `source` of a filer's events: with their ids it tells one event from another.

    >>> source_of("B76")
    'urn:filer:B76'
    """
    return f"urn:filer:{filer_code}"


def filer_of(source: str) -> str | None:
    """The code of the filer that a `source` names, or None.

    >>> filer_of("urn:filer:B76"), filer_of("urn:cbp:ace")
    ('B76', None)
    """
    found = _OF_FILER.fullmatch(source)
    return found[1] if found is not None else None
