"""For whom somebody speaks, and what parties can be let do, in plain words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "see": "See what there is",
        "respond": "Answer CBP 28 and CBP 29",
        "correct": "Correct entries, reconcile, disclose",
        "protest": "Protest",
        "extend": "Ask for more time",
        "refund": "Look after claims, bills and refunds",
        "all": "All of it",
    }
)
"""What a delegation can give, as one says it; each includes seeing."""

TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "broadcasts": "News of the Center",
        "directory": "Changes of its people and numbers",
        "guidance": "New versions of its guidance",
        "questions": "Answers to questions",
    }
)
"""News that a recipient can ask for."""


def list_recipients(
    importer_numbers: Sequence[str], filer_code: str | None, surety_code: str | None, party: str | None
) -> list[str]:
    """The recipients that somebody speaks for: importer numbers, then ids of parties.

    >>> list_recipients(["07-544500400"], "SP7", None, None)
    ['07-544500400', 'filer:SP7']
    """
    parties = [f"filer:{filer_code}" if filer_code else "", f"surety:{surety_code}" if surety_code else "", party or ""]
    return [*importer_numbers, *(each for each in dict.fromkeys(parties) if each)]
